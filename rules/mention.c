#include "rules/mention.h"

#include <string.h>

#include "rules/comparison.h"

/* A code, and the table that it is of. */
struct code {
	const struct names *names;
	struct value value;
};

static bool
condition_names(const struct condition *condition, const struct code *code)
{
	if (condition->field.any->names != code->names || condition->is_negated ||
	    condition->comparison != comparison_equals)
		return false;
	for (size_t i = 0; i < condition->operand_count; i++)
		if (condition->operands[i].value.number == code->value.number)
			return true;
	return false;
}

static bool
where_names(const struct where *where, const struct code *code)
{
	for (size_t i = 0; i < where->count; i++)
		for (size_t j = 0; j < where->any[i].count; j++)
			if (condition_names(&where->any[i].items[j], code))
				return true;
	return false;
}

/* What must not be there is not spoken of. */
static bool
clause_names(const struct clause *clause, const struct code *code)
{
	return where_names(&clause->where, code) ||
	       (!clause->correlation.is_negated && where_names(&clause->correlation.where, code));
}

static bool
holds(const struct condition *condition, const struct code *code)
{
	static const struct value nothing = {.kind = VALUE_NONE};
	bool is_true = false;

	for (size_t i = 0; i < condition->operand_count && !is_true; i++)
		is_true = comparison_holds(
		    condition->comparison, &code->value, &condition->operands[i], &nothing);
	return is_true != condition->is_negated;
}

/* Whether CONDITIONS ask something of FIELD, all of which holds for CODE. */
static bool
is_met(const struct condition_list *conditions, const char *field, const struct code *code)
{
	bool is_asked = false;

	for (size_t i = 0; i < conditions->count; i++) {
		if (strcmp(conditions->items[i].field.any->name, field) != 0)
			continue;
		if (!holds(&conditions->items[i], code))
			return false;
		is_asked = true;
	}
	return is_asked;
}

/* Whether WHERE asks something of FIELD that this value meets. */
static bool
is_asked_for(const struct where *where, const char *field, const struct code *code)
{
	for (size_t i = 0; i < where->count; i++)
		if (is_met(&where->any[i], field, code))
			return true;
	return false;
}

/* A rule that takes any value of the field speaks of none in particular. */
static bool
is_explained(const struct rule *rule, const struct code *code)
{
	for (size_t i = 0; i < rule->explain_by.count; i++) {
		const struct field *field = rule->explain_by.items[i].any;

		if (field->names == code->names && is_asked_for(&rule->where, field->name, code))
			return true;
	}
	return false;
}

bool
rule_mentions(const struct rule *rule, const struct names *names, uint64_t value)
{
	const struct code code = {names, {.kind = VALUE_NUMBER, .number = value}};

	if (where_names(&rule->where, &code) || is_explained(rule, &code))
		return true;
	for (size_t i = 0; i < rule->requires.count; i++)
		if (clause_names(&rule->requires.items[i], &code))
			return true;
	for (size_t i = 0; i < rule->case_count; i++)
		if (where_names(&rule->cases[i].where, &code))
			return true;
	return false;
}
