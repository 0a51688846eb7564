#include "rules/advice.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"
#include "rules/rule_match.h"
#include "rules/template.h"

static const char *
fill(struct arena *arena, const struct advice_source *source, const char *chars,
    const struct exchange *exchange)
{
	return source->is_template ? template_fill(arena, chars, exchange) : chars;
}

/* ---- what files beside the capture say ---- */

/* Quotes of one cause, in the making. */
struct quotes {
	struct quotation *items;
	size_t count;
};

static bool
has_quote(const struct quotes *quotes, const struct quotation *quote)
{
	for (size_t i = 0; i < quotes->count; i++)
		if (quotes->items[i].line == quote->line &&
		    text_is_same(quotes->items[i].file, quote->file))
			return true;
	return false;
}

/* What the conditions of ALTERNATIVE, which hold, rest on. */
static void
add_quotes(struct quotes *quotes, const struct condition_list *alternative,
    const struct exchange *exchange, size_t index)
{
	for (size_t i = 0; i < alternative->count; i++) {
		const struct quotation *quote =
		    exchange_quote(exchange, alternative->items[i].field.of[index]);

		if (quote != NULL && !has_quote(quotes, quote))
			quotes->items[quotes->count++] = *quote;
	}
}

static bool
holds(const struct condition_list *alternative, const struct exchange *exchange, size_t index)
{
	for (size_t i = 0; i < alternative->count; i++)
		if (condition_truth(&alternative->items[i], exchange, index) != TRUTH_YES)
			return false;
	return true;
}

/* Whether WHERE, which asks something, holds; if so, with what says so in FOUND. */
static bool
is_said(struct arena *arena, const struct where *where, const struct exchange *exchange,
    size_t index, struct found_cause *found)
{
	struct quotes quotes = {0};
	size_t most = 0;

	for (size_t i = 0; i < where->count; i++)
		most += where->any[i].count;
	quotes.items = ARENA_ARRAY(arena, struct quotation, most);
	for (size_t i = 0; i < where->count; i++)
		if (holds(&where->any[i], exchange, index))
			add_quotes(&quotes, &where->any[i], exchange, index);
	found->quotes = quotes.items;
	found->quote_count = quotes.count;
	return quotes.count != 0;
}

/* What speaks for a cause and against it at once leaves it open. */
static void
take_stance(struct arena *arena, const struct cause *cause, const struct exchange *exchange,
    size_t index, struct found_cause *found)
{
	struct found_cause against = {0};
	bool is_supported, is_refuted;

	if (exchange->attested == NULL)
		return;
	is_supported = is_said(arena, &cause->supported_by, exchange, index, found);
	is_refuted = is_said(arena, &cause->refuted_by, exchange, index, &against);
	if (is_supported == is_refuted) {
		found->quote_count = 0;
		return;
	}
	found->stance = is_supported ? STANCE_SUPPORTED : STANCE_REFUTED;
	if (is_refuted) {
		found->quotes = against.quotes;
		found->quote_count = against.quote_count;
	}
}

/* ---- causes ---- */

struct cause_list
causes_of_texts(struct arena *arena, const struct text_list *texts)
{
	struct cause *items = ARENA_ARRAY(arena, struct cause, texts->count);

	for (size_t i = 0; i < texts->count; i++)
		items[i] = (struct cause){.text = texts->items[i]};
	return (struct cause_list){items, texts->count};
}

static bool
has_cause(const struct found_cause_list *causes, const char *text)
{
	for (size_t i = 0; i < causes->count; i++)
		if (strcmp(causes->items[i].text, text) == 0)
			return true;
	return false;
}

/* Those of one stance after the other. */
static struct found_cause_list
by_stance(struct arena *arena, const struct found_cause_list *causes)
{
	static const enum stance order[] = {STANCE_SUPPORTED, STANCE_OPEN, STANCE_REFUTED};
	struct found_cause *items = ARENA_ARRAY(arena, struct found_cause, causes->count);
	size_t count = 0;

	for (size_t i = 0; i < COUNT(order); i++)
		for (size_t j = 0; j < causes->count; j++)
			if (causes->items[j].stance == order[i])
				items[count++] = causes->items[j];
	return (struct found_cause_list){items, count};
}

/* Adds the causes of SOURCE to CAUSES, which has room in ITEMS. */
static void
add_causes(struct arena *arena, const struct advice_source *source, const struct exchange *exchange,
    size_t index, struct found_cause *items, struct found_cause_list *causes)
{
	for (size_t i = 0; i < source->causes.count; i++) {
		const struct cause *cause = &source->causes.items[i];
		struct found_cause found = {.text = fill(arena, source, cause->text, exchange)};

		take_stance(arena, cause, exchange, index, &found);
		if (cause->needs_support && found.stance != STANCE_SUPPORTED)
			continue;
		if (!has_cause(causes, found.text))
			items[causes->count++] = found;
	}
}

struct found_cause_list
advice_causes(struct arena *arena, const struct advice_source *sources, size_t count,
    const struct exchange *exchange, size_t index)
{
	struct found_cause *items;
	struct found_cause_list causes;
	size_t most = 0;

	for (size_t i = 0; i < count; i++)
		most += sources[i].causes.count;
	items = ARENA_ARRAY(arena, struct found_cause, most);
	causes = (struct found_cause_list){items, 0};
	for (size_t i = 0; i < count; i++)
		add_causes(arena, &sources[i], exchange, index, items, &causes);
	return exchange->attested != NULL ? by_stance(arena, &causes) : causes;
}

/* ---- next steps ---- */

static bool
has_step(const struct step_advice *items, size_t count, const struct step_advice *step)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(items[i].text, step->text) == 0)
			return true;
	return false;
}

/* Adds the steps of SOURCE that do, or do not, lower security to the first KEPT of ITEMS. */
static size_t
add_steps(struct arena *arena, const struct advice_source *source, bool lowers_security,
    const struct exchange *exchange, struct step_advice *items, size_t kept)
{
	struct step_advice step;

	for (size_t i = 0; i < source->next_steps->count; i++) {
		step = source->next_steps->items[i];
		if (step.lowers_security != lowers_security)
			continue;
		step.text = fill(arena, source, step.text, exchange);
		if (step.run != NULL)
			step.run = fill(arena, source, step.run, exchange);
		if (!has_step(items, kept, &step))
			items[kept++] = step;
	}
	return kept;
}

struct advice_list
advice_steps(struct arena *arena, const struct advice_source *sources, size_t count,
    const struct exchange *exchange)
{
	size_t most = 0, kept = 0;
	struct step_advice *items;

	for (size_t i = 0; i < count; i++)
		most += sources[i].next_steps->count;
	items = ARENA_ARRAY(arena, struct step_advice, most);
	for (size_t i = 0; i < count; i++)
		kept = add_steps(arena, &sources[i], false, exchange, items, kept);
	for (size_t i = 0; i < count; i++)
		kept = add_steps(arena, &sources[i], true, exchange, items, kept);
	return (struct advice_list){items, kept};
}
