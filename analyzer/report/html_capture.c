#include "analyzer/report/html_capture.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/head.h"
#include "analyzer/report/html_conversations.h"
#include "analyzer/report/html_finding.h"
#include "analyzer/report/html_page.h"
#include "analyzer/report/page.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/svg_timeline.h"

#define FRAMES_AT_A_GLANCE 4 /* a request, its answer, and how it ended */

/* ---- what failed ---- */

/* page->phrase as a cell, whose label a narrow page shows before it. */
static void
add_cell(struct html_page *page, const char *label, const char *class)
{
	html_open(page, "td", class);
	markup_attribute(page->markup, "data-label", label);
	markup_text(page->markup, text_chars(&page->phrase));
	text_clear(&page->phrase);
	markup_close(page->markup);
}

/* A glance has room for the first sentence; what it asks for is said in full below. */
static size_t
sentence_length(const char *chars)
{
	const char *end = strstr(chars, ". ");

	return end != NULL ? (size_t)(end - chars) + 1 : strlen(chars);
}

static void
add_first_step(struct html_page *page, const struct step_advice *step)
{
	const char *place = phrase_place(step->on);

	text_add(&page->phrase, "Next: ");
	text_add_bytes(&page->phrase, step->text, sentence_length(step->text));
	if (place != NULL)
		text_addf(&page->phrase, " (%s)", place);
	html_phrase(page, "span", "next");
}

/* The title, what to do first, and from what it follows. */
static void
add_what(struct html_page *page, const struct finding *finding, size_t number)
{
	html_open(page, "th", finding->follows_from != 0 ? "what follows" : "what");
	markup_attribute(page->markup, "scope", "row");
	html_finding_link(page, number, finding->rule->title);
	if (finding->follows_from != 0) {
		html_open(page, "span", "next");
		markup_textf(page->markup, "Follows from %zu.", finding->follows_from);
		markup_close(page->markup);
	} else if (finding->next_steps.count != 0) {
		add_first_step(page, &finding->next_steps.items[0]);
	}
	markup_close(page->markup);
}

/* "found", "undecided", what lowered it or made it count for nothing: in a word or two. */
static void
add_certainty(struct html_page *page, const struct finding *finding)
{
	text_add(&page->phrase, finding->verdict == VERDICT_FOUND ? "found" : "undecided");
	text_add(&page->phrase, finding->severity != finding->rule->severity ? ", lowered" : "");
	text_add(&page->phrase, finding->baseline == BASELINE_NEW ? ", new" : "");
	if (finding->suppression != NULL)
		text_add(&page->phrase, ", suppressed");
	else if (finding->baseline == BASELINE_KNOWN)
		text_add(&page->phrase, ", known before");
	add_cell(page, "How sure", NULL);
}

static void
add_glance(struct html_page *page, const struct finding *finding, size_t number)
{
	markup_open(page->markup, "tr");
	text_addf(&page->phrase, "%zu", number);
	html_phrase(page, "td", "number");
	markup_open(page->markup, "td");
	html_badge(page, finding);
	markup_close(page->markup);
	add_what(page, finding, number);
	phrase_add_ends(&page->phrase, finding);
	add_cell(page, "Who", "ends");
	if (page->capture->facts->has_time) {
		phrase_add_since(&page->phrase, page->capture, finding->exchange->time);
		add_cell(page, "When", "nowrap");
	}
	phrase_add_frames(&page->phrase, finding, FRAMES_AT_A_GLANCE);
	add_cell(page, "Frames", "frames");
	add_certainty(page, finding);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_columns(struct html_page *page)
{
	markup_open(page->markup, "thead");
	markup_open(page->markup, "tr");
	html_column(page, "number", "No.");
	html_column(page, NULL, "Severity");
	html_column(page, NULL, "What");
	html_column(page, NULL, "Who");
	if (page->capture->facts->has_time)
		html_column(page, NULL, "When");
	html_column(page, NULL, "Frames");
	html_column(page, NULL, "How sure");
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

/* How many of the findings that are listed count, or do not. */
static size_t
count_findings(const struct finding_list *findings, bool counts)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count && i < HTML_MOST_LISTED; i++)
		count += finding_counts(&findings->items[i]) == counts;
	return count;
}

/* A table of the findings that count, or of those that do not; an incident is a body of it. */
static void
add_table(struct html_page *page, bool counts)
{
	const struct finding_list *findings = &page->capture->findings;
	size_t incident = 0;

	html_open(page, "table", "cards overview");
	add_columns(page);
	for (size_t i = 0; i < findings->count && i < HTML_MOST_LISTED; i++) {
		if (finding_counts(&findings->items[i]) != counts)
			continue;
		if (findings->items[i].incident != incident || incident == 0) {
			if (incident != 0)
				markup_close(page->markup);
			markup_open(page->markup, "tbody");
			markup_newline(page->markup);
		}
		incident = findings->items[i].incident;
		add_glance(page, &findings->items[i], i + 1);
	}
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_bounds(struct html_page *page)
{
	size_t count = page->capture->findings.count;

	if (count <= HTML_MOST_TOLD)
		return;
	text_addf(&page->phrase, "Of %zu findings, the first %d are told in full below", count,
	    HTML_MOST_TOLD);
	if (count > HTML_MOST_LISTED)
		text_addf(&page->phrase, " and the first %d listed", HTML_MOST_LISTED);
	text_add(&page->phrase, "; NDJSON has them all.");
	html_phrase(page, "p", "soft");
	markup_newline(page->markup);
}

static void
add_overview(struct html_page *page)
{
	const struct finding_list *findings = &page->capture->findings;

	if (findings->count == 0) {
		html_element(page, "p", NULL, head_of_nothing(page->capture, page->arena));
		return;
	}
	html_element(page, "h3", NULL, "What failed");
	if (count_findings(findings, true) != 0)
		add_table(page, true);
	else
		html_element(page, "p", NULL,
		    "Nothing but what was known or is suppressed; it stands folded below.");
	add_bounds(page);
}

/* ---- about the capture ---- */

static void
add_lacks(struct html_page *page, const struct head *head)
{
	html_open(page, "section", "lacks");
	html_element(page, "h3", NULL, "What the capture cannot tell");
	markup_open(page->markup, "ul");
	for (size_t i = 0; i < head->count; i++)
		if (head->rows[i].is_lack)
			markup_element(page->markup, "li", head->rows[i].value);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_facts(struct html_page *page, const struct head *head)
{
	html_element(page, "h3", NULL, "The capture");
	html_open(page, "table", "rows");
	markup_open(page->markup, "tbody");
	markup_newline(page->markup);
	text_add_visible(&page->phrase, page->capture->facts->file);
	phrase_add_others(&page->phrase, page->capture->facts);
	html_row(page, "file");
	for (size_t i = 0; i < head->count; i++) {
		if (head->rows[i].is_lack)
			continue;
		text_add(&page->phrase, head->rows[i].value);
		html_row(page, head->rows[i].label);
	}
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

/* ---- findings in full ---- */

static void
add_findings(struct html_page *page, bool counts)
{
	const struct finding_list *findings = &page->capture->findings;

	for (size_t i = 0; i < findings->count && i < HTML_MOST_TOLD; i++)
		if (finding_counts(&findings->items[i]) == counts)
			html_finding(page, i + 1);
}

/* What the operator suppressed or knew before: there, but folded. */
static void
add_folded(struct html_page *page)
{
	size_t count = count_findings(&page->capture->findings, false);

	if (count == 0)
		return;
	html_open(page, "details", "folded");
	page_add_count(&page->phrase, count, "finding");
	text_add(&page->phrase, " suppressed or known before");
	html_phrase(page, "summary", NULL);
	add_table(page, false);
	add_findings(page, false);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_sections(struct html_page *page)
{
	struct head head = head_of(page->capture, page->arena);

	add_overview(page);
	add_lacks(page, &head);
	svg_timeline(page);
	if (count_findings(&page->capture->findings, true) != 0)
		html_element(page, "h3", NULL, "Findings");
	add_findings(page, true);
	add_folded(page);
	html_conversations(page);
	add_facts(page, &head);
	head_free(&head);
}

/* "3 errors" as a badge, for each severity, and how many are undecided. */
static void
add_tally(struct html_page *page)
{
	size_t counts[2][3] = {{0}}, undecided = 0;

	report_count(&page->capture->findings, counts);
	html_open(page, "p", "tally");
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTICE; severity--) {
		size_t found = counts[VERDICT_FOUND][severity];
		char class[32];

		undecided += counts[VERDICT_INCONCLUSIVE][severity];
		if (found == 0)
			continue;
		snprintf(class, sizeof(class), "badge %s", severity_names[severity]);
		page_add_count(&page->phrase, found, severity_names[severity]);
		html_phrase(page, "span", class);
	}
	if (undecided != 0) {
		text_addf(&page->phrase, "%zu inconclusive", undecided);
		html_phrase(page, "span", "badge inconclusive");
	}
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_title(struct html_page *page)
{
	const struct capture_facts *facts = page->capture->facts;

	markup_element(page->markup, "h2", page->capture->name);
	if (facts->has_time) {
		text_add_time(&page->phrase, facts->first_time);
		text_add(&page->phrase, ", lasting ");
		text_add_duration(&page->phrase, facts->last_time - facts->first_time);
	}
	html_phrase(page, "p", "soft");
	if (page->capture->findings.count != 0)
		add_tally(page);
	markup_newline(page->markup);
}

void
html_capture(struct markup *markup, const struct report_capture *capture, size_t number)
{
	struct arena arena = {0};
	struct html_page page = {
	    .markup = markup, .capture = capture, .number = number, .arena = &arena};

	page.map = html_map_of(capture, &arena);
	page.rows = html_choose(capture, &page.map, HTML_MOST_CONVERSATIONS, &arena);
	html_open(&page, "section", number == 1 ? "capture first" : "capture");
	markup_attributef(markup, "id", "c%zu", number);
	markup_newline(markup);
	add_title(&page);
	add_sections(&page);
	markup_close(markup);
	markup_newline(markup);
	text_free(&page.phrase);
	arena_free(&arena);
}
