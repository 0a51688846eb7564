#include "analyzer/base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/date.h"
#include "analyzer/base/digits.h"
#include "analyzer/base/hash.h"
#include "analyzer/base/memory.h"

#define NS_PER_S    1000000000
#define REPLACEMENT 0xfffdu /* what stands for a character that is none */

void
text_grow(struct text *text, size_t most)
{
	size_t needed = text->length + most + 1;

	text->capacity = needed < 64 ? 64 : needed + needed / 2;
	text->chars = mem_resize(text->chars, text->capacity, 1);
}

void
text_add_number(struct text *text, uint64_t number)
{
	text_took(text, digits_put(text_room(text, DIGITS_MOST), number));
}

void
text_addv(struct text *text, const char *format, va_list arguments)
{
	va_list again;
	size_t room;
	int length;
	char *at;

	/* Mostly there is room; else how much is missing is known afterwards. */
	va_copy(again, arguments);
	at = text_room(text, 0);
	room = text->capacity - text->length;
	length = vsnprintf(at, room, format, arguments);
	if ((size_t)length >= room) {
		at = text_room(text, (size_t)length);
		vsnprintf(at, (size_t)length + 1, format, again);
	}
	va_end(again);
	text->length += (size_t)length;
}

void
text_addf(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_addv(text, format, arguments);
	va_end(arguments);
}

void
text_cut(struct text *text, size_t length)
{
	assert(length <= text->length);
	text->length = length;
	if (text->chars != NULL)
		text->chars[length] = '\0';
}

void
text_clear(struct text *text)
{
	text->length = 0;
	if (text->chars != NULL)
		text->chars[0] = '\0';
}

const char *
text_chars(const struct text *text)
{
	return text->chars ? text->chars : "";
}

void
text_free(struct text *text)
{
	mem_free(text->chars);
	*text = (struct text){0};
}

static void
add_utf8(struct text *text, uint32_t c)
{
	if (c < 0x80) {
		text_add_char(text, (char)c);
	} else if (c < 0x800) {
		text_add_char(text, (char)(0xc0 | c >> 6));
		text_add_char(text, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		text_add_char(text, (char)(0xe0 | c >> 12));
		text_add_char(text, (char)(0x80 | (c >> 6 & 0x3f)));
		text_add_char(text, (char)(0x80 | (c & 0x3f)));
	} else {
		text_add_char(text, (char)(0xf0 | c >> 18));
		text_add_char(text, (char)(0x80 | (c >> 12 & 0x3f)));
		text_add_char(text, (char)(0x80 | (c >> 6 & 0x3f)));
		text_add_char(text, (char)(0x80 | (c & 0x3f)));
	}
}

/*
 * Takes one character off the front of LENGTH bytes of would-be UTF-8 (RFC 3629: shortest form,
 * no surrogates, at most U+10FFFF) and returns how many bytes it took; an invalid byte is one
 * U+FFFD.
 */
static size_t
take_utf8(const uint8_t *bytes, size_t length, uint32_t *ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size = bytes[0] < 0x80         ? 1
		      : bytes[0] >> 5 == 0x06 ? 2
		      : bytes[0] >> 4 == 0x0e ? 3
		      : bytes[0] >> 3 == 0x1e ? 4
					      : 0;
	uint32_t c;

	*ret = REPLACEMENT;
	if (size == 0 || size > length)
		return 1;
	c = size == 1 ? bytes[0] : bytes[0] & (0xffu >> (size + 1));
	for (size_t i = 1; i < size; i++) {
		if (bytes[i] >> 6 != 2)
			return 1;
		c = c << 6 | (bytes[i] & 0x3f);
	}
	if (c < least[size] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 1;
	*ret = c;
	return size;
}

/* Controls, and the characters that change the direction of the text around them (UAX #9). */
static bool
is_unprintable(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/*
 * CI servers obey what a program prints: GitHub Actions "::name" at the head of a line and "##["
 * anywhere, Azure Pipelines "##vso[". No IPv6 address is taken for such a name, since each of them
 * has a character that is no hexadecimal digit.
 */
static bool
is_command(const char *chars)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
	size_t name;

	if (strncmp(chars, "##", 2) == 0)
		return chars[2] == '[' || strncasecmp(chars + 2, "vso[", 4) == 0;
	if (strncmp(chars, "::", 2) != 0)
		return false;
	name = strspn(chars + 2, letters);
	return strspn(chars + 2, "abcdefABCDEF") < name;
}

/* Eight bytes of C each. */
#define EIGHT(c) (UINT64_C(0x0101010101010101) * (c))

/* Bit 7 is set in one of eight bytes when one of WORD is zero. */
static uint64_t
zeros(uint64_t word)
{
	return (word - EIGHT(1)) & ~word & EIGHT(0x80);
}

/* Whether all of eight bytes are plain. */
static bool
are_plain(const uint8_t *chars)
{
	uint64_t word, below, beyond;

	memcpy(&word, chars, sizeof(word));
	below = (word - EIGHT(0x20)) & ~word & EIGHT(0x80);
	beyond = ((word + EIGHT(1)) | word) & EIGHT(0x80);
	/* '"' and '#' differ in the last bit alone. */
	return (below | beyond | zeros((word | EIGHT(1)) ^ EIGHT('#')) | zeros(word ^ EIGHT('\\')) |
		   zeros(word ^ EIGHT(':'))) == 0;
}

/* Printable ASCII that is escaped nowhere and begins no command: most of what is ever written. */
static bool
is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '#' && c != ':';
}

/* Adds what of LENGTH bytes is plain, up to the first that is not, and returns how many that is. */
static size_t
add_plain(struct text *text, const uint8_t *chars, size_t length)
{
	size_t plain = 0;

	while (length - plain >= 8 && are_plain(chars + plain))
		plain += 8;
	while (plain < length && is_plain(chars[plain]))
		plain++;
	text_add_bytes(text, (const char *)chars, plain);
	return plain;
}

void
text_add_json(struct text *text, const char *chars)
{
	const uint8_t *at = (const uint8_t *)chars;
	size_t left = strlen(chars), took;
	uint32_t c;

	for (; left != 0; at += took, left -= took) {
		took = add_plain(text, at, left);
		if (took != 0)
			continue;
		took = take_utf8(at, left, &c);
		if (c == '"' || c == '\\') {
			text_add_char(text, '\\');
			text_add_char(text, (char)c);
		} else if (c == '\n') {
			text_add(text, "\\n");
		} else if (is_unprintable(c) || is_command((const char *)at)) {
			text_addf(text, "\\u%04" PRIx32, c);
		} else {
			add_utf8(text, c);
		}
	}
}

void
text_add_visible(struct text *text, const char *chars)
{
	const uint8_t *at = (const uint8_t *)chars;
	size_t left = strlen(chars), took;
	uint32_t c;

	for (; left != 0; at += took, left -= took) {
		took = add_plain(text, at, left);
		if (took != 0)
			continue;
		took = take_utf8(at, left, &c);
		if (is_unprintable(c) || is_command((const char *)at))
			text_addf(text, "\\u{%" PRIx32 "}", c);
		else
			add_utf8(text, c);
	}
}

void
text_add_time(struct text *text, int64_t nanoseconds)
{
	text_took(text, date_put_time(text_room(text, DATE_TIME_SIZE), nanoseconds));
}

void
text_add_duration(struct text *text, int64_t nanoseconds)
{
	static const struct {
		uint64_t unit;
		const char *name;
	} units[] = {{NS_PER_S, "s"}, {1000000, "ms"}, {1000, "µs"}};
	uint64_t left = nanoseconds < 0 ? -(uint64_t)nanoseconds : (uint64_t)nanoseconds;
	double value;

	if (nanoseconds < 0)
		text_add_char(text, '-');
	if (left >= UINT64_C(120) * NS_PER_S) {
		text_addf(text, "%" PRIu64 " min %" PRIu64 " s", left / NS_PER_S / 60,
		    left / NS_PER_S % 60);
		return;
	}
	for (size_t i = 0; i < COUNT(units); i++) {
		value = (double)left / (double)units[i].unit;
		/* What would be rounded to 1000 of the smaller unit is 1 of this one. */
		if (value < 0.9995)
			continue;
		text_addf(text, "%.*f %s",
		    value >= 99.95   ? 0
		    : value >= 9.995 ? 1
				     : 2,
		    value, units[i].name);
		return;
	}
	text_addf(text, "%" PRIu64 " ns", left);
}

/* The unit of UTF-16 at BYTES. */
static uint32_t
utf16_unit(const uint8_t *bytes, bool is_big_endian)
{
	return is_big_endian ? (uint32_t)(bytes[0] << 8 | bytes[1])
			     : (uint32_t)(bytes[1] << 8 | bytes[0]);
}

void
text_add_utf16(struct text *text, const uint8_t *bytes, size_t length, bool is_big_endian)
{
	uint32_t c, low;

	for (size_t i = 0; i + 1 < length; i += 2) {
		c = utf16_unit(bytes + i, is_big_endian);
		if (c >= 0xd800 && c < 0xdc00 && i + 3 < length) {
			low = utf16_unit(bytes + i + 2, is_big_endian);
			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		add_utf8(text, c >= 0xd800 && c < 0xe000 ? REPLACEMENT : c);
	}
}

/* TEXT in ARENA, and nothing of it elsewhere. */
static char *
move(struct arena *arena, struct text *text)
{
	char *copy = arena_text(arena, text_chars(text), text->length);

	text_free(text);
	return copy;
}

char *
text_from_utf16le(struct arena *arena, const uint8_t *bytes, size_t length)
{
	struct text text = {0};
	size_t end = 0;

	while (end + 1 < length && utf16_unit(bytes + end, false) != 0)
		end += 2;
	text_add_utf16(&text, bytes, end, false);
	return move(arena, &text);
}

/* How many of LENGTH bytes come before the first that is no ASCII, or NUL. */
static size_t
ascii_length(const uint8_t *bytes, size_t length)
{
	size_t ascii = 0;
	uint64_t word;

	for (; length - ascii >= sizeof(word); ascii += sizeof(word)) {
		memcpy(&word, bytes + ascii, sizeof(word));
		if (((word | (word - EIGHT(1))) & EIGHT(0x80)) != 0)
			break;
	}
	while (ascii < length && bytes[ascii] != '\0' && bytes[ascii] < 0x80)
		ascii++;
	return ascii;
}

void
text_add_utf8(struct text *text, const uint8_t *bytes, size_t length)
{
	size_t ascii, took;
	uint32_t c;

	/* Mostly it becomes neither more nor less. */
	text_room(text, length);
	for (; length != 0; bytes += took, length -= took) {
		ascii = ascii_length(bytes, length);
		text_add_bytes(text, (const char *)bytes, ascii);
		took = ascii;
		if (ascii != 0)
			continue;
		took = take_utf8(bytes, length, &c);
		add_utf8(text, c);
	}
}

char *
text_from_utf8(struct arena *arena, const uint8_t *bytes, size_t length)
{
	size_t ascii = ascii_length(bytes, length);
	struct text text = {0};

	/* Nearly always that is all. */
	if (ascii == length || bytes[ascii] == '\0')
		return arena_text(arena, (const char *)bytes, ascii);
	text_add_utf8(&text, bytes, strnlen((const char *)bytes, length));
	return move(arena, &text);
}

char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
text_is_same(const char *one, const char *other)
{
	return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

bool
text_equal_nocase(const char *one, const char *other)
{
	while (*one == *other || ascii_lower(*one) == ascii_lower(*other)) {
		if (*one == '\0')
			return true;
		one++;
		other++;
	}
	return false;
}

uint64_t
text_hash_nocase(const char *text)
{
	struct hash hash = hash_start();
	uint64_t word = 0, length = 0;

	for (; *text != '\0'; text++) {
		word |= (uint64_t)(uint8_t)ascii_lower(*text) << length % 8 * 8;
		if (++length % 8 != 0)
			continue;
		hash_word(&hash, word);
		word = 0;
	}
	return hash_finish(&hash, word | length << 56);
}

bool
text_starts_nocase(const char *text, const char *start)
{
	while (*start != '\0' && ascii_lower(*text) == ascii_lower(*start)) {
		text++;
		start++;
	}
	return *start == '\0';
}

int
text_compare_nocase(const char *one, const char *other)
{
	while (*one != '\0' && ascii_lower(*one) == ascii_lower(*other)) {
		one++;
		other++;
	}
	return (uint8_t)ascii_lower(*one) - (uint8_t)ascii_lower(*other);
}
