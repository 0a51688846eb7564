#include "analyzer/report/report_text.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/conversations_text.h"
#include "analyzer/report/head.h"
#include "analyzer/report/ladder_text.h"
#include "analyzer/report/page.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/report_finding.h"
#include "analyzer/report/sandbox_text.h"
#include "analyzer/report/wrap.h"

static void
add_header(struct page *page, const struct head *head)
{
	const struct head_row *row;
	bool is_item = false;

	page_paint(page, PAGE_BOLD);
	text_add_visible(&page->text, page->capture->facts->file);
	phrase_add_others(&page->text, page->capture->facts);
	page_unpaint(page);
	text_add_char(&page->text, '\n');
	for (size_t i = 0; i < head->count; i++) {
		row = &head->rows[i];
		if (row->is_lack)
			page_add_item_row(page, is_item ? "" : row->label, row->value);
		else
			page_add_row(page, row->label, row->value);
		is_item = row->is_lack;
	}
	text_add_char(&page->text, '\n');
}

static void
add_nothing_found(struct page *page, struct arena *arena)
{
	wrap_words(&page->text, 0, 0, page_columns(page), head_of_nothing(page->capture, arena));
	text_add_char(&page->text, '\n');
}

void
report_text_begin(struct report *report)
{
	(void)report; /* the first capture begins the page */
}

/* The overview of several findings and the table of conversations come first: with the header they
 * are the first screen. Nobody reads more than some of the others: a flood may have thousands. */
static void
add_findings(struct page *page)
{
	const struct finding_list *findings = &page->capture->findings;
	size_t counted = 0, said = 0;

	for (size_t i = 0; i < findings->count; i++)
		counted += finding_counts(&findings->items[i]);
	if (counted > 1)
		report_finding_add_overview(page);
	conversations_add_table(page);
	for (size_t i = 0; i < findings->count && said < REPORT_TEXT_MOST_TOLD; i++) {
		if (!finding_counts(&findings->items[i]))
			continue;
		text_add(&page->text, said++ != 0 ? "\n" : "");
		report_finding_add(page, &findings->items[i], i + 1);
		page_flush(page);
	}
	if (counted > said)
		text_addf(&page->text, "\nand %zu more; NDJSON has them all\n", counted - said);
	if (counted == findings->count)
		return;
	text_add(&page->text, said != 0 ? "\n" : "");
	report_finding_add_set_aside(page);
}

void
report_text_capture(struct report *report, const struct report_capture *capture)
{
	struct arena arena = {0};
	struct page page = {.report = report, .capture = capture, .arena = &arena};
	struct head head = head_of(capture, &arena);

	if (report->captures > 1)
		text_add_char(&page.text, '\n');
	add_header(&page, &head);
	if (capture->findings.count != 0)
		add_findings(&page);
	else {
		conversations_add_table(&page);
		add_nothing_found(&page, &arena);
	}
	page_flush(&page);
	page_free(&page);
	head_free(&head);
	arena_free(&arena);
}

void
report_text_end(struct report *report)
{
	struct text text = {0};

	text_add(&text, report->captures != 0 ? "\n" : "");
	for (size_t i = 0; i < report->failed_count; i++) {
		text_add(&text, "could not read ");
		text_add_visible(&text, report->failed[i].text);
		text_add_char(&text, '\n');
	}
	phrase_add_total(&text, report);
	text_add_char(&text, '\n');
	sandbox_add_note(&text, "sandbox: ", report->sandbox, "\n");
	fwrite(text.chars, 1, text.length, report->out);
	text_free(&text);
}

void
report_text_stream_heading(FILE *out)
{
	fprintf(out, "%6s  %11s  %-21s  %-21s  %8s  %12s  %s\n", "stream", "first frame", "client",
	    "server", "packets", "bytes", "speaks");
}

void
report_text_stream(FILE *out, const struct report_conversation *conversation)
{
	const struct conversation_facts *facts = conversation->facts;
	const char *speaks = report_speaks(conversation);
	struct text client = {0}, server = {0};

	page_add_end(&client, &facts->client, facts->client_port);
	page_add_end(&server, &facts->server, facts->server_port);
	fprintf(out, "%6" PRIu32 "  %11" PRIu64 "  %-21s  %-21s  %8" PRIu64 "  %12" PRIu64 "  %s\n",
	    facts->stream, facts->first_frame, text_chars(&client), text_chars(&server),
	    both_sides(facts->packets), both_sides(facts->bytes), speaks ? speaks : "?");
	text_free(&client);
	text_free(&server);
}

void
report_text_ladder(
    struct report *report, const struct report_capture *capture, const struct ladder *ladder)
{
	struct text text = {0};

	ladder_add_text(&text, ladder, capture, report->columns);
	fwrite(text.chars, 1, text.length, report->out);
	text_free(&text);
}
