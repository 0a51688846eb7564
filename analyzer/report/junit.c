#include "analyzer/report/junit.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"
#include "analyzer/report/json.h"
#include "analyzer/report/markup.h"
#include "analyzer/report/page.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/report_finding.h"
#include "analyzer/report/sandbox_text.h"
#include "rules/suppression.h"

/* What becomes of a test case. */
enum result { RESULT_PASSED, RESULT_FAILED, RESULT_SKIPPED, RESULT_ERROR, RESULT_COUNT };

/* One suite on its way. */
struct suite {
	const struct report *report;
	const struct report_capture *capture;
	const char *class_name;
	struct markup *markup;
	struct arena *arena; /* texts */
};

/* ---- what counts as what ---- */

static enum result
result_of(const struct report *report, const struct finding *finding)
{
	enum severity threshold = report->has_threshold ? report->threshold : SEVERITY_ERROR;

	if (finding->verdict == VERDICT_INCONCLUSIVE || !finding_counts(finding))
		return RESULT_SKIPPED;
	return finding->severity >= threshold ? RESULT_FAILED : RESULT_PASSED;
}

/* The cases of CAPTURE by result. */
static void
count_results(
    const struct report *report, const struct report_capture *capture, size_t counts[RESULT_COUNT])
{
	for (size_t i = 0; i < capture->findings.count; i++)
		counts[result_of(report, &capture->findings.items[i])]++;
	if (capture->facts->unjudged != NULL)
		counts[RESULT_ERROR]++;
	else if (capture->findings.count == 0)
		counts[RESULT_PASSED]++;
}

/* ---- names ---- */

/* Where a reader takes the part before the last full stop for a package: each folder is one, and a
 * name has no full stop of its own. */
static char *
class_name_of(struct arena *arena, const char *name)
{
	struct text text = {0};
	char *made;

	text_addf(&text, "smbtriage.%s", strcmp(name, "-") == 0 ? "stdin" : name);
	for (size_t i = strlen("smbtriage."); i < text.length; i++) {
		if (text.chars[i] == '.')
			text.chars[i] = '_';
		else if (text.chars[i] == '/')
			text.chars[i] = '.';
	}
	made = arena_text(arena, text.chars, text.length);
	text_free(&text);
	return made;
}

/* The id tells apart what is alike otherwise: GitLab passes over a second case of one name. */
static void
add_case_name(struct text *name, const struct finding *finding)
{
	const struct conversation_facts *facts = finding->exchange->conversation;

	text_addf(name, "%s: ", finding->rule->title);
	page_add_addr(name, &facts->client);
	text_add(name, " → ");
	page_add_end(name, &facts->server, facts->server_port);
	text_addf(name, " [%s]", finding->id);
}

/* ---- elements ---- */

/* LINES as they are; what is in them is made visible again, which changes nothing, and safe. */
static void
add_lines(struct markup *markup, const char *lines)
{
	struct text line = {0};

	for (size_t length; *lines != '\0'; lines += length) {
		length = strcspn(lines, "\n");
		text_clear(&line);
		text_add_bytes(&line, lines, length);
		markup_text(markup, text_chars(&line));
		if (lines[length] == '\n') {
			markup_lines(markup, "\n");
			length++;
		}
	}
	text_free(&line);
}

/* An attribute of nanoseconds, in seconds. */
static void
add_seconds(struct markup *markup, const char *name, int64_t nanoseconds)
{
	struct text text = {0};

	json_seconds(&text, NULL, nanoseconds);
	markup_attribute(markup, name, text_chars(&text));
	text_free(&text);
}

/* The start of the capture in UTC, whole seconds, without a zone: Ant's schema allows no other. */
static void
add_timestamp(struct markup *markup, int64_t time)
{
	struct text text = {0};

	text_add_time(&text, time);
	markup_attributef(
	    markup, "timestamp", "%.*s", (int)strlen("2026-11-20T17:57:00"), text_chars(&text));
	text_free(&text);
}

static void
open_suite(struct markup *markup, const char *name, const size_t counts[RESULT_COUNT])
{
	size_t total = 0;

	for (size_t i = 0; i < RESULT_COUNT; i++)
		total += counts[i];
	markup_open(markup, "testsuite");
	markup_attribute(markup, "name", name);
	markup_attributef(markup, "tests", "%zu", total);
	markup_attributef(markup, "failures", "%zu", counts[RESULT_FAILED]);
	markup_attributef(markup, "errors", "%zu", counts[RESULT_ERROR]);
	markup_attributef(markup, "skipped", "%zu", counts[RESULT_SKIPPED]);
}

static void
open_case(struct markup *markup, const char *class_name, const char *name, const char *file)
{
	markup_newline(markup);
	markup_open(markup, "testcase");
	markup_attribute(markup, "classname", class_name);
	markup_attribute(markup, "name", name);
	markup_attribute(markup, "file", file);
}

static void
add_error(struct markup *markup, const char *type, const char *message)
{
	markup_open(markup, "error");
	markup_attribute(markup, "message", message);
	markup_attribute(markup, "type", type);
	markup_text(markup, message);
	markup_close(markup);
}

static void
add_property(struct markup *markup, const char *name, const char *value)
{
	if (value == NULL)
		return;
	markup_newline(markup);
	markup_open(markup, "property");
	markup_attribute(markup, "name", name);
	markup_attribute(markup, "value", value);
	markup_void(markup);
}

static void
add_properties(const struct suite *suite)
{
	const struct capture_facts *facts = suite->capture->facts;
	struct text packets = {0}, parts = {0}, lack = {0};

	if (facts->part_count != 0)
		text_add_number(&parts, facts->part_count);
	sandbox_add_lack(&lack, suite->report->sandbox);
	text_add_number(&packets, facts->packets);
	markup_newline(suite->markup);
	markup_open(suite->markup, "properties");
	add_property(suite->markup, "smbtriage.version", SMBTRIAGE_VERSION);
	add_property(
	    suite->markup, "smbtriage.sandbox", lack.length != 0 ? text_chars(&lack) : NULL);
	add_property(suite->markup, "capture.format", facts->format);
	add_property(suite->markup, "capture.packets", text_chars(&packets));
	add_property(suite->markup, "capture.files", parts.length != 0 ? text_chars(&parts) : NULL);
	add_property(suite->markup, "capture.sha256", suite->capture->sha256);
	add_property(suite->markup, "capture.damage", facts->damage);
	markup_newline(suite->markup);
	markup_close(suite->markup);
	text_free(&packets);
	text_free(&parts);
	text_free(&lack);
}

/* ---- findings ---- */

/* Everything about the finding, as the text report has it. */
static void
add_evidence(const struct suite *suite, const struct finding *finding, size_t number)
{
	struct report plain = {.columns = 80};
	struct page page = {.report = &plain, .capture = suite->capture, .arena = suite->arena};

	report_finding_add(&page, finding, number);
	markup_lines(suite->markup, "\n");
	add_lines(suite->markup, text_chars(&page.text));
	page_free(&page);
}

static void
add_failure(const struct suite *suite, const struct finding *finding, size_t number)
{
	markup_open(suite->markup, "failure");
	markup_attribute(suite->markup, "message", finding->summary);
	markup_attribute(suite->markup, "type", finding->rule->id);
	add_evidence(suite, finding, number);
	markup_close(suite->markup);
}

/* Why FINDING is skipped. */
static void
add_reason(struct text *reason, const struct finding *finding)
{
	if (finding->suppression != NULL) {
		text_addf(reason, "suppressed: %s", finding->suppression->reason);
		if (finding->suppression->expires != NULL)
			text_addf(reason, " (until %s)", finding->suppression->expires);
	} else if (finding->baseline == BASELINE_KNOWN) {
		text_add(reason, "known before");
	} else {
		phrase_add_certainty(reason, finding);
	}
}

static void
add_skipped(struct markup *markup, const struct finding *finding)
{
	struct text reason = {0};

	add_reason(&reason, finding);
	markup_open(markup, "skipped");
	markup_attribute(markup, "message", text_chars(&reason));
	markup_void(markup);
	text_free(&reason);
}

static void
add_finding(const struct suite *suite, const struct finding *finding, size_t number)
{
	enum result result = result_of(suite->report, finding);
	struct markup *markup = suite->markup;
	struct text name = {0};

	add_case_name(&name, finding);
	open_case(markup, suite->class_name, text_chars(&name), suite->capture->facts->file);
	if (finding->exchange->waited >= 0)
		add_seconds(markup, "time", finding->exchange->waited);
	if (result == RESULT_FAILED) {
		add_failure(suite, finding, number);
	} else {
		if (result == RESULT_SKIPPED)
			add_skipped(markup, finding);
		markup_open(markup, "system-out");
		add_evidence(suite, finding, number);
		markup_close(markup);
	}
	markup_close(markup);
	text_free(&name);
}

/* ---- captures ---- */

static void
add_cases(const struct suite *suite)
{
	const struct report_capture *capture = suite->capture;
	const struct finding_list *findings = &capture->findings;

	for (size_t i = 0; i < findings->count; i++)
		add_finding(suite, &findings->items[i], i + 1);
	if (capture->facts->unjudged != NULL) {
		open_case(suite->markup, suite->class_name, "The capture can be judged",
		    capture->facts->file);
		add_error(suite->markup, "unjudged", capture->facts->unjudged);
		markup_close(suite->markup);
	} else if (findings->count == 0) {
		open_case(
		    suite->markup, suite->class_name, "No rule matches", capture->facts->file);
		markup_close(suite->markup);
	}
}

void
junit_begin(struct report *report)
{
	/* Suites are documents of their own in it, so that nothing is kept between captures. */
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"smbtriage\">\n",
	    report->out);
}

void
junit_capture(struct report *report, const struct report_capture *capture)
{
	const struct capture_facts *facts = capture->facts;
	const char *name = capture->name != NULL ? capture->name : facts->file;
	size_t counts[RESULT_COUNT] = {0};
	struct arena arena = {0};
	struct suite suite = {
	    report, capture, class_name_of(&arena, name), markup_begin(report->out), &arena};

	count_results(report, capture, counts);
	open_suite(suite.markup, name, counts);
	if (facts->has_time) {
		add_seconds(suite.markup, "time", facts->last_time - facts->first_time);
		add_timestamp(suite.markup, facts->first_time);
	}
	add_properties(&suite);
	add_cases(&suite);
	markup_newline(suite.markup);
	markup_element(suite.markup, "system-err", facts->damage);
	markup_end(suite.markup);
	arena_free(&arena);
}

static void
add_unreadable(struct report *report, const struct report_failure *failure)
{
	static const size_t counts[RESULT_COUNT] = {[RESULT_ERROR] = 1};
	struct markup *markup = markup_begin(report->out);
	struct arena arena = {0};

	open_suite(markup, failure->file, counts);
	open_case(
	    markup, class_name_of(&arena, failure->file), "The file can be read", failure->file);
	add_error(markup, "unreadable", failure->text);
	markup_end(markup);
	arena_free(&arena);
}

void
junit_end(struct report *report)
{
	for (size_t i = 0; i < report->failed_count; i++)
		add_unreadable(report, &report->failed[i]);
	fputs("</testsuites>\n", report->out);
}

/* ---- tests ---- */

static void
add_problem(struct markup *markup, const char *suite, const char *problem)
{
	markup_open(markup, "failure");
	markup_attributef(markup, "message", "%.*s", (int)strcspn(problem, "\n"), problem);
	markup_attribute(markup, "type", suite);
	add_lines(markup, problem);
	markup_lines(markup, "\n");
	markup_close(markup);
}

void
junit_tests(FILE *out, const char *suite, const struct tests *tests)
{
	const size_t counts[RESULT_COUNT] = {
	    [RESULT_FAILED] = tests->failed, [RESULT_PASSED] = tests->count - tests->failed};
	struct markup *markup = markup_begin(out);
	struct arena arena = {0};
	const char *class_name = class_name_of(&arena, suite);

	markup_declaration(markup);
	markup_open(markup, "testsuites");
	markup_attribute(markup, "name", "smbtriage");
	markup_newline(markup);
	open_suite(markup, suite, counts);
	for (size_t i = 0; i < tests->count; i++) {
		open_case(markup, class_name, tests->items[i].name, NULL);
		if (tests->items[i].problem != NULL)
			add_problem(markup, suite, tests->items[i].problem);
		markup_close(markup);
	}
	markup_newline(markup);
	markup_end(markup);
	arena_free(&arena);
}
