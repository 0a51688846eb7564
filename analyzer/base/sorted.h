/* Places in an array that is sorted, where bsearch() finds only what is equal. */
#ifndef SMBTRIAGE_BASE_SORTED_H
#define SMBTRIAGE_BASE_SORTED_H

#include <stdbool.h>
#include <stddef.h>

/* Gets an element first, then the key; sorts as the array is sorted. */
typedef int sorted_compare(const void *element, const void *key);

static inline size_t
sorted_place(const void *key, const void *items, size_t count, size_t size, sorted_compare *compare,
    bool is_behind_equals)
{
	size_t low = 0, high = count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare((const char *)items + middle * size, key) < (is_behind_equals ? 1 : 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many of the COUNT elements of SIZE bytes at ITEMS come before KEY. */
static inline size_t
sorted_before(
    const void *key, const void *items, size_t count, size_t size, sorted_compare *compare)
{
	return sorted_place(key, items, count, size, compare, false);
}

/* How many come before KEY or are equal to it. */
static inline size_t
sorted_until(const void *key, const void *items, size_t count, size_t size, sorted_compare *compare)
{
	return sorted_place(key, items, count, size, compare, true);
}

#endif
