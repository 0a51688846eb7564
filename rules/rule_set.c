#include "rules/rule.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/nearest.h"
#include "rules/builtin.h"
#include "rules/explanation.h"
#include "rules/rule_yaml.h"

#define SUFFIX ".yaml"

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
    const char *id, struct error *error)
{
	struct nearest search = nearest_to(id);

	for (size_t i = 0; i < set->count; i++)
		nearest_try(&search, set->items[i]->id);
	if (search.best == NULL)
		return node_error(error, rule->file, origin->line, origin->column,
		    "there is no rule '%.80s'", id);
	return node_error(error, rule->file, origin->line, origin->column,
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

/* Every rule that ORIGIN of RULE names is there, and has the fields that are compared. */
static bool
check_origin(const struct rule_set *set, const struct rule *rule, const struct origin *origin,
    struct error *error)
{
	const struct rule *other;

	for (size_t i = 0; i < origin->rules.count; i++) {
		other = rule_set_find(set, origin->rules.items[i]);
		if (other == NULL)
			return fail_unknown(set, rule, origin, origin->rules.items[i], error);
		for (size_t j = 0; j < origin->same.count; j++)
			if (!has_field(&other->types, origin->same.items[j].any->name))
				return node_error(error, rule->file, origin->line, origin->column,
				    "the exchanges of rule '%s' have no field '%s'", other->id,
				    origin->same.items[j].any->name);
	}
	return true;
}

bool
rule_set_check(const struct rule_set *set, struct error *error)
{
	for (size_t i = 0; i < set->count; i++)
		for (size_t j = 0; j < set->items[i]->follows_from.count; j++)
			if (!check_origin(
				set, set->items[i], &set->items[i]->follows_from.items[j], error))
				return false;
	return true;
}

/* The names of the *.yaml in a directory, sorted; the caller frees them with the list. */
struct names_list {
	char **items;
	size_t count, capacity;
};

static void
free_names(struct names_list *names)
{
	for (size_t i = 0; i < names->count; i++)
		mem_free(names->items[i]);
	mem_free(names->items);
}

static int
compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool
is_rule_file(const char *name)
{
	size_t length = strlen(name), end = strlen(SUFFIX);

	return name[0] != '.' && length > end && strcmp(name + length - end, SUFFIX) == 0;
}

static bool
list_directory(const char *directory, struct names_list *names, struct error *error)
{
	DIR *dir = opendir(directory);
	const struct dirent *entry;
	char *copy;

	if (dir == NULL)
		return error_set(error, EXIT_USAGE, "%s: %s", directory, strerror(errno));
	while ((entry = readdir(dir)) != NULL) {
		if (!is_rule_file(entry->d_name))
			continue;
		copy = mem_alloc(strlen(entry->d_name) + 1, 1);
		memcpy(copy, entry->d_name, strlen(entry->d_name));
		names->items =
		    mem_grow(names->items, names->count, &names->capacity, sizeof(*names->items));
		names->items[names->count++] = copy;
	}
	closedir(dir);
	if (names->count == 0)
		return error_set(error, EXIT_USAGE, "%s: there is no *%s in it", directory, SUFFIX);
	qsort(names->items, names->count, sizeof(*names->items), compare_names);
	return true;
}

/* One byte more than a rule may have is read, so that a longer file is known as such. */
static bool
load_file(struct rule_set *set, const char *path, struct error *error)
{
	FILE *file = fopen(path, "rbe");
	char *yaml;
	size_t length;
	bool is_loaded;

	if (file == NULL)
		return error_set(error, EXIT_USAGE, "%s: %s", path, strerror(errno));
	yaml = mem_alloc(RULE_MOST_BYTES + 1, 1);
	length = fread(yaml, 1, RULE_MOST_BYTES + 1, file);
	if (ferror(file))
		is_loaded = error_set(error, EXIT_USAGE, "%s: %s", path, strerror(errno));
	else
		is_loaded = rule_load(set, path, yaml, length, error);
	fclose(file);
	mem_free(yaml);
	return is_loaded;
}

bool
rule_set_add_directory(struct rule_set *set, const char *directory, struct error *error)
{
	struct names_list names = {0};
	struct text path = {0};
	bool is_loaded = list_directory(directory, &names, error);

	for (size_t i = 0; is_loaded && i < names.count; i++) {
		text_clear(&path);
		text_addf(&path, "%s/%s", directory, names.items[i]);
		is_loaded = load_file(set, text_chars(&path), error);
	}
	text_free(&path);
	free_names(&names);
	return is_loaded;
}
