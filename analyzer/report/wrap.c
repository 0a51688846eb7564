#include "analyzer/report/wrap.h"

#include <stdbool.h>
#include <string.h>

#define BLANKS " \n"

static size_t
columns_of(const char *chars, size_t length)
{
	size_t columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)chars[i] & 0xc0) != 0x80; /* no UTF-8 continuation */
	return columns;
}

size_t
wrap_columns(const char *chars)
{
	return columns_of(chars, strlen(chars));
}

void
wrap_indent(struct text *text, size_t columns)
{
	for (size_t i = 0; i < columns; i++)
		text_add_char(text, ' ');
}

size_t
wrap_words(struct text *text, size_t column, size_t indent, const char *chars)
{
	bool is_first = true;
	size_t length, width;

	for (;; chars += length, is_first = false) {
		chars += strspn(chars, BLANKS);
		length = strcspn(chars, BLANKS);
		if (length == 0)
			return column;
		width = columns_of(chars, length) + (is_first ? 0 : 1);
		if (column + width > WRAP_COLUMNS && column > indent) {
			text_add_char(text, '\n');
			wrap_indent(text, indent);
			column = indent + width - (is_first ? 0 : 1);
		} else {
			text_add(text, is_first ? "" : " ");
			column += width;
		}
		text_add_bytes(text, chars, length);
	}
}
