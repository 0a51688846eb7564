#include "analyzer/conversation/pipeline_state.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/conversation/classify.h"
#include "analyzer/conversation/delivery.h"

static enum ended_by
by_side(enum side side)
{
	return side == CLIENT ? ENDED_BY_CLIENT : ENDED_BY_SERVER;
}

static void
take_delivery(struct pipeline *pipeline, struct conversation *conversation, enum side sender,
    const struct packet *packet)
{
	enum side peer = other_side(sender);

	pipeline_add_delivery(pipeline, conversation,
	    delivery_acknowledged(&conversation->deliveries[peer], peer, packet,
		&conversation->facts, &conversation->arena));
	delivery_sent(&conversation->deliveries[sender], packet);
}

/* A RST may come from a device on the path, so it does not count as the side's own. */
static void
note_ttl(struct conversation *conversation, enum side sender, const struct packet *packet)
{
	if (conversation->facts.ttl[sender] == 0 && (packet->tcp.flags & TCP_RST) == 0)
		conversation->facts.ttl[sender] = packet->ttl;
}

/* RFC 9293 3.4: sequence numbers compare modulo 2^32. */
static bool
is_before(uint32_t one, uint32_t other)
{
	return (int32_t)(one - other) < 0;
}

static void
count_retransmission(
    struct conversation *conversation, enum side sender, const struct packet *packet)
{
	/* The SYN itself takes a sequence number. */
	uint32_t syn = (packet->tcp.flags & TCP_SYN) != 0;
	uint32_t end = packet->tcp.seq + syn + packet->payload_length;

	if (packet->payload_length == 0)
		return;
	if (!conversation->has_next_seq[sender] || is_before(conversation->next_seq[sender], end)) {
		conversation->has_next_seq[sender] = true;
		conversation->next_seq[sender] = end;
	} else if (packet->payload_length > 1 || end != conversation->next_seq[sender]) {
		conversation->facts.retransmissions[sender]++;
	}
}

/* The client leaves with the first sequence number after its SYN, and has received none: no byte
 * was sent, not even one that the capture lacks. Some probes answer the SYN-ACK itself with RST. */
static bool
is_leaving_unused(
    const struct conversation *conversation, enum side sender, const struct packet *packet)
{
	const struct conversation_facts *facts = &conversation->facts;

	return sender == CLIENT && facts->bytes[CLIENT] == 0 && facts->bytes[SERVER] == 0 &&
	       packet->tcp.seq == conversation->base_seq[CLIENT] + 1 &&
	       ((packet->tcp.flags & TCP_ACK) == 0 ||
		   packet->tcp.ack == conversation->base_seq[SERVER] + 1);
}

static void
note_close(struct conversation *conversation, enum close_kind kind, enum side sender,
    const struct packet *packet)
{
	struct conversation_facts *facts = &conversation->facts;

	if (facts->close != CLOSE_NONE)
		return;
	facts->close = kind;
	facts->closed_by = by_side(sender);
	facts->close_frame = packet->frame;
	facts->close_time = packet->time;
	conversation->is_left_unused = is_leaving_unused(conversation, sender, packet);
	facts->close_ttl = packet->ttl;
}

static void
pass_fin(struct conversation *conversation, enum side sender)
{
	const struct fin *fin = &conversation->fins[sender];

	if (conversation->assembly != NULL && fin->frame != 0)
		stream_fin(assembly_stream(conversation->assembly, sender), fin->seq, fin->frame,
		    fin->time);
}

/* A client that resets a challenge ACK sends its SYN again later (RFC 9293 3.5.1, figure 9). */
static bool
is_opening(const struct handshake *handshake)
{
	return handshake->syn_count != 0 && handshake->syn_ack_frame == 0 &&
	       !handshake->is_refused && !handshake->is_client_ahead;
}

static void
take_end(struct pipeline *pipeline, struct conversation *conversation, enum side sender,
    const struct packet *packet)
{
	if ((packet->tcp.flags & TCP_RST) != 0)
		note_close(conversation, CLOSE_RESET, sender, packet);
	if ((packet->tcp.flags & TCP_FIN) != 0) {
		note_close(conversation, CLOSE_FIN, sender, packet);
		if (conversation->fins[sender].frame == 0)
			conversation->fins[sender] = (struct fin){
			    packet->frame, packet->time, packet->tcp.seq + packet->payload_length};
		pass_fin(conversation, sender);
	}
	if (((packet->tcp.flags & TCP_RST) != 0 && !is_opening(&conversation->handshake)) ||
	    (conversation->fins[CLIENT].frame != 0 && conversation->fins[SERVER].frame != 0))
		pipeline_finish_soon(pipeline, conversation, packet->time);
	pipeline_finish_complete(pipeline, conversation);
}

static void
begin_assembly(struct pipeline *pipeline, struct conversation *conversation)
{
	conversation->context = pipeline_context(pipeline, conversation);
	conversation->assembly = assembly_new(
	    pipeline->options.dissectors, &conversation->context, conversation->is_service);
	for (enum side side = CLIENT; side <= SERVER; side++) {
		assembly_stream(conversation->assembly, side)->early = &pipeline->early;
		assembly_stream(conversation->assembly, side)->policy =
		    overlap_policy_of(&pipeline->options.overlaps,
			side == CLIENT ? &conversation->facts.server : &conversation->facts.client);
		if (!conversation->facts.is_begun_before && conversation->has_base_seq[side])
			stream_begin(assembly_stream(conversation->assembly, side),
			    conversation->base_seq[side] + 1);
		/* A FIN is no beginning: what was sent before it may come later in the file. */
		if (assembly_stream(conversation->assembly, side)->has_base)
			pass_fin(conversation, side);
	}
}

/* The dissector knows better who is client: what the conversation itself counts follows. */
static void
follow_swap(struct conversation *conversation)
{
	SWAP(uint32_t, conversation->base_seq[CLIENT], conversation->base_seq[SERVER]);
	SWAP(uint32_t, conversation->next_seq[CLIENT], conversation->next_seq[SERVER]);
	SWAP(bool, conversation->has_base_seq[CLIENT], conversation->has_base_seq[SERVER]);
	SWAP(bool, conversation->has_next_seq[CLIENT], conversation->has_next_seq[SERVER]);
	SWAP(uint8_t, conversation->facts.ttl[CLIENT], conversation->facts.ttl[SERVER]);
	SWAP(struct delivery, conversation->deliveries[CLIENT], conversation->deliveries[SERVER]);
	SWAP(struct fin, conversation->fins[CLIENT], conversation->fins[SERVER]);
	SWAP(const struct payload_sample *, conversation->samples[CLIENT],
	    conversation->samples[SERVER]);
	vantage_swap(&conversation->watch);
	conversation->has_client_mac = false;
	conversation->assembly->is_swapped = false;
}

static void
take_payload(struct conversation *conversation, enum side sender, const struct packet *packet)
{
	/* Data on a SYN follows the SYN's own sequence number (RFC 9293 3.4). */
	uint32_t syn = (packet->tcp.flags & TCP_SYN) != 0;
	struct segment segment = {packet->tcp.seq + syn, packet->payload, packet->payload_captured,
	    packet->payload_length, packet->frame, packet->time};
	size_t before = conversation->exchanges.count;

	assembly_segment(conversation->assembly, sender, &segment);
	pipeline_complete_exchanges(conversation, before);
	if (conversation->assembly->is_swapped)
		follow_swap(conversation);
}

/* Once for a connection, at its first payload. */
static void
note_unsampled(
    struct pipeline *pipeline, const struct conversation *conversation, const struct packet *packet)
{
	if (both_sides(conversation->facts.bytes) == packet->payload_length)
		bound_reached(&pipeline->bounds, BOUND_SAMPLES, 1, packet->frame);
}

static void
keep_sample(struct pipeline *pipeline, struct conversation *conversation, enum side sender,
    const struct packet *packet)
{
	uint32_t length = packet->payload_captured;
	struct payload_sample *sample;

	if (packet->payload_captured == 0 || conversation->samples[sender] != NULL ||
	    !(conversation->is_service || pipeline->options.is_sampling_all) ||
	    conversation->facts.protocol != NULL)
		return;
	if (pipeline->samples >= PIPELINE_MOST_SAMPLES) {
		note_unsampled(pipeline, conversation, packet);
		return;
	}
	if (length > PAYLOAD_SAMPLE_MOST)
		length = PAYLOAD_SAMPLE_MOST;
	sample = arena_alloc(&conversation->arena, sizeof(*sample) + length);
	sample->length = length;
	memcpy(sample->bytes, packet->payload, length);
	conversation->samples[sender] = sample;
	pipeline->samples++;
}

/* What the dissector may need of a packet: its payload, its acknowledgement, or just that it went
 * by. */
static void
feed_assembly(struct pipeline *pipeline, struct conversation *conversation, enum side sender,
    const struct packet *packet)
{
	size_t before;

	if (conversation->assembly == NULL && packet->payload_length != 0 &&
	    !conversation->is_foreign && !conversation->is_finished)
		begin_assembly(pipeline, conversation);
	if (conversation->assembly == NULL)
		return;
	before = conversation->exchanges.count;
	if ((packet->tcp.flags & TCP_ACK) != 0)
		assembly_acknowledged(conversation->assembly, other_side(sender), packet->tcp.ack,
		    packet->frame, packet->time);
	pipeline_complete_exchanges(conversation, before);
	if (packet->payload_length != 0)
		take_payload(conversation, sender, packet);
	if (conversation->assembly->is_foreign) {
		conversation->is_foreign = true;
		pipeline_drop_assembly(conversation);
		return;
	}
	before = conversation->exchanges.count;
	assembly_settle(conversation->assembly);
	pipeline_complete_exchanges(conversation, before);
}

/* A connection seen from the middle is up, and so is one whose client goes on. */
static bool
is_connected(const struct handshake *handshake)
{
	return handshake->syn_count == 0 || handshake->syn_ack_frame != 0 ||
	       handshake->is_client_ahead;
}

/* A SYN-ACK came after a RST: the connection begins only now. */
static void
reopen(struct conversation *conversation, const struct packet *packet)
{
	struct conversation_facts *facts = &conversation->facts;

	if (facts->close != CLOSE_RESET || facts->close_time > packet->time ||
	    conversation->is_finished)
		return;
	facts->close = CLOSE_NONE;
	facts->closed_by = ENDED_BY_NOBODY;
	facts->close_frame = 0;
	facts->close_time = 0;
	conversation->is_reopened = conversation->is_closing;
}

static void
take_handshake(struct conversation *conversation, enum side sender, const struct packet *packet)
{
	bool was_opening =
	    is_opening(&conversation->handshake) ||
	    (conversation->handshake.is_refused && conversation->handshake.syn_ack_frame == 0);

	handshake_packet(&conversation->handshake, sender, packet);
	if (was_opening && conversation->handshake.syn_ack_frame != 0) {
		/* Whatever came before it had other numbers. */
		conversation->base_seq[SERVER] = conversation->handshake.server_isn;
		reopen(conversation, packet);
	}
	if (conversation->facts.step == STEP_NONE && is_connected(&conversation->handshake))
		conversation->facts.step = STEP_CONNECTED;
}

/* A server's SYN-ACK and data are its own; a RST can be anybody's on the path. */
static void
note_server_ttl(struct pipeline *pipeline, const struct conversation *conversation,
    enum side sender, const struct packet *packet)
{
	bool is_first_data = packet->payload_length != 0 &&
			     conversation->facts.bytes[SERVER] == packet->payload_length;
	bool is_syn_ack = (packet->tcp.flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);

	if (sender == SERVER && (is_syn_ack || is_first_data) && (packet->tcp.flags & TCP_RST) == 0)
		server_ttls_note(&pipeline->ttls, &packet->ends.src, packet->ttl, pipeline->arena);
}

/* A SYN may be all that ever comes. */
static void
note_half_open(
    struct pipeline *pipeline, struct conversation *conversation, const struct packet *packet)
{
	bool is_half_open = both_sides(conversation->facts.packets) == 1 &&
			    (packet->tcp.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;

	pipeline->half_open += is_half_open;
	pipeline->half_open -= conversation->is_half_open;
	conversation->is_half_open = is_half_open;
}

void
pipeline_take_segment(
    struct pipeline *pipeline, struct conversation *conversation, const struct packet *packet)
{
	enum side sender = conversation_sender(conversation, &packet->ends);

	pipeline_count_packet(conversation, sender, packet);
	note_half_open(pipeline, conversation, packet);
	if (pipeline_is_copy(pipeline, conversation, sender, packet))
		return;
	count_retransmission(conversation, sender, packet);
	note_ttl(conversation, sender, packet);
	note_server_ttl(pipeline, conversation, sender, packet);
	take_handshake(conversation, sender, packet);
	vantage_packet(&conversation->watch, sender, packet);
	take_delivery(pipeline, conversation, sender, packet);
	feed_assembly(pipeline, conversation, sender, packet);
	/* The dissector may have told who is client. */
	sender = conversation_sender(conversation, &packet->ends);
	keep_sample(pipeline, conversation, sender, packet);
	take_end(pipeline, conversation, sender, packet);
}

struct conversation *
pipeline_segment(struct pipeline *pipeline, const struct packet *packet)
{
	struct conversation_list *list = &pipeline->conversations;
	struct conversation *found =
	    conversation_find(list, TRANSPORT_TCP, &packet->ends, packet->hash);
	struct conversation *conversation;

	if (found == NULL && pipeline_is_stub(pipeline, packet, &found))
		return NULL;
	conversation = conversation_of_segment(list, packet, found);
	if (found != NULL && found->is_replaced)
		pipeline_end_conversation(pipeline, found);
	pipeline_take_segment(pipeline, conversation, packet);
	if (!conversation->is_unwanted)
		return conversation;
	pipeline_let_go(pipeline, conversation);
	return NULL;
}
