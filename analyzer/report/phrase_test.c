#include "analyzer/report/phrase.h"

#include <check.h>

#include "analyzer/report/sample_test.h"
#include "rules/suppression.h"

Suite *phrase_suite(void);

static struct sample sample;
static struct finding *findings;
static struct text text;
static struct arena arena;

static void
setup(void)
{
	sample_init(&sample, "text");
	findings = sample.findings;
	findings[1] = findings[2] = findings[0];
	for (size_t i = 0; i < 3; i++)
		findings[i].incident_size = 3;
	findings[1].follows_from = 1;
	findings[2].follows_from = 1;
	sample.capture.findings.count = 3;
}

static void
teardown(void)
{
	text_free(&text);
	arena_free(&arena);
}

/* What was added to TEXT since the last call. */
static void
assert_text(const char *wanted)
{
	ck_assert_str_eq(text_chars(&text), wanted);
	text_clear(&text);
}

START_TEST(test_one_occurrence)
{
	ck_assert_str_eq(phrase_gravity(findings), "error");
	phrase_add_ends(&text, findings);
	assert_text("10.0.0.5:49711 → 10.0.0.9:445");
	phrase_add_when(&text, &sample.capture, findings);
	assert_text("2023-11-14T22:13:20.056000001Z, 0.056000001 s into the capture");
	phrase_add_since(&text, &sample.capture, SAMPLE_START - 1);
	assert_text("-0.000000001 s");
	phrase_add_count(&text, &sample.capture, findings);
	assert_text("");
	phrase_add_frames(&text, findings, 2);
	assert_text("22, 23");
	phrase_add_frames(&text, findings, 1);
	assert_text("22, …");
	phrase_add_certainty(&text, findings);
	assert_text("found; these frames show it.");
}
END_TEST

START_TEST(test_several_occurrences)
{
	struct conversation_facts other = sample.conversation_facts;
	struct exchange second = sample.exchange.common, third = second;

	addr_parse("10.0.0.6", &other.client);
	second.conversation = &other;
	findings->occurrences = 12;
	findings->example_count = 3;
	findings->examples[1] = &second;
	findings->examples[2] = &third;
	phrase_add_ends(&text, findings);
	assert_text("10.0.0.5, 10.0.0.6 → 10.0.0.9:445");
	phrase_add_count(&text, &sample.capture, findings);
	assert_text("12 occurrences, the last at 2023-11-14T22:13:20.056000001Z; frames and filter "
		    "are of the first 3");
	findings->occurrences = 3;
	sample.facts.has_time = false;
	phrase_add_count(&text, &sample.capture, findings);
	assert_text("3 occurrences");
	phrase_add_when(&text, &sample.capture, findings);
	assert_text("");
}
END_TEST

/* Reasons may hold what a packet said. */
START_TEST(test_certainty)
{
	static const char *const because[] = {"\033 succeeded", "it was cut"};

	findings->because = (struct text_list){because, 2};
	findings->severity = SEVERITY_NOTICE;
	phrase_add_certainty(&text, findings);
	assert_text("found; a notice instead of an error, because \\u{1b} succeeded; it was cut.");
	findings->verdict = VERDICT_INCONCLUSIVE;
	ck_assert_str_eq(phrase_gravity(findings), "inconclusive");
	phrase_add_certainty(&text, findings);
	assert_text(
	    "undecided, because \\u{1b} succeeded; it was cut. It is a notice if it is so.");
}
END_TEST

START_TEST(test_standing)
{
	struct suppression suppression = {.reason = "a\nscanner"};

	phrase_add_standing(&text, findings);
	assert_text("");
	findings->baseline = BASELINE_NEW;
	phrase_add_standing(&text, findings);
	assert_text("new: the baseline does not have it");
	findings->baseline = BASELINE_KNOWN;
	phrase_add_standing(&text, findings);
	assert_text("known before: the baseline has it");
	findings->suppression = &suppression;
	phrase_add_standing(&text, findings);
	assert_text("suppressed: a\\u{a}scanner");
	suppression.expires = "2027-01-31";
	phrase_add_standing(&text, findings);
	assert_text("suppressed until 2027-01-31: a\\u{a}scanner");
}
END_TEST

START_TEST(test_incident)
{
	phrase_add_incident(&text, &sample.capture.findings, 1);
	assert_text("explains findings 2 and 3");
	phrase_add_incident(&text, &sample.capture.findings, 3);
	assert_text("follows from finding 1");
	findings[2].follows_from = 2;
	phrase_add_incident(&text, &sample.capture.findings, 2);
	assert_text("follows from finding 1, and explains finding 3");
	findings[1].follows_from = 0;
	findings[1].incident = findings[2].incident = 2;
	phrase_add_incident(&text, &sample.capture.findings, 1);
	assert_text("");
}
END_TEST

START_TEST(test_chain)
{
	static const char *const links[] = {
	    "an alias", "no ticket", "no ticket", "NTLM", "an alias"};
	struct text_list chain;

	findings[0].chain = (struct text_list){links, 2};
	findings[1].chain = (struct text_list){links + 2, 3};
	chain = phrase_chain(findings, &arena);
	ck_assert_uint_eq(chain.count, 4);
	ck_assert_str_eq(chain.items[1], "no ticket");
	ck_assert_str_eq(chain.items[2], "NTLM");
	ck_assert_str_eq(chain.items[3], "an alias");
	ck_assert_uint_eq(phrase_chain(&findings[1], &arena).count, 0);
	findings[0].incident_size = 1;
	ck_assert_uint_eq(phrase_chain(findings, &arena).count, 0);
}
END_TEST

START_TEST(test_place)
{
	ck_assert_str_eq(phrase_place("kdc"), "on the KDC");
	ck_assert_ptr_null(phrase_place("moon"));
	ck_assert_ptr_null(phrase_place(NULL));
}
END_TEST

START_TEST(test_step_advice)
{
	struct step_advice step = {.risk = "none"};

	ck_assert_ptr_null(phrase_risk(&step));
	ck_assert_ptr_null(phrase_lowered_security(&step));
	step = (struct step_advice){.risk = "a restart", .lowers_security = true};
	ck_assert_str_eq(phrase_risk(&step), "a restart");
	ck_assert_str_eq(phrase_lowered_security(&step), "yes; take it back as soon as possible");
	step.risk = NULL;
	ck_assert_ptr_null(phrase_risk(&step));
}
END_TEST

START_TEST(test_result)
{
	struct suppression suppression = {.reason = "a scanner"};

	phrase_add_result(&text, &sample.capture);
	assert_text("3 errors in 1 incident");
	findings[2].incident = 2;
	findings[2].baseline = BASELINE_KNOWN;
	phrase_add_result(&text, &sample.capture);
	assert_text("2 errors in 1 incident, 1 known");
	findings[1].suppression = &suppression;
	sample.capture.left_out = 3;
	phrase_add_result(&text, &sample.capture);
	assert_text("1 error, 1 suppressed, 1 known, 3 less severe left out");
	findings[0].suppression = &suppression;
	phrase_add_result(&text, &sample.capture);
	assert_text("no findings but 2 suppressed, 1 known, 3 less severe left out");
	findings[0].suppression = findings[1].suppression = NULL;
	sample.capture.left_out = 0;
	findings[1].incident = 3;
	findings[2].baseline = BASELINE_NEW;
	phrase_add_result(&text, &sample.capture);
	assert_text("3 errors");
	sample.facts.unjudged = "it is empty";
	phrase_add_result(&text, &sample.capture);
	assert_text("nothing could be judged");
}
END_TEST

START_TEST(test_close)
{
	struct conversation_facts *facts = &sample.conversation_facts;

	phrase_add_close(&text, facts);
	assert_text("closed by the client in frame 26");
	facts->close = CLOSE_RESET;
	facts->closed_by = ENDED_BY_NOBODY;
	phrase_add_close(&text, facts);
	assert_text("reset in frame 26");
	facts->close = CLOSE_NONE;
	phrase_add_close(&text, facts);
	assert_text("open when the capture ended");
	facts->step = STEP_NONE;
	phrase_add_close(&text, facts);
	assert_text("");
	facts->close = CLOSE_FIN;
	facts->transport = TRANSPORT_UDP;
	phrase_add_close(&text, facts);
	assert_text("");
}
END_TEST

/* The dialect of SMB1 is a name that the client sent. */
START_TEST(test_speaks)
{
	struct conversation_facts *facts = &sample.conversation_facts;

	facts->is_encrypted = true;
	phrase_add_speaks(&text, &sample.conversation);
	assert_text("SMB 3.1.1, encrypted");
	facts->is_encrypted = false;
	facts->dialect = "NT\033";
	phrase_add_speaks(&text, &sample.conversation);
	assert_text("SMB NT\\u{1b}");
	facts->protocol = "kerberos";
	phrase_add_speaks(&text, &sample.conversation);
	assert_text("Kerberos");
	facts->speaks = "HTTP";
	phrase_add_speaks(&text, &sample.conversation);
	assert_text("HTTP");
	facts->speaks = facts->protocol = NULL;
	phrase_add_speaks(&text, &sample.conversation);
	assert_text("not known");
	ck_assert_str_eq(phrase_step(STEP_WORKING), "worked on a share");
}
END_TEST

START_TEST(test_progress)
{
	struct conversation_facts *facts = &sample.conversation_facts;

	phrase_add_progress(&text, &sample.conversation);
	assert_text("SMB 3.1.1, got to SESSION_SETUP");
	facts->protocol = "kerberos";
	phrase_add_progress(&text, &sample.conversation);
	assert_text("Kerberos");
	facts->step = STEP_NONE;
	phrase_add_progress(&text, &sample.conversation);
	assert_text("Kerberos, never connected");
	facts->protocol = NULL;
	phrase_add_progress(&text, &sample.conversation);
	assert_text("never connected");
	facts->transport = TRANSPORT_UDP;
	phrase_add_progress(&text, &sample.conversation);
	assert_text("not known");
}
END_TEST

/* Advice is printed again when it differs, or when too many were printed to look it up. */
START_TEST(test_advised)
{
	static const struct found_cause causes[] = {
	    {.text = "Another cause."}, {.text = "And one more."}};
	struct advised advised = {0};

	ck_assert_uint_eq(advised_first(&advised, &findings[0], 1), 1);
	ck_assert_uint_eq(advised_first(&advised, &findings[1], 2), 1);
	findings[1].causes.items = causes;
	ck_assert_uint_eq(advised_first(&advised, &findings[1], 2), 2);
	findings[2].next_steps.count = 1;
	ck_assert_uint_eq(advised_first(&advised, &findings[2], 3), 3);
	advised.count = ADVISED_MOST;
	for (size_t i = 0; i < ADVISED_MOST; i++)
		advised.items[i].finding = &findings[0];
	ck_assert_uint_eq(advised_first(&advised, &findings[2], 70), 70);
	ck_assert_uint_eq(advised.count, ADVISED_MOST);
}
END_TEST

START_TEST(test_total)
{
	struct report *report = &sample.report;

	phrase_add_total(&text, report);
	assert_text("0 captures, 0 packets: nothing could be judged");
	report->captures = 3;
	report->packets = 1;
	report->findings[VERDICT_FOUND][SEVERITY_ERROR] = 2;
	phrase_add_total(&text, report);
	assert_text("3 captures, 1 packet: 2 errors");
	report->findings[VERDICT_FOUND][SEVERITY_ERROR] = 0;
	report->suppressed = 2;
	report->left_out = 1;
	phrase_add_total(&text, report);
	assert_text("3 captures, 1 packet: no findings but 2 suppressed, 1 less severe left out");
	report->findings[VERDICT_INCONCLUSIVE][SEVERITY_NOTICE] = 1;
	phrase_add_total(&text, report);
	assert_text("3 captures, 1 packet: 1 inconclusive, 2 suppressed, 1 less severe left out");
	report->findings[VERDICT_INCONCLUSIVE][SEVERITY_NOTICE] = 0;
	report->findings[VERDICT_FOUND][SEVERITY_ERROR] = 2;
	report->suppressed = report->left_out = 0;
	report->unjudged = 1;
	report->failed_count = 2;
	phrase_add_total(&text, report);
	assert_text("3 captures, 1 packet: 2 errors; nothing could be judged in 1 capture; 2 files "
		    "could not be read");
}
END_TEST

Suite *
phrase_suite(void)
{
	Suite *suite = suite_create("phrase");
	TCase *tests = tcase_create("phrases");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_one_occurrence);
	tcase_add_test(tests, test_several_occurrences);
	tcase_add_test(tests, test_certainty);
	tcase_add_test(tests, test_standing);
	tcase_add_test(tests, test_incident);
	tcase_add_test(tests, test_chain);
	tcase_add_test(tests, test_place);
	tcase_add_test(tests, test_step_advice);
	tcase_add_test(tests, test_result);
	tcase_add_test(tests, test_close);
	tcase_add_test(tests, test_speaks);
	tcase_add_test(tests, test_progress);
	tcase_add_test(tests, test_advised);
	tcase_add_test(tests, test_total);
	suite_add_tcase(suite, tests);
	return suite;
}
