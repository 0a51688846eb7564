#include "rules/codes.h"

bool
is_code_field(const struct code_list *codes, const struct field *field)
{
	for (size_t i = 0; i < codes->count; i++)
		if (field->names == codes->tables[i].names)
			return true;
	return false;
}

/* What fields are written as tells codes from other names. */
static void
add_table(struct code_list *list, const struct field *field)
{
	bool is_status = field->notation == NOTATION_CODE;

	if (field->names == NULL || (!is_status && field->notation != NOTATION_NUMBERED))
		return;
	if (!is_code_field(list, field) && list->count < CODES_MOST_TABLES)
		list->tables[list->count++] = (struct code_table){field->names, is_status};
}

struct code_list
codes_of(const struct exchange_type *const *types, size_t count)
{
	struct code_list list = {.count = 0};

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < types[i]->field_count; j++)
			add_table(&list, &types[i]->fields[j]);
	return list;
}

const struct name_row *
code_called(const struct code_list *codes, const char *name)
{
	const struct name_row *row = NULL;

	for (size_t i = 0; i < codes->count && row == NULL; i++)
		row = names_called(codes->tables[i].names, name);
	return row;
}
