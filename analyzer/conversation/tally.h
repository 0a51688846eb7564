/*
 * Attempts to connect that are only counted, since there were too many to keep: by the end that was
 * tried, an address and a port, and by the client that tried it.
 */
#ifndef SMBTRIAGE_CONVERSATION_TALLY_H
#define SMBTRIAGE_CONVERSATION_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/table.h"
#include "analyzer/capture/packet.h"

/* Ends, and clients, that are told apart. What floods one is counted under it from the beginning of
 * the flood, and a scan of more is still counted under its client. */
#define TALLY_MOST_ROWS 16384

/* What became of the attempts at one end, or of one client. */
struct tally_row {
	struct addr addr;
	uint16_t port; /* 0: of a client */
	uint64_t attempts, answered, refused, unanswered;
	int64_t last_time; /* of the last attempt's first SYN */
	uint64_t last_frame;
};

/* A zeroed struct tally with a MOST is an empty one. */
struct tally {
	size_t most; /* rows of ends, and of clients; at most TALLY_MOST_ROWS */
	struct table rows;
	struct arena arena;
	struct tally_kind {
		size_t count;             /* rows */
		struct tally_row *latest; /* that was wanted, or NULL */
	} ends, clients;
	uint64_t syn_only; /* attempts that nothing answered, of all */
};

/* What is counted of an attempt. */
struct tally_attempt {
	int64_t time; /* of its first SYN */
	uint64_t frame;
	bool is_answered;
	bool is_refused;  /* and not answered */
	bool is_syn_only; /* nothing but SYNs */
};

/* Counts ATTEMPT of ends->src to reach ends->dst. */
void tally_add(
    struct tally *tally, const struct packet_endpoints *ends, const struct tally_attempt *attempt);

/* The row of an end, or with PORT 0 of a client; NULL: nothing was counted under it. */
const struct tally_row *
tally_find(const struct tally *tally, const struct addr *addr, uint16_t port);

void tally_free(struct tally *tally);

#endif
