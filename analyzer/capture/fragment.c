#include "analyzer/capture/fragment.h"

#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/table.h"

/* Datagrams completed last, so that the second half of a duplicated datagram (a mirror port copies
 * both directions) is not taken for one that lost its other half. */
#define RECENT_COUNT 64

struct piece {
	struct piece *previous; /* begins at or before this one */
	struct piece *next;
	uint64_t frame;
	uint32_t offset;
	uint32_t length;
	uint8_t bytes[];
};

struct datagram {
	struct fragment_key key;
	uint64_t hash;
	struct datagram *older, *newer;
	int64_t time; /* of its first fragment */
	struct piece *first, *last;
	size_t pieces;
	uint32_t held;  /* bytes in the pieces, overlaps counted twice */
	uint32_t whole; /* length of the payload, once has_whole */
	bool has_whole; /* the fragment without "more fragments" was seen */
	bool is_repeat; /* its first copy was completed a moment ago */
	uint8_t protocol;
};

struct delivered {
	struct delivered *next;
	uint8_t bytes[];
};

struct fragments {
	struct table table; /* of struct datagram: filled by begin(), emptied by drop() */
	struct datagram *oldest, *newest;
	size_t held;
	uint64_t lost;    /* datagrams given up, and those noted as cut */
	uint64_t repeats; /* is_repeat ones in the table */
	uint64_t contested;
	struct bound_count given_up;
	struct delivered *delivered;
	uint64_t *frames; /* of the delivered ones */
	size_t frame_count, frame_capacity;
	uint64_t recent[RECENT_COUNT]; /* hashes, a ring */
	size_t recent_next;
};

static uint64_t
hash_key(const struct fragment_key *key)
{
	uint64_t hash = addr_hash(&key->src);

	hash = hash_u64(hash ^ addr_hash(&key->dst));
	return hash_u64(hash ^ key->id ^ (uint64_t)key->vlan << 32 ^ (uint64_t)key->protocol << 48);
}

static bool
is_match(const void *entry, const void *sought)
{
	const struct fragment_key *one = &((const struct datagram *)entry)->key;
	const struct fragment_key *other = sought;

	return one->id == other->id && one->vlan == other->vlan &&
	       one->protocol == other->protocol && addr_equal(&one->src, &other->src) &&
	       addr_equal(&one->dst, &other->dst);
}

struct fragments *
fragments_new(void)
{
	return mem_alloc(1, sizeof(struct fragments));
}

static void
forget_pieces(struct datagram *datagram)
{
	struct piece *piece, *next;

	for (piece = datagram->first; piece != NULL; piece = next) {
		next = piece->next;
		mem_free(piece);
	}
}

/* Takes DATAGRAM out of the store and frees it. */
static void
drop(struct fragments *store, struct datagram *datagram)
{
	(void)table_take(&store->table, datagram->hash, is_match, &datagram->key);
	*(datagram->older ? &datagram->older->newer : &store->oldest) = datagram->newer;
	*(datagram->newer ? &datagram->newer->older : &store->newest) = datagram->older;
	store->held -= datagram->held;
	store->repeats -= datagram->is_repeat;
	forget_pieces(datagram);
	mem_free(datagram);
}

static void
give_up(struct fragments *store, struct datagram *datagram)
{
	store->lost += !datagram->is_repeat;
	drop(store, datagram);
}

/* DATAGRAM has to go, since FRAGMENT finds a bound reached. */
static void
make_room(struct fragments *store, struct datagram *datagram, const struct fragment *fragment)
{
	if (store->given_up.count == 0)
		store->given_up.frame = fragment->frame;
	store->given_up.count += datagram->is_repeat ? 0 : datagram->pieces;
	give_up(store, datagram);
}

void
fragments_free(struct fragments *store)
{
	if (store == NULL)
		return;
	while (store->oldest != NULL)
		drop(store, store->oldest);
	fragments_release(store);
	mem_free(store->frames);
	table_free(&store->table);
	mem_free(store);
}

void
fragments_release(struct fragments *store)
{
	struct delivered *delivered;

	while ((delivered = store->delivered) != NULL) {
		store->delivered = delivered->next;
		mem_free(delivered);
	}
	store->frame_count = 0;
}

size_t
fragments_frames(const struct fragments *store, const uint64_t **ret)
{
	*ret = store->frames;
	return store->frame_count;
}

void
fragments_note_cut(struct fragments *store)
{
	store->lost++;
}

uint64_t
fragments_contested(const struct fragments *store)
{
	return store->contested;
}

uint64_t
fragments_incomplete(const struct fragments *store)
{
	return store->lost + store->table.count - store->repeats;
}

struct bound_count
fragments_given_up(const struct fragments *store)
{
	return store->given_up;
}

static bool
is_recent(const struct fragments *store, uint64_t hash)
{
	for (size_t i = 0; i < RECENT_COUNT; i++)
		if (store->recent[i] == hash)
			return true;
	return false;
}

static struct datagram *
begin(struct fragments *store, const struct fragment *fragment, uint64_t hash)
{
	struct datagram *datagram = mem_alloc(1, sizeof(*datagram));

	if (store->table.count == FRAGMENT_DATAGRAMS_MOST)
		make_room(store, store->oldest, fragment);
	datagram->key = fragment->key;
	datagram->hash = hash;
	datagram->time = fragment->time;
	datagram->protocol = fragment->protocol;
	datagram->is_repeat = is_recent(store, hash);
	store->repeats += datagram->is_repeat;
	datagram->older = store->newest;
	*(store->newest ? &store->newest->newer : &store->oldest) = datagram;
	store->newest = datagram;
	table_add(&store->table, hash, datagram);
	return datagram;
}

/* Makes room for FRAGMENT. By packet time, so that the result does not depend on our speed. */
static void
expire(struct fragments *store, const struct fragment *fragment)
{
	while (store->oldest != NULL && fragment->has_time &&
	       fragment->time - store->oldest->time > FRAGMENT_LIFETIME)
		give_up(store, store->oldest);
	while (store->oldest != NULL && store->held + fragment->length > FRAGMENT_BYTES_MOST)
		make_room(store, store->oldest, fragment);
}

/* After every piece that begins at or before its offset: in order of offset, then of arrival. */
static void
insert(struct datagram *datagram, struct piece *piece)
{
	struct piece *before = datagram->last;

	while (before != NULL && before->offset > piece->offset)
		before = before->previous;
	piece->previous = before;
	piece->next = before ? before->next : datagram->first;
	*(before ? &before->next : &datagram->first) = piece;
	*(piece->next ? &piece->next->previous : &datagram->last) = piece;
}

static void
keep(struct fragments *store, struct datagram *datagram, const struct fragment *fragment)
{
	struct piece *piece = mem_alloc(1, sizeof(*piece) + fragment->length);

	piece->frame = fragment->frame;
	piece->offset = fragment->offset;
	piece->length = (uint32_t)fragment->length;
	memcpy(piece->bytes, fragment->bytes, fragment->length);
	insert(datagram, piece);
	datagram->pieces++;
	datagram->held += piece->length;
	store->held += piece->length;
	if (fragment->offset == 0)
		datagram->protocol = fragment->protocol;
	if (!fragment->has_more && !datagram->has_whole) {
		datagram->has_whole = true;
		datagram->whole = piece->offset + piece->length;
	}
}

/* Whether the pieces leave no gap below the datagram's end. */
static bool
is_complete(const struct datagram *datagram)
{
	uint32_t end = 0;

	if (!datagram->has_whole || datagram->held < datagram->whole)
		return false;
	for (const struct piece *piece = datagram->first; piece != NULL; piece = piece->next) {
		if (piece->offset > end)
			break;
		if (piece->offset + piece->length > end)
			end = piece->offset + piece->length;
	}
	return end >= datagram->whole;
}

/* Copies the pieces together; each adds what those before it have not given. False when some bytes
 * of it are not those that were given. */
static bool
join(const struct datagram *datagram, uint8_t *whole)
{
	uint32_t end = 0, stop, known;
	bool is_agreed = true;

	for (const struct piece *piece = datagram->first; piece != NULL; piece = piece->next) {
		stop = piece->offset + piece->length;
		if (stop > datagram->whole)
			stop = datagram->whole;
		known = end < stop ? end : stop;
		if (piece->offset < known)
			is_agreed &=
			    memcmp(whole + piece->offset, piece->bytes, known - piece->offset) == 0;
		if (stop <= end)
			continue;
		memcpy(whole + end, piece->bytes + (end - piece->offset), stop - end);
		end = stop;
	}
	return is_agreed;
}

static void
note_frames(struct fragments *store, const struct datagram *datagram)
{
	for (const struct piece *piece = datagram->first; piece != NULL; piece = piece->next) {
		store->frames = mem_grow(store->frames, store->frame_count, &store->frame_capacity,
		    sizeof(*store->frames));
		store->frames[store->frame_count++] = piece->frame;
	}
}

static void
deliver(struct fragments *store, struct datagram *datagram, struct fragment_whole *ret)
{
	struct delivered *delivered = mem_alloc(1, sizeof(*delivered) + datagram->whole);

	bool is_contested = !join(datagram, delivered->bytes);

	store->contested += is_contested;
	note_frames(store, datagram);
	delivered->next = store->delivered;
	store->delivered = delivered;
	*ret = (struct fragment_whole){
	    delivered->bytes, datagram->whole, datagram->protocol, is_contested};
	store->recent[store->recent_next++ % RECENT_COUNT] = datagram->hash;
	drop(store, datagram);
}

bool
fragments_add(struct fragments *store, const struct fragment *fragment, struct fragment_whole *ret)
{
	uint64_t hash = hash_key(&fragment->key);
	struct datagram *datagram;

	if (fragment->length == 0 || fragment->length > FRAGMENT_DATAGRAM_MOST ||
	    fragment->offset > FRAGMENT_DATAGRAM_MOST - fragment->length)
		return false;
	expire(store, fragment);
	datagram = table_find(&store->table, hash, is_match, &fragment->key);
	if (datagram == NULL)
		datagram = begin(store, fragment, hash);
	if (datagram->pieces == FRAGMENT_PIECES_MOST) {
		make_room(store, datagram, fragment);
		return false;
	}
	keep(store, datagram, fragment);
	if (!is_complete(datagram))
		return false;
	deliver(store, datagram, ret);
	return true;
}
