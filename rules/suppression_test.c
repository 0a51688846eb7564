#include "rules/suppression.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"
#include "rules/sample.h"

Suite *suppression_suite(void);

#define TODAY "2027-01-31"

static struct sample sample;
static struct finding_list findings; /* of 10.0.0.5 and 10.0.0.6 at 10.0.1.9, and a visit */
static struct text said;

static void
add_rule(const char *id, const char *rest)
{
	const char *yaml = arena_format(&sample.arena,
	    "id: %s\ntitle: t\nseverity: error\nfinding: f\nwhere: {outcome: answered}\n%s", id,
	    rest);

	ck_assert_msg(rule_load(&sample.set, "r.yaml", yaml, strlen(yaml), &sample.error), "%s",
	    sample.error.text);
}

static void
begin(void)
{
	sample_begin(&sample);
	said = (struct text){0};
	add_rule("door-shut", "exchange: knock\n");
	add_rule("window-shut", "exchange: visit\n");
	sample_knock(&sample, 1, 0);
	sample_conversation(&sample, 6, 9, 4);
	sample_knock(&sample, 2, 0);
	sample_visit(&sample, 3, "x");
	ledger_sort(&sample.ledger);
	findings =
	    findings_of(&sample.set, &sample.ledger, NULL, FINDING_MEMORY_ALL, &sample.arena);
	ck_assert_uint_eq(findings.count, 3);
	for (size_t i = 0; i < findings.count; i++)
		findings.items[i].id = i == 0   ? "f-000000000001"
				       : i == 1 ? "f-000000000002"
						: "f-000000000002-2";
}

static void
end(void)
{
	text_free(&said);
	sample_end(&sample);
}

static void
say(const char *sentence)
{
	text_addf(&said, "%s\n", sentence);
}

static struct suppression_set *
load(const char *yaml)
{
	return suppressions_load("s.yaml", yaml, strlen(yaml), &sample.set, TODAY, &sample.error);
}

/* A suppression but for its reason, and which of the findings it is for. */
static const struct {
	const char *yaml, *suppressed;
} scopes[] = {
    {"rule: door-shut", "yy-"},
    {"rule: '*-shut'", "yyy"},
    {"rule: [window-shut, door-shu?]", "yyy"},
    {"rule: door-shut\n  scope: {client: 10.0.0.6}", "-y-"},
    {"rule: '*'\n  scope: {client: [10.0.0.6, 10.0.0.4/31]}", "yyy"},
    {"rule: '*'\n  scope: {client: 10.0.0.4/31}", "y--"},
    {"rule: '*'\n  scope: {server: 10.0.1.0/24, client: 10.0.0.5}", "y--"},
    {"rule: '*'\n  scope: {server: 10.0.0.0/24}", "---"},
    {"rule: '*'\n  scope: {client: '::/0'}", "---"},
    {"rule: '*'\n  scope: {capture: nightly/*}", "yyy"},
    {"rule: '*'\n  scope: {capture: [a.pcap, 'n*.pcap']}", "yyy"},
    {"rule: '*'\n  scope: {capture: door.pcap}", "---"},
    {"rule: '*'\n  scope: {id: f-000000000002}", "-y-"},
    {"rule: '*'\n  scope: {id: [f-000000000001, f-000000000002-2]}", "y-y"},
    {"rule: window-shut\n  scope: {id: f-000000000001}", "---"},
    {"rule: '*'\n  expires: 2027-01-31", "yyy"},
    {"rule: '*'\n  expires: 2027-01-30", "---"},
};

START_TEST(a_scope_is_kept)
{
	struct suppression_set *set =
	    load(arena_format(&sample.arena, "- %s\n  reason: as agreed\n", scopes[_i].yaml));

	ck_assert_msg(set != NULL, "%s", sample.error.text);
	suppressions_apply(set, "nightly/door.pcap", &findings);
	for (size_t i = 0; i < findings.count; i++) {
		bool is_wanted = scopes[_i].suppressed[i] == 'y';

		ck_assert_msg((findings.items[i].suppression != NULL) == is_wanted, "%s: %zu",
		    scopes[_i].yaml, i);
		ck_assert_int_eq(finding_counts(&findings.items[i]), !is_wanted);
		if (is_wanted)
			ck_assert_str_eq(findings.items[i].suppression->reason, "as agreed");
	}
	suppressions_free(set);
}
END_TEST

START_TEST(the_first_one_is_repeated)
{
	struct suppression_set *set = load("- {rule: window-shut, reason: one}\n"
					   "- {rule: '*', reason: two, expires: 2027-02-01}\n"
					   "- {rule: door-*, reason: three}\n");

	ck_assert_msg(set != NULL, "%s", sample.error.text);
	suppressions_apply(set, "x", &findings);
	ck_assert_str_eq(findings.items[0].suppression->reason, "two");
	ck_assert_str_eq(findings.items[0].suppression->expires, "2027-02-01");
	ck_assert_str_eq(findings.items[2].suppression->reason, "one");
	ck_assert_ptr_null(findings.items[2].suppression->expires);
	suppressions_say_unneeded(set, say);
	ck_assert_str_eq(text_chars(&said), "");
	suppressions_free(set);
}
END_TEST

START_TEST(the_operator_is_told)
{
	struct suppression_set *set =
	    load("- rule: [door-shut, window-*]\n  reason: \"a\\eb\"\n  expires: 2027-01-30\n"
		 "- rule: window-shut\n  reason: c\n"
		 "- rule: door-shut\n  scope: {client: 10.9.9.9}\n  reason: d\n");

	ck_assert_msg(set != NULL, "%s", sample.error.text);
	suppressions_say_expired(set, say);
	ck_assert_str_eq(text_chars(&said),
	    "s.yaml:1: the suppression of door-shut, window-* expired after 2027-01-30, and holds "
	    "no more: a\\u{1b}b\n");
	text_clear(&said);
	suppressions_apply(set, "x", &findings);
	suppressions_say_unneeded(set, say);
	ck_assert_str_eq(text_chars(&said),
	    "s.yaml:6: the suppression of door-shut was not needed: nothing of the kind was "
	    "found\n");
	suppressions_free(set);
}
END_TEST

static const struct {
	const char *yaml, *error;
} broken[] = {
    {"rule: door-shut\nreason: a\n", "s.yaml:1:1: suppressions are a list of mappings"},
    {"- door-shut\n", "s.yaml:1:3: a suppression is a mapping of keys to values"},
    {"- rule: door-shut\n", "s.yaml:1:3: a suppression needs 'reason'"},
    {"- reason: a\n", "s.yaml:1:3: a suppression needs 'rule'"},
    {"- {rule: door-shut, reason: ''}\n", "s.yaml:1:29: this is empty"},
    {"- {rule: door-shut, reasn: a}\n",
	"s.yaml:1:21: 'reasn' is no key of a suppression; did you mean 'reason'?"},
    {"- {rule: door-shut, reason: a, scope: {cleint: 10.0.0.1}}\n",
	"s.yaml:1:40: 'cleint' is no key of 'scope'; did you mean 'client'?"},
    {"- {rule: '*', reason: a, scope: {client: 10.0.0}}\n",
	"s.yaml:1:42: an address or a network is expected here, such as 10.0.0.5 or 10.0.0.0/8"},
    {"- {rule: '*', reason: a, scope: {server: []}}\n", "s.yaml:1:42: this list is empty"},
    {"- {rule: '*', reason: a, scope: {id: f-12}}\n",
	"s.yaml:1:38: 'f-12' is no id of a finding, such as f-0123456789ab"},
    {"- {rule: '*', reason: a, scope: {id: [f-0123456789ab, f-0123456789ab-x]}}\n",
	"s.yaml:1:55: 'f-0123456789ab-x' is no id of a finding, such as f-0123456789ab"},
    {"- {rule: '*', reason: a, expires: 2027-02-30}\n",
	"s.yaml:1:35: a day is expected here, written as 2027-01-31 is"},
    {"- {rule: '*', reason: a, expires: tomorrow}\n",
	"s.yaml:1:35: a day is expected here, written as 2027-01-31 is"},
    {"- {rule: '*', reason: a}\n- {rule: dor-shut, reason: a}\n",
	"s.yaml:2:3: there is no rule 'dor-shut'; did you mean 'door-shut'?"},
    {"- {rule: [door-shut, roof-*], reason: a}\n", "s.yaml:1:3: there is no rule 'roof-*'"},
    {"- {rule: '*', reason: a\n", "s.yaml:2:1: this is not YAML: did not find expected ',' or '}'"},
    {"# none yet\n", "s.yaml:2:1: the file is empty"},
};

START_TEST(mistakes_have_a_place)
{
	ck_assert_ptr_null(load(broken[_i].yaml));
	ck_assert_str_eq(sample.error.text, broken[_i].error);
	ck_assert_int_eq(sample.error.status, EXIT_USAGE);
}
END_TEST

START_TEST(a_list_may_be_empty)
{
	struct suppression_set *set = load("[]\n");

	ck_assert_msg(set != NULL, "%s", sample.error.text);
	suppressions_apply(set, "x", &findings);
	ck_assert(finding_counts(&findings.items[0]));
	suppressions_free(set);
}
END_TEST

START_TEST(a_file_is_read)
{
	char path[] = "/tmp/suppression_test.XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");
	struct suppression_set *set;

	ck_assert_ptr_nonnull(file);
	fputs("- {rule: door-shut, reason: a}\n", file);
	fclose(file);
	set = suppressions_read(path, &sample.set, TODAY, &sample.error);
	remove(path);
	ck_assert_msg(set != NULL, "%s", sample.error.text);
	suppressions_free(set);
	ck_assert_ptr_null(suppressions_read(path, &sample.set, TODAY, &sample.error));
	ck_assert_ptr_nonnull(strstr(sample.error.text, "No such file"));
}
END_TEST

Suite *
suppression_suite(void)
{
	Suite *suite = suite_create("suppression");
	TCase *tcase = tcase_create("suppression");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, a_scope_is_kept, 0, COUNT(scopes));
	tcase_add_test(tcase, the_first_one_is_repeated);
	tcase_add_test(tcase, the_operator_is_told);
	tcase_add_loop_test(tcase, mistakes_have_a_place, 0, COUNT(broken));
	tcase_add_test(tcase, a_list_may_be_empty);
	tcase_add_test(tcase, a_file_is_read);
	suite_add_tcase(suite, tcase);
	return suite;
}
