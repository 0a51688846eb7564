#include "rules/rule_lint.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "rules/sample.h"

Suite *rule_lint_suite(void);

#define GOOD                                                                  \
	"exchange: knock\ncauses: [c]\nnext_steps: [{text: a, risk: none}]\n" \
	"references: [r]\nfires: [f.pcap]\nsilent: [s.pcap]\n"
#define ANSWERED "where: {outcome: answered}\n"

/* What a rule says beside its id, and the one weakness of it; NULL: none. */
static const struct {
	const char *yaml, *weakness;
} rules[] = {
    {"title: t\n" GOOD ANSWERED, NULL},
    {"title: t.\n" GOOD ANSWERED, "the title ends with a full stop"},
    {"title: 123456789 123456789 123456789 123456789 123456789 123456789 123456789 12\n" GOOD
	    ANSWERED,
	NULL},
    {"title: 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123\n" GOOD
	    ANSWERED,
	"the title is longer than 72 characters"},
    {"title: t\nexchange: knock\nnext_steps: [{text: a, risk: none}]\nreferences: [r]\n"
     "fires: [f]\nsilent: [s]\n" ANSWERED,
	"no causes are given"},
    {"title: t\nexchange: knock\ncauses: [c]\nreferences: [r]\nfires: [f]\nsilent: [s]\n" ANSWERED,
	"no next_steps are given"},
    {"title: t\nexchange: knock\nreferences: [r]\nfires: [f]\nsilent: [s]\n"
     "explain_by: status\n" ANSWERED,
	NULL},
    {"title: t\nexchange: knock\nreferences: [r]\nfires: [f]\nsilent: [s]\n"
     "cases: [{where: {is_loud: true}, causes: [c], next_steps: [{text: a, risk: none}]}]\n"
     "causes: [d]\n" ANSWERED,
	NULL},
    {"title: t\nexchange: knock\ncauses: [c]\nnext_steps: [{text: a, risk: none}]\nfires: [f]\n"
     "silent: [s]\n" ANSWERED,
	"no references are given"},
    {"title: t\nexchange: knock\ncauses: [c]\nnext_steps: [{text: a, risk: none}]\n"
     "references: [r]\nsilent: [s]\n" ANSWERED,
	"no capture that makes it fire is named in fires"},
    {"title: t\nexchange: knock\ncauses: [c]\nnext_steps: [{text: a, risk: none}]\n"
     "references: [r]\nfires: [f]\n" ANSWERED,
	"no capture that keeps it silent is named in silent"},
    {"title: t\n" GOOD "where: {outcome: unanswered}\n",
	"it claims an absence, and no capture that leaves it undecided is named in inconclusive"},
    {"title: t\n" GOOD "where: {outcome: unanswered}\ninconclusive: [i.pcap]\n", NULL},
    {"title: t\n" GOOD "where: {outcome: unanswered}\n"
     "unless: [{where: {outcome: unknown}}]\n",
	NULL},
    {"title: t\n" GOOD ANSWERED "inconclusive: [f.pcap]\n", NULL},
    {"title: t\n" GOOD ANSWERED "inconclusive: [s.pcap]\n",
	"a capture of silent is in fires or inconclusive, too"},
};

START_TEST(each_weakness_is_found_alone)
{
	const char *found[RULE_MOST_WEAKNESSES];
	struct sample sample;
	const char *yaml;
	size_t count;

	sample_begin(&sample);
	yaml =
	    arena_format(&sample.arena, "id: a\nseverity: error\nfinding: f\n%s", rules[_i].yaml);
	ck_assert_msg(rule_load(&sample.set, "a.yaml", yaml, strlen(yaml), &sample.error), "%s",
	    sample.error.text);
	count = rule_weaknesses(sample.set.items[0], found);
	ck_assert_msg(count == (rules[_i].weakness != NULL), "%s: %zu: %s", rules[_i].yaml, count,
	    count != 0 ? found[0] : "none");
	if (count != 0)
		ck_assert_str_eq(found[0], rules[_i].weakness);
	sample_end(&sample);
}
END_TEST

Suite *
rule_lint_suite(void)
{
	Suite *suite = suite_create("rule_lint");
	TCase *tcase = tcase_create("rule_lint");

	tcase_add_loop_test(tcase, each_weakness_is_found_alone, 0, COUNT(rules));
	suite_add_tcase(suite, tcase);
	return suite;
}
