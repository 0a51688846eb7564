#include "rules/rule_correlate.h"

#include "analyzer/base/basics.h"
#include "rules/sample.h"

#define DENIED  "exchange: knock\nwhere: {status: STATUS_ACCESS_DENIED}\n"
#define DENIED_ 0xc0000022

/* A denied knock at 10 s, and one other exchange; is the knock still found? */
static const struct {
	const char *clause;
	double time; /* of the other */
	bool is_found;
} rows[] = {
    {"unless: [{followed_by: {exchange: visit, same: path}}]", 11.0, false},
    {"unless: [{followed_by: {exchange: visit, same: path}}]", 9.0, true},
    {"unless: [{followed_by: {exchange: visit, same: path}}]", 10.0, false},
    {"unless: [{preceded_by: {exchange: visit, same: path}}]", 9.0, false},
    {"unless: [{preceded_by: {exchange: visit, same: path}}]", 11.0, true},
    /* The bound belongs to it. */
    {"unless: [{followed_by: {exchange: visit, same: path, within: 5s}}]", 15.0, false},
    {"unless: [{followed_by: {exchange: visit, same: path, within: 5s}}]", 15.001, true},
    {"unless: [{preceded_by: {exchange: visit, same: path, within: 5s}}]", 5.0, false},
    {"unless: [{preceded_by: {exchange: visit, same: path, within: 5s}}]", 4.999, true},
    {"unless: [{preceded_by: {exchange: visit, same: path, within: 0s}}]", 9.0, true},
    /* Required instead of forbidden. */
    {"followed_by: {exchange: visit, same: path}", 11.0, true},
    {"followed_by: {exchange: visit, same: path}", 9.0, false},
    {"preceded_by: {exchange: visit, same: path, within: 1s}", 9.0, true},
    {"preceded_by: {exchange: visit, same: path, within: 999ms}", 9.0, false},
    {"preceded_by: {exchange: visit, same: path}\nfollowed_by: {exchange: visit, same: path}", 9.0,
	false},
    /* Either way, and none at all. */
    {"unless: [{beside: {exchange: visit, same: path, within: 1s}}]", 9.0, false},
    {"unless: [{beside: {exchange: visit, same: path, within: 1s}}]", 11.0, false},
    {"unless: [{beside: {exchange: visit, same: path, within: 1s}}]", 12.0, true},
    {"beside: {exchange: visit, same: path, within: 1s}", 9.0, true},
    {"beside: {exchange: visit, same: path, within: 1s}", 12.0, false},
    {"unless: [{not_beside: {exchange: visit, same: path, within: 1s}}]", 12.0, false},
    {"unless: [{not_beside: {exchange: visit, same: path, within: 1s}}]", 11.0, true},
    {"unless: [{not_followed_by: {exchange: visit, same: path}}]", 9.0, false},
    {"unless: [{not_followed_by: {exchange: visit, same: path}}]", 11.0, true},
    {"unless: [{not_preceded_by: {exchange: visit, same: path}}]", 9.0, true},
    {"unless: [{not_preceded_by: {exchange: visit, same: path}}]", 11.0, false},
    /* Which fields are the same. */
    {"unless: [{followed_by: {exchange: visit, same: [client, server, path]}}]", 11.0, false},
    {"unless: [{followed_by: {exchange: visit, same: [{path: door}]}}]", 11.0, true},
    {"unless: [{followed_by: {exchange: visit, same: [{alias: door}]}}]", 11.0, false},
    /* What the other must be. */
    {"unless: [{followed_by: {exchange: visit, same: path, where: {door: FRONT}}}]", 11.0, false},
    {"unless: [{followed_by: {exchange: visit, same: path, where: {door: back}}}]", 11.0, true},
    {"unless: [{followed_by: {exchange: [knock, visit], same: path}}]", 11.0, false},
    {"unless: [{followed_by: {exchange: knock, same: path}}]", 11.0, true},
    /* Both parts of a clause must hold. */
    {"unless: [{where: {tries: 0}, followed_by: {exchange: visit, same: path}}]", 11.0, false},
    {"unless: [{where: {tries: 1}, followed_by: {exchange: visit, same: path}}]", 11.0, true},
    {"unless: [{where: {tries: 1}}, {followed_by: {exchange: visit, same: path}}]", 11.0, false},
};

START_TEST(neighbours_count)
{
	struct sample sample;
	struct knock *knock;
	const char *rest;

	sample_begin(&sample);
	knock = sample_knock(&sample, 10.0, DENIED_);
	knock->path = "\\\\s\\one";
	knock->alias = "front";
	sample_visit(&sample, rows[_i].time, "\\\\S\\ONE")->door = "front";
	rest = arena_format(&sample.arena, DENIED "%s\n", rows[_i].clause);
	ck_assert_uint_eq(sample_findings(&sample, rest).count, rows[_i].is_found);
	sample_end(&sample);
}
END_TEST

START_TEST(others_do_not_count)
{
	struct sample sample;
	struct knock *knock;

	sample_begin(&sample);
	knock = sample_knock(&sample, 10.0, DENIED_);
	knock->path = "one";
	sample_visit(&sample, 11.0, "two");
	sample_visit(&sample, 11.0, NULL);
	sample_conversation(&sample, 6, 9, 4);
	sample_visit(&sample, 11.0, "one");
	ck_assert_uint_eq(sample_findings(&sample, DENIED
			      "unless: [{followed_by: {exchange: visit, same: [client, path]}}]\n")
			      .count,
	    1);
	sample_end(&sample);
}
END_TEST

/* A knock is not its own neighbour, and two that lack the field do not share it. */
START_TEST(nothing_is_its_own_neighbour)
{
	struct sample sample;

	sample_begin(&sample);
	sample_knock(&sample, 10.0, DENIED_)->path = "one";
	sample_knock(&sample, 11.0, DENIED_);
	sample_knock(&sample, 12.0, DENIED_);
	ck_assert_uint_eq(
	    sample_findings(&sample, DENIED "same: path\nunless:\n"
					    "- followed_by: {exchange: knock, same: path}\n"
					    "- preceded_by: {exchange: knock, same: path}\n")
		.count,
	    2);
	sample_end(&sample);
}
END_TEST

/* The other's condition cannot be told: that leaves the finding undecided. */
START_TEST(doubtful_neighbours)
{
	static const struct {
		const char *clause;
		size_t found, inconclusive;
	} cases[] = {
	    {"unless: [{followed_by: {exchange: visit, same: path, where: {outcome: reset}}}]", 0,
		1},
	    {"unless: [{followed_by: {exchange: visit, same: path, where: {outcome: answered}}}]",
		0, 1},
	    {"followed_by: {exchange: visit, same: path, where: {outcome: reset}}", 0, 1},
	    {"followed_by: {exchange: visit, same: path, where: {outcome: answered}}", 0, 1},
	    {"unless: [{not_followed_by: {exchange: visit, same: path,\n"
	     "          where: {outcome: reset}}}]",
		0, 1},
	};
	struct sample sample;
	struct visit *visit;
	struct finding_list findings;

	sample_begin(&sample);
	sample_knock(&sample, 10.0, DENIED_)->path = "one";
	visit = sample_visit(&sample, 11.0, "one");
	visit->base.outcome = OUTCOME_UNKNOWN;
	visit->base.doubt = DOUBT_CAPTURE_ENDED;
	findings =
	    sample_findings(&sample, arena_format(&sample.arena, DENIED "%s\n", cases[_i].clause));
	ck_assert_uint_eq(findings.count, cases[_i].found + cases[_i].inconclusive);
	if (cases[_i].inconclusive != 0) {
		ck_assert_int_eq(findings.items[0].verdict, VERDICT_INCONCLUSIVE);
		ck_assert_str_eq(findings.items[0].because.items[0],
		    "the capture does not show how a related request ended");
	}
	sample_end(&sample);
}
END_TEST

/* Two kinds of exchange in one rule, each with fields of its own places. */
START_TEST(types_of_one_rule)
{
	struct sample sample;
	struct finding_list findings;

	sample_begin(&sample);
	sample_visit(&sample, 3.0, "one")->status = known(DENIED_);
	sample_knock(&sample, 2.0, DENIED_)->path = "one";
	sample_knock(&sample, 1.0, 0)->path = "one";
	sample_visit(&sample, 4.0, "two")->status = known(DENIED_);
	sample_knock(&sample, 5.0, 0)->path = "TWO";
	findings = sample_findings(&sample,
	    "exchange: [visit, knock]\nwhere: {status: STATUS_ACCESS_DENIED}\nsame: path\n"
	    "unless: [{followed_by: {exchange: [knock, visit], same: path,\n"
	    "          where: {status: STATUS_SUCCESS}}}]\n");
	ck_assert_uint_eq(findings.count, 1);
	ck_assert_uint_eq(findings.items[0].occurrences, 2);
	ck_assert_ptr_eq(findings.items[0].exchange->type, &knock_type);
	sample_end(&sample);
}
END_TEST

/* A knock has no door, and so none that is open or shut; nor can it be said which. */
START_TEST(types_without_the_field)
{
	struct sample sample;
	struct finding_list findings;

	sample_begin(&sample);
	sample_knock(&sample, 1.0, DENIED_);
	sample_visit(&sample, 2.0, "one")->door = "front";
	sample_visit(&sample, 3.0, "one")->door = "back";
	findings = sample_findings(&sample,
	    "exchange: [knock, visit]\nwhere: [{door: front}, {status: STATUS_ACCESS_DENIED}]\n"
	    "same: door\nunless: [{where: {door: {not: front}}}]\n"
	    "cases: [{where: {door: {exists: false}}, finding: 'at {door}'}]\n");
	ck_assert_uint_eq(findings.count, 2);
	ck_assert_str_eq(findings.items[0].summary, "at (not captured)");
	sample_end(&sample);
}
END_TEST

/* Knocks at these seconds, of client 5 or 6; how many of them `count` keeps. */
static const struct {
	const char *count;
	double times[6]; /* negative: client 6; 0: none */
	uint64_t kept;
} counts[] = {
    {"{at_least: 3, same: client}", {1, 2, 3}, 3},
    {"{at_least: 4, same: client}", {1, 2, 3}, 0},
    {"{at_least: 3, same: client}", {1, 2, -3}, 0},
    {"{at_least: 2, same: client}", {1, 2, -3}, 2},
    {"{at_least: 2, same: client}", {1, 2, -3, -4}, 4},
    {"{at_least: 3, same: client, within: 2s}", {1, 2, 3}, 3},
    {"{at_least: 3, same: client, within: 1999ms}", {1, 2, 3}, 0},
    {"{at_least: 2, same: client, within: 1s}", {1, 5, 6, 10, 11, 12}, 5},
    {"{at_least: 3, same: client, within: 2s}", {1, 2, 3, 4, 5, 9}, 5},
    {"{at_least: 1, same: client}", {1}, 1},
};

START_TEST(enough_at_a_time)
{
	struct sample sample;
	struct finding_list findings;
	uint64_t kept = 0;
	double time;

	sample_begin(&sample);
	for (size_t i = 0; i < 6 && counts[_i].times[i] != 0; i++) {
		time = counts[_i].times[i];
		sample_conversation(&sample, time < 0 ? 6 : 5, 9, 1);
		sample_knock(&sample, time < 0 ? -time : time, DENIED_);
	}
	findings = sample_findings(
	    &sample, arena_format(&sample.arena, DENIED "count: %s\n", counts[_i].count));
	for (size_t i = 0; i < findings.count; i++)
		kept += findings.items[i].occurrences;
	ck_assert_uint_eq(kept, counts[_i].kept);
	sample_end(&sample);
}
END_TEST

/* Enough only if those count of which the capture cannot tell. */
START_TEST(perhaps_enough_is_inconclusive)
{
	struct sample sample;
	struct knock *knock;
	struct finding_list findings;

	sample_begin(&sample);
	for (int i = 0; i < 3; i++) {
		knock = sample_knock(&sample, i, DENIED_);
		knock->base.outcome = i == 2 ? OUTCOME_UNKNOWN : OUTCOME_RESET;
		knock->base.doubt = i == 2 ? DOUBT_ONE_DIRECTION : DOUBT_NONE;
	}
	findings = sample_findings(&sample, "exchange: knock\nwhere: {outcome: reset}\n"
					    "count: {at_least: 3, same: client}\n");
	ck_assert_uint_eq(findings.count, 1);
	ck_assert_int_eq(findings.items[0].verdict, VERDICT_INCONCLUSIVE);
	ck_assert_uint_eq(findings.items[0].occurrences, 3);
	ck_assert_uint_eq(findings.items[0].because.count, 1);
	ck_assert_str_eq(findings.items[0].because.items[0], "only one direction was captured");
	sample_end(&sample);
}
END_TEST

Suite *rule_correlate_suite(void);

Suite *
rule_correlate_suite(void)
{
	Suite *suite = suite_create("rule_correlate");
	TCase *cases = tcase_create("neighbours");

	tcase_add_loop_test(cases, neighbours_count, 0, COUNT(rows));
	tcase_add_test(cases, others_do_not_count);
	tcase_add_test(cases, nothing_is_its_own_neighbour);
	tcase_add_loop_test(cases, doubtful_neighbours, 0, 5);
	tcase_add_test(cases, types_of_one_rule);
	tcase_add_test(cases, types_without_the_field);
	tcase_add_loop_test(cases, enough_at_a_time, 0, COUNT(counts));
	tcase_add_test(cases, perhaps_enough_is_inconclusive);
	suite_add_tcase(suite, cases);
	return suite;
}
