/* The codes that explanations speak of: NTSTATUS values and Kerberos errors. */
#ifndef SMBTRIAGE_RULES_CODES_H
#define SMBTRIAGE_RULES_CODES_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/exchange.h"

/* NTSTATUS, Kerberos errors, and room for one of a later protocol. */
#define CODES_MOST_TABLES 4

/* One table of names. */
struct code_table {
	const struct names *names;
	bool is_status; /* NTSTATUS, and not Kerberos */
};

struct code_list {
	struct code_table tables[CODES_MOST_TABLES];
	size_t count;
};

/* The tables of the fields of TYPES whose values are codes. */
struct code_list codes_of(const struct exchange_type *const *types, size_t count);

/* The row called NAME (exact spelling) in one of the tables, or NULL. */
const struct name_row *code_called(const struct code_list *codes, const char *name);

/* Whether the values of FIELD are of one of the tables. */
bool is_code_field(const struct code_list *codes, const struct field *field);

#endif
