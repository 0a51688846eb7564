#include "analyzer/evidence/counterpart.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *counterpart_suite(void);

START_TEST(test_counterparts)
{
	static const struct crossing crossing, other;
	struct exchange there[] = {
	    {.crossing = NULL}, {.crossing = &other}, {.crossing = &crossing}};
	struct exchange *items[] = {&there[0], &there[1], &there[2]};
	const struct ledger ledger = {.items = items, .count = COUNT(items)};
	const struct report_capture capture = {.ledger = &ledger};
	const struct exchange mine = {.crossing = &crossing}, alone = {.crossing = NULL};

	ck_assert_ptr_eq(counterpart_in(&capture, &mine), &there[2]);
	ck_assert_ptr_null(counterpart_in(&capture, &alone));
	for (size_t i = 0; i < COUNT(there); i++)
		ck_assert_ptr_eq(counterpart_in(&capture, &there[i]), &there[i]);
	ck_assert(!is_counterpart(&alone, &there[0]));
}
END_TEST

Suite *
counterpart_suite(void)
{
	Suite *suite = suite_create("counterpart");
	TCase *tcase = tcase_create("counterpart");

	tcase_add_test(tcase, test_counterparts);
	suite_add_tcase(suite, tcase);
	return suite;
}
