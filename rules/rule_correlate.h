/* Correlation: what came before or after an exchange, without searching the ledger each time. */
#ifndef SMBTRIAGE_RULES_RULE_CORRELATE_H
#define SMBTRIAGE_RULES_RULE_CORRELATE_H

#include "analyzer/base/arena.h"
#include "analyzer/base/table.h"
#include "rules/rule_match.h"

/*
 * A ledger with what is needed to search it. An index is made when a correlation is first asked,
 * and costs the sorting of the exchanges that it can find; a question then costs a binary search.
 */
struct correlator {
	const struct ledger *ledger; /* sorted, borrowed */
	const struct rule_set *rules;
	struct positions *by_type; /* per type of the rules: where its exchanges stand, rising */
	struct table indexes;      /* struct index, by correlation */
	struct arena arena;        /* of the indexes */
};

struct positions {
	size_t *items;
	size_t count, capacity;
};

void correlator_init(
    struct correlator *correlator, const struct rule_set *rules, const struct ledger *ledger);

/* Where the exchanges of TYPES stand in the ledger, rising; the caller frees the items. */
struct positions
correlator_positions(const struct correlator *correlator, const struct type_list *types);

/* Whether CLAUSE holds of the exchange at POSITION, whose type is at INDEX in its rule's list. */
enum truth clause_truth(
    struct correlator *correlator, const struct clause *clause, size_t position, size_t index);

/* The exchange by which the correlation of CLAUSE is decided there, whether it is asked for or
 * ruled out: the nearest one that is found, else one of which the capture cannot tell; or NULL. */
const struct exchange *clause_witness(
    struct correlator *correlator, const struct clause *clause, size_t position, size_t index);

void correlator_free(struct correlator *correlator);

#endif
