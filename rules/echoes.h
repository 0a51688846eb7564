/*
 * What is left of exchanges that were let go while a capture was read, for want of memory: which
 * correlations find them, by what, and when. What was found of others needs no more.
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
 * are too many, and then nothing of it can be kept.
 */
size_t echoes_expect(struct echoes *echoes, const struct correlation *correlation);

/* The searches, as bits, that go by the same fields as that of NUMBER, itself included: of one
 * exchange these have one hash. */
uint64_t echoes_alike(const struct echoes *echoes, size_t number);

/* One exchange, as some searches that are alike find it. */
struct echo {
	uint64_t searches; /* bits */
	uint64_t hash;     /* of its `same` fields: pairs_hash() */
	int64_t time;
};

/* Those of one hash take least when they are added one after the other, in the order of time. */
void echoes_add(struct echoes *echoes, const struct echo *echo);

/* The bytes that what was added takes. */
size_t echoes_memory(const struct echoes *echoes);

/* Calls TAKE for each that CORRELATION finds anywhere, in no order that means something. ECHOES may
 * be NULL: nothing was let go. */
void echoes_each(const struct echoes *echoes, const struct correlation *correlation,
    void (*take)(void *state, const struct echo *echo), void *state);

#endif
