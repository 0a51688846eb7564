#include "rules/loader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rules/operand.h"

bool
loader_fail(const struct loader *loader, const struct node *node, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	mistake_vadd(loader->mistakes, loader->file, node->line, node->column, format, arguments);
	va_end(arguments);
	return false;
}

bool
loader_fail_near(const struct loader *loader, const struct node *node, const struct nearest *search,
    const char *format, ...)
{
	char sentence[sizeof(loader->mistakes->first->text)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	if (search->best == NULL)
		return loader_fail(loader, node, "%s", sentence);
	return loader_fail(loader, node, "%s; did you mean '%s'?", sentence, search->best);
}

static bool
is_key(const char *name, const struct key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, keys[i].name) == 0)
			return true;
	return false;
}

static bool
check_keys(const struct loader *loader, const struct node *node, const char *what,
    const struct key *keys, size_t count)
{
	struct nearest search;
	bool is_right = true;

	for (const struct node *key = node->first; key != NULL; key = key->next) {
		if (is_key(key->text, keys, count))
			continue;
		search = nearest_to(key->text);
		for (size_t i = 0; i < count; i++)
			nearest_try(&search, keys[i].name);
		is_right = loader_fail_near(
		    loader, key, &search, "'%.80s' is no key of %s", key->text, what);
	}
	return is_right;
}

bool
load_keys(struct loader *loader, const struct node *node, const char *what, const struct key *keys,
    size_t count, void *ret)
{
	const struct node *value;
	bool is_right;

	if (node->kind != NODE_MAP)
		return loader_fail(loader, node, "%s is a mapping of keys to values", what);
	is_right = check_keys(loader, node, what, keys, count);
	for (size_t i = 0; i < count; i++) {
		value = node_value(node, keys[i].name);
		if (value == NULL && keys[i].is_required)
			is_right = loader_fail(loader, node, "%s needs '%s'", what, keys[i].name);
		loader->key = &keys[i];
		if (value != NULL)
			is_right &= keys[i].load(loader, value, (char *)ret + keys[i].offset);
	}
	return is_right;
}

bool
load_scalar(
    const struct loader *loader, const struct node *node, const char *what, const char **ret)
{
	if (node->kind != NODE_SCALAR)
		return loader_fail(loader, node, "%s is a single text", what);
	if (node->text[strspn(node->text, " \t\n")] == '\0')
		return loader_fail(loader, node, "%s is empty", what);
	*ret = arena_text(loader->arena, node->text, strlen(node->text));
	return true;
}

size_t
load_length(const struct loader *loader, const struct node *node)
{
	if (node->kind == NODE_LIST && node->count == 0)
		loader_fail(loader, node, "this list is empty");
	return node->kind == NODE_LIST ? node->count : 1;
}

const struct node *
node_items(const struct node *node)
{
	return node->kind == NODE_LIST ? node->first : node;
}

static bool
load_type(const struct loader *loader, const struct node *node, struct type_list *list)
{
	const struct rule_set *set = loader->set;
	struct nearest search;

	if (node->kind != NODE_SCALAR)
		return loader_fail(loader, node, "the name of an exchange is expected here");
	for (size_t i = 0; i < set->type_count; i++) {
		if (strcmp(set->types[i]->name, node->text) != 0)
			continue;
		if (type_list_index(list, set->types[i]) < list->count)
			return loader_fail(loader, node, "'%s' is listed twice", node->text);
		list->items[list->count++] = set->types[i];
		return true;
	}
	search = nearest_to(node->text);
	for (size_t i = 0; i < set->type_count; i++)
		nearest_try(&search, set->types[i]->name);
	return loader_fail_near(loader, node, &search, "'%.80s' is no exchange", node->text);
}

bool
load_types(struct loader *loader, const struct node *node, void *ret)
{
	struct type_list *list = ret;
	const struct node *item = node_items(node);
	size_t count = load_length(loader, node);
	bool is_right = true;

	list->count = 0;
	if (count == 0)
		return false;
	if (count > RULE_MOST_TYPES)
		return loader_fail(
		    loader, node, "at most %d exchanges can be listed", RULE_MOST_TYPES);
	for (size_t i = 0; i < count; i++, item = item->next)
		is_right &= load_type(loader, item, list);
	return is_right;
}

/* Whether one scalar means the same for both fields. */
static bool
is_compared_alike(const struct field *one, const struct field *other)
{
	return field_value_kind(one) == field_value_kind(other) && one->names == other->names &&
	       (one->kind == FIELD_DURATION) == (other->kind == FIELD_DURATION);
}

static bool
fail_field(const struct loader *loader, const struct node *node, const struct type_list *types)
{
	struct nearest search = nearest_to(node->text);

	for (size_t i = 0; i < types->count; i++)
		for (size_t j = 0; j < types->items[i]->field_count; j++)
			nearest_try(&search, types->items[i]->fields[j].name);
	for (size_t i = 0; i < exchange_common_field_count; i++)
		nearest_try(&search, exchange_common_fields[i].name);
	if (types->count > 1)
		return loader_fail_near(loader, node, &search,
		    "none of these exchanges has a field '%.80s'", node->text);
	return loader_fail_near(
	    loader, node, &search, "%s has no field '%.80s'", types->items[0]->name, node->text);
}

bool
load_field(const struct loader *loader, const struct node *node, const struct type_list *types,
    struct field_ref *ret)
{
	struct field_ref ref = {NULL, {NULL}};

	if (node->kind != NODE_SCALAR)
		return loader_fail(loader, node, "the name of a field is expected here");
	if (types->count == 0)
		return false; /* the mistake is in these */
	for (size_t i = 0; i < types->count; i++) {
		ref.of[i] = exchange_field(types->items[i], node->text);
		if (ref.of[i] == NULL)
			continue;
		if (ref.any == NULL)
			ref.any = ref.of[i];
		if (!is_compared_alike(ref.any, ref.of[i]))
			return loader_fail(loader, node,
			    "'%s' is not the same kind of value in all exchanges of the list",
			    node->text);
	}
	if (ref.any == NULL)
		return fail_field(loader, node, types);
	*ret = ref;
	return true;
}

bool
load_fields(struct loader *loader, const struct node *node, void *ret)
{
	struct field_list *list = ret;
	const struct node *item = node_items(node);
	struct field_ref *fields;
	size_t count = load_length(loader, node);
	bool is_right = true;

	if (count == 0)
		return false;
	fields = ARENA_ARRAY(loader->arena, struct field_ref, count);
	for (size_t i = 0; i < count; i++, item = item->next)
		is_right &= load_field(loader, item, &loader->types, &fields[i]);
	*list = (struct field_list){fields, count};
	return is_right;
}

bool
load_duration(struct loader *loader, const struct node *node, void *ret)
{
	if (node->kind != NODE_SCALAR || !duration_parse(node->text, ret))
		return loader_fail(
		    loader, node, "a duration is expected here, such as 250ms, 5s, 2min or 1h");
	return true;
}
