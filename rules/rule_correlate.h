/* Correlation: what came before or after an exchange, without searching the ledger each time. */
#ifndef SMBTRIAGE_RULES_RULE_CORRELATE_H
#define SMBTRIAGE_RULES_RULE_CORRELATE_H

#include "analyzer/base/arena.h"
#include "analyzer/base/table.h"
#include "rules/candidates.h"

/*
 * A ledger with what is needed to search it. An index is made when a correlation is first asked,
 * and costs one walk over the exchanges that it could find, and the sorting of those that somebody
 * may ask for; a question then costs a binary search. What nobody asks costs nothing.
 */
struct echoes; /* rules/echoes.h */

struct correlator {
	const struct ledger *ledger;         /* sorted, borrowed */
	const struct echoes *echoes;         /* of what was let go from it, borrowed; or NULL */
	const struct type_list *asking;      /* types of the exchanges that will ask, ... */
	const struct candidate_list *askers; /* ... and these; borrowed */
	struct shelf *shelves;               /* what the ledger holds, by type */
	size_t shelf_count, shelf_capacity;
	struct table indexes; /* struct index, by correlation */
	struct arena arena;   /* of the indexes */
};

void correlator_init(struct correlator *correlator, const struct ledger *ledger);

/* Whether both look for the same exchanges by the same fields of these, wherever and however far
 * they look. */
bool correlation_seeks_same(const struct correlation *one, const struct correlation *other);

/* From now on the clauses of one rule are asked, which speaks of TYPES, and of exchanges among
 * ASKERS only. Clauses of a rule before it are asked no more. */
void correlator_expect(struct correlator *correlator, const struct type_list *types,
    const struct candidate_list *askers);

/* Whether CLAUSE holds of the exchange at POSITION, whose type is at INDEX in its rule's list. */
enum truth clause_truth(
    struct correlator *correlator, const struct clause *clause, size_t position, size_t index);

/* The exchange by which the correlation of CLAUSE is decided there, whether it is asked for or
 * ruled out: the nearest one that is found, else one of which the capture cannot tell; or NULL. */
const struct exchange *clause_witness(
    struct correlator *correlator, const struct clause *clause, size_t position, size_t index);

void correlator_free(struct correlator *correlator);

#endif
