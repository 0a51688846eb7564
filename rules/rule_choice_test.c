#include "rules/rule_choice.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "rules/sample.h"

Suite *rule_choice_suite(void);

static struct sample sample;

static void
add_rule(const char *id)
{
	const char *yaml = arena_format(&sample.arena,
	    "id: %s\ntitle: t\nseverity: error\nfinding: f\nexchange: knock\n"
	    "where: {status: STATUS_ACCESS_DENIED}\n",
	    id);

	ck_assert_msg(rule_load(&sample.set, "r.yaml", yaml, strlen(yaml), &sample.error), "%s",
	    sample.error.text);
}

static void
begin(void)
{
	sample_begin(&sample);
	add_rule("door-shut");
	add_rule("door-slow");
	add_rule("window-shut");
	sample_knock(&sample, 1, 0xc0000022);
}

static void
end(void)
{
	sample_end(&sample);
}

/* The switches, "-" or "+" before each pattern, and the rules that run then. */
static const struct {
	const char *switches[3];
	const char *run;
} choices[] = {
    {{NULL}, "door-shut door-slow window-shut "},
    {{"-door-slow"}, "door-shut window-shut "},
    {{"-door-*"}, "window-shut "},
    {{"-*-shut", "+window-????"}, "door-slow window-shut "},
    {{"-*", "+door-*", "-door-slow"}, "door-shut "},
    {{"+door-slow", "-door-slow"}, "door-shut window-shut "},
    {{"-door-slow", "-door-shut", "+*"}, "door-shut door-slow window-shut "},
};

static bool
choose(const char *const *texts)
{
	struct rule_switch switches[3];
	size_t count = 0;

	for (; count < COUNT(switches) && texts[count] != NULL; count++)
		switches[count] = (struct rule_switch){texts[count] + 1, texts[count][0] == '+'};
	return rule_choose(&sample.set, switches, count, &sample.error);
}

START_TEST(the_last_that_matches_wins)
{
	struct finding_list findings;
	char run[100] = "";

	ck_assert(choose(choices[_i].switches));
	ledger_sort(&sample.ledger);
	findings =
	    findings_of(&sample.set, &sample.ledger, NULL, FINDING_MEMORY_ALL, &sample.arena);
	for (size_t i = 0; i < sample.set.count; i++) {
		bool has_found = false;

		for (size_t j = 0; j < findings.count; j++)
			has_found |= findings.items[j].rule == sample.set.items[i];
		ck_assert_int_eq(has_found, rule_runs(&sample.set, i));
		if (has_found)
			strcat(strcat(run, sample.set.items[i]->id), " ");
	}
	ck_assert_str_eq(run, choices[_i].run);
}
END_TEST

START_TEST(all_run_where_nothing_was_chosen)
{
	ck_assert(rule_runs(&sample.set, 0));
}
END_TEST

START_TEST(what_means_no_rule_is_an_error)
{
	ck_assert(!choose((const char *const[]){"-door-shut", "-dor-shut", NULL}));
	ck_assert_str_eq(sample.error.text,
	    "--disable dor-shut: there is no such rule; did you mean door-shut?");
	ck_assert_int_eq(sample.error.status, EXIT_USAGE);
	ck_assert(!choose((const char *const[]){"+roof-*", NULL}));
	ck_assert_str_eq(sample.error.text,
	    "--enable roof-*: there is no such rule; `smbtriage rules list` has them all");
}
END_TEST

Suite *
rule_choice_suite(void)
{
	Suite *suite = suite_create("rule_choice");
	TCase *tcase = tcase_create("rule_choice");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, the_last_that_matches_wins, 0, COUNT(choices));
	tcase_add_test(tcase, all_run_where_nothing_was_chosen);
	tcase_add_test(tcase, what_means_no_rule_is_an_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
