#include "analyzer/companions/powershell_reader.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/companions/words.h"

/* What columns are cut with: "...", and U+2026 since PowerShell 6. */
static const char *const cut_marks[] = {"...", "\xe2\x80\xa6"};

/* Where the dashes under a column's name are, in characters. */
struct column {
	size_t start, end;
	const char *name;
};

struct table {
	struct column columns[POWERSHELL_COLUMNS_MOST];
	size_t column_count;
};

/* "----           --------- ----", which is under the names. */
static bool
columns_of_rule(const char *rule, struct table *ret)
{
	size_t at = indent_of(rule);

	ret->column_count = 0;
	while (rule[at] == '-') {
		struct column *column = &ret->columns[ret->column_count];

		if (ret->column_count++ == POWERSHELL_COLUMNS_MOST)
			return false;
		column->start = at;
		while (rule[at] == '-')
			at++;
		column->end = at;
		at += indent_of(rule + at);
	}
	return ret->column_count > 0 && rule[at] == '\0';
}

/* What of LINE, which is ASCII, is at COLUMN; NULL when something is right before or behind it. */
static const char *
name_piece(struct arena *arena, const char *line, const struct column *column)
{
	size_t length = strlen(line);
	size_t end = column->end < length ? column->end : length;

	if (column->start >= end)
		return "";
	if ((column->start > 0 && !is_blank(line[column->start - 1])) ||
	    (line[end] != '\0' && !is_blank(line[end])))
		return NULL;
	return trimmed_text(arena, line + column->start, end - column->start);
}

/* Names the columns after LINE and BEFORE, the line before it, which may hold the beginnings of
 * names. False when some column has none. */
static bool
name_columns(struct arena *arena, struct table *table, const char *before, const char *line)
{
	for (size_t i = 0; i < table->column_count; i++) {
		struct column *column = &table->columns[i];
		const char *beginning = name_piece(arena, before, column);
		const char *end = name_piece(arena, line, column);

		if (!beginning || !end)
			return false;
		column->name = arena_format(arena, "%s%s", beginning, end);
		if (!is_property_name(column->name))
			return false;
	}
	return true;
}

/* The line under the names is the reader's next. */
static bool
find_table(struct powershell_reader *reader, struct table *ret)
{
	size_t at = reader->at;

	if (at == 0 || !columns_of_rule(reader_line(reader, at), ret))
		return false;
	/* Where a window is narrow the last name goes on in a second line. */
	return name_columns(&reader->arena, ret, "", reader_line(reader, at - 1)) ||
	       (at > 1 && name_columns(&reader->arena, ret, reader_line(reader, at - 2),
			      reader_line(reader, at - 1)));
}

/* The code point at AT, which is UTF-8 and not at its end, and its length in bytes. */
static uint32_t
code_point(const char *at, size_t *ret_length)
{
	uint8_t first = (uint8_t)*at;
	size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t point = length == 1 ? first : first & (0x7fu >> length);

	for (size_t i = 1; i < length; i++)
		point = point << 6 | ((uint8_t)at[i] & 0x3fu);
	*ret_length = length;
	return point;
}

/* Roughly UAX #11: what takes two places in a window. */
static bool
is_wide(uint32_t point)
{
	static const uint32_t ranges[][2] = {
	    {0x1100, 0x115f},
	    {0x2e80, 0xa4cf},
	    {0xac00, 0xd7a3},
	    {0xf900, 0xfaff},
	    {0xfe30, 0xfe6f},
	    {0xff00, 0xff60},
	    {0xffe0, 0xffe6},
	    {0x1f300, 0x1faff},
	    {0x20000, 0x3fffd},
	};

	for (size_t i = 0; i < COUNT(ranges); i++)
		if (point >= ranges[i][0] && point <= ranges[i][1])
			return true;
	return false;
}

/* A walk along a row. */
struct walk {
	const char *at;
	size_t place;
	bool has_wide; /* wide characters count as two places */
};

/* Walks to PLACE, or the row's end. */
static const char *
walk_to(struct walk *walk, size_t place)
{
	while (walk->place < place && *walk->at != '\0') {
		size_t length;
		uint32_t point = code_point(walk->at, &length);

		walk->at += length;
		walk->place += walk->has_wide && is_wide(point) ? 2 : 1;
	}
	return walk->at;
}

/* Where each cell of a row begins, and one more, its end. */
struct cells {
	const char *starts[POWERSHELL_COLUMNS_MOST + 1];
	size_t aligned; /* how many begin at their column's place, or before it */
};

/*
 * Columns of numbers are aligned right, so that a value may begin before the dashes: where there is
 * no blank before a column's place, its value reaches back to the last one. False when a value is
 * across the border of two columns.
 */
static bool
cut_row(const char *row, const struct table *table, bool has_wide, struct cells *ret)
{
	struct walk walk = {.at = row, .has_wide = has_wide};

	ret->aligned = 0;
	ret->starts[0] = row;
	for (size_t i = 1; i < table->column_count; i++) {
		const char *least = walk_to(&walk, table->columns[i - 1].end);
		const char *start = walk_to(&walk, table->columns[i].start);

		ret->aligned += *start != '\0' && !is_blank(*start);
		while (*start != '\0' && start > least && !is_blank(start[-1]))
			start--;
		if (*start != '\0' && !is_blank(start[-1]))
			return false;
		ret->starts[i] = start;
	}
	ret->starts[table->column_count] = row + strlen(row);
	return true;
}

/* Windows pads for two places a wide character or for one; the one that fits better is taken. */
static bool
cells_of_row(const char *row, const struct table *table, struct cells *ret)
{
	struct cells wide;
	bool is_cut = cut_row(row, table, false, ret);

	if (cut_row(row, table, true, &wide) && (!is_cut || wide.aligned > ret->aligned)) {
		*ret = wide;
		return true;
	}
	return is_cut;
}

static bool
is_cut_text(const char *text)
{
	for (size_t i = 0; i < COUNT(cut_marks); i++)
		if (ends_with(text, cut_marks[i]))
			return true;
	return false;
}

static struct powershell_value *
values_of_cells(
    struct powershell_reader *reader, const struct table *table, const struct cells *cells)
{
	struct powershell_value *values =
	    ARENA_ARRAY(&reader->arena, struct powershell_value, table->column_count);

	for (size_t i = 0; i < table->column_count; i++) {
		const char *start = cells->starts[i];

		values[i].name = table->columns[i].name;
		values[i].text =
		    trimmed_text(&reader->arena, start, (size_t)(cells->starts[i + 1] - start));
		values[i].line = reader->at + 1;
		values[i].is_cut = is_cut_text(values[i].text);
	}
	return values;
}

/* Reads one row. False when it is damaged. */
static bool
read_row(struct powershell_reader *reader, const struct table *table)
{
	struct powershell_value *values;
	struct cells cells;

	if (!reader_has_room(reader, table->column_count))
		return false;
	if (!cells_of_row(reader_line(reader, reader->at), table, &cells)) {
		reader_set_damage(reader, reader->at + 1,
		    "this is no row of the table: it does not fit its columns");
		return false;
	}
	values = values_of_cells(reader, table, &cells);
	if (reader_is_doubtful(reader, reader->at + 1, values[table->column_count - 1].text)) {
		reader_set_damage(reader, reader->at + 1, "");
		return false;
	}
	reader_add_object(reader, reader->at + 1, values, table->column_count);
	return true;
}

bool
powershell_read_table(struct powershell_reader *reader)
{
	struct table table;
	const char *names[POWERSHELL_COLUMNS_MOST];

	if (!find_table(reader, &table))
		return false;
	for (size_t i = 0; i < table.column_count; i++)
		names[i] = table.columns[i].name;
	reader_set_names(reader, names, table.column_count);
	reader->listing.form = POWERSHELL_TABLE;
	for (reader->at++; reader->at < reader->end; reader->at++) {
		if (reader_ends_object(reader_line(reader, reader->at)) ||
		    !read_row(reader, &table))
			break;
	}
	reader->listing.is_ended = reader->at < reader->end;
	return true;
}
