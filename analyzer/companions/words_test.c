#include "analyzer/companions/words.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"

Suite *words_suite(void);

START_TEST(test_blank_lines)
{
	ck_assert(is_blank_line(""));
	ck_assert(is_blank_line(" \t "));
	ck_assert(!is_blank_line("  a "));
	ck_assert_uint_eq(indent_of(" \t a b"), 3);
	ck_assert_uint_eq(indent_of("  "), 2);
}
END_TEST

static const struct {
	const char *line;
	bool is_prompt;
} prompts[] = {
    {"PS C:\\>", true},
    {"PS C:\\Users\\a> Get-SmbShare", true},
    {"[srv01]: PS C:\\Users\\a\\Documents> Get-SmbShare", true},
    {"*Evil-WinRM* PS C:\\> Get-SmbShare", true},
    {"PS>CommandInvocation(Out-Default)", true},
    {"C:\\Windows\\system32>netstat -ano", true},
    {"", false},
    {"PS C:\\", false},
    {"Name : PS", false},
    {"EncryptData : True", false},
    {"data       *   C:\\data", false},
    {"OPS C:\\>", false},
    {"a > b", false},
};

START_TEST(test_prompt)
{
	ck_assert_int_eq(is_prompt_line(prompts[_i].line), prompts[_i].is_prompt);
}
END_TEST

START_TEST(test_texts)
{
	struct arena arena = {0};

	ck_assert_str_eq(trimmed_text(&arena, " a  b\t x", 7), "a  b");
	ck_assert_str_eq(trimmed_text(&arena, "   ", 3), "");
	ck_assert_str_eq(squeezed_text(&arena, "\t a  b \t c "), "a b c");
	ck_assert_str_eq(squeezed_text(&arena, "  "), "");
	arena_free(&arena);
}
END_TEST

START_TEST(test_lines)
{
	static const char *const lines[] = {"one", "  two  2 "};
	struct companion_text text = {.file = "f", .lines = lines, .line_count = 2};
	struct arena arena = {0};
	struct quotation quote = quotation_of_line(&text, 2, &arena);

	ck_assert_str_eq(quote.file, "f");
	ck_assert_uint_eq(quote.line, 2);
	ck_assert_str_eq(quote.text, "two 2");
	ck_assert(line_may_be_cut(&text, 2));
	ck_assert(!line_may_be_cut(&text, 1));
	text.has_last_end = true;
	ck_assert(!line_may_be_cut(&text, 2));
	arena_free(&arena);
}
END_TEST

Suite *
words_suite(void)
{
	Suite *suite = suite_create("words");
	TCase *tcase = tcase_create("words");

	tcase_add_test(tcase, test_blank_lines);
	tcase_add_loop_test(tcase, test_prompt, 0, COUNT(prompts));
	tcase_add_test(tcase, test_texts);
	tcase_add_test(tcase, test_lines);
	suite_add_tcase(suite, tcase);
	return suite;
}
