#include "analyzer/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

/* There are very many small arenas, of what is told of one connection, so their blocks are small
 * and of those that malloc() has at hand. A larger one doubles, up to where the allocator is
 * touched rarely. Fuzzing gives each allocation a block of its own, so that a byte beyond it is
 * noticed. */
#ifndef ARENA_MOST_BLOCK_BYTES
#define ARENA_SMALL_BLOCK_BYTES ((size_t)448)
#define ARENA_MOST_BLOCK_BYTES  ((size_t)64 * 1024)
#else
#define ARENA_SMALL_BLOCK_BYTES ARENA_MOST_BLOCK_BYTES
#endif

/* What one has in all before its blocks are large. */
#define ARENA_SMALL_BYTES ((size_t)4096)

struct arena_block {
	struct arena_block *older;
	size_t size, used;
	alignas(max_align_t) uint8_t bytes[];
};

/* Bytes of the next block, if it is to hold more than what is asked for now. */
static size_t
next_size(const struct arena *arena)
{
	return arena->used < ARENA_SMALL_BYTES ? ARENA_SMALL_BLOCK_BYTES
					       : min_u64(arena->used, ARENA_MOST_BLOCK_BYTES);
}

static struct arena_block *
new_block(size_t size, struct arena_block *older)
{
	struct arena_block *block = mem_alloc(1, sizeof(*block) + size);

	block->size = size;
	block->older = older;
	return block;
}

/* A block with room for SIZE bytes. Where another one would have no more left than the newest has,
 * it is made to measure and goes behind that, so that no more than one is ever half empty. */
static struct arena_block *
add_block(struct arena *arena, size_t size)
{
	struct arena_block *newest = arena->newest;
	size_t next = next_size(arena);

	if (newest != NULL && (next <= size || newest->size - newest->used >= next - size)) {
		newest->older = new_block(size, newest->older);
		return newest->older;
	}
	arena->newest = new_block(max_u64(next, size), newest);
	return arena->newest;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->newest;
	size_t rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	void *taken;

	if (block == NULL || block->size - block->used < rounded)
		block = add_block(arena, rounded);
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

static void
free_blocks(struct arena_block *block)
{
	struct arena_block *older;

	for (; block != NULL; block = older) {
		older = block->older;
		mem_free(block);
	}
}

void
arena_clear(struct arena *arena)
{
	struct arena_block *block = arena->newest;

	arena->used = 0;
	if (block == NULL)
		return;
	free_blocks(block->older);
	block->older = NULL;
	memset(block->bytes, 0, block->used);
	block->used = 0;
}

void
arena_free(struct arena *arena)
{
	free_blocks(arena->newest);
	*arena = (struct arena){0};
}
