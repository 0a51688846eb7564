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

/* Messages lately passed on that are remembered, for when bytes of theirs come again and differ. */
#define FRAMER_RECENT 8

/* Messages of one side that are read in both ways at most: it takes as long as two messages. */
#define FRAMER_MOST_COMPARED 16

/* A message that was passed on. */
struct framed {
	uint64_t start;
	uint32_t captured; /* 0: not all that was wanted */
	uint32_t length;
	uint64_t frame;
	int64_t time;
};

struct framer {
	const struct dissector *dissector;       /* borrowed, static */
	void *state;                             /* of the dissector; borrowed */
	struct stream *stream;                   /* where the chunks come from; borrowed */
	const struct dissector_context *context; /* of the dissector; borrowed */
	const struct framer *peer;               /* of the other side; borrowed */
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
	enum doubt doubt;      /* what made messages of this side unreadable, */
	int64_t doubt_time;    /* and when that last happened */
	struct framed *recent; /* a ring of FRAMER_RECENT; NULL: none was passed on */
	uint64_t recent_count; /* ever */
	uint64_t reviewed;     /* of stream->conflicts, the copies that framer_review() saw */
	unsigned compared;
};

/* Takes the next chunk and calls the dissector's message() and gap() as due. Chunks must follow
 * one another. */
void framer_chunk(struct framer *framer, const struct chunk *chunk);

/* Bytes that were passed on came again: reads the messages with those that differ, to see what that
 * changes. There are conflicts. Where a message was not complete before, that is done with it. */
void framer_review(struct framer *framer);

void framer_free(struct framer *framer);

#endif
