#include "analyzer/companions/companion_value.h"

#include <string.h>

#include "analyzer/base/digits.h"

bool
companion_number(const char *chars, size_t length, uint64_t most, uint64_t *ret)
{
	uint64_t number = 0;

	if (length == 0 || length > DIGITS_MOST)
		return false;
	for (size_t i = 0; i < length; i++) {
		uint64_t digit = (uint64_t)(chars[i] - '0');

		if (digit > 9 || digit > most || number > (most - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*ret = number;
	return true;
}

bool
companion_addr(const char *chars, size_t length, struct addr *ret)
{
	const char *scope = memchr(chars, '%', length);
	char text[ADDR_TEXT_SIZE] = "";

	if (scope != NULL)
		length = (size_t)(scope - chars);
	if (length >= sizeof(text))
		return false;
	memcpy(text, chars, length);
	return addr_parse(text, ret);
}

bool
companion_port(const char *chars, size_t length, uint16_t *ret)
{
	uint64_t port;

	if (!companion_number(chars, length, UINT16_MAX, &port))
		return false;
	*ret = (uint16_t)port;
	return true;
}

bool
companion_is_any(const struct addr *addr)
{
	static const uint8_t zeros[sizeof(addr->bytes)];

	return memcmp(addr->bytes, zeros, sizeof(zeros)) == 0;
}
