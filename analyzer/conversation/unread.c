#include "analyzer/conversation/unread.h"

#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/sorted.h"

/* [MS-SMB2] 2.1: SMB over QUIC has UDP port 443. RoCEv2 has UDP port 4791, and SMB Direct over
 * iWARP TCP port 5445 ([MS-SMBD] 2.1; IANA). */
#define PORT_QUIC   443
#define PORT_ROCEV2 4791
#define PORT_IWARP  5445

static bool
has_port(const struct packet *packet, uint16_t port)
{
	return packet->ends.src_port == port || packet->ends.dst_port == port;
}

static int
compare_host(const void *host, const void *addr)
{
	return addr_compare(&((const struct unread_host *)host)->addr, addr);
}

/* Where ADDR is, or would be. */
static size_t
place_of(const struct unread *unread, const struct addr *addr)
{
	return sorted_before(
	    addr, unread->hosts, unread->host_count, sizeof(*unread->hosts), compare_host);
}

static bool
is_at(const struct unread *unread, size_t place, const struct addr *addr)
{
	return place < unread->host_count && addr_equal(&unread->hosts[place].addr, addr);
}

static void
count_quic(struct unread *unread, const struct addr *addr)
{
	size_t place = place_of(unread, addr);

	if (!is_at(unread, place, addr)) {
		if (unread->host_count == UNREAD_MOST_HOSTS)
			return;
		if (unread->hosts == NULL)
			unread->hosts = mem_alloc(UNREAD_MOST_HOSTS, sizeof(*unread->hosts));
		memmove(&unread->hosts[place + 1], &unread->hosts[place],
		    (unread->host_count - place) * sizeof(*unread->hosts));
		unread->hosts[place] = (struct unread_host){.addr = *addr};
		unread->host_count++;
	}
	unread->hosts[place].packets++;
}

void
unread_packet(struct unread *unread, const struct packet *packet)
{
	if (packet->kind == PACKET_TCP)
		unread->rdma_packets += has_port(packet, PORT_IWARP);
	else if (has_port(packet, PORT_ROCEV2))
		unread->rdma_packets++;
	else if (has_port(packet, PORT_QUIC))
		count_quic(unread,
		    packet->ends.src_port == PORT_QUIC ? &packet->ends.src : &packet->ends.dst);
}

uint64_t
unread_quic_packets(const struct unread *unread, const struct conversation_list *conversations)
{
	const struct conversation *one;
	bool is_counted[UNREAD_MOST_HOSTS] = {false}; /* each host once */
	uint64_t packets = 0;

	if (unread->host_count == 0)
		return 0;
	TAILQ_FOREACH (one, &conversations->all, listed) {
		const struct conversation_facts *facts = &one->facts;
		size_t place = place_of(unread, &facts->server);

		if (!is_smb_port(&conversations->ports, facts->server_port) ||
		    !is_at(unread, place, &facts->server) || is_counted[place])
			continue;
		packets += unread->hosts[place].packets;
		is_counted[place] = true;
	}
	return packets;
}

void
unread_free(struct unread *unread)
{
	mem_free(unread->hosts);
	*unread = (struct unread){0};
}
