#include "analyzer/evidence/notes.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

void
notes_add(struct note_list *notes, uint64_t frame, const char *text)
{
	notes->items =
	    mem_grow(notes->items, notes->count, &notes->capacity, sizeof(*notes->items));
	notes->items[notes->count] = (struct note){frame, text, notes->count};
	notes->count++;
}

static int
by_frame(const void *left, const void *right)
{
	const struct note *one = left, *other = right;

	return one->frame != other->frame ? COMPARE(one->frame, other->frame)
					  : COMPARE(one->number, other->number);
}

/* Whether NOTE, in order, stands among those of its frame from FROM on. */
static bool
is_repeated(const struct note *from, const struct note *note)
{
	while (from < note && (from->frame != note->frame || strcmp(from->text, note->text) != 0))
		from++;
	return from < note;
}

void
notes_sort(struct note_list *notes)
{
	size_t kept = 0, first = 0;

	if (notes->count != 0)
		qsort(notes->items, notes->count, sizeof(*notes->items), by_frame);
	for (size_t i = 0; i < notes->count; i++) {
		if (kept != 0 && notes->items[first].frame != notes->items[i].frame)
			first = kept;
		notes->items[kept] = notes->items[i];
		if (!is_repeated(&notes->items[first], &notes->items[kept]))
			kept++;
	}
	notes->count = kept;
}

void
notes_free(struct note_list *notes)
{
	mem_free(notes->items);
	*notes = (struct note_list){0};
}
