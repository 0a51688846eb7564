#include "analyzer/report/tsv_cell.h"

#include <string.h>

/* Characters that begin a formula in a spreadsheet (https://owasp.org, "CSV Injection"), and the
 * one in which it would look for the end of the cell. A lone "-" is standard input. */
#define FORMULA_STARTS "=+-@\""

void
tsv_add_text(struct text *line, const char *chars)
{
	if (chars == NULL || chars[0] == '\0')
		return;
	if (strchr(FORMULA_STARTS, chars[0]) != NULL && chars[1] != '\0')
		text_add_char(line, '\'');
	text_add_visible(line, chars);
}

void
tsv_add_addr(struct text *line, const struct addr *addr)
{
	char chars[ADDR_TEXT_SIZE];

	if (addr->family != ADDR_NONE)
		text_add(line, addr_text(addr, chars));
}

void
tsv_add_number(struct text *line, uint64_t number)
{
	text_add_number(line, number);
}

void
tsv_add_separator(struct text *line, size_t index)
{
	if (index != 0)
		text_add_char(line, ';');
}

/* The cell at INDEX of COUNT is complete, and with the last one the line. */
static void
end_cell(struct text *line, size_t index, size_t count)
{
	text_add_char(line, index + 1 < count ? '\t' : '\n');
}

static void
write_line(struct text *line, FILE *out)
{
	fwrite(text_chars(line), 1, line->length, out);
	text_free(line);
}

void
tsv_write_heading(FILE *out, const struct tsv_column *columns, size_t count)
{
	struct text line = {0};

	for (size_t i = 0; i < count; i++) {
		text_add(&line, columns[i].name);
		end_cell(&line, i, count);
	}
	write_line(&line, out);
}

void
tsv_write_row(FILE *out, const struct tsv_column *columns, size_t count, const void *row)
{
	struct text line = {0};

	for (size_t i = 0; i < count; i++) {
		columns[i].add(&line, row);
		end_cell(&line, i, count);
	}
	write_line(&line, out);
}

void
tsv_write_file_row(FILE *out, const struct tsv_column *columns, size_t count, const void *row)
{
	struct text line = {0};

	for (size_t i = 0; i < count; i++) {
		if (columns[i].is_of_file)
			columns[i].add(&line, row);
		end_cell(&line, i, count);
	}
	write_line(&line, out);
}
