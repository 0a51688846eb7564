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

/* Searches that are told apart. */
#define ECHOES_SEARCHES 64

/*
 * CORRELATION, which is borrowed, may ask. Those that look for the same exchanges by the same
 * fields are one search, whose number is returned: rising from 0, or ECHOES_SEARCHES where there
 * are too many, and then nothing of it can be kept. All must be known before something is added.
 */
size_t echoes_expect(struct echoes *echoes, const struct correlation *correlation);

/* The searches, as bits, that go by the same fields as that of NUMBER, itself included: of one
 * exchange these have one hash. */
uint64_t echoes_alike(const struct echoes *echoes, size_t number);

/* SEARCHES, some of those that are alike, find an exchange of TIME, whose `same` fields have HASH
 * (pairs_hash()). */
void echoes_add(struct echoes *echoes, uint64_t searches, uint64_t hash, int64_t time);

/* Whether CORRELATION finds one for an exchange of TIME whose fields have HASH. ECHOES may be NULL,
 * here and below: nothing was let go. */
bool echoes_have(const struct echoes *echoes, const struct correlation *correlation, uint64_t hash,
    int64_t time);

/* Whether there is one at all that CORRELATION finds. */
bool echoes_have_any(const struct echoes *echoes, const struct correlation *correlation);

#endif
