/*
 * XML and HTML as they are written, by libxml2's writer: its only user.
 *
 * What is given as an attribute's value or as text may come from a packet. It is escaped, and what
 * would deceive a reader (controls, characters that reorder a line: see text_add_visible()) becomes
 * \u{hex}, so that every document is well-formed UTF-8 and says what the packet held. Names of
 * elements and attributes are the program's own.
 */
#ifndef SMBTRIAGE_REPORT_MARKUP_H
#define SMBTRIAGE_REPORT_MARKUP_H

#include <stddef.h>
#include <stdio.h>

struct markup;

/* Begins a document in OUT, which stays the caller's, as do its write errors: ferror(OUT). */
struct markup *markup_begin(FILE *out);

/* Closes what is open, ends the last line and frees MARKUP; OUT then holds everything. */
void markup_end(struct markup *markup);

/* The first line of an XML document: <?xml version="1.0" encoding="UTF-8"?>. */
void markup_declaration(struct markup *markup);

/* The first line of an HTML document: <!DOCTYPE html>. */
void markup_doctype(struct markup *markup);

void markup_open(struct markup *markup, const char *element);

/* Attributes of the element that was opened last, before anything is in it. One whose VALUE is
 * NULL is left out. */
void markup_attribute(struct markup *markup, const char *name, const char *value);
void markup_attributef(struct markup *markup, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void markup_text(struct markup *markup, const char *chars);
void
markup_textf(struct markup *markup, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * The program's own text of several lines, whose line feeds stay what they are. For a browser
 * nothing is an escape in HTML's style element: what stands there has no '<', '>', '&' or '"'.
 */
void markup_lines(struct markup *markup, const char *chars);

/* What another markup wrote, as it is: for a part that is known before what stands above it. */
void markup_insert(struct markup *markup, const char *chars, size_t length);

/* A line feed in the file, where white space means nothing: between blocks. */
void markup_newline(struct markup *markup);

/* Closes the element that was opened last, with an end tag although there may be nothing in it:
 * a browser takes <p/> for <p>. */
void markup_close(struct markup *markup);

/* The same without an end tag, for elements that never have content: <meta/>. */
void markup_void(struct markup *markup);

/* An element that holds only CHARS; nothing when they are NULL. */
void markup_element(struct markup *markup, const char *element, const char *chars);

#endif
