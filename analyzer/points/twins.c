#include "analyzer/points/twins.h"

#include "analyzer/base/memory.h"
#include "analyzer/conversation/handshake.h"

/* An exchange, and what it is found by: where its first byte stands on its connection. */
struct entry {
	const struct sighted *connection;
	const struct exchange_type *type;
	uint32_t seq;
	enum side from;
	struct exchange *exchange;
};

struct twin_finder {
	const struct path *path;
	struct table entries[POINTS_MOST]; /* struct entry */
	/* struct pairing, by the connection HERE: [HERE][THERE] */
	struct table pairings[POINTS_MOST][POINTS_MOST];
	struct arena arena;
};

static uint64_t
hash_of(const struct entry *entry)
{
	struct hash hash = hash_start();

	hash_word(&hash, (uintptr_t)entry->connection);
	hash_word(&hash, (uintptr_t)entry->type);
	return hash_finish(&hash, (uint64_t)entry->from << 32 | entry->seq);
}

static bool
is_entry(const void *item, const void *key)
{
	const struct entry *one = item, *wanted = key;

	return one->connection == wanted->connection && one->type == wanted->type &&
	       one->seq == wanted->seq && one->from == wanted->from;
}

static bool
is_pairing_of(const void *item, const void *connection)
{
	return ((const struct pairing *)item)->here == connection;
}

/* By its request or, where the capture lacks that, by its answer. The handshake, which has no bytes
 * of its own, stands where the SYN does; nothing else without bytes can be placed. */
static bool
place(const struct point *point, struct exchange *exchange, struct entry *ret)
{
	struct byte_range bytes;

	if (exchange->request_from != CLIENT ||
	    !sightings_message(point->sightings, exchange, exchange->request_frame != 0, &bytes))
		return false;
	if (bytes.length == 0 &&
	    (exchange->type != &tcp_handshake_type || !bytes.connection->has_isn[bytes.side]))
		return false;
	*ret = (struct entry){.connection = bytes.connection,
	    .type = exchange->type,
	    .seq = bytes.length == 0 ? bytes.connection->isn[bytes.side]
				     : bytes.connection->base[bytes.side] + bytes.offset,
	    .from = bytes.side,
	    .exchange = exchange};
	return true;
}

/* Of commands in one message, or requests of the same bytes, of one kind, the first alone. */
static void
list_entries(struct twin_finder *finder, size_t index)
{
	const struct point *point = &finder->path->points[index];
	struct entry made;

	for (size_t i = 0; i < point->ledger->count; i++) {
		if (!place(point, point->ledger->items[i], &made) ||
		    table_find(&finder->entries[index], hash_of(&made), is_entry, &made) != NULL)
			continue;
		table_add(&finder->entries[index], hash_of(&made),
		    arena_copy(&finder->arena, &made, sizeof(made)));
	}
}

static void
list_pairings(struct twin_finder *finder, size_t here, size_t there)
{
	const struct pairings *pairings = &finder->path->pairings[here][there];

	for (size_t i = 0; i < pairings->count; i++)
		table_add(&finder->pairings[here][there],
		    hash_u64((uintptr_t)pairings->items[i].here), &pairings->items[i]);
}

struct twin_finder *
twin_finder_new(const struct path *path)
{
	struct twin_finder *finder = mem_alloc(1, sizeof(*finder));

	finder->path = path;
	for (size_t i = 0; i < path->count; i++)
		list_entries(finder, i);
	for (size_t i = 0; i < path->count; i++)
		for (size_t j = i + 1; j < path->count; j++)
			list_pairings(finder, i, j);
	return finder;
}

/* How the connection of TWINS came from HERE to THERE, or NULL. */
static const struct pairing *
find_pairing(const struct twin_finder *finder, const struct twins *twins, size_t here, size_t there)
{
	const struct sighted *connection = twins->connections[here];

	if (connection == NULL)
		return NULL;
	return table_find(&finder->pairings[here][there], hash_u64((uintptr_t)connection),
	    is_pairing_of, connection);
}

/* Finds what THERE has of WANTED, which is as point FIRST of TWINS has it. */
static void
look_at(
    const struct twin_finder *finder, const struct entry *wanted, size_t there, struct twins *twins)
{
	const struct pairing *pairing = NULL;
	struct entry own = *wanted;
	const struct entry *found;
	size_t here = there;

	/* The nearest that has it tells most of what became of it since. */
	while (here > twins->first && pairing == NULL)
		pairing = find_pairing(finder, twins, --here, there);
	if (pairing == NULL)
		return;
	for (enum side side = CLIENT; side <= SERVER; side++)
		twins->shift[there][side] = twins->shift[here][side] + pairing->shift[side];
	twins->is_terminated[there] =
	    twins->is_terminated[here] || pairing->passage == PASSAGE_TERMINATED;
	twins->has_others[there] = twins->has_others[here] || pairing->has_others;
	twins->connections[there] = own.connection = pairing->there;
	own.seq += twins->shift[there][own.from];
	found = table_find(&finder->entries[there], hash_of(&own), is_entry, &own);
	twins->exchanges[there] = found != NULL ? found->exchange : NULL;
}

bool
twins_find(
    const struct twin_finder *finder, size_t point, struct exchange *exchange, struct twins *ret)
{
	const struct entry *own;
	struct entry wanted;

	if (!place(&finder->path->points[point], exchange, &wanted))
		return false;
	own = table_find(&finder->entries[point], hash_of(&wanted), is_entry, &wanted);
	if (own == NULL || own->exchange != exchange)
		return false;
	*ret = (struct twins){.first = point};
	ret->exchanges[point] = exchange;
	ret->connections[point] = wanted.connection;
	for (size_t i = point + 1; i < finder->path->count; i++)
		look_at(finder, &wanted, i, ret);
	return true;
}

bool
twins_message_at(const struct path *path, const struct twins *twins, size_t here, size_t there,
    bool is_request, struct byte_range *ret)
{
	const struct exchange *exchange = twins->exchanges[here];
	const struct sighted *connection = twins->connections[there];
	struct byte_range bytes;
	uint32_t shift;

	if ((is_request ? exchange->request_frame : exchange->answer_frame) == 0 ||
	    !sightings_message(path->points[here].sightings, exchange, is_request, &bytes))
		return false;
	shift = twins->shift[there][bytes.side] - twins->shift[here][bytes.side];
	*ret = (struct byte_range){connection, bytes.side,
	    bytes.offset + bytes.connection->base[bytes.side] + shift -
		connection->base[bytes.side],
	    bytes.length};
	return true;
}

void
twin_finder_free(struct twin_finder *finder)
{
	for (size_t i = 0; i < POINTS_MOST; i++)
		table_free(&finder->entries[i]);
	for (size_t i = 0; i < POINTS_MOST; i++)
		for (size_t j = 0; j < POINTS_MOST; j++)
			table_free(&finder->pairings[i][j]);
	arena_free(&finder->arena);
	mem_free(finder);
}
