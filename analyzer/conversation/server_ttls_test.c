#include "analyzer/conversation/server_ttls.h"

#include <check.h>

Suite *server_ttls_suite(void);

static struct addr
address(uint32_t number)
{
	const uint8_t bytes[4] = {
	    10, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};

	return addr_ipv4(bytes);
}

START_TEST(test_range)
{
	struct addr one = address(1), other = address(2);
	struct server_ttls ttls = {{0}};
	struct arena arena = {0};

	server_ttls_note(&ttls, &one, 0, &arena);
	ck_assert_ptr_null(server_ttls_find(&ttls, &one));
	server_ttls_note(&ttls, &one, 63, &arena);
	server_ttls_note(&ttls, &one, 0, &arena);
	server_ttls_note(&ttls, &one, 60, &arena);
	server_ttls_note(&ttls, &one, 64, &arena);
	server_ttls_note(&ttls, &one, 62, &arena);
	ck_assert_uint_eq(server_ttls_find(&ttls, &one)->low, 60);
	ck_assert_uint_eq(server_ttls_find(&ttls, &one)->high, 64);
	ck_assert_uint_eq(server_ttls_find(&ttls, &one)->last, 62);
	ck_assert_ptr_null(server_ttls_find(&ttls, &other));
	server_ttls_free(&ttls);
	arena_free(&arena);
}
END_TEST

START_TEST(test_bound)
{
	struct server_ttls ttls = {{0}};
	struct arena arena = {0};
	struct addr addr;

	for (uint32_t i = 0; i <= SERVER_TTLS_MOST; i++) {
		addr = address(i);
		server_ttls_note(&ttls, &addr, 64, &arena);
	}
	ck_assert_ptr_null(server_ttls_find(&ttls, &addr));
	addr = address(SERVER_TTLS_MOST - 1);
	server_ttls_note(&ttls, &addr, 63, &arena);
	ck_assert_uint_eq(server_ttls_find(&ttls, &addr)->low, 63);
	server_ttls_free(&ttls);
	arena_free(&arena);
}
END_TEST

Suite *
server_ttls_suite(void)
{
	Suite *suite = suite_create("server_ttls");
	TCase *tcase = tcase_create("server_ttls");

	tcase_add_test(tcase, test_range);
	tcase_add_test(tcase, test_bound);
	suite_add_tcase(suite, tcase);
	return suite;
}
