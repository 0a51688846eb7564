/*
 * What rules may ask of exchanges when all of a capture is there, as far as it shows before: so
 * that what nobody can ask for need not be kept until then.
 */
#ifndef SMBTRIAGE_RULES_INTEREST_H
#define SMBTRIAGE_RULES_INTEREST_H

#include "rules/echoes.h"

struct interest;

/* The interest of RULES, which are borrowed. */
struct interest *interest_new(const struct rule_set *rules);
void interest_free(struct interest *interest);

/* Whether a rule that runs may speak of EXCHANGE, whose conversation has ended, or must have it to
 * compare another one with. */
bool interest_is_wanted(void *interest, const struct exchange *exchange);

/* EXCHANGE, which is not wanted, goes: its echoes stay. */
void interest_let_go(void *interest, const struct exchange *exchange);

/* For findings_of(); borrowed. NULL of an INTEREST that is, or where nobody asked. */
const struct echoes *interest_echoes(const struct interest *interest);

#endif
