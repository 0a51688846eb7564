#include "analyzer/capture/peel.h"

#include <stddef.h>

/* Who assigned the protocol number of a SNAP header (RFC 1042, RFC 2427 6). */
#define SNAP_ETHERTYPE   0x000000
#define SNAP_802_1H      0x0000f8
#define SNAP_BRIDGED     0x0080c2
#define SNAP_BRIDGED_FCS 0x0001 /* Ethernet with its checksum */
#define SNAP_BRIDGED_ETH 0x0007

/* RFC 1042: organisation and protocol. RFC 2684 5.2 pads bridged frames with two bytes. */
static enum decode_result
peel_snap(struct peel *peel)
{
	uint32_t organisation = cur_be24(&peel->bytes);
	uint16_t protocol = cur_be16(&peel->bytes);

	if (!cur_ok(&peel->bytes))
		return peel_failed(peel);
	peel_next(peel);
	if (organisation == SNAP_ETHERTYPE || organisation == SNAP_802_1H)
		return peel_ethertype(peel, protocol);
	if (organisation != SNAP_BRIDGED ||
	    (protocol != SNAP_BRIDGED_FCS && protocol != SNAP_BRIDGED_ETH))
		return DECODED_NOT_IP;
	return peel_skip(peel, 2) ? peel_ethernet(peel) : peel_failed(peel);
}

/* ISO/IEC TR 9577 network layer protocol identifiers. */
static const struct peel_row network_protocols[] = {
    {0x00, peel_nlpid}, /* padding, RFC 2427 3 */
    {0x80, peel_snap},
    {0x8e, peel_ipv6},
    {0xcc, peel_ipv4},
    {0xcf, peel_ppp},
};

enum decode_result
peel_nlpid(struct peel *peel)
{
	uint8_t protocol = cur_u8(&peel->bytes);

	if (!cur_ok(&peel->bytes))
		return peel_failed(peel);
	peel_next(peel);
	return PEEL_INTO(peel, network_protocols, protocol, DECODED_NOT_IP);
}

/* IEEE 802.2 destination service access points. */
static const struct peel_row access_points[] = {
    {0x06, peel_ipv4},
    {0xaa, peel_snap},
    {0xfe, peel_nlpid},
};

/* IEEE 802.2: unnumbered frames have a control field of one byte, the others of two. */
enum decode_result
peel_llc(struct peel *peel)
{
	uint8_t destination = cur_u8(&peel->bytes), control;

	cur_skip(&peel->bytes, 1); /* source */
	control = cur_u8(&peel->bytes);
	if (!peel_skip(peel, (control & 3) == 3 ? 0 : 1))
		return peel_failed(peel);
	return PEEL_INTO(peel, access_points, destination, DECODED_NOT_IP);
}

/* IANA PPP numbers: those that carry IP, or hide it. */
static const struct peel_row ppp_protocols[] = {
    {0x0021, peel_ipv4}, {0x0057, peel_ipv6}, {0x0281, peel_mpls}, {0x0283, peel_mpls},
    {0x002d, peel_unread},                        /* Van Jacobson compressed TCP, RFC 1332 4 */
    {0x002f, peel_unread}, {0x003d, peel_unread}, /* multilink, RFC 1990 */
    {0x0053, peel_unread},                        /* encrypted, RFC 1968 */
    {0x00fd, peel_unread},                        /* compressed, RFC 1962 */
};

/* RFC 1661 2, RFC 1662 3.1: address and control may be left out, and the protocol's first byte,
 * because the last byte is odd and the first is even. */
enum decode_result
peel_ppp(struct peel *peel)
{
	struct cursor look = peel->bytes;
	uint16_t protocol;

	if (cur_u8(&look) == 0xff)
		cur_skip(&peel->bytes, 2);
	protocol = cur_u8(&peel->bytes);
	if (!(protocol & 1))
		protocol = (uint16_t)(protocol << 8 | cur_u8(&peel->bytes));
	if (!cur_ok(&peel->bytes))
		return peel_failed(peel);
	peel_next(peel);
	return PEEL_INTO(peel, ppp_protocols, protocol, DECODED_NOT_IP);
}

/* LINKTYPE_PPP_HDLC: PPP, or Cisco's framing on the same lines. */
enum decode_result
peel_ppp_serial(struct peel *peel)
{
	struct cursor look = peel->bytes;
	uint8_t address = cur_u8(&look);

	return address == 0x0f || address == 0x8f ? peel_cisco_hdlc(peel) : peel_ppp(peel);
}

/* RFC 2516 4: code 0 is the session's data. */
enum decode_result
peel_pppoe(struct peel *peel)
{
	uint8_t code;
	uint16_t length;

	cur_skip(&peel->bytes, 1); /* version, type */
	code = cur_u8(&peel->bytes);
	cur_skip(&peel->bytes, 2); /* session */
	length = cur_be16(&peel->bytes);
	if (!cur_ok(&peel->bytes))
		return peel_failed(peel);
	peel_next(peel);
	peel_limit(peel, length);
	return code == 0 ? peel_ppp(peel) : DECODED_NOT_IP;
}

/* Cisco HDLC: address, control, and an Ethernet type. */
enum decode_result
peel_cisco_hdlc(struct peel *peel)
{
	uint16_t ethertype;

	cur_skip(&peel->bytes, 2);
	ethertype = cur_be16(&peel->bytes);
	if (!cur_ok(&peel->bytes))
		return peel_failed(peel);
	peel_next(peel);
	return ethertype < 0x0600 ? DECODED_NOT_IP : peel_ethertype(peel, ethertype);
}

/* RFC 2427 3: an address of two to four bytes, whose last has the low bit, then unnumbered
 * information (3) and a protocol identifier; Cisco puts an Ethernet type there instead. */
enum decode_result
peel_frame_relay(struct peel *peel)
{
	struct cursor *in = &peel->bytes;
	struct cursor look;
	unsigned length = 0;
	uint16_t ethertype;

	while (!(cur_u8(in) & 1) && cur_ok(in) && ++length < 4)
		continue;
	if (!cur_ok(in))
		return peel_failed(peel);
	peel_next(peel);
	look = *in;
	if (cur_u8(&look) == 3)
		return peel_skip(peel, 1) ? peel_nlpid(peel) : peel_failed(peel);
	ethertype = cur_be16(in);
	if (!cur_ok(in))
		return peel_failed(peel);
	peel_next(peel);
	return peel_ethertype(peel, ethertype);
}
