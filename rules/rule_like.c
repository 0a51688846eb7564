#include "rules/rule_like.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "rules/builtin.h"

#define FOLDER "rules/catalogue/"
#define SUFFIX ".yaml"

/* What names a rule, and what tests it. */
static const char *const own_keys[] = {"like", "id", "title", "fires", "silent", "inconclusive"};

static bool
is_own(const char *key)
{
	for (size_t i = 0; i < COUNT(own_keys); i++)
		if (strcmp(own_keys[i], key) == 0)
			return true;
	return false;
}

/* Whether FILE is that of the rule ID. */
static bool
is_file_of(const char *file, const char *id)
{
	const char *name = file + strlen(FOLDER);
	size_t length = strlen(id);

	return strncmp(name, id, length) == 0 && strcmp(name + length, SUFFIX) == 0;
}

static const struct builtin_rule *
find_builtin(const char *id)
{
	for (const struct builtin_rule *builtin = builtin_rules; builtin->file != NULL; builtin++)
		if (is_file_of(builtin->file, id))
			return builtin;
	return NULL;
}

static bool
fail_unknown(const struct loader *loader, const struct node *node)
{
	struct nearest search = nearest_to(node->text);
	const char *name;

	for (const struct builtin_rule *builtin = builtin_rules; builtin->file != NULL; builtin++) {
		name = builtin->file + strlen(FOLDER);
		nearest_try(
		    &search, arena_text(loader->arena, name, strlen(name) - strlen(SUFFIX)));
	}
	return loader_fail_near(
	    loader, node, &search, "there is no built-in rule '%.80s'", node->text);
}

/* Appends the keys of OTHER that ROOT lacks. */
static void
add_keys(struct node *root, struct node *other)
{
	struct node **end = &root->first, *next;

	while (*end != NULL)
		end = &(*end)->next;
	for (struct node *key = other->first; key != NULL; key = next) {
		next = key->next;
		if (is_own(key->text) || node_value(root, key->text) != NULL)
			continue;
		key->next = NULL;
		*end = key;
		end = &key->next;
		root->count++;
	}
}

bool
rule_like(struct loader *loader, struct arena *tree, struct node *root)
{
	const struct node *like = root->kind == NODE_MAP ? node_value(root, "like") : NULL;
	const struct builtin_rule *builtin;
	struct node *other;

	if (like == NULL)
		return true;
	if (like->kind != NODE_SCALAR)
		return loader_fail(loader, like, "the id of a rule is expected here");
	builtin = find_builtin(like->text);
	if (builtin == NULL)
		return fail_unknown(loader, like);
	if (!rule_yaml_read(tree, builtin->file, builtin->yaml, strlen(builtin->yaml), &other,
		loader->mistakes))
		return false;
	if (node_value(other, "like") != NULL)
		return loader_fail(
		    loader, like, "'%s' is itself like another rule; name that one", like->text);
	add_keys(root, other);
	return true;
}
