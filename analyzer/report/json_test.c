#include <check.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/json.h"

Suite *json_suite(void);

START_TEST(test_objects_and_arrays)
{
	struct text text = {0};

	json_open(&text, NULL, '{');
	json_text(&text, "type", "capture");
	json_open(&text, "empty", '[');
	json_close(&text, ']');
	json_open(&text, "list", '[');
	json_number(&text, NULL, 1);
	json_number(&text, NULL, 2);
	json_open(&text, NULL, '{');
	json_close(&text, '}');
	json_close(&text, ']');
	json_bool(&text, "yes", true);
	json_bool(&text, "no", false);
	json_close(&text, '}');
	ck_assert_str_eq(text_chars(&text),
	    "{\"type\":\"capture\",\"empty\":[],\"list\":[1,2,{}],\"yes\":true,\"no\":false}");
	text_free(&text);
}
END_TEST

/* A string that ends like an opened bracket is still followed by a comma. */
START_TEST(test_comma_after_bracket_in_string)
{
	struct text text = {0};

	json_open(&text, NULL, '[');
	json_text(&text, NULL, "{");
	json_text(&text, NULL, "[");
	json_text(&text, NULL, "\n");
	json_text(&text, NULL, "");
	json_close(&text, ']');
	ck_assert_str_eq(text_chars(&text), "[\"{\",\"[\",\"\\n\",\"\"]");
	text_free(&text);
}
END_TEST

START_TEST(test_lines_follow_each_other)
{
	struct text text = {0};

	for (int i = 0; i < 2; i++) {
		json_open(&text, NULL, '{');
		json_close(&text, '}');
		text_add_char(&text, '\n');
	}
	ck_assert_str_eq(text_chars(&text), "{}\n{}\n");
	text_free(&text);
}
END_TEST

static const struct {
	const char *chars, *json;
} texts[] = {
    {"", "\"\""},
    {"a\"b\\c", "\"a\\\"b\\\\c\""},
    {"line\nline\ttab", "\"line\\nline\\u0009tab\""},
    {"\033[31mred", "\"\\u001b[31mred\""},
    {"\x7f", "\"\\u007f\""},
    {"gr\xc3\xbc\xc3\x9f \xf0\x9f\x93\x81", "\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x93\x81\""},
    /* a bare continuation byte, an overlong slash, a surrogate, a cut sequence */
    {"\x80", "\"\xef\xbf\xbd\""},
    {"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {"a\xe2\x82", "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
};

START_TEST(test_text)
{
	struct text text = {0};

	json_text(&text, NULL, texts[_i].chars);
	ck_assert_str_eq(text_chars(&text), texts[_i].json);
	text_free(&text);
}
END_TEST

/* RFC 8259 7: no control character stands in a string, whatever the bytes were. */
START_TEST(test_no_control_character_is_left)
{
	struct text text = {0};
	char chars[256];

	for (int i = 0; i < 255; i++)
		chars[i] = (char)(i + 1);
	chars[255] = '\0';
	json_text(&text, NULL, chars);
	for (size_t i = 0; i < text.length; i++)
		ck_assert_uint_ge((unsigned char)text.chars[i], 0x20);
	text_free(&text);
}
END_TEST

START_TEST(test_unknown_is_omitted)
{
	struct text text = {0};
	struct addr none = {.family = ADDR_NONE};

	json_open(&text, NULL, '{');
	json_text(&text, "text", NULL);
	json_addr(&text, "addr", &none);
	json_close(&text, '}');
	ck_assert_str_eq(text_chars(&text), "{}");
	text_free(&text);
}
END_TEST

static const struct {
	uint64_t number;
	const char *json;
} numbers[] = {
    {0, "0"},
    {9, "9"},
    {10, "10"},
    {4294967296, "4294967296"},
    {UINT64_MAX, "18446744073709551615"},
};

START_TEST(test_number)
{
	struct text text = {0};

	json_number(&text, NULL, numbers[_i].number);
	ck_assert_str_eq(text_chars(&text), numbers[_i].json);
	text_free(&text);
}
END_TEST

static const struct {
	int64_t nanoseconds;
	const char *json;
} seconds[] = {
    {0, "0.000000000"},
    {1, "0.000000001"},
    {69980, "0.000069980"},
    {60042524968, "60.042524968"},
    {-1, "-0.000000001"},
    {-1500000000, "-1.500000000"},
    {INT64_MAX, "9223372036.854775807"},
    {INT64_MIN, "-9223372036.854775808"},
};

START_TEST(test_seconds)
{
	struct text text = {0};

	json_seconds(&text, NULL, seconds[_i].nanoseconds);
	ck_assert_str_eq(text_chars(&text), seconds[_i].json);
	text_free(&text);
}
END_TEST

START_TEST(test_other_kinds)
{
	struct text text = {0};
	struct addr addr;

	ck_assert(addr_parse("fe80::1", &addr));
	json_open(&text, NULL, '{');
	json_hex(&text, "status", 0xc0000022, 8);
	json_hex(&text, "bits", 0x10, 1);
	json_time(&text, "time", INT64_C(1700000000000000001));
	json_addr(&text, "client", &addr);
	json_close(&text, '}');
	ck_assert_str_eq(text_chars(&text),
	    "{\"status\":\"0xC0000022\",\"bits\":\"0x10\","
	    "\"time\":\"2023-11-14T22:13:20.000000001Z\",\"client\":\"fe80::1\"}");
	text_free(&text);
}
END_TEST

Suite *
json_suite(void)
{
	Suite *suite = suite_create("json");
	TCase *tests = tcase_create("json");

	tcase_add_test(tests, test_objects_and_arrays);
	tcase_add_test(tests, test_comma_after_bracket_in_string);
	tcase_add_test(tests, test_lines_follow_each_other);
	tcase_add_loop_test(tests, test_text, 0, COUNT(texts));
	tcase_add_test(tests, test_no_control_character_is_left);
	tcase_add_test(tests, test_unknown_is_omitted);
	tcase_add_loop_test(tests, test_number, 0, COUNT(numbers));
	tcase_add_loop_test(tests, test_seconds, 0, COUNT(seconds));
	tcase_add_test(tests, test_other_kinds);
	suite_add_tcase(suite, tests);
	return suite;
}
