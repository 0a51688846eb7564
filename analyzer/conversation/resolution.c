#include "analyzer/conversation/resolution.h"

#include "analyzer/base/basics.h"

#define FIELD(member) .offset = offsetof(struct address_resolution, member)

static const struct field fields[] = {
    {"asks", FIELD_U32, .sentence = "questions since the last answer", FIELD(asks)},
    {"is_ipv6", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether neighbour discovery was used, and not ARP", FIELD(is_ipv6)},
    {"is_search", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the client asks for 16 addresses or more in vain, as scanners do",
	FIELD(is_search)},
};

const struct exchange_type address_resolution_type = {
    .name = "address_resolution",
    .sentence = "a host asks in vain who has an address, of a server or of the way to it",
    .size = sizeof(struct address_resolution),
    .fields = fields,
    .field_count = COUNT(fields),
    .request_label = "who has[ {server}]?[{is_ipv6} (neighbour discovery)]",
    .answer_label = "here",
};

/* What one host asks of one address. */
struct resolution {
	struct addr asker, target;
	uint64_t first_frame, last_frame; /* of the questions since the last answer */
	int64_t first_time, last_time;
	uint32_t interface;
	uint32_t asks;
	struct resolution *next;
};

static uint64_t
hash_query(const struct address_query *query)
{
	return addr_hash(&query->asker) + 3 * addr_hash(&query->target);
}

static bool
is_of_query(const void *entry, const void *key)
{
	const struct resolution *resolution = entry;
	const struct address_query *query = key;

	return addr_equal(&resolution->asker, &query->asker) &&
	       addr_equal(&resolution->target, &query->target);
}

static struct resolution *
add(struct resolutions *resolutions, const struct address_query *query, struct arena *arena)
{
	struct resolution *made;

	if (resolutions->count == RESOLUTIONS_MOST)
		return NULL;
	made = ARENA_NEW(arena, struct resolution);
	made->asker = query->asker;
	made->target = query->target;
	if (resolutions->last != NULL)
		resolutions->last->next = made;
	else
		resolutions->first = made;
	resolutions->last = made;
	resolutions->count++;
	table_add(&resolutions->table, hash_query(query), made);
	return made;
}

static void
take_question(struct resolution *resolution, const struct packet *packet)
{
	if (resolution->asks++ == 0) {
		resolution->first_frame = packet->frame;
		resolution->first_time = packet->time;
		resolution->interface = packet->interface;
	}
	resolution->last_frame = packet->frame;
	resolution->last_time = packet->time;
}

/* An announcement answers everybody (RFC 5227 3, RFC 4861 7.2.6). */
static void
answer_all(struct resolutions *resolutions, const struct addr *target)
{
	for (struct resolution *one = resolutions->first; one != NULL; one = one->next)
		if (addr_equal(&one->target, target))
			one->asks = 0;
}

/* What has an address speaks with it: neighbour advertisements to all nodes have no single asker.
 */
static bool
is_to_all(const struct address_query *query)
{
	return addr_equal(&query->asker, &query->target) || query->asker.bytes[0] == 0xff;
}

void
resolutions_packet(
    struct resolutions *resolutions, const struct packet *packet, struct arena *arena)
{
	const struct address_query *query = &packet->address;
	struct resolution *found =
	    table_find(&resolutions->table, hash_query(query), is_of_query, query);

	if (query->is_answer && is_to_all(query)) {
		answer_all(resolutions, &query->target);
		return;
	}
	if (query->is_answer) {
		if (found != NULL)
			found->asks = 0;
		return;
	}
	/* A probe asks whether the address is free, and hopes for silence (RFC 5227 2.1.1). */
	if (query->asker.family == ADDR_NONE)
		return;
	if (found == NULL)
		found = add(resolutions, query, arena);
	if (found != NULL)
		take_question(found, packet);
}

/* Addresses that ASKER asks for in vain, up to RESOLUTION_SEARCH. */
static size_t
count_in_vain(const struct resolutions *resolutions, const struct addr *asker)
{
	size_t count = 0;

	for (const struct resolution *one = resolutions->first;
	     one != NULL && count < RESOLUTION_SEARCH; one = one->next)
		count += one->asks != 0 && addr_equal(&one->asker, asker);
	return count;
}

static const struct conversation_facts *
make_facts(const struct resolution *one, const char *file, struct arena *arena)
{
	struct conversation_facts *facts = ARENA_NEW(arena, struct conversation_facts);

	facts->client = one->asker;
	facts->server = one->target;
	facts->transport = TRANSPORT_NONE;
	facts->file = file;
	facts->interface = one->interface;
	facts->first_frame = one->first_frame;
	facts->last_frame = one->last_frame;
	facts->first_time = one->first_time;
	facts->last_time = one->last_time;
	facts->packets[CLIENT] = one->asks;
	return facts;
}

void
resolutions_end(
    const struct resolutions *resolutions, const char *file, int64_t end, struct ledger *ledger)
{
	struct address_resolution *made;

	for (const struct resolution *one = resolutions->first; one != NULL; one = one->next) {
		if (one->asks == 0)
			continue;
		made = ARENA_NEW(ledger->arena, struct address_resolution);
		made->exchange.type = &address_resolution_type;
		made->exchange.conversation = make_facts(one, file, ledger->arena);
		made->exchange.time = one->first_time;
		made->exchange.request_frame = one->first_frame;
		made->exchange.retransmissions = one->asks - 1;
		/* Only a repetition proves that nobody answered; RFC 4861 10 waits 1 s. */
		if (one->asks > 1) {
			made->exchange.outcome = OUTCOME_UNANSWERED;
			made->exchange.end_frame = one->last_frame;
			made->exchange.waited = one->last_time - one->first_time;
			exchange_add_leg(ledger->arena, &made->exchange, CLIENT, one->last_frame,
			    one->last_time, "asked again, for the last time");
		} else {
			made->exchange.ended_by = ENDED_BY_CAPTURE;
			made->exchange.doubt = DOUBT_CAPTURE_ENDED;
			made->exchange.waited = end - one->first_time;
		}
		made->asks = one->asks;
		made->is_ipv6 = one->target.family == ADDR_IPV6;
		made->is_search = count_in_vain(resolutions, &one->asker) == RESOLUTION_SEARCH;
		ledger_add(ledger, &made->exchange);
	}
}

void
resolutions_free(struct resolutions *resolutions)
{
	table_free(&resolutions->table);
	*resolutions = (struct resolutions){0};
}
