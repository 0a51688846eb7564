#include "analyzer/report/json_layout.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"

Suite *json_layout_suite(void);

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789012345"

static const struct {
	const char *compact, *laid_out;
} documents[] = {
    {"{}", "{}\n"},
    {"[]", "[]\n"},
    {"[[],{}]", "[\n  [],\n  {}\n]\n"},
    {"[22,23]", "[22, 23]\n"},
    {"{\"a\":1,\"b\":[true,-1.5],\"c\":{\"d\":null}}",
	"{\n  \"a\": 1,\n  \"b\": [true, -1.5],\n  \"c\": {\"d\": null}\n}\n"},
    {"[[[1]]]", "[\n  [\n    [1]\n  ]\n]\n"},
    /* what looks like a token in a string is none, nor is an escaped quote its end */
    {"[\"{a,b:[\",\"\\\"]\",\"\\\\\",\"\",[]]",
	"[\n  \"{a,b:[\",\n  \"\\\"]\",\n  \"\\\\\",\n  \"\",\n  []\n]\n"},
    {"[\"{a,b:[\",\"\\\"]\",\"\\\\\"]", "[\"{a,b:[\", \"\\\"]\", \"\\\\\"]\n"},
    /* too long for a line: at a comma, in a string, after an escape */
    {"{\"a\":\"" LONG "\",\"b\":2}", "{\n  \"a\": \"" LONG "\",\n  \"b\": 2\n}\n"},
    {"[\"" LONG "...\\\",\"]", "[\n  \"" LONG "...\\\",\"\n]\n"},
    {"[\"" LONG "..\\\",\"]", "[\n  \"" LONG "..\\\",\"\n]\n"},
};

/* Whole, and cut after every byte. */
START_TEST(test_documents)
{
	const char *compact = documents[_i].compact;

	for (size_t cut = 0; cut <= strlen(compact); cut++) {
		char *chars = NULL;
		size_t length = 0;
		struct json_layout layout = {.out = open_memstream(&chars, &length)};

		json_layout_add(&layout, compact, cut);
		json_layout_add(&layout, compact + cut, strlen(compact) - cut);
		fclose(layout.out);
		json_layout_free(&layout);
		ck_assert_str_eq(chars, documents[_i].laid_out);
		free(chars);
	}
}
END_TEST

Suite *
json_layout_suite(void)
{
	Suite *suite = suite_create("json_layout");
	TCase *tests = tcase_create("json_layout");

	tcase_add_loop_test(tests, test_documents, 0, COUNT(documents));
	suite_add_tcase(suite, tests);
	return suite;
}
