#include "rules/rule.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "rules/advice_load.h"
#include "rules/explanation.h"
#include "rules/loader.h"
#include "rules/operand.h"
#include "rules/rule_like.h"
#include "rules/rule_where.h"
#include "rules/template.h"

/* Lower-case words with hyphens, as the catalogue's file names are. */
static bool
load_id(struct loader *loader, const struct node *node, void *ret)
{
	if (!load_text(loader, node, ret))
		return false;
	if (node->text[strspn(node->text, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
		return loader_fail(loader, node,
		    "'%.80s' is no id: small letters, digits and hyphens make one", node->text);
	return true;
}

static bool
load_severity(struct loader *loader, const struct node *node, void *ret)
{
	struct nearest search;

	*(enum severity *)ret = SEVERITY_ERROR; /* after a mistake, too, something can be lower */
	if (node->kind != NODE_SCALAR)
		return loader_fail(loader, node, "a severity is one word");
	if (severity_parse(node->text, ret))
		return true;
	search = nearest_to(node->text);
	for (int i = SEVERITY_NOTICE; i <= SEVERITY_ERROR; i++)
		nearest_try(&search, severity_names[i]);
	return loader_fail_near(loader, node, &search,
	    "'%.80s' is no severity: error, warning and notice are", node->text);
}

/* struct type_list of the rule, which its conditions speak of. */
static bool
load_own_types(struct loader *loader, const struct node *node, void *ret)
{
	if (!load_types(loader, node, ret))
		return false;
	loader->mine = loader->types = *(const struct type_list *)ret;
	return true;
}

/* struct clause_list, to which a clause with only a correlation is appended. */
static bool
require(struct loader *loader, const struct node *node, void *ret)
{
	struct clause_list *list = ret;
	struct clause *clauses = ARENA_ARRAY(loader->arena, struct clause, list->count + 1);

	for (size_t i = 0; i < list->count; i++)
		clauses[i] = list->items[i];
	*list = (struct clause_list){clauses, list->count + 1};
	return load_correlation(loader, node, &clauses[list->count - 1]);
}

/* unsigned: 1 or more. */
static bool
load_threshold(struct loader *loader, const struct node *node, void *ret)
{
	unsigned *threshold = ret;
	uint64_t number;

	if (node->kind != NODE_SCALAR || !number_parse(node->text, &number) || number == 0 ||
	    number > UINT32_MAX)
		return loader_fail(loader, node, "a number from 1 on is expected here");
	*threshold = (unsigned)number;
	return true;
}

static bool
load_count(struct loader *loader, const struct node *node, void *ret)
{
	static const struct key keys[] = {
	    {"at_least", true, load_threshold, offsetof(struct count_clause, at_least)},
	    {"same", true, load_fields, offsetof(struct count_clause, same)},
	    {"within", false, load_duration, offsetof(struct count_clause, within)},
	};
	struct count_clause *count = ret;

	count->within = -1;
	return load_keys(loader, node, "'count'", keys, COUNT(keys), count);
}

static bool
check_lowering(const struct loader *loader, const struct node *node, const struct rule *rule,
    const struct lowering *lowering)
{
	if (lowering->to >= rule->severity)
		return loader_fail(loader, node, "'%s' is not lower than '%s'",
		    severity_names[lowering->to], severity_names[rule->severity]);
	if (node->count == 2)
		return loader_fail(
		    loader, node, "an item of 'lowered' needs a clause: 'where', 'followed_by', …");
	return true;
}

/* The lowering of a rule; it is given its severity by what comes earlier in the table. */
static bool
load_lowerings(struct loader *loader, const struct node *node, void *ret)
{
	static const struct key keys[] = {
	    {"to", true, load_severity, offsetof(struct lowering, to)},
	    {"because", true, load_template, offsetof(struct lowering, because)},
	    CLAUSE_KEYS(offsetof(struct lowering, clause)),
	};
	const struct node *item = node_items(node);
	struct rule *rule = ret;
	struct lowering *items;
	size_t count = load_length(loader, node);
	bool is_right = true;

	if (count == 0)
		return false;
	items = ARENA_ARRAY(loader->arena, struct lowering, count);
	for (size_t i = 0; i < count; i++, item = item->next)
		is_right &=
		    load_keys(loader, item, "an item of 'lowered'", keys, COUNT(keys), &items[i]) &&
		    check_lowering(loader, item, rule, &items[i]);
	rule->lowered = items;
	rule->lowered_count = count;
	return is_right;
}

static bool
load_cases(struct loader *loader, const struct node *node, void *ret)
{
	static const struct key keys[] = {
	    {"where", true, load_where, offsetof(struct rule_case, where)},
	    {"finding", false, load_template, offsetof(struct rule_case, finding)},
	    {"causes", false, load_causes, offsetof(struct rule_case, causes)},
	    {"next_steps", false, load_steps, offsetof(struct rule_case, next_steps)},
	};
	const struct node *item = node_items(node);
	struct rule *rule = ret;
	struct rule_case *items;
	size_t count = load_length(loader, node);
	bool is_right = true;

	if (count == 0)
		return false;
	items = ARENA_ARRAY(loader->arena, struct rule_case, count);
	for (size_t i = 0; i < count; i++, item = item->next)
		is_right &= load_keys(loader, item, "a case", keys, COUNT(keys), &items[i]);
	rule->cases = items;
	rule->case_count = count;
	return is_right;
}

/* struct origin_list */
static bool
load_origins(struct loader *loader, const struct node *node, void *ret)
{
	static const struct key keys[] = {
	    {"rules", true, load_texts, offsetof(struct origin, rules)},
	    {"same", true, load_fields, offsetof(struct origin, same)},
	    {"before", false, load_duration, offsetof(struct origin, before)},
	    {"after", false, load_duration, offsetof(struct origin, after)},
	};
	const struct node *item = node_items(node);
	struct origin_list *list = ret;
	struct origin *items;
	size_t count = load_length(loader, node);
	bool is_right = true;

	if (count == 0)
		return false;
	items = ARENA_ARRAY(loader->arena, struct origin, count);
	for (size_t i = 0; i < count; i++, item = item->next) {
		items[i].line = item->line;
		items[i].column = item->column;
		is_right &= load_keys(
		    loader, item, "an item of 'follows_from'", keys, COUNT(keys), &items[i]);
	}
	*list = (struct origin_list){items, count};
	return is_right;
}

/* `{capture: findings}` or `[capture]`. */
static bool
load_expectation(struct loader *loader, const struct node *node, struct rule_expectation *ret)
{
	if (!load_scalar(loader, node, "the name of a capture", &ret->capture))
		return false;
	return node->value == NULL || load_threshold(loader, node->value, &ret->count);
}

static bool
load_expectations(struct loader *loader, const struct node *node, void *ret)
{
	const struct node *item = node->kind == NODE_SCALAR ? node : node->first;
	struct expectation_list *list = ret;
	struct rule_expectation *items;
	size_t count = node->kind == NODE_SCALAR ? 1 : node->count;
	bool is_right = true;

	if (count == 0)
		return loader_fail(loader, node, "no capture is named here");
	items = ARENA_ARRAY(loader->arena, struct rule_expectation, count);
	for (size_t i = 0; i < count; i++, item = item->next)
		is_right &= load_expectation(loader, item, &items[i]);
	*list = (struct expectation_list){items, count};
	return is_right;
}

static bool
load_silent(struct loader *loader, const struct node *node, void *ret)
{
	if (node->kind == NODE_MAP)
		return loader_fail(loader, node, "'silent' is a list of captures");
	return load_expectations(loader, node, ret);
}

/* Client, server and port always tell findings apart; `same` adds to them. */
static bool
load_same(struct loader *loader, const struct node *node, void *ret)
{
	static const char *const always[] = {"client", "server", "port"};
	struct field_list *list = ret, own = {NULL, 0};
	struct field_ref *fields;

	if (node != NULL && !load_fields(loader, node, &own))
		return false;
	fields = ARENA_ARRAY(loader->arena, struct field_ref, COUNT(always) + own.count);
	for (size_t i = 0; i < COUNT(always); i++)
		for (size_t j = 0; j < loader->types.count; j++)
			fields[i].of[j] = fields[i].any =
			    exchange_field(loader->types.items[j], always[i]);
	for (size_t i = 0; i < own.count; i++)
		fields[COUNT(always) + i] = own.items[i];
	*list = (struct field_list){fields, COUNT(always) + own.count};
	return true;
}

/* struct field_list: codes, to whose values there may be explanations. */
static bool
load_explain_by(struct loader *loader, const struct node *node, void *ret)
{
	const struct code_list *codes = explanation_codes(loader->set->explanations);
	const struct field_list *list = ret;
	const struct node *item = node_items(node);
	bool is_right = true;

	if (!load_fields(loader, node, ret))
		return false;
	for (size_t i = 0; i < list->count; i++, item = item->next)
		if (!is_code_field(codes, list->items[i].any))
			is_right = loader_fail(loader, item,
			    "the values of '%s' are no codes that could be explained", item->text);
	return is_right;
}

#define OF(member) offsetof(struct rule, member)

/* `exchange` before whatever names fields, `severity` before `lowered`. */
static const struct key rule_keys[] = {
    {"like", false, load_text, OF(like)},
    {"id", true, load_id, OF(id)},
    {"title", true, load_text, OF(title)},
    {"severity", true, load_severity, OF(severity)},
    {"exchange", true, load_own_types, OF(types)},
    {"where", true, load_where, OF(where)},
    {"preceded_by", false, require, OF(requires)},
    {"followed_by", false, require, OF(requires)},
    {"beside", false, require, OF(requires)},
    {"unless", false, load_clauses, OF(unless)},
    {"count", false, load_count, OF(count)},
    {"lowered", false, load_lowerings, 0},
    {"same", false, load_same, OF(same)},
    {"follows_from", false, load_origins, OF(follows_from)},
    {"finding", true, load_template, OF(finding)},
    {"explain_by", false, load_explain_by, OF(explain_by)},
    {"cases", false, load_cases, 0},
    {"chain", false, load_templates, OF(chain)},
    {"causes", false, load_causes, OF(causes)},
    {"next_steps", false, load_steps, OF(next_steps)},
    {"references", false, load_texts, OF(references)},
    {"benign", false, load_text, OF(benign)},
    {"blind", false, load_text, OF(blind)},
    {"fires", false, load_expectations, OF(fires)},
    {"silent", false, load_silent, OF(silent)},
    {"inconclusive", false, load_expectations, OF(inconclusive)},
};

static bool
load_rule(struct loader *loader, const struct node *root, struct rule *rule)
{
	rule->file = arena_text(loader->arena, loader->file, strlen(loader->file));
	rule->line = root->line;
	rule->is_builtin = loader->set->is_adding_builtin;
	if (!load_keys(loader, root, "a rule", rule_keys, COUNT(rule_keys), rule))
		return false;
	return rule->same.count != 0 || load_same(loader, NULL, &rule->same);
}

static int
compare_ids(const void *left, const void *right)
{
	const struct rule *const *one = left, *const *other = right;

	return strcmp((*one)->id, (*other)->id);
}

static bool
keep(struct loader *loader, const struct node *root, const struct rule *rule)
{
	struct rule_set *set = loader->set;

	for (size_t i = 0; i < set->count; i++) {
		if (strcmp(set->items[i]->id, rule->id) != 0)
			continue;
		if (!set->items[i]->is_builtin || rule->is_builtin)
			return loader_fail(loader, node_value(root, "id"),
			    "the id '%s' is taken by %s:%u", rule->id, set->items[i]->file,
			    set->items[i]->line);
		set->items[i] = rule;
		return true;
	}
	set->items = mem_grow(set->items, set->count, &set->capacity, sizeof(*set->items));
	set->items[set->count++] = rule;
	qsort(set->items, set->count, sizeof(*set->items), compare_ids);
	return true;
}

bool
rule_load_all(struct rule_set *set, const char *file, const char *yaml, size_t length,
    struct mistakes *mistakes)
{
	struct loader loader = {
	    .set = set, .arena = &set->arena, .file = file, .mistakes = mistakes};
	struct rule *rule = ARENA_NEW(&set->arena, struct rule);
	struct arena tree = {0};
	struct node *root;
	size_t before = mistakes->count;
	bool is_loaded;

	is_loaded = rule_yaml_read(&tree, file, yaml, length, &root, mistakes) &&
		    rule_like(&loader, &tree, root) && load_rule(&loader, root, rule) &&
		    mistakes->count == before && keep(&loader, root, rule);
	arena_free(&tree);
	return is_loaded;
}

bool
rule_load(
    struct rule_set *set, const char *file, const char *yaml, size_t length, struct error *error)
{
	struct mistakes mistakes = {.first = error};

	return rule_load_all(set, file, yaml, length, &mistakes);
}
