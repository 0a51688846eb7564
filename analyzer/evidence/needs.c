#include "analyzer/evidence/needs.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/evidence/basis.h"
#include "analyzer/evidence/counterpart.h"
#include "analyzer/evidence/links.h"

/* Exchanges that the later ones of their connection rest on. */
static const char *const setup_types[] = {"nbss_session", "smb_negotiate", "smb1_session_setup",
    "smb2_session_setup", "smb1_tree_connect", "smb2_tree_connect", "smb2_validate_negotiate"};

/* Between two exchanges of the set-up, legs of an authentication and short requests may stand, and
 * nothing that carries files. */
#define MOST_SETUP_GAP 65536

const char *
evidence_level_text(enum evidence_level level)
{
	static const char *const texts[] = {
	    [EVIDENCE_FRAMES] = "its frames and what set up their connections",
	    [EVIDENCE_CONVERSATIONS] = "its conversations whole, and how others of its hosts begin",
	    [EVIDENCE_HOSTS] = "all between its hosts, what the client asked KDC and DNS, and how "
			       "their other connections begin",
	    [EVIDENCE_ALL] = "every packet",
	};

	return texts[level];
}

/* ---- the parts of a need ---- */

static struct conversation_need *
find_conversation(const struct need_set *needs, const struct conversation_facts *facts)
{
	for (size_t i = 0; i < needs->conversation_count; i++)
		if (needs->conversations[i].facts == facts)
			return &needs->conversations[i];
	return NULL;
}

static struct conversation_need *
add_conversation(struct need_set *needs, const struct conversation_facts *facts)
{
	needs->conversations = mem_grow(needs->conversations, needs->conversation_count,
	    &needs->conversation_capacity, sizeof(*needs->conversations));
	needs->conversations[needs->conversation_count] =
	    (struct conversation_need){.facts = facts};
	return &needs->conversations[needs->conversation_count++];
}

static struct conversation_need *
needed_conversation(struct need_set *needs, const struct conversation_facts *facts)
{
	struct conversation_need *need = find_conversation(needs, facts);

	return need != NULL ? need : add_conversation(needs, facts);
}

static void
add_stretch(struct need_set *needs, struct conversation_need *need, enum side side, uint64_t start,
    uint64_t end, bool is_unanswered)
{
	struct stretch *made;

	for (const struct stretch *one = need->stretches[side]; one != NULL; one = one->next)
		if (one->start <= start && end <= one->end &&
		    (one->is_unanswered || !is_unanswered))
			return;
	if (start == end)
		return;
	made = ARENA_NEW(&needs->arena, struct stretch);
	*made = (struct stretch){.start = start,
	    .end = end,
	    .is_unanswered = is_unanswered,
	    .next = need->stretches[side]};
	need->stretches[side] = made;
}

static void
add_period(struct need_set *needs, struct conversation_need *need, int64_t from, int64_t until)
{
	struct period *made = ARENA_NEW(&needs->arena, struct period);

	*made = (struct period){from, until, need->periods};
	need->periods = made;
}

static void
add_wait(struct need_set *needs, struct conversation_need *need, const struct exchange *exchange)
{
	int64_t waited = exchange->waited > 0 ? exchange->waited : 0;

	add_period(needs, need, exchange->time, exchange->time + waited);
}

/* From the first to the last message of an exchange of several. */
static void
add_legs(struct need_set *needs, struct conversation_need *need, const struct exchange *exchange)
{
	const struct exchange_leg *last = exchange->legs;

	if (last == NULL)
		return;
	while (last->next != NULL)
		last = last->next;
	add_period(needs, need, exchange->legs->time, last->time);
}

/* The bytes of an exchange's request and answer, and what is between its legs. */
static void
add_messages(
    struct need_set *needs, struct conversation_need *need, const struct exchange *exchange)
{
	enum side from = exchange->request_from;

	add_stretch(needs, need, from, exchange->request_start, exchange->request_end,
	    exchange->outcome != OUTCOME_ANSWERED);
	add_stretch(
	    needs, need, other_side(from), exchange->answer_start, exchange->answer_end, false);
	add_legs(needs, need, exchange);
}

static void
add_hosts(struct need_set *needs, const struct host_need *hosts)
{
	needs->hosts =
	    mem_grow(needs->hosts, needs->host_count, &needs->host_capacity, sizeof(*needs->hosts));
	needs->hosts[needs->host_count++] = *hosts;
}

static void
add_resolved(struct need_set *needs, const struct addr *addr)
{
	needs->resolved = mem_grow(needs->resolved, needs->resolved_count,
	    &needs->resolved_capacity, sizeof(*needs->resolved));
	needs->resolved[needs->resolved_count++] = *addr;
}

static void
add_place(struct need_set *needs, const struct addr *host)
{
	for (size_t i = 0; i < needs->place_count; i++)
		if (addr_equal(&needs->places[i].host, host))
			return;
	needs->places = mem_grow(
	    needs->places, needs->place_count, &needs->place_capacity, sizeof(*needs->places));
	needs->places[needs->place_count++] = (struct place_need){.host = *host};
}

static void
add_interface(struct need_set *needs, uint32_t interface)
{
	for (size_t i = 0; i < needs->interface_count; i++)
		if (needs->interfaces[i] == interface)
			return;
	needs->interfaces = mem_grow(needs->interfaces, needs->interface_count,
	    &needs->interface_capacity, sizeof(*needs->interfaces));
	needs->interfaces[needs->interface_count++] = interface;
}

static void
add_frame(struct need_set *needs, uint64_t frame)
{
	if (frame != 0)
		frame_set_add(&needs->frames, frame);
}

/* ---- exchanges ---- */

static uint64_t
last_frame(const struct exchange *exchange)
{
	return max_u64(
	    exchange->request_frame, max_u64(exchange->answer_frame, exchange->end_frame));
}

/* Every frame that the exchange names, in the fields of its own, too. */
static void
add_named_frames(struct need_set *needs, const struct exchange *exchange)
{
	const struct exchange_type *type = exchange->type;
	struct value value;

	add_frame(needs, exchange->request_frame);
	add_frame(needs, exchange->answer_frame);
	add_frame(needs, exchange->end_frame);
	for (const struct exchange_leg *leg = exchange->legs; leg != NULL; leg = leg->next)
		add_frame(needs, leg->frame);
	for (size_t i = 0; i < type->field_count; i++) {
		if (type->fields[i].notation != NOTATION_FRAME)
			continue;
		value = exchange_value(exchange, &type->fields[i]);
		if (value.kind == VALUE_NUMBER)
			add_frame(needs, value.number);
	}
}

static bool
is_setup(const struct exchange *exchange)
{
	for (size_t i = 0; i < COUNT(setup_types); i++)
		if (strcmp(exchange->type->name, setup_types[i]) == 0)
			return true;
	return false;
}

/* Whether NEXT follows what ended at ENDS, by side, without much in between. */
static bool
is_near(const uint64_t ends[2], const struct exchange *next)
{
	enum side from = next->request_from;

	return next->request_start <= ends[from] + MOST_SETUP_GAP &&
	       next->answer_start <= ends[other_side(from)] + MOST_SETUP_GAP;
}

/*
 * How the connection was set up, before EXCHANGE: all packets from its beginning on, as long as one
 * exchange of the set-up comes after the other; of later ones their messages.
 */
static void
add_setup(struct need_set *needs, struct conversation_need *need, const struct ledger *ledger,
    const struct exchange *exchange)
{
	uint64_t ends[2] = {0};
	bool is_beginning = true;

	for (size_t i = 0; i < ledger->count; i++) {
		const struct exchange *one = ledger->items[i];

		if (one->conversation != need->facts || !is_setup(one) ||
		    one->time > exchange->time)
			continue;
		is_beginning = is_beginning && is_near(ends, one);
		if (is_beginning)
			need->setup_end = max_u64(need->setup_end, last_frame(one));
		ends[one->request_from] = one->request_end;
		ends[other_side(one->request_from)] = one->answer_end;
		add_named_frames(needs, one);
		add_messages(needs, need, one);
	}
}

/* Which other packets of the conversation EXCHANGE needs, at the level of frames. */
static void
add_neighbours(struct need_set *needs, struct conversation_need *need, const struct ledger *ledger,
    const struct exchange *exchange)
{
	const struct conversation_facts *facts = need->facts;

	/* A datagram has no place in a stream: its repetitions come until it is answered. Neither
	 * have exchanges of TCP itself. */
	if (facts->transport != TRANSPORT_TCP || exchange->request_start == exchange->request_end)
		add_wait(needs, need, exchange);
	if (facts->transport != TRANSPORT_TCP) {
		need->is_whole |= !facts->is_background;
		return;
	}
	/* There is nothing but attempts to open it. */
	need->is_whole |= facts->step == STEP_NONE;
	add_messages(needs, need, exchange);
	add_setup(needs, need, ledger, exchange);
}

/* What tells of many attempts has none of their conversations. */
static bool
is_of_many(const struct conversation_facts *facts)
{
	return facts->client.family == ADDR_NONE || facts->server.family == ADDR_NONE;
}

static void
add_attempts(struct need_set *needs, const struct conversation_facts *facts, bool is_opening_only)
{
	const struct host_need hosts = {.client = facts->client,
	    .server = facts->server,
	    .port = facts->server_port,
	    .is_opening_only = is_opening_only};

	add_hosts(needs, &hosts);
}

static void
add_all_of_hosts(struct need_set *needs, const struct conversation_facts *facts)
{
	struct host_need others = {.is_opening_only = true, .is_any_service = true};

	add_hosts(needs, &(struct host_need){.client = facts->client, .server = facts->server});
	/* Where a host is shows in all its connections. */
	if (facts->client.family == ADDR_NONE || facts->server.family == ADDR_NONE)
		return;
	others.client = facts->client;
	add_hosts(needs, &others);
	others.client = facts->server;
	add_hosts(needs, &others);
}

/* The conversation whole, and what tells of its hosts. */
static void
add_surroundings(struct need_set *needs, struct conversation_need *need)
{
	const struct host_need others = {
	    .client = need->facts->client, .server = need->facts->server, .is_opening_only = true};

	need->is_whole = true;
	add_hosts(needs, &others);
	add_resolved(needs, &others.client);
	add_resolved(needs, &others.server);
}

static void
add_exchange(struct need_set *needs, const struct ledger *ledger, const struct exchange *exchange,
    enum evidence_level level)
{
	const struct conversation_facts *facts = exchange->conversation;
	struct conversation_need *need;

	add_named_frames(needs, exchange);
	add_interface(needs, facts->interface);
	needs->has_edges |= exchange->outcome != OUTCOME_ANSWERED;
	if (level >= EVIDENCE_HOSTS)
		add_all_of_hosts(needs, facts);
	if (facts->transport == TRANSPORT_NONE) {
		add_resolved(needs, &facts->server);
		return;
	}
	if (is_of_many(facts)) {
		add_attempts(needs, facts, level < EVIDENCE_CONVERSATIONS);
		return;
	}
	if (facts->vantage != VANTAGE_UNKNOWN) {
		add_place(needs, &facts->client);
		add_place(needs, &facts->server);
	}
	need = needed_conversation(needs, facts);
	need->is_other = false;
	add_neighbours(needs, need, ledger, exchange);
	if (level >= EVIDENCE_CONVERSATIONS)
		add_surroundings(needs, need);
}

/* What EXCHANGE rests on is needed with it. */
static void
add_linked(struct need_set *needs, const struct ledger *ledger, const struct exchange *exchange,
    enum evidence_level level)
{
	const struct exchange *linked[LINKS_MOST];
	size_t count = links_of(ledger, exchange, linked);

	add_exchange(needs, ledger, exchange, level);
	for (size_t i = 0; i < count; i++)
		add_exchange(needs, ledger, linked[i], level);
}

/* ---- findings ---- */

void
needs_add(struct need_set *needs, const struct report_capture *here,
    const struct report_capture *of, const struct finding *finding, enum evidence_level level)
{
	const struct basis basis = basis_of(of, finding, &needs->arena);
	const struct exchange *own;

	needs->is_everything |= level == EVIDENCE_ALL;
	needs->has_all_edges |= level >= EVIDENCE_CONVERSATIONS;
	needs->has_edges |= basis.has_absence || level >= EVIDENCE_CONVERSATIONS;
	for (size_t i = 0; i < basis.count; i++) {
		own = counterpart_in(here, basis.exchanges[i]);
		if (own != NULL)
			add_linked(needs, here->ledger, own, level);
	}
}

/* ---- what is added by itself ---- */

void
needs_add_other(struct need_set *needs, const struct conversation_facts *facts, bool is_whole)
{
	struct conversation_need *need = find_conversation(needs, facts);

	if (need == NULL) {
		need = add_conversation(needs, facts);
		need->is_other = true;
	}
	need->is_whole |= is_whole;
}

void
needs_add_period(
    struct need_set *needs, const struct conversation_facts *facts, int64_t from, int64_t until)
{
	struct conversation_need *need = needed_conversation(needs, facts);

	need->is_other = false;
	add_period(needs, need, from, until);
}

void
needs_add_openings(struct need_set *needs, const struct addr *server)
{
	const struct host_need hosts = {.server = *server, .is_opening_only = true};

	add_hosts(needs, &hosts);
}

void
needs_add_looking(struct need_set *needs, const struct addr *host)
{
	needs->has_edges = needs->has_all_edges = true;
	add_place(needs, host);
}

static int
compare_conversations(const void *left, const void *right)
{
	const struct conversation_need *one = left, *other = right;

	return COMPARE(one->facts->first_frame, other->facts->first_frame);
}

void
needs_settle(struct need_set *needs)
{
	if (needs->conversation_count != 0)
		qsort(needs->conversations, needs->conversation_count,
		    sizeof(*needs->conversations), compare_conversations);
}

static int
compare_first_frame(const void *key, const void *item)
{
	const uint64_t *frame = key;
	const struct conversation_need *need = item;

	return COMPARE(*frame, need->facts->first_frame);
}

struct conversation_need *
needs_conversation(const struct need_set *needs, uint64_t frame)
{
	if (needs->conversation_count == 0)
		return NULL;
	return bsearch(&frame, needs->conversations, needs->conversation_count,
	    sizeof(*needs->conversations), compare_first_frame);
}

void
needs_free(struct need_set *needs)
{
	arena_free(&needs->arena);
	frame_set_free(&needs->frames);
	mem_free(needs->conversations);
	mem_free(needs->hosts);
	mem_free(needs->resolved);
	mem_free(needs->places);
	mem_free(needs->interfaces);
	*needs = (struct need_set){0};
}
