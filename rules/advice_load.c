#include "rules/advice_load.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "rules/operand.h"
#include "rules/rule_where.h"
#include "rules/template.h"

bool
load_text(struct loader *loader, const struct node *node, void *ret)
{
	return load_scalar(loader, node, "this", ret);
}

/* struct text_list of items that LOAD_ITEM reads. */
static bool
load_list(struct loader *loader, const struct node *node, struct text_list *ret,
    bool (*load_item)(struct loader *loader, const struct node *node, void *ret))
{
	const struct node *item = node_items(node);
	const char **items;
	size_t count = load_length(loader, node);
	bool is_right = true;

	if (count == 0)
		return false;
	items = ARENA_ARRAY(loader->arena, const char *, count);
	for (size_t i = 0; i < count; i++, item = item->next)
		is_right &= load_item(loader, item, &items[i]);
	*ret = (struct text_list){items, count};
	return is_right;
}

bool
load_texts(struct loader *loader, const struct node *node, void *ret)
{
	return load_list(loader, node, ret, load_text);
}

bool
load_templates(struct loader *loader, const struct node *node, void *ret)
{
	return load_list(loader, node, ret, load_template);
}

static bool
load_bool(struct loader *loader, const struct node *node, void *ret)
{
	if (node->kind != NODE_SCALAR || !bool_parse(node->text, ret))
		return loader_fail(loader, node, "true or false is expected here");
	return true;
}

/* ---- causes ---- */

/* Whether nothing but files beside the capture is asked in WHERE: what it shows belongs to where
 * and cases. */
static bool
check_attested(const struct loader *loader, const struct node *node, const struct where *where)
{
	for (size_t i = 0; i < where->count; i++)
		for (size_t j = 0; j < where->any[i].count; j++) {
			const struct field *field = where->any[i].items[j].field.any;

			if (field->home != HOME_ATTESTED)
				return loader_fail(loader, node,
				    "'%s' is of the capture; what speaks for a cause, or against "
				    "it, is in files beside it",
				    field->name);
		}
	return true;
}

/* struct where over what companions state. */
static bool
load_testimony(struct loader *loader, const struct node *node, void *ret)
{
	return load_where(loader, node, ret) && check_attested(loader, node, ret);
}

/* struct cause: a text, or a mapping that says what speaks for it. */
static bool
load_cause(struct loader *loader, const struct node *node, struct cause *ret)
{
	static const struct key keys[] = {
	    {"text", true, load_template, offsetof(struct cause, text)},
	    {"supported_by", false, load_testimony, offsetof(struct cause, supported_by)},
	    {"refuted_by", false, load_testimony, offsetof(struct cause, refuted_by)},
	    {"needs_support", false, load_bool, offsetof(struct cause, needs_support)},
	};

	if (node->kind != NODE_MAP)
		return load_template(loader, node, &ret->text);
	if (!load_keys(loader, node, "a cause", keys, COUNT(keys), ret))
		return false;
	return !ret->needs_support || ret->supported_by.count != 0 ||
	       loader_fail(loader, node, "a cause that needs support names none in 'supported_by'");
}

bool
load_causes(struct loader *loader, const struct node *node, void *ret)
{
	struct cause_list *list = ret;
	const struct node *item = node_items(node);
	struct cause *items;
	size_t count = load_length(loader, node);
	bool is_right = true;

	if (count == 0)
		return false;
	items = ARENA_ARRAY(loader->arena, struct cause, count);
	for (size_t i = 0; i < count; i++, item = item->next)
		is_right &= load_cause(loader, item, &items[i]);
	*list = (struct cause_list){items, count};
	return is_right;
}

/* ---- next steps ---- */

/* const char *: where a next step is done. */
static bool
load_place(struct loader *loader, const struct node *node, void *ret)
{
	static const char *const places[] = {"client", "server", "kdc", "network"};
	struct nearest search;
	const char **place = ret;

	if (node->kind != NODE_SCALAR)
		return loader_fail(loader, node, "a place is one word");
	for (size_t i = 0; i < COUNT(places); i++) {
		if (strcmp(places[i], node->text) != 0)
			continue;
		*place = places[i];
		return true;
	}
	search = nearest_to(node->text);
	for (size_t i = 0; i < COUNT(places); i++)
		nearest_try(&search, places[i]);
	return loader_fail_near(loader, node, &search,
	    "'%.80s' is no place: client, server, kdc and network are", node->text);
}

#define OF(member) offsetof(struct step_advice, member)

static const struct key step_keys[] = {
    {"text", true, load_template, OF(text)},
    {"run", false, load_command, OF(run)},
    {"on", false, load_place, OF(on)},
    {"risk", true, load_text, OF(risk)},
    {"applies_to", false, load_text, OF(applies_to)},
    {"lowers_security", false, load_bool, OF(lowers_security)},
};

static const struct key plain_step_keys[] = {
    {"text", true, load_text, OF(text)},
    {"run", false, load_text, OF(run)},
    {"on", false, load_place, OF(on)},
    {"risk", true, load_text, OF(risk)},
    {"applies_to", false, load_text, OF(applies_to)},
    {"lowers_security", false, load_bool, OF(lowers_security)},
};

/* Whoever follows a list from its top must not weaken a system before trying what is harmless. */
static bool
check_step(
    const struct loader *loader, const struct node *node, const struct step_advice *step, size_t i)
{
	if (step->lowers_security && i == 0)
		return loader_fail(
		    loader, node, "a step that lowers security must not be the first");
	if (step->lowers_security && strcmp(step->risk, "none") == 0)
		return loader_fail(
		    loader, node, "a step that lowers security has a risk, which is not 'none'");
	return true;
}

static bool
load_steps_of(struct loader *loader, const struct node *node, const struct key *keys, size_t count,
    struct advice_list *list)
{
	const struct node *item = node_items(node);
	struct step_advice *steps;
	size_t length = load_length(loader, node);
	bool is_right = true;

	if (length == 0)
		return false;
	steps = ARENA_ARRAY(loader->arena, struct step_advice, length);
	for (size_t i = 0; i < length; i++, item = item->next)
		is_right &= load_keys(loader, item, "a next step", keys, count, &steps[i]) &&
			    check_step(loader, item, &steps[i], i);
	*list = (struct advice_list){steps, length};
	return is_right;
}

bool
load_steps(struct loader *loader, const struct node *node, void *ret)
{
	return load_steps_of(loader, node, step_keys, COUNT(step_keys), ret);
}

bool
load_plain_steps(struct loader *loader, const struct node *node, void *ret)
{
	return load_steps_of(loader, node, plain_step_keys, COUNT(plain_step_keys), ret);
}
