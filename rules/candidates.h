/* The exchanges that meet the `where` of rules, all found in one walk over the ledger. */
#ifndef SMBTRIAGE_RULES_CANDIDATES_H
#define SMBTRIAGE_RULES_CANDIDATES_H

#include "rules/rule_match.h"

struct candidate {
	uint64_t position : 62; /* in the ledger */
	uint64_t truth : 2;     /* enum truth of the `where`, which is not TRUTH_NO */
};

/* Those of one rule, in the order of the ledger. */
struct candidate_list {
	struct candidate *items;
	size_t count, capacity;
};

/* One list for each of RULES, by index; those of rules that do not run are empty. The caller frees
 * them with candidates_free(). */
struct candidate_list *candidates_of(const struct rule_set *rules, const struct ledger *ledger);

void candidates_free(struct candidate_list *lists, const struct rule_set *rules);

#endif
