/*
 * The headers of one record, from the outside in: what the readers of the layers hand each other.
 * Only the files of the packet decoder include this.
 */
#ifndef SMBTRIAGE_CAPTURE_PEEL_H
#define SMBTRIAGE_CAPTURE_PEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/base/cursor.h"
#include "analyzer/capture/fragment.h"
#include "analyzer/capture/packet.h"

/*
 * How many headers that are found through a table lie between the link layer and TCP: tags,
 * labels, tunnels and IP in IP. The deepest real stack we know (VLAN, VLAN, PPPoE, PPP, IP, UDP,
 * VXLAN, Ethernet, VLAN, IP, GRE, IP) has 8 of them. It also bounds the recursion.
 */
#define PEEL_HEADERS_MOST 32

#define ETHERNET_HEADER_LENGTH 14
#define ETHERNET_SOURCE_OFFSET 6
#define ETHERTYPE_IPV4         0x0800

struct peel {
	struct cursor bytes; /* what is captured of the current layer, from its first byte */
	uint32_t length;     /* of the current layer on the wire, never less than is captured */
	unsigned headers;    /* found through a table so far */
	uint16_t vlan;       /* the innermost VLAN, 0: none */
	int64_t time;
	bool has_time;
	bool has_joined; /* the bytes are those of a datagram that this record completed */
	struct fragments *fragments;
	struct packet *ret;
};

typedef enum decode_result peel_reader(struct peel *peel);

/* One kind of header: the number that announces it and what reads it. */
struct peel_row {
	uint32_t number;
	peel_reader *read;
};

/* Runs the reader of NUMBER; OTHERWISE is the result when the table has none. */
enum decode_result peel_into(struct peel *peel, const struct peel_row *rows, size_t count,
    uint32_t number, enum decode_result otherwise);

#define PEEL_INTO(peel, rows, number, otherwise) \
	peel_into((peel), (rows), sizeof(rows) / sizeof((rows)[0]), (number), (otherwise))

/* What to say of a layer whose header could not be read. */
static inline enum decode_result
peel_failed(const struct peel *peel)
{
	size_t captured = (size_t)(peel->bytes.end - peel->bytes.start);

	return !cur_ok(&peel->bytes) && captured < peel->length ? DECODED_CUT : DECODED_MALFORMED;
}

/* What follows the bytes read so far becomes the current layer. */
static inline void
peel_next(struct peel *peel)
{
	peel->length -= (uint32_t)cur_offset(&peel->bytes);
	peel->bytes = cur_of(peel->bytes.at, cur_left(&peel->bytes));
}

/* Believes a header that says the current layer ends LENGTH bytes from its start: what lies
 * behind is padding. A layer longer than what carries it ends with its carrier. */
static inline void
peel_limit(struct peel *peel, uint32_t length)
{
	if (length >= peel->length)
		return;
	peel->length = length;
	if (peel->bytes.end > peel->bytes.start + length)
		peel->bytes.end = peel->bytes.start + length;
	if (peel->bytes.at > peel->bytes.end)
		peel->bytes.at = peel->bytes.end;
}

/* The sender's MAC address, six bytes at ADDRESS that were captured. */
static inline void
peel_link_src(struct peel *peel, const uint8_t *address)
{
	memcpy(peel->ret->link_src, address, sizeof(peel->ret->link_src));
	peel->ret->has_link_src = true;
}

/* NUMBER announces a header outside of the innermost IP header, or tells it from its like. */
static inline void
peel_note_path(struct peel *peel, uint32_t number)
{
	peel->ret->path = (peel->ret->path ^ number) * 0x01000193 + 1; /* as FNV-1a does */
}

/* For what carries IP in a form that we do not read. */
peel_reader peel_unread;

/* The high four bits of the current layer's first byte, or 0: IP's version. */
static inline unsigned
peel_nibble(const struct peel *peel)
{
	struct cursor look = peel->bytes;

	return cur_u8(&look) >> 4;
}

/* Passes COUNT bytes of the current layer and makes the rest the current layer. */
bool peel_skip(struct peel *peel, uint32_t count);

/* link.c, llc.c and wlan.c: the readers of what lies below IP. */
enum decode_result peel_link(struct peel *peel, uint32_t link_type);
enum decode_result peel_ethertype(struct peel *peel, uint16_t ethertype);
enum decode_result peel_bsd_family(struct peel *peel, uint32_t family);
peel_reader peel_ethernet, peel_llc, peel_ppp, peel_mpls, peel_nsh;
peel_reader peel_frame_relay, peel_cisco_hdlc, peel_ppp_serial, peel_pppoe, peel_nlpid;
peel_reader peel_wlan, peel_radiotap;

/* ip.c: IP of the version that its first bits say, or of the one named. */
peel_reader peel_ip, peel_ipv4, peel_ipv6;

/* tunnel.c: what an IP protocol other than TCP, UDP and ICMP carries. */
enum decode_result peel_protocol_tunnel(struct peel *peel, uint8_t protocol);

/* tunnel.c: the current layer is the payload of a UDP datagram that PEEL->ret already holds. */
enum decode_result peel_udp_tunnel(struct peel *peel);

/* address.c: ARP, and the body of an ICMPv6 neighbour solicitation or advertisement. */
peel_reader peel_arp;
enum decode_result peel_neighbour(struct peel *peel, bool is_answer);

/* transport.c and icmp.c. */
enum decode_result peel_protocol(struct peel *peel, uint8_t protocol);
peel_reader peel_tcp, peel_udp, peel_icmpv4, peel_icmpv6;

#endif
