/* The nearest known word to a mistyped one, for "did you mean". */
#ifndef SMBTRIAGE_BASE_NEAREST_H
#define SMBTRIAGE_BASE_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word;
	const char *best; /* the first of the nearest so far; NULL: none is near enough */
	size_t distance;  /* a candidate must be nearer than this */
};

/* A search for WORD, borrowed. A third of its characters, at least one, may be wrong. */
struct nearest nearest_to(const char *word);

/* Offers CANDIDATE, which must outlive SEARCH. */
void nearest_try(struct nearest *search, const char *candidate);

/* How many characters must be added, removed, changed or swapped with their neighbour to make ONE
 * of OTHER; case does not count. NEAREST_FAR when either is longer than can be compared. */
size_t edit_distance(const char *one, const char *other);

#define NEAREST_FAR ((size_t)1000)

#endif
