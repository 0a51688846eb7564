/* For tests: companions of text that is at hand. */
#ifndef SMBTRIAGE_COMPANIONS_READ_FOR_TEST_H
#define SMBTRIAGE_COMPANIONS_READ_FOR_TEST_H

#include <check.h>
#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/companions/companion_read.h"

/* Reads LENGTH bytes as the file "e", from a block of their own size, so that the address sanitizer
 * sees what is read beyond it. */
static inline bool
read_length(struct companion *ret, const void *bytes, size_t length, struct error *error)
{
	uint8_t *copy = mem_alloc(length, 1);
	bool is_read;

	*error = (struct error){.status = EXIT_DONE};
	if (length != 0)
		memcpy(copy, bytes, length);
	is_read = companion_read_bytes(ret, "e", copy, length, error);
	mem_free(copy);
	ck_assert_int_eq(error->status, is_read ? EXIT_DONE : EXIT_USAGE);
	ck_assert((error->text[0] == '\0') == is_read);
	return is_read;
}

/* Reads CHARS, which must be of FORMAT. */
static inline void
read_chars(struct companion *ret, const struct companion_format *format, const char *chars)
{
	struct error error;

	ck_assert_msg(read_length(ret, chars, strlen(chars), &error), "%s", error.text);
	ck_assert_str_eq(ret->file, "e");
	ck_assert_str_eq(ret->format, format->name);
}

/* CHARS are not of FORMAT. */
static inline void
expect_foreign(const struct companion_format *format, const char *chars)
{
	struct companion companion;
	struct error error;

	if (read_length(&companion, chars, strlen(chars), &error))
		ck_assert_str_ne(companion.format, format->name);
	companion_free(&companion);
}

#endif
