/*
 * Copies that the capture made of one packet: a mirror port that shows ingress and egress, several
 * interfaces or components in one file, a packet before and behind a router or a tag.
 */
#ifndef SMBTRIAGE_CONVERSATION_DUPLICATES_H
#define SMBTRIAGE_CONVERSATION_DUPLICATES_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/capture/packet.h"

/* Identical packets that came another way, such as on another interface, within this time are one.
 * No system repeats a SYN sooner than 300 ms or a segment, on such a path, sooner than 200 ms. */
#define DUPLICATE_OTHER_WAY INT64_C(100000000)

/* Identical packets that came the same way, IP Identification included, within this time are one:
 * mirror ports write both copies microseconds apart. */
#define DUPLICATE_SAME_WAY INT64_C(2000000)

/* Packets remembered; a power of two. The oldest of their set give way, so that of copies further
 * apart than about this many packets some count as repetitions. Fuzzing remembers few. */
#ifndef DUPLICATES_MOST
#define DUPLICATES_MOST 4096
#endif

struct duplicates;

struct duplicates *duplicates_new(void);
void duplicates_free(struct duplicates *duplicates);

/* Whether PACKET, of TCP or UDP, is a copy of one that was given before; it is remembered. */
bool duplicates_is_copy(struct duplicates *duplicates, const struct packet *packet);

#endif
