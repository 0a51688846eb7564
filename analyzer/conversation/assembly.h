/*
 * The bytes of one TCP connection on their way to a dissector: two streams, the search for the
 * protocol, two framers. Exists only while the connection may speak something of ours.
 */
#ifndef SMBTRIAGE_CONVERSATION_ASSEMBLY_H
#define SMBTRIAGE_CONVERSATION_ASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/conversation/framer.h"
#include "analyzer/conversation/stream.h"
#include "analyzer/dissector.h"

/* Bytes kept while too few have come to recognise a protocol. */
#define ASSEMBLY_HEAD 64

/* Segments per side of an unremarkable port that are tried before the connection counts as
 * foreign: enough for a capture that begins in the middle of a large message to reach the next. */
#define ASSEMBLY_TRIES 8

/* One direction. */
struct assembly_side {
	struct assembly *assembly;
	enum side side; /* who speaks; may turn out the other way when the protocol is known */
	struct stream stream;
	struct framer framer;
	unsigned tries;
	struct assembly_head {
		struct chunk chunk; /* of the first of them */
		uint8_t bytes[ASSEMBLY_HEAD];
		size_t count;
	} * head; /* what is held back while the protocol is not known; or NULL */
};

struct assembly {
	struct assembly_side sides[2];          /* in no order: each says whose it is */
	const struct dissector *dissector;      /* once recognised, else NULL */
	void *state;                            /* of the dissector */
	const struct dissector_list *protocols; /* that may be recognised */
	const struct dissector_context *context;
	bool is_service_port; /* never gives up the search */
	bool is_foreign;      /* given up */
	bool is_swapped; /* the protocol showed that client and server are the other way round */
};

/* PROTOCOLS and CONTEXT are borrowed for the life of the assembly. */
struct assembly *assembly_new(const struct dissector_list *protocols,
    const struct dissector_context *context, bool is_service_port);
void assembly_free(struct assembly *assembly);

/* The stream of what SIDE says. */
struct stream *assembly_stream(struct assembly *assembly, enum side side);

/* SIDE's peer acknowledged ACK in FRAME at TIME. Told before the segment that says so is taken, as
 * an answer comes with an acknowledgement of what it answers. */
void assembly_acknowledged(
    struct assembly *assembly, enum side side, uint32_t ack, uint64_t frame, int64_t time);

/* A segment with payload from SIDE. May swap client and server in the conversation's facts and
 * set is_swapped, once, when the capture does not hold the SYN and the protocol shows who asks. */
void assembly_segment(struct assembly *assembly, enum side side, const struct segment *segment);

/* One packet of the connection went by, after its segment and acknowledgement were taken. */
void assembly_settle(struct assembly *assembly);

/* The last packet went by: passes on what is held, then ends the dissector's outstanding
 * requests. ENDING's doubts are filled in from the streams; its outcome, by, frame and time are
 * the caller's. */
void assembly_end(struct assembly *assembly, struct ending *ending);

#endif
