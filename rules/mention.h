/* Which rules speak of a code. */
#ifndef SMBTRIAGE_RULES_MENTION_H
#define SMBTRIAGE_RULES_MENTION_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/rule.h"

/* Whether RULE names VALUE of the table NAMES in what it asks for or in a case, or explains such
 * values and does not exclude this one. */
bool rule_mentions(const struct rule *rule, const struct names *names, uint64_t value);

#endif
