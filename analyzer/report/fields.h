/* The exchanges and their fields, described from their own tables. */
#ifndef SMBTRIAGE_REPORT_FIELDS_H
#define SMBTRIAGE_REPORT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analyzer/exchange.h"

/* Describes TYPES on OUT, or only the one called WANTED (NULL: all). False when there is none of
 * that name. */
bool
fields_print(FILE *out, const struct exchange_type *const *types, size_t count, const char *wanted);

#endif
