#include "rules/value.h"

#include <string.h>

#include "analyzer/base/text.h"
#include "analyzer/base/table.h"

struct value
field_value(const struct exchange *exchange, const struct field_ref *field, size_t index)
{
	if (field->of[index] == NULL)
		return (struct value){.kind = VALUE_NONE};
	return exchange_value(exchange, field->of[index]);
}

static bool
none_equal(const struct value *one, const struct value *other)
{
	(void)one;
	(void)other;
	return true;
}

static uint64_t
none_hash(const struct value *value)
{
	(void)value;
	return 0;
}

static bool
number_equal(const struct value *one, const struct value *other)
{
	return one->number == other->number;
}

static uint64_t
number_hash(const struct value *value)
{
	return hash_u64(value->number);
}

static bool
text_equal(const struct value *one, const struct value *other)
{
	return text_equal_nocase(one->text, other->text);
}

static uint64_t
text_hash(const struct value *value)
{
	return text_hash_nocase(value->text);
}

static bool
list_equal(const struct value *one, const struct value *other)
{
	if (one->list.count != other->list.count)
		return false;
	for (size_t i = 0; i < one->list.count; i++)
		if (one->list.values[i] != other->list.values[i])
			return false;
	return true;
}

static uint64_t
list_hash(const struct value *value)
{
	uint64_t hash = value->list.count;

	for (size_t i = 0; i < value->list.count; i++)
		hash = hash_u64(hash ^ value->list.values[i]);
	return hash;
}

static bool
value_addr_equal(const struct value *one, const struct value *other)
{
	return addr_equal(&one->addr, &other->addr);
}

static uint64_t
value_addr_hash(const struct value *value)
{
	return addr_hash(&value->addr);
}

static const struct {
	bool (*equal)(const struct value *one, const struct value *other);
	uint64_t (*hash)(const struct value *value);
} kinds[] = {
    [VALUE_NONE] = {none_equal, none_hash},
    [VALUE_NUMBER] = {number_equal, number_hash},
    [VALUE_TEXT] = {text_equal, text_hash},
    [VALUE_LIST] = {list_equal, list_hash},
    [VALUE_ADDR] = {value_addr_equal, value_addr_hash},
};

bool
value_equal(const struct value *one, const struct value *other)
{
	return one->kind == other->kind && kinds[one->kind].equal(one, other);
}

uint64_t
value_hash(const struct value *value)
{
	return kinds[value->kind].hash(value);
}
