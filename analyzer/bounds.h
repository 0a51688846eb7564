/*
 * Bounds: what keeps a capture, whatever it holds, from taking more memory than it may. One that is
 * reached costs something of the result, and so each is counted and told there.
 */
#ifndef SMBTRIAGE_BOUNDS_H
#define SMBTRIAGE_BOUNDS_H

#include <stddef.h>
#include <stdint.h>

/* What the counts are of, and what it costs, is said in bounds.c. */
enum bound {
	BOUND_MEMORY,        /* --max-memory */
	BOUND_CONVERSATIONS, /* a share of it */
	BOUND_UNREMARKABLE,  /* the same */
	BOUND_FAILURES,      /* the same */
	BOUND_STREAMS,       /* the same */
	BOUND_EARLY_BYTES,   /* a share of it, and STREAM_MOST_HELD */
	BOUND_FRAGMENTS,     /* FRAGMENT_BYTES_MOST, FRAGMENT_DATAGRAMS_MOST */
	BOUND_REQUESTS,      /* PIPELINE_MOST_NAMES */
	BOUND_SAMPLES,       /* PIPELINE_MOST_SAMPLES */
	BOUND_SEGMENTS,      /* a share of it, where captures are compared */
	BOUND_FINDINGS,      /* --max-memory */
	BOUND_COMMENTS,      /* of the file; reader.c has their number, and of the next */
	BOUND_NAMES,         /* of the file */
	BOUND_COUNT,
};

/* How often a bound was reached. */
struct bound_count {
	uint64_t count; /* of its unit */
	uint64_t frame; /* of the first of them; 0: there is none, or it is not known */
};

struct bounds {
	struct bound_count of[BOUND_COUNT];
};

struct bound_row {
	const char *name;     /* in NDJSON */
	const char *unit;     /* what is counted, in the singular */
	const char *sentence; /* follows the count and the first frame */
};

extern const struct bound_row bound_rows[BOUND_COUNT];

/* Of MAX_MEMORY, what --max-memory says (0: any number), the bytes that may be in use while packets
 * are taken in, those counted twice of which as much may be made in the end; and the bytes while
 * rules judge what came of them. */
size_t bounds_share_of_packets(size_t max_memory);
size_t bounds_share_of_findings(size_t max_memory);

/* COUNT more of what BOUND is about do not fit; FRAME, or 0, brought the first of them. */
static inline void
bound_reached(struct bounds *bounds, enum bound bound, uint64_t count, uint64_t frame)
{
	struct bound_count *one = &bounds->of[bound];

	if (one->count == 0)
		one->frame = frame;
	one->count += count;
}

/* MORE, of another part of the same capture, counts with BOUNDS. */
static inline void
bounds_add(struct bounds *bounds, const struct bounds *more)
{
	for (enum bound bound = 0; bound < BOUND_COUNT; bound++)
		if (more->of[bound].count != 0)
			bound_reached(bounds, bound, more->of[bound].count, more->of[bound].frame);
}

#endif
