#include "analyzer/capture/peel.h"

#include <stddef.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/ip.h"

/* GRE's flags: RFC 2784 2.1, RFC 2890 2, RFC 2637 4.1; the routing of RFC 1701. */
#define GRE_CHECKSUM       0x8000
#define GRE_ROUTING        0x4000
#define GRE_KEY            0x2000
#define GRE_SEQUENCE       0x1000
#define GRE_ACKNOWLEDGMENT 0x0080
#define GRE_VERSION        0x0007

/* ERSPAN, draft-foschiano-erspan-03. */
#define GRE_PROTOCOL_ERSPAN 0x88be

/* L2TP's flags, RFC 2661 3.1. */
#define L2TP_CONTROL  0x8000
#define L2TP_LENGTH   0x4000
#define L2TP_SEQUENCE 0x0800
#define L2TP_OFFSET   0x0200
#define L2TP_VERSION  0x000f

/* GTP-U's, 3GPP TS 29.281 5.1. */
#define GTP_VERSION_TYPE 0xf0
#define GTP_VERSION_1    0x30
#define GTP_EXTENSION    0x04
#define GTP_OPTIONAL     0x07
#define GTP_T_PDU        255

/* Clients take their source ports from here on. A datagram between a tunnel's port and a service's
 * is the service's, whose answer went to a client that happened to have the tunnel's number. */
#define UDP_CLIENT_PORT_LEAST 1024

static enum decode_result
peel_erspan_3(struct peel *peel)
{
	bool has_subheader;

	cur_skip(&peel->bytes, 11);
	has_subheader = (cur_u8(&peel->bytes) & 1) != 0; /* the O bit */
	if (!cur_ok(&peel->bytes))
		return peel_failed(peel);
	if (!peel_skip(peel, has_subheader ? 8 : 0))
		return peel_failed(peel);
	return peel_ethernet(peel);
}

/* Types II and III behind a sequence number; their first four bits are 1 and 2. */
static enum decode_result
peel_erspan(struct peel *peel)
{
	if (peel_nibble(peel) == 2)
		return peel_erspan_3(peel);
	return peel_skip(peel, 8) ? peel_ethernet(peel) : peel_failed(peel);
}

/* WCCP version 2 puts a redirect header of four bytes before the packet (draft-wilson-wrec-wccp
 * 4.12); version 1 does not, and only the packet's own version tells. */
static enum decode_result
peel_wccp(struct peel *peel)
{
	unsigned version = peel_nibble(peel);

	if (version != 4 && version != 6 && !peel_skip(peel, 4))
		return peel_failed(peel);
	return peel_ip(peel);
}

static const struct peel_row gre_protocols[] = {
    {0x0800, peel_ipv4}, {0x86dd, peel_ipv6},
    {0x6558, peel_ethernet}, /* transparent Ethernet bridging, NVGRE (RFC 7637 3.2) */
    {0x8847, peel_mpls},     /* RFC 4023 */
    {0x8848, peel_mpls}, {0x880b, peel_ppp}, /* PPTP, RFC 2637 4.1 */
    {GRE_PROTOCOL_ERSPAN, peel_erspan}, {0x22eb, peel_erspan_3}, {0x883e, peel_wccp},
    {0x894f, peel_nsh}, /* RFC 8300 */
};

/* RFC 1701: source route entries up to one of length 0. */
static void
skip_gre_routing(struct cursor *bytes)
{
	uint8_t length;

	do {
		cur_skip(bytes, 3); /* address family, offset */
		length = cur_u8(bytes);
		cur_skip(bytes, length);
	} while (cur_ok(bytes) && length != 0);
}

static enum decode_result
peel_gre(struct peel *peel)
{
	struct cursor *in = &peel->bytes;
	uint16_t flags = cur_be16(in), protocol = cur_be16(in);

	cur_skip(in, flags & (GRE_CHECKSUM | GRE_ROUTING) ? 4 : 0);
	cur_skip(in, flags & GRE_KEY ? 4 : 0);
	cur_skip(in, flags & GRE_SEQUENCE ? 4 : 0);
	cur_skip(in, (flags & GRE_VERSION) == 1 && (flags & GRE_ACKNOWLEDGMENT) ? 4 : 0);
	if (flags & GRE_ROUTING)
		skip_gre_routing(in);
	if (!cur_ok(in))
		return peel_failed(peel);
	peel_next(peel);
	/* ERSPAN type I has no header of its own, and no sequence number. */
	if (protocol == GRE_PROTOCOL_ERSPAN && !(flags & GRE_SEQUENCE))
		return peel_ethernet(peel);
	return PEEL_INTO(peel, gre_protocols, protocol, DECODED);
}

/* RFC 4302 2.2, where it follows IPv4; behind IPv6 it is an extension header. */
static enum decode_result
peel_authentication(struct peel *peel)
{
	uint8_t next = cur_u8(&peel->bytes), units = cur_u8(&peel->bytes);

	if (!cur_ok(&peel->bytes) || !peel_skip(peel, units * 4u + 6))
		return peel_failed(peel);
	return peel_protocol(peel, next);
}

/* RFC 3378 3: version 3 in the first four bits. */
static enum decode_result
peel_etherip(struct peel *peel)
{
	return peel_skip(peel, 2) ? peel_ethernet(peel) : peel_failed(peel);
}

static const struct peel_row protocols[] = {
    {4, peel_ipv4},  /* RFC 2003 */
    {41, peel_ipv6}, /* RFC 4213 3 */
    {47, peel_gre},  /* RFC 2784 */
    {97, peel_etherip},
    {137, peel_mpls},     /* RFC 4023 */
    {143, peel_ethernet}, /* RFC 8986 9 */
    {IP_PROTOCOL_AH, peel_authentication},
};

enum decode_result
peel_protocol_tunnel(struct peel *peel, uint8_t protocol)
{
	return PEEL_INTO(peel, protocols, protocol, DECODED);
}

/* RFC 7348 5. The VNI flag is not asked for, as Wireshark does not. */
static enum decode_result
peel_vxlan(struct peel *peel)
{
	return peel_skip(peel, 8) ? peel_ethernet(peel) : DECODED_MALFORMED;
}

/* NSH's next protocols, which VXLAN-GPE shares (RFC 8300 2.2, draft-ietf-nvo3-vxlan-gpe 3.1). */
static const struct peel_row nsh_protocols[] = {
    {1, peel_ipv4},
    {2, peel_ipv6},
    {3, peel_ethernet},
    {4, peel_nsh},
    {5, peel_mpls},
};

static enum decode_result
peel_vxlan_gpe(struct peel *peel)
{
	uint8_t next;

	cur_skip(&peel->bytes, 3);
	next = cur_u8(&peel->bytes);
	return peel_skip(peel, 4) ? PEEL_INTO(peel, nsh_protocols, next, DECODED_MALFORMED)
				  : DECODED_MALFORMED;
}

/* RFC 8300 2.2; the length counts 4-byte words of the whole header. */
enum decode_result
peel_nsh(struct peel *peel)
{
	uint16_t version_length = cur_be16(&peel->bytes);
	uint32_t length = (version_length & 0x3fu) * 4;
	uint8_t next;

	cur_skip(&peel->bytes, 1); /* metadata type */
	next = cur_u8(&peel->bytes);
	if (length < 8 || !peel_skip(peel, length - 4))
		return peel_failed(peel);
	return PEEL_INTO(peel, nsh_protocols, next, DECODED_NOT_IP);
}

/* RFC 8926 3.4. */
static enum decode_result
peel_geneve(struct peel *peel)
{
	uint32_t options = (cur_u8(&peel->bytes) & 0x3fu) * 4;
	uint16_t protocol;

	cur_skip(&peel->bytes, 1);
	protocol = cur_be16(&peel->bytes);
	return peel_skip(peel, 4 + options) ? peel_ethertype(peel, protocol) : DECODED_MALFORMED;
}

/* 3GPP TS 29.281 5.2: extension headers, each counting its 4-byte units and naming the next. */
static void
skip_gtp_extensions(struct cursor *bytes)
{
	uint8_t units;

	do {
		units = cur_u8(bytes);
		if (units == 0)
			*bytes = cur_none();
		cur_skip(bytes, units * 4u - 2);
	} while (cur_u8(bytes) != 0);
}

/* 3GPP TS 29.281 5.1: only T-PDUs carry packets. */
static enum decode_result
peel_gtp(struct peel *peel)
{
	struct cursor *in = &peel->bytes;
	uint8_t flags = cur_u8(in), type = cur_u8(in), next;

	cur_skip(in, 6); /* length, tunnel */
	if (!cur_ok(in) || (flags & GTP_VERSION_TYPE) != GTP_VERSION_1 || type != GTP_T_PDU)
		return DECODED_MALFORMED;
	if (flags & GTP_OPTIONAL) {
		cur_skip(in, 3); /* sequence number, N-PDU number */
		next = cur_u8(in);
		if ((flags & GTP_EXTENSION) && next != 0)
			skip_gtp_extensions(in);
	}
	if (!cur_ok(in))
		return DECODED_MALFORMED;
	peel_next(peel);
	return peel_ip(peel);
}

/* RFC 4380 5.1.1: an authentication header and an origin indication may come before IPv6. */
static enum decode_result
peel_teredo(struct peel *peel)
{
	struct cursor look = peel->bytes;
	uint8_t id_length, value_length;

	if (cur_be16(&look) == 1) {
		id_length = cur_u8(&look);
		value_length = cur_u8(&look);
		if (!peel_skip(peel, 4u + id_length + value_length + 9))
			return DECODED_MALFORMED;
	}
	look = peel->bytes;
	if (cur_be16(&look) == 0 && !peel_skip(peel, 8))
		return DECODED_MALFORMED;
	return peel_ipv6(peel);
}

/* RFC 2661 3.1: data messages of L2TP version 2. */
static enum decode_result
peel_l2tp(struct peel *peel)
{
	struct cursor *in = &peel->bytes;
	uint16_t flags = cur_be16(in);

	if ((flags & L2TP_CONTROL) || (flags & L2TP_VERSION) != 2)
		return DECODED_MALFORMED;
	cur_skip(in, flags & L2TP_LENGTH ? 2 : 0);
	cur_skip(in, 4); /* tunnel, session */
	cur_skip(in, flags & L2TP_SEQUENCE ? 4 : 0);
	if (flags & L2TP_OFFSET)
		cur_skip(in, cur_be16(in));
	if (!cur_ok(in))
		return DECODED_MALFORMED;
	peel_next(peel);
	return peel_ppp(peel);
}

/* RFC 9300 5.1. */
static enum decode_result
peel_lisp(struct peel *peel)
{
	return peel_skip(peel, 8) ? peel_ip(peel) : DECODED_MALFORMED;
}

/* The ports by which Wireshark knows a tunnel. Linux's old VXLAN port 8472 is not among them. */
static const struct peel_row udp_ports[] = {
    {1701, peel_l2tp}, {2152, peel_gtp}, {3544, peel_teredo}, {4341, peel_lisp}, {4789, peel_vxlan},
    {4790, peel_vxlan_gpe}, {6081, peel_geneve}, {6635, peel_mpls}, /* RFC 7510 3 */
};

static const struct peel_row *
find_port(uint16_t port)
{
	for (size_t i = 0; i < COUNT(udp_ports); i++)
		if (udp_ports[i].number == port)
			return &udp_ports[i];
	return NULL;
}

enum decode_result
peel_udp_tunnel(struct peel *peel)
{
	const struct packet_endpoints *ends = &peel->ret->ends;
	struct packet outer;
	enum decode_result result;
	uint16_t port;

	if (ends->src_port < UDP_CLIENT_PORT_LEAST || ends->dst_port < UDP_CLIENT_PORT_LEAST)
		return DECODED;
	port = find_port(ends->dst_port) ? ends->dst_port : ends->src_port;
	if (find_port(port) == NULL)
		return DECODED;
	outer = *peel->ret;
	peel->ret->kind = PACKET_OTHER;
	peel->ret->payload = NULL;
	peel->ret->payload_captured = peel->ret->payload_length = 0;
	result = PEEL_INTO(peel, udp_ports, port, DECODED);
	/* Not what its port promised: then it is a datagram like others. */
	if (result == DECODED_MALFORMED || result == DECODED_UNKNOWN_LINK) {
		*peel->ret = outer;
		return DECODED;
	}
	return result;
}
