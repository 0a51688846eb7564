#include "rules/incident.h"

#include <check.h>
#include <stdio.h>

#include "analyzer/base/basics.h"
#include "rules/sample.h"

#define DENIED  0xc0000022
#define MISSING 0xc00000cc

#define RULE(id, severity, exchange_and_rest)                                        \
	"id: " id "\ntitle: " id "\nseverity: " severity "\nfinding: \"{client}\"\n" \
	"exchange: " exchange_and_rest

#define ROOT          RULE("root", "warning", "knock\nwhere: {status: STATUS_ACCESS_DENIED}\nsame: path\n")
#define VISIT         RULE("after", "error", "visit\nwhere: {status: STATUS_ACCESS_DENIED}\nsame: path\n")
#define FOLLOWS(rest) "follows_from:\n  - { rules: [root], same: [client, path], " rest " }\n"

static struct finding_list
findings_with(struct sample *sample, const char *const *rules, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ck_assert_msg(
		    rule_load(&sample->set, "f.yaml", rules[i], strlen(rules[i]), &sample->error),
		    "%s", sample->error.text);
	ck_assert_msg(rule_set_check(&sample->set, &sample->error), "%s", sample->error.text);
	ledger_sort(&sample->ledger);
	return findings_of(&sample->set, &sample->ledger, NULL, FINDING_MEMORY_ALL, &sample->arena);
}

static void
add_visit(struct sample *sample, double time, const char *path)
{
	sample_visit(sample, time, path)->status = known(DENIED);
}

START_TEST(the_root_stands_before_what_follows)
{
	struct sample sample;
	struct finding_list findings;
	const char *const rules[] = {ROOT, VISIT FOLLOWS("before: 5s")};

	sample_begin(&sample);
	sample_knock(&sample, 1, DENIED)->path = "one";
	add_visit(&sample, 3, "one");
	findings = findings_with(&sample, rules, COUNT(rules));
	ck_assert_uint_eq(findings.count, 2);
	ck_assert_uint_eq(findings.incidents, 1);
	ck_assert_str_eq(findings.items[0].rule->id, "root");
	ck_assert_uint_eq(findings.items[0].incident, 1);
	ck_assert_uint_eq(findings.items[0].incident_size, 2);
	ck_assert_uint_eq(findings.items[0].follows_from, 0);
	ck_assert_str_eq(findings.items[1].rule->id, "after");
	ck_assert_uint_eq(findings.items[1].incident, 1);
	ck_assert_uint_eq(findings.items[1].incident_size, 2);
	ck_assert_uint_eq(findings.items[1].follows_from, 1);
	sample_end(&sample);
}
END_TEST

/* Whether a visit SECONDS after the knock (before it: negative) follows from it. */
static bool
is_linked(const char *follows, double seconds, const char *path)
{
	struct sample sample;
	const char *rules[] = {ROOT, NULL};
	bool is_one;

	sample_begin(&sample);
	sample_knock(&sample, 100, DENIED)->path = "one";
	add_visit(&sample, 100 + seconds, path);
	rules[1] = arena_format(&sample.arena, "%s%s", VISIT, follows);
	is_one = findings_with(&sample, rules, COUNT(rules)).incidents == 1;
	sample_end(&sample);
	return is_one;
}

START_TEST(times_bound_it)
{
	ck_assert(is_linked(FOLLOWS("before: 5s"), 5, "one"));
	ck_assert(is_linked(FOLLOWS("before: 5s"), 0, "one"));
	ck_assert(!is_linked(FOLLOWS("before: 5s"), 5.5, "one"));
	ck_assert(!is_linked(FOLLOWS("before: 5s"), -0.5, "one"));
	ck_assert(is_linked(FOLLOWS("after: 1s"), -1, "one"));
	ck_assert(!is_linked(FOLLOWS("after: 1s"), -1.5, "one"));
	ck_assert(!is_linked(FOLLOWS("after: 1s"), 0.5, "one"));
}
END_TEST

START_TEST(values_must_be_the_same_and_known)
{
	ck_assert(is_linked(FOLLOWS("before: 5s"), 1, "ONE"));
	ck_assert(!is_linked(FOLLOWS("before: 5s"), 1, "two"));
	ck_assert(!is_linked(FOLLOWS("before: 5s"), 1, NULL));
}
END_TEST

START_TEST(the_latest_earlier_one_is_the_reason)
{
	struct sample sample;
	struct finding_list findings;
	const char *const rules[] = {
	    RULE("root", "warning", "knock\nwhere: {status: STATUS_ACCESS_DENIED}\nsame: tries\n"),
	    VISIT "follows_from:\n  - { rules: [root], same: client, before: 9s, after: 9s }\n"};

	sample_begin(&sample);
	sample_knock(&sample, 1, DENIED)->tries = 1;
	sample_knock(&sample, 3, DENIED)->tries = 2;
	add_visit(&sample, 4, "one");
	sample_knock(&sample, 4.1, DENIED)->tries = 3;
	findings = findings_with(&sample, rules, COUNT(rules));
	ck_assert_uint_eq(findings.count, 4);
	ck_assert_uint_eq(findings.incidents, 3);
	/* The incident with the error comes first, with its root at its head. */
	ck_assert_uint_eq(((const struct knock *)findings.items[0].exchange)->tries, 2);
	ck_assert_str_eq(findings.items[1].rule->id, "after");
	ck_assert_uint_eq(findings.items[1].follows_from, 1);
	ck_assert_uint_eq(findings.items[2].incident, 2);
	ck_assert_uint_eq(findings.items[3].incident, 3);
	sample_end(&sample);
}
END_TEST

START_TEST(a_chain_is_one_incident)
{
	struct sample sample;
	struct finding_list findings;
	const char *const rules[] = {ROOT,
	    RULE(
		"middle", "notice", "knock\nwhere: {status: STATUS_BAD_NETWORK_NAME}\nsame: path\n")
		FOLLOWS("before: 5s"),
	    VISIT "follows_from:\n  - { rules: middle, same: client, before: 5s }\n"
		  "  - { rules: root, same: client, before: 9s }\n"};

	sample_begin(&sample);
	sample_knock(&sample, 1, DENIED)->path = "one";
	sample_knock(&sample, 2, MISSING)->path = "one";
	add_visit(&sample, 3, "one");
	findings = findings_with(&sample, rules, COUNT(rules));
	ck_assert_uint_eq(findings.incidents, 1);
	ck_assert_str_eq(findings.items[0].rule->id, "root");
	ck_assert_str_eq(findings.items[1].rule->id, "middle");
	ck_assert_uint_eq(findings.items[1].follows_from, 1);
	ck_assert_str_eq(findings.items[2].rule->id, "after");
	ck_assert_uint_eq(findings.items[2].follows_from, 2);
	sample_end(&sample);
}
END_TEST

START_TEST(rules_that_explain_each_other_make_no_circle)
{
	struct sample sample;
	struct finding_list findings;
	const char *const rules[] = {ROOT
	    "follows_from:\n  - { rules: after, same: client, before: 9s, after: 9s }\n",
	    VISIT "follows_from:\n  - { rules: root, same: client, before: 9s, after: 9s }\n"};

	sample_begin(&sample);
	sample_knock(&sample, 1, DENIED)->path = "one";
	add_visit(&sample, 1, "one");
	findings = findings_with(&sample, rules, COUNT(rules));
	ck_assert_uint_eq(findings.count, 2);
	ck_assert_uint_eq(findings.incidents, 1);
	ck_assert_uint_eq(findings.items[0].follows_from, 0);
	ck_assert_uint_eq(findings.items[1].follows_from, 1);
	sample_end(&sample);
}
END_TEST

START_TEST(what_was_lowered_to_a_notice_explains_nothing)
{
	struct sample sample;
	struct finding_list findings;
	const char *const rules[] = {ROOT
	    "lowered: [{ to: notice, because: it is quiet, where: { is_loud: false } }]\n",
	    VISIT FOLLOWS("before: 5s")};

	sample_begin(&sample);
	sample_knock(&sample, 1, DENIED)->path = "one";
	add_visit(&sample, 2, "one");
	findings = findings_with(&sample, rules, COUNT(rules));
	ck_assert_uint_eq(findings.count, 2);
	ck_assert_uint_eq(findings.incidents, 2);
	sample_end(&sample);
}
END_TEST

START_TEST(the_undecided_explains_only_the_undecided)
{
	struct sample sample;
	struct finding_list findings;
	struct knock *knock;
	const char *const rules[] = {
	    RULE("root", "error", "knock\nwhere: {outcome: unanswered}\nsame: path\n"),
	    VISIT FOLLOWS("before: 5s")};

	sample_begin(&sample);
	knock = sample_knock(&sample, 1, 0);
	knock->path = "one";
	knock->base.outcome = OUTCOME_UNKNOWN;
	knock->base.doubt = DOUBT_PACKETS_MISSING;
	add_visit(&sample, 2, "one");
	findings = findings_with(&sample, rules, COUNT(rules));
	ck_assert_uint_eq(findings.count, 2);
	ck_assert_int_eq(findings.items[1].verdict, VERDICT_INCONCLUSIVE);
	ck_assert_uint_eq(findings.incidents, 2);
	sample_end(&sample);
}
END_TEST

static void
check_error(const char *follows, const char *wanted)
{
	struct sample sample;
	const char *yaml;

	sample_begin(&sample);
	yaml = arena_format(&sample.arena, "%s%s", VISIT, follows);
	ck_assert_msg(rule_load(&sample.set, "f.yaml", ROOT, strlen(ROOT), &sample.error), "%s",
	    sample.error.text);
	if (rule_load(&sample.set, "f.yaml", yaml, strlen(yaml), &sample.error))
		ck_assert(!rule_set_check(&sample.set, &sample.error));
	ck_assert_str_eq(sample.error.text, wanted);
	sample_end(&sample);
}

START_TEST(errors_name_the_place)
{
	check_error("follows_from: [{ rules: [rooot], same: client }]\n",
	    "f.yaml:8:16: there is no rule 'rooot'; did you mean 'root'?");
	check_error("follows_from: [{ rules: [entirely-other], same: client }]\n",
	    "f.yaml:8:16: there is no rule 'entirely-other'");
	check_error("follows_from: [{ rules: [root], same: door }]\n",
	    "f.yaml:8:16: the exchanges of rule 'root' have no field 'door'");
	check_error("follows_from: [{ rules: [root], same: window }]\n",
	    "f.yaml:8:39: visit has no field 'window'");
}
END_TEST

Suite *incident_suite(void);

Suite *
incident_suite(void)
{
	Suite *suite = suite_create("incident");
	TCase *tcase = tcase_create("incident");

	tcase_add_test(tcase, the_root_stands_before_what_follows);
	tcase_add_test(tcase, times_bound_it);
	tcase_add_test(tcase, values_must_be_the_same_and_known);
	tcase_add_test(tcase, the_latest_earlier_one_is_the_reason);
	tcase_add_test(tcase, a_chain_is_one_incident);
	tcase_add_test(tcase, rules_that_explain_each_other_make_no_circle);
	tcase_add_test(tcase, what_was_lowered_to_a_notice_explains_nothing);
	tcase_add_test(tcase, the_undecided_explains_only_the_undecided);
	tcase_add_test(tcase, errors_name_the_place);
	suite_add_tcase(suite, tcase);
	return suite;
}
