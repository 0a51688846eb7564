/*
 * DNS messages and those of the NetBIOS name service, which has the same form: bytes in, a small
 * struct out (RFC 1035 4.1, RFC 1002 4.2).
 */
#ifndef SMBTRIAGE_DISSECTORS_DNS_WIRE_H
#define SMBTRIAGE_DISSECTORS_DNS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"

#define DNS_HEADER_SIZE 12

/* Octets of the longest name (RFC 1035 2.3.4). As text each may become "\DDD". */
#define DNS_MOST_NAME 255
#define DNS_NAME_SIZE 1024

/* Addresses of one name that are kept; more do not fit a datagram of 512 bytes. */
#define DNS_MOST_ADDRESSES 28

/* Answer records that are read, and aliases that are followed: resolvers give up at 8 to 16. */
#define DNS_MOST_RECORDS 256
#define DNS_MOST_ALIASES 16

/* RFC 1035 3.2.2, RFC 3596 2.1, RFC 2782; NB takes the number of a type that DNS never used. */
enum dns_type {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_NULL = 10, /* of a negative NetBIOS answer, RFC 1002 4.2.14 */
	DNS_PTR = 12,
	DNS_AAAA = 28,
	DNS_NB = 32, /* RFC 1002 4.2.1.2 */
	DNS_SRV = 33,
};

/* Bits of a NetBIOS name's last octet are its own; those that name a host's services to others. */
#define NETBIOS_WORKSTATION 0x00
#define NETBIOS_SERVER      0x20

enum dns_verdict {
	DNS_WHOLE,
	DNS_SHORT,     /* the capture ends before the message does */
	DNS_MALFORMED, /* no message, or one that contradicts itself */
};

/*
 * Names are text in the case of the wire, without a final dot; the root is ".". Octets that are
 * not printable, dots and backslashes inside of labels are escaped as RFC 4343 2.1 says. A
 * NetBIOS name is without its padding and its last octet, and has its dots as they are.
 */
struct dns_message {
	uint16_t id;
	uint8_t opcode, rcode;
	bool is_response;
	bool is_truncated; /* TC: the answer did not fit the datagram */
	bool is_broadcast; /* NetBIOS: asked of everybody */
	bool has_name;
	char name[DNS_NAME_SIZE]; /* asked for; of a NetBIOS answer the name it is about */
	uint16_t type;            /* enum dns_type, or another */
	uint8_t suffix;           /* NetBIOS: the last octet of the name */
	uint16_t answer_count;    /* as the header says */
	bool is_alias;
	char canonical[DNS_NAME_SIZE]; /* end of the chain of CNAME records from name */
	bool has_target;
	char target[DNS_NAME_SIZE];                /* of PTR, and of the SRV to try first */
	struct addr addresses[DNS_MOST_ADDRESSES]; /* of the canonical name */
	size_t address_count;
};

/*
 * Decodes a message of LENGTH bytes, of which CAPTURED are at BYTES, without the length that
 * precedes it over TCP. The additional section is not read, so neither is EDNS. RET is filled in
 * any case: members before the fault are believed when the message is short; is_response, rcode
 * and id are always those of the header, if that is there.
 */
enum dns_verdict dns_decode(
    const void *bytes, size_t captured, size_t length, bool is_netbios, struct dns_message *ret);

/* Whether CAPTURED bytes at the head of a message can be a query or the answer to one; RET_RESPONSE
 * says which. False when they are fewer than DNS_HEADER_SIZE. */
bool dns_is_query_head(const uint8_t *bytes, size_t captured, bool *ret_response);

#endif
