#include "rules/rule.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/nearest.h"
#include "rules/builtin.h"
#include "rules/explanation.h"
#include "rules/rule_files.h"
#include "rules/rule_yaml.h"

const char *const severity_names[] = {
    [SEVERITY_NOTICE] = "notice",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

bool
severity_parse(const char *name, enum severity *ret)
{
	for (int i = SEVERITY_NOTICE; i <= SEVERITY_ERROR; i++) {
		if (strcmp(severity_names[i], name) != 0)
			continue;
		*ret = (enum severity)i;
		return true;
	}
	return false;
}

size_t
type_list_index(const struct type_list *list, const struct exchange_type *type)
{
	size_t i = 0;

	while (i < list->count && list->items[i] != type)
		i++;
	return i;
}

bool
text_list_has(const struct text_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

void
rule_set_init(struct rule_set *set, const struct exchange_type *const *types, size_t count)
{
	*set = (struct rule_set){
	    .types = types, .type_count = count, .explanations = explanation_set_new(types, count)};
}

void
rule_set_free(struct rule_set *set)
{
	explanation_set_free(set->explanations);
	mem_free(set->items);
	arena_free(&set->arena);
	*set = (struct rule_set){0};
}

void
rule_set_add_builtin(struct rule_set *set)
{
	struct error error = {0};

	set->is_adding_builtin = true;
	for (const struct builtin_rule *builtin = builtin_rules; builtin->file != NULL; builtin++) {
		if (!rule_load(set, builtin->file, builtin->yaml, strlen(builtin->yaml), &error)) {
			log_error("%s", error.text);
			assert(!"a rule of the catalogue does not load");
		}
	}
	set->is_adding_builtin = false;
	explanation_set_offer(set->explanations, builtin_explanations);
}

const struct rule *
rule_set_find(const struct rule_set *set, const char *id)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->items[i]->id, id) == 0)
			return set->items[i];
	return NULL;
}

static bool
fail_unknown(const struct rule_set *set, const struct rule *rule, const struct origin *origin,
    const char *id, struct mistakes *mistakes)
{
	struct nearest search = nearest_to(id);

	for (size_t i = 0; i < set->count; i++)
		nearest_try(&search, set->items[i]->id);
	if (search.best == NULL)
		return mistake_add(mistakes, rule->file, origin->line, origin->column,
		    "there is no rule '%.80s'", id);
	return mistake_add(mistakes, rule->file, origin->line, origin->column,
	    "there is no rule '%.80s'; did you mean '%s'?", id, search.best);
}

static bool
has_field(const struct type_list *types, const char *name)
{
	for (size_t i = 0; i < types->count; i++)
		if (exchange_field(types->items[i], name) != NULL)
			return true;
	return false;
}

/* The rule called ID, which ORIGIN of RULE names, is there, and has the fields that are compared.
 */
static bool
check_named(const struct rule_set *set, const struct rule *rule, const struct origin *origin,
    const char *id, struct mistakes *mistakes)
{
	const struct rule *other = rule_set_find(set, id);
	bool is_right = true;

	if (other == NULL)
		return fail_unknown(set, rule, origin, id, mistakes);
	for (size_t i = 0; i < origin->same.count; i++)
		if (!has_field(&other->types, origin->same.items[i].any->name))
			is_right = mistake_add(mistakes, rule->file, origin->line, origin->column,
			    "the exchanges of rule '%s' have no field '%s'", other->id,
			    origin->same.items[i].any->name);
	return is_right;
}

bool
rule_set_check_all(const struct rule_set *set, struct mistakes *mistakes)
{
	bool is_right = true;

	for (size_t i = 0; i < set->count; i++) {
		const struct origin_list *origins = &set->items[i]->follows_from;

		for (size_t j = 0; j < origins->count; j++)
			for (size_t k = 0; k < origins->items[j].rules.count; k++)
				is_right &= check_named(set, set->items[i], &origins->items[j],
				    origins->items[j].rules.items[k], mistakes);
	}
	return is_right;
}

bool
rule_set_check(const struct rule_set *set, struct error *error)
{
	struct mistakes mistakes = {.first = error};

	return rule_set_check_all(set, &mistakes);
}

static bool
add_file(void *state, const char *path, struct error *error)
{
	return rule_file_load(state, path, error);
}

bool
rule_set_add_directory(struct rule_set *set, const char *directory, struct error *error)
{
	return rule_files_visit(directory, add_file, set, error);
}
