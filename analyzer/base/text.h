/* Text: a growing buffer, escapes for where it is printed, and the character sets of the wire. */
#ifndef SMBTRIAGE_BASE_TEXT_H
#define SMBTRIAGE_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/base/arena.h"

/* A zeroed struct text is an empty one; chars is NUL-terminated once something was added. */
struct text {
	char *chars;
	size_t length;
	size_t capacity;
};

/* Gets room for MOST more characters at least. */
void text_grow(struct text *text, size_t most);

/* Where up to MOST more characters can be written, before text_took() says where they end. */
static inline char *
text_room(struct text *text, size_t most)
{
	if (text->capacity - text->length <= most)
		text_grow(text, most);
	return text->chars + text->length;
}

static inline void
text_took(struct text *text, char *end)
{
	*end = '\0';
	text->length = (size_t)(end - text->chars);
}

static inline void
text_add_char(struct text *text, char c)
{
	char *at = text_room(text, 1);

	*at = c;
	text_took(text, at + 1);
}

static inline void
text_add_bytes(struct text *text, const char *chars, size_t length)
{
	char *at = text_room(text, length);

	memcpy(at, chars, length);
	text_took(text, at + length);
}

static inline void
text_add(struct text *text, const char *chars)
{
	text_add_bytes(text, chars, strlen(chars));
}

void text_add_number(struct text *text, uint64_t number);
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_addv(struct text *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Takes away what follows the first LENGTH characters, which must be there. */
void text_cut(struct text *text, size_t length);

/* Empties the text and keeps its memory. */
void text_clear(struct text *text);

/* The characters, never NULL; borrowed until the next call on TEXT. */
const char *text_chars(const struct text *text);

void text_free(struct text *text);

/* CHARS (UTF-8, trusted or not) as the inside of a JSON string: no quotes are added. What is not
 * UTF-8 becomes U+FFFD; what text_add_visible() escapes is escaped here too, since JSON is also
 * read on terminals. */
void text_add_json(struct text *text, const char *chars);

/* CHARS for a terminal: control characters (C0, C1, DEL, bidirectional overrides) become
 * \u{hex} escapes, so that nothing from a packet can move the cursor or reorder a line; and so does
 * the first character of what CI servers take for a command to them ("::error", "##[", "##vso[").
 */
void text_add_visible(struct text *text, const char *chars);

/* Nanoseconds since the Unix epoch as "2026-11-20T17:29:00.000000000Z" (RFC 3339, UTC). */
void text_add_time(struct text *text, int64_t nanoseconds);

/* A duration to three significant places: "60.0 s", "1.25 ms", "3 min 20 s". */
void text_add_duration(struct text *text, int64_t nanoseconds);

/* Adds LENGTH bytes that should be UTF-8 or ASCII; invalid ones become U+FFFD. A NUL is a
 * character like others here. */
void text_add_utf8(struct text *text, const uint8_t *bytes, size_t length);

/* Adds UTF-16 as UTF-8; lone surrogates become U+FFFD, an odd last byte is dropped. */
void text_add_utf16(struct text *text, const uint8_t *bytes, size_t length, bool is_big_endian);

/* UTF-16LE as UTF-8; lone surrogates become U+FFFD, an odd last byte is dropped, a NUL ends it. */
char *text_from_utf16le(struct arena *arena, const uint8_t *bytes, size_t length);

/* Bytes that should be UTF-8 or ASCII; invalid ones become U+FFFD, a NUL ends it. */
char *text_from_utf8(struct arena *arena, const uint8_t *bytes, size_t length);

/* The ASCII letter in lower case; other bytes as they are, in every locale. */
char ascii_lower(char c);

/* Whether both are the same; either may be NULL, which is only the same as itself. */
bool text_is_same(const char *one, const char *other);

/* Whether both are the same but for the case of ASCII letters. */
bool text_equal_nocase(const char *one, const char *other);

/* Equal for what is the same in this way, for a struct table. */
uint64_t text_hash_nocase(const char *text);

/* Which comes first, in the same way: negative, zero or positive. */
int text_compare_nocase(const char *one, const char *other);

/* Whether TEXT begins with START, in the same way. */
bool text_starts_nocase(const char *text, const char *start);

#endif
