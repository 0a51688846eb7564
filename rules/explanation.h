/*
 * Explanations: what an NTSTATUS or a Kerberos error means in SMB, why it comes, and what to do
 * next. The texts of rules/explanations/, which rules/README.md describes. They are read when
 * the first of a file is asked for, as most captures need few of them or none.
 */
#ifndef SMBTRIAGE_RULES_EXPLANATION_H
#define SMBTRIAGE_RULES_EXPLANATION_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/error.h"
#include "rules/builtin.h"
#include "rules/codes.h"
#include "rules/rule.h"

/* Of one code, or of several that mean the same. Its texts are no templates. */
struct explanation {
	const char *file;
	unsigned line;
	struct text_list codes; /* as their tables spell them */
	struct type_list at;    /* exchanges of which it is true; none: of all others */
	const char *means;
	struct text_list causes; /* the most likely first */
	struct advice_list next_steps;
	struct text_list references;
};

struct explanation_set;

/* An empty set for the codes of TYPES, a static table. explanation_set_free() takes it back. */
struct explanation_set *explanation_set_new(const struct exchange_type *const *types, size_t count);
void explanation_set_free(struct explanation_set *set);

/* The files of SOURCES, a static table that ends with a row without file, are read when they are
 * needed. They belong to the program and are tested, so a failure then is an assertion. */
void explanation_set_offer(struct explanation_set *set, const struct builtin_rule *sources);

/* Adds the explanations of LENGTH bytes of YAML; FILE is the name for messages. On failure ERROR
 * holds "file:line:col: …" and the set can only be freed. */
bool explanation_load(struct explanation_set *set, const char *file, const char *yaml,
    size_t length, struct error *error);

/* The explanation of the code called NAME where an exchange of TYPE has it, or NULL. It lives as
 * long as SET. Any thread may ask. */
const struct explanation *
explanation_of(struct explanation_set *set, const char *name, const struct exchange_type *type);

/* All explanations of NAME one after the other: the one after LAST, the first for NULL. NULL when
 * there is no further one. */
const struct explanation *
explanation_next(struct explanation_set *set, const char *name, const struct explanation *last);

/* The tables of the codes that SET may explain. */
const struct code_list *explanation_codes(const struct explanation_set *set);

#endif
