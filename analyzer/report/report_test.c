#include <check.h>
#include <string.h>

#include "analyzer/report/report.h"
#include "analyzer/report/sample_test.h"

Suite *report_suite(void);

START_TEST(test_formats_are_complete)
{
	const struct report_format *format;

	for (size_t i = 0; i < report_format_count; i++) {
		format = &report_formats[i];
		ck_assert_ptr_eq(report_format_called(format->name, strlen(format->name)), format);
		ck_assert(format->sentence != NULL && format->begin != NULL);
		ck_assert(format->capture != NULL && format->end != NULL);
		ck_assert_int_eq(format->stream_heading != NULL, format->stream != NULL);
	}
	ck_assert_ptr_null(report_format_called("yaml", 4));
	ck_assert_ptr_null(report_format_called("", 0));
}
END_TEST

START_TEST(test_totals)
{
	struct sample sample;

	sample_init(&sample, "ndjson");
	sample.findings[1] = sample.findings[2] = sample.findings[0];
	sample.findings[1].severity = SEVERITY_NOTICE;
	sample.findings[2].verdict = VERDICT_INCONCLUSIVE;
	sample.capture.findings.count = 3;
	free(sample_print(&sample));
	free(sample_print(&sample));
	ck_assert_uint_eq(sample.report.captures, 2);
	ck_assert_uint_eq(sample.report.packets, 56);
	ck_assert_uint_eq(sample.report.findings[VERDICT_FOUND][SEVERITY_ERROR], 2);
	ck_assert_uint_eq(sample.report.findings[VERDICT_FOUND][SEVERITY_WARNING], 0);
	ck_assert_uint_eq(sample.report.findings[VERDICT_FOUND][SEVERITY_NOTICE], 2);
	ck_assert_uint_eq(sample.report.findings[VERDICT_INCONCLUSIVE][SEVERITY_ERROR], 2);
}
END_TEST

Suite *
report_suite(void)
{
	Suite *suite = suite_create("report");
	TCase *tests = tcase_create("report");

	tcase_add_test(tests, test_formats_are_complete);
	tcase_add_test(tests, test_totals);
	suite_add_tcase(suite, tests);
	return suite;
}
