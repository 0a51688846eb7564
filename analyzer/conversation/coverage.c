#include "analyzer/conversation/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/conversation/delivery.h"
#include "analyzer/conversation/handshake.h"
#include "analyzer/conversation/pipeline.h"

static struct interface_watch *
watch_of(struct coverage *coverage, uint32_t interface)
{
	while (coverage->interface_count <= interface) {
		coverage->interfaces = mem_grow(coverage->interfaces, coverage->interface_count,
		    &coverage->interface_capacity, sizeof(*coverage->interfaces));
		coverage->interfaces[coverage->interface_count++] = (struct interface_watch){0};
	}
	return &coverage->interfaces[interface];
}

static void
note_step(struct coverage *coverage, struct interface_watch *watch, const struct packet *packet)
{
	if (coverage->step_count == COVERAGE_MOST_STEPS)
		return;
	if (coverage->steps == NULL)
		coverage->steps = mem_alloc(COVERAGE_MOST_STEPS, sizeof(*coverage->steps));
	coverage->steps[coverage->step_count++] =
	    (struct clock_step){packet->frame, packet->interface};
	watch->begin = watch->end = packet->time;
}

void
coverage_packet(struct coverage *coverage, const struct packet *packet)
{
	struct interface_watch *watch = packet->interface < coverage->interface_count
					    ? &coverage->interfaces[packet->interface]
					    : watch_of(coverage, packet->interface);

	if (watch->has_time && watch->last_time - packet->time >= CLOCK_STEP)
		note_step(coverage, watch, packet);
	if (!watch->has_time)
		watch->begin = watch->end = packet->time;
	if (packet->time > watch->end)
		watch->end = packet->time;
	watch->last_time = packet->time;
	watch->has_time = true;
}

/* Of connections that were up, whether what servers say is in the file. */
static void
count_sides(struct coverage *coverage, const struct conversation_list *conversations)
{
	const struct conversation *one;

	TAILQ_FOREACH (one, &conversations->all, listed) {
		const struct conversation_facts *facts = &one->facts;
		struct interface_watch *watch = watch_of(coverage, facts->interface);

		if (facts->transport != TRANSPORT_TCP || facts->step == STEP_NONE)
			continue;
		if (facts->packets[SERVER] == 0)
			watch->one_sided++;
		else if (facts->packets[CLIENT] != 0)
			watch->two_sided++;
	}
}

/* The latest end first, of several the one that began last. */
static int
compare_ends(const void *left, const void *right)
{
	const struct interface_watch *one = *(struct interface_watch *const *)left;
	const struct interface_watch *other = *(struct interface_watch *const *)right;

	if (one->end != other->end)
		return COMPARE(other->end, one->end);
	return one->begin != other->begin ? COMPARE(other->begin, one->begin) : COMPARE(one, other);
}

/* The latest begin first, of several the one that ended last. */
static int
compare_begins(const void *left, const void *right)
{
	const struct interface_watch *one = *(struct interface_watch *const *)left;
	const struct interface_watch *other = *(struct interface_watch *const *)right;

	if (one->begin != other->begin)
		return COMPARE(other->begin, one->begin);
	return one->end != other->end ? COMPARE(other->end, one->end) : COMPARE(one, other);
}

/*
 * From the last end to the first: what begins no earlier than ONE ends is then settled. NEXT are
 * those in the window behind that end, of which each ends earlier than the one before it and began
 * earlier too: the others can not be the furthest that is reached from here, or from further back.
 */
static void
join_in_order(struct interface_watch **by_end, struct interface_watch **by_begin,
    struct interface_watch **next, size_t count)
{
	size_t first = 0, last = 0, begun = 0;

	for (size_t i = 0; i < count; i++) {
		struct interface_watch *one = by_end[i];

		for (; by_begin[begun] != one && by_begin[begun]->begin >= one->end; begun++) {
			while (last != first && next[last - 1]->end <= by_begin[begun]->end)
				last--;
			next[last++] = by_begin[begun];
		}
		while (first != last && next[first]->begin - one->end > HANDSHAKE_SILENCE)
			first++;
		if (first != last && next[first]->end > one->end)
			one->end = next[first]->end;
	}
}

/* A ring of files, or files one after the other, have a new interface wherever one begins: what
 * begins when another has just ended continues it. */
static void
join_interfaces(struct coverage *coverage)
{
	struct interface_watch **all = mem_alloc(3 * coverage->interface_count + 1, sizeof(*all));
	struct interface_watch **by_begin = all + coverage->interface_count;
	size_t count = 0;

	for (size_t i = 0; i < coverage->interface_count; i++)
		if (coverage->interfaces[i].has_time)
			all[count++] = &coverage->interfaces[i];
	memcpy(by_begin, all, count * sizeof(*all));
	qsort(all, count, sizeof(*all), compare_ends);
	qsort(by_begin, count, sizeof(*all), compare_begins);
	join_in_order(all, by_begin, by_begin + coverage->interface_count, count);
	mem_free(all);
}

static void
withdraw(struct exchange *exchange, enum doubt doubt)
{
	exchange->outcome = OUTCOME_UNKNOWN;
	exchange->doubt = doubt;
}

/* Answers that the capture would have had to miss. */
static uint64_t
answers_missing(const struct exchange *exchange)
{
	return (uint64_t)exchange->retransmissions + 1;
}

/* Only TCP itself and UDP can be silent without a later packet proving it: what SMB leaves
 * unanswered is seen from the acknowledgements. */
static bool
is_silence_alone(const struct exchange *exchange)
{
	return exchange->outcome == OUTCOME_UNANSWERED &&
	       (exchange->type == &tcp_handshake_type || exchange->type == &tcp_delivery_type ||
		   exchange->conversation->transport == TRANSPORT_UDP);
}

/* How long an interface must go on for the silence about EXCHANGE to count. */
static int64_t
wanted_silence(const struct exchange *exchange)
{
	if (exchange->conversation->transport == TRANSPORT_UDP)
		return PIPELINE_UDP_SILENCE;
	return exchange->type == &tcp_handshake_type && exchange->retransmissions == 0
		   ? HANDSHAKE_SILENCE
		   : 0;
}

/* Whether the clock stepped after the request of EXCHANGE and not later than the frame LAST. */
static bool
has_step(const struct coverage *coverage, const struct exchange *exchange, uint64_t last)
{
	for (size_t i = 0; i < coverage->step_count; i++)
		if (coverage->steps[i].interface == exchange->conversation->interface &&
		    coverage->steps[i].frame > exchange->request_frame &&
		    coverage->steps[i].frame <= last)
			return true;
	return false;
}

static void
judge_silence(
    struct coverage *coverage, const struct interface_facts *interface, struct exchange *exchange)
{
	const struct interface_watch *watch = watch_of(coverage, exchange->conversation->interface);

	if (watch->one_sided != 0 && watch->two_sided == 0) {
		withdraw(exchange, DOUBT_ONE_DIRECTION);
	} else if (interface != NULL && interface->has_dropped &&
		   interface->dropped >= answers_missing(exchange)) {
		withdraw(exchange, DOUBT_PACKETS_DROPPED);
	} else if (watch->end - exchange->time < wanted_silence(exchange) &&
		   !has_step(coverage, exchange, UINT64_MAX)) {
		/* Another interface of the file goes on, this one does not. What comes after a step
		 * has another clock; judge_wait() speaks of it. */
		withdraw(exchange, DOUBT_CAPTURE_ENDED);
		exchange->ended_by = ENDED_BY_CAPTURE;
		exchange->waited = watch->end > exchange->time ? watch->end - exchange->time : 0;
	}
}

/* What nothing ended goes on to the end of the capture. */
static uint64_t
last_frame_of(const struct exchange *exchange)
{
	if (exchange->answer_frame != 0)
		return exchange->answer_frame;
	return exchange->end_frame != 0 ? exchange->end_frame : UINT64_MAX;
}

/* How long was waited is not known; what only that says is not known either. */
static void
judge_wait(const struct coverage *coverage, struct exchange *exchange)
{
	if (exchange->request_frame == 0 || !has_step(coverage, exchange, last_frame_of(exchange)))
		return;
	exchange->waited = -1;
	if (exchange->doubt == DOUBT_NONE && exchange->outcome != OUTCOME_ANSWERED)
		exchange->doubt = DOUBT_CLOCK_STEPPED;
	/* A repeated SYN shows the silence between without a clock. */
	if (exchange->outcome == OUTCOME_UNANSWERED && exchange->retransmissions == 0)
		exchange->outcome = OUTCOME_UNKNOWN;
}

void
coverage_judge(struct coverage *coverage, const struct conversation_list *conversations,
    const struct capture_facts *facts, struct ledger *ledger, size_t first)
{
	count_sides(coverage, conversations);
	join_interfaces(coverage);
	for (size_t i = first; i < ledger->count; i++) {
		struct exchange *exchange = ledger->items[i];
		uint32_t interface = exchange->conversation->interface;

		if (is_silence_alone(exchange))
			judge_silence(coverage,
			    facts != NULL && interface < facts->interface_count
				? &facts->interfaces[interface]
				: NULL,
			    exchange);
		if (coverage->step_count != 0)
			judge_wait(coverage, exchange);
	}
}

void
coverage_free(struct coverage *coverage)
{
	mem_free(coverage->interfaces);
	mem_free(coverage->steps);
	*coverage = (struct coverage){0};
}
