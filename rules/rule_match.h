/* Whether a condition holds of one exchange: yes, no, or the capture cannot tell. */
#ifndef SMBTRIAGE_RULES_RULE_MATCH_H
#define SMBTRIAGE_RULES_RULE_MATCH_H

#include "rules/rule.h"

/* Kleene's three values, in his order: "and" is the least, "or" the greatest. */
enum truth { TRUTH_NO, TRUTH_UNKNOWN, TRUTH_YES };

static inline enum truth
truth_and(enum truth one, enum truth other)
{
	return one < other ? one : other;
}

static inline enum truth
truth_or(enum truth one, enum truth other)
{
	return one > other ? one : other;
}

static inline enum truth
truth_not(enum truth truth)
{
	return (enum truth)(TRUTH_YES - truth);
}

/*
 * How comparisons of FIELD are answered when the capture leaves the outcome open, or NULL when
 * like any other:
 *
 * - outcome: an answer is a presence, so it is not there while nobody saw it; that there was none
 *   (reset, closed, unanswered) is an absence and can be doubted.
 * - ended_by: who would have ended it is open when nobody or the end of the capture did.
 * - waited: it may have become longer when the capture ended first.
 * - delivered: the acknowledgement may be one of the packets that the capture lacks.
 */
const struct law *law_of(const struct field *field);

/* Whether the capture may have hidden a field that the exchange's messages carried. */
bool is_hidden(const struct exchange *exchange);

/* INDEX is that of the exchange's type in the type_list that CONDITION was loaded for. */
enum truth
condition_truth(const struct condition *condition, const struct exchange *exchange, size_t index);

#endif
