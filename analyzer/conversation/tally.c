#include "analyzer/conversation/tally.h"

struct tally_key {
	const struct addr *addr;
	uint16_t port;
};

static bool
is_row(const void *entry, const void *key)
{
	const struct tally_row *row = entry;
	const struct tally_key *wanted = key;

	return row->port == wanted->port && addr_equal(&row->addr, wanted->addr);
}

static uint64_t
hash_key(const struct tally_key *key)
{
	struct hash hash = hash_start();

	addr_hash_add(&hash, key->addr);
	return hash_finish(&hash, (uint64_t)key->addr->family << 16 | key->port);
}

static struct tally_row *
find(const struct tally *tally, const struct tally_key *key)
{
	return table_find(&tally->rows, hash_key(key), is_row, key);
}

/* The row of KEY, made when there is none; NULL: there are too many. A flood mostly has one end or
 * one client, so what is wanted is KIND's latest. */
static struct tally_row *
row_of(struct tally *tally, const struct tally_key *key, struct tally_kind *kind)
{
	struct tally_row *row = kind->latest;

	if (row != NULL && is_row(row, key))
		return row;
	row = find(tally, key);
	if (row == NULL && kind->count < tally->most) {
		row = ARENA_NEW(&tally->arena, struct tally_row);
		row->addr = *key->addr;
		row->port = key->port;
		table_add(&tally->rows, hash_key(key), row);
		kind->count++;
	}
	kind->latest = row;
	return row;
}

static void
count(struct tally_row *row, const struct tally_attempt *attempt)
{
	if (row == NULL)
		return;
	row->attempts++;
	if (attempt->is_answered)
		row->answered++;
	else if (attempt->is_refused)
		row->refused++;
	else
		row->unanswered++;
	if (attempt->time >= row->last_time) {
		row->last_time = attempt->time;
		row->last_frame = attempt->frame;
	}
}

void
tally_add(
    struct tally *tally, const struct packet_endpoints *ends, const struct tally_attempt *attempt)
{
	const struct tally_key end = {&ends->dst, ends->dst_port};
	const struct tally_key client = {&ends->src, 0};

	count(row_of(tally, &end, &tally->ends), attempt);
	count(row_of(tally, &client, &tally->clients), attempt);
	tally->syn_only += attempt->is_syn_only;
}

const struct tally_row *
tally_find(const struct tally *tally, const struct addr *addr, uint16_t port)
{
	const struct tally_key key = {addr, port};

	return find(tally, &key);
}

void
tally_free(struct tally *tally)
{
	table_free(&tally->rows);
	arena_free(&tally->arena);
}
