#include "analyzer/conversation/duplicates.h"

#include <stddef.h>
#include <string.h>

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

/* Whole words; where LENGTH is not a multiple of theirs the last two overlap. */
static void
add_bytes(struct hash *hash, const uint8_t *bytes, size_t length)
{
	uint64_t word = 0;

	for (size_t at = 0; at + sizeof(word) <= length; at += sizeof(word)) {
		memcpy(&word, bytes + at, sizeof(word));
		hash_word(hash, word);
	}
	if (length % sizeof(word) == 0)
		return;
	if (length > sizeof(word))
		memcpy(&word, bytes + length - sizeof(word), sizeof(word));
	else
		memcpy(&word, bytes, length);
	hash_word(hash, word);
}

static void
add_payload(struct hash *hash, const struct packet *packet)
{
	uint32_t captured = packet->payload_captured;

	if (captured <= 2 * PAYLOAD_END) {
		add_bytes(hash, packet->payload, captured);
		return;
	}
	add_bytes(hash, packet->payload, PAYLOAD_END);
	add_bytes(hash, packet->payload + captured - PAYLOAD_END, PAYLOAD_END);
}

/* What no router, tag or tunnel changes of a packet: not the TTL, and no checksum. */
static uint64_t
content_of(const struct packet *packet)
{
	const struct packet_endpoints *ends = &packet->ends;
	const struct tcp_header *tcp = &packet->tcp;
	struct hash hash = hash_start();

	addr_hash_add(&hash, &ends->src);
	addr_hash_add(&hash, &ends->dst);
	hash_word(&hash, (uint64_t)ends->src_port << 48 | (uint64_t)ends->dst_port << 32 |
			     packet->payload_length);
	hash_word(&hash, (uint64_t)tcp->seq << 32 | tcp->ack);
	add_payload(&hash, packet);
	return hash_finish(&hash, (uint64_t)packet->ip_id << 32 | (uint64_t)tcp->flags << 16 |
				      tcp->window | (uint64_t)packet->kind << 56);
}

/* The set that PACKET belongs into. What falls out of a full one shows in the result, so this must
 * be the same in every run. */
static size_t
set_of(const struct packet *packet)
{
	const struct packet_endpoints *ends = &packet->ends;
	uint64_t src, dst, payload = 0;

	memcpy(&src, ends->src.bytes + (ends->src.family == ADDR_IPV6 ? 8 : 0), sizeof(src));
	memcpy(&dst, ends->dst.bytes + (ends->dst.family == ADDR_IPV6 ? 8 : 0), sizeof(dst));
	if (packet->payload_captured >= sizeof(payload))
		memcpy(&payload, packet->payload, sizeof(payload));
	src ^= (uint64_t)packet->tcp.seq << 32 | packet->tcp.ack;
	dst ^= (uint64_t)packet->ip_id << 48 | (uint64_t)ends->src_port << 32 |
	       (uint64_t)ends->dst_port << 16 | (packet->payload_length & 0xffff);
	return hash_mix(src + 3 * dst + 5 * payload) % SETS;
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
