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

/* How much EXCHANGE, whose conversation has ended, is wanted: as an example when a rule that runs
 * may speak of it, of the kind in *RET_KIND; itself when what correlations may find of it is more
 * than an echo, or when only the end of the capture shows what is to be said of it. */
enum want interest_want(void *interest, const struct exchange *exchange, uint64_t *ret_kind);

/* COUNT exchanges of one conversation, none of which is wanted itself, go: their echoes stay. */
void interest_let_go(void *interest, struct exchange *const *exchanges, size_t count);

/* The bytes that these take. */
size_t interest_memory(const void *interest);

/* For findings_of(); borrowed. NULL of an INTEREST that is, or where nobody asked. */
const struct echoes *interest_echoes(const struct interest *interest);

#endif
