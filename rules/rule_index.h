/* What a correlation can find, in an order in which it is found quickly. */
#ifndef SMBTRIAGE_RULES_RULE_INDEX_H
#define SMBTRIAGE_RULES_RULE_INDEX_H

#include "rules/rule_correlate.h"

/* An exchange that a correlation can find, under the hash of its `same` fields. */
struct entry {
	uint64_t hash;
	size_t position; /* in the ledger */
};

/* Sorted by hash, then position. */
struct entries {
	struct entry *items;
	size_t count, capacity;
};

/* The same of one that was let go (rules/echoes.h). */
struct heard {
	uint64_t hash;
	int64_t time;
};

struct heard_list {
	struct heard *items; /* sorted by hash, then time */
	size_t count, capacity;
};

/* Exchanges that meet the correlation's conditions, apart from those of which the capture cannot
 * tell: so the nearest of either kind is the only one to look at. Those that none of the exchanges
 * expected to ask can find are left out. */
struct index {
	const struct correlation *correlation;
	struct entries sure, doubtful;
	struct entries hidden; /* the capture lacks a field of `same`; the hash is 0 */
	struct heard_list heard;
	bool is_any; /* there is one at all, be it left out */
};

/* The index of CORRELATION; it belongs to CORRELATOR. */
const struct index *index_of(struct correlator *correlator, const struct correlation *correlation);

/* The hash of the pairs' own fields, or of the fields of the exchange that is searched for; false
 * when one of them is not known. INDEX is that of the exchange's type. */
bool pairs_hash(const struct correlation *correlation, bool is_mine,
    const struct exchange *exchange, size_t index, uint64_t *ret);

/* How many entries come before (HASH, POSITION). */
size_t entries_before(const struct entries *entries, uint64_t hash, size_t position);

/* Whether one that was let go is found for an exchange of TIME whose fields have HASH. */
bool index_has_heard(const struct index *index, uint64_t hash, int64_t time);

/* What index_of() took besides the arena. */
void indexes_free(struct correlator *correlator);

#endif
