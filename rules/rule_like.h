/* `like`: a rule that says only in what it differs from one of the catalogue. */
#ifndef SMBTRIAGE_RULES_RULE_LIKE_H
#define SMBTRIAGE_RULES_RULE_LIKE_H

#include "rules/loader.h"

/*
 * Where ROOT, a rule as YAML in TREE, has a key `like`, the keys that it lacks are added as the
 * built-in rule of that id has them, except those that belong to one rule alone. Returns false
 * with the loader's error filled.
 */
bool rule_like(struct loader *loader, struct arena *tree, struct node *root);

#endif
