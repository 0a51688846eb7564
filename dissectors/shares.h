/* Shares that clients did connect to, beside those that a server says it does not have. */
#ifndef SMBTRIAGE_DISSECTORS_SHARES_H
#define SMBTRIAGE_DISSECTORS_SHARES_H

#include "analyzer/exchange.h"

/* Shares of one server that a name is compared with; a server with more is searched in part. */
#define SHARES_MOST_TRIED 256

/*
 * Fills in `nearest_path` of the TREE_CONNECTs in LEDGER, which is complete, that were refused
 * because there is no such share: the path to the share of that server whose name is nearest,
 * else to the share of that name on another server. O(n log n) but for the names compared.
 */
void shares_link(const struct ledger *ledger);

#endif
