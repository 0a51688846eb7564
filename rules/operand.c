#include "rules/operand.h"

#include <string.h>

#include "analyzer/base/basics.h"

bool
bool_parse(const char *chars, bool *ret)
{
	bool is_true = strcmp(chars, "true") == 0;

	if (!is_true && strcmp(chars, "false") != 0)
		return false;
	*ret = is_true;
	return true;
}

/* The value of a digit in any base to 16; 16 when it is none. */
static unsigned
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A' + 10);
	return 16;
}

/* Digits of BASE at *CHARS, which moves behind them; false for none, or more than 64 bits. */
static bool
take_digits(const char **chars, unsigned base, uint64_t *ret)
{
	const char *at = *chars;
	uint64_t number = 0;

	for (; digit(*at) < base; at++) {
		if (number > (UINT64_MAX - digit(*at)) / base)
			return false;
		number = number * base + digit(*at);
	}
	if (at == *chars)
		return false;
	*chars = at;
	*ret = number;
	return true;
}

bool
number_parse(const char *chars, uint64_t *ret)
{
	bool is_hex = chars[0] == '0' && (chars[1] == 'x' || chars[1] == 'X');
	uint64_t number;

	if (is_hex)
		chars += 2;
	if (!take_digits(&chars, is_hex ? 16 : 10, &number) || *chars != '\0')
		return false;
	*ret = number;
	return true;
}

/* Digits behind the point at *CHARS as a part of UNIT; what is finer than a nanosecond is lost. */
static bool
take_fraction(const char **chars, int64_t unit, int64_t *ret)
{
	const char *at = *chars;
	int64_t part = unit, sum = 0;

	for (; digit(*at) < 10; at++) {
		part /= 10;
		sum += part * (int64_t)digit(*at);
	}
	if (at == *chars)
		return false;
	*chars = at;
	*ret = sum;
	return true;
}

bool
duration_parse(const char *chars, int64_t *ret)
{
	static const struct {
		const char *name;
		int64_t unit;
	} units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000},
	    {"min", INT64_C(60000000000)}, {"h", INT64_C(3600000000000)}};
	const char *unit_name = chars + strspn(chars, "0123456789."), *at = chars;
	uint64_t whole;
	int64_t fraction = 0;

	for (size_t i = 0; i < COUNT(units); i++) {
		if (strcmp(unit_name, units[i].name) != 0)
			continue;
		if (!take_digits(&at, 10, &whole) ||
		    whole > (uint64_t)(INT64_MAX / units[i].unit - 1))
			return false;
		if (*at == '.') {
			at++;
			if (!take_fraction(&at, units[i].unit, &fraction))
				return false;
		}
		if (at != unit_name)
			return false;
		*ret = (int64_t)whole * units[i].unit + fraction;
		return true;
	}
	return false;
}

static bool
load_name(
    const struct loader *loader, const struct node *node, const struct field *field, uint64_t *ret)
{
	const struct name_row *row = names_called(field->names, node->text);
	struct nearest search = nearest_to(node->text);

	if (row != NULL) {
		*ret = row->value;
		return true;
	}
	for (size_t i = 0; i < field->names->count; i++)
		nearest_try(&search, field->names->rows[i].name);
	return loader_fail_near(
	    loader, node, &search, "'%.80s' is no value of '%s'", node->text, field->name);
}

static bool
load_number(const struct loader *loader, const struct node *node, const struct field *field,
    struct value *ret)
{
	ret->kind = VALUE_NUMBER;
	if (number_parse(node->text, &ret->number))
		return true;
	if (field->names != NULL)
		return load_name(loader, node, field, &ret->number);
	return loader_fail(
	    loader, node, "'%.80s' is no number, which '%s' is", node->text, field->name);
}

static bool
load_enum(const struct loader *loader, const struct node *node, const struct field *field,
    struct value *ret)
{
	ret->kind = VALUE_NUMBER;
	return load_name(loader, node, field, &ret->number);
}

static bool
load_bool(const struct loader *loader, const struct node *node, const struct field *field,
    struct value *ret)
{
	bool is_true;

	if (!bool_parse(node->text, &is_true))
		return loader_fail(loader, node, "'%.80s' is neither true nor false, which '%s' is",
		    node->text, field->name);
	ret->kind = VALUE_NUMBER;
	ret->number = is_true;
	return true;
}

static bool
load_time(const struct loader *loader, const struct node *node, const struct field *field,
    struct value *ret)
{
	(void)ret;
	return loader_fail(
	    loader, node, "'%s' is a time of day, which a rule cannot compare", field->name);
}

static bool
load_waited(const struct loader *loader, const struct node *node, const struct field *field,
    struct value *ret)
{
	int64_t duration;

	if (!duration_parse(node->text, &duration))
		return loader_fail(loader, node,
		    "'%.80s' is no duration, which '%s' is; write 250ms, 5s, 2min or 1h",
		    node->text, field->name);
	ret->kind = VALUE_NUMBER;
	ret->number = (uint64_t)duration;
	return true;
}

static bool
load_addr(const struct loader *loader, const struct node *node, const struct field *field,
    struct value *ret)
{
	if (!addr_parse(node->text, &ret->addr))
		return loader_fail(
		    loader, node, "'%.80s' is no address, which '%s' is", node->text, field->name);
	ret->kind = VALUE_ADDR;
	return true;
}

static bool
load_chars(const struct loader *loader, const struct node *node, const struct field *field,
    struct value *ret)
{
	(void)field;
	ret->kind = VALUE_TEXT;
	return load_scalar(loader, node, "the text to compare with", &ret->text);
}

static bool (*const value_loaders[])(const struct loader *loader, const struct node *node,
    const struct field *field, struct value *ret) = {
    [FIELD_NUMBER] = load_number,
    [FIELD_LIST] = load_number,
    [FIELD_TEXT] = load_chars,
    [FIELD_ADDR] = load_addr,
    [FIELD_U8_ENUM] = load_enum,
    [FIELD_U16] = load_number,
    [FIELD_U32] = load_number,
    [FIELD_U64] = load_number,
    [FIELD_ENUM] = load_enum,
    [FIELD_BOOL] = load_bool,
    [FIELD_TIME] = load_time,
    [FIELD_DURATION] = load_waited,
};

static bool
load_value(const struct loader *loader, const struct node *node, const struct field_ref *field,
    struct operand *ret)
{
	if (field->any->names == &bool_names)
		return load_bool(loader, node, field->any, &ret->value);
	return value_loaders[field->any->kind](loader, node, field->any, &ret->value);
}

static bool
load_text(const struct loader *loader, const struct node *node, const struct field_ref *field,
    struct operand *ret)
{
	return load_chars(loader, node, field->any, &ret->value);
}

static bool
load_net(const struct loader *loader, const struct node *node, const struct field_ref *field,
    struct operand *ret)
{
	(void)field;
	if (!addr_parse_net(node->text, &ret->net))
		return loader_fail(loader, node,
		    "'%.80s' is no network; write 10.0.0.0/8 or fe80::/10", node->text);
	return true;
}

static bool
load_other(const struct loader *loader, const struct node *node, const struct field_ref *field,
    struct operand *ret)
{
	if (!load_field(loader, node, &loader->types, &ret->other))
		return false;
	if (field_value_kind(field->any) != field_value_kind(ret->other.any))
		return loader_fail(loader, node, "'%s' and '%s' are not values of one kind",
		    field->any->name, node->text);
	return true;
}

static bool
load_existence(const struct loader *loader, const struct node *node, const struct field_ref *field,
    struct operand *ret)
{
	bool is_there;

	(void)field;
	if (!bool_parse(node->text, &is_there))
		return loader_fail(
		    loader, node, "'exists' is true or false, not '%.80s'", node->text);
	ret->value = (struct value){.kind = VALUE_NUMBER, .number = is_there};
	return true;
}

bool
load_operand(const struct loader *loader, const struct node *node, const struct field_ref *field,
    const struct comparison *comparison, struct operand *ret)
{
	static bool (*const forms[])(const struct loader *loader, const struct node *node,
	    const struct field_ref *field, struct operand *ret) = {
	    [OPERAND_VALUE] = load_value,
	    [OPERAND_TEXT] = load_text,
	    [OPERAND_NET] = load_net,
	    [OPERAND_FIELD] = load_other,
	    [OPERAND_BOOL] = load_existence,
	};

	if (node->kind != NODE_SCALAR)
		return loader_fail(
		    loader, node, "a value for '%s' is expected here", field->any->name);
	if (!forms[comparison->form](loader, node, field, ret))
		return false;
	if (comparison->range != NULL && ret->value.kind == VALUE_NUMBER)
		ret->range = comparison->range(ret->value.number);
	return true;
}
