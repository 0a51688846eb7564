/*
 * How often numbers of which size came: a histogram with logarithmic buckets.
 *
 * Numbers below 64 are counted exactly. Above, each octave (from 2^n up to 2^(n+1)) is cut into 32
 * buckets of one width, so that what a bucket stands for is off by at most 1/64 (1.6 %) of the
 * number that was counted. Integer arithmetic throughout: equal numbers, in whatever order, make
 * equal histograms.
 */
#ifndef SMBTRIAGE_BASE_HISTOGRAM_H
#define SMBTRIAGE_BASE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"

#define HISTOGRAM_BITS    5
#define HISTOGRAM_BUCKETS (1 << HISTOGRAM_BITS) /* an octave */
#define HISTOGRAM_OCTAVES 60 /* the first is 0 to 31, the last 2^63 to 2^64 - 1 */

/* A zeroed one is empty. Octaves are arena memory, made when the first number falls into them. */
struct histogram {
	uint64_t count; /* of all numbers */
	uint64_t *octaves[HISTOGRAM_OCTAVES];
};

/* Inline, as it is done for every call of a busy server. */
static inline void
histogram_add(struct histogram *histogram, struct arena *arena, uint64_t number)
{
	unsigned octave = 0;
	uint64_t bucket = number;

	if (number >= HISTOGRAM_BUCKETS) {
		octave = 64 - HISTOGRAM_BITS - (unsigned)__builtin_clzll(number);
		bucket = (number >> (octave - 1)) - HISTOGRAM_BUCKETS;
	}
	if (histogram->octaves[octave] == NULL)
		histogram->octaves[octave] = ARENA_ARRAY(arena, uint64_t, HISTOGRAM_BUCKETS);
	histogram->octaves[octave][bucket]++;
	histogram->count++;
}

/* Adds all numbers of OTHER. */
void
histogram_merge(struct histogram *histogram, struct arena *arena, const struct histogram *other);

/* Which of all numbers, from 1 for the smallest on, is the smallest one that PERCENT of 100 of all
 * do not exceed (nearest rank). */
uint64_t histogram_rank(const struct histogram *histogram, unsigned percent);

/*
 * The number at that rank, as the middle of its bucket; 0 when there is none. The caller, who may
 * know the smallest and the largest, limits it to these.
 */
uint64_t histogram_percentile(const struct histogram *histogram, unsigned percent);

#endif
