/*
 * What is left of exchanges that were let go while a capture was read, for want of memory: that
 * there was one which a correlation finds, and when. What it found of others needs no more.
 */
#ifndef SMBTRIAGE_RULES_ECHOES_H
#define SMBTRIAGE_RULES_ECHOES_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/rule.h"

struct echoes;

struct echoes *echoes_new(void);
void echoes_free(struct echoes *echoes);

/*
 * Makes room for what CORRELATION, which is borrowed, finds. Those that look for the same exchanges
 * by the same fields share one, whose number is returned; rising from 0. All must be known before
 * the first is added.
 */
size_t echoes_expect(struct echoes *echoes, const struct correlation *correlation);

/* Correlations of NUMBER find an exchange of TIME, whose `same` fields have HASH (pairs_hash()). */
void echoes_add(struct echoes *echoes, size_t number, uint64_t hash, int64_t time);

/* Whether CORRELATION finds one for an exchange of TIME whose fields have HASH. ECHOES may be NULL,
 * here and below: nothing was let go. */
bool echoes_have(const struct echoes *echoes, const struct correlation *correlation, uint64_t hash,
    int64_t time);

/* Whether there is one at all that CORRELATION finds. */
bool echoes_have_any(const struct echoes *echoes, const struct correlation *correlation);

#endif
