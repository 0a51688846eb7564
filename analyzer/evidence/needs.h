/*
 * What must be kept of a capture so that a finding can be made of the rest again: first only what
 * the finding speaks of, then more and more of what is around it.
 */
#ifndef SMBTRIAGE_EVIDENCE_NEEDS_H
#define SMBTRIAGE_EVIDENCE_NEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/conversation/stream.h"
#include "analyzer/evidence/frame_set.h"
#include "analyzer/report/report.h"
#include "rules/finding.h"

/* How much is kept for one finding. Each level contains those before it. */
enum evidence_level {
	EVIDENCE_FRAMES = 1,    /* its frames, and what set up their connections */
	EVIDENCE_CONVERSATIONS, /* the conversations of these frames whole, and how others between
				 * their hosts begin */
	EVIDENCE_HOSTS,         /* all between the hosts, what the client asks KDC and DNS, and how
				 * other connections of theirs begin */
	EVIDENCE_ALL,           /* every packet */
};

/* What LEVEL keeps, as the object of a sentence. */
const char *evidence_level_text(enum evidence_level level);

/* Bytes of one side of a TCP connection. */
struct stretch {
	uint64_t start, end; /* stream offsets */
	bool is_unanswered;  /* nobody answered them, and the packets before show that none was
			      * missing just then */
	/* While packets pass: */
	bool is_seen;  /* the first segment with some of them */
	bool is_acked; /* the packet that acknowledges them */
	struct stretch *next;
};

/* Packets of one conversation that are wanted because of when they came. */
struct period {
	int64_t from, until; /* inclusive; nanoseconds since the epoch */
	struct period *next;
};

/* Packets before a request that show that the capture has the connection whole there: more than are
 * awaited before a hole counts as missing, on either side. */
#define EVIDENCE_RUN_UP (4 * STREAM_PATIENCE)

/* Packets of a conversation between two that are kept which are kept, too: leaving out so few is
 * not worth the hole. */
#define EVIDENCE_SMALL_GAP 8

/* One conversation of which something is needed. */
struct conversation_need {
	const struct conversation_facts *facts; /* of the first analysis */
	bool is_whole;
	bool is_other;                /* nothing of the finding is in it (controls.h) */
	uint64_t setup_end;           /* a frame: everything up to it; 0: nothing */
	struct stretch *stretches[2]; /* by enum side that said them */
	struct period *periods;
	/* While packets pass: */
	uint32_t base[2]; /* sequence number of stream offset 0 */
	bool has_base[2];
	uint64_t recent[EVIDENCE_RUN_UP]; /* its last frames, a ring */
	size_t recent_count;              /* ever */
	size_t left_out;                  /* since one was kept */
	bool is_ack_due; /* the SYN-ACK went by, the client's acknowledgement not yet */
};

/* All between two hosts; one that is ADDR_NONE is any. */
struct host_need {
	struct addr client, server;
	uint16_t port;        /* of the server; 0: any */
	bool is_opening_only; /* how connections begin and end, not what they carry */
	bool is_any_service;  /* also of connections that speak nothing of ours */
};

/* A host of which it matters where it is. */
struct place_need {
	struct addr host;
	bool is_announced, is_told_of; /* while packets pass: what shows it was kept */
};

struct need_set {
	struct arena arena;
	struct frame_set frames;                 /* named by findings */
	struct conversation_need *conversations; /* in order of first frame after needs_settle() */
	size_t conversation_count, conversation_capacity;
	struct host_need *hosts;
	size_t host_count, host_capacity;
	struct addr *resolved; /* addresses whose resolution is needed */
	size_t resolved_count, resolved_capacity;
	struct place_need *places;
	size_t place_count, place_capacity;
	uint32_t *interfaces; /* where it matters how long the capture looked */
	size_t interface_count, interface_capacity;
	bool has_edges;     /* it matters how long the capture looked */
	bool has_all_edges; /* on every interface */
	bool is_everything;
};

/* A zeroed struct need_set needs nothing. Adds what HERE has of that which FINDING rests on, which
 * is of the capture OF: the same, or one of another point on the path. All must live as long as the
 * needs are used. */
void needs_add(struct need_set *needs, const struct report_capture *here,
    const struct report_capture *of, const struct finding *finding, enum evidence_level level);

/* How the conversation of FACTS begins and ends, or all of it, though it is not the finding's. */
void needs_add_other(struct need_set *needs, const struct conversation_facts *facts, bool is_whole);

/* Its beginning and end, and what passes from FROM until UNTIL. */
void needs_add_period(
    struct need_set *needs, const struct conversation_facts *facts, int64_t from, int64_t until);

/* How all connections to SERVER begin. */
void needs_add_openings(struct need_set *needs, const struct addr *server);

/* How long the capture looked on every interface, and that it was taken where HOST is. */
void needs_add_looking(struct need_set *needs, const struct addr *host);

/* All has been added. */
void needs_settle(struct need_set *needs);

/* The need of the conversation whose first frame is FRAME, or NULL. */
struct conversation_need *needs_conversation(const struct need_set *needs, uint64_t frame);

void needs_free(struct need_set *needs);

#endif
