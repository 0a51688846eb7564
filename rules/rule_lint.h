/* What is weak about a rule that loads: it works, and yet helps less than it could. */
#ifndef SMBTRIAGE_RULES_RULE_LINT_H
#define SMBTRIAGE_RULES_RULE_LINT_H

#include <stddef.h>

#include "rules/rule.h"

/* As many as there are weaknesses to look for, at least. */
#define RULE_MOST_WEAKNESSES 16

/* The weaknesses of RULE as sentences without a full stop, in RET; returns how many. Static texts.
 */
size_t rule_weaknesses(const struct rule *rule, const char *ret[RULE_MOST_WEAKNESSES]);

#endif
