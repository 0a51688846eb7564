#include "analyzer/report/html_conversations.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/page.h"
#include "analyzer/report/svg_timeline.h"

/* A cell whose label a narrow page shows before it. */
static void
open_cell(struct html_page *page, const char *class, const char *label)
{
	html_open(page, "td", class);
	markup_attribute(page->markup, "data-label", label);
}

/* The same with page->phrase in it. */
static void
add_cell(struct html_page *page, const char *class, const char *label)
{
	open_cell(page, class, label);
	markup_text(page->markup, text_chars(&page->phrase));
	text_clear(&page->phrase);
	markup_close(page->markup);
}

static void
add_name(struct html_page *page, const struct conversation_facts *facts)
{
	if (facts->transport == TRANSPORT_TCP)
		text_add_number(&page->phrase, facts->stream);
	else
		text_add(&page->phrase, "UDP");
	html_row_heading(page, NULL, text_chars(&page->phrase));
	text_clear(&page->phrase);
}

static void
add_progress(struct html_page *page, const struct conversation_facts *facts)
{
	open_cell(page, NULL, "How far");
	if (facts->transport == TRANSPORT_TCP) {
		svg_pips(page, facts);
		text_add(&page->phrase, phrase_step(facts->step));
	}
	html_phrase(page, "span", NULL);
	phrase_add_close(&page->phrase, facts);
	if (page->phrase.length != 0)
		markup_textf(page->markup, ", %s", text_chars(&page->phrase));
	text_clear(&page->phrase);
	markup_close(page->markup);
}

static void
add_findings(struct html_page *page, size_t index)
{
	const struct html_mark *marks;
	size_t count;
	char chars[24];

	marks = html_map_find(&page->map, index, &count);
	open_cell(page, NULL, count != 0 ? "Findings" : NULL);
	for (size_t i = 0; i < count; i++) {
		markup_text(page->markup, i == 0 ? "" : ", ");
		snprintf(chars, sizeof(chars), "%zu", marks[i].number);
		html_finding_link(page, marks[i].number, chars);
	}
	markup_close(page->markup);
}

static void
add_time(struct html_page *page, const struct conversation_facts *facts)
{
	if (!page->capture->facts->has_time)
		return;
	open_cell(page, NULL, "When");
	phrase_add_since(&page->phrase, page->capture, facts->first_time);
	html_phrase(page, "span", "nowrap");
	text_add(&page->phrase, "lasting ");
	text_add_duration(&page->phrase, facts->last_time - facts->first_time);
	markup_text(page->markup, ", ");
	html_phrase(page, "span", "nowrap");
	markup_close(page->markup);
}

static void
add_row(struct html_page *page, size_t index)
{
	const struct report_conversation *conversation = &page->capture->conversations[index];
	const struct conversation_facts *facts = conversation->facts;

	markup_open(page->markup, "tr");
	html_conversation_anchor(page, index);
	add_name(page, facts);
	page_add_end(&page->phrase, &facts->client, facts->client_port);
	text_add(&page->phrase, " → ");
	page_add_end(&page->phrase, &facts->server, facts->server_port);
	add_cell(page, "ends", "Who");
	phrase_add_speaks(&page->phrase, conversation);
	add_cell(page, NULL, "Speaks");
	text_addf(&page->phrase, "%" PRIu64 " to %" PRIu64, facts->first_frame, facts->last_frame);
	add_cell(page, NULL, "Frames");
	add_time(page, facts);
	add_progress(page, facts);
	add_findings(page, index);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_columns(struct html_page *page)
{
	static const char *const first[] = {"Stream", "Who", "Speaks", "Frames"};

	markup_open(page->markup, "thead");
	markup_open(page->markup, "tr");
	for (size_t i = 0; i < COUNT(first); i++)
		html_column(page, NULL, first[i]);
	if (page->capture->facts->has_time)
		html_column(page, NULL, "When");
	html_column(page, NULL, "How far it got, and its end");
	html_column(page, NULL, "Findings");
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

void
html_conversations(struct html_page *page)
{
	size_t all = page->capture->conversation_count;

	if (page->rows.count == 0)
		return;
	html_element(page, "h3", NULL, "Conversations");
	if (page->rows.count < all) {
		html_open(page, "p", "soft");
		markup_textf(page->markup,
		    "Of %zu conversations, %zu are listed: those with findings and those that "
		    "stopped early come first.",
		    all, page->rows.count);
		markup_close(page->markup);
	}
	html_open(page, "table", "cards conversations");
	add_columns(page);
	markup_open(page->markup, "tbody");
	markup_newline(page->markup);
	for (size_t i = 0; i < page->rows.count; i++)
		add_row(page, page->rows.items[i]);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}
