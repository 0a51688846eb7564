#include "analyzer/conversation/icmp_reason.h"

#include <check.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/basics.h"

Suite *icmp_reason_suite(void);

static const struct {
	uint8_t family, type, code;
	enum icmp_reason reason;
} cases[] = {
    {ADDR_IPV4, 3, 0, ICMP_REASON_NETWORK_UNREACHABLE},
    {ADDR_IPV4, 3, 1, ICMP_REASON_HOST_UNREACHABLE},
    {ADDR_IPV4, 3, 2, ICMP_REASON_PROTOCOL_UNREACHABLE},
    {ADDR_IPV4, 3, 3, ICMP_REASON_PORT_UNREACHABLE},
    {ADDR_IPV4, 3, 4, ICMP_REASON_NONE},
    {ADDR_IPV4, 3, 5, ICMP_REASON_SOURCE_ROUTE_FAILED},
    {ADDR_IPV4, 3, 9, ICMP_REASON_NETWORK_PROHIBITED},
    {ADDR_IPV4, 3, 10, ICMP_REASON_HOST_PROHIBITED},
    {ADDR_IPV4, 3, 13, ICMP_REASON_PROHIBITED},
    {ADDR_IPV4, 3, 15, ICMP_REASON_PRECEDENCE_CUTOFF},
    {ADDR_IPV4, 3, 16, ICMP_REASON_OTHER},
    {ADDR_IPV4, 11, 0, ICMP_REASON_TIME_EXCEEDED},
    {ADDR_IPV4, 11, 1, ICMP_REASON_NONE},
    {ADDR_IPV4, 1, 0, ICMP_REASON_NONE},
    {ADDR_IPV4, 5, 1, ICMP_REASON_NONE},
    {ADDR_IPV6, 1, 0, ICMP_REASON_NETWORK_UNREACHABLE},
    {ADDR_IPV6, 1, 1, ICMP_REASON_PROHIBITED},
    {ADDR_IPV6, 1, 3, ICMP_REASON_HOST_UNREACHABLE},
    {ADDR_IPV6, 1, 4, ICMP_REASON_PORT_UNREACHABLE},
    {ADDR_IPV6, 1, 5, ICMP_REASON_SOURCE_POLICY},
    {ADDR_IPV6, 1, 6, ICMP_REASON_REJECT_ROUTE},
    {ADDR_IPV6, 1, 8, ICMP_REASON_OTHER},
    {ADDR_IPV6, 2, 0, ICMP_REASON_NONE},
    {ADDR_IPV6, 3, 0, ICMP_REASON_TIME_EXCEEDED},
    {ADDR_IPV6, 3, 1, ICMP_REASON_NONE},
    {ADDR_IPV6, 11, 0, ICMP_REASON_NONE},
};

START_TEST(test_reasons)
{
	ck_assert_uint_eq(
	    icmp_reason(cases[_i].family, cases[_i].type, cases[_i].code), cases[_i].reason);
}
END_TEST

/* Every reason has a name with a meaning, and the names are in order, as they are searched. */
START_TEST(test_names)
{
	for (uint64_t i = ICMP_REASON_NONE + 1; i <= ICMP_REASON_OTHER; i++) {
		const struct name_row *row = names_find(&icmp_reason_names, i);

		ck_assert_ptr_nonnull(row);
		ck_assert_ptr_nonnull(row->meaning);
		ck_assert_ptr_eq(names_called(&icmp_reason_names, row->name), row);
	}
	ck_assert_ptr_null(names_find(&icmp_reason_names, ICMP_REASON_NONE));
}
END_TEST

Suite *
icmp_reason_suite(void)
{
	Suite *suite = suite_create("icmp_reason");
	TCase *tcase = tcase_create("icmp_reason");

	tcase_add_loop_test(tcase, test_reasons, 0, (int)COUNT(cases));
	tcase_add_test(tcase, test_names);
	suite_add_tcase(suite, tcase);
	return suite;
}
