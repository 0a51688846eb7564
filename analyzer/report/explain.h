/* `smbtriage explain`: what a status, a Kerberos error or a rule means, without a capture. */
#ifndef SMBTRIAGE_REPORT_EXPLAIN_H
#define SMBTRIAGE_REPORT_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "analyzer/base/error.h"
#include "rules/rule.h"

enum explain_form { EXPLAIN_TEXT, EXPLAIN_COLORED_TEXT, EXPLAIN_NDJSON };

/* Explains WORD, which code_word.h describes, or the id of one of RULES, on OUT: in text each
 * code takes some lines and ends with an empty one, in NDJSON it is one record. False, with
 * ERROR, when WORD means nothing. */
bool explain(FILE *out, enum explain_form form, const struct rule_set *rules, const char *word,
    struct error *error);

#endif
