#include "analyzer/report/markup.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"

Suite *markup_suite(void);

#define FFFD "\xef\xbf\xbd"

/* A document in memory, and what it came to. */
static char *chars;
static size_t length;
static FILE *out;
static struct markup *markup;

static void
begin(void)
{
	out = open_memstream(&chars, &length);
	markup = markup_begin(out);
}

static const char *
end(void)
{
	markup_end(markup);
	fclose(out);
	return chars;
}

static void
forget(void)
{
	free(chars);
	chars = NULL;
}

START_TEST(test_document)
{
	markup_declaration(markup);
	markup_open(markup, "testsuite");
	markup_attribute(markup, "name", "smbtriage");
	markup_attribute(markup, "hostname", NULL);
	markup_attributef(markup, "tests", "%zu", (size_t)2);
	markup_newline(markup);
	markup_open(markup, "testcase");
	markup_void(markup);
	markup_element(markup, "failure", "refused");
	markup_element(markup, "skipped", NULL);
	markup_open(markup, "system-out");
	markup_textf(markup, "%d of %s", 7, "nine");
	markup_close(markup);
	markup_close(markup);
	ck_assert_str_eq(end(), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				"<testsuite name=\"smbtriage\" tests=\"2\">\n"
				"<testcase/><failure>refused</failure>"
				"<system-out>7 of nine</system-out></testsuite>\n");
	forget();
}
END_TEST

/* What never has content is void, everything else has an end tag, also when it is empty. */
START_TEST(test_html)
{
	markup_doctype(markup);
	markup_open(markup, "p");
	markup_open(markup, "br");
	markup_void(markup);
	markup_open(markup, "b");
	markup_attribute(markup, "class", "empty");
	markup_close(markup);
	markup_element(markup, "i", "");
	markup_close(markup);
	ck_assert_str_eq(end(), "<!DOCTYPE html>\n<p><br/><b class=\"empty\"></b><i></i></p>\n");
	forget();
}
END_TEST

START_TEST(test_end_closes_what_is_open)
{
	markup_open(markup, "html");
	markup_open(markup, "body");
	markup_text(markup, "cut");
	markup_open(markup, "td");
	ck_assert_str_eq(end(), "<html><body>cut<td></td></body></html>\n");
	forget();
}
END_TEST

/* Hostile names, as text and as the value of an attribute. */
static const struct {
	const char *chars, *text, *attribute;
} hostile[] = {
    {"", "", ""},
    {"\\\\fs1\\dta", "\\\\fs1\\dta", "\\\\fs1\\dta"},
    {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;",
	"&lt;script&gt;alert(1)&lt;/script&gt;"},
    {"a&b &amp; &#60;", "a&amp;b &amp;amp; &amp;#60;", "a&amp;b &amp;amp; &amp;#60;"},
    {"' onload=\"x\"", "' onload=&quot;x&quot;", "' onload=&quot;x&quot;"},
    {"]]>", "]]&gt;", "]]&gt;"},
    /* controls, line ends and tabs included: a value from a packet stays on its line */
    {"a\tb\r\nc", "a\\u{9}b\\u{d}\\u{a}c", "a\\u{9}b\\u{d}\\u{a}c"},
    {"\x01\x1b[2J\x7f\xc2\x85", "\\u{1}\\u{1b}[2J\\u{7f}\\u{85}", "\\u{1}\\u{1b}[2J\\u{7f}\\u{85}"},
    /* a right-to-left override and a line separator */
    {"\xe2\x80\xae"
     "gpj.exe\xe2\x80\xa8",
	"\\u{202e}gpj.exe\\u{2028}", "\\u{202e}gpj.exe\\u{2028}"},
    /* what XML 1.0 2.2 has no character for, also next to each other; U+FFFD is one */
    {"a\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbc" FFFD "b", "a\\u{fffe}\\u{ffff}\xef\xbf\xbc" FFFD "b",
	NULL},
    /* not UTF-8: Latin-1, a surrogate, cut short, also before what is forbidden */
    {"caf\xe9 \xed\xa0\x80 \xe2\x82", "caf" FFFD " " FFFD FFFD FFFD " " FFFD FFFD, NULL},
    {"\xf0\xef\xbf\xbf", FFFD "\\u{ffff}", NULL},
    {"\xef\xbf", FFFD FFFD, NULL},
    /* letters of elsewhere: two, three and four bytes */
    {"\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80", "\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80", NULL},
};

START_TEST(test_hostile)
{
	struct text expected = {0};

	markup_open(markup, "p");
	markup_text(markup, hostile[_i].chars);
	text_addf(&expected, "<p>%s</p>\n", hostile[_i].text);
	ck_assert_str_eq(end(), text_chars(&expected));
	forget();
	if (hostile[_i].attribute != NULL) {
		begin();
		markup_open(markup, "a");
		markup_attributef(markup, "title", "%s", hostile[_i].chars);
		text_clear(&expected);
		text_addf(&expected, "<a title=\"%s\"></a>\n", hostile[_i].attribute);
		ck_assert_str_eq(end(), text_chars(&expected));
		forget();
	}
	text_free(&expected);
}
END_TEST

/* In an attribute a letter beyond ASCII may be written as a reference to it (XML 1.0 4.1). */
START_TEST(test_letters_in_attribute)
{
	markup_open(markup, "a");
	markup_attribute(markup, "title", "\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbf\xe9");
	end();
	if (strstr(chars, "\xc3\xa9") == NULL)
		ck_assert_str_eq(chars, "<a title=\"&#xE9;&#x1F600;\\u{ffff}&#xFFFD;\"></a>\n");
	else
		ck_assert_str_eq(
		    chars, "<a title=\"\xc3\xa9\xf0\x9f\x98\x80\\u{ffff}" FFFD "\"></a>\n");
	forget();
}
END_TEST

START_TEST(test_lines)
{
	markup_open(markup, "style");
	markup_lines(markup, "\nbody {\n\tmargin: 0 'x';\n}\n");
	markup_close(markup);
	markup_open(markup, "system-out");
	markup_lines(markup, "a < b\nc & d");
	ck_assert_str_eq(end(), "<style>\nbody {\n\tmargin: 0 'x';\n}\n</style>"
				"<system-out>a &lt; b\nc &amp; d</system-out>\n");
	forget();
}
END_TEST

START_TEST(test_insert)
{
	markup_open(markup, "main");
	markup_insert(markup, "<p>&amp;</p>\n", 12);
	markup_element(markup, "b", "<");
	ck_assert_str_eq(end(), "<main><p>&amp;</p><b>&lt;</b></main>\n");
	forget();
}
END_TEST

/* Longer than any buffer on the way, and written as it goes. */
START_TEST(test_long)
{
	size_t count = 100000;

	markup_open(markup, "p");
	for (size_t i = 0; i < count; i++)
		markup_text(markup, "<");
	fflush(out);
	ck_assert_uint_gt(length, 3 * count);
	end();
	ck_assert_uint_eq(length, 4 * count + strlen("<p></p>\n"));
	forget();
}
END_TEST

/* A full disk is no end of the program; the stream remembers it. */
START_TEST(test_write_error)
{
	FILE *full = fopen("/dev/full", "w");

	ck_assert_ptr_nonnull(full);
	markup = markup_begin(full);
	markup_open(markup, "p");
	for (size_t i = 0; i < 10000; i++)
		markup_text(markup, "nothing of this is kept");
	markup_end(markup);
	ck_assert_int_ne(ferror(full), 0);
	fclose(full);
}
END_TEST

Suite *
markup_suite(void)
{
	Suite *suite = suite_create("markup");
	TCase *documents = tcase_create("documents");
	TCase *errors = tcase_create("errors");

	tcase_add_checked_fixture(documents, begin, NULL);
	tcase_add_test(documents, test_document);
	tcase_add_test(documents, test_html);
	tcase_add_test(documents, test_end_closes_what_is_open);
	tcase_add_loop_test(documents, test_hostile, 0, COUNT(hostile));
	tcase_add_test(documents, test_letters_in_attribute);
	tcase_add_test(documents, test_lines);
	tcase_add_test(documents, test_insert);
	tcase_add_test(documents, test_long);
	suite_add_tcase(suite, documents);
	tcase_add_test(errors, test_write_error);
	suite_add_tcase(suite, errors);
	return suite;
}
