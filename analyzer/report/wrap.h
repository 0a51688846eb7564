/* Lines for a terminal: words wrapped at a fixed width, so that no terminal changes the output. */
#ifndef SMBTRIAGE_REPORT_WRAP_H
#define SMBTRIAGE_REPORT_WRAP_H

#include <stddef.h>

#include "analyzer/base/text.h"

#define WRAP_COLUMNS 80

/* How many columns CHARS takes: its UTF-8 characters, each counted as one. */
size_t wrap_columns(const char *chars);

void wrap_indent(struct text *text, size_t columns);

/*
 * Adds the words of CHARS (separated by blanks or newlines) to TEXT, whose last line has COLUMN
 * columns already, and begins further lines with INDENT blanks. A word that is wider than a line
 * stands alone on one, unbroken, so that it can be copied. Adds no final newline. Returns the
 * column reached. What came from a packet is escaped before.
 */
size_t wrap_words(struct text *text, size_t column, size_t indent, const char *chars);

#endif
