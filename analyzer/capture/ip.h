/* IP headers, as bytes: of packets and of what ICMP errors quote. */
#ifndef SMBTRIAGE_CAPTURE_IP_H
#define SMBTRIAGE_CAPTURE_IP_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/cursor.h"
#include "analyzer/capture/packet.h"

/* Protocol numbers that are named in more than one place (IANA). */
enum {
	IP_PROTOCOL_ICMP = 1,
	IP_PROTOCOL_TCP = 6,
	IP_PROTOCOL_UDP = 17,
	IP_PROTOCOL_AH = 51,
	IP_PROTOCOL_ICMPV6 = 58,
};

#define IPV4_HEADER_LENGTH 20 /* without options */

struct ip_header {
	uint8_t family;     /* enum addr_family */
	const uint8_t *src; /* 4 or 16 bytes, borrowed from what was read */
	const uint8_t *dst; /* where it goes in the end, source routes followed */
	uint32_t length;    /* of the packet with its headers, as they claim; 0: they do not say */
	uint8_t protocol;   /* of what follows the headers read so far */
	uint8_t ttl;        /* or hop limit */
	bool is_fragment;   /* of more than one */
	bool has_more;
	uint32_t fragment_offset; /* bytes */
	uint32_t fragment_id;
};

/*
 * RFC 791 3.1 without the options, of which RET_OPTIONS is the length. In the header because nearly
 * every packet of a capture passes here. As ip_read_v4().
 */
static inline bool
ip_read_v4_fixed(struct cursor *bytes, struct ip_header *ret, uint32_t *ret_options)
{
	const uint8_t *header = cur_bytes(bytes, IPV4_HEADER_LENGTH);
	struct cursor in;
	uint32_t header_length, fragment;
	uint8_t first;

	if (header == NULL)
		return false;
	in = cur_of(header, IPV4_HEADER_LENGTH);
	first = cur_u8(&in);
	header_length = (first & 0x0fu) * 4;
	cur_skip(&in, 1); /* type of service */
	ret->length = cur_be16(&in);
	ret->fragment_id = cur_be16(&in);
	fragment = cur_be16(&in);
	ret->fragment_offset = (fragment & 0x1fff) * 8;
	ret->has_more = (fragment & 0x2000) != 0;
	ret->is_fragment = (fragment & 0x3fff) != 0;
	ret->ttl = cur_u8(&in);
	ret->protocol = cur_u8(&in);
	cur_skip(&in, 2); /* checksum */
	ret->family = ADDR_IPV4;
	ret->src = cur_bytes(&in, 4);
	ret->dst = cur_bytes(&in, 4);
	*ret_options = header_length - IPV4_HEADER_LENGTH;
	return first >> 4 == 4 && header_length >= IPV4_HEADER_LENGTH &&
	       (ret->length == 0 || ret->length >= header_length);
}

/* RFC 791 3.1, with the options. False when the bytes end early or contradict themselves; the
 * cursor tells which, and RET is not to be believed. */
bool ip_read_v4(struct cursor *bytes, struct ip_header *ret);

/* The addresses, as values; the ports of RET become 0. */
static inline void
ip_ends(const struct ip_header *header, struct packet_endpoints *ret)
{
	*ret = (struct packet_endpoints){0};
	ret->src.family = ret->dst.family = header->family;
	if (header->family == ADDR_IPV4) {
		memcpy(ret->src.bytes, header->src, 4);
		memcpy(ret->dst.bytes, header->dst, 4);
	} else {
		memcpy(ret->src.bytes, header->src, 16);
		memcpy(ret->dst.bytes, header->dst, 16);
	}
}

/* RFC 8200 3, without extension headers. As ip_read_v4(). */
bool ip_read_v6(struct cursor *bytes, struct ip_header *ret);

/*
 * Reads the extension headers that ip_read_v6() or the last call stopped at, up to the upper
 * layer's or behind a fragment header that does not stand for the whole datagram; HEADER follows.
 * False when the bytes end early.
 */
bool ip_read_extensions(struct cursor *bytes, struct ip_header *header);

#endif
