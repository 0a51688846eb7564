#include "analyzer/capture/packet.h"

#include "analyzer/base/memory.h"
#include "analyzer/capture/fragment.h"
#include "analyzer/capture/ip.h"
#include "analyzer/capture/peel.h"

struct packet_decoder {
	struct fragments *fragments;
};

struct packet_decoder *
packet_decoder_new(void)
{
	struct packet_decoder *decoder = mem_alloc(1, sizeof(*decoder));

	decoder->fragments = fragments_new();
	return decoder;
}

void
packet_decoder_free(struct packet_decoder *decoder)
{
	if (decoder == NULL)
		return;
	fragments_free(decoder->fragments);
	mem_free(decoder);
}

uint64_t
packet_decoder_incomplete(const struct packet_decoder *decoder)
{
	return fragments_incomplete(decoder->fragments);
}

uint64_t
packet_decoder_contested(const struct packet_decoder *decoder)
{
	return fragments_contested(decoder->fragments);
}

void
packet_decoder_bounds(const struct packet_decoder *decoder, struct bounds *bounds)
{
	struct bound_count given_up = fragments_given_up(decoder->fragments);

	bound_reached(bounds, BOUND_FRAGMENTS, given_up.count, given_up.frame);
}

size_t
packet_decoder_fragments(const struct packet_decoder *decoder, uint64_t frame, const uint64_t **ret)
{
	size_t count = fragments_frames(decoder->fragments, ret);

	/* What was made whole before stays until there is something else. */
	for (size_t i = 0; i < count; i++)
		if ((*ret)[i] == frame)
			return count;
	return 0;
}

#define LINKTYPE_ETHERNET 1

/* All but the ICMP quote, which is as large as the rest and which hardly any packet has. */
static void
begin(const struct record *record, struct packet *ret)
{
	ret->kind = PACKET_OTHER;
	ret->frame = record->frame;
	ret->time = record->time;
	ret->interface = record->interface;
	ret->ends = (struct packet_endpoints){0};
	ret->ttl = 0;
	ret->frame_length = record->length;
	ret->path = 0;
	ret->ip_id = 0;
	ret->direction = record->direction;
	ret->has_link_src = ret->has_wrong_checksum = false;
	ret->tcp = (struct tcp_header){0};
	ret->payload = NULL;
	ret->payload_captured = 0;
	ret->payload_length = 0;
}

/*
 * Ethernet, IPv4 without options and in one piece, TCP: nearly every packet, so it goes here
 * without a detour. True: PEEL stands before TCP. False, and PEEL untouched: anything else.
 */
static inline bool
is_common(struct peel *peel)
{
	struct cursor in = peel->bytes;
	struct ip_header header;
	uint32_t options;

	cur_skip(&in, ETHERNET_HEADER_LENGTH - 2);
	if (cur_be16(&in) != ETHERTYPE_IPV4 || !ip_read_v4_fixed(&in, &header, &options))
		return false;
	if (options != 0 || header.is_fragment || header.protocol != IP_PROTOCOL_TCP)
		return false;
	ip_ends(&header, &peel->ret->ends);
	peel->ret->ttl = header.ttl;
	peel->ret->ip_id = (uint16_t)header.fragment_id;
	peel_link_src(peel, peel->bytes.start + ETHERNET_SOURCE_OFFSET);
	peel->bytes = in;
	if (header.length != 0)
		peel_limit(peel, ETHERNET_HEADER_LENGTH + header.length);
	peel_next(peel);
	return true;
}

uint64_t
packet_ends_hash(const struct packet_endpoints *ends, enum transport transport)
{
	struct hash hash = hash_start();
	bool is_in_order = ends->src_port != ends->dst_port
			       ? ends->src_port < ends->dst_port
			       : addr_compare(&ends->src, &ends->dst) < 0;

	if (is_in_order)
		addr_hash_add_pair(&hash, &ends->src, &ends->dst);
	else
		addr_hash_add_pair(&hash, &ends->dst, &ends->src);
	return hash_finish(
	    &hash, (uint64_t)transport << 32 |
		       (is_in_order ? (uint32_t)ends->src_port << 16 | ends->dst_port
				    : (uint32_t)ends->dst_port << 16 | ends->src_port));
}

void
packet_set_hash(struct packet *packet)
{
	if (packet->kind == PACKET_TCP)
		packet->hash = packet_ends_hash(&packet->ends, TRANSPORT_TCP);
	else if (packet->kind == PACKET_UDP)
		packet->hash = packet_ends_hash(&packet->ends, TRANSPORT_UDP);
}

static enum decode_result
peel_all(struct peel *peel, uint16_t link_type)
{
	if (link_type != LINKTYPE_ETHERNET)
		return peel_link(peel, link_type);
	return is_common(peel) ? peel_tcp(peel) : peel_ethernet(peel);
}

enum decode_result
packet_decode(struct packet_decoder *decoder, const struct record *record, struct packet *ret)
{
	struct peel peel = {
	    .bytes = cur_of(record->bytes, record->captured),
	    .length = record->length > record->captured ? record->length : record->captured,
	    .time = record->time,
	    .has_time = record->has_time,
	    .fragments = decoder->fragments,
	    .ret = ret,
	};
	enum decode_result result;

	begin(record, ret);
	result = peel_all(&peel, record->link_type);
	if (result == DECODED)
		packet_set_hash(ret);
	return result;
}
