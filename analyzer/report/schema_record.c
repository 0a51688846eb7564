#include "analyzer/report/json.h"
#include "analyzer/report/schema_part.h"

static void
add_text(struct text *text, const struct member *member)
{
	json_text(text, "type", "string");
	json_text(text, "pattern", member->pattern);
}

static void
add_words(struct text *text, const struct member *member)
{
	json_open(text, "enum", '[');
	for (size_t i = member->is_optional ? 1 : 0; i < member->word_count; i++)
		json_text(text, NULL, member->words[i]);
	json_close(text, ']');
}

/* What "$defs" calls the values of a kind that all look alike. */
static const char *const shapes[] = {
    [MEMBER_EXCHANGE] = "exchange",
    [MEMBER_ADDR] = "address",
    [MEMBER_U16] = "u16",
    [MEMBER_U32] = "u32",
    [MEMBER_U64] = "u64",
    [MEMBER_SIZE] = "u64",
    [MEMBER_BY_SIDE] = "u64",
    [MEMBER_TIME] = "time",
    [MEMBER_SECONDS] = "seconds",
    [MEMBER_CODE] = "code",
    [MEMBER_FIELDS] = NULL,
};

/* The keywords for one value of MEMBER. */
static void
add_shape(struct schema *schema, const struct member *member)
{
	struct text *text = &schema->text;

	if (shapes[member->kind] != NULL)
		schema_add_ref(schema, shapes[member->kind]);
	else if (member->kind == MEMBER_TEXT)
		add_text(text, member);
	else if (member->kind == MEMBER_WORD)
		add_words(text, member);
	else if (member->names != NULL)
		schema_add_enum(schema, member->names, member->is_optional);
	else if (member->record != NULL)
		schema_refer_to(schema, member->record);
	else
		json_text(text, "type", member->kind == MEMBER_BOOL ? "boolean" : "object");
}

static void
add_property(struct schema *schema, const struct member *member)
{
	struct text *text = &schema->text;

	json_open(text, member->key.name, '{');
	json_text(text, "description", member->sentence);
	if (member->stride != 0) {
		json_text(text, "type", "array");
		json_open(text, "items", '{');
		add_shape(schema, member);
		json_close(text, '}');
	} else {
		add_shape(schema, member);
	}
	json_close(text, '}');
}

/* The name under which a MEMBER_BY_SIDE has both sides. */
static const char *
by_side(struct schema *schema, const struct member *member)
{
	return arena_format(&schema->arena, "%s_by_side", member->key.name);
}

static void
add_by_side(struct schema *schema, const struct member *member)
{
	struct text *text = &schema->text;

	json_open(text, by_side(schema, member), '{');
	json_text(text, "description", "the same of the client and of the server");
	schema_add_ref(schema, "by_side");
	json_close(text, '}');
}

static void
add_properties(struct schema *schema, const struct record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct member *member = &record->members[i];

		if (member->kind == MEMBER_PART) {
			add_properties(schema, member->record);
			continue;
		}
		add_property(schema, member);
		if (member->kind == MEMBER_BY_SIDE)
			add_by_side(schema, member);
	}
}

/* The names of what RECORD always has. */
static void
add_required(struct schema *schema, const struct record *record)
{
	struct text *text = &schema->text;

	for (size_t i = 0; i < record->count; i++) {
		const struct member *member = &record->members[i];

		if (member->is_optional || member->is_said != NULL)
			continue;
		if (member->kind == MEMBER_PART) {
			add_required(schema, member->record);
			continue;
		}
		json_text(text, NULL, member->key.name);
		if (member->kind == MEMBER_BY_SIDE)
			json_text(text, NULL, by_side(schema, member));
	}
}

/* Which fields there are depends on the kind of exchange. */
static void
add_cases(struct schema *schema)
{
	struct text *text = &schema->text;

	json_open(text, "allOf", '[');
	for (size_t i = 0; i < schema->type_count; i++) {
		json_open(text, NULL, '{');
		json_open(text, "if", '{');
		json_open(text, "properties", '{');
		json_open(text, "exchange", '{');
		json_text(text, "const", schema->types[i]->name);
		json_close(text, '}');
		json_close(text, '}');
		json_close(text, '}');
		json_open(text, "then", '{');
		json_open(text, "properties", '{');
		json_open(text, "fields", '{');
		schema_refer_to_fields(schema, schema->types[i]);
		json_close(text, '}');
		json_close(text, '}');
		json_close(text, '}');
		json_close(text, '}');
	}
	json_close(text, ']');
}

static bool
has_fields(const struct record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct member *member = &record->members[i];

		if (member->kind == MEMBER_FIELDS ||
		    (member->kind == MEMBER_PART && has_fields(member->record)))
			return true;
	}
	return false;
}

/* A line says in its `type` what it is. */
static void
add_type(struct text *text, const struct record *record)
{
	json_open(text, "type", '{');
	json_text(text, "const", record->name);
	json_close(text, '}');
}

void
schema_define_record(struct schema *schema, const struct record *record, bool is_line)
{
	struct text *text = &schema->text;

	json_open(text, record->name, '{');
	json_text(text, "description", record->sentence);
	json_text(text, "type", "object");
	json_open(text, "properties", '{');
	if (is_line)
		add_type(text, record);
	add_properties(schema, record);
	json_close(text, '}');
	json_open(text, "required", '[');
	if (is_line)
		json_text(text, NULL, "type");
	add_required(schema, record);
	json_close(text, ']');
	json_bool(text, "additionalProperties", false);
	if (has_fields(record))
		add_cases(schema);
	json_close(text, '}');
}
