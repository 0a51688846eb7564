#include "analyzer/base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void
out_of_memory(void)
{
	fputs("smbtriage: out of memory\n", stderr);
	exit(4);
}

void *
mem_alloc(size_t count, size_t size)
{
	void *block = calloc(count ? count : 1, size ? size : 1);

	if (block == NULL)
		out_of_memory();
	return block;
}

void *
mem_resize(void *block, size_t count, size_t size)
{
	void *resized;

	if (size != 0 && count > SIZE_MAX / size)
		out_of_memory();
	resized = realloc(block, count != 0 && size != 0 ? count * size : 1);
	if (resized == NULL)
		out_of_memory();
	return resized;
}

void
mem_free(void *block)
{
	free(block);
}

void *
mem_grow(void *array, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return array;
	*capacity = *capacity ? *capacity * 2 : 16;
	return mem_resize(array, *capacity, size);
}
