#include "analyzer/report/junit.h"

#include <check.h>

#include "analyzer/report/sample_test.h"
#include "rules/suppression.h"

Suite *junit_suite(void);

static struct sample sample;

static void
setup(void)
{
	sample_init(&sample, "junit");
	sample.capture.name = "site/a.b.pcapng";
	sample.facts.file = "/captures/site/a.b.pcapng";
	sample.capture.sha256 = "0011";
}

static void
assert_prints(const char *chars)
{
	char *document = sample_print(&sample);

	ck_assert_msg(strstr(document, chars) != NULL, "no %s", chars);
	free(document);
}

static void
assert_omits(const char *chars)
{
	char *document = sample_print(&sample);

	ck_assert_msg(strstr(document, chars) == NULL, "%s", chars);
	free(document);
}

/* Letters beyond ASCII may be written as references in attributes: the arrow is left out. */
static const char *const failed[] = {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<testsuites name=\"smbtriage\">\n"
    "<testsuite name=\"site/a.b.pcapng\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\" "
    "time=\"60.042000000\" timestamp=\"2023-11-14T22:13:20\">\n"
    "<properties>\n"
    "<property name=\"smbtriage.version\" value=\"" SMBTRIAGE_VERSION "\"/>\n"
    "<property name=\"capture.format\" value=\"pcapng\"/>\n"
    "<property name=\"capture.packets\" value=\"28\"/>\n"
    "<property name=\"capture.sha256\" value=\"0011\"/>\n"
    "</properties>\n"
    "<testcase classname=\"smbtriage.site.a_b_pcapng\" name=\"The share does not exist on the "
    "server: 10.0.0.5 ",
    " 10.0.0.9:445 [f-0123456789ab]\" file=\"/captures/site/a.b.pcapng\" time=\"0.000069980\">"
    "<failure message=\"10.0.0.5 asked 10.0.0.9 for \\\\fs1\\dta; the server has no share of that "
    "name.\" type=\"smb-tree-bad-network-name\">\n"
    "error: The share does not exist on the server\n",
    "\n  filter    frame.number in {22, 23}\n",
    "\n                   Get-SmbShare\n",
    "\n  id        f-0123456789ab\n"
    "</failure></testcase>\n"
    "</testsuite>\n"
    "</testsuites>\n",
};

START_TEST(test_failed)
{
	assert_prints(failed[_i]);
}
END_TEST

START_TEST(test_threshold)
{
	sample.findings[0].severity = SEVERITY_WARNING;
	assert_prints("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\"");
	assert_omits("<failure");
	assert_prints("time=\"0.000069980\"><system-out>\nwarning: ");
	sample.report.has_threshold = true;
	sample.report.threshold = SEVERITY_WARNING;
	assert_prints("tests=\"1\" failures=\"1\"");
	assert_prints("<failure");
	sample.report.threshold = SEVERITY_ERROR;
	assert_omits("<failure");
}
END_TEST

START_TEST(test_skipped)
{
	static const char *const because[] = {"the capture ends \033 first"};
	static const struct suppression until = {"a \"test\"", "2027-01-31"};
	static const struct suppression ever = {.reason = "<old>"};

	sample.findings[0].baseline = BASELINE_NEW;
	assert_prints("failures=\"1\" errors=\"0\" skipped=\"0\"");
	sample.findings[0].baseline = BASELINE_KNOWN;
	assert_prints("failures=\"0\" errors=\"0\" skipped=\"1\"");
	assert_prints("<skipped message=\"known before\"/><system-out>\n");
	sample.findings[0].suppression = &ever;
	assert_prints("<skipped message=\"suppressed: &lt;old&gt;\"/>");
	sample.findings[0].suppression = &until;
	assert_prints("<skipped message=\"suppressed: a &quot;test&quot; (until 2027-01-31)\"/>");
	sample.findings[0].suppression = NULL;
	sample.findings[0].baseline = BASELINE_NONE;
	sample.findings[0].verdict = VERDICT_INCONCLUSIVE;
	sample.findings[0].because = (struct text_list){because, 1};
	assert_prints("failures=\"0\" errors=\"0\" skipped=\"1\"");
	assert_prints(
	    "<skipped message=\"undecided, because the capture ends \\u{1b} first. It is an "
	    "error if it is so.\"/>");
}
END_TEST

START_TEST(test_nothing)
{
	sample.capture.findings.count = 0;
	assert_prints("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\"");
	assert_prints("name=\"No rule matches\" file=\"/captures/site/a.b.pcapng\"></testcase>\n");
	sample.facts.unjudged = "no packet of it was read";
	sample.facts.has_time = false;
	sample.facts.damage = "record 29 is cut";
	sample.capture.name = NULL;
	sample.facts.file = "-";
	assert_prints(
	    "<testsuite name=\"-\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n");
	assert_prints("<testcase classname=\"smbtriage.stdin\" name=\"The capture can be judged\" "
		      "file=\"-\"><error message=\"no packet of it was read\" type=\"unjudged\">no "
		      "packet of it was read</error></testcase>\n"
		      "<system-err>record 29 is cut</system-err></testsuite>\n");
}
END_TEST

START_TEST(test_unreadable)
{
	static const struct report_failure failures[] = {{"a<b.etl", "a<b.etl: an ETL trace"}};

	sample.report.failed = failures;
	sample.report.failed_count = 1;
	assert_prints(
	    "<testsuite name=\"a&lt;b.etl\" tests=\"1\" failures=\"0\" errors=\"1\" "
	    "skipped=\"0\">\n"
	    "<testcase classname=\"smbtriage.a&lt;b_etl\" name=\"The file can be read\" "
	    "file=\"a&lt;b.etl\"><error message=\"a&lt;b.etl: an ETL trace\" "
	    "type=\"unreadable\">a&lt;b.etl: an ETL trace</error></testcase></testsuite>\n"
	    "</testsuites>\n");
}
END_TEST

/* What a packet said stands in an attribute and in the lines of the evidence. */
START_TEST(test_hostile)
{
	sample.findings[0].summary = "</failure>\033[2J\xef\xbf\xbf]]>\n&amp;";
	sample.report.is_colored = true;
	assert_prints(
	    "<failure message=\"&lt;/failure&gt;\\u{1b}[2J\\u{ffff}]]&gt;\\u{a}&amp;amp;\" ");
	assert_prints("\n  &lt;/failure&gt;\\u{1b}[2J\\u{ffff}]]&gt;\\u{a}&amp;amp;\n");
	assert_omits("\033");
}
END_TEST

Suite *
junit_suite(void)
{
	Suite *suite = suite_create("junit");
	TCase *tests = tcase_create("junit");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_loop_test(tests, test_failed, 0, COUNT(failed));
	tcase_add_test(tests, test_threshold);
	tcase_add_test(tests, test_skipped);
	tcase_add_test(tests, test_nothing);
	tcase_add_test(tests, test_unreadable);
	tcase_add_test(tests, test_hostile);
	suite_add_tcase(suite, tests);
	return suite;
}
