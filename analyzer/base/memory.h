/* Heap memory. Running out of it is fatal, here and nowhere else. */
#ifndef SMBTRIAGE_BASE_MEMORY_H
#define SMBTRIAGE_BASE_MEMORY_H

#include <stddef.h>

/*
 * Zeroed memory for COUNT elements of SIZE bytes; the caller owns it and gives it back with
 * mem_free(). Never NULL: when there is none left the program says so and ends with status 4.
 */
void *mem_alloc(size_t count, size_t size);

/* Grows or shrinks BLOCK to COUNT elements, whose new bytes are not zeroed; NULL: as mem_alloc().
 */
void *mem_resize(void *block, size_t count, size_t size);

void mem_free(void *block);

/* Zeroed memory of SIZE bytes that is one and the same in this process and in those that fork from
 * it. Given back with mem_unshare(). */
void *mem_share(size_t size);

void mem_unshare(void *block, size_t size);
/* For libraries that are handed their allocator: COUNT bytes that are not zeroed. Never NULL. */
void *mem_take(size_t count);

/* There is no memory left, as a library that takes its own found out: says so, and ends the program
 * with status 4. */
_Noreturn void mem_exhausted(void);

/* The same, if that is what PROBLEM, an errno, says. */
void mem_blame(int problem);

/*
 * Makes room for one more element in an array that holds COUNT of *CAPACITY elements of SIZE
 * bytes, doubling it when full. Returns the array, perhaps moved.
 */
void *mem_grow(void *array, size_t count, size_t *capacity, size_t size);

/*
 * Bytes that this thread was given and did not give back: what the bounds of --max-memory go by.
 * The same for the same work on every system, as the allocator's own rounding is left out. What
 * libraries take for themselves is in it as far as mem_account() was told. Another thread may give
 * back what this one took; then only the sum of both accounts says what is used (crew.h).
 */
size_t mem_used(void);

/* What a library took for itself, or another thread, was BEFORE bytes in the account, and is NOW.
 */
void mem_account(size_t before, size_t now);

#endif
