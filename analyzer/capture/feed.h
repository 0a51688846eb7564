/*
 * The packets of a capture, decoded in batches for whoever takes them: ahead of him, by a thread of
 * the crew, when he may have one and one is free, or else when he asks. The batches are the same in
 * either case.
 */
#ifndef SMBTRIAGE_CAPTURE_FEED_H
#define SMBTRIAGE_CAPTURE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/capture/packet.h"
#include "analyzer/capture/source.h"
#include "analyzer/capture/window.h"

/* A frame whose fragment completed a datagram, and the frames that brought its fragments. */
struct feed_join {
	uint64_t frame;
	const uint64_t *frames;
	size_t count;
};

/* Packets that lie one after the other in the capture; what is none of ours is not among them. */
struct feed_batch {
	struct packet *packets;
	size_t count;
	struct feed_join *joins; /* what these packets, and others, were put together from */
	size_t join_count, join_capacity;
	uint64_t position; /* of the source, behind them */
	size_t beside;     /* what is used for reading besides what is in the taker's mem_used() */
	struct window_room room;
	struct arena arena; /* what was put together */
};

struct feed;

/* The packets of SOURCE, which is borrowed, and not to be touched until feed_end(). */
struct feed *feed_begin(struct source *source, bool may_be_ahead);

/* The next batch, until the next call; NULL at the end. */
const struct feed_batch *feed_next(struct feed *feed);

/* What only decoding shows of a capture; as in struct capture_facts. */
struct feed_facts {
	uint64_t decoded, undecoded;
	uint64_t fragments_incomplete, fragments_contested;
	struct bounds bounds;
};

/* Ends, when feed_next() returned NULL, or at any time where it may not be ahead. */
struct feed_facts feed_end(struct feed *feed);

#endif
