#include "analyzer/capture/peel.h"

#include <stddef.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/ip.h"
#include "analyzer/capture/transport.h"

/* RFC 792, RFC 4443 2.1: type, code, checksum and four bytes that depend on the type. */
#define ICMP_HEADER_LENGTH 8

/* The messages that quote the packet they are about. */
static const struct icmp_error {
	uint8_t family; /* enum addr_family */
	uint8_t type;
	bool has_stream; /* Wireshark: the quoted segment belongs to a tcp.stream */
} errors[] = {
    {ADDR_IPV4, 3, true},  /* destination unreachable, RFC 792 */
    {ADDR_IPV4, 4, true},  /* source quench, RFC 792; deprecated by RFC 6633 */
    {ADDR_IPV4, 5, false}, /* redirect, RFC 792 */
    {ADDR_IPV4, 11, true}, /* time exceeded, RFC 792 */
    {ADDR_IPV4, 12, true}, /* parameter problem, RFC 792 */
    {ADDR_IPV6, 1, true},  /* destination unreachable, RFC 4443 3.1 */
    {ADDR_IPV6, 2, true},  /* packet too big, RFC 4443 3.2 */
    {ADDR_IPV6, 3, true},  /* time exceeded, RFC 4443 3.3 */
    {ADDR_IPV6, 4, true},  /* parameter problem, RFC 4443 3.4 */
};

static const struct icmp_error *
find_error(uint8_t family, uint8_t type)
{
	for (size_t i = 0; i < COUNT(errors); i++)
		if (errors[i].family == family && errors[i].type == type)
			return &errors[i];
	return NULL;
}

/* The first 8 bytes are what RFC 792 promises; what is there of more is a gift. */
static void
read_tcp_quote(struct cursor *bytes, uint32_t length, bool has_stream, struct icmp_quote *ret)
{
	struct cursor sequence = *bytes;
	uint32_t header_length;

	cur_skip(&sequence, 4); /* ports */
	ret->tcp.seq = cur_be32(&sequence);
	ret->has_sequence = cur_ok(&sequence);
	if (!tcp_read(bytes, &ret->ends, &ret->tcp, &header_length))
		return;
	ret->has_whole_tcp_header = has_stream;
	if (header_length < length)
		ret->payload_length = length - header_length;
}

static void
read_ports(struct cursor bytes, struct icmp_quote *ret)
{
	uint16_t src_port = cur_be16(&bytes), dst_port = cur_be16(&bytes);

	if (!cur_ok(&bytes))
		return;
	ret->ends.src_port = src_port;
	ret->ends.dst_port = dst_port;
	ret->has_ports = true;
}

/* The IP header and what there is of the one behind it. */
static void
read_quote(struct cursor *bytes, uint8_t family, bool has_stream, struct icmp_quote *ret)
{
	struct ip_header header;
	uint32_t read;

	if (family == ADDR_IPV4
		? !ip_read_v4(bytes, &header)
		: !ip_read_v6(bytes, &header) || !ip_read_extensions(bytes, &header))
		return;
	ret->protocol = header.protocol;
	ip_ends(&header, &ret->ends);
	if (header.is_fragment && header.fragment_offset != 0)
		return;
	if (header.protocol != IP_PROTOCOL_TCP && header.protocol != IP_PROTOCOL_UDP)
		return;
	read_ports(*bytes, ret);
	read = (uint32_t)cur_offset(bytes);
	if (ret->has_ports && header.protocol == IP_PROTOCOL_TCP)
		read_tcp_quote(
		    bytes, header.length > read ? header.length - read : 0, has_stream, ret);
}

/* RFC 4861 4.3, 4.4. */
#define ICMPV6_NEIGHBOUR_SOLICITATION  135
#define ICMPV6_NEIGHBOUR_ADVERTISEMENT 136

static enum decode_result
peel_icmp(struct peel *peel, uint8_t family)
{
	struct icmp_quote *quote = &peel->ret->icmp;
	const struct icmp_error *error;
	uint8_t type = cur_u8(&peel->bytes), code = cur_u8(&peel->bytes);

	if (!cur_ok(&peel->bytes))
		return peel_failed(peel);
	peel->ret->kind = PACKET_ICMP;
	*quote = (struct icmp_quote){.type = type, .code = code};
	error = find_error(family, type);
	if (error == NULL || !peel_skip(peel, ICMP_HEADER_LENGTH - 2))
		return DECODED;
	quote->is_error = true;
	read_quote(&peel->bytes, family, error->has_stream, quote);
	return DECODED;
}

enum decode_result
peel_icmpv4(struct peel *peel)
{
	return peel_icmp(peel, ADDR_IPV4);
}

enum decode_result
peel_icmpv6(struct peel *peel)
{
	struct cursor look = peel->bytes;
	uint8_t type = cur_u8(&look);

	if (type == ICMPV6_NEIGHBOUR_SOLICITATION || type == ICMPV6_NEIGHBOUR_ADVERTISEMENT)
		return peel_skip(peel, ICMP_HEADER_LENGTH)
			   ? peel_neighbour(peel, type == ICMPV6_NEIGHBOUR_ADVERTISEMENT)
			   : peel_failed(peel);
	return peel_icmp(peel, ADDR_IPV6);
}
