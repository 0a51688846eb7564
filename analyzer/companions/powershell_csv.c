#include "analyzer/companions/powershell_reader.h"

#include <string.h>

#include "analyzer/companions/words.h"

/* A line's cells. */
struct record {
	const char *cells[POWERSHELL_COLUMNS_MOST];
	size_t count;
	bool is_open;    /* its last cell has a quotation mark, but no second */
	bool has_quotes; /* its last cell is in quotation marks: it cannot go on */
};

/* A cell in quotation marks, of which two mean one; AT is behind the first. Returns what is behind
 * it. */
static const char *
quoted_cell(struct arena *arena, const char *at, struct record *record)
{
	const char *end = at;
	char *cell;

	while (*end != '\0' && (end[0] != '"' || end[1] == '"'))
		end += *end == '"' ? 2 : 1;
	record->is_open = *end == '\0';
	cell = arena_text(arena, at, (size_t)(end - at));
	record->cells[record->count - 1] = cell;
	for (; at < end; at += *at == '"' ? 2 : 1)
		*cell++ = *at;
	*cell = '\0';
	return record->is_open ? end : end + 1;
}

static const char *
plain_cell(struct arena *arena, const char *at, char delimiter, struct record *record)
{
	size_t length = 0;

	while (at[length] != '\0' && at[length] != delimiter)
		length++;
	record->cells[record->count - 1] = arena_text(arena, at, length);
	return at + length;
}

/* False when there are too many cells, or something is behind a quotation mark. */
static bool
record_of(struct arena *arena, const char *line, char delimiter, struct record *ret)
{
	const char *at = line;

	*ret = (struct record){.count = 0};
	for (;;) {
		if (ret->count++ == POWERSHELL_COLUMNS_MOST)
			return false;
		ret->has_quotes = *at == '"';
		at = ret->has_quotes ? quoted_cell(arena, at + 1, ret)
				     : plain_cell(arena, at, delimiter, ret);
		if (*at == '\0')
			return true;
		if (*at != delimiter)
			return false;
		at++;
	}
}

/* The names that a CSV begins with: two at least. */
static bool
find_csv(struct powershell_reader *reader, struct record *ret, char *ret_delimiter)
{
	static const char delimiters[] = ",;\t";
	const char *line = reader_line(reader, reader->at);
	size_t quote = *line == '"', length = property_name_length(line + quote);
	char delimiter;

	/* Prose is told from names before a line of it, which may be long, is taken apart. */
	if (length == 0 || (quote && line[length + 1] != '"'))
		return false;
	delimiter = line[length + 2 * quote];
	if (delimiter == '\0' || strchr(delimiters, delimiter) == NULL ||
	    !record_of(&reader->arena, line, delimiter, ret))
		return false;
	for (size_t i = 0; i < ret->count; i++)
		if (!is_property_name(ret->cells[i]))
			return false;
	*ret_delimiter = delimiter;
	return ret->count > 1;
}

/* Reads one line, or finds it damaged. */
static void
read_record(struct powershell_reader *reader, char delimiter)
{
	uint64_t line = reader->at + 1;
	size_t count = reader->listing.name_count;
	struct powershell_value *values;
	struct record record;

	if (!reader_has_room(reader, count))
		return;
	if (!record_of(&reader->arena, reader_line(reader, reader->at), delimiter, &record) ||
	    record.is_open || record.count != count ||
	    (!record.has_quotes && reader_is_doubtful(reader, line, record.cells[count - 1]))) {
		reader_set_damage(
		    reader, line, "this line has not the values that the first line names");
		return;
	}
	values = ARENA_ARRAY(&reader->arena, struct powershell_value, count);
	for (size_t i = 0; i < count; i++)
		values[i] = (struct powershell_value){
		    .name = reader->listing.names[i],
		    .text = record.cells[i],
		    .line = line,
		};
	reader_add_object(reader, line, values, count);
}

/* A CSV has no end but the file's. */
bool
powershell_read_csv(struct powershell_reader *reader)
{
	struct record names;
	char delimiter;

	if (!find_csv(reader, &names, &delimiter))
		return false;
	reader_set_names(reader, names.cells, names.count);
	reader->listing.form = POWERSHELL_CSV;
	for (reader->at++; reader->at < reader->end; reader->at++) {
		if (reader_ends_object(reader_line(reader, reader->at)))
			break;
		if (!reader->listing.damage)
			read_record(reader, delimiter);
	}
	reader->listing.is_ended = reader->at < reader->end || reader->text->has_last_end;
	return true;
}
