/* What a scalar in a rule means for the field that it is compared with. */
#ifndef SMBTRIAGE_RULES_OPERAND_H
#define SMBTRIAGE_RULES_OPERAND_H

#include "rules/loader.h"
#include "rules/comparison.h"

/* The scalar NODE as an operand of OPERATOR for FIELD. */
bool load_operand(const struct loader *loader, const struct node *node,
    const struct field_ref *field, const struct comparison *comparison, struct operand *ret);

/* "250ms", "1.5s", "2min", "1h" to nanoseconds; false when CHARS is no duration. */
bool duration_parse(const char *chars, int64_t *ret);

/* "true" or "false". */
bool bool_parse(const char *chars, bool *ret);

/* "1234" or "0xc0000022"; no sign, no octal. */
bool number_parse(const char *chars, uint64_t *ret);

#endif
