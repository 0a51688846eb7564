#include "analyzer/conversation/icmp_reason.h"

#include "analyzer/base/addr.h"
#include "analyzer/base/basics.h"

static const struct name_row rows[] = {
    {ICMP_REASON_NETWORK_UNREACHABLE, "network_unreachable",
	"the sender has no route to the server"},
    {ICMP_REASON_HOST_UNREACHABLE, "host_unreachable",
	"the server's address does not answer on the last network (no ARP or neighbour reply)"},
    {ICMP_REASON_PROTOCOL_UNREACHABLE, "protocol_unreachable", "the host does not take TCP"},
    {ICMP_REASON_PORT_UNREACHABLE, "port_unreachable",
	"the port is closed; for TCP a firewall says so, as a host without a listener sends RST"},
    {ICMP_REASON_SOURCE_ROUTE_FAILED, "source_route_failed",
	"a source route in the packet cannot be followed"},
    {ICMP_REASON_NETWORK_UNKNOWN, "network_unknown", "the sender does not know the network"},
    {ICMP_REASON_HOST_UNKNOWN, "host_unknown", "the sender does not know the host"},
    {ICMP_REASON_SOURCE_ISOLATED, "source_isolated", "the client's host is isolated"},
    {ICMP_REASON_NETWORK_PROHIBITED, "network_prohibited",
	"communication with the server's network is administratively prohibited"},
    {ICMP_REASON_HOST_PROHIBITED, "host_prohibited",
	"communication with the server is administratively prohibited"},
    {ICMP_REASON_NETWORK_UNREACHABLE_FOR_TOS, "network_unreachable_for_tos",
	"there is no route to the network for this type of service"},
    {ICMP_REASON_HOST_UNREACHABLE_FOR_TOS, "host_unreachable_for_tos",
	"the host cannot be reached with this type of service"},
    {ICMP_REASON_PROHIBITED, "prohibited", "a filter prohibits the packet"},
    {ICMP_REASON_PRECEDENCE_VIOLATION, "precedence_violation",
	"the packet's precedence is not permitted"},
    {ICMP_REASON_PRECEDENCE_CUTOFF, "precedence_cutoff",
	"the packet's precedence is below the network's minimum"},
    {ICMP_REASON_BEYOND_SCOPE, "beyond_scope",
	"the scope of the client's address ends before the server"},
    {ICMP_REASON_SOURCE_POLICY, "source_policy",
	"the client's address fails an ingress or egress policy"},
    {ICMP_REASON_REJECT_ROUTE, "reject_route", "the route to the server is one that rejects"},
    {ICMP_REASON_TIME_EXCEEDED, "time_exceeded",
	"the packet passed as many routers as its TTL or hop limit allows"},
    {ICMP_REASON_OTHER, "other", "destination unreachable, with a code that is not assigned"},
};
const struct names icmp_reason_names = {rows, COUNT(rows)};

/* RFC 792 (0 to 5), RFC 1122 3.2.2.1 (6 to 12), RFC 1812 5.2.7.1 (13 to 15). "Fragmentation needed"
 * (4) asks for smaller packets, and a SYN is small (RFC 1191). */
static const uint8_t unreachable_v4[] = {ICMP_REASON_NETWORK_UNREACHABLE,
    ICMP_REASON_HOST_UNREACHABLE, ICMP_REASON_PROTOCOL_UNREACHABLE, ICMP_REASON_PORT_UNREACHABLE,
    ICMP_REASON_NONE, ICMP_REASON_SOURCE_ROUTE_FAILED, ICMP_REASON_NETWORK_UNKNOWN,
    ICMP_REASON_HOST_UNKNOWN, ICMP_REASON_SOURCE_ISOLATED, ICMP_REASON_NETWORK_PROHIBITED,
    ICMP_REASON_HOST_PROHIBITED, ICMP_REASON_NETWORK_UNREACHABLE_FOR_TOS,
    ICMP_REASON_HOST_UNREACHABLE_FOR_TOS, ICMP_REASON_PROHIBITED, ICMP_REASON_PRECEDENCE_VIOLATION,
    ICMP_REASON_PRECEDENCE_CUTOFF};

/* RFC 4443 3.1; 7 is RFC 6554 3. Too big is a type of its own there. */
static const uint8_t unreachable_v6[] = {ICMP_REASON_NETWORK_UNREACHABLE, ICMP_REASON_PROHIBITED,
    ICMP_REASON_BEYOND_SCOPE, ICMP_REASON_HOST_UNREACHABLE, ICMP_REASON_PORT_UNREACHABLE,
    ICMP_REASON_SOURCE_POLICY, ICMP_REASON_REJECT_ROUTE, ICMP_REASON_SOURCE_ROUTE_FAILED};

static const struct {
	uint8_t unreachable, time_exceeded; /* types */
	const uint8_t *reasons;             /* by code of unreachable */
	size_t count;
} versions[] = {
    {3, 11, unreachable_v4, COUNT(unreachable_v4)},
    {1, 3, unreachable_v6, COUNT(unreachable_v6)},
};

enum icmp_reason
icmp_reason(uint8_t family, uint8_t type, uint8_t code)
{
	size_t version = family == ADDR_IPV6;

	/* Code 1 is the reassembly of fragments, and a SYN comes in none. */
	if (type == versions[version].time_exceeded)
		return code == 0 ? ICMP_REASON_TIME_EXCEEDED : ICMP_REASON_NONE;
	if (type != versions[version].unreachable)
		return ICMP_REASON_NONE;
	if (code >= versions[version].count)
		return ICMP_REASON_OTHER;
	return (enum icmp_reason)versions[version].reasons[code];
}
