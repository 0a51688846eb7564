#include "analyzer/conversation/pipeline.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/conversation/classify.h"
#include "analyzer/conversation/coverage.h"
#include "analyzer/conversation/duplicates.h"
#include "analyzer/conversation/icmp_reason.h"
#include "analyzer/conversation/unread.h"
#include "analyzer/conversation/server_ttls.h"
#include "analyzer/conversation/operation.h"
#include "analyzer/conversation/resolution.h"
#include "analyzer/conversation/sweep.h"

struct pipeline {
	struct pipeline_options options;
	struct arena *arena;
	struct ledger *ledger;
	struct conversation_list conversations;
	struct conversation_list background; /* UDP: of dissectors that are so; nobody lists them */
	struct quota quota;                  /* of their exchanges */
	struct conversation *first_closing, *last_closing; /* in order of closing */
	int64_t last_time;                                 /* of the latest packet so far */
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

struct pipeline *
pipeline_new(const struct pipeline_options *options, struct arena *arena, struct ledger *ledger)
{
	struct pipeline *pipeline = mem_alloc(1, sizeof(*pipeline));

	pipeline->options = *options;
	pipeline->arena = arena;
	pipeline->ledger = ledger;
	pipeline->first_exchange = ledger->count;
	conversation_list_init(&pipeline->conversations, arena, &options->ports);
	conversation_list_init(&pipeline->background, arena, &options->ports);
	pipeline->conversations.file = pipeline->background.file = options->file;
	pipeline->quota.most = PIPELINE_MOST_NAMES;
	pipeline->duplicates = duplicates_new();
	return pipeline;
}

const struct conversation_list *
pipeline_conversations(const struct pipeline *pipeline)
{
	return &pipeline->conversations;
}

const struct vantage_notes *
pipeline_vantage_notes(const struct pipeline *pipeline)
{
	return &pipeline->notes;
}

/* Fills in what only TCP knows of the exchanges that were just added to the ledger. */
static void
complete_exchanges(struct pipeline *pipeline, struct conversation *conversation, size_t from)
{
	for (size_t i = from; i < pipeline->ledger->count; i++) {
		struct exchange *exchange = pipeline->ledger->items[i];
		const struct stream *stream =
		    assembly_stream(conversation->assembly, exchange->request_from);

		if (exchange->request_frame == 0)
			continue;
		exchange->retransmissions =
		    stream_repeats_of(stream, exchange->request_start, exchange->request_end);
		if (stream->acked >= exchange->request_end)
			exchange->is_delivered = true;
	}
}

static enum ended_by
by_side(enum side side)
{
	return side == CLIENT ? ENDED_BY_CLIENT : ENDED_BY_SERVER;
}

static struct ending
ending_of(
    const struct pipeline *pipeline, const struct conversation *conversation, bool is_replaced)
{
	const struct conversation_facts *facts = &conversation->facts;
	struct ending ending = {
	    .outcome = OUTCOME_UNKNOWN, .by = ENDED_BY_CAPTURE, .time = pipeline->last_time};

	if (facts->close != CLOSE_NONE) {
		ending.outcome = facts->close == CLOSE_RESET ? OUTCOME_RESET : OUTCOME_CLOSED;
		ending.by = facts->closed_by;
		ending.frame = facts->close_frame;
		ending.time = facts->close_time;
	} else if (is_replaced) {
		/* The client has forgotten this connection: it reuses the port. */
		ending.outcome = OUTCOME_UNANSWERED;
		ending.by = ENDED_BY_CLIENT;
	} else if (facts->transport == TRANSPORT_UDP &&
		   pipeline->last_time - facts->last_time >= PIPELINE_UDP_SILENCE) {
		ending.outcome = OUTCOME_UNANSWERED;
		ending.by = ENDED_BY_NOBODY;
	}
	return ending;
}

static void
copy_stream_facts(struct conversation *conversation)
{
	struct conversation_facts *facts = &conversation->facts;

	for (enum side side = CLIENT; side <= SERVER; side++) {
		const struct stream *stream = assembly_stream(conversation->assembly, side);

		facts->missing_bytes[side] = stream->missing_bytes;
		facts->conflicting_bytes[side] = stream->conflicting_bytes;
	}
}

static void
add_handshake(struct pipeline *pipeline, struct conversation *conversation)
{
	const struct conversation_facts *facts = &conversation->facts;
	struct tcp_handshake *made;

	if (!conversation_matters(conversation))
		return;
	made = handshake_exchange(
	    &conversation->handshake, facts, pipeline->last_time, pipeline->arena);
	if (made == NULL)
		return;
	made->is_smb_port = is_smb_port(&pipeline->options.ports, facts->server_port);
	made->is_kerberos_port = facts->server_port == PORT_KERBEROS;
	/* A scanner may reset the SYN-ACK itself. So does a client that heard it too late. */
	made->is_probe = made->exchange.outcome == OUTCOME_ANSWERED &&
			 conversation->is_left_unused &&
			 (made->is_established.value || made->syn_after_syn_ack == 0);
	ledger_add(pipeline->ledger, &made->exchange);
}

static void
add_delivery(
    struct pipeline *pipeline, struct conversation *conversation, struct tcp_delivery *made)
{
	const struct conversation_facts *facts = &conversation->facts;

	if (made == NULL || !conversation_matters(conversation))
		return;
	made->is_smb_port = is_smb_port(&pipeline->options.ports, facts->server_port);
	made->is_kerberos_port = facts->server_port == PORT_KERBEROS;
	ledger_add(pipeline->ledger, &made->exchange);
}

static void
end_deliveries(struct pipeline *pipeline, struct conversation *conversation)
{
	for (enum side side = CLIENT; side <= SERVER; side++)
		add_delivery(pipeline, conversation,
		    delivery_end(&conversation->deliveries[side], side, &conversation->facts,
			pipeline->last_time, pipeline->arena));
}

static void
take_delivery(struct pipeline *pipeline, struct conversation *conversation, enum side sender,
    const struct packet *packet)
{
	enum side peer = other_side(sender);

	add_delivery(pipeline, conversation,
	    delivery_acknowledged(&conversation->deliveries[peer], peer, packet,
		&conversation->facts, pipeline->arena));
	delivery_sent(&conversation->deliveries[sender], packet);
}

static void
drop_assembly(struct conversation *conversation)
{
	if (conversation->assembly != NULL)
		copy_stream_facts(conversation);
	assembly_free(conversation->assembly);
	conversation->assembly = NULL;
}

/* Gives back what is kept while a conversation may go on. */
static void
drop_state(struct conversation *conversation)
{
	drop_assembly(conversation);
	if (conversation->dissector != NULL)
		conversation->dissector->close(conversation->state);
	conversation->dissector = NULL;
	conversation->state = NULL;
}

static void
end_assembly(struct pipeline *pipeline, struct conversation *conversation, struct ending *ending)
{
	size_t before = pipeline->ledger->count;

	assembly_end(conversation->assembly, ending);
	complete_exchanges(pipeline, conversation, before);
}

/* A system sends all packets of a connection with one TTL, and a stable path takes the same from
 * each; a RST that a device on the path made has been on another. */
static bool
has_odd_close(const struct conversation_facts *facts)
{
	uint8_t usual = facts->ttl[facts->closed_by == ENDED_BY_CLIENT ? CLIENT : SERVER];

	return facts->close == CLOSE_RESET && usual != 0 && facts->close_ttl != usual;
}

static void
finish(struct pipeline *pipeline, struct conversation *conversation, bool is_replaced)
{
	struct conversation_facts *facts = &conversation->facts;
	struct ending ending;

	if (conversation->is_finished)
		return;
	conversation->is_finished = true;
	facts->is_one_direction = facts->packets[CLIENT] == 0 || facts->packets[SERVER] == 0;
	facts->is_close_ttl_odd = has_odd_close(facts);
	ending = ending_of(pipeline, conversation, is_replaced);
	if (conversation->assembly != NULL)
		end_assembly(pipeline, conversation, &ending);
	if (conversation->dissector != NULL)
		conversation->dissector->end(conversation->state, &ending);
	drop_state(conversation);
	if (facts->transport == TRANSPORT_TCP)
		add_handshake(pipeline, conversation);
	if (facts->transport == TRANSPORT_TCP && facts->step != STEP_NONE)
		end_deliveries(pipeline, conversation);
}

static void
finish_soon(struct pipeline *pipeline, struct conversation *conversation, int64_t now)
{
	if (conversation->is_closing || conversation->is_finished)
		return;
	conversation->is_closing = true;
	conversation->closing_time = now;
	if (pipeline->last_closing != NULL)
		pipeline->last_closing->next_closing = conversation;
	else
		pipeline->first_closing = conversation;
	pipeline->last_closing = conversation;
}

/* Ends what was closed long enough ago. */
static void
finish_closed(struct pipeline *pipeline, int64_t now)
{
	struct conversation *first;

	while ((first = pipeline->first_closing) != NULL &&
	       now - first->closing_time > PIPELINE_LINGER) {
		pipeline->first_closing = first->next_closing;
		if (pipeline->first_closing == NULL)
			pipeline->last_closing = NULL;
		first->next_closing = NULL;
		first->is_closing = false;
		if (!first->is_reopened)
			finish(pipeline, first, false);
		else if (first->facts.close != CLOSE_NONE)
			finish_soon(pipeline, first, now);
		first->is_reopened = false;
	}
}

static void
count_packet(struct conversation *conversation, enum side sender, const struct packet *packet)
{
	struct conversation_facts *facts = &conversation->facts;

	facts->packets[sender]++;
	facts->bytes[sender] += packet->payload_length;
	facts->last_frame = packet->frame;
	facts->last_time = packet->time;
	if (sender == SERVER)
		conversation->last_server_time = packet->time;
	if (sender == CLIENT && packet->has_link_src && !conversation->has_client_mac) {
		conversation->has_client_mac = true;
		memcpy(conversation->client_mac, packet->link_src, sizeof(packet->link_src));
	}
}

/* Whether PACKET was shown before and says nothing new. Conversations that matter to nobody are not
 * worth the look. */
static bool
is_copy(struct pipeline *pipeline, struct conversation *conversation, enum side sender,
    const struct packet *packet)
{
	if (conversation->is_foreign || !conversation_matters(conversation) ||
	    !duplicates_is_copy(pipeline->duplicates, packet))
		return false;
	conversation->facts.duplicates[sender]++;
	pipeline->duplicate_count++;
	return true;
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
		finish_soon(pipeline, conversation, packet->time);
}

static struct dissector_context
context_of(struct pipeline *pipeline, struct conversation *conversation)
{
	return (struct dissector_context){
	    &conversation->facts, pipeline->arena, pipeline->ledger, &pipeline->quota};
}

static void
begin_assembly(struct pipeline *pipeline, struct conversation *conversation)
{
	conversation->context = context_of(pipeline, conversation);
	conversation->assembly = assembly_new(
	    pipeline->options.dissectors, &conversation->context, conversation->is_service);
	for (enum side side = CLIENT; side <= SERVER; side++) {
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
take_payload(struct pipeline *pipeline, struct conversation *conversation, enum side sender,
    const struct packet *packet)
{
	/* Data on a SYN follows the SYN's own sequence number (RFC 9293 3.4). */
	uint32_t syn = (packet->tcp.flags & TCP_SYN) != 0;
	struct segment segment = {packet->tcp.seq + syn, packet->payload, packet->payload_captured,
	    packet->payload_length, packet->frame, packet->time};
	size_t before = pipeline->ledger->count;

	assembly_segment(conversation->assembly, sender, &segment);
	complete_exchanges(pipeline, conversation, before);
	if (conversation->assembly->is_swapped)
		follow_swap(conversation);
}

static void
keep_sample(struct pipeline *pipeline, struct conversation *conversation, enum side sender,
    const struct packet *packet)
{
	uint32_t length = packet->payload_captured;
	struct payload_sample *sample;

	if (packet->payload_captured == 0 || conversation->samples[sender] != NULL ||
	    !(conversation->is_service || pipeline->options.is_sampling_all) ||
	    conversation->facts.protocol != NULL || pipeline->samples >= PIPELINE_MOST_SAMPLES)
		return;
	if (length > PAYLOAD_SAMPLE_MOST)
		length = PAYLOAD_SAMPLE_MOST;
	sample = arena_alloc(pipeline->arena, sizeof(*sample) + length);
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
	if (packet->payload_length != 0)
		take_payload(pipeline, conversation, sender, packet);
	if (conversation->assembly->is_foreign) {
		conversation->is_foreign = true;
		drop_assembly(conversation);
		return;
	}
	sender = conversation_sender(conversation, &packet->ends);
	if ((packet->tcp.flags & TCP_ACK) != 0)
		stream_acknowledged(assembly_stream(conversation->assembly, other_side(sender)),
		    packet->tcp.ack, packet->frame, packet->time);
	before = pipeline->ledger->count;
	assembly_settle(conversation->assembly);
	complete_exchanges(pipeline, conversation, before);
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

static void
take_segment(struct pipeline *pipeline, const struct packet *packet)
{
	struct conversation *replaced;
	struct conversation *conversation =
	    conversation_of_segment(&pipeline->conversations, packet, &replaced);
	enum side sender = conversation_sender(conversation, &packet->ends);

	if (replaced != NULL)
		finish(pipeline, replaced, true);
	count_packet(conversation, sender, packet);
	if (is_copy(pipeline, conversation, sender, packet))
		return;
	count_retransmission(conversation, sender, packet);
	note_ttl(conversation, sender, packet);
	note_server_ttl(pipeline, conversation, sender, packet);
	take_handshake(conversation, sender, packet);
	vantage_packet(&conversation->watch, sender, packet);
	take_delivery(pipeline, conversation, sender, packet);
	keep_sample(pipeline, conversation, sender, packet);
	feed_assembly(pipeline, conversation, sender, packet);
	take_end(pipeline, conversation, conversation_sender(conversation, &packet->ends), packet);
}

/* A request over UDP that an ICMP error quotes is over, and with it those before it; the client may
 * ask again. */
static void
reject_datagrams(struct conversation *conversation, const struct packet *packet)
{
	const struct ending ending = {.outcome = OUTCOME_RESET,
	    .by = ENDED_BY_NETWORK,
	    .frame = packet->frame,
	    .time = packet->time};

	if (conversation->dissector != NULL &&
	    icmp_reason(packet->ends.src.family, packet->icmp.type, packet->icmp.code) !=
		ICMP_REASON_NONE)
		conversation->dissector->end(conversation->state, &ending);
}

/* An ICMP error says why a SYN or a datagram got no answer. One that quotes a whole TCP header
 * has, in Wireshark, a stream of its own when there is none yet. */
static void
take_icmp(struct pipeline *pipeline, const struct packet *packet)
{
	const struct icmp_quote *quote = &packet->icmp;
	enum transport transport = quote->protocol == TRANSPORT_UDP ? TRANSPORT_UDP : TRANSPORT_TCP;
	struct conversation *conversation;

	if (!quote->is_error || quote->protocol != transport || !quote->has_ports)
		return;
	conversation = conversation_find(&pipeline->conversations, transport, &quote->ends);
	if (conversation == NULL && quote->has_whole_tcp_header) {
		conversation =
		    conversation_add(&pipeline->conversations, TRANSPORT_TCP, &quote->ends,
			conversation_guess_sender(&pipeline->conversations, &quote->ends), packet);
		conversation->facts.is_begun_before = true;
	}
	if (conversation == NULL || conversation_sender(conversation, &quote->ends) != CLIENT)
		return;
	if (transport == TRANSPORT_UDP)
		reject_datagrams(conversation, packet);
	else
		handshake_icmp(&conversation->handshake, packet);
}

/* The dissector that the ports of PACKET are for, or NULL. */
static const struct dissector *
datagram_dissector(const struct pipeline *pipeline, const struct packet *packet)
{
	const struct dissector_list *list = pipeline->options.dissectors;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->transport == TRANSPORT_UDP &&
		    dissector_is_on_port(
			list->items[i], packet->ends.src_port, packet->ends.dst_port))
			return list->items[i];
	return NULL;
}

static enum probe_verdict
probe_datagram(const struct dissector *dissector, const struct packet *packet)
{
	return dissector->probe(packet->payload, packet->payload_captured, packet->payload_length);
}

static void
attach(
    struct pipeline *pipeline, struct conversation *conversation, const struct dissector *dissector)
{
	conversation->dissector = dissector;
	conversation->context = context_of(pipeline, conversation);
	conversation->facts.protocol = dissector->name;
	conversation->facts.is_background = dissector->is_background;
	conversation->state = dissector->open(&conversation->context);
}

static void
take_message(struct conversation *conversation, enum side sender, const struct packet *packet)
{
	struct message message = {.bytes = packet->payload,
	    .captured = packet->payload_captured,
	    .length = packet->payload_length,
	    .is_cut = packet->payload_captured < packet->payload_length,
	    .from = sender,
	    .frame = packet->frame,
	    .time = packet->time,
	    .first_time = packet->time};

	message.start = conversation->facts.bytes[sender] - packet->payload_length;
	message.end = conversation->facts.bytes[sender];
	conversation->dissector->message(conversation->state, &message);
}

/* What explains others has no ports of its clients, and so one conversation for all of them. */
static void
take_background(
    struct pipeline *pipeline, const struct dissector *dissector, const struct packet *packet)
{
	struct conversation_list *list = &pipeline->background;
	enum probe_verdict verdict = probe_datagram(dissector, packet);
	enum side sender = verdict == PROBE_YES_FROM_SERVER ? SERVER : CLIENT;
	struct packet_endpoints ends = packet->ends;
	struct conversation *conversation;

	if (verdict == PROBE_NO || verdict == PROBE_UNSURE)
		return;
	*(sender == CLIENT ? &ends.src_port : &ends.dst_port) = 0;
	conversation = conversation_find(list, TRANSPORT_UDP, &ends);
	if (conversation == NULL && list->count >= pipeline->quota.most) {
		pipeline->quota.left_out++;
		return;
	}
	if (conversation == NULL) {
		conversation = conversation_add(list, TRANSPORT_UDP, &ends, sender, packet);
		attach(pipeline, conversation, dissector);
	}
	count_packet(conversation, sender, packet);
	take_message(conversation, sender, packet);
}

static void
take_datagram(struct pipeline *pipeline, const struct packet *packet)
{
	struct conversation_list *list = &pipeline->conversations;
	const struct dissector *dissector = datagram_dissector(pipeline, packet);
	struct conversation *conversation;
	enum probe_verdict verdict;
	enum side sender;

	if (dissector == NULL)
		return;
	if (dissector->is_background) {
		take_background(pipeline, dissector, packet);
		return;
	}
	conversation = conversation_find(list, TRANSPORT_UDP, &packet->ends);
	if (conversation == NULL)
		conversation = conversation_add(list, TRANSPORT_UDP, &packet->ends,
		    conversation_guess_sender(list, &packet->ends), packet);
	sender = conversation_sender(conversation, &packet->ends);
	count_packet(conversation, sender, packet);
	if (is_copy(pipeline, conversation, sender, packet))
		return;
	vantage_packet(&conversation->watch, sender, packet);
	if (conversation->dissector == NULL) {
		verdict = probe_datagram(dissector, packet);
		if (verdict == PROBE_NO || verdict == PROBE_UNSURE)
			return;
		attach(pipeline, conversation, dissector);
	}
	take_message(conversation, sender, packet);
}

void
pipeline_packet(struct pipeline *pipeline, const struct packet *packet)
{
	if (packet->time > pipeline->last_time)
		pipeline->last_time = packet->time;
	coverage_packet(&pipeline->coverage, packet);
	finish_closed(pipeline, packet->time);
	switch (packet->kind) {
	case PACKET_TCP:
		unread_packet(&pipeline->unread, packet);
		take_segment(pipeline, packet);
		return;
	case PACKET_UDP:
		unread_packet(&pipeline->unread, packet);
		vantage_note(&pipeline->notes, packet);
		take_datagram(pipeline, packet);
		return;
	case PACKET_ICMP:
		take_icmp(pipeline, packet);
		return;
	case PACKET_ADDRESS:
		vantage_note(&pipeline->notes, packet);
		resolutions_packet(&pipeline->resolutions, packet, pipeline->arena);
		return;
	case PACKET_OTHER:
		return;
	}
}

/* Only the whole capture tells what else its servers sent. */
static void
compare_ttls(struct pipeline *pipeline)
{
	for (size_t i = pipeline->first_exchange; i < pipeline->ledger->count; i++) {
		struct exchange *exchange = pipeline->ledger->items[i];
		const struct server_ttl *ttl;

		if (exchange->type != &tcp_handshake_type)
			continue;
		ttl = server_ttls_find(&pipeline->ttls, &exchange->conversation->server);
		if (ttl != NULL)
			handshake_compare_ttl(
			    (struct tcp_handshake *)exchange, ttl->low, ttl->high, ttl->last);
	}
}

void
pipeline_end(struct pipeline *pipeline, const struct capture_facts *facts)
{
	for (size_t i = 0; i < pipeline->conversations.count; i++)
		finish(pipeline, pipeline->conversations.items[i], false);
	for (size_t i = 0; i < pipeline->background.count; i++)
		finish(pipeline, pipeline->background.items[i], false);
	compare_ttls(pipeline);
	coverage_judge(&pipeline->coverage, &pipeline->conversations, facts, pipeline->ledger,
	    pipeline->first_exchange);
	operations_number(&pipeline->conversations);
	sweeps_find(pipeline->ledger);
	resolutions_end(
	    &pipeline->resolutions, pipeline->options.file, pipeline->last_time, pipeline->ledger);
}

void
pipeline_facts(const struct pipeline *pipeline, struct capture_facts *facts)
{
	facts->tcp_streams = pipeline->conversations.tcp_count;
	facts->quic_packets = unread_quic_packets(&pipeline->unread, &pipeline->conversations);
	facts->duplicates = pipeline->duplicate_count;
	facts->rdma_packets = pipeline->unread.rdma_packets;
	facts->names_left_out = pipeline->quota.left_out;
}

void
pipeline_free(struct pipeline *pipeline)
{
	if (pipeline == NULL)
		return;
	for (size_t i = 0; i < pipeline->conversations.count; i++)
		drop_state(pipeline->conversations.items[i]);
	for (size_t i = 0; i < pipeline->background.count; i++)
		drop_state(pipeline->background.items[i]);
	conversation_list_free(&pipeline->conversations);
	conversation_list_free(&pipeline->background);
	unread_free(&pipeline->unread);
	coverage_free(&pipeline->coverage);
	resolutions_free(&pipeline->resolutions);
	duplicates_free(pipeline->duplicates);
	server_ttls_free(&pipeline->ttls);
	mem_free(pipeline);
}
