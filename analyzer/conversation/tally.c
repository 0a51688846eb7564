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
	return hash_u64(addr_hash(key->addr) ^ key->port);
}

static struct tally_row *
find(const struct tally *tally, const struct tally_key *key)
{
	return table_find(&tally->rows, hash_key(key), is_row, key);
}

/* The row of KEY, made when there is none; NULL: there are too many, of which COUNT tells. */
static struct tally_row *
row_of(struct tally *tally, const struct tally_key *key, size_t *count)
{
	struct tally_row *row = find(tally, key);

	if (row != NULL || *count >= tally->most)
		return row;
	row = ARENA_NEW(&tally->arena, struct tally_row);
	row->addr = *key->addr;
	row->port = key->port;
	table_add(&tally->rows, hash_key(key), row);
	++*count;
	return row;
}

static void
count(struct tally_row *row, const struct handshake *handshake)
{
	if (row == NULL)
		return;
	row->attempts++;
	if (handshake->syn_ack_frame != 0)
		row->answered++;
	else if (handshake->is_refused || handshake->is_icmp_rejected)
		row->refused++;
	else
		row->unanswered++;
	if (handshake->first_syn_time >= row->last_time) {
		row->last_time = handshake->first_syn_time;
		row->last_frame = handshake->first_syn_frame;
	}
}

void
tally_add(struct tally *tally, const struct packet_endpoints *ends,
    const struct handshake *handshake, bool is_syn_only)
{
	const struct tally_key end = {&ends->dst, ends->dst_port};
	const struct tally_key client = {&ends->src, 0};

	if (handshake->syn_count == 0)
		return;
	count(row_of(tally, &end, &tally->ends), handshake);
	count(row_of(tally, &client, &tally->clients), handshake);
	tally->syn_only += is_syn_only;
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
