/* The NDJSON records of `smbtriage explain`. */
#ifndef SMBTRIAGE_REPORT_NDJSON_EXPLAIN_H
#define SMBTRIAGE_REPORT_NDJSON_EXPLAIN_H

#include <stddef.h>

#include "analyzer/report/code_word.h"
#include "analyzer/report/record.h"
#include "rules/explanation.h"
#include "rules/finding.h"
#include "rules/rule.h"

/* A code, and all that is said of it. Everything is borrowed. */
struct explained_code {
	const struct code_word *code;
	const struct explained {
		const struct explanation *explanation;
		struct text_list at; /* names of the exchanges of which it is true */
	} * explanations;
	size_t count;
	struct text_list rules; /* ids of those that speak of it */
};

/* A rule, with the braces of its commands as they will be printed. */
struct explained_rule {
	const struct rule *rule;
	struct text_list exchanges; /* names */
	const char *finding;
	struct found_cause_list causes;
	struct advice_list next_steps;
	struct text_list explain_by; /* names of fields */
	struct text_list codes;      /* that it speaks of, unless they are too many to list */
};

/* Of a struct explained_code, and of a struct explained_rule. */
extern const struct record explanation_record, rule_record;

#endif
