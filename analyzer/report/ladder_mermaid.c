#include "analyzer/report/ladder_mermaid.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/basics.h"

/*
 * What is no letter or digit and yet means nothing in a diagram. All else of ASCII is written as
 * "#NN;", the character's number: ";" ends a statement, "#" begins such a number, "%%" a comment,
 * ":" a text, "<br>" breaks a line, "$$" begins a formula, "`" ends the block around.
 */
#define PLAIN " .,_/()=?-"

static bool
is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
}

static bool
is_plain(char c)
{
	return is_letter_or_digit(c) || strchr(PLAIN, c) != NULL || (unsigned char)c >= 0x80;
}

/* The word "end" closes a block, wherever it stands. */
static bool
is_end(const char *chars, size_t at)
{
	return text_starts_nocase(chars + at, "end") && !is_letter_or_digit(chars[at + 3]) &&
	       (at == 0 || !is_letter_or_digit(chars[at - 1]));
}

static void
add_escaped(struct text *text, const char *chars)
{
	struct text visible = {0};

	text_add_visible(&visible, chars);
	chars = text_chars(&visible);
	for (size_t i = 0; chars[i] != '\0'; i++) {
		if (is_plain(chars[i]) && !is_end(chars, i))
			text_add_char(text, chars[i]);
		else
			text_addf(text, "#%u;", (unsigned)(unsigned char)chars[i]);
	}
	text_free(&visible);
}

static void
add_note(struct text *text, const struct ladder *ladder, size_t count, const char *where)
{
	text_addf(text, "    Note over h0,h%zu: %zu %s left out%s\n", ladder->column_count - 1,
	    count, count == 1 ? "row" : "rows", where);
}

/* Requests have solid lines, what comes back has dotted ones. */
static const char *
arrow_of(const struct ladder_row *row)
{
	if (row->from < row->to)
		return row->is_lost ? "-x" : "->>";
	return row->is_lost ? "--x" : "-->>";
}

static void
add_row(struct text *text, const struct ladder *ladder, const struct ladder_row *row)
{
	struct ladder_way way = ladder_way_of(row);

	text_addf(text, "    h%zu%sh%zu: %s", way.begin, arrow_of(row), way.end,
	    row->is_evidence ? "#42; " : "");
	if (row->passage != NULL)
		ladder_add_frames(text, ladder, row);
	else
		text_add_number(text, row->frame);
	text_add_char(text, ' ');
	add_escaped(text, row->label);
	text_add_char(text, '\n');
}

/* What the numbers of points are, and why some are not known. */
static void
add_point_notes(struct text *text, const struct ladder *ladder)
{
	const char *reasons[LADDER_MOST_REASONS];
	size_t count = ladder_reasons(ladder, reasons);

	text_addf(text,
	    "    Note over h0,h%zu: before each text the frames of the points' captures, - none, ? "
	    "not known\n",
	    ladder->column_count - 1);
	for (size_t i = 0; i < count; i++) {
		text_addf(text, "    Note over h0,h%zu: not known as ", ladder->column_count - 1);
		add_escaped(text, reasons[i]);
		text_add_char(text, '\n');
	}
}

void
ladder_add_mermaid(struct text *text, const struct ladder *ladder)
{
	size_t elsewhere = ladder->left_out;

	if (ladder->row_count == 0)
		return;
	text_add(text, "sequenceDiagram\n");
	for (size_t i = 0; i < ladder->column_count; i++) {
		text_addf(text, "    participant h%zu as ", i);
		add_escaped(text, ladder->columns[i]);
		text_add_char(text, '\n');
	}
	for (size_t i = 0; i < ladder->row_count; i++) {
		const struct ladder_row *row = &ladder->rows[i];

		if (row->skipped != 0)
			add_note(text, ladder, row->skipped, " here");
		elsewhere -= row->skipped;
		add_row(text, ladder, row);
	}
	if (elsewhere != 0)
		add_note(text, ladder, elsewhere, " of further hosts");
	if (ladder->point_count != 0)
		add_point_notes(text, ladder);
}
