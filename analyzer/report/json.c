#include "analyzer/report/json.h"

#include <inttypes.h>
#include <stddef.h>

#define NS_PER_S 1000000000u

/* A comma is needed unless a bracket was just opened; a string's last character is its quote. */
static bool
is_first_member(const struct text *text)
{
	char last = text->length != 0 ? text->chars[text->length - 1] : '\n';

	return last == '{' || last == '[' || last == '\n';
}

static void
begin_value(struct text *text, const char *key)
{
	if (!is_first_member(text))
		text_add_char(text, ',');
	if (key != NULL) {
		text_add_char(text, '"');
		text_add(text, key);
		text_add(text, "\":");
	}
}

void
json_open(struct text *text, const char *key, char bracket)
{
	begin_value(text, key);
	text_add_char(text, bracket);
}

void
json_close(struct text *text, char bracket)
{
	text_add_char(text, bracket);
}

void
json_text(struct text *text, const char *key, const char *chars)
{
	if (chars == NULL)
		return;
	begin_value(text, key);
	text_add_char(text, '"');
	text_add_json(text, chars);
	text_add_char(text, '"');
}

void
json_number(struct text *text, const char *key, uint64_t number)
{
	char digits[20]; /* of 2^64 - 1 */
	size_t start = sizeof(digits);

	begin_value(text, key);
	do {
		digits[--start] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	text_add_bytes(text, digits + start, sizeof(digits) - start);
}

void
json_bool(struct text *text, const char *key, bool is_true)
{
	begin_value(text, key);
	text_add(text, is_true ? "true" : "false");
}

void
json_hex(struct text *text, const char *key, uint64_t number, int digits)
{
	begin_value(text, key);
	text_addf(text, "\"0x%0*" PRIX64 "\"", digits, number);
}

void
json_raw(struct text *text, const char *key, const char *json)
{
	begin_value(text, key);
	text_add(text, json);
}

void
json_time(struct text *text, const char *key, int64_t nanoseconds)
{
	begin_value(text, key);
	text_add_char(text, '"');
	text_add_time(text, nanoseconds);
	text_add_char(text, '"');
}

void
json_seconds(struct text *text, const char *key, int64_t nanoseconds)
{
	uint64_t size = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;

	begin_value(text, key);
	text_addf(text, "%s%" PRIu64 ".%09" PRIu64, nanoseconds < 0 ? "-" : "", size / NS_PER_S,
	    size % NS_PER_S);
}

void
json_addr(struct text *text, const char *key, const struct addr *addr)
{
	char chars[ADDR_TEXT_SIZE];

	if (addr->family != ADDR_NONE)
		json_text(text, key, addr_text(addr, chars));
}
