/* The fields of an exchange as a JSON object, and which of them there are. */
#ifndef SMBTRIAGE_REPORT_JSON_FIELDS_H
#define SMBTRIAGE_REPORT_JSON_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/text.h"
#include "analyzer/exchange.h"

/* A field, as the object has it. */
struct json_field {
	const struct field *field;
	bool is_omitted_at_zero; /* besides when it is not known: "nobody", "none" */
};

/* How many members the object of an exchange of TYPE may have, and the one at INDEX: the fields
 * of its own, then those common ones that its conversation's record does not have. */
size_t json_field_count(const struct exchange_type *type);
struct json_field json_field_at(const struct exchange_type *type, size_t index);

/* Adds the object of what is known of EXCHANGE. */
void json_fields(struct text *text, const char *key, const struct exchange *exchange);

#endif
