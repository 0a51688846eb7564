#include "analyzer/report/wrap.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <uniwidth.h>

#define BLANKS   " \n"
#define CUT_MARK "..."

static size_t
columns_of(const char *chars, size_t length)
{
	return (size_t)u8_width((const uint8_t *)chars, length, "UTF-8");
}

/* Of the first character, in bytes. */
static size_t
character_length(const char *chars)
{
	size_t length = 1;

	while (((unsigned char)chars[length] & 0xc0) == 0x80)
		length++;
	return length;
}

size_t
wrap_columns(const char *chars)
{
	return columns_of(chars, strlen(chars));
}

/* How many bytes of CHARS take COLUMNS or fewer. */
static size_t
length_within(const char *chars, size_t columns)
{
	size_t length = 0, used = 0, next;

	for (; chars[length] != '\0'; length += next) {
		next = character_length(chars + length);
		used += columns_of(chars + length, next);
		if (used > columns)
			break;
	}
	return length;
}

size_t
wrap_break(const char *chars, size_t columns)
{
	size_t fits = length_within(chars, columns), length = fits;

	if (chars[fits] == '\0')
		return fits;
	while (length > 0 && strchr(BLANKS, chars[length]) == NULL)
		length--;
	return length > 0 ? length : fits;
}

void
wrap_cut(struct text *text, const char *chars, size_t columns)
{
	size_t mark = strlen(CUT_MARK);

	if (wrap_columns(chars) <= columns) {
		text_add(text, chars);
		return;
	}
	if (columns < mark)
		return;
	text_add_bytes(text, chars, length_within(chars, columns - mark));
	text_add(text, CUT_MARK);
}

void
wrap_cut_amid(struct text *text, const char *chars, size_t columns)
{
	size_t mark = strlen(CUT_MARK), width = wrap_columns(chars), head, rest;
	const char *tail = chars;

	if (width <= columns || columns < mark) {
		wrap_cut(text, chars, columns);
		return;
	}
	rest = columns - mark;
	head = length_within(chars, rest / 3);
	rest -= columns_of(chars, head);
	/* What combines with a character goes with it. */
	while (*tail != '\0' &&
	       (wrap_columns(tail) > rest || columns_of(tail, character_length(tail)) == 0))
		tail += character_length(tail);
	text_add_bytes(text, chars, head);
	text_add(text, CUT_MARK);
	text_add(text, tail);
}

void
wrap_indent(struct text *text, size_t columns)
{
	for (size_t i = 0; i < columns; i++)
		text_add_char(text, ' ');
}

size_t
wrap_words(struct text *text, size_t column, size_t indent, size_t columns, const char *chars)
{
	bool is_first = true;
	size_t length, width;

	for (;; chars += length, is_first = false) {
		chars += strspn(chars, BLANKS);
		length = strcspn(chars, BLANKS);
		if (length == 0)
			return column;
		width = columns_of(chars, length) + (is_first ? 0 : 1);
		if (column + width > columns && column > indent) {
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
