/* What an ICMP error says of the packet that it quotes, in one vocabulary for both versions of IP.
 */
#ifndef SMBTRIAGE_CONVERSATION_ICMP_REASON_H
#define SMBTRIAGE_CONVERSATION_ICMP_REASON_H

#include <stdint.h>

#include "analyzer/exchange.h"

enum icmp_reason {
	ICMP_REASON_NONE = 0, /* the packet was not rejected, or could be sent smaller */
	ICMP_REASON_NETWORK_UNREACHABLE,
	ICMP_REASON_HOST_UNREACHABLE,
	ICMP_REASON_PROTOCOL_UNREACHABLE,
	ICMP_REASON_PORT_UNREACHABLE,
	ICMP_REASON_SOURCE_ROUTE_FAILED,
	ICMP_REASON_NETWORK_UNKNOWN,
	ICMP_REASON_HOST_UNKNOWN,
	ICMP_REASON_SOURCE_ISOLATED,
	ICMP_REASON_NETWORK_PROHIBITED,
	ICMP_REASON_HOST_PROHIBITED,
	ICMP_REASON_NETWORK_UNREACHABLE_FOR_TOS,
	ICMP_REASON_HOST_UNREACHABLE_FOR_TOS,
	ICMP_REASON_PROHIBITED,
	ICMP_REASON_PRECEDENCE_VIOLATION,
	ICMP_REASON_PRECEDENCE_CUTOFF,
	ICMP_REASON_BEYOND_SCOPE,
	ICMP_REASON_SOURCE_POLICY,
	ICMP_REASON_REJECT_ROUTE,
	ICMP_REASON_TIME_EXCEEDED,
	ICMP_REASON_OTHER, /* destination unreachable with a code that is not assigned */
};

extern const struct names icmp_reason_names;

/* FAMILY is an enum addr_family and says which version of ICMP it is. */
enum icmp_reason icmp_reason(uint8_t family, uint8_t type, uint8_t code);

#endif
