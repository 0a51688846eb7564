#include "analyzer/capture/peel.h"

#include <stddef.h>

#include "analyzer/base/basics.h"

/* Below this an Ethernet type is a length (IEEE 802.3-2018 3.2.6). */
#define ETHERTYPE_LEAST      0x0600
#define ETHERNET_LENGTH_MOST 1500

#define ETHERTYPE_IPV6 0x86dd
#define ETHERTYPE_ARP  0x0806

/* The tags end in the type of what they tag. */
static enum decode_result
peel_tag(struct peel *peel, uint32_t length)
{
	uint16_t ethertype;

	cur_skip(&peel->bytes, length - 2);
	ethertype = cur_be16(&peel->bytes);
	if (!cur_ok(&peel->bytes))
		return peel_failed(peel);
	peel_next(peel);
	return peel_ethertype(peel, ethertype);
}

static enum decode_result
peel_tag_6(struct peel *peel)
{
	return peel_tag(peel, 6);
}

static enum decode_result
peel_tag_8(struct peel *peel)
{
	return peel_tag(peel, 8);
}

/* IEEE 802.1Q-2018 9.7: priority and 12 bits of VLAN. */
static enum decode_result
peel_vlan(struct peel *peel)
{
	struct cursor look = peel->bytes;

	peel->vlan = cur_be16(&look) & 0x0fff;
	peel_note_path(peel, peel->vlan);
	return peel_tag(peel, 4);
}

/* IEEE 802.1Q-2018 9.7: a backbone's service tag, and then the customer's frame. */
static enum decode_result
peel_service_instance(struct peel *peel)
{
	return peel_skip(peel, 4) ? peel_ethernet(peel) : peel_failed(peel);
}

/* Cisco FabricPath: the rest of its own addresses' tag. */
static enum decode_result
peel_fabric_path(struct peel *peel)
{
	return peel_skip(peel, 2) ? peel_ethernet(peel) : peel_failed(peel);
}

/* RFC 6325 3.1: the length of the options counts 4-byte units. */
static enum decode_result
peel_trill(struct peel *peel)
{
	struct cursor look = peel->bytes;
	uint32_t options = (cur_be16(&look) >> 6 & 0x1fu) * 4;

	return peel_skip(peel, 6 + options) ? peel_ethernet(peel) : peel_failed(peel);
}

/* RFC 3032 2.1: labels up to the bottom of the stack. What they carry is not said; IP shows itself
 * by its version (RFC 4928 3), the rest is pseudowires, which we do not read. */
enum decode_result
peel_mpls(struct peel *peel)
{
	uint32_t label;
	unsigned version;

	do
		label = cur_be32(&peel->bytes);
	while (cur_ok(&peel->bytes) && !(label & 0x100));
	if (!cur_ok(&peel->bytes))
		return peel_failed(peel);
	peel_next(peel);
	version = peel_nibble(peel);
	if (version != 4 && version != 6 && cur_left(&peel->bytes) > 0)
		return DECODED_UNKNOWN_LINK;
	return peel_ip(peel);
}

/* IANA IEEE 802 numbers; the types that carry IP, or hide it. */
static const struct peel_row ethertypes[] = {
    {ETHERTYPE_IPV4, peel_ipv4}, {ETHERTYPE_IPV6, peel_ipv6}, {ETHERTYPE_ARP, peel_arp},
    {0x8100, peel_vlan}, {0x88a8, peel_vlan}, /* QinQ, IEEE 802.1ad */
    {0x9100, peel_vlan},                      /* QinQ before it had a standard */
    {0x8847, peel_mpls}, {0x8848, peel_mpls}, {0x8864, peel_pppoe},
    {0x6558, peel_ethernet},         /* transparent Ethernet bridging, RFC 1701 */
    {0x8909, peel_tag_8},            /* Cisco MetaData (TrustSec) */
    {0x893f, peel_tag_8},            /* E-tag, IEEE 802.1BR */
    {0x88e7, peel_service_instance}, /* IEEE 802.1ah */
    {0x8926, peel_tag_6},            /* Cisco VN-tag */
    {0x892f, peel_tag_6},            /* HSR, IEC 62439-3 */
    {0x894f, peel_nsh}, {0x22f3, peel_trill}, {0x8903, peel_fabric_path},
    {0x88e5, peel_unread}, /* MACsec: perhaps encrypted */
};

enum decode_result
peel_ethertype(struct peel *peel, uint16_t ethertype)
{
	if (ethertype == ETHERTYPE_IPV4)
		return peel_ipv4(peel);
	if (ethertype >= ETHERTYPE_LEAST)
		return PEEL_INTO(peel, ethertypes, ethertype, DECODED_NOT_IP);
	if (ethertype > ETHERNET_LENGTH_MOST)
		return DECODED_NOT_IP;
	peel_limit(peel, ethertype);
	return peel_llc(peel);
}

enum decode_result
peel_ethernet(struct peel *peel)
{
	const uint8_t *addresses = cur_bytes(&peel->bytes, 12);
	uint16_t ethertype = cur_be16(&peel->bytes);

	if (!cur_ok(&peel->bytes))
		return peel_failed(peel);
	peel_link_src(peel, addresses + ETHERNET_SOURCE_OFFSET);
	peel_next(peel);
	return peel_ethertype(peel, ethertype);
}

/* PF_INET is 2 everywhere, PF_INET6 has a number for each family of systems (LINKTYPE_NULL). */
static const struct peel_row bsd_families[] = {
    {2, peel_ipv4}, {10, peel_ipv6}, /* Linux, in NFLOG */
    {24, peel_ipv6},                 /* NetBSD, OpenBSD, Npcap */
    {28, peel_ipv6},                 /* FreeBSD */
    {30, peel_ipv6},                 /* Darwin */
};

enum decode_result
peel_bsd_family(struct peel *peel, uint32_t family)
{
	return PEEL_INTO(peel, bsd_families, family, DECODED_NOT_IP);
}

/* LINKTYPE_NULL and LINKTYPE_LOOP: the family in the byte order of the capturing host, which shows
 * because no family is above 65,535. Some writers put an Ethernet type there. */
static enum decode_result
peel_null(struct peel *peel)
{
	struct cursor look = peel->bytes;
	uint32_t little = cur_le32(&look), big = cur_be32(&peel->bytes),
		 family = little > UINT16_MAX ? big : little;

	if (!cur_ok(&peel->bytes))
		return peel_failed(peel);
	peel_next(peel);
	if (family > ETHERNET_LENGTH_MOST)
		return peel_ethertype(peel, (uint16_t)family);
	return peel_bsd_family(peel, family);
}

/* What the capturing Linux says of a cooked packet: its type, and its sender's address when that is
 * one of Ethernet's. */
static void
note_cooked(struct peel *peel, uint16_t type, uint16_t address_length, const uint8_t *address)
{
	/* To us, broadcast, multicast, to somebody else (of whom we do not know), from us. */
	static const uint8_t directions[] = {DIRECTION_INBOUND, DIRECTION_INBOUND,
	    DIRECTION_INBOUND, DIRECTION_UNKNOWN, DIRECTION_OUTBOUND};

	if (type < COUNT(directions) && peel->ret->direction == DIRECTION_UNKNOWN)
		peel->ret->direction = directions[type];
	if (address_length == sizeof(peel->ret->link_src))
		peel_link_src(peel, address);
}

/* LINKTYPE_LINUX_SLL: the protocol is the last field of 16 bytes; 4 is 802.2 LLC. */
static enum decode_result
peel_cooked(struct peel *peel)
{
	struct cursor *in = &peel->bytes;
	uint16_t type = cur_be16(in), protocol, address_length;
	const uint8_t *address;

	cur_skip(in, 2); /* kind of device */
	address_length = cur_be16(in);
	address = cur_bytes(in, 8);
	protocol = cur_be16(in);
	if (!cur_ok(in))
		return peel_failed(peel);
	note_cooked(peel, type, address_length, address);
	peel_next(peel);
	if (protocol < ETHERTYPE_LEAST)
		return protocol == 4 ? peel_llc(peel) : DECODED_NOT_IP;
	return peel_ethertype(peel, protocol);
}

/* LINKTYPE_LINUX_SLL2: the protocol is the first field of 20 bytes. */
static enum decode_result
peel_cooked_2(struct peel *peel)
{
	struct cursor *in = &peel->bytes;
	uint16_t protocol = cur_be16(in);
	uint8_t type, address_length;
	const uint8_t *address;

	cur_skip(in, 8); /* reserved, interface, kind of device */
	type = cur_u8(in);
	address_length = cur_u8(in);
	address = cur_bytes(in, 8);
	if (!cur_ok(in))
		return peel_failed(peel);
	note_cooked(peel, type, address_length, address);
	peel_next(peel);
	if (protocol < ETHERTYPE_LEAST)
		return protocol == 4 ? peel_llc(peel) : DECODED_NOT_IP;
	return peel_ethertype(peel, protocol);
}

/* LINKTYPE_ARCNET_LINUX: addresses and an offset, then RFC 1201 (with fragments) or RFC 1051. */
static enum decode_result
peel_arcnet(struct peel *peel)
{
	uint8_t type, split;

	cur_skip(&peel->bytes, 4);
	type = cur_u8(&peel->bytes);
	if (type == 240)
		return peel_skip(peel, 0) ? peel_ipv4(peel) : peel_failed(peel);
	if (type != 212)
		return cur_ok(&peel->bytes) ? DECODED_NOT_IP : peel_failed(peel);
	split = cur_u8(&peel->bytes);
	if (!peel_skip(peel, 2)) /* sequence */
		return peel_failed(peel);
	return split == 0 ? peel_ipv4(peel) : DECODED_UNKNOWN_LINK;
}

/* LINKTYPE_APPLE_IP_OVER_IEEE1394: two addresses of 8 bytes and a type. */
static enum decode_result
peel_firewire(struct peel *peel)
{
	return peel_tag(peel, 18);
}

/* LINKTYPE_PFLOG: its length, which padding rounds up to four, and the family. */
static enum decode_result
peel_pflog(struct peel *peel)
{
	uint8_t length = cur_u8(&peel->bytes), family = cur_u8(&peel->bytes);

	if (length < 2 || !peel_skip(peel, ((length + 3u) & ~3u) - 2))
		return peel_failed(peel);
	return peel_bsd_family(peel, family);
}

/* LINKTYPE_NFLOG: type-length-value in the byte order of the host, in four-byte steps; the packet
 * is the value of type 9. Types are small, so a type above 255 shows the other order. */
static enum decode_result
peel_nflog(struct peel *peel)
{
	struct cursor *in = &peel->bytes, big;
	uint8_t family = cur_u8(in);
	uint16_t length, type;

	cur_skip(in, 3); /* version, resource */
	while (cur_ok(in)) {
		big = *in;
		length = cur_le16(in);
		type = cur_le16(in);
		if (type > 255) {
			length = cur_be16(&big);
			type = cur_be16(&big);
		}
		if (!cur_ok(in) || length < 4)
			break;
		if ((type & 0xff) == 9) {
			peel_next(peel);
			peel_limit(peel, length - 4u);
			return peel_bsd_family(peel, family);
		}
		cur_skip(in, ((length + 3u) & ~3u) - 4);
	}
	return cur_ok(in) ? DECODED_NOT_IP : peel_failed(peel);
}

/* LINKTYPE_PKTAP: its length, the kind of record (1: a packet) and the packet's link type. */
static enum decode_result
peel_pktap(struct peel *peel)
{
	uint32_t length = cur_le32(&peel->bytes), kind = cur_le32(&peel->bytes),
		 link_type = cur_le32(&peel->bytes);

	if (length < 12 || !peel_skip(peel, length - 12))
		return peel_failed(peel);
	return kind == 1 ? peel_link(peel, link_type) : DECODED_NOT_IP;
}

/* LINKTYPE_PPI: its length and the packet's link type, both little-endian. */
static enum decode_result
peel_ppi(struct peel *peel)
{
	uint16_t length;
	uint32_t link_type;

	cur_skip(&peel->bytes, 2); /* version, flags */
	length = cur_le16(&peel->bytes);
	link_type = cur_le32(&peel->bytes);
	if (length < 8 || !peel_skip(peel, length - 8u))
		return peel_failed(peel);
	return peel_link(peel, link_type);
}

/* www.tcpdump.org/linktypes.html. */
static const struct peel_row links[] = {
    {1, peel_ethernet},
    {101, peel_ip},       /* RAW */
    {113, peel_cooked},   /* LINUX_SLL */
    {276, peel_cooked_2}, /* LINUX_SLL2 */
    {0, peel_null},       /* NULL */
    {108, peel_null},     /* LOOP */
    {228, peel_ipv4},     /* IPV4 */
    {229, peel_ipv6},     /* IPV6 */
    {12, peel_ip},        /* DLT_RAW of most systems, written as it is by some tools */
    {14, peel_ip},        /* DLT_RAW of OpenBSD */
    {9, peel_ppp},
    {50, peel_ppp_serial}, /* PPP_HDLC */
    {51, peel_pppoe},      /* PPP_ETHER */
    {100, peel_llc},       /* ATM_RFC1483 */
    {104, peel_cisco_hdlc},
    {105, peel_wlan}, /* IEEE802_11 */
    {107, peel_frame_relay},
    {117, peel_pflog},
    {127, peel_radiotap},
    {129, peel_arcnet}, /* ARCNET_LINUX */
    {138, peel_firewire},
    {192, peel_ppi},
    {239, peel_nflog},
    {258, peel_pktap},
};

enum decode_result
peel_link(struct peel *peel, uint32_t link_type)
{
	return PEEL_INTO(peel, links, link_type, DECODED_UNKNOWN_LINK);
}
