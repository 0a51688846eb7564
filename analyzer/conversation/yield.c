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

/* What went has a stub, and echoes with whom it may concern. */
static void
note_left_behind(struct pipeline *pipeline)
{
	const struct pipeline_interest *interest = pipeline->options.interest;

	pipeline->left_behind = stubs_memory(&pipeline->stubs) +
				(interest != NULL ? interest->memory(interest->state) : 0);
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
	note_left_behind(pipeline);
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
	       pipeline_room_taken(pipeline) > pipeline->most_memory / 2;
}

/* Somebody has to give way. Of the memory, a quarter is left for those who never do. */
static bool
is_short(const struct pipeline *pipeline)
{
	return pipeline->conversations.count > pipeline->most_conversations ||
	       pipeline_room_taken(pipeline) > pipeline->most_memory / 4 * 3;
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

/* Kinds of failures of which, at once, there are as many examples as of what nothing answered. */
#define KINDS_OF_FAILURES 4

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

/* ---- what ended, and of which something of ours was said ---- */

/* How many that failed alike are kept, of those that may give way. */
struct examples {
	uint64_t kind;
	size_t count;
};

/* Failures of one connection that are told apart. */
#define MOST_KINDS 8

/* What is wanted of one connection. */
struct wants {
	enum want most;
	uint64_t kinds[MOST_KINDS]; /* of what examples are wanted of */
	size_t kind_count;
};

static void
add_kind(struct wants *wants, uint64_t kind)
{
	for (size_t i = 0; i < wants->kind_count; i++)
		if (wants->kinds[i] == kind)
			return;
	if (wants->kind_count == MOST_KINDS)
		wants->most = WANT_ITSELF;
	else
		wants->kinds[wants->kind_count++] = kind;
}

/* What has two readings is told, whatever rules say. */
static void
find_wants(
    const struct pipeline *pipeline, const struct conversation *conversation, struct wants *ret)
{
	const struct pipeline_interest *interest = pipeline->options.interest;
	uint64_t kind;

	*ret = (struct wants){
	    conversation->facts.contested_count != 0 ? WANT_ITSELF : WANT_NOTHING, {0}, 0};
	for (size_t i = 0; i < conversation->exchanges.count && ret->most != WANT_ITSELF; i++) {
		enum want want =
		    interest->want(interest->state, conversation->exchanges.items[i], &kind);

		if (want > ret->most)
			ret->most = want;
		if (want == WANT_EXAMPLES)
			add_kind(ret, kind);
	}
}

static bool
is_of_kind(const void *entry, const void *kind)
{
	return ((const struct examples *)entry)->kind == *(const uint64_t *)kind;
}

static struct examples *
examples_of(struct pipeline *pipeline, uint64_t kind)
{
	struct examples *examples = table_find(&pipeline->examples, kind, is_of_kind, &kind);

	if (examples != NULL)
		return examples;
	examples = ARENA_NEW(pipeline->arena, struct examples);
	examples->kind = kind;
	table_add(&pipeline->examples, kind, examples);
	return examples;
}

/* Whether there are enough examples of all that WANTS ask for, this one not needed. Where there is
 * room each is one more. */
static bool
has_examples(struct pipeline *pipeline, const struct wants *wants)
{
	struct examples *kinds[MOST_KINDS];
	bool is_enough = is_short(pipeline);

	for (size_t i = 0; i < wants->kind_count; i++) {
		kinds[i] = examples_of(pipeline, wants->kinds[i]);
		is_enough &= kinds[i]->count >= share_of_examples(pipeline) / KINDS_OF_FAILURES;
	}
	for (size_t i = 0; i < wants->kind_count && !is_enough; i++)
		kinds[i]->count++;
	return is_enough;
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
	struct wants wants;

	if (!pipeline_may_give_up_told(pipeline, conversation))
		return false;
	ledger_settle(&conversation->exchanges);
	find_wants(pipeline, conversation, &wants);
	if (wants.most == WANT_ITSELF ||
	    (wants.most == WANT_EXAMPLES && !has_examples(pipeline, &wants)))
		return false;
	interest->let_go(
	    interest->state, conversation->exchanges.items, conversation->exchanges.count);
	conversation_forget(conversation);
	give_up(pipeline, conversation,
	    wants.most == WANT_NOTHING ? BOUND_UNREMARKABLE : BOUND_FAILURES,
	    conversation->facts.first_frame);
	return true;
}
