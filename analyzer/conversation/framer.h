/*
 * One direction's chunks to messages: finds where messages begin, gathers the bytes that the
 * dissector wants, and finds the next beginning again after bytes were lost.
 */
#ifndef SMBTRIAGE_CONVERSATION_FRAMER_H
#define SMBTRIAGE_CONVERSATION_FRAMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/conversation/stream.h"
#include "analyzer/dissector.h"

struct framer {
	const struct dissector *dissector; /* borrowed, static */
	void *state;                       /* of the dissector; borrowed */
	struct stream *stream;             /* where the chunks come from; borrowed */
	enum side side;
	bool is_lost; /* nobody knows where the next message begins */
	bool has_head;
	bool is_cut;
	struct frame_head head;
	uint64_t start;     /* stream offset of the message at hand */
	uint64_t position;  /* stream offset of the next byte */
	int64_t first_time; /* of the message's first byte */
	uint64_t frame;     /* the latest that brought some of it: */
	int64_t time;       /* with that one it is complete */
	uint8_t *held;      /* its leading bytes, when they came in pieces */
	size_t held_count, held_capacity;
	enum doubt doubt;   /* what made messages of this side unreadable, */
	int64_t doubt_time; /* and when that last happened */
};

/* Takes the next chunk and calls the dissector's message() and gap() as due. Chunks must follow
 * one another. */
void framer_chunk(struct framer *framer, const struct chunk *chunk);

void framer_free(struct framer *framer);

#endif
