/* The table of comparisons: one row per operator of the rule language. */
#ifndef SMBTRIAGE_RULES_COMPARISON_H
#define SMBTRIAGE_RULES_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/rule.h"

/* What stands to the right of an operator. */
enum operand_form {
	OPERAND_VALUE, /* a value of the field: its declared type decides what the scalar means */
	OPERAND_TEXT,
	OPERAND_NET,   /* "10.0.0.0/8" */
	OPERAND_FIELD, /* the name of another field of the same exchange */
	OPERAND_BOOL,
};

struct comparison {
	const char *name; /* as rules spell it; "" for a scalar or list without an operator */
	const char *sentence;
	enum operand_form form;
	unsigned kinds;        /* bits 1 << enum value_kind: the values that it compares */
	bool compares_unknown; /* it is asked even when the value is not known */
	bool keeps_growing;    /* what holds for a number holds for every larger one */
	/* What it holds for beside an operand that is a number; or NULL. */
	struct number_range (*range)(uint64_t number);
	/* The same of anything else. OTHER is the value of the operand's field, if its form is
	 * OPERAND_FIELD. */
	bool (*holds)(
	    const struct value *value, const struct operand *operand, const struct value *other);
};

extern const struct comparison comparisons[];
extern const size_t comparison_count;

/* The comparison of a scalar or list without an operator. */
extern const struct comparison *const comparison_equals;

/* The row called NAME, or NULL. */
const struct comparison *comparison_called(const char *name);

static inline bool
range_has(const struct number_range *range, uint64_t number)
{
	return (number & range->mask) - range->from <= range->to - range->from;
}

/* OPERATOR for one value: a list holds when one of its numbers does. */
bool comparison_holds(const struct comparison *comparison, const struct value *value,
    const struct operand *operand, const struct value *other);

/* Whether CHARS matches PATTERN, in which '*' is any text and '?' any one character. */
bool glob_match(const char *pattern, const char *chars);

#endif
