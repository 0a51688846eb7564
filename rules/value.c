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

static void
none_hash(struct hash *hash, const struct value *value)
{
	(void)value;
	hash_word(hash, 0);
}

static bool
number_equal(const struct value *one, const struct value *other)
{
	return one->number == other->number;
}

static void
number_hash(struct hash *hash, const struct value *value)
{
	hash_word(hash, value->number);
}

static bool
text_equal(const struct value *one, const struct value *other)
{
	return text_equal_nocase(one->text, other->text);
}

static void
text_hash(struct hash *hash, const struct value *value)
{
	hash_word(hash, text_hash_nocase(value->text));
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

static void
list_hash(struct hash *hash, const struct value *value)
{
	hash_word(hash, value->list.count);
	for (size_t i = 0; i < value->list.count; i++)
		hash_word(hash, value->list.values[i]);
}

static bool
value_addr_equal(const struct value *one, const struct value *other)
{
	return addr_equal(&one->addr, &other->addr);
}

static void
value_addr_hash(struct hash *hash, const struct value *value)
{
	hash_word(hash, value->addr.family);
	addr_hash_add(hash, &value->addr);
}

static const struct {
	bool (*equal)(const struct value *one, const struct value *other);
	void (*hash)(struct hash *hash, const struct value *value);
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

void
value_hash_add(struct hash *hash, const struct value *value)
{
	kinds[value->kind].hash(hash, value);
}
