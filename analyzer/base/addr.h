/* Network addresses, as values. */
#ifndef SMBTRIAGE_BASE_ADDR_H
#define SMBTRIAGE_BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/base/hash.h"

enum addr_family { ADDR_NONE = 0, ADDR_IPV4 = 4, ADDR_IPV6 = 6 };

/* Network byte order; unused bytes are zero, so equal addresses are equal bytes. */
struct addr {
	uint8_t bytes[16];
	uint8_t family; /* enum addr_family */
};

/* An IPv4 or IPv6 network: the first PREFIX bits of ADDR. */
struct addr_net {
	struct addr addr;
	uint8_t prefix;
};

#define ADDR_TEXT_SIZE 46 /* the longest IPv6 text and its NUL (INET6_ADDRSTRLEN) */

struct addr addr_ipv4(const uint8_t bytes[4]);
struct addr addr_ipv6(const uint8_t bytes[16]);

static inline bool
addr_equal(const struct addr *one, const struct addr *other)
{
	return memcmp(one, other, sizeof(*one)) == 0;
}

int addr_compare(const struct addr *one, const struct addr *other);

/* Equal for equal addresses, for a struct table. */
uint64_t addr_hash(const struct addr *addr);

/* Adds ADDR to a hash in the making. */
static inline void
addr_hash_add(struct hash *hash, const struct addr *addr)
{
	uint64_t words[2];

	memcpy(words, addr->bytes, sizeof(words));
	hash_word(hash, words[0]);
	if (addr->family == ADDR_IPV6)
		hash_word(hash, words[1]);
}

/* ONE and OTHER, of IPv4, in one word: their bytes, as they are in memory. */
static inline uint64_t
addr_ipv4_pair(const struct addr *one, const struct addr *other)
{
	uint8_t bytes[8];
	uint64_t word;

	memcpy(bytes, one->bytes, 4);
	memcpy(bytes + 4, other->bytes, 4);
	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* Adds ONE and OTHER, in that order, which have one family: two of IPv4 are one word. */
static inline void
addr_hash_add_pair(struct hash *hash, const struct addr *one, const struct addr *other)
{
	if (one->family != ADDR_IPV6) {
		hash_word(hash, addr_ipv4_pair(one, other));
		return;
	}
	addr_hash_add(hash, one);
	addr_hash_add(hash, other);
}

/* Canonical text (RFC 5952) in RET_TEXT; "?" for an address of no family. Returns RET_TEXT. */
const char *addr_text(const struct addr *addr, char ret_text[ADDR_TEXT_SIZE]);

/* The same at AT, which has room for ADDR_TEXT_SIZE, without a NUL. Returns what is behind it. */
char *addr_put(char *at, const struct addr *addr);

/* Parses "10.0.0.5" or "fe80::1". False, and RET untouched, when it is neither. */
bool addr_parse(const char *text, struct addr *ret);

/* Parses "10.0.0.0/8" or a single address. */
bool addr_parse_net(const char *text, struct addr_net *ret);

bool addr_in_net(const struct addr *addr, const struct addr_net *net);

#endif
