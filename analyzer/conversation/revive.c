/* Connections of which there is but a stub: what their next packet makes of them. */
#include <string.h>

#include "analyzer/conversation/pipeline_state.h"

/* Of --max-memory, what each generation of stubs may take. */
#define SHARE_OF_STUBS 32

/* What a stub takes with its places. */
#define STUB_BYTES (sizeof(struct stub) + 2 * sizeof(uint32_t))

void
pipeline_begin_stubs(struct pipeline *pipeline)
{
	size_t most = pipeline->options.max_memory / SHARE_OF_STUBS / STUB_BYTES;

	pipeline->stubs.most =
	    pipeline->options.max_memory == 0 || most > STUBS_MOST ? STUBS_MOST : most;
}

/* A conversation again, under the number that it had. PACKET is its first, or stands for it. */
static struct conversation *
resume(struct pipeline *pipeline, const struct stub *stub, const struct packet *packet)
{
	struct conversation_list *list = &pipeline->conversations;
	uint32_t count = list->tcp_count;
	struct conversation *made = conversation_of_segment(list, packet, NULL);

	made->facts.stream = stub->stream;
	made->is_late = pipeline_is_half_taken(pipeline);
	list->tcp_count = count;
	list->is_in_order = false;
	return made;
}

/* The SYN that STUB stands for is taken in as it would have been when it came. */
static struct conversation *
open_fully(struct pipeline *pipeline, struct stub *stub)
{
	struct packet syn = stub_packet(stub);
	struct conversation *made = resume(pipeline, stub, &syn);

	stub->kind = STUB_GONE;
	pipeline_take_segment(pipeline, made, &syn);
	return made;
}

static struct conversation *
go_on(struct pipeline *pipeline, struct stub *stub, enum side sender, const struct packet *packet)
{
	struct conversation *made = resume(pipeline, stub, packet);
	bool is_same_side = conversation_sender(made, &packet->ends) == sender;

	for (enum side side = CLIENT; side <= SERVER; side++) {
		enum side own = is_same_side ? side : other_side(side);

		if (!stub->has_base_seq[side])
			continue;
		made->base_seq[own] = stub->base_seq[side];
		made->has_base_seq[own] = true;
	}
	stub->kind = STUB_GONE;
	return made;
}

static void
tell(struct pipeline *pipeline, struct stub *stub)
{
	struct conversation *made = open_fully(pipeline, stub);

	made->is_late = false;
	pipeline->told_late++;
	pipeline_finish(pipeline, made);
}

/* Nothing more came of a SYN. As long as there is room it is told like any other. */
static void
end_half_open(struct pipeline *pipeline, struct stub *stub)
{
	const struct tally_attempt attempt = {
	    .time = stub->time, .frame = stub->frame, .is_syn_only = true};
	struct packet_endpoints ends;
	bool is_ours;

	stub_ends(stub, &ends);
	is_ours = is_service(&pipeline->conversations.ports, &ends);
	if (is_ours && pipeline_has_room_for_told(pipeline)) {
		tell(pipeline, stub);
		return;
	}
	if (is_ours)
		tally_add(&pipeline->tally, &ends, &attempt);
	bound_reached(&pipeline->bounds, BOUND_CONVERSATIONS, 1, stub->frame);
}

static void
end_stub(void *state, struct stub *stub)
{
	if (stub->kind == STUB_HALF_OPEN)
		end_half_open(state, stub);
}

/* STUB has to go for others. */
static void
forget_stub(void *state, struct stub *stub)
{
	struct pipeline *pipeline = state;

	bound_reached(&pipeline->bounds, BOUND_STREAMS, 1, pipeline->frame);
	end_stub(pipeline, stub);
}

void
pipeline_leave_stub(struct pipeline *pipeline, const struct conversation *conversation)
{
	const struct packet_endpoints ends = conversation_ends(conversation);
	struct stub *stub;

	if (conversation->facts.transport != TRANSPORT_TCP || conversation->is_replaced)
		return;
	stub = stubs_add(&pipeline->stubs, conversation->is_finished ? STUB_ENDED : STUB_IDLE,
	    &ends, conversation->hash, forget_stub, pipeline);
	stub->stream = conversation->facts.stream;
	memcpy(stub->base_seq, conversation->base_seq, sizeof(stub->base_seq));
	memcpy(stub->has_base_seq, conversation->has_base_seq, sizeof(stub->has_base_seq));
}

/* A SYN waits as a stub for what follows, where many already do. Who watches packets wants to know
 * whose they are. */
static bool
waits(struct pipeline *pipeline, const struct packet *packet)
{
	struct stub *stub;

	if (!stub_holds(packet) || pipeline->options.tap != NULL ||
	    !pipeline_has_half_open(pipeline))
		return false;
	stub = stubs_add(
	    &pipeline->stubs, STUB_HALF_OPEN, &packet->ends, packet->hash, forget_stub, pipeline);
	stub->stream = pipeline->conversations.tcp_count++;
	stub_set_packet(stub, packet);
	return true;
}

bool
pipeline_is_stub(struct pipeline *pipeline, const struct packet *packet, struct conversation **ret)
{
	enum side sender;
	struct stub *stub = stubs_find(&pipeline->stubs, &packet->ends, packet->hash, &sender);

	if (stub != NULL && stub->kind != STUB_HALF_OPEN &&
	    conversation_is_new_attempt(stub->base_seq, stub->has_base_seq, sender, &packet->tcp)) {
		stub->kind = STUB_GONE;
		stub = NULL;
	}
	*ret = NULL;
	if (stub == NULL)
		return waits(pipeline, packet);
	if (stub->kind == STUB_ENDED) {
		conversation_note_base(stub->base_seq, stub->has_base_seq, sender, &packet->tcp);
		return true;
	}
	*ret = stub->kind == STUB_HALF_OPEN ? open_fully(pipeline, stub)
					    : go_on(pipeline, stub, sender, packet);
	return false;
}

bool
pipeline_stays_stub(struct pipeline *pipeline, const struct packet_endpoints *ends, uint64_t hash)
{
	enum side sender;
	struct stub *stub = stubs_find(&pipeline->stubs, ends, hash, &sender);

	if (stub == NULL)
		return false;
	if (stub->kind != STUB_HALF_OPEN)
		return true;
	(void)open_fully(pipeline, stub);
	return false;
}

void
pipeline_end_stubs(struct pipeline *pipeline)
{
	stubs_end(&pipeline->stubs, end_stub, pipeline);
}
