#include "analyzer/report/svg_ladder.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/svg.h"

/* Rows are HTML, so that what is said in them wraps at any width and can be copied; behind each is
 * a drawing. */

#define ARROW_Y   (-9) /* pixels from the end of a row */
#define LOST_PART 0.62 /* of its way, for what did not arrive */

/* Where the line of a host stands: percent of the width. */
static double
place_of(const struct ladder *ladder, size_t column)
{
	return 100 * ((double)column + 0.5) / (double)ladder->column_count;
}

static void
add_wires(struct html_page *page, const struct ladder *ladder)
{
	for (size_t i = 0; i < ladder->column_count; i++)
		svg_upright(page, "wire", place_of(ladder, i), "0", "100%");
}

/* The arrow of ROW, at the foot of its drawing. */
static void
add_arrow(struct html_page *page, const struct ladder *ladder, const struct ladder_row *row)
{
	double from = place_of(ladder, row->from), to = place_of(ladder, row->to);
	double end = row->is_lost ? from + (to - from) * LOST_PART : to;

	markup_open(page->markup, "svg");
	markup_attribute(page->markup, "y", "100%");
	if (row->from == row->to) {
		svg_shape(page, "arrow", to, ARROW_Y, "M0 -6H16V0H4");
		svg_shape(page, "tip", to, ARROW_Y, "M1 0L9 -4V4Z");
	} else {
		svg_level(page, "arrow", from, end, ARROW_Y);
	}
	if (row->is_lost)
		svg_shape(page, "cross", end, ARROW_Y, "M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5");
	else if (row->from != row->to)
		svg_shape(page, "tip", end, ARROW_Y, from < to ? "M0 0L-9 -4V4Z" : "M0 0L9 -4V4Z");
	markup_close(page->markup);
}

static void
add_drawing(struct html_page *page, const struct ladder *ladder, const struct ladder_row *row)
{
	html_open(page, "svg", "wires");
	if (row == NULL) {
		markup_attribute(page->markup, "aria-hidden", "true");
	} else {
		markup_attribute(page->markup, "role", "img");
		markup_open(page->markup, "title");
		markup_textf(page->markup, "%s%s to %s%s", row->is_evidence ? "Evidence: " : "",
		    ladder->columns[row->from], ladder->columns[row->to],
		    row->is_lost ? ", without an answer" : "");
		markup_close(page->markup);
	}
	add_wires(page, ladder);
	if (row != NULL)
		add_arrow(page, ladder, row);
	markup_close(page->markup);
}

static void
open_say(struct html_page *page, size_t from, size_t to)
{
	text_addf(
	    &page->phrase, "say a%zu b%zu", (size_t)min_u64(from, to), (size_t)max_u64(from, to));
	html_open(page, "span", text_chars(&page->phrase));
	text_clear(&page->phrase);
}

/* Rows left out before the next, of all hosts. */
static void
add_gap(struct html_page *page, const struct ladder *ladder, size_t skipped)
{
	html_open(page, "li", "gap");
	add_drawing(page, ladder, NULL);
	open_say(page, 0, ladder->column_count - 1);
	markup_textf(page->markup, "%zu more left out", skipped);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_row(struct html_page *page, const struct ladder *ladder, const struct ladder_row *row)
{
	static const char *const classes[2][2] = {{NULL, "lost"}, {"proof", "proof lost"}};

	html_open(page, "li", classes[row->is_evidence][row->is_lost]);
	add_drawing(page, ladder, row);
	open_say(page, row->from, row->to);
	markup_text(page->markup, row->label);
	html_open(page, "span", "frame");
	markup_textf(page->markup, "frame %" PRIu64, row->frame);
	if (page->capture->facts->has_time) {
		text_add(&page->phrase, ", ");
		phrase_add_since(&page->phrase, page->capture, row->time);
		markup_text(page->markup, text_chars(&page->phrase));
		text_clear(&page->phrase);
	}
	markup_close(page->markup);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_hosts(struct html_page *page, const struct ladder *ladder)
{
	html_open(page, "li", "hosts");
	for (size_t i = 0; i < ladder->column_count; i++)
		html_element(page, "span", "host", ladder->columns[i]);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_caption(struct html_page *page, const struct ladder *ladder)
{
	bool has_evidence = false, has_lost = false;

	for (size_t i = 0; i < ladder->row_count; i++) {
		has_evidence |= ladder->rows[i].is_evidence;
		has_lost |= ladder->rows[i].is_lost;
	}
	text_add(&page->phrase, "What was said, as frames between hosts.");
	text_add(
	    &page->phrase, has_evidence ? " The frames of this finding stand out in bold." : "");
	text_add(&page->phrase, has_lost ? " A cross ends what nothing answered." : "");
	if (ladder->left_out != 0)
		text_addf(&page->phrase, " %zu more are left out.", ladder->left_out);
	html_phrase(page, "figcaption", NULL);
	markup_newline(page->markup);
}

void
svg_ladder(struct html_page *page, const struct ladder *ladder)
{
	if (ladder->row_count == 0)
		return;
	text_addf(&page->phrase, "ladder n%zu", ladder->column_count);
	html_open(page, "figure", text_chars(&page->phrase));
	text_clear(&page->phrase);
	html_element(page, "h5", NULL, "Ladder");
	add_caption(page, ladder);
	markup_open(page->markup, "ol");
	markup_newline(page->markup);
	add_hosts(page, ladder);
	for (size_t i = 0; i < ladder->row_count; i++) {
		if (ladder->rows[i].skipped != 0)
			add_gap(page, ladder, ladder->rows[i].skipped);
		add_row(page, ladder, &ladder->rows[i]);
	}
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}
