/* Questions for the owner of an address, by ARP or neighbour discovery, and whether anybody
 * answered. Without an owner nothing can be sent, so what was to follow leaves no other trace. */
#ifndef SMBTRIAGE_CONVERSATION_RESOLUTION_H
#define SMBTRIAGE_CONVERSATION_RESOLUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/table.h"
#include "analyzer/capture/packet.h"
#include "analyzer/exchange.h"

/* Pairs of asker and address that are followed; scanners of a network ask for more. */
#define RESOLUTIONS_MOST 4096

/* Addresses in vain of one asker from which on it searches, and does not want to reach them. */
#define RESOLUTION_SEARCH 16

/* The exchange: all questions of one asker for one address since the last answer. Its conversation
 * has the asker as client, the address as server, and no ports. */
struct address_resolution {
	struct exchange exchange;
	uint32_t asks;  /* questions since the last answer */
	bool is_ipv6;   /* neighbour discovery (RFC 4861), else ARP (RFC 826) */
	bool is_search; /* the asker asks for RESOLUTION_SEARCH addresses or more in vain */
};

extern const struct exchange_type address_resolution_type;

/* A zeroed struct is empty; it lives in ARENA but for its table. */
struct resolutions {
	struct table table;
	struct resolution *first, *last; /* in order of their first question */
	size_t count;
};

/* Takes a packet of kind PACKET_ADDRESS. */
void resolutions_packet(
    struct resolutions *resolutions, const struct packet *packet, struct arena *arena);

/*
 * The capture is over, at the time END: adds what was asked for in vain to LEDGER. FILE is the
 * capture's name, for the facts.
 */
void resolutions_end(
    const struct resolutions *resolutions, const char *file, int64_t end, struct ledger *ledger);

void resolutions_free(struct resolutions *resolutions);

#endif
