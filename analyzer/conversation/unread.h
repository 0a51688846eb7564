/* Traffic that may carry SMB and that nobody here reads: SMB over QUIC, and SMB Direct over RDMA.
 */
#ifndef SMBTRIAGE_CONVERSATION_UNREAD_H
#define SMBTRIAGE_CONVERSATION_UNREAD_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/packet.h"
#include "analyzer/conversation/conversation.h"

/* Hosts whose QUIC is counted; a browser speaks to some hundred, a file server is met early. */
#define UNREAD_MOST_HOSTS 1024

/* A zeroed struct unread is an empty one. */
struct unread {
	struct unread_host {
		struct addr addr; /* of the side whose port is 443 */
		uint64_t packets;
	} * hosts; /* sorted by address */
	size_t host_count;
	uint64_t rdma_packets;
};

/* Takes a UDP datagram, or a TCP segment, from anywhere. */
void unread_packet(struct unread *unread, const struct packet *packet);

/* Datagrams of QUIC from or to the hosts that are servers of SMB in CONVERSATIONS. */
uint64_t
unread_quic_packets(const struct unread *unread, const struct conversation_list *conversations);

void unread_free(struct unread *unread);

#endif
