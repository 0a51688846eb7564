#include "rules/advice.h"

#include "rules/sample.h"

#define DENIED_ 0xc0000022
#define KNOCKS  "exchange: knock\nwhere: {status: STATUS_ACCESS_DENIED}\n"

/* A rule whose causes hang on who listens, and on a firewall. */
static const char rule_of_causes[] = KNOCKS "causes:\n"
					    "  - It rains.\n"
					    "  - text: Nobody is at {path}.\n"
					    "    supported_by: {listener: none}\n"
					    "    refuted_by: {listener: [system, other]}\n"
					    "  - text: The door is walled up.\n"
					    "    supported_by:\n"
					    "      - {firewall_log: DROP, listener: system}\n"
					    "      - {filter_event: DROP}\n"
					    "    refuted_by: {firewall_log: ALLOW}\n"
					    "  - text: A guard stands there.\n"
					    "    supported_by: {filter_name: {exists: true}}\n"
					    "    needs_support: true\n";

static struct testimony
number_said(uint64_t number, uint64_t line)
{
	return (struct testimony){known(number), NULL, {"log", line, "what stands there"}};
}

/* The finding of one knock of which the files say what is in ATTESTED. */
static struct finding
finding_with(struct sample *sample, const struct attested *attested)
{
	struct knock *knock;
	struct finding_list findings;

	sample_begin(sample);
	knock = sample_knock(sample, 1, DENIED_);
	knock->path = "home";
	knock->base.attested = attested;
	findings = sample_findings(sample, rule_of_causes);
	ck_assert_uint_eq(findings.count, 1);
	return findings.items[0];
}

static void
assert_cause(const struct finding *finding, size_t at, const char *text, enum stance stance,
    size_t quotes, uint64_t line)
{
	const struct found_cause *cause = &finding->causes.items[at];

	ck_assert_str_eq(cause->text, text);
	ck_assert_int_eq(cause->stance, stance);
	ck_assert_uint_eq(cause->quote_count, quotes);
	if (quotes != 0)
		ck_assert_uint_eq(cause->quotes[0].line, line);
}

START_TEST(without_files_all_is_open)
{
	struct sample sample;
	const struct finding finding = finding_with(&sample, NULL);

	ck_assert_uint_eq(finding.causes.count, 3);
	assert_cause(&finding, 0, "It rains.", STANCE_OPEN, 0, 0);
	assert_cause(&finding, 1, "Nobody is at home.", STANCE_OPEN, 0, 0);
	assert_cause(&finding, 2, "The door is walled up.", STANCE_OPEN, 0, 0);
	ck_assert_uint_eq(finding.attested.count, 0);
	sample_end(&sample);
}
END_TEST

START_TEST(what_is_supported_comes_first)
{
	struct attested attested = {0};
	struct sample sample;
	struct finding finding;

	attested.items[ATTESTED_LISTENER] = number_said(LISTENER_NONE, 7);
	finding = finding_with(&sample, &attested);
	ck_assert_uint_eq(finding.causes.count, 3);
	assert_cause(&finding, 0, "Nobody is at home.", STANCE_SUPPORTED, 1, 7);
	ck_assert_str_eq(finding.causes.items[0].quotes[0].file, "log");
	ck_assert_str_eq(finding.causes.items[0].quotes[0].text, "what stands there");
	assert_cause(&finding, 1, "It rains.", STANCE_OPEN, 0, 0);
	assert_cause(&finding, 2, "The door is walled up.", STANCE_OPEN, 0, 0);
	ck_assert_uint_eq(finding.attested.count, 1);
	ck_assert_str_eq(finding.attested.items[0].text, "Nobody is at home.");
	sample_end(&sample);
}
END_TEST

START_TEST(what_is_refuted_comes_last)
{
	struct attested attested = {0};
	struct sample sample;
	struct finding finding;

	attested.items[ATTESTED_LISTENER] = number_said(LISTENER_OTHER, 8);
	attested.items[ATTESTED_FILTER] = number_said(FIREWALL_DROP, 9);
	finding = finding_with(&sample, &attested);
	assert_cause(&finding, 0, "The door is walled up.", STANCE_SUPPORTED, 1, 9);
	assert_cause(&finding, 1, "It rains.", STANCE_OPEN, 0, 0);
	assert_cause(&finding, 2, "Nobody is at home.", STANCE_REFUTED, 1, 8);
	ck_assert_uint_eq(finding.attested.count, 2);
	sample_end(&sample);
}
END_TEST

START_TEST(all_lines_are_quoted_once)
{
	struct attested attested = {0};
	struct sample sample;
	struct finding finding;

	attested.items[ATTESTED_LISTENER] = number_said(LISTENER_SYSTEM, 3);
	attested.items[ATTESTED_FIREWALL] = number_said(FIREWALL_DROP, 4);
	attested.items[ATTESTED_FILTER] = number_said(FIREWALL_DROP, 4);
	finding = finding_with(&sample, &attested);
	assert_cause(&finding, 0, "The door is walled up.", STANCE_SUPPORTED, 2, 4);
	ck_assert_uint_eq(finding.causes.items[0].quotes[1].line, 3);
	sample_end(&sample);
}
END_TEST

/* The log says that the packet was let in, the events that it was dropped: nobody knows. */
START_TEST(contradictions_leave_it_open)
{
	struct attested attested = {0};
	struct sample sample;
	struct finding finding;

	attested.items[ATTESTED_FIREWALL] = number_said(FIREWALL_ALLOW, 1);
	attested.items[ATTESTED_FILTER] = number_said(FIREWALL_DROP, 2);
	finding = finding_with(&sample, &attested);
	assert_cause(&finding, 2, "The door is walled up.", STANCE_OPEN, 0, 0);
	ck_assert_uint_eq(finding.attested.count, 0);
	sample_end(&sample);
}
END_TEST

START_TEST(some_causes_need_support)
{
	struct attested attested = {0};
	struct sample sample;
	struct finding finding;

	attested.items[ATTESTED_FILTER_NAME] =
	    (struct testimony){{0}, "No entry", {"events.xml", 5, "filterId 9"}};
	finding = finding_with(&sample, &attested);
	ck_assert_uint_eq(finding.causes.count, 4);
	assert_cause(&finding, 0, "A guard stands there.", STANCE_SUPPORTED, 1, 5);
	sample_end(&sample);
}
END_TEST

/* A capture that lacks packets lacks nothing of what files say. */
START_TEST(gaps_of_the_capture_hide_no_file)
{
	const char *rule = KNOCKS "cases: [{where: {listener: none}, finding: Nobody listens.}]\n";
	struct attested attested = {0};
	struct sample sample;
	struct finding_list findings;
	struct knock *knock;

	attested.items[ATTESTED_LISTENER] = number_said(LISTENER_NONE, 7);
	sample_begin(&sample);
	knock = sample_knock(&sample, 1, DENIED_);
	knock->base.is_cut = true;
	knock->base.attested = &attested;
	findings = sample_findings(&sample, rule);
	ck_assert_str_eq(findings.items[0].summary, "Nobody listens.");
	sample_end(&sample);
}
END_TEST

static const struct {
	const char *causes, *error;
} mistakes[] = {
    {"causes: [{supported_by: {listener: none}}]\n", "a.yaml:7:10: a cause needs 'text'"},
    {"causes: [{text: x, supported_by: {path: home}}]\n",
	"a.yaml:7:34: 'path' is of the capture; what speaks for a cause, or against it, is in "
	"files beside it"},
    {"causes: [{text: x, refuted_by: {listner: none}}]\n",
	"a.yaml:7:33: knock has no field 'listner'; did you mean 'listener'?"},
    {"causes: [{text: x, needs_support: true}]\n",
	"a.yaml:7:10: a cause that needs support names none in 'supported_by'"},
    {"causes: [{text: x, supportedby: {listener: none}}]\n",
	"a.yaml:7:20: 'supportedby' is no key of a cause; did you mean 'supported_by'?"},
    {"causes: [{text: '{pth} is shut'}]\n",
	"a.yaml:7:17: knock has no field 'pth'; did you mean 'path'?"},
};

START_TEST(mistakes_in_causes_are_told)
{
	struct sample sample;
	const char *rule;

	sample_begin(&sample);
	rule = arena_format(&sample.arena, "%s%s", KNOCKS, mistakes[_i].causes);
	ck_assert(!sample_load(&sample, rule));
	ck_assert_str_eq(sample.error.text, mistakes[_i].error);
	sample_end(&sample);
}
END_TEST

Suite *advice_suite(void);

Suite *
advice_suite(void)
{
	Suite *suite = suite_create("advice");
	TCase *cases = tcase_create("causes");

	tcase_add_test(cases, without_files_all_is_open);
	tcase_add_test(cases, what_is_supported_comes_first);
	tcase_add_test(cases, what_is_refuted_comes_last);
	tcase_add_test(cases, all_lines_are_quoted_once);
	tcase_add_test(cases, contradictions_leave_it_open);
	tcase_add_test(cases, some_causes_need_support);
	tcase_add_test(cases, gaps_of_the_capture_hide_no_file);
	tcase_add_loop_test(cases, mistakes_in_causes_are_told, 0, COUNT(mistakes));
	suite_add_tcase(suite, cases);
	return suite;
}
