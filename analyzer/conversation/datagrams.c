#include "analyzer/conversation/pipeline_state.h"

#include "analyzer/conversation/icmp_reason.h"

/* A request over UDP that an ICMP error quotes is over, and with it those before it; the client may
 * ask again. */
void
pipeline_reject_datagrams(struct conversation *conversation, const struct packet *packet)
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
	conversation->facts.protocol = dissector->name;
	conversation->facts.is_background = dissector->is_background;
	conversation->context = pipeline_context(pipeline, conversation);
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
static struct conversation *
take_background(
    struct pipeline *pipeline, const struct dissector *dissector, const struct packet *packet)
{
	struct conversation_list *list = &pipeline->background;
	enum probe_verdict verdict = probe_datagram(dissector, packet);
	enum side sender = verdict == PROBE_YES_FROM_SERVER ? SERVER : CLIENT;
	struct packet_endpoints ends = packet->ends;
	struct conversation *conversation;
	uint64_t hash;

	*(sender == CLIENT ? &ends.src_port : &ends.dst_port) = 0;
	if (verdict == PROBE_NO || verdict == PROBE_UNSURE ||
	    !dissector_is_on_port(dissector, ends.src_port, ends.dst_port))
		return NULL;
	hash = packet_ends_hash(&ends, TRANSPORT_UDP);
	conversation = conversation_find(list, TRANSPORT_UDP, &ends, hash);
	if (conversation == NULL && list->count >= pipeline->quota.most) {
		pipeline->quota.left_out++;
		return NULL;
	}
	if (conversation == NULL) {
		conversation = conversation_add(list, TRANSPORT_UDP, &ends, hash, sender, packet);
		attach(pipeline, conversation, dissector);
	}
	pipeline_count_packet(conversation, sender, packet);
	take_message(conversation, sender, packet);
	return conversation;
}

static void
take_datagram(struct pipeline *pipeline, struct conversation *conversation,
    const struct dissector *dissector, const struct packet *packet)
{
	enum side sender = conversation_sender(conversation, &packet->ends);
	enum probe_verdict verdict;

	pipeline_count_packet(conversation, sender, packet);
	if (pipeline_is_copy(pipeline, conversation, sender, packet))
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

/* Nothing says that a conversation over UDP is over. One that may be let go, and in which all is
 * answered, is taken for that once nothing more came for a while. */
static void
end_answered(struct pipeline *pipeline, struct conversation *conversation)
{
	const struct ledger *exchanges = &conversation->exchanges;

	if (!pipeline_may_give_up_told(pipeline, conversation))
		return;
	pipeline_finish_not_yet(pipeline, conversation);
	if (conversation->facts.packets[CLIENT] == exchanges->count &&
	    conversation->facts.packets[SERVER] == exchanges->count)
		pipeline_finish_soon(pipeline, conversation, conversation->facts.last_time);
}

struct conversation *
pipeline_datagram(struct pipeline *pipeline, const struct packet *packet)
{
	struct conversation_list *list = &pipeline->conversations;
	const struct dissector *dissector = datagram_dissector(pipeline, packet);
	struct conversation *conversation;

	if (dissector == NULL)
		return NULL;
	if (dissector->is_background)
		return take_background(pipeline, dissector, packet);
	conversation = conversation_find(list, TRANSPORT_UDP, &packet->ends, packet->hash);
	if (conversation != NULL && conversation->is_finished) {
		conversation_unlist(list, conversation);
		conversation = NULL;
	}
	if (conversation == NULL)
		conversation = conversation_add(list, TRANSPORT_UDP, &packet->ends, packet->hash,
		    conversation_guess_sender(list, &packet->ends), packet);
	take_datagram(pipeline, conversation, dissector, packet);
	end_answered(pipeline, conversation);
	return conversation;
}
