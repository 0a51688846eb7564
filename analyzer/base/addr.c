#include "analyzer/base/addr.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "analyzer/base/digits.h"

struct addr
addr_ipv4(const uint8_t bytes[4])
{
	struct addr addr = {.family = ADDR_IPV4};

	memcpy(addr.bytes, bytes, 4);
	return addr;
}

struct addr
addr_ipv6(const uint8_t bytes[16])
{
	struct addr addr = {.family = ADDR_IPV6};

	memcpy(addr.bytes, bytes, 16);
	return addr;
}

int
addr_compare(const struct addr *one, const struct addr *other)
{
	if (one->family != other->family)
		return one->family < other->family ? -1 : 1;
	return memcmp(one->bytes, other->bytes, sizeof(one->bytes));
}

uint64_t
addr_hash(const struct addr *addr)
{
	struct hash hash = hash_start();

	addr_hash_add(&hash, addr);
	return hash_finish(&hash, addr->family);
}

static char *
put_ipv4(char *at, const uint8_t bytes[4])
{
	for (size_t i = 0; i < 4; i++) {
		if (i != 0)
			*at++ = '.';
		at = digits_put(at, bytes[i]);
	}
	return at;
}

#define GROUPS 8 /* of 16 bits, in an IPv6 address */

/* Groups that are zero, one after the other. */
struct zeros {
	size_t start, count;
};

/* What "::" stands for: the longest run of two at least, and the first of several
 * (RFC 5952 4.2). */
static struct zeros
shortened(const unsigned groups[GROUPS])
{
	struct zeros longest = {0, 1}, run = {0, 0};

	for (size_t i = 0; i < GROUPS; i++) {
		if (groups[i] != 0) {
			run = (struct zeros){i + 1, 0};
			continue;
		}
		if (++run.count > longest.count)
			longest = run;
	}
	return longest.count >= 2 ? longest : (struct zeros){GROUPS, 0};
}

/* Addresses that embed one of IPv4, and show it: IPv4-mapped and the older IPv4-compatible ones
 * (RFC 5952 5, RFC 4291 2.5.5). */
static bool
is_mixed(const unsigned groups[GROUPS], const struct zeros *zeros)
{
	return zeros->start == 0 &&
	       (zeros->count == 6 || (zeros->count == 5 && groups[5] == 0xffff));
}

static char *
put_group(char *at, unsigned group)
{
	static const char digits[] = "0123456789abcdef";
	int shift = group >= 0x1000 ? 12 : group >= 0x100 ? 8 : group >= 0x10 ? 4 : 0;

	for (; shift >= 0; shift -= 4)
		*at++ = digits[group >> shift & 0xf];
	return at;
}

static char *
put_ipv6(char *at, const uint8_t bytes[16])
{
	unsigned groups[GROUPS];
	struct zeros zeros;
	size_t i = 0;

	for (size_t j = 0; j < GROUPS; j++)
		groups[j] = (unsigned)(bytes[2 * j] << 8 | bytes[2 * j + 1]);
	zeros = shortened(groups);
	while (i < GROUPS) {
		if (i == 6 && is_mixed(groups, &zeros))
			return put_ipv4(at, bytes + 12);
		if (i == zeros.start) {
			*at++ = ':';
			if (i == 0)
				*at++ = ':';
			i += zeros.count;
			continue;
		}
		at = put_group(at, groups[i]);
		if (++i < GROUPS)
			*at++ = ':';
	}
	return at;
}

const char *
addr_text(const struct addr *addr, char ret_text[ADDR_TEXT_SIZE])
{
	*addr_put(ret_text, addr) = '\0';
	return ret_text;
}

char *
addr_put(char *at, const struct addr *addr)
{
	if (addr->family == ADDR_IPV4)
		return put_ipv4(at, addr->bytes);
	if (addr->family == ADDR_IPV6)
		return put_ipv6(at, addr->bytes);
	*at = '?';
	return at + 1;
}

bool
addr_parse(const char *text, struct addr *ret)
{
	struct addr addr = {.family = ADDR_NONE};

	if (inet_pton(AF_INET, text, addr.bytes) == 1)
		addr.family = ADDR_IPV4;
	else if (inet_pton(AF_INET6, text, addr.bytes) == 1)
		addr.family = ADDR_IPV6;
	else
		return false;
	*ret = addr;
	return true;
}

static bool
parse_prefix(const char *digits, unsigned most, uint8_t *ret)
{
	char *end;
	unsigned long bits = strtoul(digits, &end, 10);

	if (digits[0] < '0' || digits[0] > '9' || *end != '\0' || bits > most)
		return false;
	*ret = (uint8_t)bits;
	return true;
}

bool
addr_parse_net(const char *text, struct addr_net *ret)
{
	const char *slash = strchr(text, '/');
	size_t length = slash ? (size_t)(slash - text) : strlen(text);
	char address[ADDR_TEXT_SIZE];
	struct addr_net net;
	unsigned most;

	if (length >= sizeof(address))
		return false;
	memcpy(address, text, length);
	address[length] = '\0';
	if (!addr_parse(address, &net.addr))
		return false;
	most = net.addr.family == ADDR_IPV4 ? 32 : 128;
	net.prefix = (uint8_t)most;
	if (slash && !parse_prefix(slash + 1, most, &net.prefix))
		return false;
	*ret = net;
	return true;
}

bool
addr_in_net(const struct addr *addr, const struct addr_net *net)
{
	size_t whole = net->prefix / 8;
	unsigned rest = net->prefix % 8;
	uint8_t mask = (uint8_t)(0xff00u >> rest);

	if (addr->family != net->addr.family || memcmp(addr->bytes, net->addr.bytes, whole) != 0)
		return false;
	return rest == 0 || ((addr->bytes[whole] ^ net->addr.bytes[whole]) & mask) == 0;
}
