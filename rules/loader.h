/* What the parts of the rule loader share: the file at hand, and how its errors are said. */
#ifndef SMBTRIAGE_RULES_LOADER_H
#define SMBTRIAGE_RULES_LOADER_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/nearest.h"
#include "rules/rule.h"
#include "rules/rule_yaml.h"

struct loader {
	struct rule_set *set;
	struct arena *arena; /* of the set: what the rule keeps */
	const char *file;
	struct mistakes *mistakes;
	struct type_list mine;  /* what the rule speaks of */
	struct type_list types; /* what the conditions being loaded speak of */
	bool is_of_other;       /* these are of the exchange that a correlation looks for */
	const struct key *key;  /* whose value is being loaded */
	struct explanation_set *explanations; /* instead of SET: to which they are added */
};

/* A key of a mapping. Loaders are called in the order of the table, not of the file. */
struct key {
	const char *name;
	bool is_required;
	bool (*load)(struct loader *loader, const struct node *value, void *ret);
	size_t offset; /* of RET in what the mapping fills */
};

/* All loaders return false when they have added mistakes, or when what they hang on has some. They
 * go on after one to what does not hang on it. */

/* Adds the mistake at NODE. Returns false. */
bool loader_fail(const struct loader *loader, const struct node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, ending in "; did you mean '…'?" when SEARCH found something. */
bool loader_fail_near(const struct loader *loader, const struct node *node,
    const struct nearest *search, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* NODE is a mapping with keys of the table only; WHAT names it: "a rule". */
bool load_keys(struct loader *loader, const struct node *node, const char *what,
    const struct key *keys, size_t count, void *ret);

/* NODE is a text that is not empty; WHAT names it. */
bool load_scalar(
    const struct loader *loader, const struct node *node, const char *what, const char **ret);

/* How many items NODE has: of anything but a list 1. An empty list is an error, and 0. */
size_t load_length(const struct loader *loader, const struct node *node);

/* The first item of a list, or NODE itself. With node->next it walks both. */
const struct node *node_items(const struct node *node);

/* struct type_list: names of exchange types. */
bool load_types(struct loader *loader, const struct node *node, void *ret);

/* The field called NODE's text in each of TYPES. */
bool load_field(const struct loader *loader, const struct node *node, const struct type_list *types,
    struct field_ref *ret);

/* struct field_list over loader->types: one name or a list. */
bool load_fields(struct loader *loader, const struct node *node, void *ret);

/* int64_t: a duration. */
bool load_duration(struct loader *loader, const struct node *node, void *ret);

#endif
