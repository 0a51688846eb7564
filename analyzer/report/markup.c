#include "analyzer/report/markup.h"

#include <libxml/xmlwriter.h>

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/base/xml_memory.h"

struct markup {
	xmlTextWriterPtr writer;
	size_t depth; /* elements that are open */
	/* For the time of one call: what a format comes to, what of it can be seen, what is
	 * written. */
	struct text formatted, visible, safe;
};

/* The writer fails only of misuse: memory that runs out ends the program, and write errors stay
 * with the FILE. */
static void
expect(int written)
{
	assert(written >= 0);
	(void)written;
}

/* libxml2 would print an error of its own; FILE remembers it for who asks. */
static int
write_chars(void *context, const char *chars, int length)
{
	FILE *out = context;

	fwrite(chars, 1, (size_t)length, out);
	return length;
}

struct markup *
markup_begin(FILE *out)
{
	struct markup *markup = mem_alloc(1, sizeof(*markup));
	xmlOutputBufferPtr buffer;

	xml_share_memory();
	buffer = xmlOutputBufferCreateIO(write_chars, NULL, out, NULL);
	assert(buffer != NULL);
	markup->writer = xmlNewTextWriter(buffer);
	assert(markup->writer != NULL);
	return markup;
}

void
markup_end(struct markup *markup)
{
	while (markup->depth != 0)
		markup_close(markup);
	markup_newline(markup);
	xmlFreeTextWriter(markup->writer);
	text_free(&markup->formatted);
	text_free(&markup->visible);
	text_free(&markup->safe);
	mem_free(markup);
}

static void
write_own(struct markup *markup, const char *chars)
{
	expect(xmlTextWriterWriteRaw(markup->writer, BAD_CAST chars));
}

void
markup_declaration(struct markup *markup)
{
	write_own(markup, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

void
markup_doctype(struct markup *markup)
{
	write_own(markup, "<!DOCTYPE html>\n");
}

void
markup_open(struct markup *markup, const char *element)
{
	expect(xmlTextWriterStartElement(markup->writer, BAD_CAST element));
	markup->depth++;
}

void
markup_close(struct markup *markup)
{
	assert(markup->depth != 0);
	expect(xmlTextWriterFullEndElement(markup->writer));
	markup->depth--;
}

void
markup_void(struct markup *markup)
{
	assert(markup->depth != 0);
	expect(xmlTextWriterEndElement(markup->writer));
	markup->depth--;
}

/* U+FFFE or U+FFFF, which UTF-8 can write and XML forbids (XML 1.0 2.2, Char). */
static const char *
find_forbidden(const char *chars)
{
	while ((chars = strstr(chars, "\xef\xbf")) != NULL) {
		if (chars[2] == '\xbe' || chars[2] == '\xbf')
			return chars;
		chars += 2;
	}
	return NULL;
}

/* CHARS as they are written, until the next call. */
static const xmlChar *
make_safe(struct markup *markup, const char *chars)
{
	struct text *safe = &markup->safe;
	const char *forbidden;

	text_clear(&markup->visible);
	text_add_visible(&markup->visible, chars);
	chars = text_chars(&markup->visible);
	text_clear(safe);
	for (; (forbidden = find_forbidden(chars)) != NULL; chars = forbidden + 3) {
		text_add_bytes(safe, chars, (size_t)(forbidden - chars));
		text_add(safe, forbidden[2] == '\xbe' ? "\\u{fffe}" : "\\u{ffff}");
	}
	text_add(safe, chars);
	return BAD_CAST text_chars(safe);
}

void
markup_attribute(struct markup *markup, const char *name, const char *value)
{
	if (value == NULL)
		return;
	expect(
	    xmlTextWriterWriteAttribute(markup->writer, BAD_CAST name, make_safe(markup, value)));
}

void
markup_text(struct markup *markup, const char *chars)
{
	expect(xmlTextWriterWriteString(markup->writer, make_safe(markup, chars)));
}

void
markup_attributef(struct markup *markup, const char *name, const char *format, ...)
{
	va_list arguments;

	text_clear(&markup->formatted);
	va_start(arguments, format);
	text_addv(&markup->formatted, format, arguments);
	va_end(arguments);
	markup_attribute(markup, name, text_chars(&markup->formatted));
}

void
markup_textf(struct markup *markup, const char *format, ...)
{
	va_list arguments;

	text_clear(&markup->formatted);
	va_start(arguments, format);
	text_addv(&markup->formatted, format, arguments);
	va_end(arguments);
	markup_text(markup, text_chars(&markup->formatted));
}

void
markup_lines(struct markup *markup, const char *chars)
{
	expect(xmlTextWriterWriteString(markup->writer, BAD_CAST chars));
}

/* The writer takes an int for a length. */
#define INSERT_MOST ((size_t)1 << 30)

void
markup_insert(struct markup *markup, const char *chars, size_t length)
{
	size_t part;

	for (; length != 0; chars += part, length -= part) {
		part = length < INSERT_MOST ? length : INSERT_MOST;
		expect(xmlTextWriterWriteRawLen(markup->writer, BAD_CAST chars, (int)part));
	}
}

void
markup_newline(struct markup *markup)
{
	write_own(markup, "\n");
}

void
markup_element(struct markup *markup, const char *element, const char *chars)
{
	if (chars == NULL)
		return;
	markup_open(markup, element);
	markup_text(markup, chars);
	markup_close(markup);
}
