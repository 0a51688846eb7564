#include "rules/advice.h"

#include <string.h>

#include "rules/template.h"

static const char *
fill(struct arena *arena, const struct advice_source *source, const char *chars,
    const struct exchange *exchange)
{
	return source->is_template ? template_fill(arena, chars, exchange) : chars;
}

struct text_list
advice_causes(struct arena *arena, const struct advice_source *sources, size_t count,
    const struct exchange *exchange)
{
	struct text_list causes = {0};
	size_t most = 0;
	const char **items, *text;

	for (size_t i = 0; i < count; i++)
		most += sources[i].causes->count;
	items = ARENA_ARRAY(arena, const char *, most);
	causes.items = items;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < sources[i].causes->count; j++) {
			text = fill(arena, &sources[i], sources[i].causes->items[j], exchange);
			if (!text_list_has(&causes, text))
				items[causes.count++] = text;
		}
	return causes;
}

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
