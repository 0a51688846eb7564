/* What else a finding rests on: the exchanges that its rule compared its own with. */
#ifndef SMBTRIAGE_RULES_WITNESS_H
#define SMBTRIAGE_RULES_WITNESS_H

#include "rules/finding.h"

struct witness_list {
	const struct exchange *const *items; /* distinct, in order of the ledger */
	size_t count;
};

/*
 * The exchanges of LEDGER (sorted) that correlations of the finding's rule found for its examples:
 * those which had to be there, those which made it less severe, and those which one that was ruled
 * out would not have had beside it. Without them the finding would be another, or none. In ARENA.
 */
struct witness_list
finding_witnesses(const struct ledger *ledger, const struct finding *finding, struct arena *arena);

#endif
