/* Lines for a terminal: words wrapped, and how wide they are on it. */
#ifndef SMBTRIAGE_REPORT_WRAP_H
#define SMBTRIAGE_REPORT_WRAP_H

#include <stddef.h>

#include "analyzer/base/text.h"

/* The width of lines that go to a file, so that no terminal changes them. */
#define WRAP_COLUMNS 80

/* How many columns CHARS (UTF-8) takes: wide characters, such as Chinese ones, take two, those that
 * combine with the one before take none (Unicode Standard Annex 11). */
size_t wrap_columns(const char *chars);

/* How many bytes of CHARS a line of COLUMNS takes: whole words, or of a word that is longer as many
 * characters as fit. */
size_t wrap_break(const char *chars, size_t columns);

/* Adds CHARS to TEXT, or as much of it as fits into COLUMNS with "..." behind; nothing when there
 * is no room even for that. */
void wrap_cut(struct text *text, const char *chars, size_t columns);

/* The same for what is told apart by its end, as file names are: "..." stands between a third of
 * what fits and its end. */
void wrap_cut_amid(struct text *text, const char *chars, size_t columns);

void wrap_indent(struct text *text, size_t columns);

/*
 * Adds the words of CHARS (separated by blanks or newlines) to TEXT, whose last line has COLUMN
 * columns already of at most COLUMNS, and begins further lines with INDENT blanks. A word that is
 * wider than a line stands alone on one, unbroken, so that it can be copied. Adds no final newline.
 * Returns the column reached. What came from a packet is escaped before.
 */
size_t
wrap_words(struct text *text, size_t column, size_t indent, size_t columns, const char *chars);

#endif
