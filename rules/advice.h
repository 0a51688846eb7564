/* Joining causes and next steps of several origins for one finding. */
#ifndef SMBTRIAGE_RULES_ADVICE_H
#define SMBTRIAGE_RULES_ADVICE_H

#include "analyzer/base/arena.h"
#include "analyzer/exchange.h"
#include "rules/finding.h"

/* Where some of the advice comes from: a case, an explanation, or the rule. */
struct advice_source {
	struct cause_list causes;
	const struct advice_list *next_steps;
	bool is_template; /* its texts are to be filled from the exchange */
};

/* TEXTS as causes of which no file beside the capture speaks, in ARENA. */
struct cause_list causes_of_texts(struct arena *arena, const struct text_list *texts);

/*
 * The causes of COUNT sources, filled from EXCHANGE, whose type stands at INDEX in the rule's list;
 * a text that is there already is left out. Those that files beside the capture speak for come
 * first and those that they speak against last, each in the order of the sources. Arena memory.
 */
struct found_cause_list advice_causes(struct arena *arena, const struct advice_source *sources,
    size_t count, const struct exchange *exchange, size_t index);

/* The next steps likewise, those that lower security after all others. */
struct advice_list advice_steps(struct arena *arena, const struct advice_source *sources,
    size_t count, const struct exchange *exchange);

#endif
