#include "rules/comparison.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "rules/value.h"

#define NUMBERS  (1u << VALUE_NUMBER | 1u << VALUE_LIST)
#define TEXTS    (1u << VALUE_TEXT)
#define ADDRS    (1u << VALUE_ADDR)
#define ANYTHING (NUMBERS | TEXTS | ADDRS)

static struct number_range
range_equals(uint64_t number)
{
	return (struct number_range){UINT64_MAX, number, number};
}

static struct number_range
range_at_least(uint64_t number)
{
	return (struct number_range){UINT64_MAX, number, UINT64_MAX};
}

static struct number_range
range_at_most(uint64_t number)
{
	return (struct number_range){UINT64_MAX, 0, number};
}

static struct number_range
range_bits(uint64_t number)
{
	return (struct number_range){number, number, number};
}

static bool
holds_equals(const struct value *value, const struct operand *operand, const struct value *other)
{
	(void)other;
	return value_equal(value, &operand->value);
}

static bool
holds_starts_with(
    const struct value *value, const struct operand *operand, const struct value *other)
{
	(void)other;
	return text_starts_nocase(value->text, operand->value.text);
}

static bool
holds_ends_with(const struct value *value, const struct operand *operand, const struct value *other)
{
	size_t whole = strlen(value->text), end = strlen(operand->value.text);

	(void)other;
	return end <= whole && text_starts_nocase(value->text + whole - end, operand->value.text);
}

static bool
holds_contains(const struct value *value, const struct operand *operand, const struct value *other)
{
	const char *at = value->text;

	(void)other;
	while (!text_starts_nocase(at, operand->value.text) && *at != '\0')
		at++;
	return text_starts_nocase(at, operand->value.text);
}

/* On a mismatch only the last '*' is tried again, one character later: an earlier one could not
 * find anything that the last one cannot, so the time is at most the product of the lengths. */
bool
glob_match(const char *pattern, const char *chars)
{
	const char *star = NULL, *resume = NULL;

	while (*chars != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			resume = chars;
		} else if (*pattern != '\0' &&
			   (*pattern == '?' || ascii_lower(*pattern) == ascii_lower(*chars))) {
			pattern++;
			chars++;
		} else if (star != NULL) {
			pattern = star;
			chars = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool
holds_glob(const struct value *value, const struct operand *operand, const struct value *other)
{
	(void)other;
	return glob_match(operand->value.text, value->text);
}

static bool
holds_in_net(const struct value *value, const struct operand *operand, const struct value *other)
{
	(void)other;
	return addr_in_net(&value->addr, &operand->net);
}

static bool
holds_differs_from(
    const struct value *value, const struct operand *operand, const struct value *other)
{
	(void)operand;
	return !value_equal(value, other);
}

static bool
holds_exists(const struct value *value, const struct operand *operand, const struct value *other)
{
	(void)other;
	return (value->kind != VALUE_NONE) == (operand->value.number != 0);
}

const struct comparison comparisons[] = {
    {"", "the field is this value, or one of these", OPERAND_VALUE, ANYTHING, .range = range_equals,
	.holds = holds_equals},
    {"at_least", "the number or duration is this or more", OPERAND_VALUE, NUMBERS,
	.keeps_growing = true, .range = range_at_least},
    {"at_most", "the number or duration is this or less", OPERAND_VALUE, NUMBERS,
	.range = range_at_most},
    {"bits", "all of these bits are set", OPERAND_VALUE, NUMBERS, .range = range_bits},
    {"starts_with", "the text begins so", OPERAND_TEXT, TEXTS, .holds = holds_starts_with},
    {"ends_with", "the text ends so", OPERAND_TEXT, TEXTS, .holds = holds_ends_with},
    {"contains", "this is somewhere in the text", OPERAND_TEXT, TEXTS, .holds = holds_contains},
    {"glob", "the whole text matches; * is any text, ? any one character", OPERAND_TEXT, TEXTS,
	.holds = holds_glob},
    {"in_net", "the address is in this network", OPERAND_NET, ADDRS, .holds = holds_in_net},
    {"differs_from", "the value is not that of this other field of the same exchange",
	OPERAND_FIELD, ANYTHING, .holds = holds_differs_from},
    {"exists", "whether the message carried the field at all", OPERAND_BOOL, ANYTHING,
	.compares_unknown = true, .holds = holds_exists},
};
const size_t comparison_count = COUNT(comparisons);

const struct comparison *const comparison_equals = &comparisons[0];

const struct comparison *
comparison_called(const char *name)
{
	for (size_t i = 0; i < COUNT(comparisons); i++)
		if (strcmp(comparisons[i].name, name) == 0)
			return &comparisons[i];
	return NULL;
}

bool
comparison_holds(const struct comparison *comparison, const struct value *value,
    const struct operand *operand, const struct value *other)
{
	if (comparison->form != OPERAND_VALUE)
		return comparison->holds(value, operand, other);
	if (value->kind == VALUE_NUMBER)
		return range_has(&operand->range, value->number);
	if (value->kind != VALUE_LIST)
		return comparison->holds(value, operand, other);
	for (size_t i = 0; i < value->list.count; i++)
		if (range_has(&operand->range, value->list.values[i]))
			return true;
	return false;
}
