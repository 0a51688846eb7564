#include "analyzer/base/cursor.h"
#include "analyzer/capture/peel.h"

#define ARP_REQUEST 1
#define ARP_REPLY   2

static bool
is_unspecified(const struct addr *addr)
{
	static const uint8_t zeroes[sizeof(addr->bytes)];

	return memcmp(addr->bytes, zeroes, sizeof(zeroes)) == 0;
}

/* Who asks or answers; the unspecified address is nobody's (RFC 5227 2.1.1, RFC 4861 4.3). */
static enum decode_result
set_query(struct peel *peel, struct addr asker, struct addr target, bool is_answer)
{
	struct address_query *query = &peel->ret->address;

	if (is_unspecified(&asker))
		asker = (struct addr){.family = ADDR_NONE};
	*query = (struct address_query){asker, target, is_answer};
	peel->ret->kind = PACKET_ADDRESS;
	return DECODED;
}

/* RFC 826: hardware type, protocol, both lengths, operation, then the sender's and the target's
 * addresses. A request for the sender's own address announces it (RFC 5227 3). */
enum decode_result
peel_arp(struct peel *peel)
{
	struct cursor *in = &peel->bytes;
	uint16_t protocol, operation;
	uint8_t hardware_length, length;
	const uint8_t *sender, *target;
	struct addr from, to;

	cur_skip(in, 2);
	protocol = cur_be16(in);
	hardware_length = cur_u8(in);
	length = cur_u8(in);
	operation = cur_be16(in);
	if (cur_ok(in) && (protocol != ETHERTYPE_IPV4 || length != 4 ||
			      (operation != ARP_REQUEST && operation != ARP_REPLY)))
		return DECODED_NOT_IP;
	cur_skip(in, hardware_length);
	sender = cur_bytes(in, 4);
	cur_skip(in, hardware_length);
	target = cur_bytes(in, 4);
	if (!cur_ok(in))
		return peel_failed(peel);
	from = addr_ipv4(sender);
	to = addr_ipv4(target);
	if (operation == ARP_REPLY || addr_equal(&from, &to))
		return set_query(peel, to, from, true);
	return set_query(peel, from, to, false);
}

/* RFC 4861 4.3, 4.4: behind the ICMPv6 header stands the address asked for. */
enum decode_result
peel_neighbour(struct peel *peel, bool is_answer)
{
	const struct packet_endpoints *ends = &peel->ret->ends;
	const uint8_t *target = cur_bytes(&peel->bytes, 16);

	if (target == NULL)
		return peel_failed(peel);
	return set_query(peel, is_answer ? ends->dst : ends->src, addr_ipv6(target), is_answer);
}
