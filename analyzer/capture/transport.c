#include "analyzer/capture/transport.h"

#include <arpa/inet.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/ip.h"
#include "analyzer/capture/peel.h"

/* RFC 9293 3.1. */
#define TCP_HEADER_LENGTH 20
#define TCP_OPTION_END    0
#define TCP_OPTION_NOP    1
#define TCP_OPTION_MSS    2

/* Longer SYN segments, with data, are rare and not worth the time. */
#define SYN_MOST_CHECKED 1500

#define UDP_HEADER_LENGTH 8

/* RFC 9293 3.2; 0 when there is none, or the capture cuts it. */
static uint16_t
find_mss(struct cursor options)
{
	uint8_t kind, length;
	uint16_t mss;

	while (cur_left(&options) > 0 && (kind = cur_u8(&options)) != TCP_OPTION_END) {
		if (kind == TCP_OPTION_NOP)
			continue;
		length = cur_u8(&options);
		if (length < 2)
			return 0;
		if (kind == TCP_OPTION_MSS) {
			mss = cur_be16(&options);
			return length == 4 && cur_ok(&options) ? mss : 0;
		}
		cur_skip(&options, length - 2u);
	}
	return 0;
}

bool
tcp_read(struct cursor *bytes, struct packet_endpoints *ends, struct tcp_header *ret,
    uint32_t *ret_length)
{
	const uint8_t *header = cur_bytes(bytes, TCP_READABLE_LENGTH);
	struct cursor in, options;
	uint16_t offset_flags;
	uint32_t length;

	if (header == NULL)
		return false;
	in = cur_of(header, TCP_READABLE_LENGTH);
	ends->src_port = cur_be16(&in);
	ends->dst_port = cur_be16(&in);
	ret->seq = cur_be32(&in);
	ret->ack = cur_be32(&in);
	offset_flags = cur_be16(&in);
	ret->flags = (uint8_t)offset_flags;
	ret->window = cur_be16(&in);
	length = (offset_flags >> 12) * 4u;
	ret->has_options = length > TCP_HEADER_LENGTH;
	ret->mss = 0;
	if (ret->has_options && (ret->flags & TCP_SYN)) {
		options = *bytes;
		cur_skip(&options, TCP_HEADER_LENGTH - TCP_READABLE_LENGTH);
		length -= TCP_HEADER_LENGTH;
		if (length < cur_left(&options))
			options = cur_sub(&options, length);
		ret->mss = find_mss(options);
		length += TCP_HEADER_LENGTH;
	}
	*ret_length = length;
	return true;
}

/* The current layer's bytes from HEADER_LENGTH on are the payload, as far as they are captured. */
static void
set_payload(struct peel *peel, uint32_t header_length)
{
	size_t captured = (size_t)(peel->bytes.end - peel->bytes.start);

	peel->ret->payload_length = peel->length - header_length;
	if (captured <= header_length)
		return;
	peel->ret->payload = peel->bytes.start + header_length;
	peel->ret->payload_captured = (uint32_t)captured - header_length;
}

/* RFC 1071 2: the sum over 16 bits is that over 32 in the end, and in any byte order. */
static uint64_t
add_words(uint64_t sum, const uint8_t *bytes, size_t length)
{
	uint32_t word;

	for (; length >= sizeof(word); bytes += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		sum += word;
	}
	word = 0;
	memcpy(&word, bytes, length);
	return sum + word;
}

/* RFC 9293 3.1, RFC 8200 8.1: over addresses, length, protocol and the segment, which is whole and
 * no longer than a SYN is. */
static bool
has_wrong_checksum(const struct packet *packet, const uint8_t *segment, uint32_t length)
{
	const struct packet_endpoints *ends = &packet->ends;
	uint64_t sum = (uint64_t)htons(IP_PROTOCOL_TCP) + htons((uint16_t)length);

	/* Unused bytes of an IPv4 address are zero and add nothing. */
	sum = add_words(sum, ends->src.bytes, sizeof(ends->src.bytes));
	sum = add_words(sum, ends->dst.bytes, sizeof(ends->dst.bytes));
	sum = add_words(sum, segment, length);
	while (sum >> 16 != 0)
		sum = (sum >> 16) + (sum & 0xffff);
	return sum != 0xffff;
}

/* A host that leaves checksums to its network card has them wrong in its own captures, and only
 * there; of that one packet a connection is proof enough. */
static void
check_syn(struct peel *peel)
{
	struct packet *ret = peel->ret;
	size_t captured = (size_t)(peel->bytes.end - peel->bytes.start);

	if ((ret->tcp.flags & TCP_SYN) != 0 && captured == peel->length &&
	    peel->length <= SYN_MOST_CHECKED)
		ret->has_wrong_checksum = has_wrong_checksum(ret, peel->bytes.start, peel->length);
}

enum decode_result
peel_tcp(struct peel *peel)
{
	struct packet *ret = peel->ret;
	uint32_t header_length;

	if (!tcp_read(&peel->bytes, &ret->ends, &ret->tcp, &header_length))
		return peel_failed(peel);
	ret->kind = PACKET_TCP;
	/* A header that is too short, or longer than the segment, still has a tcp.stream in
	 * Wireshark; where its payload begins is anybody's guess. */
	if (header_length >= TCP_HEADER_LENGTH && header_length <= peel->length)
		set_payload(peel, header_length);
	check_syn(peel);
	return DECODED;
}

/* RFC 768; RFC 2675 4: over IPv6, length 0 is that of a jumbogram. */
enum decode_result
peel_udp(struct peel *peel)
{
	struct packet *ret = peel->ret;
	const uint8_t *header = cur_bytes(&peel->bytes, UDP_HEADER_LENGTH);
	struct cursor in;
	uint32_t length;

	if (header == NULL)
		return peel_failed(peel);
	in = cur_of(header, UDP_HEADER_LENGTH);
	ret->ends.src_port = cur_be16(&in);
	ret->ends.dst_port = cur_be16(&in);
	length = cur_be16(&in);
	if (length == 0 && ret->ends.src.family == ADDR_IPV6)
		length = peel->length;
	if (length < UDP_HEADER_LENGTH)
		return DECODED_MALFORMED;
	ret->kind = PACKET_UDP;
	peel_limit(peel, length);
	set_payload(peel, UDP_HEADER_LENGTH);
	peel_next(peel);
	return peel_udp_tunnel(peel);
}

/* The upper layers that end a packet's headers (IANA protocol numbers). */
static const struct peel_row transports[] = {
    {IP_PROTOCOL_TCP, peel_tcp},
    {IP_PROTOCOL_UDP, peel_udp},
    {IP_PROTOCOL_ICMP, peel_icmpv4},
    {IP_PROTOCOL_ICMPV6, peel_icmpv6},
};

enum decode_result
peel_protocol(struct peel *peel, uint8_t protocol)
{
	if (protocol == IP_PROTOCOL_TCP)
		return peel_tcp(peel);
	for (size_t i = 0; i < COUNT(transports); i++)
		if (transports[i].number == protocol)
			return transports[i].read(peel);
	return peel_protocol_tunnel(peel, protocol);
}
