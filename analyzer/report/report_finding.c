#include "analyzer/report/report_finding.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/page_advice.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/wrap.h"

#define MOST_LISTED         8  /* findings in the overview: the first screen has room for these */
#define MOST_SET_ASIDE      20 /* nobody has to look at these */
#define FRAMES_AT_A_GLANCE  4  /* a request, its answer, and how it ended */
#define GLANCE_INDENT       (PAGE_INDENT + 3)
#define INCONCLUSIVE_COLOUR "1;35"

/* Parameters of SGR, ECMA-48 8.3.117. */
static const char *const severity_colours[] = {
    [SEVERITY_NOTICE] = "1;36",
    [SEVERITY_WARNING] = "1;33",
    [SEVERITY_ERROR] = "1;31",
};

/* The words before a title: "2. error: ". Returns the column after them. */
static size_t
add_headline_start(struct page *page, const struct finding *finding, size_t number)
{
	bool is_found = finding->verdict == VERDICT_FOUND;
	const char *word = phrase_gravity(finding);
	size_t start = page->text.length, column;

	if (page->capture->findings.count > 1)
		text_addf(&page->text, "%zu. ", number);
	column = page->text.length - start;
	page_paint(page, is_found ? severity_colours[finding->severity] : INCONCLUSIVE_COLOUR);
	text_addf(&page->text, "%s:", word);
	page_unpaint(page);
	text_add_char(&page->text, ' ');
	return column + strlen(word) + 2;
}

/* A row of the phrase in page->value, if there is one. */
static void
add_phrase_row(struct page *page, const char *label)
{
	if (page->value.length != 0)
		page_add_value_row(page, label);
}

static void
add_packet_rows(struct page *page, const struct finding *finding)
{
	phrase_add_frames(&page->value, finding, SIZE_MAX);
	for (size_t i = 0; i < finding->stream_count; i++)
		text_addf(&page->value, "%s%" PRIu32, i == 0 ? " (tcp.stream " : ", ",
		    finding->streams[i]);
	text_add(&page->value, finding->stream_count != 0 ? ")" : "");
	page_add_value_row(page, "frames");
	page_add_verbatim_row(page, "filter", finding->filter);
	page_add_verbatim_row(page, "context", finding->context);
}

/* How the finding and others explain each other, and what led to what. */
static void
add_incident_rows(struct page *page, const struct finding *finding, size_t number)
{
	struct text_list chain = phrase_chain(finding, page->arena);

	phrase_add_incident(&page->value, &page->capture->findings, number);
	add_phrase_row(page, "incident");
	for (size_t i = 0; i < chain.count; i++) {
		text_add(&page->value, i != 0 ? " → " : "");
		text_add_visible(&page->value, chain.items[i]);
	}
	add_phrase_row(page, "chain");
}

static void
add_advice(struct page *page, const struct finding *finding, size_t number)
{
	size_t first = advised_first(&page->advised, finding, number);

	if (first != number) {
		text_addf(&page->value, "causes and next steps as for finding %zu", first);
		page_add_value_row(page, "advice");
		return;
	}
	page_add_causes(page, &finding->causes);
	page_add_next_steps(page, &finding->next_steps);
	page_add_row(page, "harmless", finding->rule->benign);
	page_add_row(page, "unseen", finding->rule->blind);
}

void
report_finding_add(struct page *page, const struct finding *finding, size_t number)
{
	size_t column = add_headline_start(page, finding, number);

	page_paint(page, PAGE_BOLD);
	wrap_words(&page->text, column, PAGE_INDENT, page_columns(page), finding->rule->title);
	page_unpaint(page);
	text_add(&page->text, "\n");
	wrap_indent(&page->text, PAGE_INDENT);
	text_add_visible(&page->value, finding->summary);
	wrap_words(
	    &page->text, PAGE_INDENT, PAGE_INDENT, page_columns(page), text_chars(&page->value));
	text_clear(&page->value);
	text_add(&page->text, "\n\n");
	phrase_add_ends(&page->value, finding);
	add_phrase_row(page, "who");
	phrase_add_when(&page->value, page->capture, finding);
	add_phrase_row(page, "when");
	phrase_add_count(&page->value, page->capture, finding);
	add_phrase_row(page, "count");
	add_packet_rows(page, finding);
	phrase_add_certainty(&page->value, finding);
	add_phrase_row(page, "certainty");
	phrase_add_standing(&page->value, finding);
	add_phrase_row(page, "baseline");
	add_incident_rows(page, finding, number);
	add_advice(page, finding, number);
	page_add_row(page, "rule", finding->rule->id);
	page_add_row(page, "id", finding->id);
}

/* What failed on one line; who, when and in which packets on the next. What follows from another
 * finding stands below it, further in. Returns the columns before the second line. */
static size_t
add_glance(struct page *page, const struct finding *finding, size_t number)
{
	size_t indent = finding->follows_from != 0 ? GLANCE_INDENT : PAGE_INDENT, column;

	wrap_indent(&page->text, indent);
	column = add_headline_start(page, finding, number) + indent;
	indent += GLANCE_INDENT - PAGE_INDENT;
	wrap_words(&page->text, column, indent, page_columns(page), finding->rule->title);
	text_add_char(&page->text, '\n');
	if (finding->follows_from != 0)
		text_addf(&page->value, "follows from %zu: ", finding->follows_from);
	phrase_add_ends(&page->value, finding);
	if (page->capture->facts->has_time) {
		text_add(&page->value, ", at ");
		phrase_add_since(&page->value, page->capture, finding->exchange->time);
	}
	if (finding->frame_count != 0) {
		text_add(&page->value, ", frames ");
		phrase_add_frames(&page->value, finding, FRAMES_AT_A_GLANCE);
	}
	wrap_indent(&page->text, indent);
	wrap_words(&page->text, indent, indent, page_columns(page), text_chars(&page->value));
	text_clear(&page->value);
	text_add_char(&page->text, '\n');
	return indent;
}

void
report_finding_add_overview(struct page *page)
{
	const struct finding_list *findings = &page->capture->findings;
	size_t counted = 0;

	for (size_t i = 0; i < findings->count; i++)
		if (finding_counts(&findings->items[i]) && counted++ < MOST_LISTED)
			add_glance(page, &findings->items[i], i + 1);
	if (counted > MOST_LISTED)
		text_addf(&page->text, "  and %zu more, below\n", counted - MOST_LISTED);
	text_add_char(&page->text, '\n');
}

void
report_finding_add_set_aside(struct page *page)
{
	const struct finding_list *findings = &page->capture->findings;
	size_t count = 0, indent;

	page_add_heading(page, "Suppressed or known before, and not counted:");
	for (size_t i = 0; i < findings->count; i++) {
		if (finding_counts(&findings->items[i]) || count++ >= MOST_SET_ASIDE)
			continue;
		indent = add_glance(page, &findings->items[i], i + 1);
		phrase_add_standing(&page->value, &findings->items[i]);
		wrap_indent(&page->text, indent);
		wrap_words(
		    &page->text, indent, indent, page_columns(page), text_chars(&page->value));
		text_clear(&page->value);
		text_add_char(&page->text, '\n');
	}
	if (count > MOST_SET_ASIDE)
		text_addf(
		    &page->text, "  and %zu more; NDJSON has them all\n", count - MOST_SET_ASIDE);
}
