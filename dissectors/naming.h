/* What the capture's own DNS and NetBIOS answers say of the names that other exchanges use. */
#ifndef SMBTRIAGE_DISSECTORS_NAMING_H
#define SMBTRIAGE_DISSECTORS_NAMING_H

#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/arena.h"
#include "analyzer/exchange.h"

struct names_known; /* answers of one ledger, to look names up in */

/* The answers in LEDGER, which must outlive the result. The caller frees it. O(n log n). */
struct names_known *naming_gather(const struct ledger *ledger);
void naming_free(struct names_known *names);

struct dns_exchange;

/* What an answer must tell of a name. */
enum naming_want {
	NAMING_ANY,     /* that it is an alias, or an address of it */
	NAMING_ADDRESS, /* an address; that of an alias's AAAA records may tell none */
};

/*
 * The last answer at or before TIME that tells what is WANTed of NAME, as CLIENT learned it; when
 * the capture holds none that this client got, as anybody did. NULL: none at all. Names are
 * compared without regard to case. O(log n).
 */
const struct dns_exchange *naming_find(const struct names_known *names, const char *name,
    enum naming_want want, const struct addr *client, int64_t time);

/* Fills in what the names are that Kerberos exchanges and session setups in LEDGER ask for. The
 * ledger is complete, and target_link() was called. */
void naming_link(const struct ledger *ledger);

#endif
