/* Every rule of the catalogue against the captures that it names. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/analysis.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/infile.h"
#include "analyzer/trial.h"
#include "rules/finding.h"
#include "rules/rule.h"
#include "rules/rule_lint.h"

Suite *catalogue_suite(void);

static struct rule_set rules;
static const struct exchange_type *types[ANALYSIS_MOST_TYPES];

static void
load(void)
{
	rule_set_init(&rules, types, analysis_exchange_types(types));
	rule_set_add_builtin(&rules);
}

static void
unload(void)
{
	rule_set_free(&rules);
}

/* Findings of RULE with VERDICT in a fixture. */
static unsigned
count_findings(const struct rule *rule, const char *capture, enum verdict verdict)
{
	struct analysis_options options = {.rules = &rules};
	struct analysis analysis;
	struct error error = {0};
	char path[256];
	unsigned count = 0;

	snprintf(path, sizeof(path), "fixtures/captures/%s", capture);
	ck_assert_msg(analysis_run(&analysis, path, &options, &error), "%s: %s: %s", rule->id, path,
	    error.text);
	for (size_t i = 0; i < analysis.report.findings.count; i++)
		count += analysis.report.findings.items[i].rule == rule &&
			 analysis.report.findings.items[i].verdict == verdict;
	analysis_free(&analysis);
	return count;
}

START_TEST(every_rule_keeps_its_word)
{
	struct analysis_options options = {.rules = &rules};
	struct trial_list trials = {0};
	const struct trial *trial;

	for (size_t i = 0; i < rules.count; i++)
		trials_add(&trials, rules.items[i]);
	trials_find(&trials, "fixtures/captures");
	trials_run(&trials, &options);
	infile_free();
	for (size_t i = 0; i < trials.count; i++) {
		trial = &trials.items[i];
		ck_assert_msg(trial_holds(trial), "%s: %s: %s, wanted %u, found %u %s",
		    trial->rule->id, trial_kind_names[trial->kind], trial->capture, trial->wanted,
		    trial->found, trial->problem ? trial->problem : "");
	}
	ck_assert_uint_gt(trials.count, 3 * rules.count);
	trials_free(&trials);
}
END_TEST

START_TEST(no_rule_is_weak)
{
	const char *sentences[RULE_MOST_WEAKNESSES];

	for (size_t i = 0; i < rules.count; i++)
		ck_assert_msg(rule_weaknesses(rules.items[i], sentences) == 0, "%s: %s",
		    rules.items[i]->id, sentences[0]);
}
END_TEST

/* Sessions in which all went well: whatever a rule lists, nobody may cry. */
static const char *const healthy[] = {
    "kerberos-ok-tcp.pcapng",
    "kerberos-ok-udp.pcapng",
    "smb-bulk-read-write.pcapng",
    "smb-ipv6-session.pcapng",
    "smb-port-139-session.pcapng",
    "smb-port-4450-session.pcapng",
    "smb1-multiprotocol-session.pcapng",
    "smb1-nt1-session.pcapng",
    "smb202-session.pcapng",
    "smb21-session.pcapng",
    "smb302-signed-session.pcapng",
    "smb311-encrypted-session.pcapng",
    "smb311-session.pcapng",
    "impaired-duplicates.pcapng",
    "impaired-fragments.pcapng",
    "impaired-loss.pcapng",
    "impaired-reordered.pcapng",
    "impaired-vlan-copies.server.pcapng",
    "mtu-600.pcapng",
    "slow-response.pcapng",
    "torture-compound-related.pcapng",
    "torture-compound-unrelated.pcapng",
    "torture-lease-break.pcapng",
    "torture-lock-pending.pcapng",
    "torture-oplock-break.pcapng",
    "torture-reauth.pcapng",
    "torture-session-bind.pcapng",
    "guest-session.pcapng",
    "validate-negotiate-ok.pcapng",
};

START_TEST(a_healthy_session_has_no_error)
{
	for (size_t i = 0; i < rules.count; i++)
		if (rules.items[i]->severity == SEVERITY_ERROR)
			ck_assert_msg(
			    count_findings(rules.items[i], healthy[_i], VERDICT_FOUND) == 0,
			    "%s: %s", healthy[_i], rules.items[i]->id);
}
END_TEST

START_TEST(what_rules_say_of_each_other_holds)
{
	struct error error = {0};

	ck_assert_msg(rule_set_check(&rules, &error), "%s", error.text);
}
END_TEST

Suite *
catalogue_suite(void)
{
	Suite *suite = suite_create("catalogue");
	TCase *tcase = tcase_create("captures");

	tcase_add_checked_fixture(tcase, load, unload);
	tcase_add_test(tcase, what_rules_say_of_each_other_holds);
	tcase_add_test(tcase, every_rule_keeps_its_word);
	tcase_add_test(tcase, no_rule_is_weak);
	tcase_add_loop_test(tcase, a_healthy_session_has_no_error, 0, (int)(COUNT(healthy)));
	suite_add_tcase(suite, tcase);
	return suite;
}
