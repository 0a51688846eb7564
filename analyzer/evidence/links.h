/* Other exchanges that the fields of one were filled in from, across conversations. */
#ifndef SMBTRIAGE_EVIDENCE_LINKS_H
#define SMBTRIAGE_EVIDENCE_LINKS_H

#include <stddef.h>

#include "analyzer/exchange.h"

/* The most that one exchange has. */
#define LINKS_MOST 4

/* The exchanges of LEDGER (sorted) that EXCHANGE was told of, such as the DNS answer that says
 * which host an alias stands for. Returns how many are in RET. */
size_t links_of(const struct ledger *ledger, const struct exchange *exchange,
    const struct exchange *ret[LINKS_MOST]);

#endif
