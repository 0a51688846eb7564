#include "analyzer/report/tests.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/junit.h"

Suite *tests_suite(void);

static char *
print(void (*write)(FILE *out, const char *suite, const struct tests *tests),
    const struct tests *tests)
{
	char *chars = NULL;
	size_t size;
	FILE *out = open_memstream(&chars, &size);

	ck_assert_ptr_nonnull(out);
	write(out, "verify", tests);
	fclose(out);
	return chars;
}

static void
fill(struct tests *tests)
{
	char name[] = "a.pcapng";

	tests_add(tests, name, NULL);
	name[0] = 'b'; /* it was copied */
	tests_add(tests, "b #1 \\x\033.pcapng", "missing: f-1 <smb-x>\nunexpected: \033[31m");
	ck_assert_uint_eq(tests->count, 2);
	ck_assert_uint_eq(tests->failed, 1);
	ck_assert_str_eq(tests->items[0].name, "a.pcapng");
}

START_TEST(test_tap)
{
	struct tests tests = {0};
	char *chars;

	fill(&tests);
	chars = print(tests_tap, &tests);
	ck_assert_str_eq(chars, "TAP version 14\n"
				"1..2\n"
				"ok 1 - a.pcapng\n"
				"not ok 2 - b \\#1 \\\\x\\\\u{1b}.pcapng\n"
				"  ---\n"
				"  message: |\n"
				"    missing: f-1 <smb-x>\n"
				"    unexpected: \\u{1b}[31m\n"
				"  ...\n");
	free(chars);
	tests_free(&tests);
	chars = print(tests_tap, &tests);
	ck_assert_str_eq(chars, "TAP version 14\n1..0 # SKIP verify: there is nothing to test\n");
	free(chars);
}
END_TEST

START_TEST(test_junit)
{
	struct tests tests = {0};
	char *chars;

	fill(&tests);
	chars = print(junit_tests, &tests);
	ck_assert_str_eq(chars,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<testsuites name=\"smbtriage\">\n"
	    "<testsuite name=\"verify\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\">\n"
	    "<testcase classname=\"smbtriage.verify\" name=\"a.pcapng\"></testcase>\n"
	    "<testcase classname=\"smbtriage.verify\" name=\"b #1 \\x\\u{1b}.pcapng\">"
	    "<failure message=\"missing: f-1 &lt;smb-x&gt;\" type=\"verify\">"
	    "missing: f-1 &lt;smb-x&gt;\nunexpected: \\u{1b}[31m\n</failure></testcase>\n"
	    "</testsuite></testsuites>\n");
	free(chars);
	tests_free(&tests);
}
END_TEST

Suite *
tests_suite(void)
{
	Suite *suite = suite_create("tests");
	TCase *tcase = tcase_create("tests");

	tcase_add_test(tcase, test_tap);
	tcase_add_test(tcase, test_junit);
	suite_add_tcase(suite, tcase);
	return suite;
}
