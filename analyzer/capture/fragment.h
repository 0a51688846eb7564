/* IP fragments until their datagram is whole, within fixed bounds. */
#ifndef SMBTRIAGE_CAPTURE_FRAGMENT_H
#define SMBTRIAGE_CAPTURE_FRAGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/bounds.h"

/* Datagrams that may be incomplete at one time: a lossy 10 Gbit/s path with every datagram in two
 * fragments loses some hundred a second. Fuzzing has fewer, to reach both bounds. */
#ifndef FRAGMENT_DATAGRAMS_MOST
#define FRAGMENT_DATAGRAMS_MOST 4096
#endif

/* Payload bytes of incomplete datagrams: 256 of the largest. */
#ifndef FRAGMENT_BYTES_MOST
#define FRAGMENT_BYTES_MOST (16u << 20)
#endif

/* Nanoseconds of packet time that a datagram may take: RFC 8200 4.5 and RFC 1122 3.3.2 say 60 s. */
#define FRAGMENT_LIFETIME INT64_C(60000000000)

/* Pieces of one datagram: 65,535 bytes over the smallest MTU of IPv4 (68, RFC 791 3.2) are 1,366.
 */
#define FRAGMENT_PIECES_MOST 1400

/* RFC 791 3.1: a datagram's total length has 16 bits. */
#define FRAGMENT_DATAGRAM_MOST 65535u

/* Which datagram a fragment belongs to. */
struct fragment_key {
	struct addr src, dst;
	uint32_t id;
	uint16_t vlan;    /* IPv4: Wireshark keeps VLANs apart, so do we; 0 for IPv6 */
	uint8_t protocol; /* IPv4 (RFC 791 2.3); 0 for IPv6, whose numbers do not depend on it */
};

struct fragment {
	struct fragment_key key;
	uint32_t offset; /* bytes from the start of the datagram's payload */
	bool has_more;
	uint8_t protocol; /* of the payload; that of the fragment at offset 0 counts */
	const uint8_t *bytes;
	size_t length;
	uint64_t frame; /* that brought it */
	int64_t time;   /* nanoseconds */
	bool has_time;
};

/* A whole datagram's payload, borrowed from the store until fragments_release(). */
struct fragment_whole {
	const uint8_t *bytes;
	uint32_t length;
	uint8_t protocol;
	bool is_contested; /* fragments of it overlap with different bytes */
};

struct fragments;

struct fragments *fragments_new(void);
void fragments_free(struct fragments *store);

/*
 * Copies a fragment into the store. True when it completes its datagram, which RET then is. Where
 * fragments overlap, the one that begins earlier in the datagram wins, and of two that begin at
 * the same place the one that came first: Wireshark's rule, so that both show the same packet. A
 * host may never have had it where they differ: RFC 5722 3 wants such a datagram discarded, Linux
 * does so since 4.19 in IPv4, too, and Windows since Vista answers to none. Then RET is_contested.
 */
bool
fragments_add(struct fragments *store, const struct fragment *fragment, struct fragment_whole *ret);

/* Frees the datagrams that fragments_add() completed. */
void fragments_release(struct fragments *store);

/* The frames that brought the fragments of these datagrams, in RET, borrowed as they are. Returns
 * how many. */
size_t fragments_frames(const struct fragments *store, const uint64_t **ret);

/* Counts a datagram of which a fragment was seen that the capture does not hold whole. */
void fragments_note_cut(struct fragments *store);

/* Datagrams that became whole from fragments of which some differ in what they overlap. */
uint64_t fragments_contested(const struct fragments *store);

/* Datagrams that never became whole; those still waiting included. */
uint64_t fragments_incomplete(const struct fragments *store);

/* Fragments given up because a bound was reached, and the frame that had no room first. */
struct bound_count fragments_given_up(const struct fragments *store);

#endif
