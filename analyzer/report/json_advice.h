/* Lists of texts and next steps as JSON, as findings and explanations have them. */
#ifndef SMBTRIAGE_REPORT_JSON_ADVICE_H
#define SMBTRIAGE_REPORT_JSON_ADVICE_H

#include "analyzer/base/text.h"
#include "rules/rule.h"

/* An array of COUNT texts under KEY. */
void json_texts(struct text *line, const char *key, const char *const *texts, size_t count);

/* The array `next_steps`. */
void json_next_steps(struct text *line, const struct advice_list *steps);

#endif
