/*
 * Which conversations give way to others when there are too many: those in which nothing of ours
 * was said, the longest idle first, and those that ended with nothing that anybody asks for. A stub
 * stays of each.
 *
 * Half of the room is taken by those that came first, which stay, as examples of what a flood is
 * and as what there was before it. The rest of the room is for all that come later.
 */
#include <assert.h>

#include "analyzer/conversation/pipeline_state.h"

/* What a conversation takes on average, the exchange that tells of it and what is made of that in
 * the end included; measured with floods of each kind. */
#define CONVERSATION_BYTES 6144

static enum yield
yield_of(const struct conversation *conversation)
{
	if (conversation->is_told || conversation->facts.protocol != NULL)
		return YIELDS_NEVER;
	return conversation->is_service ? YIELDS_LAST : YIELDS_FIRST;
}

static void
leave_queue(struct pipeline *pipeline, struct conversation *conversation)
{
	if (conversation->yields != YIELDS_NEVER)
		TAILQ_REMOVE(&pipeline->yielding[conversation->yields], conversation, yielding);
	conversation->yields = YIELDS_NEVER;
}

/* CONVERSATION is only counted, which BOUND tells with FRAME. */
static void
give_up(
    struct pipeline *pipeline, struct conversation *conversation, enum bound bound, uint64_t frame)
{
	const struct conversation_facts *facts = &conversation->facts;
	const struct handshake *handshake = &conversation->handshake;
	const struct packet_endpoints ends = conversation_ends(conversation);
	const struct tally_attempt attempt = {.time = handshake->first_syn_time,
	    .frame = handshake->first_syn_frame,
	    .is_answered = handshake->syn_ack_frame != 0,
	    .is_refused = handshake->is_refused || handshake->is_icmp_rejected,
	    .is_syn_only = facts->packets[SERVER] == 0 && !handshake->is_client_ahead};

	/* What the capture has no SYN of is no attempt. */
	if (conversation->is_service && handshake->syn_count != 0)
		tally_add(&pipeline->tally, &ends, &attempt);
	bound_reached(&pipeline->bounds, bound, 1, frame);
	conversation->is_unwanted = true;
}

void
pipeline_let_go(struct pipeline *pipeline, struct conversation *conversation)
{
	pipeline_leave_stub(pipeline, conversation);
	pipeline->half_open -= conversation->is_half_open;
	leave_queue(pipeline, conversation);
	pipeline_finish_not_yet(pipeline, conversation);
	pipeline_drop_state(conversation);
	conversation_let_go(&pipeline->conversations, conversation);
}

void
pipeline_begin_yielding(struct pipeline *pipeline)
{
	for (enum yield yield = YIELDS_FIRST; yield < YIELDS_COUNT; yield++)
		TAILQ_INIT(&pipeline->yielding[yield]);
	pipeline->most_conversations = pipeline->options.max_memory != 0
					   ? pipeline->options.max_memory / CONVERSATION_BYTES
					   : SIZE_MAX;
}

bool
pipeline_is_half_taken(const struct pipeline *pipeline)
{
	return pipeline->conversations.count > pipeline->most_conversations / 2 ||
	       pipeline_memory(pipeline) > pipeline->most_memory / 2;
}

/* Somebody has to give way. Of the memory, a quarter is left for those who never do. */
static bool
is_short(const struct pipeline *pipeline)
{
	return pipeline->conversations.count > pipeline->most_conversations ||
	       pipeline_memory(pipeline) > pipeline->most_memory / 4 * 3;
}

/* Of those that give way, or NULL. What has been told of since it was queued does not any more. */
static struct conversation *
longest_idle(struct pipeline *pipeline, enum yield yield)
{
	struct conversation *idle;

	while ((idle = TAILQ_FIRST(&pipeline->yielding[yield])) != NULL &&
	       yield_of(idle) == YIELDS_NEVER)
		leave_queue(pipeline, idle);
	return idle;
}

/* Those that were closed lose nothing but packets that come very late; of the others the longest
 * idle gives way to NEWEST. */
static void
make_room(struct pipeline *pipeline, const struct conversation *newest, uint64_t frame)
{
	struct conversation *idle;

	if (is_short(pipeline))
		pipeline_finish_first(pipeline);
	for (enum yield yield = YIELDS_FIRST; yield < YIELDS_COUNT && is_short(pipeline); yield++) {
		idle = longest_idle(pipeline, yield);
		if (idle != NULL && idle != newest) {
			assert(yield_of(idle) != YIELDS_NEVER);
			give_up(pipeline, idle, BOUND_CONVERSATIONS, frame);
			pipeline_let_go(pipeline, idle);
		}
	}
}

void
pipeline_note_activity(struct pipeline *pipeline, struct conversation *conversation, uint64_t frame)
{
	if (!pipeline_is_half_taken(pipeline))
		return;
	if (conversation->facts.first_frame == frame)
		conversation->is_late = true;
	leave_queue(pipeline, conversation);
	if (conversation->is_late)
		conversation->yields = yield_of(conversation);
	if (conversation->yields != YIELDS_NEVER)
		TAILQ_INSERT_TAIL(
		    &pipeline->yielding[conversation->yields], conversation, yielding);
	make_room(pipeline, conversation, frame);
}

/* Of the room, what is enough for examples of a kind: some thousands. */
static size_t
share_of_examples(const struct pipeline *pipeline)
{
	return pipeline->most_conversations / 16;
}

bool
pipeline_has_half_open(const struct pipeline *pipeline)
{
	return pipeline->half_open > share_of_examples(pipeline);
}

bool
pipeline_has_room_for_told(const struct pipeline *pipeline)
{
	return pipeline->told_late < share_of_examples(pipeline);
}

bool
pipeline_gives_up_silent(struct pipeline *pipeline, struct conversation *conversation)
{
	if (!conversation->is_late || yield_of(conversation) == YIELDS_NEVER ||
	    !conversation->is_service)
		return false;
	if (pipeline_has_room_for_told(pipeline)) {
		pipeline->told_late++;
		return false;
	}
	give_up(pipeline, conversation, BOUND_CONVERSATIONS, conversation->facts.last_frame);
	return true;
}

/* What has two readings is told, whatever rules say. */
static bool
is_wanted(const struct pipeline *pipeline, const struct conversation *conversation)
{
	const struct pipeline_interest *interest = pipeline->options.interest;

	if (conversation->facts.contested_count != 0)
		return true;
	for (size_t i = 0; i < conversation->exchanges.count; i++)
		if (interest->is_wanted(interest->state, conversation->exchanges.items[i]))
			return true;
	return false;
}

/* What is in the background is one for each pair of hosts, and no list has it anyhow. */
bool
pipeline_may_give_up_told(const struct pipeline *pipeline, const struct conversation *conversation)
{
	const struct pipeline_interest *interest = pipeline->options.interest;

	return interest != NULL && !conversation->facts.is_background &&
	       (conversation->is_late || interest->is_for_all);
}

bool
pipeline_gives_up_told(struct pipeline *pipeline, struct conversation *conversation)
{
	const struct pipeline_interest *interest = pipeline->options.interest;

	if (!pipeline_may_give_up_told(pipeline, conversation))
		return false;
	ledger_settle(&conversation->exchanges);
	if (is_wanted(pipeline, conversation))
		return false;
	for (size_t i = 0; i < conversation->exchanges.count; i++)
		interest->let_go(interest->state, conversation->exchanges.items[i]);
	conversation_forget(conversation);
	give_up(pipeline, conversation, BOUND_UNREMARKABLE, conversation->facts.first_frame);
	return true;
}
