/* Loading what people read: texts, causes and next steps, of rules and of explanations. */
#ifndef SMBTRIAGE_RULES_ADVICE_LOAD_H
#define SMBTRIAGE_RULES_ADVICE_LOAD_H

#include "rules/loader.h"

/* const char *: a text that is not empty. */
bool load_text(struct loader *loader, const struct node *node, void *ret);

/* struct text_list: one text or a list. */
bool load_texts(struct loader *loader, const struct node *node, void *ret);

/* The same of templates. */
bool load_templates(struct loader *loader, const struct node *node, void *ret);

/* struct cause_list: templates, and what of files beside the capture speaks for each or against it.
 */
bool load_causes(struct loader *loader, const struct node *node, void *ret);

/* struct advice_list: steps of which the first does not lower security, and whose texts and
 * commands are templates. */
bool load_steps(struct loader *loader, const struct node *node, void *ret);

/* The same, but no templates: braces stand for themselves. */
bool load_plain_steps(struct loader *loader, const struct node *node, void *ret);

#endif
