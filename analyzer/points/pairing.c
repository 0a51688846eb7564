#include "analyzer/points/pairing.h"

#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/points/matching.h"

/* First segments with payload that are looked at to tell whether two connections without a SYN in
 * one of the captures are one. */
#define MOST_LOOKED_AT 16

/* What a device that has a connection of its own may take until it begins that, or until it hands
 * on what it was sent. */
#define MOST_HANDED_ON INT64_C(5000000000)

/* What a device may take that only forwards a datagram, clocks being known. */
#define MOST_FORWARDED INT64_C(1000000000)

/* Bytes of a first message that may tell whose it is: those of NEGOTIATE and its answer are more,
 * with names and times in them; an error's are fewer, and the same for all. */
#define LEAST_GREETING 100

/* Connections of one key that are looked at: of those between the same ends one after the other,
 * say.
 */
#define MOST_LOOKED_THROUGH 256

/* About as many segments of one connection are asked about clocks. */
#define MOST_CLOCK_PAIRS 64

/* A connection there, and what it is found by. */
struct candidate {
	const struct sighted *connection;
	bool is_taken;
	struct candidate *next; /* of the same key */
};

struct candidates {
	struct candidate *items; /* one for each connection there */
	size_t count;
	struct table by_key; /* struct candidate, the first of each key */
};

/* Pairs in the making. */
struct pairing_run {
	const struct sightings *here, *there;
	struct candidates candidates;
	struct pairing *made; /* one for each connection here; there is NULL where it has none */
	struct arena *arena;
	struct clock_map clock;
};

/* ---- who may be whom ---- */

/* What a connection is found by. */
typedef uint64_t key_of(const struct sightings *sightings, const struct sighted *connection);

static uint64_t
ends_key(const struct sightings *sightings, const struct sighted *connection)
{
	struct hash hash = hash_start();

	(void)sightings;
	hash_word(&hash, connection->transport);
	addr_hash_add(&hash, &connection->ends.src);
	addr_hash_add(&hash, &connection->ends.dst);
	return hash_finish(
	    &hash, (uint64_t)connection->ends.src_port << 16 | connection->ends.dst_port);
}

static uint64_t
numbered_key(const struct sightings *sightings, const struct sighted *connection)
{
	return hash_u64(ends_key(sightings, connection) ^ connection->isn[CLIENT]);
}

static uint64_t
greeting_of(const struct sightings *sightings, const struct sighted *connection, enum side side,
    uint32_t least)
{
	const struct sighting *greeting = sightings_greeting(sightings, connection, side);

	return greeting != NULL && greeting->has_digest && greeting->length >= least
		   ? greeting->digest
		   : 0;
}

/* What the client says first: NEGOTIATE, with its ClientGuid, or a request with its nonce. A name
 * is asked for in few bytes. */
static uint64_t
greeting_key(const struct sightings *sightings, const struct sighted *connection)
{
	return greeting_of(
	    sightings, connection, CLIENT, connection->is_background ? 1 : LEAST_GREETING);
}

/* What the server says first: the answer, with its SystemTime or that of a KDC, which no other
 * connection has. Names are answered alike, but for the number of the question, of 16 bits. */
static uint64_t
reply_key(const struct sightings *sightings, const struct sighted *connection)
{
	return connection->is_background
		   ? 0
		   : greeting_of(sightings, connection, SERVER, LEAST_GREETING);
}

/* What address translation leaves: of a SYN, in which routers may lower the MSS, and of datagrams
 * what the server says. 0: nothing that tells. */
static uint64_t
translated_key(const struct sightings *sightings, const struct sighted *connection)
{
	struct hash hash = hash_start();

	if (connection->transport == TRANSPORT_UDP)
		return reply_key(sightings, connection);
	if (!connection->has_isn[CLIENT])
		return 0;
	hash_word(&hash, connection->isn[CLIENT]);
	return hash_finish(
	    &hash, (uint64_t)connection->syn_window << 1 | connection->has_syn_options);
}

static bool
is_any(const void *entry, const void *key)
{
	(void)entry, (void)key;
	return true;
}

/* Those that have no partner yet, under KEY. Equal keys are equal hashes: nobody knows the key that
 * they are made with, so that two do not meet by chance. */
static void
list_candidates(struct pairing_run *run, key_of *key)
{
	struct candidates *candidates = &run->candidates;

	table_free(&candidates->by_key);
	for (size_t i = candidates->count; i-- != 0;) {
		struct candidate *one = &candidates->items[i], *first;
		uint64_t hash = key(run->there, one->connection);

		one->next = NULL;
		if (one->is_taken)
			continue;
		first = table_take(&candidates->by_key, hash, is_any, NULL);
		one->next = first;
		table_add(&candidates->by_key, hash, one);
	}
}

static struct candidate *
find_candidates(const struct candidates *candidates, uint64_t key)
{
	return table_find(&candidates->by_key, key, is_any, NULL);
}

static bool
is_same_ends(const struct sighted *one, const struct sighted *other)
{
	return one->transport == other->transport && packet_ends_equal(&one->ends, &other->ends);
}

static struct pairing *
take(struct pairing_run *run, const struct sighted *here, struct candidate *there,
    enum passage passage)
{
	struct pairing *pairing = &run->made[here - run->here->connections];

	there->is_taken = true;
	*pairing = (struct pairing){.here = here,
	    .there = there->connection,
	    .passage = passage,
	    .is_translated = !is_same_ends(here, there->connection)};
	return pairing;
}

static bool
is_paired(const struct pairing_run *run, const struct sighted *here)
{
	return run->made[here - run->here->connections].there != NULL;
}

/* ---- the same connection, as far as IP and TCP are concerned ---- */

/* Whether one of the first segments with payload of ONE is also OTHER's. */
static bool
shares_segment(const struct sightings *ones, const struct sighted *one,
    const struct sightings *others, const struct sighted *other)
{
	const struct sighting *mine = NULL;
	size_t looked = 0;

	while (looked < MOST_LOOKED_AT && (mine = sightings_next(ones, one, mine)) != NULL) {
		const struct byte_range bytes = {other, (enum side)mine->side,
		    mine->seq - other->base[mine->side], mine->length};

		if (mine->length == 0)
			continue;
		if (sightings_exactly(others, &bytes) != NULL)
			return true;
		looked++;
	}
	return false;
}

static bool
is_numbered_alike(
    const struct pairing_run *run, const struct sighted *here, const struct sighted *there)
{
	(void)run;
	return is_same_ends(here, there) && here->has_isn[CLIENT] && there->has_isn[CLIENT] &&
	       here->isn[CLIENT] == there->isn[CLIENT];
}

/* One of the captures began in the midst of it. */
static bool
is_seen_alike(
    const struct pairing_run *run, const struct sighted *here, const struct sighted *there)
{
	if (!is_same_ends(here, there) || (here->has_isn[CLIENT] && there->has_isn[CLIENT]))
		return false;
	if (here->has_isn[SERVER] && there->has_isn[SERVER])
		return here->isn[SERVER] == there->isn[SERVER];
	return shares_segment(run->here, here, run->there, there) ||
	       shares_segment(run->there, there, run->here, here);
}

typedef bool is_same_connection(
    const struct pairing_run *run, const struct sighted *here, const struct sighted *there);

static void
pair_by(struct pairing_run *run, key_of *key, is_same_connection *is_same)
{
	list_candidates(run, key);
	for (size_t i = 0; i < run->here->connection_count; i++) {
		const struct sighted *here = &run->here->connections[i];
		struct candidate *one;
		size_t looked = 0;

		if (is_paired(run, here))
			continue;
		one = find_candidates(&run->candidates, key(run->here, here));
		while (one != NULL && looked++ < MOST_LOOKED_THROUGH &&
		       (one->is_taken || !is_same(run, here, one->connection)))
			one = one->next;
		if (one != NULL && looked <= MOST_LOOKED_THROUGH)
			take(run, here, one, PASSAGE_UNCHANGED);
	}
}

/* ---- the same with other addresses ---- */

/* Whether both say the same first, by KEY. */
static bool
is_alike(const struct pairing_run *run, const struct sighted *here, const struct sighted *there,
    key_of *key)
{
	uint64_t mine = key(run->here, here);

	return here->transport == there->transport && mine != 0 && mine == key(run->there, there);
}

static bool
is_forwarded_alike(
    const struct pairing_run *run, const struct sighted *here, const struct sighted *there)
{
	if (here->transport == TRANSPORT_UDP)
		return is_alike(run, here, there, reply_key);
	return there->transport == TRANSPORT_TCP && here->has_isn[CLIENT] &&
	       there->has_isn[CLIENT] && here->isn[CLIENT] == there->isn[CLIENT] &&
	       here->syn_window == there->syn_window &&
	       here->has_syn_options == there->has_syn_options;
}

/* A SYN's number is 32 random bits, and what a KDC says holds its time. Where two have it, nobody
 * knows which is meant: NULL then, too. */
static struct candidate *
find_translated(const struct pairing_run *run, const struct sighted *here)
{
	uint64_t key = translated_key(run->here, here);
	struct candidate *one = key != 0 ? find_candidates(&run->candidates, key) : NULL;
	struct candidate *found = NULL;

	for (; one != NULL; one = one->next) {
		if (one->is_taken || !is_forwarded_alike(run, here, one->connection))
			continue;
		if (found != NULL)
			return NULL;
		found = one;
	}
	return found;
}

static void
pair_translated(struct pairing_run *run)
{
	list_candidates(run, translated_key);
	for (size_t i = 0; i < run->here->connection_count; i++) {
		const struct sighted *here = &run->here->connections[i];
		struct candidate *found;

		if (is_paired(run, here))
			continue;
		found = find_translated(run, here);
		if (found != NULL)
			take(run, here, found, PASSAGE_TRANSLATED);
	}
}

/* ---- clocks ---- */

/* Of the pairs of one connection, some of all; returns how many. */
static size_t
pick_clock_pairs(const struct match_pair *pairs, size_t count, struct clock_pair *ret)
{
	size_t made = 0, every = count / MOST_CLOCK_PAIRS + 1;

	for (size_t i = 0; i < count; i += every)
		ret[made++] = (struct clock_pair){pairs[i].here->frame, pairs[i].here->time,
		    pairs[i].there->time, pairs[i].here->side == CLIENT};
	return made;
}

struct matched
pairing_matched(
    const struct sightings *here, const struct sightings *there, const struct pairing *pairing)
{
	return (struct matched){
	    here, there, pairing->here, pairing->there, {pairing->shift[0], pairing->shift[1]}};
}

static void
compare_clocks(struct pairing_run *run)
{
	struct clock_pair *pairs = NULL;
	size_t count = 0, capacity = 0;

	for (size_t i = 0; i < run->here->connection_count; i++) {
		const struct pairing *pairing = &run->made[i];
		struct matched matched;
		struct match_pair *segments;
		struct clock_pair picked[2 * MOST_CLOCK_PAIRS];
		size_t picked_count;

		if (pairing->there == NULL || pairing->passage == PASSAGE_TERMINATED)
			continue;
		matched = pairing_matched(run->here, run->there, pairing);
		segments = mem_alloc(
		    min_u64(pairing->here->count, pairing->there->count), sizeof(*segments));
		picked_count =
		    pick_clock_pairs(segments, match_segments(&matched, segments), picked);
		for (size_t j = 0; j < picked_count; j++) {
			pairs = mem_grow(pairs, count, &capacity, sizeof(*pairs));
			pairs[count++] = picked[j];
		}
		mem_free(segments);
	}
	run->clock = clock_map_of(pairs, count, run->arena);
	mem_free(pairs);
}

/* ---- what a device has made of a connection ---- */

/* By how much THERE is later than HERE, or sooner, by the clocks. False when no connection tells
 * how these differ. */
static bool
find_distance(const struct pairing_run *run, const struct sighting *here,
    const struct sighting *there, int64_t *ret)
{
	struct clock_range offset;

	if (!clock_offset(&run->clock, here->frame, here->time, &offset))
		return false;
	*ret = llabs(
	    clock_difference(clock_difference(there->time, here->time), clock_middle(&offset)));
	return true;
}

/* While a datagram is held against the times at which another was sent. */
struct nearness {
	const struct pairing_run *run;
	const struct sighting *there;
	int64_t apart; /* the least */
};

static bool
note_nearness(void *state, const struct sighting *one)
{
	struct nearness *nearness = state;
	int64_t apart;

	if (find_distance(nearness->run, one, nearness->there, &apart) && apart < nearness->apart)
		nearness->apart = apart;
	return true;
}

/* How far apart the beginnings of both are. What the client sent first, and then again, may have
 * come there only once. False when they are too far apart to be one connection's. */
static bool
is_near(const struct pairing_run *run, const struct sighted *here, const struct sighted *there,
    int64_t *ret)
{
	const struct sighting *mine = sightings_next(run->here, here, NULL);
	struct nearness nearness = {run, sightings_next(run->there, there, NULL), INT64_MAX};

	if (mine == NULL || nearness.there == NULL)
		return false;
	if (here->transport == TRANSPORT_UDP) {
		const struct byte_range first = {
		    here, (enum side)mine->side, mine->offset, mine->length};

		sightings_each_of(run->here, &first, note_nearness, &nearness);
	} else {
		note_nearness(&nearness, mine);
	}
	*ret = nearness.apart;
	return nearness.apart <=
	       (here->transport == TRANSPORT_UDP ? MOST_FORWARDED : MOST_HANDED_ON);
}

/* Datagrams that a client sends to several servers are alike: translation leaves one end. */
static bool
has_one_end(const struct sighted *here, const struct sighted *there)
{
	return here->transport != TRANSPORT_UDP || addr_equal(&here->ends.src, &there->ends.src) ||
	       addr_equal(&here->ends.dst, &there->ends.dst);
}

/* Ports are used again, and a client greets in one way: only together with the time, or the
 * server's own words, is it the same connection. */
static bool
may_be_handed_on(const struct pairing_run *run, const struct sighted *here,
    const struct sighted *there, int64_t *ret_apart)
{
	*ret_apart = 0;
	if (here->transport == TRANSPORT_TCP && is_alike(run, here, there, reply_key))
		return true;
	return (is_same_ends(here, there) ||
		   (is_alike(run, here, there, greeting_key) && has_one_end(here, there))) &&
	       is_near(run, here, there, ret_apart);
}

/* The nearest of those that may be HERE as a device handed it on, or NULL. Who has said nothing
 * that tells has no key. */
static struct candidate *
find_handed_on(const struct pairing_run *run, const struct sighted *here, key_of *key)
{
	uint64_t own = key(run->here, here);
	struct candidate *one = own != 0 ? find_candidates(&run->candidates, own) : NULL;
	struct candidate *best = NULL;
	int64_t least = 0, apart;

	for (size_t i = 0; one != NULL && i < MOST_LOOKED_THROUGH; i++, one = one->next) {
		if (one->is_taken || !may_be_handed_on(run, here, one->connection, &apart))
			continue;
		if (best == NULL || apart < least) {
			best = one;
			least = apart;
		}
	}
	return best;
}

/* Whether the client's packets are its own in both captures, as far as IP tells: the Identification
 * goes with a packet wherever it is forwarded. IPv6 has none, nor do some systems set it; then who
 * has the same addresses is believed. */
static bool
is_forwarded(const struct pairing_run *run, const struct pairing *pairing)
{
	const struct sighting *mine = sightings_next(run->here, pairing->here, NULL);
	const struct sighting *theirs = sightings_next(run->there, pairing->there, NULL);

	if (mine->ip_id != 0 && theirs->ip_id != 0)
		return mine->ip_id == theirs->ip_id;
	return !pairing->is_translated;
}

/* A device that only gives other numbers leaves the client's SYN as it was otherwise. Datagrams are
 * what they are, and have none. */
static void
settle_passage(const struct pairing_run *run, struct pairing *pairing)
{
	const struct sighted *here = pairing->here, *there = pairing->there;

	if (here->transport == TRANSPORT_UDP)
		pairing->passage = pairing->is_translated ? PASSAGE_TRANSLATED : PASSAGE_UNCHANGED;
	else if (here->syn_window == there->syn_window && here->syn_mss == there->syn_mss &&
		 here->has_syn_options == there->has_syn_options && here->has_isn[CLIENT] &&
		 there->has_isn[CLIENT] && is_forwarded(run, pairing))
		pairing->passage = PASSAGE_RENUMBERED;
	for (enum side side = CLIENT; side <= SERVER; side++)
		if (here->has_isn[side] && there->has_isn[side])
			pairing->shift[side] = there->isn[side] - here->isn[side];
}

static void
pair_handed_on(struct pairing_run *run, key_of *key)
{
	list_candidates(run, key);
	for (size_t i = 0; i < run->here->connection_count; i++) {
		const struct sighted *here = &run->here->connections[i];
		struct candidate *found;

		if (is_paired(run, here))
			continue;
		found = find_handed_on(run, here, key);
		if (found != NULL)
			settle_passage(run, take(run, here, found, PASSAGE_TERMINATED));
	}
}

/* ---- what a device has made of datagrams ---- */

/* Whether the client sent datagrams that are THERE, and not here. */
static bool
has_other_datagrams(const struct pairing_run *run, const struct pairing *pairing)
{
	const struct sighting *one = NULL;

	while ((one = sightings_next(run->there, pairing->there, one)) != NULL) {
		const struct byte_range same = {pairing->here, CLIENT, one->offset, one->length};

		if (one->side == CLIENT && sightings_exactly(run->here, &same) == NULL)
			return true;
	}
	return false;
}

static void
find_others(struct pairing_run *run)
{
	for (size_t i = 0; i < run->here->connection_count; i++) {
		struct pairing *pairing = &run->made[i];

		pairing->has_others = pairing->there != NULL &&
				      pairing->there->transport == TRANSPORT_UDP &&
				      has_other_datagrams(run, pairing);
	}
}

/* ---- all ---- */

static void
begin(struct pairing_run *run)
{
	run->made = mem_alloc(run->here->connection_count, sizeof(*run->made));
	run->candidates.count = run->there->connection_count;
	run->candidates.items = mem_alloc(run->candidates.count, sizeof(struct candidate));
	for (size_t i = 0; i < run->candidates.count; i++)
		run->candidates.items[i].connection = &run->there->connections[i];
}

static struct pairings
end(struct pairing_run *run)
{
	struct pairings pairings = {.clock = run->clock};

	pairings.items = ARENA_ARRAY(run->arena, struct pairing, run->here->connection_count);
	for (size_t i = 0; i < run->here->connection_count; i++)
		if (run->made[i].there != NULL)
			pairings.items[pairings.count++] = run->made[i];
	pairings.routes = routes_of(pairings.items, pairings.count, run->arena);
	mem_free(run->made);
	mem_free(run->candidates.items);
	table_free(&run->candidates.by_key);
	return pairings;
}

struct pairings
pair_connections(const struct sightings *here, const struct sightings *there, struct arena *arena)
{
	struct pairing_run run = {.here = here, .there = there, .arena = arena};

	begin(&run);
	pair_by(&run, numbered_key, is_numbered_alike);
	pair_by(&run, ends_key, is_seen_alike);
	pair_translated(&run);
	pair_handed_on(&run, reply_key);
	compare_clocks(&run);
	pair_handed_on(&run, ends_key);
	pair_handed_on(&run, greeting_key);
	find_others(&run);
	return end(&run);
}
