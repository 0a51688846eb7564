/* The forms in which `smbtriage explain` prints a code or a rule. */
#ifndef SMBTRIAGE_REPORT_EXPLAIN_FORM_H
#define SMBTRIAGE_REPORT_EXPLAIN_FORM_H

#include <stdio.h>

#include "analyzer/report/code_word.h"
#include "analyzer/report/explain.h"
#include "rules/rule.h"

/* CODE with its explanation, if there is one, and the RULES that speak of it. */
void explain_code(
    FILE *out, enum explain_form form, const struct rule_set *rules, const struct code_word *code);

/* RULE, one of RULES, its templates as they are written, and the codes that it speaks of. */
void explain_rule(
    FILE *out, enum explain_form form, const struct rule_set *rules, const struct rule *rule);

#endif
