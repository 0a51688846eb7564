/* Values of fields: when two are the same. */
#ifndef SMBTRIAGE_RULES_VALUE_H
#define SMBTRIAGE_RULES_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/hash.h"
#include "analyzer/exchange.h"
#include "rules/rule.h"

/* The value of FIELD; INDEX is that of the exchange's type in the type_list that FIELD was loaded
 * for. What a type has no field for is not known of its exchanges. */
struct value
field_value(const struct exchange *exchange, const struct field_ref *field, size_t index);

/* The same for what is judged by it: not known either where the two copies of a message that was
 * sent twice disagree about it. */
static inline struct value
judged_value(const struct exchange *exchange, const struct field_ref *field, size_t index)
{
	if (exchange->contested != 0 && field->of[index] != NULL &&
	    exchange_is_contested(exchange, field->of[index]))
		return (struct value){.kind = VALUE_NONE};
	return field_value(exchange, field, index);
}

/* Whether both are known and the same, or both are not known. Texts are names of hosts, shares
 * and principals, which Windows compares without case: ASCII case is ignored here too. */
bool value_equal(const struct value *one, const struct value *other);

/* Adds VALUE to a hash in the making: the same for equal values. */
void value_hash_add(struct hash *hash, const struct value *value);

#endif
