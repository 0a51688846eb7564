#include "analyzer/evidence/same_finding.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"

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

bool
same_text(const char *source, const char *found, const struct frame_list *frames)
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
		if (one != other && !is_frame(one, other, frames))
			return false;
	}
	return true;
}

static bool
same_texts(
    const struct text_list *source, const struct text_list *found, const struct frame_list *frames)
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
    const struct frame_list *frames)
{
	if (source->count != found->count)
		return false;
	for (size_t i = 0; i < source->count; i++)
		if (!same_text(source->items[i].text, found->items[i].text, frames))
			return false;
	return true;
}

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
    const struct finding_list *found, const struct frame_list *frames)
{
	const struct finding *other = finding_called(found, wanted->id);

	return other != NULL &&
	       other->occurrences >= min_u64(wanted->occurrences, FINDING_MOST_EXAMPLES) &&
	       other->occurrences <= wanted->occurrences &&
	       same_text(wanted->summary, other->summary, frames) &&
	       same_texts(&wanted->because, &other->because, frames) &&
	       same_causes(&wanted->causes, &other->causes, frames) &&
	       same_texts(&wanted->chain, &other->chain, frames) &&
	       same_origin(source, wanted, found, other);
}
