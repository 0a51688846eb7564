#include "analyzer/points/routes.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/points/pairing.h"

Suite *routes_suite(void);

/* Connections by the last bytes of their hosts' addresses. */
static const struct {
	uint8_t client, server, server_there;
	enum passage passage;
	bool is_translated;
} connections[] = {
    {1, 9, 9, PASSAGE_UNCHANGED, false},
    {2, 9, 7, PASSAGE_TRANSLATED, true},
    {1, 8, 7, PASSAGE_TRANSLATED, true},
    {2, 9, 9, PASSAGE_RENUMBERED, false},
    {3, 8, 7, PASSAGE_RENUMBERED, true},
    {1, 6, 6, PASSAGE_TERMINATED, false},
};

/* What is found from a client (0: any) to a server. */
static const struct {
	uint8_t client, server;
	bool is_there, leads_there, is_disguised;
} wanted[] = {
    {1, 9, true, true, false},
    {2, 9, true, true, false},
    {3, 9, false, false, false},
    {0, 9, true, true, false},
    {1, 8, true, false, false},
    {3, 8, true, false, true},
    {0, 8, true, false, true},
    {0, 6, true, true, true},
    {0, 7, false, false, false},
    {9, 1, false, false, false},
};

static struct addr
host(uint8_t number)
{
	const uint8_t bytes[4] = {10, 0, 0, number};

	return addr_ipv4(bytes);
}

START_TEST(routes_are_found_by_their_hosts)
{
	struct sighted here[COUNT(connections)] = {0}, there[COUNT(connections)] = {0};
	struct pairing pairings[COUNT(connections)] = {0};
	struct arena arena = {0};
	struct addr client = host(wanted[_i].client), server = host(wanted[_i].server);
	const struct route *route;
	struct routes routes;

	for (size_t i = 0; i < COUNT(connections); i++) {
		here[i].ends.src = there[i].ends.src = host(connections[i].client);
		here[i].ends.dst = host(connections[i].server);
		there[i].ends.dst = host(connections[i].server_there);
		pairings[i] = (struct pairing){&here[i], &there[i], connections[i].passage,
		    .is_translated = connections[i].is_translated};
	}
	routes = routes_of(pairings, COUNT(pairings), &arena);
	route = routes_find(&routes, &server, wanted[_i].client != 0 ? &client : NULL);
	ck_assert_int_eq(route != NULL, wanted[_i].is_there);
	if (route != NULL) {
		ck_assert_int_eq(route->leads_there, wanted[_i].leads_there);
		ck_assert_int_eq(route->is_disguised, wanted[_i].is_disguised);
	}
	arena_free(&arena);
}
END_TEST

START_TEST(where_nothing_is_common_there_is_no_route)
{
	struct arena arena = {0};
	struct routes routes = routes_of(NULL, 0, &arena);
	struct addr server = host(9);

	ck_assert_ptr_null(routes_find(&routes, &server, NULL));
	ck_assert_ptr_null(routes_find(&routes, &server, &server));
	arena_free(&arena);
}
END_TEST

Suite *
routes_suite(void)
{
	Suite *suite = suite_create("routes");
	TCase *tcase = tcase_create("routes");

	tcase_add_loop_test(tcase, routes_are_found_by_their_hosts, 0, COUNT(wanted));
	tcase_add_test(tcase, where_nothing_is_common_there_is_no_route);
	suite_add_tcase(suite, tcase);
	return suite;
}
