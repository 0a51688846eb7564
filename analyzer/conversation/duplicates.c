#include "analyzer/conversation/duplicates.h"

#include <stddef.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/hash.h"
#include "analyzer/base/memory.h"

/* Ways by which one packet is remembered: pktmon shows it at some eight components. */
#define SET_SIZE 8
#define SETS     (DUPLICATES_MOST / SET_SIZE)

/* Of a payload, this much at either end tells it from others of the same numbers in the headers. */
#define PAYLOAD_END 64

/* Words of the headers that are looked at. */
#define HEADER_WORDS 8

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
	/* Random, and nobody knows it. */
	uint64_t pad[HEADER_WORDS + 2 * PAYLOAD_END / sizeof(uint64_t)];
	struct sighting sets[SETS][SET_SIZE];
};

struct duplicates *
duplicates_new(void)
{
	struct duplicates *duplicates = mem_alloc(1, sizeof(*duplicates));

	for (size_t i = 0; i < COUNT(duplicates->pad); i++)
		duplicates->pad[i] = hash_u64(i);
	return duplicates;
}

void
duplicates_free(struct duplicates *duplicates)
{
	mem_free(duplicates);
}

/* Two words of a payload. */
struct pair {
	uint64_t words[2];
};

/*
 * NH (Black, Halevi, Krawczyk, Krovetz and Rogaway, "UMAC", CRYPTO 1999, section 4): a sum of
 * products of words, each with a word of PAD added, that two different messages of one length have
 * in common by chance alone. It costs a fifth of what SipHash does. LENGTH is a multiple of a
 * pair's.
 */
static unsigned __int128
sum_of_pairs(const uint64_t *pad, const uint8_t *bytes, size_t length)
{
	unsigned __int128 sum = 0;
	struct pair pair;

	for (size_t at = 0; at < length; at += sizeof(pair), pad += 2) {
		memcpy(&pair, bytes + at, sizeof(pair));
		sum += (unsigned __int128)(pair.words[0] + pad[0]) * (pair.words[1] + pad[1]);
	}
	return sum;
}

/* What is no whole pair at the end is filled up with zeros; the headers tell the length. */
static unsigned __int128
sum_of_payload(const uint64_t *pad, const struct packet *packet)
{
	uint32_t captured = packet->payload_captured;
	uint32_t head = captured <= 2 * PAYLOAD_END ? captured : PAYLOAD_END;
	uint32_t tail = captured <= 2 * PAYLOAD_END ? 0 : PAYLOAD_END;
	uint32_t whole = head - head % sizeof(struct pair);
	unsigned __int128 sum = sum_of_pairs(pad, packet->payload, whole);
	struct pair rest = {{0, 0}};

	if (tail != 0)
		sum += sum_of_pairs(
		    pad + PAYLOAD_END / sizeof(*pad), packet->payload + captured - tail, tail);
	if (whole != head) {
		memcpy(&rest, packet->payload + whole, head - whole);
		sum +=
		    sum_of_pairs(pad + whole / sizeof(*pad), (const uint8_t *)&rest, sizeof(rest));
	}
	return sum;
}

/* What no router, tag or tunnel changes of the headers: not the TTL, and no checksum. In IPv4 and
 * IPv6 as many words, so that none of one is taken for one of the other. */
static void
header_words(const struct packet *packet, uint64_t ret[HEADER_WORDS])
{
	const struct packet_endpoints *ends = &packet->ends;
	const struct tcp_header *tcp = &packet->tcp;

	memcpy(ret, ends->src.bytes, sizeof(ends->src.bytes));
	memcpy(ret + 2, ends->dst.bytes, sizeof(ends->dst.bytes));
	ret[4] = (uint64_t)ends->src_port << 48 | (uint64_t)ends->dst_port << 32 |
		 packet->payload_length;
	ret[5] = (uint64_t)tcp->seq << 32 | tcp->ack;
	ret[6] = (uint64_t)packet->ip_id << 32 | (uint64_t)tcp->flags << 16 | tcp->window;
	ret[7] = (uint64_t)packet->payload_captured << 32 | (uint64_t)packet->kind << 8 |
		 ends->src.family;
}

static uint64_t
content_of(const struct duplicates *duplicates, const struct packet *packet)
{
	uint64_t words[HEADER_WORDS];
	unsigned __int128 sum;

	header_words(packet, words);
	sum = sum_of_pairs(duplicates->pad, (const uint8_t *)words, sizeof(words));
	if (packet->payload_captured != 0)
		sum += sum_of_payload(duplicates->pad + HEADER_WORDS, packet);
	return (uint64_t)sum ^ (uint64_t)(sum >> 64);
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
	uint64_t content = content_of(duplicates, packet);
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
