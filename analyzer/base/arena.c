#include "analyzer/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/base/memory.h"

/* Large enough that a run of small exchanges touches the allocator rarely. Fuzzing gives each
 * allocation a block of its own, so that a byte beyond it is noticed. */
#ifndef ARENA_BLOCK_BYTES
#define ARENA_BLOCK_BYTES ((size_t)64 * 1024)
#endif

struct arena_block {
	struct arena_block *older;
	size_t size, used;
	alignas(max_align_t) uint8_t bytes[];
};

static struct arena_block *
new_block(struct arena *arena, size_t at_least)
{
	size_t size = at_least > ARENA_BLOCK_BYTES ? at_least : ARENA_BLOCK_BYTES;
	struct arena_block *block = mem_alloc(1, sizeof(*block) + size);

	block->size = size;
	block->older = arena->newest;
	arena->newest = block;
	return block;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->newest;
	size_t rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	void *taken;

	if (block == NULL || block->size - block->used < rounded)
		block = new_block(arena, rounded);
	taken = block->bytes + block->used;
	block->used += rounded;
	arena->used += rounded;
	return taken;
}

void *
arena_copy(struct arena *arena, const void *bytes, size_t length)
{
	void *copy = arena_alloc(arena, length);

	if (length != 0)
		memcpy(copy, bytes, length);
	return copy;
}

char *
arena_text(struct arena *arena, const char *chars, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	if (length != 0)
		memcpy(copy, chars, length);
	return copy;
}

char *
arena_format(struct arena *arena, const char *format, ...)
{
	char brief[256]; /* most are: one pass does for them */
	va_list arguments, again;
	char *text;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(brief, sizeof(brief), format, arguments);
	va_end(arguments);
	text = arena_alloc(arena, (size_t)length + 1);
	if ((size_t)length < sizeof(brief))
		memcpy(text, brief, (size_t)length + 1);
	else
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

void
arena_free(struct arena *arena)
{
	struct arena_block *block, *older;

	for (block = arena->newest; block != NULL; block = older) {
		older = block->older;
		mem_free(block);
	}
	arena->newest = NULL;
	arena->used = 0;
}
