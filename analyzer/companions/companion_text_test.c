#include "analyzer/companions/companion_text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

Suite *companion_text_suite(void);

#define FFFD         "\xef\xbf\xbd"
#define UTF8_MARK    "\xef\xbb\xbf"
#define BYTES(chars) (chars), sizeof(chars) - 1

static struct arena arena;
static struct error error;
static struct companion_text text;

static void
setup(void)
{
	error = (struct error){.status = EXIT_DONE};
}

static void
teardown(void)
{
	arena_free(&arena);
}

static bool
decode(const char *bytes, size_t length)
{
	uint8_t *copy = mem_alloc(length, 1);
	bool is_read;

	if (length != 0)
		memcpy(copy, bytes, length);
	is_read = companion_text_of(&text, "e", copy, length, &arena, &error);
	mem_free(copy);
	return is_read;
}

static const struct {
	const char *bytes;
	size_t length;
	const char *chars;
} encodings[] = {
    {BYTES("445"), "445"}, {BYTES("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f"},
    {BYTES(UTF8_MARK "\xc3\xbc"), "\xc3\xbc"},
    {BYTES("\xff\xfe"
	   "4\0\xfc\0\x3d\xd8\x00\xde"),
	"4\xc3\xbc\xf0\x9f\x98\x80"},
    {BYTES("\xfe\xff\0"
	   "4\0\xfc\xd8\x3d\xde\x00"),
	"4\xc3\xbc\xf0\x9f\x98\x80"},
    {BYTES("\xff\xfe"
	   "4\0"
	   "5"),
	"4"},                                /* cut in a character */
    {BYTES("Adr\xe9sse"), "Adr" FFFD "sse"}, /* code page 1252 */
    {BYTES("a\0\0b"), "ab"}, {BYTES("a\0\0\0"), "a"},
    {BYTES("4\0"
	   "4\0"
	   "5\0"),
	"445"}, /* UTF-16 that lost its mark */
};

START_TEST(encodings_become_utf8)
{
	ck_assert(decode(encodings[_i].bytes, encodings[_i].length));
	ck_assert_str_eq(text.chars, encodings[_i].chars);
	ck_assert_uint_eq(text.length, strlen(encodings[_i].chars));
	ck_assert_uint_eq(text.line_count, 1);
	ck_assert_str_eq(text.lines[0], encodings[_i].chars);
	ck_assert_str_eq(text.file, "e");
}
END_TEST

static const struct {
	const char *chars;
	const char *lines[4];
	size_t count;
	bool has_last_end;
} splits[] = {
    {"a", {"a"}, 1, false},
    {"a\n", {"a"}, 1, true},
    {"a\r\n", {"a"}, 1, true},
    {"a\r", {"a"}, 1, false},
    {"a\nb", {"a", "b"}, 2, false},
    {"a\r\nb\r\n", {"a", "b"}, 2, true},
    {"\n\na\n\n", {"", "", "a", ""}, 4, true},
    {"a\rb\r\r\nc", {"a\rb", "c"}, 2, false},
};

START_TEST(lines_have_no_ends)
{
	ck_assert(decode(splits[_i].chars, strlen(splits[_i].chars)));
	ck_assert_str_eq(text.chars, splits[_i].chars);
	ck_assert_uint_eq(text.line_count, splits[_i].count);
	for (size_t i = 0; i < splits[_i].count; i++)
		ck_assert_str_eq(text.lines[i], splits[_i].lines[i]);
	ck_assert_int_eq(text.has_last_end, splits[_i].has_last_end);
}
END_TEST

static const struct {
	const char *bytes;
	size_t length;
} blanks[] = {
    {BYTES("")},
    {BYTES("\r\n \t\n")},
    {BYTES("\0\0\0")},
    {BYTES(UTF8_MARK)},
    {BYTES("\xff\xfe")},
    {BYTES("\xff\xfe\n\0")},
    {BYTES("\xff\xfe"
	   "a")},
};

START_TEST(blanks_are_nothing)
{
	ck_assert(!decode(blanks[_i].bytes, blanks[_i].length));
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_str_eq(error.text, "e: is empty");
}
END_TEST

START_TEST(there_is_a_bound)
{
	ck_assert(!companion_text_of(
	    &text, "e", (const uint8_t *)"", COMPANION_MOST_BYTES + 1, &arena, &error));
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_str_eq(error.text, "e: is larger than 256 MiB");
}
END_TEST

START_TEST(lines_have_a_bound)
{
	char *ends = mem_alloc(COMPANION_MOST_LINES + 1, 1);

	memset(ends, '\n', COMPANION_MOST_LINES + 1);
	ends[0] = 'a';
	ck_assert(decode(ends, COMPANION_MOST_LINES + 1));
	ck_assert_uint_eq(text.line_count, COMPANION_MOST_LINES);
	ends[COMPANION_MOST_LINES] = 'a';
	ends[0] = '\n';
	ck_assert(!decode(ends, COMPANION_MOST_LINES + 1));
	ck_assert_str_eq(error.text, "e: has more than 16777216 lines");
	mem_free(ends);
}
END_TEST

Suite *
companion_text_suite(void)
{
	Suite *suite = suite_create("companion_text");
	TCase *tcase = tcase_create("text");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, encodings_become_utf8, 0, (int)COUNT(encodings));
	tcase_add_loop_test(tcase, lines_have_no_ends, 0, (int)COUNT(splits));
	tcase_add_loop_test(tcase, blanks_are_nothing, 0, (int)COUNT(blanks));
	tcase_add_test(tcase, there_is_a_bound);
	tcase_add_test(tcase, lines_have_a_bound);
	suite_add_tcase(suite, tcase);
	return suite;
}
