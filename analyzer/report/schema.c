#include "analyzer/report/schema.h"

#include <assert.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/json.h"
#include "analyzer/report/json_layout.h"
#include "analyzer/report/ndjson.h"
#include "analyzer/report/schema_part.h"

/* Values that look alike wherever they are. */
static const struct {
	const char *name, *json;
} shapes[] = {
    {"address", "{\"type\":\"string\",\"anyOf\":[{\"format\":\"ipv4\"},{\"format\":\"ipv6\"}]}"},
    {"time", "{\"type\":\"string\",\"format\":\"date-time\",\"pattern\":"
	     "\"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{9}Z$\"}"},
    {"seconds", "{\"type\":\"number\"}"},
    {"hexadecimal", "{\"type\":\"string\",\"pattern\":\"^0x[0-9A-F]+$\"}"},
    {"u16", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":65535}"},
    {"u32", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":4294967295}"},
    {"u64", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":18446744073709551615}"},
    {"by_side", "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/u64\"},\"minItems\":2,"
		"\"maxItems\":2}"},
    {"code", "{\"anyOf\":[{\"$ref\":\"#/$defs/u64\"},{\"$ref\":\"#/$defs/hexadecimal\"}]}"},
};

void
schema_add_ref(struct schema *schema, const char *name)
{
	char pointer[128];

	snprintf(pointer, sizeof(pointer), "#/$defs/%s", name);
	json_text(&schema->text, "$ref", pointer);
}

void
schema_add_enum(struct schema *schema, const struct names *names, bool is_zero_left_out)
{
	struct text *text = &schema->text;

	json_open(text, "enum", '[');
	for (size_t i = 0; i < names->count; i++)
		if (names->rows[i].value != 0 || !is_zero_left_out)
			json_text(text, NULL, names->rows[i].name);
	json_close(text, ']');
}

void
schema_refer_to(struct schema *schema, const struct record *record)
{
	size_t i = 0;

	while (i < schema->record_count && schema->records[i] != record)
		i++;
	if (i == schema->record_count) {
		assert(i < SCHEMA_MOST_DEFINED);
		schema->records[schema->record_count++] = record;
	}
	schema_add_ref(schema, record->name);
}

static void
define_exchange(struct schema *schema)
{
	struct text *text = &schema->text;

	json_open(text, "exchange", '{');
	json_text(text, "description", "a kind of exchange");
	json_open(text, "enum", '[');
	for (size_t i = 0; i < schema->type_count; i++)
		json_text(text, NULL, schema->types[i]->name);
	json_close(text, ']');
	json_close(text, '}');
}

static void
define_names(struct schema *schema, const struct name_table *table)
{
	struct text *text = &schema->text;

	json_open(text, table->name, '{');
	schema_add_enum(schema, table->names, table->are_flags);
	json_close(text, '}');
}

static void
add_definitions(struct schema *schema)
{
	json_open(&schema->text, "$defs", '{');
	for (size_t i = 0; i < schema->record_count; i++)
		schema_define_record(schema, schema->records[i], i < ndjson_record_count);
	define_exchange(schema);
	for (size_t i = 0; i < schema->type_count; i++)
		schema_define_fields(schema, schema->types[i]);
	for (size_t i = 0; i < schema->table_count; i++)
		define_names(schema, &schema->tables[i]);
	for (size_t i = 0; i < COUNT(shapes); i++)
		json_raw(&schema->text, shapes[i].name, shapes[i].json);
	json_close(&schema->text, '}');
}

void
schema_print(FILE *out, const struct exchange_type *const *types, size_t count)
{
	struct schema schema = {.types = types, .type_count = count};
	struct json_layout layout = {.out = out};
	struct text *text = &schema.text;

	json_open(text, NULL, '{');
	json_text(text, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_text(text, "title", "A line of NDJSON that smbtriage writes");
	json_text(
	    text, "description", "smbtriage(1) says what records there are, and in which order");
	json_open(text, "oneOf", '[');
	for (size_t i = 0; i < ndjson_record_count; i++) {
		json_open(text, NULL, '{');
		schema_refer_to(&schema, ndjson_records[i]);
		json_close(text, '}');
	}
	json_close(text, ']');
	add_definitions(&schema);
	json_close(text, '}');
	json_layout_add(&layout, text->chars, text->length);
	json_layout_free(&layout);
	text_free(text);
	arena_free(&schema.arena);
}
