/* Which rules are meant by an id or a pattern of ids, and which of a set run. */
#ifndef SMBTRIAGE_RULES_RULE_CHOICE_H
#define SMBTRIAGE_RULES_RULE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/error.h"
#include "analyzer/base/nearest.h"
#include "rules/rule.h"

/* An option that switches rules off or on. */
struct rule_switch {
	const char *pattern; /* an id; or '*' in it for any text, '?' for any one character */
	bool is_on;
};

/* Whether PATTERN, as above, means RULE. */
bool rule_is_meant(const struct rule *rule, const char *pattern);

/* Whether PATTERN means a rule of SET; if not, RET_SEARCH holds the id that is nearest to it. */
bool
rule_pattern_finds(const struct rule_set *set, const char *pattern, struct nearest *ret_search);

/*
 * Lets those rules of SET run that the last of SWITCHES which means them switches on, and those
 * that none means. False, with ERROR, when a switch means no rule at all.
 */
bool rule_choose(
    struct rule_set *set, const struct rule_switch *switches, size_t count, struct error *error);

/* Whether the rule at INDEX of SET runs. */
bool rule_runs(const struct rule_set *set, size_t index);

#endif
