/* The YAML of a rule as a small tree in which every node knows its line and column. */
#ifndef SMBTRIAGE_RULES_RULE_YAML_H
#define SMBTRIAGE_RULES_RULE_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/arena.h"
#include "rules/mistake.h"

/* Bounds on one file. The deepest place of the rules' language is 8 levels down; the longest rule
 * of the catalogue has some hundred nodes, a suppression about ten, and there may be many in a
 * file. */
#define RULE_MOST_DEPTH 10
#define RULE_MOST_NODES 20000
#define RULE_MOST_BYTES (256 * 1024)

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	unsigned line, column; /* from 1 */
	const char *text;      /* of a scalar */
	struct node *first;    /* items of a list, or keys (scalars) of a map */
	struct node *next;     /* the item or key after this one */
	struct node *value;    /* of a key */
	size_t count;          /* items or keys */
};

/*
 * The one document in LENGTH bytes of YAML; ARENA holds the tree. Tags, anchors, aliases, further
 * documents, keys that are no scalars or stand twice, and more than the bounds above are mistakes.
 * It returns false when no tree came of it; after lesser ones there is a tree without what is
 * wrong.
 */
bool rule_yaml_read(struct arena *arena, const char *file, const char *yaml, size_t length,
    struct node **ret_root, struct mistakes *mistakes);

/* The value of the key NAME, or NULL. */
const struct node *node_value(const struct node *map, const char *name);

#endif
