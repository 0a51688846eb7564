/* The JSON Schema of NDJSON: what every line holds, by the tables that write it. */
#ifndef SMBTRIAGE_REPORT_SCHEMA_H
#define SMBTRIAGE_REPORT_SCHEMA_H

#include <stddef.h>
#include <stdio.h>

#include "analyzer/exchange.h"

/* Writes the schema of a line to OUT (JSON Schema, draft 2020-12), TYPES being the exchanges that
 * findings may be about. It allows no member that is not described. */
void schema_print(FILE *out, const struct exchange_type *const *types, size_t count);

#endif
