/* The parts of the JSON Schema that schema.h makes, while it is made. */
#ifndef SMBTRIAGE_REPORT_SCHEMA_PART_H
#define SMBTRIAGE_REPORT_SCHEMA_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/text.h"
#include "analyzer/exchange.h"
#include "analyzer/report/record.h"

/* More than there are records, or tables of names worth a definition of their own. */
#define SCHEMA_MOST_DEFINED 64

/* A schema on its way. What one definition refers to is noted, and defined after it. */
struct schema {
	struct text text;
	const struct exchange_type *const *types;
	size_t type_count;
	const struct record *records[SCHEMA_MOST_DEFINED]; /* lines, and the objects in them */
	size_t record_count;
	struct name_table {
		const struct names *names;
		const char *name;
		bool are_flags;
	} tables[SCHEMA_MOST_DEFINED];
	size_t table_count;
	struct arena arena; /* texts */
};

/* All of these add to the object that is open in the schema's text. */

/* "$ref" to what "$defs" has under NAME. */
void schema_add_ref(struct schema *schema, const char *name);

/* "enum" of NAMES; without the one of zero where that is never written. */
void schema_add_enum(struct schema *schema, const struct names *names, bool is_zero_left_out);

/* "$ref" to the definition of RECORD. */
void schema_refer_to(struct schema *schema, const struct record *record);

/* The definition of RECORD; IS_LINE: that says in its `type` what it is. */
void schema_define_record(struct schema *schema, const struct record *record, bool is_line);

/* "$ref" to the definition of the fields of TYPE, and that definition. */
void schema_refer_to_fields(struct schema *schema, const struct exchange_type *type);
void schema_define_fields(struct schema *schema, const struct exchange_type *type);

#endif
