/* Arenas: many small allocations with one lifetime. */
#ifndef SMBTRIAGE_BASE_ARENA_H
#define SMBTRIAGE_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/* A zeroed struct arena is an empty one. Everything taken from it lives until arena_free(). */
struct arena {
	struct arena_block *newest;
	size_t used; /* bytes handed out */
};

/* Zeroed bytes, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of LENGTH bytes. */
void *arena_copy(struct arena *arena, const void *bytes, size_t length);

/* A copy of LENGTH characters with a terminating NUL. */
char *arena_text(struct arena *arena, const char *chars, size_t length);

/* A formatted, NUL-terminated text. */
char *
arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Takes everything back, but keeps a block to begin with again: for what is filled again and again.
 */
void arena_clear(struct arena *arena);

/* Gives everything back; the arena is then empty and may be used again. */
void arena_free(struct arena *arena);

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

#endif
