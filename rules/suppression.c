#include "rules/suppression.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/date.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "rules/advice_load.h"
#include "rules/comparison.h"
#include "rules/loader.h"
#include "rules/rule_choice.h"
#include "rules/rule_files.h"

struct net_list {
	const struct addr_net *items;
	size_t count;
};

/* What a finding must be like, beside its rule; an empty list asks nothing. */
struct scope {
	struct text_list captures; /* patterns of names */
	struct net_list clients, servers;
	struct text_list ids;
};

/* One of the file. */
struct entry {
	struct suppression suppression;
	struct text_list rules; /* ids, or patterns of them */
	struct scope scope;
	unsigned line, column;
	bool is_expired;
	bool is_needed; /* it was for a finding */
};

struct suppression_set {
	struct arena arena;
	const char *file;
	struct entry *items;
	size_t count;
};

/* ---- loading ---- */

static bool
load_net(const struct loader *loader, const struct node *node, struct addr_net *ret)
{
	if (node->kind != NODE_SCALAR || !addr_parse_net(node->text, ret))
		return loader_fail(loader, node,
		    "an address or a network is expected here, such as 10.0.0.5 or 10.0.0.0/8");
	return true;
}

/* struct net_list: one or a list. */
static bool
load_nets(struct loader *loader, const struct node *node, void *ret)
{
	const struct node *item = node_items(node);
	size_t count = load_length(loader, node);
	struct addr_net *nets = ARENA_ARRAY(loader->arena, struct addr_net, count);
	bool is_right = true;

	if (count == 0)
		return false;
	for (size_t i = 0; i < count; i++, item = item->next)
		is_right &= load_net(loader, item, &nets[i]);
	*(struct net_list *)ret = (struct net_list){nets, count};
	return is_right;
}

/* As finding_id() makes them. */
static bool
is_finding_id(const char *text)
{
	size_t digits;

	if (strncmp(text, "f-", 2) != 0)
		return false;
	digits = strspn(text + 2, "0123456789abcdef");
	text += 2 + digits;
	if (*text == '-')
		text += 1 + strspn(text + 1, "0123456789");
	return digits == 12 && *text == '\0';
}

/* struct text_list: one or a list. */
static bool
load_ids(struct loader *loader, const struct node *node, void *ret)
{
	const struct text_list *list = ret;
	const struct node *item = node_items(node);
	bool is_right = true;

	if (!load_texts(loader, node, ret))
		return false;
	for (size_t i = 0; i < list->count; i++, item = item->next)
		if (!is_finding_id(list->items[i]))
			is_right = loader_fail(loader, item,
			    "'%.80s' is no id of a finding, such as f-0123456789ab", item->text);
	return is_right;
}

static bool
load_scope(struct loader *loader, const struct node *node, void *ret)
{
	static const struct key keys[] = {
	    {"capture", false, load_texts, offsetof(struct scope, captures)},
	    {"client", false, load_nets, offsetof(struct scope, clients)},
	    {"server", false, load_nets, offsetof(struct scope, servers)},
	    {"id", false, load_ids, offsetof(struct scope, ids)},
	};

	return load_keys(loader, node, "'scope'", keys, COUNT(keys), ret);
}

/* const char * */
static bool
load_day(struct loader *loader, const struct node *node, void *ret)
{
	if (node->kind != NODE_SCALAR || !date_is_valid(node->text))
		return loader_fail(
		    loader, node, "a day is expected here, written as 2027-01-31 is");
	return load_text(loader, node, ret);
}

#define OF(member) offsetof(struct entry, member)

static const struct key entry_keys[] = {
    {"rule", true, load_texts, OF(rules)},
    {"scope", false, load_scope, OF(scope)},
    {"reason", true, load_text, OF(suppression.reason)},
    {"expires", false, load_day, OF(suppression.expires)},
};

static bool
load_all(struct loader *loader, const struct node *root, struct suppression_set *set)
{
	const struct node *item = root->first;
	bool is_right = true;

	if (root->kind != NODE_LIST)
		return loader_fail(loader, root, "suppressions are a list of mappings");
	set->items = ARENA_ARRAY(&set->arena, struct entry, root->count);
	for (; item != NULL; item = item->next, set->count++) {
		struct entry *entry = &set->items[set->count];

		entry->line = item->line;
		entry->column = item->column;
		is_right &=
		    load_keys(loader, item, "a suppression", entry_keys, COUNT(entry_keys), entry);
	}
	return is_right;
}

static bool
check_rules(const struct suppression_set *set, const struct entry *entry,
    const struct rule_set *rules, struct mistakes *mistakes)
{
	struct nearest search;

	for (size_t i = 0; i < entry->rules.count; i++) {
		if (rule_pattern_finds(rules, entry->rules.items[i], &search))
			continue;
		return mistake_add(mistakes, set->file, entry->line, entry->column,
		    "there is no rule '%.80s'%s%s%s", entry->rules.items[i],
		    search.best != NULL ? "; did you mean '" : "",
		    search.best != NULL ? search.best : "", search.best != NULL ? "'?" : "");
	}
	return true;
}

/* Whether what it names is there; and whether it still holds. */
static bool
settle(struct suppression_set *set, const struct rule_set *rules, const char *today,
    struct mistakes *mistakes)
{
	for (size_t i = 0; i < set->count; i++) {
		struct entry *entry = &set->items[i];

		if (!check_rules(set, entry, rules, mistakes))
			return false;
		entry->is_expired = entry->suppression.expires != NULL &&
				    strcmp(entry->suppression.expires, today) < 0;
	}
	return true;
}

struct suppression_set *
suppressions_load(const char *file, const char *yaml, size_t length, const struct rule_set *rules,
    const char *today, struct error *error)
{
	struct suppression_set *set = mem_alloc(1, sizeof(*set));
	struct mistakes mistakes = {.first = error};
	struct loader loader = {.arena = &set->arena, .file = file, .mistakes = &mistakes};
	struct arena tree = {0};
	struct node *root;
	bool is_loaded;

	set->file = arena_text(&set->arena, file, strlen(file));
	is_loaded = rule_yaml_read(&tree, file, yaml, length, &root, &mistakes) &&
		    load_all(&loader, root, set) && mistakes.count == 0 &&
		    settle(set, rules, today, &mistakes);
	arena_free(&tree);
	if (is_loaded)
		return set;
	suppressions_free(set);
	return NULL;
}

struct suppression_set *
suppressions_read(
    const char *path, const struct rule_set *rules, const char *today, struct error *error)
{
	struct suppression_set *set;
	char *yaml;
	size_t length;

	if (!rule_file_read(path, &yaml, &length, error))
		return NULL;
	set = suppressions_load(path, yaml, length, rules, today, error);
	mem_free(yaml);
	return set;
}

void
suppressions_free(struct suppression_set *set)
{
	if (set == NULL)
		return;
	arena_free(&set->arena);
	mem_free(set);
}

/* ---- findings ---- */

static bool
is_any_pattern_of(const struct text_list *patterns, const char *text)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (glob_match(patterns->items[i], text))
			return true;
	return patterns->count == 0;
}

static bool
is_in_any_net(const struct net_list *nets, const struct addr *addr)
{
	for (size_t i = 0; i < nets->count; i++)
		if (addr_in_net(addr, &nets->items[i]))
			return true;
	return nets->count == 0;
}

/* Whether ENTRY is for FINDING of the capture called NAME, on days when it holds. */
static bool
is_for(const struct entry *entry, const char *name, const struct finding *finding)
{
	const struct conversation_facts *ends = finding->exchange->conversation;
	const struct scope *scope = &entry->scope;

	return is_any_pattern_of(&entry->rules, finding->rule->id) &&
	       is_any_pattern_of(&scope->captures, name) &&
	       is_in_any_net(&scope->clients, &ends->client) &&
	       is_in_any_net(&scope->servers, &ends->server) &&
	       (scope->ids.count == 0 || text_list_has(&scope->ids, finding->id));
}

void
suppressions_apply(struct suppression_set *set, const char *name, struct finding_list *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->items[i];

		for (size_t j = 0; j < set->count; j++) {
			struct entry *entry = &set->items[j];

			if (entry->is_expired || !is_for(entry, name, finding))
				continue;
			entry->is_needed = true;
			if (finding->suppression == NULL)
				finding->suppression = &entry->suppression;
		}
	}
}

/* ---- what the operator should know ---- */

/* "file:3: the suppression of a-rule, b-rule " */
static void
begin_sentence(struct text *text, const struct suppression_set *set, const struct entry *entry)
{
	text_add_visible(text, set->file);
	text_addf(text, ":%u: the suppression of ", entry->line);
	for (size_t i = 0; i < entry->rules.count; i++) {
		text_add(text, i != 0 ? ", " : "");
		text_add_visible(text, entry->rules.items[i]);
	}
	text_add_char(text, ' ');
}

void
suppressions_say_expired(const struct suppression_set *set, void (*say)(const char *sentence))
{
	struct text text = {0};

	for (size_t i = 0; i < set->count; i++) {
		if (!set->items[i].is_expired)
			continue;
		begin_sentence(&text, set, &set->items[i]);
		text_addf(&text,
		    "expired after %s, and holds no more: ", set->items[i].suppression.expires);
		text_add_visible(&text, set->items[i].suppression.reason);
		say(text_chars(&text));
		text_clear(&text);
	}
	text_free(&text);
}

void
suppressions_say_unneeded(const struct suppression_set *set, void (*say)(const char *sentence))
{
	struct text text = {0};

	for (size_t i = 0; i < set->count; i++) {
		if (set->items[i].is_expired || set->items[i].is_needed)
			continue;
		begin_sentence(&text, set, &set->items[i]);
		text_add(&text, "was not needed: nothing of the kind was found");
		say(text_chars(&text));
		text_clear(&text);
	}
	text_free(&text);
}
