/*
 * What is left of connections that were let go, and what there is of those that have only begun, in
 * 80 bytes each: so that millions of them leave room for the ones that say something, and a late
 * packet begins no stream that Wireshark does not count.
 *
 * Stubs come in two generations. New ones join the younger; when that is full the older goes, all
 * at once and in the order in which it came, and the younger takes its place.
 */
#ifndef SMBTRIAGE_CONVERSATION_STUBS_H
#define SMBTRIAGE_CONVERSATION_STUBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/packet.h"
#include "analyzer/exchange.h"

enum stub_kind {
	STUB_GONE = 0,  /* taken out */
	STUB_HALF_OPEN, /* a SYN over IPv4 and nothing else */
	STUB_IDLE,      /* was let go, and may go on */
	STUB_ENDED,     /* was let go, and has nothing more to say */
};

/* One connection. */
struct stub {
	uint64_t hash; /* packet_ends_hash() */
	uint64_t ends; /* IPv4: client and server; IPv6: another hash of both */
	uint16_t client_port, server_port;
	uint32_t stream;      /* Wireshark's tcp.stream */
	uint32_t base_seq[2]; /* as in struct conversation, by enum side */
	bool has_base_seq[2];
	uint8_t kind; /* enum stub_kind */
	/* Of STUB_HALF_OPEN alone, as in struct packet; base_seq is the SYN's number. */
	uint8_t ttl, direction;
	bool has_options : 1, has_link_src : 1, has_wrong_checksum : 1;
	uint8_t link_src[6];
	uint16_t window, mss, ip_id;
	uint32_t frame_length, path, interface;
	uint64_t frame;
	int64_t time;
};

/* The stubs of one generation, in the order in which they came, and where to find them. */
struct stub_generation {
	struct stub *items;
	size_t count, capacity;
	uint32_t *places; /* by hash: number + 1, under a tag of the hash; 0: free */
	size_t place_count;
};

/* A zeroed one but for MOST is empty. */
struct stubs {
	struct stub_generation younger, older;
	size_t most; /* in a generation; at most STUBS_MOST */
};

/* What a place can number. */
#define STUBS_MOST ((size_t)(1 << 20) - 1)

typedef void stub_sink(void *state, struct stub *stub);

/* The stub of a connection between ENDS, whose hash is HASH, and who of it sent from ends->src; or
 * NULL. Valid until one is added. */
struct stub *stubs_find(const struct stubs *stubs, const struct packet_endpoints *ends,
    uint64_t hash, enum side *ret_sender);

/* Has the places of HASH fetched, for who is to look there soon: those of a million stubs are in no
 * cache. Without stubs it costs nothing. */
void stubs_prefetch(const struct stubs *stubs, uint64_t hash);

/*
 * A new stub of KIND whose client is ends->src, otherwise zeroed, until the next one is added.
 * There must be none of those ends. What has to go for it goes to SINK first.
 */
struct stub *stubs_add(struct stubs *stubs, enum stub_kind kind,
    const struct packet_endpoints *ends, uint64_t hash, stub_sink *sink, void *state);

/* Whether PACKET is what a half-open stub can hold all of. */
bool stub_holds(const struct packet *packet);

/* The SYN into STUB, and out of it again; what PACKET borrows nothing of. */
void stub_set_packet(struct stub *stub, const struct packet *packet);
struct packet stub_packet(const struct stub *stub);

/* The endpoints of an IPv4 one, into RET. */
void stub_ends(const struct stub *stub, struct packet_endpoints *ret);

/* All that are left go to SINK, the longest known first. */
void stubs_end(struct stubs *stubs, stub_sink *sink, void *state);

/* The bytes that they take. */
size_t stubs_memory(const struct stubs *stubs);

void stubs_free(struct stubs *stubs);

#endif
