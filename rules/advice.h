/* Joining causes and next steps of several origins for one finding. */
#ifndef SMBTRIAGE_RULES_ADVICE_H
#define SMBTRIAGE_RULES_ADVICE_H

#include "analyzer/base/arena.h"
#include "analyzer/exchange.h"
#include "rules/rule.h"

/* Where some of the advice comes from: a case, an explanation, or the rule. */
struct advice_source {
	const struct text_list *causes;
	const struct advice_list *next_steps;
	bool is_template; /* its texts are to be filled from the exchange */
};

/* The causes of COUNT sources in their order, filled from EXCHANGE; a text that stands there
 * already is left out. Arena memory. */
struct text_list advice_causes(struct arena *arena, const struct advice_source *sources,
    size_t count, const struct exchange *exchange);

/* The next steps likewise, those that lower security after all others. */
struct advice_list advice_steps(struct arena *arena, const struct advice_source *sources,
    size_t count, const struct exchange *exchange);

#endif
