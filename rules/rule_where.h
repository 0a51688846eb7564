/* The clauses of a rule: where, preceded_by and followed_by. */
#ifndef SMBTRIAGE_RULES_RULE_WHERE_H
#define SMBTRIAGE_RULES_RULE_WHERE_H

#include "rules/loader.h"

/* All return false with the loader's error filled. */

/* struct where over loader->types: a mapping, or a list of which one is to hold. */
bool load_where(struct loader *loader, const struct node *node, void *ret);

/* struct clause_list: a list of clauses. */
bool load_clauses(struct loader *loader, const struct node *node, void *ret);

/* struct clause: where of the rule's own exchange. */
bool load_clause_where(struct loader *loader, const struct node *node, void *ret);

/* struct clause: its correlation, of the kind that the key being loaded names. */
bool load_correlation(struct loader *loader, const struct node *node, void *ret);

/* The keys of a clause at OFFSET in what they fill. */
#define CLAUSE_KEYS(offset)                                       \
	{"where", false, load_clause_where, offset},              \
	    {"preceded_by", false, load_correlation, offset},     \
	    {"followed_by", false, load_correlation, offset},     \
	    {"beside", false, load_correlation, offset},          \
	    {"not_preceded_by", false, load_correlation, offset}, \
	    {"not_followed_by", false, load_correlation, offset}, \
	{                                                         \
		"not_beside", false, load_correlation, offset     \
	}

#endif
