/* Published test vectors as they are printed, for the tests. */
#ifndef SMBTRIAGE_BASE_HEX_FOR_TEST_H
#define SMBTRIAGE_BASE_HEX_FOR_TEST_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/crypto.h"

struct hex {
	uint8_t bytes[1024];
	size_t length;
};

/* The bytes of TEXT, pairs of hexadecimal digits with blanks between some. */
static inline struct hex
hex(const char *text)
{
	struct hex result = {.length = 0};
	char pair[3] = "", *end;

	for (; *text != '\0'; text++) {
		if (*text == ' ')
			continue;
		ck_assert_uint_lt(result.length, sizeof(result.bytes));
		memcpy(pair, text++, 2);
		result.bytes[result.length++] = (uint8_t)strtoul(pair, &end, 16);
		ck_assert_ptr_eq(end, pair + 2);
	}
	return result;
}

static inline struct span
hex_span(const struct hex *bytes)
{
	return (struct span){bytes->bytes, bytes->length};
}

/* That LENGTH bytes are those that TEXT names. */
static inline void
assert_hex(const uint8_t *bytes, size_t length, const char *text)
{
	struct hex expected = hex(text);

	ck_assert_uint_eq(length, expected.length);
	ck_assert_mem_eq(bytes, expected.bytes, length);
}

#endif
