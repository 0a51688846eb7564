#include "analyzer/conversation/conflicts.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

void
conflicts_add(struct conflicts *conflicts, const struct conflict *conflict, const uint8_t *other)
{
	struct other_copy *copy = &conflicts->others[conflicts->other_count++ % CONFLICTS_KEPT];

	if (conflicts->count < CONFLICTS_KEPT)
		conflicts->items[conflicts->count++] = *conflict;
	mem_free(copy->bytes);
	*copy = (struct other_copy){.start = conflict->start};
	/* A part of it would be a third reading. */
	if (conflict->end - conflict->start > CONFLICTS_MOST_BYTES)
		return;
	copy->length = conflict->end - conflict->start;
	copy->bytes = mem_alloc(copy->length, 1);
	memcpy(copy->bytes, other, copy->length);
}

static bool
is_in(const struct other_copy *copy, uint64_t start, uint64_t end)
{
	return copy->length != 0 && copy->start < end && start < copy->start + copy->length;
}

/* The oldest copy that is kept, by its number. */
static uint64_t
first_kept(const struct conflicts *conflicts)
{
	return conflicts->other_count > CONFLICTS_KEPT ? conflicts->other_count - CONFLICTS_KEPT
						       : 0;
}

bool
conflicts_touch(const struct conflicts *conflicts, uint64_t since, uint64_t start, uint64_t end)
{
	for (uint64_t i = max_u64(since, first_kept(conflicts)); i < conflicts->other_count; i++)
		if (is_in(&conflicts->others[i % CONFLICTS_KEPT], start, end))
			return true;
	return false;
}

void
conflicts_apply(const struct conflicts *conflicts, uint64_t start, uint8_t *bytes, size_t length)
{
	for (uint64_t i = first_kept(conflicts); i < conflicts->other_count; i++) {
		const struct other_copy *copy = &conflicts->others[i % CONFLICTS_KEPT];
		uint64_t from = max_u64(copy->start, start);
		uint64_t until = min_u64(copy->start + copy->length, start + length);

		if (from < until)
			memcpy(bytes + (from - start), copy->bytes + (from - copy->start),
			    until - from);
	}
}

void
conflicts_free(struct conflicts *conflicts)
{
	for (size_t i = 0; i < CONFLICTS_KEPT; i++)
		mem_free(conflicts->others[i].bytes);
	*conflicts = (struct conflicts){.count = 0};
}
