#include "analyzer/report/ladder_text.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/page.h"
#include "analyzer/report/wrap.h"

#define US_PER_S      1000000
#define NS_PER_US     1000
#define WIDE_LANE     9  /* columns from one host to the next */
#define NARROW_LANE   4  /* an arrow that can still be told from another */
#define WANTED_LABEL  34 /* room for "TREE_CONNECT \\server.example\share" */
#define LEAST_LABEL   16
#define GAP           2  /* between the parts of a line */
#define BESIDE_NUMBER 2  /* of a lane, beside a frame number that stands on an arrow */
#define MOST_DIGITS   20 /* of such a number */
#define LONGEST_LANES ((LADDER_MOST_LINES - 1) * (MOST_DIGITS + BESIDE_NUMBER + 1) + 1)
#define LABEL_LINES   2 /* that a label takes */
#define POINT_LINES   4 /* the same where it says what befell a row between points */

/* A ladder while it is drawn. */
struct drawing {
	struct text *text;
	const struct ladder *ladder;
	size_t columns;
	int frame_width; /* 0: frames are those of points, and stand on the arrows */
	int time_width;  /* 0: the capture has no times */
	size_t digits;   /* of the longest frame number that stands on an arrow */
	size_t left;     /* columns before the first host */
	size_t lane;     /* columns from one host to the next */
	size_t lanes;    /* columns from the first host to the last, both included */
	struct text scratch;
};

/* ---- the left side ---- */

static void
add_seconds(struct text *text, int64_t time, int64_t start)
{
	uint64_t size =
	    time < start ? (uint64_t)start - (uint64_t)time : (uint64_t)time - (uint64_t)start;

	text_addf(text, "%s%" PRIu64 ".%06" PRIu64, time < start ? "-" : "",
	    size / NS_PER_US / US_PER_S, size / NS_PER_US % US_PER_S);
}

static size_t
larger(size_t one, size_t other)
{
	return one > other ? one : other;
}

static size_t
digits_of(struct drawing *drawing, uint64_t frame)
{
	text_clear(&drawing->scratch);
	text_add_number(&drawing->scratch, frame);
	return drawing->scratch.length;
}

static void
measure_frames(struct drawing *drawing, const struct ladder_row *row, size_t *frame)
{
	if (row->passage == NULL)
		*frame = larger(*frame, digits_of(drawing, row->frame));
	for (size_t i = 0; row->passage != NULL && i < drawing->ladder->point_count; i++)
		drawing->digits =
		    larger(drawing->digits, digits_of(drawing, row->passage->stops[i].frame));
}

/* How many columns the widest frame number and time take, at least those of their headings. */
static void
measure(struct drawing *drawing, bool has_time)
{
	const struct ladder_row *rows = drawing->ladder->rows;
	size_t frame = strlen("frame"), time = strlen("seconds");

	for (size_t i = 0; i < drawing->ladder->row_count; i++) {
		measure_frames(drawing, &rows[i], &frame);
		text_clear(&drawing->scratch);
		add_seconds(&drawing->scratch, rows[i].time, rows[0].time);
		time = larger(time, drawing->scratch.length);
	}
	drawing->frame_width = drawing->ladder->point_count == 0 ? (int)frame : 0;
	drawing->time_width = has_time ? (int)time : 0;
	drawing->left = 1;
	if (drawing->frame_width != 0)
		drawing->left += frame + GAP;
	if (has_time)
		drawing->left += time + GAP;
}

/* The left side of a line. */
static void
add_left(struct drawing *drawing, char sign, const char *frame, const char *time)
{
	text_add_char(drawing->text, sign);
	if (drawing->frame_width != 0)
		text_addf(drawing->text, "%*s%*s", drawing->frame_width, frame, GAP, "");
	if (drawing->time_width != 0)
		text_addf(drawing->text, "%*s%*s", drawing->time_width, time, GAP, "");
}

static void
add_row_left(struct drawing *drawing, const struct ladder_row *row)
{
	char frame[sizeof("18446744073709551615")];

	snprintf(frame, sizeof(frame), "%" PRIu64, row->frame);
	text_clear(&drawing->scratch);
	add_seconds(&drawing->scratch, row->time, drawing->ladder->rows[0].time);
	add_left(drawing, row->is_evidence ? '*' : ' ', frame, text_chars(&drawing->scratch));
}

/* ---- the lanes ---- */

/* As wide as they can be beside labels of some length. */
static size_t
lane_width(const struct drawing *drawing)
{
	size_t lanes = drawing->ladder->column_count - 1;
	size_t lane = larger(WIDE_LANE, drawing->digits + BESIDE_NUMBER + 1);
	size_t least = larger(NARROW_LANE, drawing->digits + BESIDE_NUMBER);

	while (lane > least &&
	       drawing->left + lanes * lane + 1 + GAP + WANTED_LABEL > drawing->columns)
		lane--;
	return lane;
}

/* The lines of the first COUNT hosts and points, in a buffer for all. */
static void
draw_lanes(const struct drawing *drawing, size_t count, char lanes[LONGEST_LANES])
{
	size_t point;

	memset(lanes, ' ', LONGEST_LANES);
	for (size_t i = 0; i < count; i++)
		lanes[i * drawing->lane] = ladder_is_point(drawing->ladder, i, &point) ? ':' : '|';
}

/* The frames of a row, each on the line of its point. */
static void
draw_stops(const struct drawing *drawing, const struct ladder_row *row, char *lanes)
{
	for (size_t i = 0; row->passage != NULL && i < drawing->ladder->point_count; i++) {
		const struct ladder_stop *stop = &row->passage->stops[i];
		size_t at = (drawing->ladder->first_point + i) * drawing->lane;
		char number[MOST_DIGITS + 1];
		int length = snprintf(number, sizeof(number), "%" PRIu64, stop->frame);

		if (stop->frame != 0)
			memcpy(lanes + at - (size_t)length / 2, number, (size_t)length);
		else if (stop->is_unsure)
			lanes[at] = '?';
	}
}

/* "------->", or "<-------"; "-----x " when nothing answered, " o----->" when it begins on the way,
 * and dots for dashes where it is not known. */
static void
draw_arrow(const struct drawing *drawing, const struct ladder_row *row, char *lanes)
{
	struct ladder_way way = ladder_way_of(row);
	bool is_right = way.end > way.begin;
	size_t low = (is_right ? way.begin : way.end) * drawing->lane + 1;
	size_t high = (is_right ? way.end : way.begin) * drawing->lane - 1;
	size_t sure_low = (is_right ? way.sure_begin : way.sure_end) * drawing->lane;
	size_t sure_high = (is_right ? way.sure_end : way.sure_begin) * drawing->lane;
	size_t tip = is_right ? high : low, tail = is_right ? low : high;

	for (size_t i = low; i <= high; i++)
		lanes[i] = i < sure_low || i > sure_high ? '.' : '-';
	lanes[tip] = is_right ? '>' : '<';
	if (row->is_lost) {
		lanes[tip] = ' ';
		lanes[is_right ? tip - 1 : tip + 1] = 'x';
	}
	if (way.is_begun_between) {
		lanes[tail] = ' ';
		lanes[is_right ? tail + 1 : tail - 1] = 'o';
	}
	draw_stops(drawing, row, lanes);
}

/* What is left of a line of which USED columns are taken. */
static size_t
room_behind(const struct drawing *drawing, size_t used)
{
	return used + LEAST_LABEL > drawing->columns ? LEAST_LABEL : drawing->columns - used;
}

static void
add_name(struct drawing *drawing, size_t column)
{
	size_t room = room_behind(drawing, drawing->left + column * drawing->lane), point;
	const char *name = drawing->ladder->columns[column];

	text_clear(&drawing->scratch);
	text_add_visible(&drawing->scratch, name);
	if (ladder_is_point(drawing->ladder, column, &point))
		wrap_cut_amid(drawing->text, text_chars(&drawing->scratch), room);
	else
		wrap_cut(drawing->text, text_chars(&drawing->scratch), room);
	text_add_char(drawing->text, '\n');
}

/* The lines of all, before a label that goes on. */
static void
add_empty_lanes(struct drawing *drawing)
{
	char lanes[LONGEST_LANES];

	add_left(drawing, ' ', "", "");
	draw_lanes(drawing, drawing->ladder->column_count, lanes);
	text_add_bytes(drawing->text, lanes, drawing->lanes);
	text_addf(drawing->text, "%*s", 2 * GAP, "");
}

/* A label goes on in further lines, and is cut in the last. */
static void
add_label(struct drawing *drawing, const char *label)
{
	size_t used = drawing->left + drawing->lanes + GAP, length;
	size_t lines = drawing->ladder->point_count != 0 ? POINT_LINES : LABEL_LINES;
	struct text *visible = &drawing->scratch;

	text_clear(visible);
	text_add_visible(visible, label);
	label = text_chars(visible);
	for (size_t i = 1; i < lines && (i == 1 || *label != '\0'); i++) {
		if (i > 1)
			add_empty_lanes(drawing);
		length = wrap_break(label, room_behind(drawing, i > 1 ? used + GAP : used));
		text_add_bytes(drawing->text, label, length);
		text_add_char(drawing->text, '\n');
		label += length + strspn(label + length, " ");
	}
	if (*label == '\0')
		return;
	add_empty_lanes(drawing);
	wrap_cut(drawing->text, label, room_behind(drawing, used + GAP));
	text_add_char(drawing->text, '\n');
}

/* Each host's name stands over its line, behind the lines of those before it. */
static void
add_hosts(struct drawing *drawing)
{
	const struct ladder *ladder = drawing->ladder;
	char lanes[LONGEST_LANES];

	for (size_t i = 0; i < ladder->column_count; i++) {
		add_left(drawing, ' ', "", "");
		draw_lanes(drawing, i, lanes);
		text_add_bytes(drawing->text, lanes, i * drawing->lane);
		add_name(drawing, i);
	}
	add_left(drawing, ' ', "frame", "seconds");
	draw_lanes(drawing, ladder->column_count, lanes);
	text_add_bytes(drawing->text, lanes, drawing->lanes);
	text_add_char(drawing->text, '\n');
}

static void
add_row(struct drawing *drawing, const struct ladder_row *row)
{
	char lanes[LONGEST_LANES];

	draw_lanes(drawing, drawing->ladder->column_count, lanes);
	if (row->skipped != 0) {
		add_left(drawing, ' ', "...", drawing->frame_width != 0 ? "" : "...");
		text_add_bytes(drawing->text, lanes, drawing->lanes);
		text_addf(drawing->text, "%*s(%zu %s left out)\n", GAP, "", row->skipped,
		    row->skipped == 1 ? "row" : "rows");
	}
	add_row_left(drawing, row);
	draw_arrow(drawing, row, lanes);
	text_add_bytes(drawing->text, lanes, drawing->lanes);
	text_addf(drawing->text, "%*s", GAP, "");
	add_label(drawing, row->label);
}

static void
add_signs(struct drawing *drawing, const struct ladder_signs *signs)
{
	if (signs->has_evidence || signs->has_unanswered)
		text_addf(drawing->text, "%s%s%s\n", signs->has_evidence ? "* evidence" : "",
		    signs->has_evidence && signs->has_unanswered ? "   " : "",
		    signs->has_unanswered ? "--x nothing answered it" : "");
}

/* The same of points, which takes more lines. */
static void
add_point_signs(struct drawing *drawing, const struct ladder_signs *signs)
{
	const char *reasons[LADDER_MOST_REASONS];
	size_t count = ladder_reasons(drawing->ladder, reasons);
	struct text *line = &drawing->scratch;

	text_clear(line);
	text_addf(line, "On the arrows are the frames of each point's capture%s%s%s%s%s",
	    signs->has_evidence ? "; * evidence" : "",
	    signs->has_lost ? "; --x : lost on the way to that point" : "",
	    signs->has_begun ? "; o-- it began there, on the way" : "",
	    signs->has_unanswered ? "; --x | nothing answered it" : "",
	    signs->has_unsure ? "; ..?.. not known whether it came there" : "");
	for (size_t i = 0; i < count; i++) {
		text_add(line, i == 0 ? ": " : "; ");
		text_add_visible(line, reasons[i]);
	}
	wrap_words(drawing->text, 0, 0, drawing->columns, text_chars(line));
	text_add_char(drawing->text, '\n');
}

/* What the signs mean, and what is not there. */
static void
add_legend(struct drawing *drawing)
{
	const struct ladder *ladder = drawing->ladder;
	struct ladder_signs signs = ladder_signs_of(ladder);
	size_t elsewhere = ladder->left_out;

	for (size_t i = 0; i < ladder->row_count; i++)
		elsewhere -= ladder->rows[i].skipped;
	if (ladder->point_count != 0)
		add_point_signs(drawing, &signs);
	else
		add_signs(drawing, &signs);
	if (elsewhere != 0) {
		page_add_count(drawing->text, elsewhere, "row");
		text_add(drawing->text, " of further hosts left out\n");
	}
}

void
ladder_add_text(struct text *text, const struct ladder *ladder,
    const struct report_capture *capture, size_t columns)
{
	struct drawing drawing = {.text = text, .ladder = ladder, .columns = columns};

	if (ladder->row_count == 0)
		return;
	measure(&drawing, capture->facts->has_time);
	drawing.lane = lane_width(&drawing);
	drawing.lanes = (ladder->column_count - 1) * drawing.lane + 1;
	add_hosts(&drawing);
	for (size_t i = 0; i < ladder->row_count; i++)
		add_row(&drawing, &ladder->rows[i]);
	add_legend(&drawing);
	text_free(&drawing.scratch);
}
