#include "rules/rule_where.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "rules/operand.h"
#include "rules/comparison.h"
#include "rules/rule_match.h"
#include "rules/sieve.h"

static const char *const kind_words[] = {
    [VALUE_NONE] = "nothing",
    [VALUE_NUMBER] = "a number",
    [VALUE_TEXT] = "a text",
    [VALUE_LIST] = "a list of numbers",
    [VALUE_ADDR] = "an address",
};

static bool
load_operands(const struct loader *loader, const struct node *node, struct condition *condition)
{
	const struct field *field = condition->field.any;
	const struct node *item = node_items(node);
	struct operand *operands;
	bool is_right = true;

	if ((condition->comparison->kinds & 1u << field_value_kind(field)) == 0)
		return loader_fail(loader, node, "'%s' cannot compare '%s', which is %s",
		    condition->comparison->name, field->name, kind_words[field_value_kind(field)]);
	condition->is_of_number =
	    condition->comparison->range != NULL && field_value_kind(field) == VALUE_NUMBER;
	condition->operand_count = load_length(loader, node);
	if (condition->operand_count == 0)
		return false;
	operands = ARENA_ARRAY(loader->arena, struct operand, condition->operand_count);
	for (size_t i = 0; i < condition->operand_count; i++, item = item->next)
		is_right &= load_operand(
		    loader, item, &condition->field, condition->comparison, &operands[i]);
	condition->operands = operands;
	return is_right;
}

static bool
find_operator(const struct loader *loader, const struct node *key, const struct comparison **ret)
{
	struct nearest search = nearest_to(key->text);

	*ret = key->text[0] != '\0' ? comparison_called(key->text) : NULL;
	if (*ret != NULL)
		return true;
	nearest_try(&search, "not");
	for (size_t i = 0; i < comparison_count; i++)
		if (&comparisons[i] != comparison_equals)
			nearest_try(&search, comparisons[i].name);
	return loader_fail_near(loader, key, &search, "'%.80s' is no operator", key->text);
}

/* `not: value`, `not: [values]` or `not: {operator: …}`. */
static bool
load_negated(const struct loader *loader, const struct node *node, struct condition *condition)
{
	condition->is_negated = true;
	condition->comparison = comparison_equals;
	if (node->kind != NODE_MAP)
		return load_operands(loader, node, condition);
	if (node->count != 1 || strcmp(node->first->text, "not") == 0)
		return loader_fail(loader, node, "'not' takes one operator other than itself");
	if (!find_operator(loader, node->first, &condition->comparison))
		return false;
	return load_operands(loader, node->first->value, condition);
}

static bool
load_operator(const struct loader *loader, const struct node *key, struct condition *condition)
{
	if (strcmp(key->text, "not") == 0)
		return load_negated(loader, key->value, condition);
	if (!find_operator(loader, key, &condition->comparison))
		return false;
	return load_operands(loader, key->value, condition);
}

/* All conditions on the field KEY, appended to ITEMS. */
static bool
load_field_conditions(
    const struct loader *loader, const struct node *key, struct condition *items, size_t *count)
{
	struct condition plain = {
	    .comparison = comparison_equals, .is_of_other = loader->is_of_other};
	bool is_right = true;

	if (!load_field(loader, key, &loader->types, &plain.field))
		return false;
	plain.law = law_of(plain.field.any);
	if (key->value->kind != NODE_MAP) {
		items[*count] = plain;
		return load_operands(loader, key->value, &items[(*count)++]);
	}
	if (key->value->count == 0)
		return loader_fail(loader, key->value, "an operator is missing here");
	for (const struct node *op = key->value->first; op != NULL; op = op->next) {
		items[*count] = plain;
		is_right &= load_operator(loader, op, &items[(*count)++]);
	}
	return is_right;
}

static bool
load_all(const struct loader *loader, const struct node *node, struct condition_list *list)
{
	struct condition *items;
	size_t most = 0, count = 0;
	bool is_right = true;

	if (node->kind != NODE_MAP || node->count == 0)
		return loader_fail(loader, node, "'where' is a mapping of fields to values");
	for (const struct node *key = node->first; key != NULL; key = key->next)
		most += key->value->kind == NODE_MAP ? key->value->count : 1;
	items = ARENA_ARRAY(loader->arena, struct condition, most);
	for (const struct node *key = node->first; key != NULL; key = key->next)
		is_right &= load_field_conditions(loader, key, items, &count);
	*list = (struct condition_list){items, count};
	return is_right;
}

bool
load_where(struct loader *loader, const struct node *node, void *ret)
{
	struct where *where = ret;
	const struct node *item = node_items(node);
	struct condition_list *lists;
	size_t count = load_length(loader, node);
	bool is_right = true;

	if (count == 0)
		return false;
	lists = ARENA_ARRAY(loader->arena, struct condition_list, count);
	for (size_t i = 0; i < count; i++, item = item->next)
		is_right &= load_all(loader, item, &lists[i]);
	*where = (struct where){.any = lists, .count = count};
	if (is_right)
		where_compile(loader->arena, &loader->types, where);
	return is_right;
}

/* `field`, or `{mine: theirs}` where the other exchange calls it differently. */
static bool
load_pair(const struct loader *loader, const struct node *node, struct field_pair *ret)
{
	const struct node *mine = node, *theirs = node;

	if (node->kind == NODE_MAP && node->count == 1) {
		mine = node->first;
		theirs = mine->value;
	}
	if (!load_field(loader, mine, &loader->mine, &ret->mine) ||
	    !load_field(loader, theirs, &loader->types, &ret->theirs))
		return false;
	if (field_value_kind(ret->mine.any) != field_value_kind(ret->theirs.any))
		return loader_fail(loader, node, "'%s' and '%s' are not values of one kind",
		    mine->text, theirs->text);
	return true;
}

/* struct correlation: its pairs. */
static bool
load_pairs(struct loader *loader, const struct node *node, void *ret)
{
	struct correlation *correlation = ret;
	const struct node *item = node_items(node);
	struct field_pair *pairs;
	size_t count = load_length(loader, node);
	bool is_right = true;

	if (count == 0)
		return false;
	pairs = ARENA_ARRAY(loader->arena, struct field_pair, count);
	for (size_t i = 0; i < count; i++, item = item->next)
		is_right &= load_pair(loader, item, &pairs[i]);
	correlation->same = pairs;
	correlation->same_count = count;
	return is_right;
}

/* struct type_list, which what follows in the correlation speaks of. */
static bool
load_their_types(struct loader *loader, const struct node *node, void *ret)
{
	if (!load_types(loader, node, ret))
		return false;
	loader->types = *(const struct type_list *)ret;
	return true;
}

/* The kinds of correlation, by the key that asks for them. */
static const struct correlation_row {
	const char *name;
	bool looks_before, looks_after, is_negated;
} correlations[] = {
    {"preceded_by", true, false, false},
    {"followed_by", false, true, false},
    {"beside", true, true, false},
    {"not_preceded_by", true, false, true},
    {"not_followed_by", false, true, true},
    {"not_beside", true, true, true},
};

static const struct correlation_row *
correlation_called(const char *name)
{
	size_t i = 0;

	while (strcmp(correlations[i].name, name) != 0)
		i++;
	return &correlations[i];
}

bool
load_correlation(struct loader *loader, const struct node *node, void *ret)
{
	static const struct key keys[] = {
	    {"exchange", true, load_their_types, offsetof(struct correlation, types)},
	    {"where", false, load_where, offsetof(struct correlation, where)},
	    {"same", true, load_pairs, 0},
	    {"within", false, load_duration, offsetof(struct correlation, within)},
	};
	const struct correlation_row *row = correlation_called(loader->key->name);
	struct correlation *correlation = &((struct clause *)ret)->correlation;
	const char *what = arena_format(loader->arena, "'%s'", row->name);
	bool is_loaded;

	if (correlation->looks_before || correlation->looks_after)
		return loader_fail(
		    loader, node, "a clause looks at one other exchange; make it two clauses");
	*correlation = (struct correlation){.looks_before = row->looks_before,
	    .looks_after = row->looks_after,
	    .is_negated = row->is_negated,
	    .within = -1};
	loader->is_of_other = true;
	loader->types.count = 0; /* not known yet, and after a mistake never */
	is_loaded = load_keys(loader, node, what, keys, COUNT(keys), correlation);
	loader->is_of_other = false;
	loader->types = loader->mine;
	return is_loaded;
}

bool
load_clause_where(struct loader *loader, const struct node *node, void *ret)
{
	struct clause *clause = ret;

	return load_where(loader, node, &clause->where);
}

bool
load_clauses(struct loader *loader, const struct node *node, void *ret)
{
	static const struct key keys[] = {CLAUSE_KEYS(0)};
	struct clause_list *list = ret;
	const struct node *item = node_items(node);
	struct clause *clauses;
	size_t count = load_length(loader, node);
	bool is_right = true;

	if (count == 0)
		return false;
	clauses = ARENA_ARRAY(loader->arena, struct clause, count);
	for (size_t i = 0; i < count; i++, item = item->next) {
		if (!load_keys(loader, item, "a clause", keys, COUNT(keys), &clauses[i]))
			is_right = false;
		else if (item->count == 0)
			is_right = loader_fail(loader, item, "this clause is empty");
	}
	*list = (struct clause_list){clauses, count};
	return is_right;
}
