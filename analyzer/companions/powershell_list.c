#include "analyzer/companions/powershell_reader.h"

#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/companions/words.h"

/* "EncryptData         : False" */
struct property {
	size_t indent;
	const char *name;
	size_t name_length;
	const char *value;
};

/* There is always a blank before the colon, what "Username: a" of a transcript has not. */
static bool
property_of(const char *line, struct property *ret)
{
	const char *at;

	ret->indent = indent_of(line);
	ret->name = line + ret->indent;
	ret->name_length = property_name_length(ret->name);
	at = ret->name + ret->name_length;
	if (ret->name_length == 0 || !is_blank(*at))
		return false;
	at += indent_of(at);
	if (at[0] != ':' || (at[1] != '\0' && !is_blank(at[1])))
		return false;
	ret->value = at + 1;
	return true;
}

static void
add_property(struct powershell_reader *reader, const struct property *property)
{
	reader->values = mem_grow(
	    reader->values, reader->value_count, &reader->value_capacity, sizeof(*reader->values));
	reader->values[reader->value_count++] = (struct powershell_value){
	    .name = arena_text(&reader->arena, property->name, property->name_length),
	    .text = trimmed_text(&reader->arena, property->value, strlen(property->value)),
	    .line = reader->at + 1,
	};
}

/* Ends the last value, which CONTINUED lines before the next go on with: a value is broken where
 * the window ended, amid a word mostly. */
static void
end_property(struct powershell_reader *reader, size_t continued)
{
	struct powershell_value *value;
	struct text text = {0};

	if (continued == 0)
		return;
	value = &reader->values[reader->value_count - 1];
	text_add(&text, value->text);
	for (size_t at = reader->at - continued; at < reader->at; at++) {
		const char *line = reader_line(reader, at);

		text_add(&text, line + indent_of(line));
	}
	value->text = trimmed_text(&reader->arena, text_chars(&text), text.length);
	text_free(&text);
}

/* Whether LINE is a property of an object whose first is indented by INDENT. */
static bool
is_property_at(const char *line, size_t indent, struct property *ret)
{
	return property_of(line, ret) && ret->indent <= indent;
}

/* Reads the properties of an object up to its end, or up to where it is damaged. */
static void
read_properties(struct powershell_reader *reader)
{
	size_t indent = indent_of(reader_line(reader, reader->at));
	size_t continued = 0;

	reader->value_count = 0;
	for (; reader->at < reader->end; reader->at++) {
		const char *line = reader_line(reader, reader->at);
		struct property property;

		if (reader_ends_object(line))
			break;
		if (is_property_at(line, indent, &property)) {
			end_property(reader, continued);
			continued = 0;
			if (!reader_has_room(reader, 1))
				break;
			add_property(reader, &property);
		} else if (indent_of(line) > indent) {
			continued++;
		} else {
			reader_set_damage(
			    reader, reader->at + 1, "this is no property of the list");
			break;
		}
	}
	end_property(reader, continued);
}

/* Leaves out the last value when the file may be cut within it. */
static void
doubt_last_value(struct powershell_reader *reader)
{
	if (reader->value_count == 0 || reader->at < reader->end ||
	    !reader_is_doubtful(reader, reader->at, reader->values[reader->value_count - 1].text))
		return;
	reader_set_damage(reader, reader->at, "");
	reader->value_count--;
}

static void
set_names_of_values(struct powershell_reader *reader)
{
	const char **names = ARENA_ARRAY(&reader->arena, const char *, reader->value_count);

	for (size_t i = 0; i < reader->value_count; i++)
		names[i] = reader->values[i].name;
	reader_set_names(reader, names, reader->value_count);
}

static void
read_object(struct powershell_reader *reader)
{
	uint64_t line = reader->at + 1;

	read_properties(reader);
	doubt_last_value(reader);
	if (reader->value_count == 0)
		return;
	if (reader->listing.object_count == 0)
		set_names_of_values(reader);
	reader_add_object(reader, line,
	    arena_copy(
		&reader->arena, reader->values, reader->value_count * sizeof(*reader->values)),
	    reader->value_count);
	if (reader->at == reader->text->line_count &&
	    reader->value_count < reader->listing.name_count)
		reader_set_damage(reader, reader->at, "the list ends within an object");
}

/* Whether LINE begins an object: a property that looks like a prompt does not. */
static bool
begins_object(const char *line, struct property *ret)
{
	return !reader_ends_object(line) && property_of(line, ret);
}

/* Whether LINE begins one more object of the listing. */
static bool
begins_like(const struct powershell_listing *listing, const char *line)
{
	struct property property;

	return begins_object(line, &property) && listing->name_count > 0 &&
	       strlen(listing->names[0]) == property.name_length &&
	       strncmp(listing->names[0], property.name, property.name_length) == 0;
}

/* Skips the blank lines behind an object. Whether the list ends there: one blank line is between
 * objects, and another may begin in a line that is cut. */
static bool
ends_list(struct powershell_reader *reader)
{
	size_t end = reader->at;

	while (reader->at < reader->end && is_blank_line(reader_line(reader, reader->at)))
		reader->at++;
	if (reader->at - end > 1)
		return true;
	return reader->at < reader->end && !line_may_be_cut(reader->text, reader->at + 1);
}

bool
powershell_read_list(struct powershell_reader *reader)
{
	struct property property;

	if (!begins_object(reader_line(reader, reader->at), &property))
		return false;
	reader->listing.form = POWERSHELL_LIST;
	do {
		read_object(reader);
		reader->listing.is_ended = ends_list(reader);
	} while (!reader->listing.damage &&
		 begins_like(&reader->listing, reader_line(reader, reader->at)));
	return true;
}
