/*
 * Names asked of DNS (RFC 1035), of the hosts nearby (LLMNR, RFC 4795) and of the NetBIOS name
 * service (RFC 1002 4.2), as they stand in the capture. Nobody is asked anything.
 */
#ifndef SMBTRIAGE_DISSECTORS_DNS_H
#define SMBTRIAGE_DISSECTORS_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/dissector.h"
#include "analyzer/exchange.h"

/* A name that a client asked for. Texts are arena memory, NULL: not known. */
struct dns_exchange {
	struct exchange exchange;
	const char *name;
	struct number query_type; /* enum dns_type */
	struct number rcode;
	const char *canonical_name;
	const char *target;
	const char *addresses; /* the list below as text, or NULL */
	const struct addr *address_list;
	size_t address_count;
	struct number suffix; /* last octet of a NetBIOS name */
	uint32_t answer_count;
	uint32_t repeats; /* how often the same question then got the same answer */
	bool is_alias, is_netbios, is_truncated;
};

extern const struct exchange_type dns_query_type;

extern const struct dissector dns_udp_dissector, dns_tcp_dissector;

#endif
