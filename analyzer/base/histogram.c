#include "analyzer/base/histogram.h"

void
histogram_merge(struct histogram *histogram, struct arena *arena, const struct histogram *other)
{
	for (size_t octave = 0; octave < HISTOGRAM_OCTAVES; octave++) {
		if (other->octaves[octave] == NULL)
			continue;
		if (histogram->octaves[octave] == NULL)
			histogram->octaves[octave] =
			    ARENA_ARRAY(arena, uint64_t, HISTOGRAM_BUCKETS);
		for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
			histogram->octaves[octave][bucket] += other->octaves[octave][bucket];
	}
	histogram->count += other->count;
}

static uint64_t
middle_of(size_t octave, size_t bucket)
{
	uint64_t width;

	if (octave == 0)
		return bucket;
	width = UINT64_C(1) << (octave - 1);
	return (HISTOGRAM_BUCKETS + bucket) * width + (width - 1) / 2;
}

uint64_t
histogram_rank(const struct histogram *histogram, unsigned percent)
{
	uint64_t count = histogram->count;

	/* Rounded up; the product of both may not fit. */
	return count / 100 * percent + (count % 100 * percent + 99) / 100;
}

uint64_t
histogram_percentile(const struct histogram *histogram, unsigned percent)
{
	uint64_t rank = histogram_rank(histogram, percent), below = 0;

	for (size_t octave = 0; octave < HISTOGRAM_OCTAVES; octave++) {
		if (histogram->octaves[octave] == NULL)
			continue;
		for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
			below += histogram->octaves[octave][bucket];
			if (below != 0 && below >= rank)
				return middle_of(octave, bucket);
		}
	}
	return 0;
}
