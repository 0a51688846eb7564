#include "analyzer/report/markdown_capture.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/report/head.h"
#include "analyzer/report/markdown.h"
#include "analyzer/report/markdown_text.h"
#include "analyzer/report/phrase.h"

#define FRAMES_AT_A_GLANCE 4 /* a request, its answer, and how it ended */
#define SHOWN_DECIMALS     3 /* of a second, where many times stand together */

/* ---- findings ---- */

/* The cell that page->value holds. */
static void
add_cell(struct page *page)
{
	text_add(&page->text, " ");
	markdown_add_prose(&page->text, text_chars(&page->value));
	text_add(&page->text, " |");
	text_clear(&page->value);
}

static void
add_cell_of(struct page *page, const char *chars)
{
	text_add(&page->value, chars);
	add_cell(page);
}

/* "2026-11-20T17:57:07.146Z". */
static void
add_moment(struct text *text, int64_t time)
{
	const size_t decimals = 9;

	text_add_time(text, time);
	text->length -= decimals - SHOWN_DECIMALS + 1;
	text_add_char(text, 'Z');
}

static void
add_when(struct page *page, const struct finding *finding)
{
	if (page->capture->facts->has_time)
		add_moment(&page->value, finding->exchange->time);
	add_cell(page);
}

static void
add_title(struct page *page, const struct finding *finding)
{
	text_add(&page->value, finding->rule->title);
	if (finding->follows_from != 0)
		text_addf(&page->value, " (follows from %zu)", finding->follows_from);
	add_cell(page);
}

/* "error", "warning if so, new". */
static void
add_severity(struct page *page, const struct finding *finding)
{
	text_add(&page->value, severity_names[finding->severity]);
	if (finding->verdict == VERDICT_INCONCLUSIVE)
		text_add(&page->value, " if so");
	if (finding->baseline == BASELINE_NEW)
		text_add(&page->value, ", new");
	add_cell(page);
}

static void
add_overview_row(struct page *page, const struct finding *finding, size_t number)
{
	text_addf(&page->text, "| %zu |", number);
	add_severity(page, finding);
	add_title(page, finding);
	phrase_add_ends(&page->value, finding);
	add_cell(page);
	add_when(page, finding);
	phrase_add_frames(&page->value, finding, FRAMES_AT_A_GLANCE);
	add_cell(page);
	add_cell_of(page, verdict_names[finding->verdict]);
	text_add_char(&page->text, '\n');
}

/* "\nand 12 more …", below a table that is cut. */
static void
add_more(struct page *page, size_t count, size_t listed, const char *where)
{
	if (count > listed)
		text_addf(&page->text, "\nand %zu more; %s\n", count - listed, where);
}

void
markdown_add_overview(struct page *page)
{
	const struct finding_list *findings = &page->capture->findings;
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++) {
		if (!finding_counts(&findings->items[i]) || ++count > MARKDOWN_MOST_LISTED)
			continue;
		if (count == 1)
			text_add(&page->text,
			    "\n| # | Severity | What failed | Who | When | Frames | How sure |\n"
			    "|---|---|---|---|---|---|---|\n");
		add_overview_row(page, &findings->items[i], i + 1);
	}
	add_more(page, count, MARKDOWN_MOST_LISTED, "the other formats list them all.");
}

static void
add_uncounted_row(struct page *page, const struct finding *finding, size_t number)
{
	text_addf(&page->text, "| %zu |", number);
	add_severity(page, finding);
	add_title(page, finding);
	phrase_add_ends(&page->value, finding);
	add_cell(page);
	phrase_add_standing(&page->value, finding);
	add_cell(page);
	text_add(&page->text, " ");
	markdown_add_code(&page->text, finding->id);
	text_add(&page->text, " |\n");
}

void
markdown_add_uncounted(struct page *page)
{
	const struct finding_list *findings = &page->capture->findings;
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++) {
		if (finding_counts(&findings->items[i]) || ++count > MARKDOWN_MOST_LISTED)
			continue;
		if (count == 1)
			text_add(&page->text,
			    "\n### Known or suppressed\n\n"
			    "| # | Severity | What | Who | Why it does not count | Finding |\n"
			    "|---|---|---|---|---|---|\n");
		add_uncounted_row(page, &findings->items[i], i + 1);
	}
	add_more(page, count, MARKDOWN_MOST_LISTED, "the other formats list them all.");
}

/* ---- the file ---- */

/* "- **Taken at:** …". */
static void
add_head_row(struct text *text, const struct head_row *row)
{
	struct text label = {0};

	if (strcmp(row->label, "sha256") == 0) {
		text_add(text, "- **SHA256:** ");
		markdown_add_code(text, row->value);
		text_add_char(text, '\n');
		return;
	}
	text_add(&label, row->label[0] != '\0' ? row->label : "more");
	if (label.chars[0] >= 'a' && label.chars[0] <= 'z')
		label.chars[0] = (char)(label.chars[0] - 'a' + 'A');
	markdown_add_item(text, label.chars, row->value);
	text_free(&label);
}

static bool
is_lack(const struct head *head, size_t index)
{
	return index < head->count && head->rows[index].is_lack;
}

/* Several things that the file lacks stand below one label. The result is said at the top. */
static void
add_head(struct page *page, const struct head *head)
{
	struct text *text = &page->text;

	for (size_t i = 0; i < head->count; i++) {
		bool is_first = i == 0 || !is_lack(head, i - 1);

		if (strcmp(head->rows[i].label, "result") == 0)
			continue;
		if (!is_lack(head, i) || (is_first && !is_lack(head, i + 1))) {
			add_head_row(text, &head->rows[i]);
			continue;
		}
		text_add(text, is_first ? "- **Quality:**\n  - " : "  - ");
		markdown_add_prose(text, head->rows[i].value);
		text_add_char(text, '\n');
	}
}

/* ---- conversations ---- */

static void
add_conversation(struct page *page, const struct report_conversation *conversation)
{
	const struct conversation_facts *facts = conversation->facts;
	bool is_tcp = facts->transport == TRANSPORT_TCP;

	text_add(&page->text, "|");
	if (is_tcp)
		text_add_number(&page->value, facts->stream);
	else
		text_add(&page->value, "UDP");
	add_cell(page);
	page_add_end(&page->value, &facts->client, facts->client_port);
	add_cell(page);
	page_add_end(&page->value, &facts->server, facts->server_port);
	add_cell(page);
	phrase_add_speaks(&page->value, conversation);
	add_cell(page);
	if (is_tcp && !report_is_spoken(conversation, "kerberos"))
		text_add(&page->value, phrase_step(facts->step));
	add_cell(page);
	if (is_tcp)
		phrase_add_close(&page->value, facts);
	add_cell(page);
	text_addf(&page->value, "%" PRIu64 " to %" PRIu64, facts->first_frame, facts->last_frame);
	add_cell(page);
	text_add_char(&page->text, '\n');
}

static void
add_conversations(struct page *page)
{
	const struct report_capture *capture = page->capture;

	if (capture->conversation_count == 0)
		return;
	text_add(&page->text,
	    "\n| `tcp.stream` | Client | Server | Speaks | How far | How it ended | Frames |\n"
	    "|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < capture->conversation_count && i < MARKDOWN_MOST_LISTED; i++)
		add_conversation(page, &capture->conversations[i]);
	add_more(page, capture->conversation_count, MARKDOWN_MOST_LISTED,
	    "`smbtriage streams` lists them all.");
}

void
markdown_add_facts(struct page *page)
{
	struct head head = head_of(page->capture, page->arena);

	text_add(&page->text, "\n### The capture\n\n");
	add_head(page, &head);
	add_conversations(page);
	head_free(&head);
}
