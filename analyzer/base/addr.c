#include "analyzer/base/addr.h"

#include <arpa/inet.h>
#include <stdlib.h>

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

const char *
addr_text(const struct addr *addr, char ret_text[ADDR_TEXT_SIZE])
{
	int family = addr->family == ADDR_IPV6 ? AF_INET6 : AF_INET;

	if (addr->family == ADDR_NONE || !inet_ntop(family, addr->bytes, ret_text, ADDR_TEXT_SIZE))
		strcpy(ret_text, "?");
	return ret_text;
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
