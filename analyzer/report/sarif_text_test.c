#include "analyzer/report/sarif_text.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *sarif_text_suite(void);

static const struct {
	const char *chars, *plain;
} messages[] = {
    {"", ""},
    {"\\\\fs1\\dta", "\\\\fs1\\dta"},
    {"{0} and {}", "{{0}} and {{}}"},
    {"[here](http://evil/)", "[here]\\u{{28}}http://evil/)"},
    {"a[0] (b)", "a[0] (b)"},
    {"](", "]\\u{{28}}"},
    {"\033]\n(", "\\u{{1b}}]\\u{{a}}("},
    {"\xc3\xa9\xff", "\xc3\xa9\xef\xbf\xbd"},
};

START_TEST(test_plain)
{
	struct text text = {0};

	sarif_add_plain(&text, messages[_i].chars);
	ck_assert_str_eq(text_chars(&text), messages[_i].plain);
	text_free(&text);
}
END_TEST

static const struct {
	const char *path, *uri;
} files[] = {
    {"a.pcap", "a.pcap"},
    {"captures/x-1_2~3.pcapng", "captures/x-1_2~3.pcapng"},
    {"./captures//./x.pcap", "captures/x.pcap"},
    {"../x.pcap", "../x.pcap"},
    {"/tmp/a b.pcap", "file:///tmp/a%20b.pcap"},
    {"//tmp/./x", "file:///tmp/x"},
    /* what would be a scheme, a query, a fragment or an escape */
    {"c:x?y#z%20", "c%3Ax%3Fy%23z%2520"},
    {"gr\xc3\xbc\xc3\x9f\xff\n\"", "gr%C3%BC%C3%9F%FF%0A%22"},
};

START_TEST(test_uri)
{
	struct text text = {0};

	sarif_add_uri(&text, files[_i].path);
	ck_assert_str_eq(text_chars(&text), files[_i].uri);
	ck_assert_int_eq(sarif_is_relative(files[_i].path), files[_i].path[0] != '/');
	text_free(&text);
}
END_TEST

Suite *
sarif_text_suite(void)
{
	Suite *suite = suite_create("sarif_text");
	TCase *tests = tcase_create("sarif_text");

	tcase_add_loop_test(tests, test_plain, 0, COUNT(messages));
	tcase_add_loop_test(tests, test_uri, 0, COUNT(files));
	suite_add_tcase(suite, tests);
	return suite;
}
