#include "analyzer/capture/ip.h"

#include "analyzer/base/basics.h"
#include "analyzer/capture/peel.h"

/* RFC 791 3.1: the options that name the hops. */
#define IPV4_LSRR 131
#define IPV4_SSRR 137

/* RFC 8200 3. */
#define IPV6_HEADER_LENGTH 40

/* The last address of a source route that is not yet used up (RFC 791 3.1) is where the packet
 * goes; Wireshark makes it part of the stream's key. */
static void
follow_source_route(struct cursor options, const uint8_t **dst)
{
	uint8_t kind, length, pointer;
	struct cursor data;
	const uint8_t *last;

	while (cur_left(&options) >= 2 && (kind = cur_u8(&options)) != 0) {
		if (kind == 1)
			continue;
		length = cur_u8(&options);
		if (length < 2)
			return;
		data = cur_sub(&options, length - 2u);
		if (kind != IPV4_LSRR && kind != IPV4_SSRR)
			continue;
		pointer = cur_u8(&data);
		if (cur_left(&data) < 4 || pointer > length)
			return;
		cur_skip(&data, cur_left(&data) - 4);
		last = cur_bytes(&data, 4);
		if (last != NULL)
			*dst = last;
		return;
	}
}

bool
ip_read_v4(struct cursor *bytes, struct ip_header *ret)
{
	uint32_t length;
	struct cursor options;

	if (!ip_read_v4_fixed(bytes, ret, &length))
		return false;
	options = cur_sub(bytes, length);
	follow_source_route(options, &ret->dst);
	return cur_ok(bytes);
}

bool
ip_read_v6(struct cursor *bytes, struct ip_header *ret)
{
	const uint8_t *header = cur_bytes(bytes, IPV6_HEADER_LENGTH);
	struct cursor in;
	uint32_t length;

	if (header == NULL)
		return false;
	in = cur_of(header, IPV6_HEADER_LENGTH);
	if (cur_u8(&in) >> 4 != 6)
		return false;
	*ret = (struct ip_header){0};
	cur_skip(&in, 3); /* traffic class and flow label */
	length = cur_be16(&in);
	ret->length = length ? length + IPV6_HEADER_LENGTH : 0;
	ret->protocol = cur_u8(&in);
	ret->ttl = cur_u8(&in);
	ret->family = ADDR_IPV6;
	ret->src = cur_bytes(&in, 16);
	ret->dst = cur_bytes(&in, 16);
	return true;
}

/* RFC 8200 4.3, 4.6: an extension whose length byte counts 8-byte units after the first. */
static void
read_options(struct cursor *body, struct ip_header *header)
{
	uint8_t units = cur_u8(body);

	(void)header;
	cur_skip(body, units * 8u + 6);
}

/* RFC 8200 4.4. With segments left, the packet goes in the end to the last address of type 0, to
 * the only one of type 2 (RFC 6275 6.4), and to the first of type 4, whose list runs backwards
 * (RFC 8754 2). */
static void
read_routing(struct cursor *body, struct ip_header *header)
{
	uint8_t units = cur_u8(body);
	struct cursor data = cur_sub(body, units * 8u + 6);
	uint8_t type = cur_u8(&data), left = cur_u8(&data);
	const uint8_t *last;

	cur_skip(&data, 4);
	if (!cur_ok(&data) || left == 0 || units < 2)
		return;
	if (type != 0 && type != 2 && type != 4)
		return;
	cur_skip(&data, type == 0 ? (units / 2u - 1) * 16u : 0);
	last = cur_bytes(&data, 16);
	if (last != NULL)
		header->dst = last;
}

/* RFC 8200 4.5. */
static void
read_fragment(struct cursor *body, struct ip_header *header)
{
	uint16_t offset;

	cur_skip(body, 1); /* reserved */
	offset = cur_be16(body);
	header->fragment_id = cur_be32(body);
	header->fragment_offset = offset & 0xfff8u;
	header->has_more = (offset & 1) != 0;
	header->is_fragment = offset >> 3 != 0 || header->has_more;
}

/* RFC 4302 2.2: the length counts 4-byte units, minus two. */
static void
read_authentication(struct cursor *body, struct ip_header *header)
{
	uint8_t units = cur_u8(body);

	(void)header;
	cur_skip(body, units * 4u + 6);
}

static const struct extension {
	uint8_t protocol;
	void (*read)(struct cursor *body, struct ip_header *header); /* behind the next header */
} extensions[] = {
    {0, read_options},                             /* hop-by-hop options, RFC 8200 4.3 */
    {43, read_routing},                            /* RFC 8200 4.4 */
    {44, read_fragment},                           /* RFC 8200 4.5 */
    {51, read_authentication}, {60, read_options}, /* destination options, RFC 8200 4.6 */
    {140, read_options},                           /* Shim6, RFC 5533 5.1 */
};

static const struct extension *
find_extension(uint8_t protocol)
{
	for (size_t i = 0; i < COUNT(extensions); i++)
		if (extensions[i].protocol == protocol)
			return &extensions[i];
	return NULL;
}

bool
ip_read_extensions(struct cursor *bytes, struct ip_header *header)
{
	const struct extension *extension;
	uint8_t next;

	header->is_fragment = false;
	while (!header->is_fragment && (extension = find_extension(header->protocol)) != NULL) {
		next = cur_u8(bytes);
		extension->read(bytes, header);
		if (!cur_ok(bytes))
			return false;
		header->protocol = next;
	}
	return true;
}

static enum decode_result peel_upper(struct peel *peel, struct ip_header *header, bool is_whole);

/*
 * A fragment that the record does not hold whole cannot be joined to others. If it is the first of
 * an IPv4 datagram, its transport header counts for what it is, as in Wireshark.
 */
static enum decode_result
peel_partial_fragment(struct peel *peel, struct ip_header *header)
{
	if (header->fragment_offset == 0)
		fragments_note_cut(peel->fragments);
	if (header->fragment_offset != 0 || header->family != ADDR_IPV4)
		return cur_left(&peel->bytes) < peel->length ? DECODED_CUT : DECODED_MALFORMED;
	return peel_protocol(peel, header->protocol);
}

/* The current layer is a fragment's payload; IS_WHOLE: all that its IP header promises. */
static enum decode_result
peel_fragment(struct peel *peel, struct ip_header *header, bool is_whole)
{
	bool is_v4 = header->family == ADDR_IPV4;
	struct packet_endpoints ends = peel->ret->ends;
	struct fragment fragment = {
	    .key = {.src = ends.src,
		.dst = ends.dst,
		.id = header->fragment_id,
		.vlan = is_v4 ? peel->vlan : 0,
		.protocol = is_v4 ? header->protocol : 0},
	    .offset = header->fragment_offset,
	    .has_more = header->has_more,
	    .protocol = header->protocol,
	    .bytes = peel->bytes.at,
	    .length = cur_left(&peel->bytes),
	    .frame = peel->ret->frame,
	    .time = peel->time,
	    .has_time = peel->has_time,
	};
	struct fragment_whole whole;
	enum decode_result result;

	if (!is_whole || fragment.length < peel->length)
		return peel_partial_fragment(peel, header);
	if (fragment.length == 0)
		return DECODED_MALFORMED;
	if (++peel->headers > PEEL_HEADERS_MOST)
		return DECODED_UNKNOWN_LINK;
	if (!peel->has_joined)
		fragments_release(peel->fragments);
	if (!fragments_add(peel->fragments, &fragment, &whole))
		return DECODED_FRAGMENT;
	peel->has_joined = true;
	peel->bytes = cur_of(whole.bytes, whole.length);
	peel->length = whole.length;
	header->protocol = whole.protocol;
	header->is_fragment = false;
	result = peel_upper(peel, header, true);
	if (whole.is_contested) {
		peel->ret->payload = NULL;
		peel->ret->payload_captured = 0;
	}
	return result;
}

/* What follows the headers that HEADER tells of. */
static enum decode_result
peel_upper(struct peel *peel, struct ip_header *header, bool is_whole)
{
	if (header->family == ADDR_IPV6) {
		if (!ip_read_extensions(&peel->bytes, header))
			return peel_failed(peel);
		ip_ends(header, &peel->ret->ends);
		peel_next(peel);
	}
	if (header->is_fragment)
		return peel_fragment(peel, header, is_whole);
	return peel_protocol(peel, header->protocol);
}

static enum decode_result
peel_headed(struct peel *peel, struct ip_header *header)
{
	/* Length 0: the network card was to cut this into segments (TSO), or it is a jumbogram
	 * (RFC 2675 3). The record says how long it is. */
	bool is_whole = header->length <= peel->length;

	if (header->length != 0)
		peel_limit(peel, header->length);
	peel_next(peel);
	ip_ends(header, &peel->ret->ends);
	peel->ret->ttl = header->ttl;
	peel->ret->ip_id = (uint16_t)header->fragment_id; /* none yet in IPv6 */
	return peel_upper(peel, header, is_whole);
}

enum decode_result
peel_ipv4(struct peel *peel)
{
	struct ip_header header;

	/* Wireshark, too, believes the version more than the type that announces IPv4. */
	if (peel_nibble(peel) == 6)
		return peel_ipv6(peel);
	if (!ip_read_v4(&peel->bytes, &header))
		return peel_failed(peel);
	return peel_headed(peel, &header);
}

enum decode_result
peel_ipv6(struct peel *peel)
{
	struct ip_header header;

	if (!ip_read_v6(&peel->bytes, &header))
		return peel_failed(peel);
	return peel_headed(peel, &header);
}

enum decode_result
peel_ip(struct peel *peel)
{
	return peel_nibble(peel) == 6 ? peel_ipv6(peel) : peel_ipv4(peel);
}
