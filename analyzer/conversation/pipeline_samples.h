/* One capture through one pipeline, for the tests of pipeline.c. */
#ifndef SMBTRIAGE_CONVERSATION_PIPELINE_SAMPLES_H
#define SMBTRIAGE_CONVERSATION_PIPELINE_SAMPLES_H

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/conversation/packet_samples.h"
#include "analyzer/conversation/pipeline.h"

#define SYN     TCP_SYN
#define SYN_ACK (TCP_SYN | TCP_ACK)
#define ACK     TCP_ACK
#define DATA    (TCP_PSH | TCP_ACK)
#define FIN     (TCP_FIN | TCP_ACK)
#define RST     (TCP_RST | TCP_ACK)
#define LINGER  (PIPELINE_LINGER / SAMPLE_MS)      /* milliseconds */
#define SILENCE (PIPELINE_UDP_SILENCE / SAMPLE_MS) /* milliseconds */

struct run {
	struct arena arena;
	struct ledger ledger;
	struct pipeline *pipeline;
	uint64_t frame;
};

static inline void
begin_run(struct run *run)
{
	const struct pipeline_options options = {.dissectors = &toy_list, .file = "toy.pcapng"};

	*run = (struct run){0};
	toy_take_log();
	run->ledger.arena = &run->arena;
	run->pipeline = pipeline_new(&options, &run->arena, &run->ledger);
}

static inline void
end_run(struct run *run)
{
	pipeline_free(run->pipeline);
	ledger_free(&run->ledger);
	arena_free(&run->arena);
}

/* The payload in a block of its own size that does not outlive the call; whatever was made of the
 * packet's ends. */
static inline void
feed(struct run *run, struct packet packet)
{
	uint8_t *payload = NULL;

	if (packet.payload_captured != 0) {
		payload = mem_alloc(packet.payload_captured, 1);
		memcpy(payload, packet.payload, packet.payload_captured);
	}
	packet.payload = payload;
	packet_set_hash(&packet);
	pipeline_packet(run->pipeline, &packet);
	mem_free(payload);
}

static inline void
feed_all(struct run *run, const struct sample *samples, size_t most)
{
	for (size_t i = 0; i < most && samples[i].flags != 0; i++)
		feed(run, sample_packet(&samples[i], ++run->frame));
}

static inline const struct conversation_facts *
facts_of(const struct run *run, size_t index)
{
	const struct conversation_list *list = pipeline_conversations(run->pipeline);

	return &conversation_at(list, index)->facts;
}

/* The INDEXth exchange of the type called NAME, or NULL. */
static inline const struct exchange *
find_exchange(const struct run *run, const char *name, size_t index)
{
	for (size_t i = 0; i < run->ledger.count; i++)
		if (strcmp(run->ledger.items[i]->type->name, name) == 0 && index-- == 0)
			return run->ledger.items[i];
	return NULL;
}

#define SEGMENT(ms, side, what, number, acknowledged)                           \
	{                                                                       \
		.time = (ms), .from = (side), .flags = (what), .seq = (number), \
		.ack = (acknowledged)                                           \
	}
#define PAYLOAD(ms, side, number, acknowledged, text)                         \
	{                                                                     \
		.time = (ms), .from = (side), .flags = DATA, .seq = (number), \
		.ack = (acknowledged), .payload = (text)                      \
	}
/* Frames 1 to 3: the client's bytes begin at 101, the server's at 501. */
#define CONNECT                                                                 \
	SEGMENT(0, CLIENT, SYN, 100, 0), SEGMENT(1, SERVER, SYN_ACK, 500, 101), \
	    SEGMENT(2, CLIENT, ACK, 101, 501)

#endif
