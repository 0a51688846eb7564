#include <assert.h>
#include <string.h>

#include "analyzer/report/json.h"
#include "analyzer/report/json_fields.h"
#include "analyzer/report/schema_part.h"

/* More names than these are defined once and referred to. */
#define MOST_NAMES_IN_PLACE 13

static bool
is_taken(const struct schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->table_count; i++)
		if (strcmp(schema->tables[i].name, name) == 0)
			return true;
	return false;
}

/* The name of the definition that holds the names of FIELD, after the first field that has them. */
static const char *
table_called(struct schema *schema, const struct field *field)
{
	const char *name = arena_format(&schema->arena, "names_of_%s", field->name);

	for (size_t i = 0; i < schema->table_count; i++)
		if (schema->tables[i].names == field->names)
			return schema->tables[i].name;
	for (unsigned i = 2; is_taken(schema, name); i++)
		name = arena_format(&schema->arena, "names_of_%s_%u", field->name, i);
	assert(schema->table_count < SCHEMA_MOST_DEFINED);
	schema->tables[schema->table_count++] =
	    (struct name_table){field->names, name, field->notation == NOTATION_FLAGS};
	return name;
}

static void
add_field_enum(struct schema *schema, struct json_field member)
{
	const struct field *field = member.field;

	if (field->names->count > MOST_NAMES_IN_PLACE)
		schema_add_ref(schema, table_called(schema, field));
	else
		schema_add_enum(schema, field->names,
		    member.is_omitted_at_zero || field->notation == NOTATION_FLAGS);
}

/* A number that has a name, or none. Enums of our own always have one. */
static void
add_field_names(struct schema *schema, struct json_field member)
{
	enum field_kind kind = member.field->kind;

	if (kind == FIELD_ENUM || kind == FIELD_U8_ENUM) {
		add_field_enum(schema, member);
		return;
	}
	json_open(&schema->text, "anyOf", '[');
	json_open(&schema->text, NULL, '{');
	add_field_enum(schema, member);
	json_close(&schema->text, '}');
	json_open(&schema->text, NULL, '{');
	schema_add_ref(schema, "hexadecimal");
	json_close(&schema->text, '}');
	json_close(&schema->text, ']');
}

/* The keywords for one number, as json_fields() writes it. */
static void
add_field_number(struct schema *schema, struct json_field member)
{
	const struct field *field = member.field;

	if (field->kind == FIELD_TIME)
		schema_add_ref(schema, "time");
	else if (field->kind == FIELD_DURATION)
		schema_add_ref(schema, "seconds");
	else if (field->names == &bool_names)
		json_text(&schema->text, "type", "boolean");
	else if (field->names != NULL)
		add_field_names(schema, member);
	else
		schema_add_ref(schema, field->notation == NOTATION_HEX ? "hexadecimal" : "u64");
}

static void
add_field_shape(struct schema *schema, struct json_field member)
{
	enum value_kind kind = field_value_kind(member.field);
	struct text *text = &schema->text;

	if (kind == VALUE_TEXT) {
		json_text(text, "type", "string");
	} else if (kind == VALUE_ADDR) {
		schema_add_ref(schema, "address");
	} else if (kind == VALUE_LIST || member.field->notation == NOTATION_FLAGS) {
		json_text(text, "type", "array");
		json_open(text, "items", '{');
		add_field_number(schema, member);
		json_close(text, '}');
	} else {
		add_field_number(schema, member);
	}
}

static void
add_field(struct schema *schema, struct json_field member)
{
	const struct field *field = member.field;
	struct text *text = &schema->text;

	json_open(text, field->name, '{');
	json_text(text, "description", field->sentence);
	if (field->filter != NULL)
		json_text(
		    text, "$comment", arena_format(&schema->arena, "Wireshark: %s", field->filter));
	add_field_shape(schema, member);
	json_close(text, '}');
}

/* Whether every exchange has a value for the field. */
static bool
is_always_known(struct json_field member)
{
	switch (member.field->kind) {
	case FIELD_U8_ENUM:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_ENUM:
	case FIELD_BOOL:
	case FIELD_TIME:
		return member.field->notation != NOTATION_FRAME && !member.is_omitted_at_zero;
	case FIELD_NUMBER:
	case FIELD_LIST:
	case FIELD_TEXT:
	case FIELD_ADDR:
	case FIELD_DURATION:
		break;
	}
	return false;
}

static const char *
fields_called(struct schema *schema, const struct exchange_type *type)
{
	return arena_format(&schema->arena, "fields_of_%s", type->name);
}

void
schema_refer_to_fields(struct schema *schema, const struct exchange_type *type)
{
	schema_add_ref(schema, fields_called(schema, type));
}

void
schema_define_fields(struct schema *schema, const struct exchange_type *type)
{
	struct text *text = &schema->text;
	size_t count = json_field_count(type);

	json_open(text, fields_called(schema, type), '{');
	json_text(text, "description", type->sentence);
	json_text(text, "type", "object");
	json_open(text, "properties", '{');
	for (size_t i = 0; i < count; i++)
		add_field(schema, json_field_at(type, i));
	json_close(text, '}');
	json_open(text, "required", '[');
	for (size_t i = 0; i < count; i++)
		if (is_always_known(json_field_at(type, i)))
			json_text(text, NULL, json_field_at(type, i).field->name);
	json_close(text, ']');
	json_bool(text, "additionalProperties", false);
	json_close(text, '}');
}
