#include "rules/explanation.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "rules/advice_load.h"
#include "rules/loader.h"

/* One bit a file. */
#define MOST_SOURCES 64

struct explanation_set {
	pthread_mutex_t lock; /* over what is read when it is asked for */
	struct arena arena;
	struct code_list codes;
	struct rule_set types;              /* only for load_types() to look in */
	const struct builtin_rule *sources; /* or NULL */
	uint64_t are_read;                  /* bits 1 << index of a source */
	struct text sought;                 /* the name that was last looked for in them */
	size_t apart;                       /* bytes of all that, in nobody's account */
	const struct explanation **items;
	size_t count, capacity;
};

struct explanation_set *
explanation_set_new(const struct exchange_type *const *types, size_t count)
{
	struct explanation_set *set = mem_alloc(1, sizeof(*set));

	*set = (struct explanation_set){
	    .codes = codes_of(types, count), .types = {.types = types, .type_count = count}};
	pthread_mutex_init(&set->lock, NULL);
	return set;
}

void
explanation_set_free(struct explanation_set *set)
{
	if (set == NULL)
		return;
	pthread_mutex_destroy(&set->lock);
	mem_account(0, set->apart);
	mem_free(set->items);
	text_free(&set->sought);
	arena_free(&set->arena);
	mem_free(set);
}

void
explanation_set_offer(struct explanation_set *set, const struct builtin_rule *sources)
{
	set->sources = sources;
	set->are_read = 0;
	text_clear(&set->sought);
}

const struct code_list *
explanation_codes(const struct explanation_set *set)
{
	return &set->codes;
}

/* Whether both are for the same exchange, or both for all others. */
static bool
is_rival(const struct explanation *one, const struct explanation *other)
{
	if (one->at.count == 0 || other->at.count == 0)
		return one->at.count == other->at.count;
	for (size_t i = 0; i < one->at.count; i++)
		if (type_list_index(&other->at, one->at.items[i]) < other->at.count)
			return true;
	return false;
}

/* The first of NAME that is a rival of EXPLANATION. */
static const struct explanation *
find_rival(
    const struct explanation_set *set, const char *name, const struct explanation *explanation)
{
	for (size_t i = 0; i < set->count; i++)
		if (text_list_has(&set->items[i]->codes, name) &&
		    is_rival(set->items[i], explanation))
			return set->items[i];
	return NULL;
}

static bool
fail_code(const struct loader *loader, const struct node *node, const struct code_list *codes)
{
	struct nearest search = nearest_to(node->text);

	for (size_t i = 0; i < codes->count; i++)
		for (size_t j = 0; j < codes->tables[i].names->count; j++)
			nearest_try(&search, codes->tables[i].names->rows[j].name);
	return loader_fail_near(
	    loader, node, &search, "no table of names has a code '%.80s'", node->text);
}

/* A name that a table knows, and that LIST does not have yet. */
static bool
load_code(
    const struct loader *loader, const struct node *node, struct text_list *list, const char **ret)
{
	const struct explanation_set *set = loader->explanations;
	const struct name_row *row;

	if (node->kind != NODE_SCALAR)
		return loader_fail(loader, node, "the name of a code is expected here");
	row = code_called(&set->codes, node->text);
	if (row == NULL)
		return fail_code(loader, node, &set->codes);
	if (text_list_has(list, row->name))
		return loader_fail(loader, node, "'%s' is listed twice", row->name);
	*ret = row->name;
	return true;
}

/* struct text_list of names of codes. */
static bool
load_codes(struct loader *loader, const struct node *node, void *ret)
{
	const struct node *item = node_items(node);
	struct text_list *list = ret;
	const char **items;
	size_t count = load_length(loader, node);
	bool is_right = true;

	if (count == 0)
		return false;
	items = ARENA_ARRAY(loader->arena, const char *, count);
	*list = (struct text_list){items, 0};
	for (; item != NULL && list->count < count; item = item->next)
		if (load_code(loader, item, list, &items[list->count]))
			list->count++;
		else
			is_right = false;
	return is_right;
}

#define OF(member) offsetof(struct explanation, member)

static const struct key explanation_keys[] = {
    {"code", true, load_codes, OF(codes)},
    {"at", false, load_types, OF(at)},
    {"means", true, load_text, OF(means)},
    {"causes", true, load_texts, OF(causes)},
    {"next_steps", false, load_plain_steps, OF(next_steps)},
    {"references", false, load_texts, OF(references)},
};

/* No code is explained twice where it means one thing. */
static bool
check_rivals(
    const struct loader *loader, const struct node *node, const struct explanation *explanation)
{
	const struct explanation *rival;

	for (size_t i = 0; i < explanation->codes.count; i++) {
		rival = find_rival(loader->explanations, explanation->codes.items[i], explanation);
		if (rival != NULL)
			return loader_fail(loader, node, "'%s' is explained already, by %s:%u",
			    explanation->codes.items[i], rival->file, rival->line);
	}
	return true;
}

static bool
load_explanation(struct loader *loader, const struct node *node, const char *file)
{
	struct explanation_set *set = loader->explanations;
	struct explanation *explanation = ARENA_NEW(loader->arena, struct explanation);

	explanation->file = file;
	explanation->line = node->line;
	if (!load_keys(loader, node, "an explanation", explanation_keys, COUNT(explanation_keys),
		explanation) ||
	    !check_rivals(loader, node, explanation))
		return false;
	set->items = mem_grow(set->items, set->count, &set->capacity, sizeof(*set->items));
	set->items[set->count++] = explanation;
	return true;
}

static bool
load_all(struct loader *loader, const struct node *root)
{
	const char *file = arena_text(loader->arena, loader->file, strlen(loader->file));
	bool is_right = true;

	if (root->kind != NODE_LIST)
		return loader_fail(loader, root, "explanations are a list of mappings");
	for (const struct node *item = root->first; item != NULL; item = item->next)
		is_right &= load_explanation(loader, item, file);
	return is_right;
}

bool
explanation_load(struct explanation_set *set, const char *file, const char *yaml, size_t length,
    struct error *error)
{
	struct mistakes mistakes = {.first = error};
	struct loader loader = {.set = &set->types,
	    .explanations = set,
	    .arena = &set->arena,
	    .file = file,
	    .mistakes = &mistakes};
	struct arena tree = {0};
	struct node *root;
	bool is_loaded;

	is_loaded = rule_yaml_read(&tree, file, yaml, length, &root, &mistakes) &&
		    load_all(&loader, root) && mistakes.count == 0;
	arena_free(&tree);
	return is_loaded;
}

static void
read_source(struct explanation_set *set, size_t index)
{
	const struct builtin_rule *source = &set->sources[index];
	struct error error = {0};

	assert(index < MOST_SOURCES);
	set->are_read |= UINT64_C(1) << index;
	if (!explanation_load(set, source->file, source->yaml, strlen(source->yaml), &error)) {
		log_error("%s", error.text);
		assert(!"an explanation does not load");
	}
}

/* A file that does not hold the name need not be read. Many findings in a row are of one name. What
 * is kept is in nobody's account, as it may be any of several captures that needs it first. */
static void
read_sources(struct explanation_set *set, const char *name)
{
	size_t used = mem_used();

	if (set->sources == NULL || strcmp(text_chars(&set->sought), name) == 0)
		return;
	text_clear(&set->sought);
	text_add(&set->sought, name);
	for (size_t i = 0; set->sources[i].file != NULL; i++)
		if ((set->are_read >> i & 1) == 0 && strstr(set->sources[i].yaml, name) != NULL)
			read_source(set, i);
	set->apart += mem_used() - used;
	mem_account(mem_used(), used);
}

const struct explanation *
explanation_next(struct explanation_set *set, const char *name, const struct explanation *last)
{
	size_t i = 0;

	read_sources(set, name);
	while (last != NULL && i < set->count && set->items[i] != last)
		i++;
	for (i += last != NULL; i < set->count; i++)
		if (text_list_has(&set->items[i]->codes, name))
			return set->items[i];
	return NULL;
}

const struct explanation *
explanation_of(struct explanation_set *set, const char *name, const struct exchange_type *type)
{
	const struct explanation *general = NULL, *next = NULL;
	bool is_special = false;

	pthread_mutex_lock(&set->lock);
	while (!is_special && (next = explanation_next(set, name, next)) != NULL) {
		is_special = type_list_index(&next->at, type) < next->at.count;
		if (next->at.count == 0)
			general = next;
	}
	pthread_mutex_unlock(&set->lock);
	return is_special ? next : general;
}
