#include "analyzer/conversation/pipeline_state.h"

#include "analyzer/conversation/delivery.h"

void
pipeline_complete_exchanges(struct conversation *conversation, size_t from)
{
	for (size_t i = from; i < conversation->exchanges.count; i++) {
		struct exchange *exchange = conversation->exchanges.items[i];
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

static struct ending
ending_of(const struct pipeline *pipeline, const struct conversation *conversation)
{
	const struct conversation_facts *facts = &conversation->facts;
	struct ending ending = {
	    .outcome = OUTCOME_UNKNOWN, .by = ENDED_BY_CAPTURE, .time = pipeline->last_time};

	if (facts->close != CLOSE_NONE) {
		ending.outcome = facts->close == CLOSE_RESET ? OUTCOME_RESET : OUTCOME_CLOSED;
		ending.by = facts->closed_by;
		ending.frame = facts->close_frame;
		ending.time = facts->close_time;
	} else if (conversation->is_replaced) {
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

static struct overlap_facts
overlap_of(const struct stream *stream, enum side side, const struct conflict *conflict)
{
	const struct overlap_policy *policy = stream->policy ? stream->policy : OVERLAP_DEFAULT;

	return (struct overlap_facts){.from = side,
	    .bytes = conflict->differing,
	    .first_frame = conflict->first_frame,
	    .second_frame = conflict->second_frame,
	    .read = conflict->is_second_read ? COPY_SECOND : COPY_FIRST,
	    .policy = conflict->is_by_policy ? policy->name : NULL};
}

static void
copy_overlaps(struct conversation *conversation)
{
	struct overlap_facts overlaps[2 * CONFLICTS_KEPT];
	size_t count = 0;

	for (enum side side = CLIENT; side <= SERVER; side++) {
		const struct stream *stream = assembly_stream(conversation->assembly, side);

		for (size_t i = 0; stream->conflicts != NULL && i < stream->conflicts->count; i++)
			overlaps[count++] = overlap_of(stream, side, &stream->conflicts->items[i]);
	}
	if (count == 0)
		return;
	conversation->facts.overlaps =
	    arena_copy(conversation->context.arena, overlaps, count * sizeof(overlaps[0]));
	conversation->facts.overlap_count = count;
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
	copy_overlaps(conversation);
}

static void
add_handshake(struct pipeline *pipeline, struct conversation *conversation)
{
	const struct conversation_facts *facts = &conversation->facts;
	struct tcp_handshake *made;

	if (!conversation_matters(conversation))
		return;
	made = handshake_exchange(
	    &conversation->handshake, facts, pipeline->last_time, &conversation->arena);
	if (made == NULL)
		return;
	made->is_smb_port = is_smb_port(&pipeline->options.ports, facts->server_port);
	made->is_kerberos_port = facts->server_port == PORT_KERBEROS;
	/* A scanner may reset the SYN-ACK itself. So does a client that heard it too late. */
	made->is_probe = made->exchange.outcome == OUTCOME_ANSWERED &&
			 conversation->is_left_unused &&
			 (made->is_established.value || made->syn_after_syn_ack == 0);
	conversation->is_told = true;
	ledger_add(&conversation->exchanges, &made->exchange);
}

void
pipeline_add_delivery(
    struct pipeline *pipeline, struct conversation *conversation, struct tcp_delivery *made)
{
	const struct conversation_facts *facts = &conversation->facts;

	if (made == NULL || !conversation_matters(conversation))
		return;
	made->is_smb_port = is_smb_port(&pipeline->options.ports, facts->server_port);
	made->is_kerberos_port = facts->server_port == PORT_KERBEROS;
	conversation->is_told = true;
	/* A late one of what has ended is no news of what nobody wants. */
	if (!conversation->is_unwanted)
		ledger_add(conversation->is_finished ? pipeline->ledger : &conversation->exchanges,
		    &made->exchange);
}

static void
end_deliveries(struct pipeline *pipeline, struct conversation *conversation)
{
	for (enum side side = CLIENT; side <= SERVER; side++)
		pipeline_add_delivery(pipeline, conversation,
		    delivery_end(&conversation->deliveries[side], side, &conversation->facts,
			pipeline->last_time, &conversation->arena));
}

void
pipeline_drop_assembly(struct conversation *conversation)
{
	if (conversation->assembly != NULL)
		copy_stream_facts(conversation);
	assembly_free(conversation->assembly);
	conversation->assembly = NULL;
}

/* Gives back what is kept while a conversation may go on. */
void
pipeline_drop_state(struct conversation *conversation)
{
	pipeline_drop_assembly(conversation);
	if (conversation->dissector != NULL)
		conversation->dissector->close(conversation->state);
	conversation->dissector = NULL;
	conversation->state = NULL;
}

static void
end_assembly(struct conversation *conversation, struct ending *ending)
{
	size_t before = conversation->exchanges.count;

	assembly_end(conversation->assembly, ending);
	pipeline_complete_exchanges(conversation, before);
}

/* A system sends all packets of a connection with one TTL, and a stable path takes the same from
 * each; a RST that a device on the path made has been on another. */
static bool
has_odd_close(const struct conversation_facts *facts)
{
	uint8_t usual = facts->ttl[facts->closed_by == ENDED_BY_CLIENT ? CLIENT : SERVER];

	return facts->close == CLOSE_RESET && usual != 0 && facts->close_ttl != usual;
}

void
pipeline_finish(struct pipeline *pipeline, struct conversation *conversation)
{
	struct conversation_facts *facts = &conversation->facts;
	struct ending ending;

	if (conversation->is_finished)
		return;
	facts->is_one_direction = facts->packets[CLIENT] == 0 || facts->packets[SERVER] == 0;
	facts->is_close_ttl_odd = has_odd_close(facts);
	ending = ending_of(pipeline, conversation);
	if (conversation->assembly != NULL)
		end_assembly(conversation, &ending);
	if (conversation->dissector != NULL)
		conversation->dissector->end(conversation->state, &ending);
	pipeline_drop_state(conversation);
	if (facts->transport == TRANSPORT_TCP && facts->step != STEP_NONE)
		end_deliveries(pipeline, conversation);
	conversation->is_finished = true;
	if (pipeline_gives_up_silent(pipeline, conversation))
		return;
	if (facts->transport == TRANSPORT_TCP)
		add_handshake(pipeline, conversation);
	if (!pipeline_gives_up_told(pipeline, conversation))
		ledger_take(pipeline->ledger, &conversation->exchanges);
}

void
pipeline_end_conversation(struct pipeline *pipeline, struct conversation *conversation)
{
	pipeline_finish(pipeline, conversation);
	if (conversation->is_unwanted)
		pipeline_let_go(pipeline, conversation);
}

/* SIDE has sent all that it ever will, the file has shown it, and it was acknowledged. */
static bool
is_side_complete(const struct conversation *conversation, enum side side)
{
	const struct stream *stream = assembly_stream(conversation->assembly, side);

	return stream->has_fin && stream->next == stream->fin && stream->acked >= stream->fin;
}

void
pipeline_finish_complete(struct pipeline *pipeline, struct conversation *conversation)
{
	if (conversation->is_closing && conversation->assembly != NULL &&
	    is_side_complete(conversation, CLIENT) && is_side_complete(conversation, SERVER))
		pipeline_finish(pipeline, conversation);
}

void
pipeline_finish_soon(struct pipeline *pipeline, struct conversation *conversation, int64_t now)
{
	if (conversation->is_closing || conversation->is_finished)
		return;
	conversation->is_closing = true;
	conversation->closing_time = now;
	TAILQ_INSERT_TAIL(&pipeline->closing, conversation, closing);
}

void
pipeline_finish_not_yet(struct pipeline *pipeline, struct conversation *conversation)
{
	if (conversation->is_closing)
		TAILQ_REMOVE(&pipeline->closing, conversation, closing);
	conversation->is_closing = false;
}

/* FIRST was closed before the others, and is to be finished unless it was reopened. */
static void
finish_closed(struct pipeline *pipeline, struct conversation *first)
{
	bool is_reopened = first->is_reopened;

	pipeline_finish_not_yet(pipeline, first);
	first->is_reopened = false;
	if (!is_reopened)
		pipeline_end_conversation(pipeline, first);
	else if (first->facts.close != CLOSE_NONE)
		pipeline_finish_soon(pipeline, first, pipeline->last_time);
}

void
pipeline_finish_first(struct pipeline *pipeline)
{
	struct conversation *first = TAILQ_FIRST(&pipeline->closing);

	if (first != NULL)
		finish_closed(pipeline, first);
}

/* Ends what was closed long enough ago. */
void
pipeline_finish_closed(struct pipeline *pipeline, int64_t now)
{
	struct conversation *first;

	while ((first = TAILQ_FIRST(&pipeline->closing)) != NULL &&
	       now - first->closing_time > PIPELINE_LINGER)
		finish_closed(pipeline, first);
}
