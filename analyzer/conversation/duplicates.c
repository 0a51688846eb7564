#include "analyzer/conversation/duplicates.h"

#include <stddef.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/hash.h"
#include "analyzer/base/memory.h"

/* Ways by which one packet is remembered: pktmon shows it at some eight components. */
#define SET_SIZE 8
#define SETS     (DUPLICATES_MOST / SET_SIZE)

/* Of a payload, this much at either end tells it from others; control messages are shorter. */
#define PAYLOAD_END 128

/* Packets with one content that came one way. Nobody can make another packet with a hash that he
 * does not know, and so have it taken for a copy. */
struct sighting {
	uint64_t content; /* a hash of it */
	int64_t time;     /* of the latest */
	uint32_t interface, path;
	uint32_t count; /* without copies; 0: free */
	uint8_t ttl;
};

struct duplicates {
	struct sighting sets[SETS][SET_SIZE];
};

struct duplicates *
duplicates_new(void)
{
	return mem_alloc(1, sizeof(struct duplicates));
}

void
duplicates_free(struct duplicates *duplicates)
{
	mem_free(duplicates);
}

static uint64_t
payload_hash(const struct packet *packet)
{
	uint32_t captured = packet->payload_captured;

	if (captured == 0)
		return 0;
	if (captured <= 2 * PAYLOAD_END)
		return hash_bytes(packet->payload, captured);
	return hash_bytes(packet->payload, PAYLOAD_END) +
	       3 * hash_bytes(packet->payload + captured - PAYLOAD_END, PAYLOAD_END);
}

/* What no router, tag or tunnel changes of a packet: not the TTL, and no checksum. */
static uint64_t
content_of(const struct packet *packet)
{
	const struct packet_endpoints *ends = &packet->ends;
	const struct tcp_header *tcp = &packet->tcp;
	uint64_t hash = payload_hash(packet);

	hash = hash_u64(hash ^ addr_hash(&ends->src));
	hash = hash_u64(hash ^ addr_hash(&ends->dst));
	hash = hash_u64(hash ^ ((uint64_t)ends->src_port << 48 | (uint64_t)ends->dst_port << 32 |
				   packet->payload_length));
	if (packet->kind == PACKET_TCP)
		hash = hash_u64(hash ^ ((uint64_t)tcp->seq << 32 | tcp->ack));
	return hash_u64(hash ^ ((uint64_t)packet->ip_id << 32 | (uint64_t)tcp->flags << 16 |
				   tcp->window | (uint64_t)packet->kind << 56));
}

/* The set that PACKET belongs into. What falls out of a full one shows in the result, so this must
 * be the same in every run. */
static size_t
set_of(const struct packet *packet)
{
	const struct packet_endpoints *ends = &packet->ends;
	uint64_t words[5] = {0}, place = (uint64_t)packet->tcp.seq << 32 | packet->tcp.ack;

	memcpy(words, ends->src.bytes, sizeof(ends->src.bytes));
	memcpy(words + 2, ends->dst.bytes, sizeof(ends->dst.bytes));
	if (packet->payload_captured >= sizeof(*words))
		memcpy(words + 4, packet->payload, sizeof(*words));
	place ^= (uint64_t)packet->ip_id << 48 | (uint64_t)ends->src_port << 32 |
		 (uint64_t)ends->dst_port << 16 | (packet->payload_length & 0xffff);
	for (size_t i = 0; i < COUNT(words); i++)
		place = place * 0xd6e8feb86659fd93u ^ words[i];
	return hash_mix(place) % SETS;
}

static bool
is_near(const struct sighting *sighting, const struct packet *packet, int64_t window)
{
	int64_t since = packet->time - sighting->time;

	return since <= window && since >= -window;
}

static bool
is_same_way(const struct sighting *sighting, const struct packet *packet)
{
	return sighting->interface == packet->interface && sighting->path == packet->path &&
	       sighting->ttl == packet->ttl;
}

/* Bare acknowledgements repeat for good reason (RFC 5681 2). */
static bool
is_worth_one(const struct packet *packet)
{
	return packet->payload_length != 0 || packet->kind != PACKET_TCP ||
	       (packet->tcp.flags & (TCP_SYN | TCP_FIN | TCP_RST)) != 0;
}

/* What was seen of one content before. */
struct history {
	struct sighting *mine;   /* by the way of the packet at hand, or NULL */
	struct sighting *oldest; /* to be written over */
	uint32_t most_by_others; /* the most sightings lately by any other way */
};

static struct history
look_back(struct sighting *set, uint64_t content, const struct packet *packet)
{
	struct history history = {.oldest = set};

	for (struct sighting *one = set; one < set + SET_SIZE; one++) {
		if (one->count == 0 ||
		    (history.oldest->count != 0 && one->time < history.oldest->time))
			history.oldest = one;
		if (one->count == 0 || one->content != content ||
		    !is_near(one, packet, DUPLICATE_OTHER_WAY))
			continue;
		if (is_same_way(one, packet))
			history.mine = one;
		else if (one->count > history.most_by_others)
			history.most_by_others = one->count;
	}
	return history;
}

bool
duplicates_is_copy(struct duplicates *duplicates, const struct packet *packet)
{
	uint64_t content = content_of(packet);
	struct history history = look_back(duplicates->sets[set_of(packet)], content, packet);
	struct sighting *mine = history.mine;

	if (mine != NULL && is_worth_one(packet) && is_near(mine, packet, DUPLICATE_SAME_WAY))
		return true;
	if (mine == NULL) {
		mine = history.oldest;
		*mine = (struct sighting){.content = content,
		    .interface = packet->interface,
		    .path = packet->path,
		    .ttl = packet->ttl};
	}
	mine->time = packet->time;
	/* The n-th by this way is a copy of the n-th by another. */
	return ++mine->count <= history.most_by_others;
}
