#include "analyzer/report/tsv_cell.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"

Suite *tsv_cell_suite(void);

static struct text cell;

static void
teardown(void)
{
	text_free(&cell);
}

static void
assert_cell(const char *chars, const char *wanted)
{
	text_clear(&cell);
	tsv_add_text(&cell, chars);
	ck_assert_str_eq(text_chars(&cell), wanted);
}

START_TEST(test_text)
{
	assert_cell(NULL, "");
	assert_cell("", "");
	assert_cell("10.0.0.5 asked for \\\\fs1\\dta", "10.0.0.5 asked for \\\\fs1\\dta");
	assert_cell("caf\xc3\xa9", "caf\xc3\xa9");
}
END_TEST

/* Nothing ends the cell, the line, or the reader's patience. */
START_TEST(test_controls)
{
	assert_cell("a\tb", "a\\u{9}b");
	assert_cell("a\nb\r\n", "a\\u{a}b\\u{d}\\u{a}");
	assert_cell("\033]0;x\a", "\\u{1b}]0;x\\u{7}");
	assert_cell("a\xe2\x80\xae"
		    "b",
	    "a\\u{202e}b");
	assert_cell("a\xff", "a\xef\xbf\xbd");
}
END_TEST

/* What a spreadsheet would reckon, and the quotation mark that would swallow the cells after it. */
START_TEST(test_formulas)
{
	assert_cell("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0");
	assert_cell("+1", "'+1");
	assert_cell("-1", "'-1");
	assert_cell("@SUM(1)", "'@SUM(1)");
	assert_cell("\"a", "'\"a");
	assert_cell("a=1", "a=1");
	assert_cell("-", "-");
}
END_TEST

START_TEST(test_addr)
{
	struct addr addr = {0};

	tsv_add_addr(&cell, &addr);
	ck_assert_str_eq(text_chars(&cell), "");
	ck_assert(addr_parse("fe80::1", &addr));
	tsv_add_addr(&cell, &addr);
	ck_assert_str_eq(text_chars(&cell), "fe80::1");
}
END_TEST

static void
add_row(struct text *text, const void *row)
{
	tsv_add_text(text, row);
}

static void
add_list(struct text *text, const void *row)
{
	(void)row;
	for (size_t i = 0; i < 3; i++) {
		tsv_add_separator(text, i);
		tsv_add_number(text, i + 1);
	}
}

START_TEST(test_lines)
{
	static const struct tsv_column columns[] = {
	    {"what", add_row, true}, {"list", add_list, false}, {"again", add_row, true}};
	char *chars = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&chars, &length);

	tsv_write_heading(out, columns, COUNT(columns));
	tsv_write_row(out, columns, COUNT(columns), "x");
	tsv_write_file_row(out, columns, COUNT(columns), "y");
	fclose(out);
	ck_assert_str_eq(chars, "what\tlist\tagain\nx\t1;2;3\tx\ny\t\ty\n");
	free(chars);
}
END_TEST

Suite *
tsv_cell_suite(void)
{
	Suite *suite = suite_create("tsv_cell");
	TCase *tests = tcase_create("cells");

	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_add_test(tests, test_text);
	tcase_add_test(tests, test_controls);
	tcase_add_test(tests, test_formulas);
	tcase_add_test(tests, test_addr);
	tcase_add_test(tests, test_lines);
	suite_add_tcase(suite, tests);
	return suite;
}
