#include "analyzer/conversation/operation.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/sorted.h"

/* Listings of one address that are looked at before an attempt, the latest first. */
#define MOST_LISTINGS_TRIED 8

/* What stands for a host beside its addresses, as further families of struct addr. */
enum { HOST_UNKNOWN = 0xfd, HOST_MAC = 0xfe, HOST_GUID = 0xff };

/* ADDR is one of the addresses of HOST. */
struct identity {
	struct addr addr, host;
};

struct identities {
	struct identity *rows;
	size_t count, capacity;
};

struct attempt {
	struct conversation *conversation;
	struct addr client, server; /* hosts */
	bool is_kerberos;
	int64_t time;
	uint32_t operation; /* index */
};

/* The attempts to one server host that began within OPERATION_SPAN. */
struct operation {
	const struct attempt *first;
	uint32_t parent; /* itself, or one that it is part of */
	uint8_t family;  /* of all its attempts; ADDR_NONE: of several */
};

/* The server said on CONVERSATION that it has another address, SERVER. */
struct listing {
	struct addr client, server; /* hosts */
	int64_t time;
	const struct conversation *conversation;
};

struct numbering {
	struct identities clients, servers;
	struct attempt *attempts; /* by client, service, server and time */
	size_t attempt_count;
	struct operation *operations;
	size_t operation_count;
	struct listing *listings; /* by client, server and time */
	size_t listing_count, listing_capacity;
};

/* ---- hosts ---- */

static void
add_identity(struct identities *list, const struct addr *addr, uint8_t kind, const uint8_t *id,
    size_t length)
{
	struct identity *row;

	list->rows = mem_grow(list->rows, list->count, &list->capacity, sizeof(*list->rows));
	row = &list->rows[list->count++];
	*row = (struct identity){.addr = *addr, .host.family = kind};
	memcpy(row->host.bytes, id, length);
}

static int
compare_by_addr(const void *left, const void *right)
{
	const struct identity *one = left, *other = right;
	int order = addr_compare(&one->addr, &other->addr);

	return order != 0 ? order : addr_compare(&one->host, &other->host);
}

static int
compare_by_host(const void *left, const void *right)
{
	const struct identity *one = left, *other = right;
	int order = addr_compare(&one->host, &other->host);

	return order != 0 ? order : addr_compare(&one->addr, &other->addr);
}

static void
sort_unique(struct identities *list, int (*compare)(const void *, const void *))
{
	size_t kept = 0;

	if (list->count == 0)
		return;
	qsort(list->rows, list->count, sizeof(*list->rows), compare);
	for (size_t i = 1; i < list->count; i++)
		if (compare(&list->rows[kept], &list->rows[i]) != 0)
			list->rows[++kept] = list->rows[i];
	list->count = kept + 1;
}

/* An address that stood for several hosts (a load balancer's, a moved one) says nothing. */
static void
drop_ambiguous(struct identities *list)
{
	size_t kept = 0, next;

	sort_unique(list, compare_by_addr);
	for (size_t i = 0; i < list->count; i = next) {
		next = i + 1;
		while (
		    next < list->count && addr_equal(&list->rows[i].addr, &list->rows[next].addr))
			next++;
		if (next == i + 1)
			list->rows[kept++] = list->rows[i];
	}
	list->count = kept;
}

static int
compare_addr_key(const void *key, const void *row)
{
	return addr_compare(key, &((const struct identity *)row)->addr);
}

static struct addr
host_of(const struct identities *list, const struct addr *addr)
{
	const struct identity *found = NULL;

	if (list->count != 0)
		found =
		    bsearch(addr, list->rows, list->count, sizeof(*list->rows), compare_addr_key);
	return found ? found->host : *addr;
}

static void
pair(struct identities *clients, const struct addr *ipv6, const struct addr *ipv4)
{
	add_identity(clients, ipv6, ADDR_IPV4, ipv4->bytes, sizeof(ipv4->bytes));
}

/* Whether *SEEN, if there is one, is ADDR; ADDR is seen then. */
static bool
is_the_one(const struct addr **seen, const struct addr *addr)
{
	if (*seen == NULL)
		*seen = addr;
	return addr_equal(*seen, addr);
}

/* The only IPv4 and the only IPv6 client of a capture, when no two MAC addresses tell them apart:
 * there are none in captures of tunnels and of raw IP. */
static void
pair_only_clients(const struct identities *macs, struct identities *clients)
{
	const struct addr *ipv4 = NULL, *ipv6 = NULL, *mac = NULL;

	for (size_t i = 0; i < macs->count; i++) {
		const struct identity *row = &macs->rows[i];

		if (!is_the_one(row->addr.family == ADDR_IPV4 ? &ipv4 : &ipv6, &row->addr) ||
		    (row->host.family == HOST_MAC && !is_the_one(&mac, &row->host)))
			return;
	}
	if (ipv4 != NULL && ipv6 != NULL)
		pair(clients, ipv6, ipv4);
}

/* A MAC address of one IPv4 and one IPv6 client is a host's; one of more may be a router's. The
 * IPv4 address then stands for the host. */
static void
pair_families(struct identities *macs, struct identities *clients)
{
	size_t next;

	pair_only_clients(macs, clients);
	sort_unique(macs, compare_by_host);
	for (size_t i = 0; i < macs->count; i = next) {
		const struct identity *rows = &macs->rows[i];

		next = i + 1;
		while (next < macs->count && addr_equal(&rows->host, &macs->rows[next].host))
			next++;
		if (rows->host.family == HOST_MAC && next == i + 2 &&
		    rows[0].addr.family == ADDR_IPV4 && rows[1].addr.family == ADDR_IPV6)
			pair(clients, &rows[1].addr, &rows[0].addr);
	}
	drop_ambiguous(clients);
}

static void
find_hosts(struct numbering *numbering, const struct conversation_list *list)
{
	const struct conversation *one;
	static const uint8_t no_guid[16];
	struct identities macs = {0};

	TAILQ_FOREACH (one, &list->all, listed) {
		const struct conversation_facts *facts = &one->facts;

		add_identity(&macs, &facts->client, one->has_client_mac ? HOST_MAC : HOST_UNKNOWN,
		    one->client_mac, sizeof(one->client_mac));
		if (facts->has_server_guid && memcmp(facts->server_guid, no_guid, 16) != 0)
			add_identity(&numbering->servers, &facts->server, HOST_GUID,
			    facts->server_guid, sizeof(facts->server_guid));
	}
	pair_families(&macs, &numbering->clients);
	drop_ambiguous(&numbering->servers);
	mem_free(macs.rows);
}

/* ---- attempts to one server host ---- */

static int
compare_place(const struct attempt *one, const struct attempt *other)
{
	int order = addr_compare(&one->client, &other->client);

	return order != 0 ? order : COMPARE(one->is_kerberos, other->is_kerberos);
}

static int
compare_attempts(const void *left, const void *right)
{
	const struct attempt *one = left, *other = right;
	int order = compare_place(one, other);

	if (order == 0)
		order = addr_compare(&one->server, &other->server);
	if (order == 0)
		order = COMPARE(one->time, other->time);
	return order != 0
		   ? order
		   : COMPARE(one->conversation->facts.stream, other->conversation->facts.stream);
}

static void
gather_attempts(struct numbering *numbering, const struct conversation_list *list)
{
	struct conversation *one;

	numbering->attempts = mem_alloc(list->count, sizeof(*numbering->attempts));
	TAILQ_FOREACH (one, &list->all, listed) {
		if (!conversation_matters(one) || one->handshake.syn_count == 0)
			continue;
		numbering->attempts[numbering->attempt_count++] =
		    (struct attempt){.conversation = one,
			.client = host_of(&numbering->clients, &one->facts.client),
			.server = host_of(&numbering->servers, &one->facts.server),
			.is_kerberos = one->facts.server_port == PORT_KERBEROS,
			.time = one->handshake.first_syn_time};
	}
	if (numbering->attempt_count != 0)
		qsort(numbering->attempts, numbering->attempt_count, sizeof(*numbering->attempts),
		    compare_attempts);
}

static void
group_attempts(struct numbering *numbering)
{
	struct operation *current = NULL;

	numbering->operations = mem_alloc(numbering->attempt_count, sizeof(*numbering->operations));
	for (size_t i = 0; i < numbering->attempt_count; i++) {
		struct attempt *one = &numbering->attempts[i];
		uint8_t family = one->conversation->facts.client.family;

		if (current == NULL || compare_place(current->first, one) != 0 ||
		    !addr_equal(&current->first->server, &one->server) ||
		    one->time - current->first->time > OPERATION_SPAN) {
			current = &numbering->operations[numbering->operation_count];
			*current =
			    (struct operation){one, (uint32_t)numbering->operation_count++, family};
		}
		if (current->family != family)
			current->family = ADDR_NONE;
		one->operation = (uint32_t)(current - numbering->operations);
		one->conversation->facts.operation = one->operation;
	}
}

static uint32_t
root_of(const struct numbering *numbering, uint32_t index)
{
	struct operation *operations = numbering->operations;

	while (operations[index].parent != index) {
		operations[index].parent = operations[operations[index].parent].parent;
		index = operations[index].parent;
	}
	return index;
}

static void
join(const struct numbering *numbering, uint32_t one, uint32_t other)
{
	numbering->operations[root_of(numbering, one)].parent = root_of(numbering, other);
}

/* ---- IPv4 beside IPv6 ---- */

static int
compare_legs(const void *left, const void *right)
{
	const struct operation *one = *(const struct operation *const *)left;
	const struct operation *other = *(const struct operation *const *)right;
	int order = compare_place(one->first, other->first);

	if (order == 0)
		order = COMPARE(one->family, other->family);
	if (order == 0)
		order = COMPARE(one->first->time, other->first->time);
	return order != 0 ? order
			  : COMPARE(one->first->conversation->facts.stream,
				other->first->conversation->facts.stream);
}

/* The first of LEGS that is not before MOMENT, in the order of compare_legs(). */
static size_t
first_leg(struct operation *const *legs, size_t count, const struct operation *moment)
{
	return sorted_before(&moment, legs, count, sizeof(struct operation *), compare_legs);
}

/* The leg of the other family nearest in time to LEG; NULL when there is none, or when several
 * servers may be meant. */
static struct operation *
other_leg(struct operation *const *legs, size_t count, const struct operation *leg)
{
	struct attempt since = *leg->first;
	struct operation moment = {
	    .first = &since, .family = leg->family == ADDR_IPV4 ? ADDR_IPV6 : ADDR_IPV4};
	struct operation *nearest = NULL;

	since.time -= OPERATION_SPAN + 1;
	for (size_t i = first_leg(legs, count, &moment); i < count; i++) {
		int64_t apart = legs[i]->first->time - leg->first->time;

		if (compare_place(legs[i]->first, leg->first) != 0 ||
		    legs[i]->family != moment.family || apart > OPERATION_SPAN)
			break;
		if (apart < -OPERATION_SPAN)
			continue;
		if (nearest != NULL &&
		    !addr_equal(&nearest->first->server, &legs[i]->first->server))
			return NULL;
		if (nearest == NULL ||
		    llabs(apart) < llabs(nearest->first->time - leg->first->time))
			nearest = legs[i];
	}
	return nearest;
}

static void
join_families(struct numbering *numbering)
{
	struct operation **legs;
	size_t count = 0;

	if (numbering->clients.count == 0)
		return;
	legs = mem_alloc(numbering->operation_count, sizeof(struct operation *));
	for (size_t i = 0; i < numbering->operation_count; i++)
		if (numbering->operations[i].family != ADDR_NONE)
			legs[count++] = &numbering->operations[i];
	if (count != 0)
		qsort(legs, count, sizeof(struct operation *), compare_legs);
	for (size_t i = 0; i < count; i++) {
		struct operation *other = other_leg(legs, count, legs[i]);

		if (other != NULL && other_leg(legs, count, other) == legs[i])
			join(numbering, (uint32_t)(legs[i] - numbering->operations),
			    (uint32_t)(other - numbering->operations));
	}
	mem_free(legs);
}

/* ---- second channels ---- */

static int
compare_listings(const void *left, const void *right)
{
	const struct listing *one = left, *other = right;
	int order = addr_compare(&one->client, &other->client);

	if (order == 0)
		order = addr_compare(&one->server, &other->server);
	if (order == 0)
		order = COMPARE(one->time, other->time);
	return order != 0
		   ? order
		   : COMPARE(one->conversation->facts.stream, other->conversation->facts.stream);
}

static void
gather_listings(struct numbering *numbering, const struct conversation *conversation)
{
	const struct conversation_facts *facts = &conversation->facts;

	for (size_t i = 0; i < facts->server_address_count; i++) {
		const struct addr *addr = &facts->server_addresses[i];

		/* Another attempt to the address in use may well be a new try after a loss. */
		if (addr_equal(addr, &facts->server))
			continue;
		numbering->listings = mem_grow(numbering->listings, numbering->listing_count,
		    &numbering->listing_capacity, sizeof(*numbering->listings));
		numbering->listings[numbering->listing_count++] = (struct listing){
		    host_of(&numbering->clients, &facts->client),
		    host_of(&numbering->servers, addr), facts->server_addresses_time, conversation};
	}
}

/* The server still speaks on CONVERSATION after TIME. */
static bool
goes_on(const struct conversation *conversation, int64_t time)
{
	const struct conversation_facts *facts = &conversation->facts;

	return conversation->last_server_time > time &&
	       (facts->close == CLOSE_NONE || facts->close_time > time);
}

/* Those of LISTINGS that are not after WANTED. */
static size_t
listings_until(const struct numbering *numbering, const struct listing *wanted)
{
	return sorted_until(wanted, numbering->listings, numbering->listing_count,
	    sizeof(*numbering->listings), compare_listings);
}

static void
join_channel(struct numbering *numbering, const struct attempt *attempt)
{
	struct listing wanted = {
	    attempt->client, attempt->server, attempt->time, attempt->conversation};
	size_t until = listings_until(numbering, &wanted);

	for (size_t tried = 0; tried < MOST_LISTINGS_TRIED && tried < until; tried++) {
		const struct listing *listing = &numbering->listings[until - 1 - tried];

		if (!addr_equal(&listing->client, &wanted.client) ||
		    !addr_equal(&listing->server, &wanted.server))
			return;
		if (listing->conversation == attempt->conversation ||
		    listing->conversation->handshake.syn_count == 0 ||
		    !goes_on(listing->conversation, attempt->time))
			continue;
		join(numbering, attempt->operation, listing->conversation->facts.operation);
		return;
	}
}

static void
join_channels(struct numbering *numbering, const struct conversation_list *list)
{
	const struct conversation *one;

	TAILQ_FOREACH (one, &list->all, listed)
		gather_listings(numbering, one);
	if (numbering->listing_count == 0)
		return;
	qsort(numbering->listings, numbering->listing_count, sizeof(*numbering->listings),
	    compare_listings);
	for (size_t i = 0; i < numbering->attempt_count; i++)
		if (!numbering->attempts[i].is_kerberos)
			join_channel(numbering, &numbering->attempts[i]);
}

/* ---- numbers ---- */

/* Until here facts.operation was an index. What has no SYN is an operation of its own. */
static void
give_numbers(const struct numbering *numbering, const struct conversation_list *list)
{
	struct conversation *one;
	uint32_t *numbers = mem_alloc(numbering->operation_count, sizeof(*numbers));
	uint32_t latest = 0;

	TAILQ_FOREACH (one, &list->all, listed) {
		uint32_t *number;

		if (!conversation_matters(one))
			continue;
		if (one->handshake.syn_count == 0) {
			one->facts.operation = ++latest;
			continue;
		}
		number = &numbers[root_of(numbering, one->facts.operation)];
		if (*number == 0)
			*number = ++latest;
		one->facts.operation = *number;
	}
	mem_free(numbers);
}

void
operations_number(const struct conversation_list *list)
{
	struct numbering numbering = {0};

	find_hosts(&numbering, list);
	gather_attempts(&numbering, list);
	group_attempts(&numbering);
	join_families(&numbering);
	join_channels(&numbering, list);
	give_numbers(&numbering, list);
	mem_free(numbering.listings);
	mem_free(numbering.operations);
	mem_free(numbering.attempts);
	mem_free(numbering.clients.rows);
	mem_free(numbering.servers.rows);
}
