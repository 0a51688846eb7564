/* Packets in, exchanges and conversations out. One pipeline owns the traffic of one capture. */
#ifndef SMBTRIAGE_CONVERSATION_PIPELINE_H
#define SMBTRIAGE_CONVERSATION_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/overlap.h"
#include "analyzer/capture/packet.h"
#include "analyzer/conversation/conversation.h"
#include "analyzer/dissector.h"

/* Somebody who watches packets on their way, to pick some of them. */
struct packet_tap {
	void *state;
	/* Each decoded packet, once it was taken in. CONVERSATION is the one it belongs to or, of
	 * an ICMP error, speaks of; NULL: none. All datagrams of a background dissector between
	 * two hosts are of one. */
	void (*packet)(void *state, const struct packet *packet, struct conversation *conversation);
	/* FRAME is about to be decoded from fragments that COUNT FRAMES brought, itself one. */
	void (*fragments)(void *state, uint64_t frame, const uint64_t *frames, size_t count);
};

/* Who knows which exchanges may be told of when all are there. */
struct pipeline_interest {
	void *state;
	/* How much EXCHANGE, whose conversation has ended, is wanted, whatever comes; of what kind
	 * examples are. */
	enum want (*want)(void *state, const struct exchange *exchange, uint64_t *ret_kind);
	/* COUNT exchanges of one conversation, none wanted itself, go, with all they refer to. */
	void (*let_go)(void *state, struct exchange *const *exchanges, size_t count);
	size_t (*memory)(const void *state); /* bytes that are kept of those */
	bool is_for_all;                     /* also for conversations that have room */
};

struct pipeline_options {
	const struct dissector_list *dissectors; /* that may be recognised; borrowed */
	struct service_ports ports;
	struct overlap_hosts overlaps; /* how hosts reassemble; its items are borrowed */
	const char *file;              /* the capture's name, for the facts; borrowed */
	size_t max_memory;             /* bytes that the analysis may take; 0: any number */
	size_t memory_before;          /* mem_used() before anything of the capture was read */
	struct statistics *statistics; /* that dissectors fill; borrowed, or NULL */
	struct secrets *secrets;       /* for dissectors, or NULL; borrowed */
	const struct packet_tap *tap;  /* or NULL; borrowed */
	/* Or NULL: everything is kept, as long as there is memory. Borrowed. */
	const struct pipeline_interest *interest;
	bool is_sampling_all; /* keep first payloads of every foreign connection for classify */
};

/* How long after its RST or last FIN a connection is kept open for late segments, in packet time:
 * answers in flight and retransmissions arrive within a few round trips. */
#define PIPELINE_LINGER INT64_C(10000000000)

/* How long a UDP request may wait before its silence counts: clients repeat after 1 to 5 s. */
#define PIPELINE_UDP_SILENCE INT64_C(10000000000)

/* First payloads of foreign connections that are kept: bounded whatever the capture holds. */
#define PIPELINE_MOST_SAMPLES 20000

/* Exchanges of name services that are kept, and pairs of hosts whose questions are followed: a
 * client that works asks for some hundred names in a day, and a kept one takes half a kilobyte. */
#define PIPELINE_MOST_NAMES 20000

struct pipeline;

/* ARENA and LEDGER receive what lives as long as the run; both are borrowed. */
struct pipeline *
pipeline_new(const struct pipeline_options *options, struct arena *arena, struct ledger *ledger);

/* Bytes that the analysis takes besides those of this thread (feed_batch.beside). */
void pipeline_set_beside(struct pipeline *pipeline, size_t bytes);

/* Takes one decoded packet, whose hash is set. Packets come in the order of the file. */
void pipeline_packet(struct pipeline *pipeline, const struct packet *packet);

/* Takes COUNT of them. Faster: of those that come next it fetches what they will need. */
void pipeline_packets(struct pipeline *pipeline, const struct packet *packets, size_t count);

/* The capture is over: everything outstanding gets its outcome, as far as the capture can tell.
 * FACTS is what the source knows of the file, or NULL. */
void pipeline_end(struct pipeline *pipeline, const struct capture_facts *facts);

/* All conversations, complete after pipeline_end(); borrowed from the pipeline. */
const struct conversation_list *pipeline_conversations(const struct pipeline *pipeline);

/* What the pipeline knows of the whole capture, after pipeline_end(): adds it to FACTS. */
void pipeline_facts(const struct pipeline *pipeline, struct capture_facts *facts);
/* What was noted for vantage_conclude(); borrowed. */
const struct vantage_notes *pipeline_vantage_notes(const struct pipeline *pipeline);

void pipeline_free(struct pipeline *pipeline);

#endif
