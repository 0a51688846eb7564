/* Packets, a toy protocol and the log of what it was told, for the tests of this room. */
#ifndef SMBTRIAGE_CONVERSATION_PACKET_SAMPLES_H
#define SMBTRIAGE_CONVERSATION_PACKET_SAMPLES_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/capture/packet.h"
#include "analyzer/conversation/conversation.h"
#include "analyzer/dissector.h"

#define SAMPLE_CLIENT_PORT 50000
#define SAMPLE_SERVER_PORT 445
#define SAMPLE_MS          INT64_C(1000000)

/* One TCP segment between 10.0.0.1:50000 (client) and 10.0.0.2:445, or what .ports says. */
struct sample {
	int64_t time; /* milliseconds */
	enum side from;
	uint8_t flags;
	uint32_t seq, ack;
	const char *payload; /* NULL: none */
	uint32_t cut;        /* bytes of the payload that the snap length cuts off */
	uint16_t ports[2];   /* by enum side; 0: the usual ones */
	uint8_t ttl;
};

static inline struct addr
sample_addr(enum side side)
{
	const uint8_t bytes[4] = {10, 0, 0, side == CLIENT ? 1 : 2};

	return addr_ipv4(bytes);
}

static inline struct packet_endpoints
sample_ends(const struct sample *sample)
{
	uint16_t client = sample->ports[CLIENT] ? sample->ports[CLIENT] : SAMPLE_CLIENT_PORT;
	uint16_t server = sample->ports[SERVER] ? sample->ports[SERVER] : SAMPLE_SERVER_PORT;
	bool is_client = sample->from == CLIENT;

	return (struct packet_endpoints){sample_addr(sample->from),
	    sample_addr(other_side(sample->from)), is_client ? client : server,
	    is_client ? server : client};
}

/* The packet borrows the sample's payload. */
static inline struct packet
sample_packet(const struct sample *sample, uint64_t frame)
{
	uint32_t length = sample->payload ? (uint32_t)strlen(sample->payload) : 0;

	struct packet packet = {.kind = PACKET_TCP,
	    .frame = frame,
	    .time = sample->time * SAMPLE_MS,
	    .ends = sample_ends(sample),
	    .ttl = sample->ttl,
	    .tcp = {.seq = sample->seq, .ack = sample->ack, .flags = sample->flags},
	    .payload = (const uint8_t *)sample->payload,
	    .payload_captured = length - sample->cut,
	    .payload_length = length};

	packet_set_hash(&packet);
	return packet;
}

static inline struct packet
sample_datagram(const struct sample *sample, uint64_t frame)
{
	struct packet packet = sample_packet(sample, frame);

	packet.kind = PACKET_UDP;
	packet.tcp = (struct tcp_header){0};
	packet_set_hash(&packet);
	return packet;
}

/* An ICMP error from a router, 10.0.0.254, that quotes the sample's first 8 bytes of TCP. */
static inline struct packet
sample_icmp(const struct sample *quoted, uint8_t type, uint8_t code, uint64_t frame)
{
	const uint8_t router[4] = {10, 0, 0, 254};

	return (struct packet){.kind = PACKET_ICMP,
	    .frame = frame,
	    .time = quoted->time * SAMPLE_MS,
	    .ends = {.src = addr_ipv4(router), .dst = sample_addr(quoted->from)},
	    .icmp = {.type = type,
		.code = code,
		.is_error = true,
		.has_ports = true,
		.has_sequence = true,
		.protocol = TRANSPORT_TCP,
		.ends = sample_ends(quoted),
		.tcp = {.seq = quoted->seq}}};
}

/*
 * The toy protocol: a magic ('Q' only a client says, 'A' only a server, 'T' both), one character
 * for the length of the whole message and one for the bytes wanted of it, payload. '0' stands for
 * 0, '9' for 9, ':' for 10, and so on in ASCII. "Q65abc" is a request of 6 bytes, 5 of them wanted.
 */
#define TOY_HEAD 3

/* What the toy dissector was told, in order: "C0-6:Q65ab@1 " for a message of the client at stream
 * offsets 0 to 6 that frame 1 completes, "gap C packets_missing ", "end 2 by 1 @7 doubts 0 0 ". */
static struct text toy_log;

struct toy {
	struct dissector_context context;
	struct exchange *asked[8]; /* without an answer so far, oldest first */
	size_t asked_count;
};

static const struct exchange_type toy_type = {
    .name = "toy", .sentence = "a question and its answer", .size = sizeof(struct exchange)};

static inline bool
toy_is_magic(uint8_t byte)
{
	return byte == 'Q' || byte == 'A' || byte == 'T';
}

static inline enum probe_verdict
toy_probe(const uint8_t *bytes, size_t length, size_t wire)
{
	(void)wire;
	if (length != 0 && !toy_is_magic(bytes[0]))
		return PROBE_NO;
	if (length < TOY_HEAD)
		return PROBE_UNSURE;
	if (bytes[1] < '3' || bytes[2] < '0' || bytes[2] > bytes[1])
		return PROBE_NO;
	if (bytes[0] == 'T')
		return PROBE_YES;
	return bytes[0] == 'Q' ? PROBE_YES_FROM_CLIENT : PROBE_YES_FROM_SERVER;
}

static inline enum framing
toy_frame(const void *state, const uint8_t *bytes, size_t length, struct frame_head *ret)
{
	(void)state;
	if (length != 0 && !toy_is_magic(bytes[0]))
		return FRAMING_LOST;
	if (length < TOY_HEAD)
		return FRAMING_MORE;
	if (toy_probe(bytes, length, length) == PROBE_NO)
		return FRAMING_LOST;
	*ret = (struct frame_head){bytes[1] - '0', bytes[2] - '0'};
	return FRAMING_FOUND;
}

static inline void *
toy_open(const struct dissector_context *context)
{
	struct toy *toy = mem_alloc(1, sizeof(*toy));

	toy->context = *context;
	return toy;
}

static inline void
toy_finish_first(struct toy *toy)
{
	ledger_add(toy->context.ledger, toy->asked[0]);
	toy->asked_count--;
	memmove(toy->asked, toy->asked + 1, toy->asked_count * sizeof(toy->asked[0]));
}

static inline void
toy_message(void *state, const struct message *message)
{
	struct toy *toy = state;

	text_addf(&toy_log, "%c%u-%u:", message->from == CLIENT ? 'C' : 'S',
	    (unsigned)message->start, (unsigned)message->end);
	if (message->captured != 0)
		text_add_bytes(&toy_log, (const char *)message->bytes, message->captured);
	text_addf(&toy_log, "%s@%u ", message->is_cut ? "(cut)" : "", (unsigned)message->frame);
	if (toy == NULL || message->captured == 0 || toy->context.ledger == NULL)
		return;
	if (message->bytes[0] == 'Q' && toy->asked_count < COUNT(toy->asked))
		toy->asked[toy->asked_count++] = exchange_begin(
		    toy->context.arena, &toy_type, toy->context.conversation, message);
	if (message->bytes[0] == 'A' && toy->asked_count != 0) {
		exchange_answer(toy->asked[0], message);
		toy_finish_first(toy);
	}
}

static inline void
toy_gap(void *state, enum side side, enum doubt why)
{
	(void)state;
	text_addf(
	    &toy_log, "gap %c %s ", side == CLIENT ? 'C' : 'S', names_text(&doubt_names, why));
}

static inline void
toy_end(void *state, const struct ending *ending)
{
	struct toy *toy = state;

	text_addf(&toy_log, "end %d by %d @%u doubts %d %d ", ending->outcome, ending->by,
	    (unsigned)ending->frame, ending->doubt[CLIENT], ending->doubt[SERVER]);
	while (toy->asked_count != 0) {
		exchange_end(toy->asked[0], ending);
		toy_finish_first(toy);
	}
}

static inline void
toy_close(void *state)
{
	mem_free(state);
}

static const struct dissector toy_tcp = {
    .name = "toy",
    .transport = TRANSPORT_TCP,
    .probe = toy_probe,
    .frame = toy_frame,
    .open = toy_open,
    .message = toy_message,
    .gap = toy_gap,
    .end = toy_end,
    .close = toy_close,
};

static const struct dissector toy_udp = {
    .name = "toy",
    .transport = TRANSPORT_UDP,
    .ports = {88},
    .probe = toy_probe,
    .open = toy_open,
    .message = toy_message,
    .gap = toy_gap,
    .end = toy_end,
    .close = toy_close,
};

static const struct dissector *const toy_items[] = {&toy_tcp, &toy_udp};

static const struct dissector_list toy_list = {toy_items, COUNT(toy_items)};

/* The log so far; it begins anew. Borrowed until the dissector speaks again. */
static inline const char *
toy_take_log(void)
{
	const char *log = toy_log.length != 0 ? toy_log.chars : "";

	toy_log.length = 0;
	return log;
}

/* The INDEXth of LIST, which must be there. */
static inline struct conversation *
conversation_at(const struct conversation_list *list, size_t index)
{
	struct conversation *one = TAILQ_FIRST(&list->all);

	while (one != NULL && index-- != 0)
		one = TAILQ_NEXT(one, listed);
	ck_assert_ptr_nonnull(one);
	return one;
}

/* The latest conversation between ENDS, or NULL. */
static inline struct conversation *
find_between(const struct conversation_list *list, enum transport transport,
    const struct packet_endpoints *ends)
{
	return conversation_find(list, transport, ends, packet_ends_hash(ends, transport));
}

/* The conversation that PACKET, of TCP, belongs to. */
static inline struct conversation *
of_segment(struct conversation_list *list, const struct packet *packet)
{
	return conversation_of_segment(
	    list, packet, find_between(list, TRANSPORT_TCP, &packet->ends));
}

#endif
