#include "analyzer/report/markdown_evidence.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "analyzer/report/ladder_mermaid.h"
#include "analyzer/report/ladder_text.h"
#include "analyzer/report/markdown_text.h"
#include "analyzer/report/phrase.h"

#define BLOCK_COLUMNS 100 /* what trackers show without a scroll bar */

/* Most labels of requests without an answer say so. */
static void
add_label(struct text *text, const struct ladder_row *row)
{
	markdown_add_prose(text, row->label);
	if (row->is_lost && strstr(row->label, "no answer") == NULL)
		text_add(text, ", unanswered");
}

/* "| 108 | 6.259811421 s | client 10.0.0.5 → server 10.0.0.9 | TREE_CONNECT … |". */
static void
add_row(struct page *page, const struct ladder *ladder, const struct ladder_row *row)
{
	text_addf(&page->text, "| %" PRIu64 " | ", row->frame);
	if (page->capture->facts->has_time)
		phrase_add_since(&page->text, page->capture, row->time);
	text_add(&page->text, " | ");
	markdown_add_prose(&page->text, ladder->columns[row->from]);
	text_add(&page->text, " → ");
	markdown_add_prose(&page->text, ladder->columns[row->to]);
	text_add(&page->text, " | ");
	add_label(&page->text, row);
	text_add(&page->text, " |\n");
}

static void
add_table(struct page *page, const struct ladder *ladder)
{
	bool is_first = true;

	for (size_t i = 0; i < ladder->row_count; i++) {
		if (!ladder->rows[i].is_evidence)
			continue;
		if (is_first)
			text_add(&page->text,
			    "\n| Frame | Time | From, to | What |\n|---|---|---|---|\n");
		is_first = false;
		add_row(page, ladder, &ladder->rows[i]);
	}
}

static void
add_diagrams(struct page *page, const struct ladder *ladder)
{
	struct text diagram = {0};

	text_add(&page->text, "\nWhat went on, as a diagram and as text:\n\n");
	ladder_add_mermaid(&diagram, ladder);
	markdown_add_block(&page->text, 0, "mermaid", text_chars(&diagram));
	text_clear(&diagram);
	ladder_add_text(&diagram, ladder, page->capture, BLOCK_COLUMNS);
	text_add_char(&page->text, '\n');
	markdown_add_block(&page->text, 0, "", text_chars(&diagram));
	text_free(&diagram);
}

/* Whether both are of the same frames, whichever of them are evidence. */
static bool
is_same_ladder(const struct ladder *one, const struct ladder *other)
{
	if (one->row_count != other->row_count)
		return false;
	for (size_t i = 0; i < one->row_count; i++)
		if (one->rows[i].frame != other->rows[i].frame)
			return false;
	return true;
}

void
markdown_add_evidence(
    struct page *page, struct markdown_drawn *drawn, const struct finding *finding, size_t number)
{
	struct ladder ladder = ladder_of_finding(page->capture, finding, page->arena);

	if (ladder.row_count == 0)
		return;
	add_table(page, &ladder);
	for (size_t i = 0; i < drawn->count; i++)
		if (is_same_ladder(&drawn->items[i].ladder, &ladder)) {
			text_addf(&page->text, "\nThe diagram is that of finding %zu.\n",
			    drawn->items[i].number);
			return;
		}
	add_diagrams(page, &ladder);
	assert(drawn->count < MARKDOWN_MOST_DETAILED);
	drawn->items[drawn->count].ladder = ladder;
	drawn->items[drawn->count++].number = number;
}
