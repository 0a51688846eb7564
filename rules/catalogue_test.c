/* Every rule of the catalogue against the captures that it names. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/analysis.h"
#include "analyzer/base/basics.h"
#include "analyzer/conversation/delivery.h"
#include "analyzer/conversation/handshake.h"
#include "analyzer/conversation/resolution.h"
#include "analyzer/conversation/sweep.h"
#include "dissectors/registry.h"
#include "rules/finding.h"
#include "rules/rule.h"

Suite *catalogue_suite(void);

static struct rule_set rules;
static const struct exchange_type *types[64];

static void
load(void)
{
	size_t count = 0;

	types[count++] = &address_resolution_type;
	types[count++] = &tcp_handshake_type;
	types[count++] = &tcp_sweep_type;
	types[count++] = &tcp_delivery_type;
	for (size_t i = 0; i < dissector_exchange_type_count; i++)
		types[count++] = dissector_exchange_types[i];
	rule_set_init(&rules, types, count);
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

static void
check_expectations(
    const struct rule *rule, const struct expectation_list *list, enum verdict verdict)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct rule_expectation *wanted = &list->items[i];
		unsigned count = count_findings(rule, wanted->capture, verdict);

		if (wanted->count != 0)
			ck_assert_msg(count == wanted->count, "%s: %s: %u findings %s, not %u",
			    rule->id, wanted->capture, count, verdict_names[verdict],
			    wanted->count);
		else
			ck_assert_msg(count != 0, "%s: %s: nothing %s", rule->id, wanted->capture,
			    verdict_names[verdict]);
	}
}

static void
check_silence(const struct rule *rule)
{
	for (size_t i = 0; i < rule->silent.count; i++)
		for (enum verdict verdict = VERDICT_FOUND; verdict <= VERDICT_INCONCLUSIVE;
		     verdict++)
			ck_assert_msg(
			    count_findings(rule, rule->silent.items[i].capture, verdict) == 0,
			    "%s: %s: must be silent", rule->id, rule->silent.items[i].capture);
}

static bool
mentions(const struct condition *condition, enum outcome outcome)
{
	for (size_t i = 0; i < condition->operand_count; i++)
		if (condition->operands[i].value.number == outcome)
			return true;
	return false;
}

static bool
is_about_outcome(const struct condition *condition)
{
	return strcmp(condition->field.any->name, "outcome") == 0;
}

/* Whether RULE has nothing to say of an exchange whose outcome is not known. */
static bool
leaves_doubt_alone(const struct rule *rule)
{
	for (size_t i = 0; i < rule->unless.count; i++) {
		const struct where *where = &rule->unless.items[i].where;

		if (where->count == 1 && where->any[0].count == 1 &&
		    is_about_outcome(&where->any[0].items[0]) &&
		    mentions(&where->any[0].items[0], OUTCOME_UNKNOWN))
			return true;
	}
	return false;
}

/* Whether RULE claims that something was not there: it asks for silence, or for an end instead of
 * an answer, so that a capture that lacks packets must leave it undecided. */
static bool
is_about_absence(const struct rule *rule)
{
	for (size_t i = 0; i < rule->where.count; i++)
		for (size_t j = 0; j < rule->where.any[i].count; j++)
			if (is_about_outcome(&rule->where.any[i].items[j]) &&
			    !mentions(&rule->where.any[i].items[j], OUTCOME_ANSWERED))
				return !leaves_doubt_alone(rule);
	return false;
}

START_TEST(a_rule_keeps_its_word)
{
	const struct rule *rule;

	if ((size_t)_i >= rules.count)
		return;
	rule = rules.items[_i];
	ck_assert_msg(rule->fires.count != 0, "%s names no capture that makes it fire", rule->id);
	ck_assert_msg(
	    rule->silent.count != 0, "%s names no capture that keeps it silent", rule->id);
	ck_assert_msg(rule->inconclusive.count != 0 || !is_about_absence(rule),
	    "%s claims an absence and names no capture that leaves it undecided", rule->id);
	check_expectations(rule, &rule->fires, VERDICT_FOUND);
	check_expectations(rule, &rule->inconclusive, VERDICT_INCONCLUSIVE);
	check_silence(rule);
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
	size_t count;

	load();
	count = rules.count;
	unload();
	tcase_add_checked_fixture(tcase, load, unload);
	tcase_add_test(tcase, what_rules_say_of_each_other_holds);
	tcase_add_loop_test(tcase, a_rule_keeps_its_word, 0, (int)count);
	tcase_add_loop_test(tcase, a_healthy_session_has_no_error, 0, (int)(COUNT(healthy)));
	suite_add_tcase(suite, tcase);
	return suite;
}
