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
#define GAP           2 /* between the parts of a line */
#define LONGEST_LANES ((LADDER_MOST_COLUMNS - 1) * WIDE_LANE + 1)

/* A ladder while it is drawn. */
struct drawing {
	struct text *text;
	const struct ladder *ladder;
	size_t columns;
	int frame_width, time_width; /* 0: the capture has no times */
	size_t left;                 /* columns before the first host */
	size_t lane;                 /* columns from one host to the next */
	size_t lanes;                /* columns from the first host to the last, both included */
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

/* How many columns the widest frame number and time take, at least those of their headings. */
static void
measure(struct drawing *drawing, bool has_time)
{
	const struct ladder_row *rows = drawing->ladder->rows;
	size_t frame = strlen("frame"), time = strlen("seconds");

	for (size_t i = 0; i < drawing->ladder->row_count; i++) {
		text_clear(&drawing->scratch);
		text_add_number(&drawing->scratch, rows[i].frame);
		frame = drawing->scratch.length > frame ? drawing->scratch.length : frame;
		text_clear(&drawing->scratch);
		add_seconds(&drawing->scratch, rows[i].time, rows[0].time);
		time = drawing->scratch.length > time ? drawing->scratch.length : time;
	}
	drawing->frame_width = (int)frame;
	drawing->time_width = has_time ? (int)time : 0;
	drawing->left = 1 + frame + GAP + (has_time ? time + GAP : 0);
}

/* The left side of a line. */
static void
add_left(struct drawing *drawing, char sign, const char *frame, const char *time)
{
	text_addf(drawing->text, "%c%*s%*s", sign, drawing->frame_width, frame, GAP, "");
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
	size_t lanes = drawing->ladder->column_count - 1, lane = WIDE_LANE;

	while (lane > NARROW_LANE &&
	       drawing->left + lanes * lane + 1 + GAP + WANTED_LABEL > drawing->columns)
		lane--;
	return lane;
}

/* The lines of the first COUNT hosts, in a buffer for all. */
static void
draw_lanes(const struct drawing *drawing, size_t count, char lanes[LONGEST_LANES])
{
	memset(lanes, ' ', LONGEST_LANES);
	for (size_t i = 0; i < count; i++)
		lanes[i * drawing->lane] = '|';
}

/* "------->", or "<-------"; "-----x " when nothing answered. */
static void
draw_arrow(const struct drawing *drawing, const struct ladder_row *row, char *lanes)
{
	bool is_right = row->to > row->from;
	size_t low = (is_right ? row->from : row->to) * drawing->lane + 1;
	size_t high = (is_right ? row->to : row->from) * drawing->lane - 1;
	size_t tip = is_right ? high : low;

	memset(lanes + low, '-', high - low + 1);
	lanes[tip] = is_right ? '>' : '<';
	if (!row->is_lost)
		return;
	lanes[tip] = ' ';
	lanes[is_right ? tip - 1 : tip + 1] = 'x';
}

/* What is left of a line of which USED columns are taken. */
static size_t
room_behind(const struct drawing *drawing, size_t used)
{
	return used + LEAST_LABEL > drawing->columns ? LEAST_LABEL : drawing->columns - used;
}

static void
add_name(struct drawing *drawing, size_t used, const char *name)
{
	text_clear(&drawing->scratch);
	text_add_visible(&drawing->scratch, name);
	wrap_cut(drawing->text, text_chars(&drawing->scratch), room_behind(drawing, used));
	text_add_char(drawing->text, '\n');
}

/* A label goes on in a second line, and is cut there. */
static void
add_label(struct drawing *drawing, const char *label)
{
	size_t used = drawing->left + drawing->lanes + GAP, length;
	struct text *visible = &drawing->scratch;
	char lanes[LONGEST_LANES];

	text_clear(visible);
	text_add_visible(visible, label);
	label = text_chars(visible);
	length = wrap_break(label, room_behind(drawing, used));
	text_add_bytes(drawing->text, label, length);
	text_add_char(drawing->text, '\n');
	label += length + strspn(label + length, " ");
	if (*label == '\0')
		return;
	add_left(drawing, ' ', "", "");
	draw_lanes(drawing, drawing->ladder->column_count, lanes);
	text_add_bytes(drawing->text, lanes, drawing->lanes);
	text_addf(drawing->text, "%*s", 2 * GAP, "");
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
		add_name(drawing, drawing->left + i * drawing->lane, ladder->columns[i]);
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
		add_left(drawing, ' ', "...", "");
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

/* What the signs mean, and what is not there. */
static void
add_legend(struct drawing *drawing)
{
	const struct ladder *ladder = drawing->ladder;
	size_t elsewhere = ladder->left_out;
	bool has_evidence = false, has_lost = false;

	for (size_t i = 0; i < ladder->row_count; i++) {
		has_evidence |= ladder->rows[i].is_evidence;
		has_lost |= ladder->rows[i].is_lost;
		elsewhere -= ladder->rows[i].skipped;
	}
	if (has_evidence || has_lost)
		text_addf(drawing->text, "%s%s%s\n", has_evidence ? "* evidence" : "",
		    has_evidence && has_lost ? "   " : "",
		    has_lost ? "--x nothing answered it" : "");
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
