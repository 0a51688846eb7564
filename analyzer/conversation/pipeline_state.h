/*
 * The state of a pipeline, and what its parts do for each other: datagrams.c, endings.c,
 * pipeline.c, segments.c and yield.c include this, nobody else.
 */
#ifndef SMBTRIAGE_CONVERSATION_PIPELINE_STATE_H
#define SMBTRIAGE_CONVERSATION_PIPELINE_STATE_H

#include "analyzer/conversation/coverage.h"
#include "analyzer/conversation/duplicates.h"
#include "analyzer/conversation/pipeline.h"
#include "analyzer/conversation/resolution.h"
#include "analyzer/conversation/server_ttls.h"
#include "analyzer/conversation/stubs.h"
#include "analyzer/conversation/tally.h"
#include "analyzer/conversation/unread.h"

struct pipeline {
	struct pipeline_options options;
	struct arena *arena;
	struct ledger *ledger;
	struct conversation_list conversations;
	struct conversation_list background; /* UDP: of dissectors that are so; nobody lists them */
	struct quota quota;                  /* of their exchanges */
	struct conversation_queue closing;   /* in order of closing */
	int64_t last_time;                   /* of the latest packet so far */
	uint64_t frame;                      /* of the packet at hand */
	struct bounds bounds;
	size_t most_conversations;
	size_t half_open; /* of conversations, those that are so */
	size_t told_late; /* of those that may give way, the ones that the ledger tells of */
	struct conversation_queue
	    yielding[YIELDS_COUNT]; /* by enum yield; the longest idle first */
	struct tally tally;         /* of those that gave way */
	struct stubs stubs;         /* of those that were let go, and of late SYNs */
	struct table examples;      /* struct examples, by kind */
	struct early early;
	size_t beside;      /* bytes in use that no account of this thread has */
	size_t most_memory; /* that may be in use since while packets come: bounds.h */
	size_t left_behind; /* of it, what is in use for those that were let go */
	bool is_full;       /* --max-memory is used up */
	size_t samples;
	struct unread unread;
	struct coverage coverage;
	struct resolutions resolutions;
	struct duplicates *duplicates;
	uint64_t duplicate_count;
	struct server_ttls ttls;
	size_t first_exchange; /* of this pipeline, in the ledger */
	struct vantage_notes notes;
};

/* ---- pipeline.c: for every packet of a conversation ---- */

/* What is in use since it began; twice, where as much may be made of it in the end. */
size_t pipeline_room_taken(const struct pipeline *pipeline);

void pipeline_count_packet(
    struct conversation *conversation, enum side sender, const struct packet *packet);

/* Whether PACKET was shown before and says nothing new. Conversations that matter to nobody are not
 * worth the look. */
bool pipeline_is_copy(struct pipeline *pipeline, struct conversation *conversation,
    enum side sender, const struct packet *packet);

/* What a dissector of CONVERSATION is given. */
struct dissector_context
pipeline_context(struct pipeline *pipeline, struct conversation *conversation);

/* ---- segments.c and datagrams.c: one packet; its conversation, or NULL ---- */

struct conversation *pipeline_segment(struct pipeline *pipeline, const struct packet *packet);
struct conversation *pipeline_datagram(struct pipeline *pipeline, const struct packet *packet);

/* PACKET is an ICMP error that quotes a datagram of the client of CONVERSATION. */
void pipeline_reject_datagrams(struct conversation *conversation, const struct packet *packet);

/* What comes of a segment of CONVERSATION. */
void pipeline_take_segment(
    struct pipeline *pipeline, struct conversation *conversation, const struct packet *packet);

/* ---- endings.c: what a conversation leaves in the ledger ---- */

/* Fills in what only TCP knows of the exchanges that CONVERSATION has made from FROM on. */
void pipeline_complete_exchanges(struct conversation *conversation, size_t from);

/* MADE is told of CONVERSATION, unless it is NULL or of a conversation that matters to nobody. */
void pipeline_add_delivery(
    struct pipeline *pipeline, struct conversation *conversation, struct tcp_delivery *made);

/* Outstanding requests get their outcome. */
void pipeline_finish(struct pipeline *pipeline, struct conversation *conversation);

/* The same, and no packet of it is expected any more: an unwanted one is gone afterwards. */
void pipeline_end_conversation(struct pipeline *pipeline, struct conversation *conversation);

/* Finishes one of which nothing new can come, though late copies of its packets may. */
void pipeline_finish_complete(struct pipeline *pipeline, struct conversation *conversation);

/* Has it finished once nothing more is to be expected of it; then finishes what is due at NOW. */
void
pipeline_finish_soon(struct pipeline *pipeline, struct conversation *conversation, int64_t now);
void pipeline_finish_closed(struct pipeline *pipeline, int64_t now);

/* More is to be expected of it after all. */
void pipeline_finish_not_yet(struct pipeline *pipeline, struct conversation *conversation);

/* Finishes the one that was closed first, if there is one, before its time. */
void pipeline_finish_first(struct pipeline *pipeline);

/* Give back what is kept while a conversation may go on: of TCP; all of it. */
void pipeline_drop_assembly(struct conversation *conversation);
void pipeline_drop_state(struct conversation *conversation);

/* ---- yield.c: when there are too many conversations ---- */

void pipeline_begin_yielding(struct pipeline *pipeline);

/* Half of the room for conversations is taken, or of the memory. */
bool pipeline_is_half_taken(const struct pipeline *pipeline);

/* So many conversations are half open that another may wait as a stub. */
bool pipeline_has_half_open(const struct pipeline *pipeline);

/* Of those that came later and in which nothing of ours was said another may be told. */
bool pipeline_has_room_for_told(const struct pipeline *pipeline);

/* CONVERSATION had a packet, FRAME. Others may give way to it. */
void pipeline_note_activity(
    struct pipeline *pipeline, struct conversation *conversation, uint64_t frame);

/* CONVERSATION has ended. True when nothing is to be told of it, since too many have: of one in
 * which nothing of ours was said, which has no exchanges yet; of one whose exchanges are not
 * wanted. It is unwanted then. */
bool pipeline_gives_up_silent(struct pipeline *pipeline, struct conversation *conversation);
bool pipeline_gives_up_told(struct pipeline *pipeline, struct conversation *conversation);

/* Whether the latter may be so when it ends, if nothing of it is wanted. */
bool
pipeline_may_give_up_told(const struct pipeline *pipeline, const struct conversation *conversation);

/* CONVERSATION is unwanted, and goes. */
void pipeline_let_go(struct pipeline *pipeline, struct conversation *conversation);

/* ---- revive.c: stubs ---- */

void pipeline_begin_stubs(struct pipeline *pipeline);

/* CONVERSATION goes; what later packets of it may need is kept. */
void pipeline_leave_stub(struct pipeline *pipeline, const struct conversation *conversation);

/* PACKET, of TCP, has no conversation. True when a stub is all that there is of it, or need be.
 * Else *RET is what it has become of a stub, or NULL: it is to begin one. */
bool
pipeline_is_stub(struct pipeline *pipeline, const struct packet *packet, struct conversation **ret);

/* A SYN between ENDS that waits as a stub becomes a conversation. True: there is a stub and no
 * conversation. */
bool
pipeline_stays_stub(struct pipeline *pipeline, const struct packet_endpoints *ends, uint64_t hash);

/* The capture is over: what waits becomes a conversation, as far as there is room. */
void pipeline_end_stubs(struct pipeline *pipeline);

#endif
