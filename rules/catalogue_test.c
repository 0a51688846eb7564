/* Every rule of the catalogue against the captures that it names. */
#include <check.h>
#include <glob.h>
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

/* Sentences may lack what is a hint: the name of a share that somebody else was let into. */
static void
check_finding(const char *path, const struct finding *one, const struct finding *other)
{
	ck_assert_msg(one->rule == other->rule && one->verdict == other->verdict &&
			  one->severity == other->severity &&
			  one->occurrences == other->occurrences &&
			  one->frame_count == other->frame_count,
	    "%s: %s, '%s' instead of %s, '%s'", path, other->rule->id, other->summary,
	    one->rule->id, one->summary);
	ck_assert_mem_eq(one->frames, other->frames, one->frame_count * sizeof(*one->frames));
}

/* The findings of PATH, whether all of it is kept or what nobody asks for goes. Returns how many
 * connections went. */
static uint64_t
check_capture(const char *path)
{
	const struct analysis_options whole = {.rules = &rules},
				      sparing = {.rules = &rules, .is_sparing = true};
	struct analysis one, other;
	const struct finding_list *mine = &one.report.findings, *theirs = &other.report.findings;
	struct error error = {0};
	uint64_t gone;

	if (!analysis_run(&one, path, &whole, &error)) {
		analysis_free(&one);
		return 0;
	}
	ck_assert(analysis_run(&other, path, &sparing, &error));
	ck_assert_uint_eq(one.facts.bounds.of[BOUND_UNREMARKABLE].count, 0);
	for (size_t i = 0; i < mine->count && i < theirs->count; i++)
		check_finding(path, &mine->items[i], &theirs->items[i]);
	ck_assert_msg(mine->count == theirs->count, "%s: %zu findings instead of %zu", path,
	    theirs->count, mine->count);
	ck_assert_uint_eq(one.facts.tcp_streams, other.facts.tcp_streams);
	gone = other.facts.bounds.of[BOUND_UNREMARKABLE].count;
	analysis_free(&one);
	analysis_free(&other);
	return gone;
}

START_TEST(finds_the_same_of_what_is_let_go)
{
	uint64_t gone = 0;
	glob_t found;

	ck_assert_int_eq(glob("fixtures/captures/*.pcap*", 0, NULL, &found), 0);
	glob("../shared/captures/*", GLOB_APPEND, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		gone += check_capture(found.gl_pathv[i]);
	ck_assert_uint_ge(gone, 100);
	globfree(&found);
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
	tcase_add_test(tcase, finds_the_same_of_what_is_let_go);
	tcase_add_loop_test(tcase, a_healthy_session_has_no_error, 0, (int)(COUNT(healthy)));
	suite_add_tcase(suite, tcase);
	return suite;
}
