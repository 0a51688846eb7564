/*
 * Where a capture was taken, as seen from each conversation. Every packet of a conversation's
 * beginning may vote on whether its sender and its receiver are where the capture was taken.
 */
#ifndef SMBTRIAGE_CONVERSATION_VANTAGE_H
#define SMBTRIAGE_CONVERSATION_VANTAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/capture/packet.h"
#include "analyzer/facts.h"

/* Packets of one conversation that may vote: handshake and first requests tell all there is. */
#define VANTAGE_PACKETS 16

/* Hosts of which votes are counted; those beyond have no vantage. */
#define VANTAGE_MOST_HOSTS 4096

/* Hosts remembered from ARP, neighbour discovery and DNS. */
#define VANTAGE_MOST_NOTES 64

/* Hosts in the report. */
#define VANTAGE_MOST_SHOWN 8

/* The gaps of a handshake count from here on: less is noise of the capturing host. */
#define VANTAGE_LEAST_GAP INT64_C(300000)

/* The votes of one conversation; zeroed: none. */
struct vantage_watch {
	int64_t syn_time, syn_ack_time;
	uint32_t interface;             /* of its first packet; others have no vote */
	uint16_t here[2], elsewhere[2]; /* by enum side: bits by enum clue */
	uint8_t packets;                /* looked at */
	bool has_syn, has_syn_ack;
	bool is_timed;                  /* the gaps have voted, or cannot any more */
	bool is_short[2], is_padded[2]; /* frames without, with padding */
};

/* What else is known of hosts: from packets outside their conversations. */
struct vantage_notes {
	struct vantage_note {
		struct addr host;
		uint32_t interface;
		bool is_neighbour; /* it announced its own link-layer address */
		bool has_far_peer; /* a name server's answer came to it from behind a router */
	} items[VANTAGE_MOST_NOTES];
	size_t count;
};

/* Takes one TCP segment or datagram that SENDER sent. */
void vantage_packet(struct vantage_watch *watch, enum side sender, const struct packet *packet);

/* Client and server have changed places. */
void vantage_swap(struct vantage_watch *watch);

/* Takes ARP, neighbour discovery and DNS; others say nothing. */
void vantage_note(struct vantage_notes *notes, const struct packet *packet);

struct conversation_list;

/*
 * Counts the votes when all packets were seen: sets the vantage of every conversation in LIST, and
 * RET's vantages, in ARENA: hosts of SMB and Kerberos, those first of which most is known.
 */
void vantage_conclude(const struct conversation_list *list, const struct vantage_notes *notes,
    struct arena *arena, struct capture_facts *ret);

/* What the operator says instead. */
void vantage_override(const struct conversation_list *list, enum vantage vantage);

#endif
