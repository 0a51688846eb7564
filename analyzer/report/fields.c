#include "analyzer/report/fields.h"

#include <string.h>

/* What a rule may write for a value of the field. */
static const char *
kind_text(const struct field *field)
{
	if (field->names == &bool_names)
		return "true or false";
	switch (field->kind) {
	case FIELD_BOOL:
		return "true or false";
	case FIELD_ENUM:
	case FIELD_U8_ENUM:
		return "name";
	case FIELD_NUMBER:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
		return field->names ? "name or number" : "number";
	case FIELD_LIST:
		return field->names ? "names or numbers" : "numbers";
	case FIELD_TEXT:
		return "text";
	case FIELD_ADDR:
		return "address";
	case FIELD_TIME:
		return "time";
	case FIELD_DURATION:
		return "duration";
	}
	return "";
}

/* Names too many to list are those of tables such as NTSTATUS. */
#define MOST_NAMES 16

static void
print_names(FILE *out, const struct names *names)
{
	if (names == NULL || names == &bool_names || names->count > MOST_NAMES)
		return;
	fprintf(out, "  %-26s   one of:", "");
	for (size_t i = 0; i < names->count; i++)
		fprintf(out, " %s", names->rows[i].name);
	fputc('\n', out);
}

static void
print_fields(FILE *out, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "  %-26s %s (%s)", fields[i].name, fields[i].sentence,
		    kind_text(&fields[i]));
		if (fields[i].filter != NULL)
			fprintf(out, " [%s]", fields[i].filter);
		fputc('\n', out);
		print_names(out, fields[i].names);
	}
}

bool
fields_print(FILE *out, const struct exchange_type *const *types, size_t count, const char *wanted)
{
	bool is_found = false;

	for (size_t i = 0; i < count; i++) {
		if (wanted != NULL && strcmp(types[i]->name, wanted) != 0)
			continue;
		is_found = true;
		fprintf(out, "%s: %s\n", types[i]->name, types[i]->sentence);
		print_fields(out, types[i]->fields, types[i]->field_count);
		fputc('\n', out);
	}
	if (!is_found)
		return false;
	fprintf(out, "every exchange has:\n");
	print_fields(out, exchange_common_fields, exchange_common_field_count);
	return true;
}
