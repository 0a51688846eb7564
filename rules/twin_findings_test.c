#include "rules/twin_findings.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *twin_findings_suite(void);

#define MOST 4

static const struct rule rules[] = {{.id = "one"}, {.id = "other"}};
static const struct crossing crossings[3];

/* The exchanges of a capture; the last was compared with none. */
static const struct exchange exchanges[2][4] = {
    {{.crossing = &crossings[0]}, {.crossing = &crossings[1]}, {.crossing = &crossings[2]}, {0}},
    {{.crossing = &crossings[0]}, {.crossing = &crossings[1]}, {.crossing = &crossings[2]}, {0}},
};
#define ALONE 3 /* that one */

/* The findings of two captures. */
struct both {
	struct finding items[2][MOST];
	struct finding_list lists[2];
};

/* Capture LIST has a finding of rule RULE, of exchange EXAMPLE, an incident of its own. */
static struct finding *
add(struct both *both, size_t list, size_t rule, size_t example, enum verdict verdict)
{
	struct finding_list *findings = &both->lists[list];
	struct finding *made = &both->items[list][findings->count++];

	*made = (struct finding){.rule = &rules[rule],
	    .verdict = verdict,
	    .exchange = &exchanges[list][example],
	    .examples = {&exchanges[list][example]},
	    .example_count = 1,
	    .incident = ++findings->incidents,
	    .incident_size = 1};
	findings->items = both->items[list];
	return made;
}

static void
leave_out(struct both *both)
{
	struct finding_list *const lists[] = {&both->lists[0], &both->lists[1]};

	twin_findings_leave_out(lists, COUNT(lists));
}

static void
check_counts(const struct both *both, size_t first, size_t second)
{
	ck_assert_uint_eq(both->lists[0].count, first);
	ck_assert_uint_eq(both->lists[1].count, second);
}

/* What either capture says of one exchange, and which of them keeps it. */
static const struct {
	enum verdict verdicts[2];
	size_t kept[2];
} sayings[] = {
    {{VERDICT_FOUND, VERDICT_FOUND}, {1, 0}},
    {{VERDICT_FOUND, VERDICT_INCONCLUSIVE}, {1, 0}},
    {{VERDICT_INCONCLUSIVE, VERDICT_FOUND}, {0, 1}},
    {{VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE}, {1, 0}},
};

START_TEST(the_first_that_is_certain_tells_it)
{
	struct both both = {0};

	for (size_t i = 0; i < 2; i++)
		add(&both, i, 0, 0, sayings[_i].verdicts[i]);
	leave_out(&both);
	check_counts(&both, sayings[_i].kept[0], sayings[_i].kept[1]);
}
END_TEST

START_TEST(what_one_capture_has_alone_stays_there)
{
	struct both both = {0};

	add(&both, 1, 0, 0, VERDICT_INCONCLUSIVE);
	leave_out(&both);
	check_counts(&both, 0, 1);
}
END_TEST

START_TEST(what_was_not_compared_stays_in_both)
{
	struct both both = {0};

	for (size_t i = 0; i < 2; i++)
		add(&both, i, 0, ALONE, VERDICT_FOUND);
	leave_out(&both);
	check_counts(&both, 1, 1);
}
END_TEST

START_TEST(another_rule_or_exchange_is_another_finding)
{
	struct both both = {0};

	add(&both, 0, 0, 0, VERDICT_FOUND);
	add(&both, 1, 1, 0, VERDICT_FOUND);
	add(&both, 1, 0, 1, VERDICT_FOUND);
	leave_out(&both);
	check_counts(&both, 1, 2);
}
END_TEST

/* One of whose occurrences the first knows only some: all of it stays, and is told of. */
START_TEST(a_finding_stays_for_what_only_it_has)
{
	struct both both = {0};
	struct finding *more;

	add(&both, 0, 0, 0, VERDICT_FOUND);
	more = add(&both, 1, 0, 0, VERDICT_FOUND);
	more->examples[more->example_count++] = &exchanges[1][_i == 0 ? 1 : ALONE];
	leave_out(&both);
	check_counts(&both, 1, 1);
}
END_TEST

START_TEST(several_may_tell_of_one_together)
{
	struct both both = {0};
	struct finding *all;

	add(&both, 0, 0, 0, VERDICT_FOUND);
	add(&both, 0, 0, 1, VERDICT_FOUND);
	all = add(&both, 1, 0, 0, VERDICT_FOUND);
	all->examples[all->example_count++] = &exchanges[1][1];
	leave_out(&both);
	check_counts(&both, 2, 0);
}
END_TEST

START_TEST(incidents_are_numbered_anew)
{
	struct both both = {0};
	const struct finding_list *left = &both.lists[1];

	add(&both, 0, 0, 0, VERDICT_FOUND);
	add(&both, 1, 0, 0, VERDICT_FOUND);
	add(&both, 1, 0, 1, VERDICT_FOUND);
	add(&both, 1, 1, 2, VERDICT_FOUND);
	leave_out(&both);
	check_counts(&both, 1, 2);
	ck_assert_uint_eq(both.lists[0].incidents, 1);
	ck_assert_uint_eq(left->incidents, 2);
	ck_assert_ptr_eq(left->items[0].exchange, &exchanges[1][1]);
	ck_assert_ptr_eq(left->items[1].exchange, &exchanges[1][2]);
	for (size_t i = 0; i < left->count; i++) {
		ck_assert_uint_eq(left->items[i].incident, i + 1);
		ck_assert_uint_eq(left->items[i].incident_size, 1);
	}
}
END_TEST

/* What explains it is told of in the other list. */
START_TEST(what_followed_from_it_follows_from_none)
{
	struct both both = {0};
	struct finding *effect;

	add(&both, 0, 0, 0, VERDICT_FOUND);
	add(&both, 1, 0, 0, VERDICT_FOUND)->incident_size = 2;
	effect = add(&both, 1, 1, 1, VERDICT_FOUND);
	effect->incident = both.lists[1].incidents = 1;
	effect->incident_size = 2;
	effect->follows_from = 1;
	leave_out(&both);
	check_counts(&both, 1, 1);
	ck_assert_ptr_eq(both.items[1][0].rule, &rules[1]);
	ck_assert_uint_eq(both.lists[1].incidents, 1);
	ck_assert_uint_eq(both.items[1][0].incident_size, 1);
	ck_assert_uint_eq(both.items[1][0].follows_from, 0);
}
END_TEST

Suite *
twin_findings_suite(void)
{
	Suite *suite = suite_create("twin_findings");
	TCase *tcase = tcase_create("twin_findings");

	tcase_add_loop_test(tcase, the_first_that_is_certain_tells_it, 0, COUNT(sayings));
	tcase_add_test(tcase, what_one_capture_has_alone_stays_there);
	tcase_add_test(tcase, what_was_not_compared_stays_in_both);
	tcase_add_test(tcase, another_rule_or_exchange_is_another_finding);
	tcase_add_loop_test(tcase, a_finding_stays_for_what_only_it_has, 0, 2);
	tcase_add_test(tcase, several_may_tell_of_one_together);
	tcase_add_test(tcase, incidents_are_numbered_anew);
	tcase_add_test(tcase, what_followed_from_it_follows_from_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
