/* Tables of cells that tabs separate. */
#ifndef SMBTRIAGE_REPORT_TSV_CELL_H
#define SMBTRIAGE_REPORT_TSV_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/text.h"

/*
 * CHARS as a cell's whole content, nothing when NULL. What would end a cell or a line becomes a
 * \u{hex} escape, as all control characters do; what a spreadsheet would take for a formula, or
 * for the start of a quoted cell, has an apostrophe before it.
 */
void tsv_add_text(struct text *line, const char *chars);

/* Nothing for an address of no family. */
void tsv_add_addr(struct text *line, const struct addr *addr);

void tsv_add_number(struct text *line, uint64_t number);

/* One of several values in a cell, the one at INDEX of them, follows: a semicolon, or nothing
 * before the first. With a comma spreadsheets take "108,109" for a number. */
void tsv_add_separator(struct text *line, size_t index);

/* One column of a table. */
struct tsv_column {
	const char *name;
	void (*add)(struct text *cell, const void *row); /* may add nothing */
	bool is_of_file; /* filled in also where a row is about a file alone */
};

/* The line of the columns' names. */
void tsv_write_heading(FILE *out, const struct tsv_column *columns, size_t count);

/* The line of ROW, which the columns know what to do with. */
void tsv_write_row(FILE *out, const struct tsv_column *columns, size_t count, const void *row);

/* The same with only those cells filled in that are of a file. */
void tsv_write_file_row(FILE *out, const struct tsv_column *columns, size_t count, const void *row);

#endif
