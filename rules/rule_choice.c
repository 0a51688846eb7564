#include "rules/rule_choice.h"

#include <string.h>

#include "rules/comparison.h"

bool
rule_is_meant(const struct rule *rule, const char *pattern)
{
	return glob_match(pattern, rule->id);
}

bool
rule_pattern_finds(const struct rule_set *set, const char *pattern, struct nearest *ret_search)
{
	struct nearest search = nearest_to(pattern);

	for (size_t i = 0; i < set->count; i++) {
		if (rule_is_meant(set->items[i], pattern))
			return true;
		nearest_try(&search, set->items[i]->id);
	}
	*ret_search = search;
	return false;
}

static bool
fail(const struct rule_switch *one, const struct nearest *search, struct error *error)
{
	const char *option = one->is_on ? "--enable" : "--disable";

	if (search->best != NULL)
		return error_set(error, EXIT_USAGE,
		    "%s %s: there is no such rule; did you mean %s?", option, one->pattern,
		    search->best);
	return error_set(error, EXIT_USAGE,
	    "%s %s: there is no such rule; `smbtriage rules list` has them all", option,
	    one->pattern);
}

bool
rule_choose(
    struct rule_set *set, const struct rule_switch *switches, size_t count, struct error *error)
{
	bool *are_off = ARENA_ARRAY(&set->arena, bool, set->count);
	struct nearest search;

	for (size_t i = 0; i < count; i++) {
		if (!rule_pattern_finds(set, switches[i].pattern, &search))
			return fail(&switches[i], &search, error);
		for (size_t j = 0; j < set->count; j++)
			if (rule_is_meant(set->items[j], switches[i].pattern))
				are_off[j] = !switches[i].is_on;
	}
	set->are_off = are_off;
	return true;
}

bool
rule_runs(const struct rule_set *set, size_t index)
{
	return set->are_off == NULL || !set->are_off[index];
}
