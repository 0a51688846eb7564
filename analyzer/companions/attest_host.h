/* What a companion says of the host that it is of: who listens there, its settings and shares. */
#ifndef SMBTRIAGE_COMPANIONS_ATTEST_HOST_H
#define SMBTRIAGE_COMPANIONS_ATTEST_HOST_H

#include "analyzer/companions/companion_set.h"
#include "analyzer/facts.h"

/* One file about a host, and which host that is in a capture. */
struct host_witness {
	const struct companion *companion;
	struct companion_facts *facts;
	struct quotation no_listener, no_share; /* of what is not in it */
};

/* COMPANION as a witness for the capture with LEDGER, in whose FACTS of it stands which host it is
 * of, or why it counts for none. False when it says nothing about a host. ARENA is for what it
 * says. */
bool host_witness_of(const struct companion *companion, const struct ledger *ledger,
    struct companion_facts *facts, struct arena *arena, struct host_witness *ret);

/* Adds to RET what WITNESS says of the server of EXCHANGE, and counts it in the facts. False when
 * it says nothing. */
bool attest_host(
    const struct host_witness *witness, const struct exchange *exchange, struct attested *ret);

/* All exchanges were asked about: says where none was of the host. */
void host_witness_end(const struct host_witness *witness);

#endif
