/* What companions state of the exchanges of a capture. */
#ifndef SMBTRIAGE_COMPANIONS_ATTEST_H
#define SMBTRIAGE_COMPANIONS_ATTEST_H

#include "analyzer/companions/companion_set.h"
#include "analyzer/facts.h"

/*
 * Says of each exchange of LEDGER what SET states of it, and in FACTS what came of each file; all
 * that is made lives in ARENA, and in SET.
 *
 * A line about a packet is of the exchange that began with it: of one between the same addresses
 * and ports, with the same sequence number where the line has one, else of the same time, in the
 * time zone that the other lines show. What a file says of its host is of the server that the
 * operator names, or that has one of its addresses, or that is the only one of SMB in the capture.
 */
void attest(const struct companion_set *set, const struct ledger *ledger,
    struct capture_facts *facts, struct arena *arena);

/* Says of exchanges of which nothing is said what is said of the same exchange where another
 * capture has it (exchange.crossing): files are of the server, and may know it by the addresses
 * there. */
void attest_twins(const struct ledger *ledger);

#endif
