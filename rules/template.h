/* Templates: texts of a rule with {field} in them. */
#ifndef SMBTRIAGE_RULES_TEMPLATE_H
#define SMBTRIAGE_RULES_TEMPLATE_H

#include "rules/loader.h"

/*
 * A template is text in which "{field}" stands for the field's value, "{field.meaning}" for the
 * sentence that its table of names has for it, and "{{" and "}}" for the characters themselves.
 */

/* const char *: a text for people, its references checked against the rule's own types. */
bool load_template(struct loader *loader, const struct node *node, void *ret);

/* The same for a command. Texts come from packets, and whoever sent them could write a command of
 * their own there, so only numbers, names of our tables and addresses may stand in it. */
bool load_command(struct loader *loader, const struct node *node, void *ret);

/* TEMPLATE with the values of EXCHANGE, which is of one of the types that it was checked for.
 * What is not known is "(not captured)". Without a reference it is TEMPLATE itself. */
const char *
template_fill(struct arena *arena, const char *template, const struct exchange *exchange);

/* The same; NULL when one of the values is not known. */
const char *
template_fill_known(struct arena *arena, const char *template, const struct exchange *exchange);

/*
 * A label is a template of few words, as exchange types have for diagrams. What stands between "["
 * and "]" in it is left out when a value in it is not known, is empty, or is a count of none. A
 * flag in it is a condition: it writes nothing, and false leaves the part out. Codes are written
 * by their names alone. Adds LABEL with the values of EXCHANGE to TEXT, not escaped.
 */
void label_fill(struct text *text, const char *label, const struct exchange *exchange);

/* Whether LABEL is well formed and all its fields are those of TYPE; outside of brackets only
 * fields that are always known. For tests. */
bool label_is_sound(const char *label, const struct exchange_type *type);

/* TEMPLATE for people who read the rule: references stay, doubled braces become single ones. */
const char *template_show(struct arena *arena, const char *template);

#endif
