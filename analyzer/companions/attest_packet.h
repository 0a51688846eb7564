/* Lines about single packets, and the exchanges that began with these. */
#ifndef SMBTRIAGE_COMPANIONS_ATTEST_PACKET_H
#define SMBTRIAGE_COMPANIONS_ATTEST_PACKET_H

#include "analyzer/companions/companion_set.h"
#include "analyzer/facts.h"

/* The companions of a capture; FACTS has one of each. */
struct packet_witnesses {
	const struct companion_set *set;
	struct companion_facts *facts;
};

/* Finds out, by the exchanges of LEDGER, the time zones that the clocks of WITNESSES show. */
void attest_zones(const struct packet_witnesses *witnesses, const struct ledger *ledger);

/* Adds to RET what became of the packet that EXCHANGE began with, and counts it in the facts. False
 * when nothing says so. */
bool attest_packet(const struct packet_witnesses *witnesses, const struct exchange *exchange,
    struct attested *ret);

#endif
