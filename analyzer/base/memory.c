#include "analyzer/base/memory.h"

#include <errno.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Before each block, so that giving it back takes from the account what it put there. */
struct header {
	alignas(max_align_t) size_t size; /* of the block, without this */
};

/* Up to here glibc's malloc() has blocks at hand that calloc() does not look for; beyond it
 * calloc() may know that memory is zeroed already. */
#define SMALL_BYTES 1024

static _Thread_local size_t used;

_Noreturn void
mem_exhausted(void)
{
	static bool is_ending;

	/* What exit() writes may want for memory in its turn. */
	if (is_ending)
		_exit(4);
	is_ending = true;
	fputs("smbtriage: out of memory\n", stderr);
	exit(4);
}

/* Bytes of a block with its header. */
static size_t
whole_size(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - sizeof(struct header))
		mem_exhausted();
	return bytes + sizeof(struct header);
}

void
mem_blame(int problem)
{
	if (problem == ENOMEM)
		mem_exhausted();
}

/* A block that is not zeroed. Apart from who zeroes it, as compilers make calloc() of both. */
static __attribute__((noinline)) struct header *
raw_block(size_t whole)
{
	return realloc(NULL, whole);
}

/* Apart for another reason: where compilers see how small a block is they zero it by `rep stos`,
 * which takes longer to start than all of the work. */
static __attribute__((noinline)) void
zero(void *block, size_t size)
{
	memset(block, 0, size);
}

/* Takes a new block, which has its header, into the account. */
static void *
begin(struct header *header, size_t whole)
{
	if (header == NULL)
		mem_exhausted();
	header->size = whole - sizeof(*header);
	used += whole;
	return header + 1;
}

void *
mem_alloc(size_t count, size_t size)
{
	size_t whole = whole_size(count, size);
	struct header *header = whole <= SMALL_BYTES ? raw_block(whole) : calloc(1, whole);

	if (header != NULL && whole <= SMALL_BYTES)
		zero(header, whole);
	return begin(header, whole);
}

void *
mem_resize(void *block, size_t count, size_t size)
{
	size_t whole = whole_size(count, size);
	struct header *header = block;

	if (header == NULL)
		return mem_alloc(count, size);
	header--;
	used -= header->size + sizeof(*header);
	return begin(realloc(header, whole), whole);
}

void
mem_free(void *block)
{
	struct header *header = block;

	if (header == NULL)
		return;
	header--;
	used -= header->size + sizeof(*header);
	free(header);
}

void *
mem_share(size_t size)
{
	void *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (block == MAP_FAILED)
		mem_exhausted();
	return block;
}

void
mem_unshare(void *block, size_t size)
{
	munmap(block, size);
}

void *
mem_take(size_t count)
{
	size_t whole = whole_size(count, 1);

	return begin(raw_block(whole), whole);
}

void *
mem_grow(void *array, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return array;
	*capacity = *capacity ? *capacity * 2 : 16;
	return mem_resize(array, *capacity, size);
}

size_t
mem_used(void)
{
	return used;
}

void
mem_account(size_t before, size_t now)
{
	used += now - before;
}
