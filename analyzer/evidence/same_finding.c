#include "analyzer/evidence/same_finding.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"

const struct finding *
finding_called(const struct finding_list *findings, const char *id)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strcmp(findings->items[i].id, id) == 0)
			return &findings->items[i];
	return NULL;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes the number at *TEXT, which moves behind it; one too large is none. */
static uint64_t
take_number(const char **text)
{
	char *end;
	uint64_t number = strtoull(*text, &end, 10);

	*text = end;
	return number;
}

static bool
is_frame(uint64_t source, uint64_t found, const struct frame_list *frames)
{
	return found != 0 && found <= frames->count && frames->items[found - 1] == source;
}

/* A text does not say of which file its numbers are. */
static bool
is_any_frame(uint64_t source, uint64_t found, const struct frame_lists *frames)
{
	for (size_t i = 0; i < frames->count; i++)
		if (is_frame(source, found, frames->items[i]))
			return true;
	return false;
}

bool
same_text(const char *source, const char *found, const struct frame_lists *frames)
{
	uint64_t one, other;

	while (*source != '\0' || *found != '\0') {
		if (!is_digit(*source) || !is_digit(*found)) {
			if (*source++ != *found++)
				return false;
			continue;
		}
		one = take_number(&source);
		other = take_number(&found);
		if (one != other && !is_any_frame(one, other, frames))
			return false;
	}
	return true;
}

static bool
same_texts(
    const struct text_list *source, const struct text_list *found, const struct frame_lists *frames)
{
	if (source->count != found->count)
		return false;
	for (size_t i = 0; i < source->count; i++)
		if (!same_text(source->items[i], found->items[i], frames))
			return false;
	return true;
}

static bool
same_causes(const struct found_cause_list *source, const struct found_cause_list *found,
    const struct frame_lists *frames)
{
	if (source->count != found->count)
		return false;
	for (size_t i = 0; i < source->count; i++)
		if (!same_text(source->items[i].text, found->items[i].text, frames))
			return false;
	return true;
}

/* ---- how it came through ---- */

static bool
same_frame(uint64_t source, uint64_t found, const struct frame_lists *frames)
{
	return (source == 0 && found == 0) ||
	       is_frame(source, found, frames->items[frames->count - 1]);
}

static bool
same_value_text(const struct field *field, const struct value *source, const struct value *found,
    const struct frame_lists *frames)
{
	struct text one = {0}, other = {0};
	bool is_same;

	exchange_value_text(&one, field, source);
	exchange_value_text(&other, field, found);
	is_same = same_text(text_chars(&one), text_chars(&other), frames);
	text_free(&one);
	text_free(&other);
	return is_same;
}

/* Frames of a crossing are those of the last capture. */
static bool
same_field(const struct field *field, const struct exchange *source, const struct exchange *found,
    const struct frame_lists *frames)
{
	const struct value one = exchange_value(source, field);
	const struct value other = exchange_value(found, field);

	if (one.kind != other.kind || one.kind == VALUE_NONE)
		return one.kind == other.kind;
	if (field->notation == NOTATION_FRAME)
		return same_frame(one.number, other.number, frames);
	return same_value_text(field, &one, &other, frames);
}

/* Evidence files stand in for their sources under the sources' names. */
static bool
same_crossing(
    const struct exchange *source, const struct exchange *found, const struct frame_lists *frames)
{
	if (source->crossing == NULL || found->crossing == NULL)
		return source->crossing == NULL && found->crossing == NULL;
	for (size_t i = 0; i < exchange_common_field_count; i++)
		if (exchange_common_fields[i].home == HOME_CROSSING &&
		    !same_field(&exchange_common_fields[i], source, found, frames))
			return false;
	return true;
}

/* Of each occurrence that is kept as an example. */
static bool
same_crossings(
    const struct finding *source, const struct finding *found, const struct frame_lists *frames)
{
	if (source->example_count != found->example_count)
		return false;
	for (size_t i = 0; i < source->example_count; i++)
		if (!same_crossing(source->examples[i], found->examples[i], frames))
			return false;
	return true;
}

/* ---- all of it ---- */

/* Of what WANTED follows from; both may follow from nothing. */
static bool
same_origin(const struct finding_list *source, const struct finding *wanted,
    const struct finding_list *found, const struct finding *other)
{
	if (wanted->follows_from == 0 || other->follows_from == 0)
		return wanted->follows_from == other->follows_from;
	return strcmp(source->items[wanted->follows_from - 1].id,
		   found->items[other->follows_from - 1].id) == 0;
}

bool
same_finding(const struct finding_list *source, const struct finding *wanted,
    const struct finding_list *found, const struct frame_lists *frames)
{
	const struct finding *other = finding_called(found, wanted->id);

	return other != NULL &&
	       other->occurrences >= min_u64(wanted->occurrences, FINDING_MOST_EXAMPLES) &&
	       other->occurrences <= wanted->occurrences &&
	       same_text(wanted->summary, other->summary, frames) &&
	       same_texts(&wanted->because, &other->because, frames) &&
	       same_causes(&wanted->causes, &other->causes, frames) &&
	       same_texts(&wanted->chain, &other->chain, frames) &&
	       same_origin(source, wanted, found, other) && same_crossings(wanted, other, frames);
}
