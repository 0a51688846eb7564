/*
 * Many `where` asked of one exchange at once.
 *
 * A `where` is a list of alternatives, of which one must hold, and each of these is a list of
 * conditions, all of which must. A sieve is those of one exchange type in a flat list of tests:
 * what several alternatives ask alike is one test, which rules all of them out when it is false.
 * Few tests so suffice to see that an ordinary exchange meets none of many.
 */
#ifndef SMBTRIAGE_RULES_SIEVE_H
#define SMBTRIAGE_RULES_SIEVE_H

#include "rules/rule_match.h"

/* Alternatives of one sieve; further ones are in the next. */
#define SIEVE_MOST_ALTERNATIVES 64

/* Alternatives are bits, from the lowest on. */
struct sieve {
	const struct sieve_test *tests; /* those first that rule out most */
	size_t test_count;
	uint64_t alternatives;    /* that can hold at all */
	uint64_t unsure;          /* of these, those that never hold for certain */
	const size_t *owners;     /* by bit: which of the `where` it is of; rising */
	const struct sieve *next; /* with those behind; or NULL */
};

/* A `where` as a sieve is made of it. */
struct sieve_where {
	const struct where *where;
	size_t index; /* of the exchange type in the list that it was loaded for */
	size_t owner; /* told of what holds; rising */
};

/* What is known of all exchanges that a sieve will be asked of. */
struct sieve_terms {
	bool is_outcome_known;
	enum outcome outcome;
};

/* A sieve of COUNT items of WHERES. It lives in ARENA and borrows the `where`. NULL: under TERMS
 * none of them can hold. */
const struct sieve *sieve_make(struct arena *arena, const struct sieve_where *wheres, size_t count,
    const struct sieve_terms *terms);

/* Whether both conditions ask the same, as far as it is looked at: else they are asked apart. Each
 * INDEX is that of the type in the list that its condition was loaded for. */
bool condition_is_same(
    const struct condition *one, size_t index, const struct condition *other, size_t other_index);

/* The alternatives of one sieve that hold, or of which the capture cannot tell. */
struct sifted {
	uint64_t left;
	uint64_t unsure; /* those of LEFT of which it cannot tell; further bits mean nothing */
};

/* What of SIEVE, without the next, is left of EXCHANGE. */
struct sifted sieve_sift(const struct sieve *sieve, const struct exchange *exchange);

/* Takes the lowest alternative of SIFTED, which is not empty: its bit's number, and its truth. */
static inline size_t
sifted_take(struct sifted *sifted, enum truth *ret_truth)
{
	size_t bit = (size_t)__builtin_ctzll(sifted->left);

	*ret_truth = (sifted->unsure >> bit & 1) != 0 ? TRUTH_UNKNOWN : TRUTH_YES;
	sifted->left &= sifted->left - 1;
	return bit;
}

/* Gives WHERE, loaded for TYPES, its sieves. */
void where_compile(struct arena *arena, const struct type_list *types, struct where *where);

/* INDEX is that of the exchange's type in the type_list that WHERE was loaded for. */
enum truth where_truth(const struct where *where, const struct exchange *exchange, size_t index);

#endif
