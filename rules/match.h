/* The exchanges of a ledger of which one rule speaks. */
#ifndef SMBTRIAGE_RULES_MATCH_H
#define SMBTRIAGE_RULES_MATCH_H

#include "rules/rule_correlate.h"

struct match {
	const struct exchange *exchange;
	size_t index;                   /* of its type in the rule's list */
	enum truth truth;               /* TRUTH_YES or TRUTH_UNKNOWN */
	const struct lowering *lowered; /* that applies, or NULL */
};

struct match_list {
	struct match *items;
	size_t count, capacity;
};

/* What RULE matches of its CANDIDATES, in the order of the ledger; the caller frees the items. */
struct match_list matches_of(struct correlator *correlator, const struct rule *rule,
    const struct candidate_list *candidates);

/* A hash over the values of FIELDS, those that are not known included. */
uint64_t match_hash(const struct match *match, const struct field_list *fields);

/* Whether ONE and OTHER have the same values of FIELDS. */
bool
match_equal(const struct match *one, const struct match *other, const struct field_list *fields);

#endif
