#include "analyzer/report/json_fields.h"

#include <assert.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/json.h"

static const struct {
	const char *name;
	bool is_omitted_at_zero;
} common_fields[] = {
    {"waited", false},
    {"outcome", false},
    {"ended_by", true},
    {"delivered", false},
    {"retransmissions", false},
    {"request_frame", false},
    {"answer_frame", false},
    {"end_frame", false},
    {"unknown_because", true},
};

size_t
json_field_count(const struct exchange_type *type)
{
	return type->field_count + COUNT(common_fields);
}

struct json_field
json_field_at(const struct exchange_type *type, size_t index)
{
	size_t common = index - type->field_count;

	assert(index < json_field_count(type));
	if (index < type->field_count)
		return (struct json_field){&type->fields[index], false};
	return (struct json_field){exchange_common_field(common_fields[common].name),
	    common_fields[common].is_omitted_at_zero};
}

/* The names of the bits that are set; those without one together in hex. */
static void
add_flags(struct text *text, const char *key, const struct names *names, uint64_t flags)
{
	json_open(text, key, '[');
	for (size_t i = 0; i < names->count; i++) {
		if (names->rows[i].value == 0 ||
		    (flags & names->rows[i].value) != names->rows[i].value)
			continue;
		json_text(text, NULL, names->rows[i].name);
		flags &= ~names->rows[i].value;
	}
	if (flags != 0)
		json_hex(text, NULL, flags, 1);
	json_close(text, ']');
}

static void
add_named(struct text *text, const char *key, const struct field *field, uint64_t number)
{
	const struct name_row *row = names_find(field->names, number);

	if (field->notation == NOTATION_FLAGS)
		add_flags(text, key, field->names, number);
	else if (row != NULL)
		json_text(text, key, row->name);
	else
		json_hex(text, key, number, field->notation == NOTATION_CODE ? 8 : 1);
}

static void
add_number(struct text *text, const char *key, const struct field *field, uint64_t number)
{
	if (field->kind == FIELD_TIME)
		json_time(text, key, (int64_t)number);
	else if (field->kind == FIELD_DURATION)
		json_seconds(text, key, (int64_t)number);
	else if (field->names == &bool_names)
		json_bool(text, key, number != 0);
	else if (field->names != NULL)
		add_named(text, key, field, number);
	else if (field->notation == NOTATION_HEX)
		json_hex(text, key, number, 1);
	else
		json_number(text, key, number);
}

static void
add_list(struct text *text, const struct field *field, const struct number_list *list)
{
	json_open(text, field->name, '[');
	for (uint16_t i = 0; i < list->count; i++)
		add_number(text, NULL, field, list->values[i]);
	json_close(text, ']');
}

static void
add_value(struct text *text, const struct field *field, const struct value *value)
{
	switch (value->kind) {
	case VALUE_NONE:
		return;
	case VALUE_NUMBER:
		add_number(text, field->name, field, value->number);
		return;
	case VALUE_TEXT:
		json_text(text, field->name, value->text);
		return;
	case VALUE_LIST:
		add_list(text, field, &value->list);
		return;
	case VALUE_ADDR:
		json_addr(text, field->name, &value->addr);
		return;
	}
}

void
json_fields(struct text *text, const char *key, const struct exchange *exchange)
{
	size_t count = json_field_count(exchange->type);

	json_open(text, key, '{');
	for (size_t i = 0; i < count; i++) {
		struct json_field member = json_field_at(exchange->type, i);
		struct value value = exchange_value(exchange, member.field);

		if (value.number != 0 || !member.is_omitted_at_zero)
			add_value(text, member.field, &value);
	}
	json_close(text, '}');
}
