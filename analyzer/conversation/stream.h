/*
 * One direction of a TCP connection: its bytes in order, with what is missing named.
 *
 * In-order segments are passed on in place. Only what comes early, and may matter, is copied;
 * bytes that the reader declared uninteresting (stream_skip) never are. They are waited for, as a
 * message is complete when the last of its bytes has come, but not once the peer has them.
 */
#ifndef SMBTRIAGE_CONVERSATION_STREAM_H
#define SMBTRIAGE_CONVERSATION_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/overlap.h"
#include "analyzer/bounds.h"
#include "analyzer/conversation/conflicts.h"

enum chunk_kind {
	CHUNK_BYTES,   /* here they are */
	CHUNK_SKIPPED, /* uninteresting ones, seen or not */
	CHUNK_CUT,     /* sent, but cut off by the snap length */
	CHUNK_MISSING, /* sent, but not in the capture */
};

/* A run of the stream. Chunks follow one another without a hole from the first to the last. */
struct chunk {
	enum chunk_kind kind;
	uint64_t start; /* stream offset: 0 is the byte after the SYN, or the first one seen */
	uint64_t length;
	const uint8_t *bytes;  /* CHUNK_BYTES: borrowed for the call; else NULL */
	uint64_t frame;        /* of the segment that brought it, or that proved it missing */
	int64_t time;          /* of that frame */
	bool is_segment_start; /* a segment begins at START: where a reader may resynchronise */
	uint64_t segment_end;  /* offset after the segment's last byte on the wire */
};

/* One segment's place and bytes. */
struct segment {
	uint32_t seq; /* of the first payload byte */
	const uint8_t *bytes;
	uint32_t captured; /* bytes there */
	uint32_t length;   /* bytes on the wire */
	uint64_t frame;
	int64_t time; /* nanoseconds since the epoch */
};

typedef void chunk_sink(void *reader, const struct chunk *chunk);

/* Bytes of early segments held per direction: several times what a control message needs, and
 * little enough that a thousand broken connections do not matter. */
#define STREAM_MOST_HELD ((size_t)256 * 1024)

/* Their number: as many as those bytes are in segments of 512, which no path is too narrow for (RFC
 * 879). What comes early is looked for one by one, so that a byte each would cost too much. */
#define STREAM_MOST_HELD_SEGMENTS 512

/* How many more packets of the connection are awaited before a hole that the peer has
 * acknowledged counts as missing: captures from several queues are out of order by a few. */
#define STREAM_PATIENCE 8

/* Bytes lately passed on that a repetition is compared with. A power of two. */
#define STREAM_HISTORY 4096

/* Repeated ranges remembered, for counting how often a request was sent again. */
#define STREAM_REPEATS 16

struct held_segment;
struct history;

/* The early segments of all streams of a run, which share what memory there is for them. */
struct early {
	size_t bytes, most;
	struct bounds *bounds; /* borrowed */
};

struct stream {
	const struct overlap_policy *policy; /* of who receives it; static, or NULL: the default */
	bool has_base;
	bool has_fin;
	uint32_t base;    /* sequence number of offset 0 */
	uint64_t next;    /* offset of the next byte to pass on */
	uint64_t highest; /* offset after the last byte seen */
	uint64_t acked;   /* offset up to which the peer acknowledged */
	uint64_t fin;     /* offset of the FIN, if has_fin */
	uint64_t fin_frame;
	int64_t fin_time;
	uint64_t skip_until;
	int64_t acked_unseen_time; /* when an acknowledgement first passed what was seen */
	uint64_t acked_unseen_frame;
	struct held_segment *held; /* in order of start, none overlapping another */
	struct held_segment *last_held;
	size_t held_bytes;
	unsigned held_count;
	struct early *early;         /* shared; borrowed, or NULL */
	unsigned waiting;            /* packets since the hole at NEXT was acknowledged */
	struct history *history;     /* NULL: nothing was passed on */
	struct conflicts *conflicts; /* NULL: there are none */
	struct repeat {
		uint64_t start, end;
	} * repeats;           /* a ring of STREAM_REPEATS; NULL: nothing was repeated */
	unsigned repeat_count; /* ever */
	uint64_t retransmissions;
	uint64_t missing_bytes, conflicting_bytes;
};

/* A zeroed struct stream is a new one; it begins at SEQ (that of the byte after the SYN), or
 * else at the first segment it is given. */
void stream_begin(struct stream *stream, uint32_t seq);

/* Takes a segment with at least one payload byte and passes on what is now in order. */
void stream_segment(
    struct stream *stream, const struct segment *segment, chunk_sink *sink, void *reader);

/* The peer acknowledged ACK in FRAME at TIME. */
void stream_acknowledged(struct stream *stream, uint32_t ack, uint64_t frame, int64_t time);

/* A FIN stands at SEQ, in FRAME at TIME. */
void stream_fin(struct stream *stream, uint32_t seq, uint64_t frame, int64_t time);

/* One more packet of the connection went by: a hole that is surely missing is passed on. */
void stream_settle(struct stream *stream, chunk_sink *sink, void *reader);

/* The peer acknowledged: a hole among uninteresting bytes is passed on once that covers it, as what
 * the peer has need not come any more, and an answer to it may. */
void stream_pass_payload(struct stream *stream, chunk_sink *sink, void *reader);

/* The end: everything held is passed on, holes as CHUNK_MISSING. */
void stream_flush(struct stream *stream, chunk_sink *sink, void *reader);

/* The reader does not care for bytes before OFFSET. */
void stream_skip(struct stream *stream, uint64_t offset);

/* The LENGTH bytes from offset START on, as they were passed on, into BYTES; false when some of
 * them are not remembered. */
bool stream_recall(const struct stream *stream, uint64_t start, uint8_t *bytes, size_t length);

/* How often a segment that overlaps [START, END) was sent again, among the last STREAM_REPEATS. */
uint32_t stream_repeats_of(const struct stream *stream, uint64_t start, uint64_t end);

/* Frees what the stream holds, not the stream. */
void stream_free(struct stream *stream);

#endif
