#include "analyzer/companions/powershell.h"

#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/companions/companion_value.h"
#include "analyzer/companions/powershell_reader.h"
#include "analyzer/companions/words.h"

/* How many lines of prompts and other text may precede what a file is recognised by. */
#define SEARCHED_LINES 4096

const char *
reader_line(const struct powershell_reader *reader, size_t at)
{
	return at < reader->end ? reader->text->lines[at] : "";
}

void
reader_set_damage(struct powershell_reader *reader, uint64_t line, const char *words)
{
	if (reader->listing.damage)
		return;
	reader->listing.damage_line = line;
	reader->listing.damage = line_may_be_cut(reader->text, line) ? line_cut_words : words;
}

bool
reader_has_room(struct powershell_reader *reader, size_t count)
{
	if (count <= POWERSHELL_VALUES_MOST - reader->total) {
		reader->total += count;
		return true;
	}
	reader_set_damage(
	    reader, reader->at + 1, "from here on the file is not read: it is too long");
	reader->end = reader->at;
	return false;
}

void
reader_add_object(struct powershell_reader *reader, uint64_t line,
    const struct powershell_value *values, size_t value_count)
{
	struct powershell_listing *listing = &reader->listing;

	reader->objects = mem_grow(reader->objects, listing->object_count, &reader->object_capacity,
	    sizeof(*reader->objects));
	listing->objects = reader->objects;
	reader->objects[listing->object_count++] = (struct powershell_object){
	    .line = line,
	    .values = values,
	    .value_count = value_count,
	};
}

static bool
is_truth(const char *text)
{
	return text_equal_nocase(text, "True") || text_equal_nocase(text, "False");
}

bool
reader_is_doubtful(const struct powershell_reader *reader, uint64_t line, const char *last)
{
	return line_may_be_cut(reader->text, line) && !is_truth(last);
}

/* A letter, a digit or "_". */
static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

size_t
property_name_length(const char *at)
{
	size_t length = 0;

	while (is_name_char(at[length]))
		length++;
	return length;
}

bool
is_property_name(const char *text)
{
	return *text != '\0' && text[property_name_length(text)] == '\0';
}

void
reader_set_names(struct powershell_reader *reader, const char *const *names, size_t count)
{
	const char **copies = ARENA_ARRAY(&reader->arena, const char *, count);

	memcpy(copies, names, count * sizeof(*copies));
	reader->listing.names = copies;
	reader->listing.name_count = count;
}

bool
reader_ends_object(const char *line)
{
	return is_blank_line(line) || is_prompt_line(line) || strncmp(line, "```", 3) == 0;
}

/* The next listing into READER; false when there is none. */
static bool
read_next(struct powershell_reader *reader)
{
	for (; reader->at < reader->end; reader->at++) {
		arena_clear(&reader->arena);
		reader->listing = (struct powershell_listing){.names = NULL};
		if (powershell_read_table(reader) || powershell_read_csv(reader) ||
		    powershell_read_list(reader))
			return true;
	}
	return false;
}

static void
reader_free(struct powershell_reader *reader)
{
	arena_free(&reader->arena);
	mem_free(reader->objects);
	mem_free(reader->values);
}

bool
powershell_recognises(const struct companion_text *text, const struct powershell_kind *kind)
{
	struct powershell_reader reader = {
	    .text = text,
	    .end = text->line_count < SEARCHED_LINES ? text->line_count : SEARCHED_LINES,
	};
	bool is_found = false;

	while (!is_found && read_next(&reader))
		is_found = kind->is_of_kind(&reader.listing);
	reader_free(&reader);
	return is_found;
}

void
powershell_read(const struct companion_text *text, const struct powershell_kind *kind,
    struct companion *companion)
{
	struct powershell_reader reader = {.text = text, .end = text->line_count};

	while (read_next(&reader)) {
		const struct powershell_listing *listing = &reader.listing;

		if (!kind->is_of_kind(listing))
			continue;
		if (listing->damage)
			companion_note_damage(
			    companion, listing->damage_line, "%s", listing->damage);
		kind->take(listing, text, companion);
	}
	reader_free(&reader);
}

bool
powershell_has_name(const struct powershell_listing *listing, const char *name)
{
	for (size_t i = 0; i < listing->name_count; i++)
		if (text_equal_nocase(listing->names[i], name))
			return true;
	return false;
}

const struct powershell_value *
powershell_value(const struct powershell_object *object, const char *name)
{
	for (size_t i = 0; i < object->value_count; i++)
		if (text_equal_nocase(object->values[i].name, name))
			return &object->values[i];
	return NULL;
}

const char *
powershell_text(const struct powershell_object *object, const char *name)
{
	const struct powershell_value *value = powershell_value(object, name);

	return value && !value->is_cut ? value->text : "";
}

struct number
powershell_bool(const struct powershell_object *object, const char *name)
{
	const char *text = powershell_text(object, name);

	return is_truth(text) ? known(text_equal_nocase(text, "True")) : (struct number){0};
}

struct number
powershell_number(const struct powershell_object *object, const char *name, uint64_t most)
{
	const char *text = powershell_text(object, name);
	uint64_t number;

	return companion_number(text, strlen(text), most, &number) ? known(number)
								   : (struct number){0};
}

const char *
powershell_quote(
    const struct powershell_object *object, const char *const *names, struct arena *arena)
{
	const char *quote = "";

	for (; *names; names++) {
		const struct powershell_value *value = powershell_value(object, *names);

		if (value && *value->text != '\0')
			quote = arena_format(arena, "%s%s%s %s", quote, *quote == '\0' ? "" : ", ",
			    value->name, value->text);
	}
	return quote;
}
