#include <check.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/wrap.h"

Suite *wrap_suite(void);

#define TENS "123456789 123456789 123456789 123456789 123456789 123456789 123456789"

static const struct {
	size_t column, indent;
	const char *chars, *lines;
	size_t reached;
} cases[] = {
    {0, 0, "", "", 0},
    {0, 0, "one", "one", 3},
    {4, 4, "one two", "one two", 11},
    {0, 0, "  one \n two\n", "one two", 7},
    /* exactly 80 columns, then one more */
    {0, 0, TENS " 1234567890", TENS " 1234567890", 80},
    {0, 0, TENS " 12345678901", TENS "\n12345678901", 11},
    {2, 4, TENS " 123456789 x", TENS "\n    123456789 x", 15},
    /* a character is a column, however many bytes it has */
    {0, 0, TENS " \xe2\x86\x92\xe2\x86\x92\xe2\x86\x92\xe2\x86\x92\xe2\x86\x92",
	TENS " \xe2\x86\x92\xe2\x86\x92\xe2\x86\x92\xe2\x86\x92\xe2\x86\x92", 75},
    /* a wide one is two; what combines with another is none */
    {0, 0, TENS " \xe5\x85\xb1\xe6\x9c\x89\xe5\x85\xb1\xe6\x9c\x89\xe5\x85\xb1",
	TENS " \xe5\x85\xb1\xe6\x9c\x89\xe5\x85\xb1\xe6\x9c\x89\xe5\x85\xb1", 80},
    {0, 0, TENS " \xe5\x85\xb1\xe6\x9c\x89\xe5\x85\xb1\xe6\x9c\x89\xe5\x85\xb1\xe6\x9c\x89",
	TENS "\n\xe5\x85\xb1\xe6\x9c\x89\xe5\x85\xb1\xe6\x9c\x89\xe5\x85\xb1\xe6\x9c\x89", 12},
    {0, 0, "e\xcc\x81t\xc3\xa9", "e\xcc\x81t\xc3\xa9", 3},
};

START_TEST(test_words)
{
	struct text text = {0};
	size_t reached;

	reached =
	    wrap_words(&text, cases[_i].column, cases[_i].indent, WRAP_COLUMNS, cases[_i].chars);
	ck_assert_str_eq(text_chars(&text), cases[_i].lines);
	ck_assert_uint_eq(reached, cases[_i].reached);
	text_free(&text);
}
END_TEST

START_TEST(test_other_widths)
{
	struct text text = {0};

	wrap_words(&text, 0, 2, 20, "one two three four five");
	ck_assert_str_eq(text_chars(&text), "one two three four\n  five");
	text_clear(&text);
	wrap_words(&text, 0, 0, 10, "one two three");
	ck_assert_str_eq(text_chars(&text), "one two\nthree");
	text_free(&text);
}
END_TEST

START_TEST(test_long_word_stands_alone)
{
	struct text text = {0};
	char word[121];
	char expected[160];

	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	wrap_words(&text, 2, 2, WRAP_COLUMNS, "a");
	text_add_char(&text, ' ');
	wrap_words(&text, 4, 2, WRAP_COLUMNS, word);
	snprintf(expected, sizeof(expected), "a \n  %s", word);
	ck_assert_str_eq(text_chars(&text), expected);
	text_free(&text);
	/* at the indent there is no better line to be had */
	wrap_words(&text, 2, 2, WRAP_COLUMNS, word);
	ck_assert_str_eq(text_chars(&text), word);
	text_free(&text);
}
END_TEST

START_TEST(test_columns)
{
	ck_assert_uint_eq(wrap_columns(""), 0);
	ck_assert_uint_eq(wrap_columns("abc"), 3);
	ck_assert_uint_eq(wrap_columns("10.0.0.5 \xe2\x86\x92 gr\xc3\xbcn"), 15);
}
END_TEST

static const struct {
	const char *chars;
	size_t columns;
	const char *cut;
	size_t breaks_at; /* bytes */
} cuts[] = {
    {"", 0, "", 0},
    {"abc", 3, "abc", 3},
    {"abcd", 3, "...", 3},
    {"abcd", 2, "", 2},
    {"one two", 7, "one two", 7},
    {"one two three", 8, "one t...", 7},
    {"one two three", 7, "one ...", 7},
    {"one two three", 6, "one...", 3},
    {"one two three", 2, "", 2},
    /* never within a character */
    {"gr\xc3\xbcner", 3, "...", 4},
    {"gr\xc3\xbcner tee", 6, "gr\xc3\xbc...", 7},
};

START_TEST(test_cut)
{
	struct text text = {0};

	wrap_cut(&text, cuts[_i].chars, cuts[_i].columns);
	ck_assert_str_eq(text_chars(&text), cuts[_i].cut);
	ck_assert_uint_eq(wrap_break(cuts[_i].chars, cuts[_i].columns), cuts[_i].breaks_at);
	text_free(&text);
}
END_TEST

static const struct {
	const char *chars;
	size_t columns;
	const char *cut;
} amid[] = {
    {"", 0, ""},
    {"client.pcapng", 13, "client.pcapng"},
    {"client.pcapng", 12, "cli...pcapng"},
    {"client.pcapng", 5, "...ng"},
    {"client.pcapng", 3, "..."},
    {"client.pcapng", 2, ""},
    /* never within a character; a wide one has room or not, and what combines with another stays
     * with it */
    {"gr\xc3\xbcne\xc3\x9f.pcap", 9, "gr...pcap"},
    {"abcdefghij\xe5\x85\xb1\xe6\x9c\x89", 7, "a...\xe6\x9c\x89"},
    {"abcdefghijke\xcc\x81xyz", 7, "a...xyz"},
    {"abcdefghijke\xcc\x81xyz", 8, "a...e\xcc\x81xyz"},
};

START_TEST(test_cut_amid)
{
	struct text text = {0};

	wrap_cut_amid(&text, amid[_i].chars, amid[_i].columns);
	ck_assert_str_eq(text_chars(&text), amid[_i].cut);
	ck_assert_uint_le(wrap_columns(text_chars(&text)), amid[_i].columns);
	text_free(&text);
}
END_TEST

Suite *
wrap_suite(void)
{
	Suite *suite = suite_create("wrap");
	TCase *tests = tcase_create("wrap");

	tcase_add_loop_test(tests, test_words, 0, COUNT(cases));
	tcase_add_test(tests, test_other_widths);
	tcase_add_test(tests, test_long_word_stands_alone);
	tcase_add_test(tests, test_columns);
	tcase_add_loop_test(tests, test_cut, 0, COUNT(cuts));
	tcase_add_loop_test(tests, test_cut_amid, 0, COUNT(amid));
	suite_add_tcase(suite, tests);
	return suite;
}
