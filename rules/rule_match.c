#include "rules/rule_match.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "rules/comparison.h"
#include "rules/value.h"

/* Asked only of exchanges whose outcome is unknown; HOLDS is what the plain comparison says. */
struct law {
	const char *field; /* a common one */
	enum truth (*truth)(const struct condition *condition, const struct operand *operand,
	    const struct exchange *exchange, const struct value *value, bool holds);
};

static enum truth
truth_of(bool holds)
{
	return holds ? TRUTH_YES : TRUTH_NO;
}

/* "not answered" is the claim of an absence, so it is doubted too. An answer is a presence, of
 * which there is nothing to say without it; but where another exchange is looked for that would
 * make a difference, one whose answer the capture lacks may have been it. */
static enum truth
outcome_truth(const struct condition *condition, const struct operand *operand,
    const struct exchange *exchange, const struct value *value, bool holds)
{
	(void)exchange;
	(void)value;
	if (condition->comparison != comparison_equals || operand->value.number == OUTCOME_UNKNOWN)
		return truth_of(holds);
	if (operand->value.number == OUTCOME_ANSWERED && !condition->is_negated)
		return condition->is_of_other ? TRUTH_UNKNOWN : TRUTH_NO;
	return TRUTH_UNKNOWN;
}

static bool
is_cut_off(const struct exchange *exchange)
{
	return exchange->ended_by == ENDED_BY_CAPTURE || exchange->ended_by == ENDED_BY_NOBODY;
}

static enum truth
ended_by_truth(const struct condition *condition, const struct operand *operand,
    const struct exchange *exchange, const struct value *value, bool holds)
{
	(void)condition;
	(void)value;
	if (holds || !is_cut_off(exchange) || operand->value.number == ENDED_BY_CAPTURE ||
	    operand->value.number == ENDED_BY_NOBODY)
		return truth_of(holds);
	return TRUTH_UNKNOWN;
}

static enum truth
waited_truth(const struct condition *condition, const struct operand *operand,
    const struct exchange *exchange, const struct value *value, bool holds)
{
	if (value->kind == VALUE_NONE)
		return TRUTH_UNKNOWN;
	if (!is_cut_off(exchange))
		return truth_of(holds);
	if (condition->comparison->keeps_growing)
		return holds ? TRUTH_YES : TRUTH_UNKNOWN;
	return value->number > operand->value.number ? TRUTH_NO : TRUTH_UNKNOWN;
}

static enum truth
delivered_truth(const struct condition *condition, const struct operand *operand,
    const struct exchange *exchange, const struct value *value, bool holds)
{
	(void)condition;
	(void)operand;
	(void)exchange;
	return value->number != 0 ? truth_of(holds) : TRUTH_UNKNOWN;
}

static const struct law laws[] = {
    {"outcome", outcome_truth},
    {"ended_by", ended_by_truth},
    {"waited", waited_truth},
    {"delivered", delivered_truth},
};

static bool
is_common(const struct field *field)
{
	return field >= exchange_common_fields &&
	       field < exchange_common_fields + exchange_common_field_count;
}

const struct law *
law_of(const struct field *field)
{
	for (size_t i = 0; is_common(field) && i < COUNT(laws); i++)
		if (strcmp(laws[i].field, field->name) == 0)
			return &laws[i];
	return NULL;
}

bool
is_hidden(const struct exchange *exchange)
{
	return exchange->is_cut || exchange->contested != 0 ||
	       exchange->doubt == DOUBT_CUT_BY_SNAPLEN || exchange->doubt == DOUBT_ENCRYPTED ||
	       exchange->doubt == DOUBT_COMPRESSED || exchange->doubt == DOUBT_PACKETS_MISSING ||
	       exchange->doubt == DOUBT_CLOCK_STEPPED ||
	       /* What had to follow the answer, and may have. */
	       ((exchange->doubt == DOUBT_CAPTURE_ENDED || exchange->doubt == DOUBT_NOT_ANALYSED) &&
		   exchange->outcome == OUTCOME_ANSWERED);
}

/* For a value that is known, or an operator that asks whether it is. */
static enum truth
operand_truth(const struct condition *condition, const struct operand *operand,
    const struct exchange *exchange, size_t index, const struct value *value)
{
	const struct comparison *comparison = condition->comparison;
	struct value other = {.kind = VALUE_NONE};
	bool holds;

	if (comparison->form == OPERAND_FIELD) {
		other = judged_value(exchange, &operand->other, index);
		if (other.kind == VALUE_NONE)
			return is_hidden(exchange) ? TRUTH_UNKNOWN : TRUTH_NO;
	}
	holds = comparison_holds(comparison, value, operand, &other);
	if (condition->law == NULL || exchange->outcome != OUTCOME_UNKNOWN ||
	    comparison->form != OPERAND_VALUE)
		return truth_of(holds);
	return condition->law->truth(condition, operand, exchange, value, holds);
}

/* Whether what the capture of EXCHANGE lacks may have held FIELD. */
static bool
may_be_hidden(const struct exchange *exchange, const struct field *field)
{
	return field != NULL && field_is_captured(field) && is_hidden(exchange);
}

/* Whether the comparison can be made at all; where not, RET says what it comes to. */
static bool
is_comparable(const struct condition *condition, const struct exchange *exchange, size_t index,
    const struct value *value, enum truth *ret)
{
	if (value->kind != VALUE_NONE)
		return true;
	if (may_be_hidden(exchange, condition->field.of[index]) ||
	    (condition->law != NULL && exchange->outcome == OUTCOME_UNKNOWN)) {
		*ret = TRUTH_UNKNOWN;
		return false;
	}
	*ret = TRUTH_NO;
	return condition->comparison->compares_unknown;
}

/* Texts and lists of a message that the capture cuts may be longer than what is there of them. */
static bool
may_continue(const struct exchange *exchange, const struct field *field, const struct value *value)
{
	return exchange->is_cut && field != NULL && field_is_captured(field) &&
	       (value->kind == VALUE_TEXT || value->kind == VALUE_LIST);
}

static enum truth
general_truth(const struct condition *condition, const struct exchange *exchange, size_t index)
{
	struct value value = judged_value(exchange, &condition->field, index);
	enum truth truth = TRUTH_NO, one;

	if (!is_comparable(condition, exchange, index, &value, &truth))
		return truth;
	truth = TRUTH_NO;
	for (size_t i = 0; i < condition->operand_count && truth != TRUTH_YES; i++) {
		one = operand_truth(condition, &condition->operands[i], exchange, index, &value);
		truth = truth_or(truth, one);
	}
	if (truth == TRUTH_NO && may_continue(exchange, condition->field.of[index], &value))
		truth = TRUTH_UNKNOWN;
	return condition->is_negated ? truth_not(truth) : truth;
}

static bool
has_range_of(const struct condition *condition, uint64_t number)
{
	for (size_t i = 0; i < condition->operand_count; i++)
		if (range_has(&condition->operands[i].range, number))
			return true;
	return false;
}

/* Most conditions compare a number that is known and not in doubt. */
enum truth
condition_truth(const struct condition *condition, const struct exchange *exchange, size_t index)
{
	const struct field *field = condition->field.of[index];
	uint64_t number;

	if (condition->is_of_number && field != NULL && exchange->contested == 0 &&
	    (condition->law == NULL || exchange->outcome != OUTCOME_UNKNOWN) &&
	    exchange_number(exchange, field, &number))
		return truth_of(has_range_of(condition, number) != condition->is_negated);
	return general_truth(condition, exchange, index);
}
