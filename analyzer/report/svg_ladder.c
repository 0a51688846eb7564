#include "analyzer/report/svg_ladder.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/svg.h"

/* Rows are HTML, so that what is said in them wraps at any width and can be copied; behind each is
 * a drawing. */

#define ARROW_Y   (-9) /* pixels from the end of a row */
#define LOST_PART 0.62 /* of its way, for what did not arrive */
#define SHORT_OF  0.4  /* of a lane, from the next point for what did not come there */
#define DOT       "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0"

/* Where the line of a host stands: percent of the width. */
static double
place_of(const struct ladder *ladder, size_t column)
{
	return 100 * ((double)column + 0.5) / (double)ladder->column_count;
}

static void
add_wires(struct html_page *page, const struct ladder *ladder)
{
	size_t point;

	for (size_t i = 0; i < ladder->column_count; i++)
		svg_upright(page, ladder_is_point(ladder, i, &point) ? "wire point" : "wire",
		    place_of(ladder, i), "0", "100%");
}

/* Where an arrow begins and ends: percent of the width. */
struct stretch {
	double from, to;
};

static struct stretch
stretch_of(const struct ladder *ladder, const struct ladder_row *row)
{
	struct ladder_way way = ladder_way_of(row);
	struct stretch stretch = {place_of(ladder, way.begin), place_of(ladder, way.end)};
	double short_of = SHORT_OF * 100 / (double)ladder->column_count;

	if (way.begin > way.end)
		short_of = -short_of;
	if (row->is_lost && row->passage != NULL)
		stretch.to -= short_of;
	else if (row->is_lost)
		stretch.to = stretch.from + (stretch.to - stretch.from) * LOST_PART;
	if (way.is_begun_between)
		stretch.from += short_of;
	return stretch;
}

static void
add_part(struct html_page *page, const char *class, double from, double to)
{
	if (from < to || to < from)
		svg_level(page, class, from, to, ARROW_Y);
}

/* What is known of it, and what is not known before and behind that. */
static void
add_line(struct html_page *page, const struct ladder *ladder, const struct ladder_row *row,
    const struct stretch *stretch)
{
	struct ladder_way way = ladder_way_of(row);
	double from =
	    way.sure_begin == way.begin ? stretch->from : place_of(ladder, way.sure_begin);
	double to = way.sure_end == way.end ? stretch->to : place_of(ladder, way.sure_end);

	add_part(page, "arrow unsure", stretch->from, from);
	add_part(page, "arrow", from, to);
	add_part(page, "arrow unsure", to, stretch->to);
}

/* A dot where a point has it, a ring where nobody knows. */
static void
add_stops(struct html_page *page, const struct ladder *ladder, const struct ladder_row *row)
{
	for (size_t i = 0; row->passage != NULL && i < ladder->point_count; i++) {
		const struct ladder_stop *stop = &row->passage->stops[i];

		if (stop->frame != 0 || stop->is_unsure)
			svg_shape(page, stop->frame != 0 ? "seen" : "seen unsure",
			    place_of(ladder, ladder->first_point + i), ARROW_Y, DOT);
	}
}

/* The arrow of ROW, at the foot of its drawing. */
static void
add_arrow(struct html_page *page, const struct ladder *ladder, const struct ladder_row *row)
{
	struct stretch stretch = stretch_of(ladder, row);

	markup_open(page->markup, "svg");
	markup_attribute(page->markup, "y", "100%");
	if (row->from == row->to) {
		svg_shape(page, "arrow", stretch.to, ARROW_Y, "M0 -6H16V0H4");
		svg_shape(page, "tip", stretch.to, ARROW_Y, "M1 0L9 -4V4Z");
	} else {
		add_line(page, ladder, row, &stretch);
	}
	if (row->is_lost)
		svg_shape(
		    page, "cross", stretch.to, ARROW_Y, "M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5");
	else if (row->from != row->to)
		svg_shape(page, "tip", stretch.to, ARROW_Y,
		    stretch.from < stretch.to ? "M0 0L-9 -4V4Z" : "M0 0L9 -4V4Z");
	if (ladder_way_of(row).is_begun_between)
		svg_shape(page, "begun", stretch.from, ARROW_Y, "M0 -5V5");
	add_stops(page, ladder, row);
	markup_close(page->markup);
}

/* What a drawing shows, for who hears it. */
static void
add_title(struct html_page *page, const struct ladder *ladder, const struct ladder_row *row)
{
	struct ladder_way way = ladder_way_of(row);

	markup_open(page->markup, "title");
	markup_textf(page->markup, "%s%s to %s", row->is_evidence ? "Evidence: " : "",
	    ladder->columns[row->from], ladder->columns[row->to]);
	if (way.is_begun_between)
		markup_textf(page->markup, ", begun behind %s", ladder->columns[way.begin]);
	if (ladder_is_lost_between(ladder, row))
		markup_textf(page->markup, ", lost before %s", ladder->columns[way.end]);
	else if (row->is_lost)
		markup_text(page->markup, ", without an answer");
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
		add_title(page, ladder, row);
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

/* "frame 22 at point 1, 31 at point 2". */
static void
add_frames(struct html_page *page, const struct ladder *ladder, const struct ladder_row *row)
{
	bool is_first = true;

	if (row->passage == NULL)
		text_addf(&page->phrase, "frame %" PRIu64, row->frame);
	for (size_t i = 0; row->passage != NULL && i < ladder->point_count; i++) {
		const struct ladder_stop *stop = &row->passage->stops[i];

		if (stop->frame == 0 && !stop->is_unsure)
			continue;
		text_add(&page->phrase, is_first ? "" : ", ");
		if (stop->frame == 0)
			text_add(&page->phrase, "not known");
		else
			text_addf(
			    &page->phrase, "%s%" PRIu64, is_first ? "frame " : "", stop->frame);
		text_addf(&page->phrase, " at point %zu", i + 1);
		is_first = is_first && stop->frame == 0;
	}
}

static void
add_row(struct html_page *page, const struct ladder *ladder, const struct ladder_row *row)
{
	static const char *const classes[2][2] = {{NULL, "lost"}, {"proof", "proof lost"}};
	struct ladder_way way = ladder_way_of(row);

	/* Where there are points, broken lines are for what is not known. */
	html_open(page, "li", classes[row->is_evidence][row->is_lost && row->passage == NULL]);
	add_drawing(page, ladder, row);
	open_say(page, way.begin, way.end);
	markup_text(page->markup, row->label);
	html_open(page, "span", "frame");
	add_frames(page, ladder, row);
	if (page->capture->facts->has_time) {
		text_add(&page->phrase, ", ");
		phrase_add_since(&page->phrase, page->capture, row->time);
	}
	markup_text(page->markup, text_chars(&page->phrase));
	text_clear(&page->phrase);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_hosts(struct html_page *page, const struct ladder *ladder)
{
	size_t point;

	html_open(page, "li", "hosts");
	for (size_t i = 0; i < ladder->column_count; i++)
		html_element(page, "span",
		    ladder_is_point(ladder, i, &point) ? "host point" : "host", ladder->columns[i]);
	markup_close(page->markup);
	markup_newline(page->markup);
}

/* The same of points: what stands on their lines, and why some of it is not known. */
static void
add_point_caption(
    struct html_page *page, const struct ladder *ladder, const struct ladder_signs *signs)
{
	const char *reasons[LADDER_MOST_REASONS];
	size_t count = ladder_reasons(ladder, reasons);

	text_add(&page->phrase, " A dot is a frame of that point's capture.");
	text_add(&page->phrase,
	    signs->has_lost ? " A cross between points ends what was lost there." : "");
	text_add(&page->phrase, signs->has_begun ? " A bar begins what was sent on the way." : "");
	text_add(&page->phrase,
	    signs->has_unsure ? " A ring stands where nobody knows whether it came there" : "");
	for (size_t i = 0; i < count; i++) {
		text_add(&page->phrase, i == 0 ? ": " : "; ");
		text_add(&page->phrase, reasons[i]);
	}
	text_add(&page->phrase, signs->has_unsure ? "." : "");
}

static void
add_caption(struct html_page *page, const struct ladder *ladder)
{
	struct ladder_signs signs = ladder_signs_of(ladder);

	text_add(&page->phrase, "What was said, as frames between hosts.");
	text_add(&page->phrase,
	    signs.has_evidence ? " The frames of this finding stand out in bold." : "");
	text_add(&page->phrase, signs.has_unanswered ? " A cross ends what nothing answered." : "");
	if (ladder->point_count != 0)
		add_point_caption(page, ladder, &signs);
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
