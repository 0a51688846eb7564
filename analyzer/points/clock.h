/*
 * How the clocks of two captures differ, by the packets that are in both: nobody's clock is
 * trusted.
 *
 * A packet cannot come before it was sent. So one that passed HERE first and then THERE shows that
 * the clock there is ahead by no more than the difference of its two times, and one that passed the
 * other way that it is ahead by no less. Packets both ways so confine the offset to an interval as
 * wide as the fastest round trip between the two places.
 *
 * What holds once holds for a while: clocks drift apart by CLOCK_MOST_DRIFT at most. What
 * contradicts that is a clock that was set, and begins another stretch.
 */
#ifndef SMBTRIAGE_POINTS_CLOCK_H
#define SMBTRIAGE_POINTS_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"

/* Nanoseconds in a second by which two clocks that nobody sets drift apart: quartz is good to 100
 * millionths, and so are both. */
#define CLOCK_MOST_DRIFT INT64_C(200000)

/* One packet in both captures; times are nanoseconds since the epoch, by the clock of each. */
struct clock_pair {
	uint64_t frame; /* here */
	int64_t here, there;
	bool is_towards; /* it passed HERE first, and then THERE */
};

/* An interval of nanoseconds. Where packets of one direction alone are known, one of its ends is
 * not: INT64_MIN or INT64_MAX. */
struct clock_range {
	int64_t least, most;
};

/* Frames during which no clock was set. */
struct clock_stretch {
	uint64_t first_frame, last_frame; /* here: of the pairs in it */
	struct clock_range first, last;   /* what there is to add to them for the time there */
	size_t pairs;
};

/* A zeroed one knows nothing. Arena memory. */
struct clock_map {
	const struct clock_stretch *stretches; /* in order of frames */
	size_t stretch_count;
	const struct clock_mark *marks;
	size_t mark_count;
};

/* What COUNT PAIRS, in any order, tell; they are sorted by frames. */
struct clock_map clock_map_of(struct clock_pair *pairs, size_t count, struct arena *arena);

/* What there is to add to TIME, of FRAME here, for the time there. False when nothing is known. */
bool
clock_offset(const struct clock_map *map, uint64_t frame, int64_t time, struct clock_range *ret);

/* The same for who knows no frame. */
bool clock_offset_at(const struct clock_map *map, int64_t time, struct clock_range *ret);

/* The way back: what there is to take from TIME there for the time here, about. */
bool clock_offset_back(const struct clock_map *map, int64_t time, struct clock_range *ret);

/* Puts an end of OFFSET that is not known where no packet is that long on its way to the other
 * point: what comes later is no delay, but another packet. */
void clock_bound(struct clock_range *offset);

/* Whether one of both clocks may have been set between FIRST_FRAME and LAST_FRAME here. */
bool clock_was_set(const struct clock_map *map, uint64_t first_frame, uint64_t last_frame);

/* ONE and OTHER together, and by how much ONE is later: as near as an int64_t comes to it, since
 * files may say any times. */
int64_t clock_sum(int64_t one, int64_t other);
int64_t clock_difference(int64_t one, int64_t other);

/* The middle of RANGE, and how far both ends are from it; of one that is open, its end, and -1. */
int64_t clock_middle(const struct clock_range *range);
int64_t clock_uncertainty(const struct clock_range *range);

#endif
