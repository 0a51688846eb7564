/*
 * Which server a client meant when it logged on, and whether the server calls itself so. Windows
 * and others may check that ("Server SPN target name validation level").
 */
#ifndef SMBTRIAGE_DISSECTORS_TARGET_H
#define SMBTRIAGE_DISSECTORS_TARGET_H

#include "analyzer/base/arena.h"
#include "analyzer/exchange.h"
#include "dissectors/authentication.h"

/* Distinct names that are kept of one server. It has two in NTLM; more are of a cluster, or of
 * several servers behind one address. */
#define TARGET_MOST_NAMES 16

/*
 * Fills in `target`, `server_names` and what is said of both in the session setups of LEDGER,
 * which is complete. A server's names are those of all its NTLMSSP challenges in the capture;
 * without one they are not known. Texts live in ARENA.
 */
void target_link(const struct ledger *ledger, struct arena *arena);

/* What the tokens said in EXCHANGE, a session setup of either protocol; NULL: it is none. */
struct authentication *target_authentication(struct exchange *exchange);

#endif
