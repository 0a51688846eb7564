/* The few things that C leaves out. */
#ifndef SMBTRIAGE_BASE_BASICS_H
#define SMBTRIAGE_BASE_BASICS_H

#include <stddef.h>
#include <stdint.h>

/* The number of elements of an array, not of a pointer. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Negative, zero or positive, as qsort() wants it; of numbers, each of which is evaluated twice. */
#define COMPARE(one, other) ((one) < (other) ? -1 : (one) > (other))

/* Exchanges two objects of TYPE. */
#define SWAP(type, one, other)        \
	do {                          \
		type swapped = (one); \
		(one) = (other);      \
		(other) = swapped;    \
	} while (0)

/*
 * The furthest that a time is from the epoch, before or after it, in nanoseconds: 146 years. So any
 * two can be subtracted. What a file or a peer says of a time further away, in 2116 or before 1823,
 * counts as not said: no clock was ever set so.
 */
#define TIME_MOST ((INT64_C(1) << 62) - 1)

static inline uint64_t
min_u64(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

static inline uint64_t
max_u64(uint64_t one, uint64_t other)
{
	return one > other ? one : other;
}

#endif
