#include "analyzer/report/json.h"

#include <inttypes.h>
#include <stddef.h>

#include "analyzer/base/date.h"
#include "analyzer/base/digits.h"

#define NS_PER_S 1000000000u

/* A comma is needed unless a bracket was just opened, or there is a key; a string's last character
 * is its quote. */
static inline bool
needs_comma(const struct text *text)
{
	char last = text->length != 0 ? text->chars[text->length - 1] : '\n';

	return last != ':' && last != '{' && last != '[' && last != '\n';
}

/* Adds KEY, and returns where a value of up to MOST characters is to be written. */
static inline char *
begin_value(struct text *text, const char *key, size_t most)
{
	size_t length = key != NULL ? strlen(key) : 0;
	char *at = text_room(text, length + strlen(",\"\":") + most);

	if (needs_comma(text))
		*at++ = ',';
	if (key == NULL)
		return at;
	*at++ = '"';
	memcpy(at, key, length);
	memcpy(at + length, "\":", 2);
	return at + length + 2;
}

void
json_open(struct text *text, const char *key, char bracket)
{
	char *at = begin_value(text, key, 1);

	*at = bracket;
	text_took(text, at + 1);
}

void
json_close(struct text *text, char bracket)
{
	text_add_char(text, bracket);
}

void
json_word(struct text *text, const char *key, const char *word)
{
	size_t length = strlen(word);
	char *at = begin_value(text, key, length + 2);

	*at++ = '"';
	memcpy(at, word, length);
	at[length] = '"';
	text_took(text, at + length + 1);
}

void
json_text(struct text *text, const char *key, const char *chars)
{
	char *at;

	if (chars == NULL)
		return;
	at = begin_value(text, key, 1);
	*at = '"';
	text_took(text, at + 1);
	text_add_json(text, chars);
	text_add_char(text, '"');
}

void
json_number(struct text *text, const char *key, uint64_t number)
{
	text_took(text, digits_put(begin_value(text, key, DIGITS_MOST), number));
}

void
json_bool(struct text *text, const char *key, bool is_true)
{
	char *at = begin_value(text, key, 5);

	memcpy(at, is_true ? "true" : "fals", 4);
	at[4] = 'e';
	text_took(text, at + (is_true ? 4 : 5));
}

void
json_hex(struct text *text, const char *key, uint64_t number, int digits)
{
	text_took(text, begin_value(text, key, 0));
	text_addf(text, "\"0x%0*" PRIX64 "\"", digits, number);
}

void
json_raw(struct text *text, const char *key, const char *json)
{
	text_took(text, begin_value(text, key, 0));
	text_add(text, json);
}

void
json_time(struct text *text, const char *key, int64_t nanoseconds)
{
	char *at = begin_value(text, key, DATE_TIME_SIZE + 2);

	*at = '"';
	at = date_put_time(at + 1, nanoseconds);
	*at = '"';
	text_took(text, at + 1);
}

void
json_seconds(struct text *text, const char *key, int64_t nanoseconds)
{
	uint64_t size = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;
	char *at = begin_value(text, key, DIGITS_MOST + strlen("-.123456789"));

	if (nanoseconds < 0)
		*at++ = '-';
	at = digits_put(at, size / NS_PER_S);
	*at = '.';
	text_took(text, digits_put_fixed(at + 1, (uint32_t)(size % NS_PER_S), 9));
}

void
json_addr(struct text *text, const char *key, const struct addr *addr)
{
	char *at;

	if (addr->family == ADDR_NONE)
		return;
	/* An address has nothing to escape. */
	at = begin_value(text, key, ADDR_TEXT_SIZE + 2);
	*at = '"';
	at = addr_put(at + 1, addr);
	*at = '"';
	text_took(text, at + 1);
}
