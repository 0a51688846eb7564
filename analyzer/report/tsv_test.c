#include "analyzer/report/tsv.h"

#include <check.h>

#include "analyzer/report/sample_test.h"

Suite *tsv_suite(void);

#define HEADING                                                                              \
	"file\tid\tverdict\tseverity\tstanding\trule\tclient\tserver\tport\tfirst_time\t"    \
	"occurrences\tstream\tframes\tfilter\tsummary\tbecause\tlast_time\tcontext\ttitle\t" \
	"number\tincident\tfollows_from\n"
#define SUMMARY "10.0.0.5 asked 10.0.0.9 for \\\\fs1\\dta; the server has no share of that name."

static void
assert_prints(struct sample *sample, const char *wanted)
{
	char *printed = sample_print(sample);

	ck_assert_str_eq(printed, wanted);
	free(printed);
}

START_TEST(test_one_finding)
{
	struct sample sample;

	sample_init(&sample, "tsv");
	assert_prints(&sample, HEADING
	    "incident.pcapng\tf-0123456789ab\tfound\terror\tcounts\tsmb-tree-bad-network-name\t"
	    "10.0.0.5\t10.0.0.9\t445\t2023-11-14T22:13:20.056000001Z\t1\t3\t22;23\t"
	    "frame.number in {22, 23}\t" SUMMARY
	    "\t\t2023-11-14T22:13:20.056000001Z\ttcp.stream == 3\t"
	    "The share does not exist on the server\t1\t1\t\n");
}
END_TEST

/* The cells of the line at NUMBER of the report, the heading's being 0: from COLUMN on, COUNT. */
static void
assert_cells(struct sample *sample, size_t number, size_t column, size_t count, const char *wanted)
{
	char *printed = sample_print(sample), *at = printed, *end;

	for (; number != 0; number--)
		at = strchr(at, '\n') + 1;
	for (; column != 0; column--)
		at = strchr(at, '\t') + 1;
	for (end = at; count != 0; count--)
		end += strcspn(end, "\t\n") + 1;
	end[-1] = '\0';
	ck_assert_str_eq(at, wanted);
	free(printed);
}

enum { VERDICT = 2, SEVERITY = 3, STANDING = 4, CLIENT_CELL = 6, FIRST_TIME = 9, BECAUSE = 15 };

START_TEST(test_verdicts)
{
	static const char *const because[] = {"the capture ends", "packets\tare missing"};
	struct sample sample;

	sample_init(&sample, "tsv");
	sample.findings[1] = sample.findings[0];
	sample.findings[1].verdict = VERDICT_INCONCLUSIVE;
	sample.findings[1].severity = SEVERITY_WARNING;
	sample.findings[1].because = (struct text_list){because, 2};
	sample.findings[1].follows_from = 1;
	sample.capture.findings.count = 2;
	assert_cells(&sample, 2, VERDICT, 2, "inconclusive\twarning");
	assert_cells(&sample, 2, BECAUSE, 1, "the capture ends; packets\\u{9}are missing");
	assert_cells(&sample, 2, 19, 3, "2\t1\t1");
}
END_TEST

/* What does not count is there all the same, and says why it does not. */
START_TEST(test_standing)
{
	struct sample sample;

	sample_init(&sample, "tsv");
	sample.findings[0].baseline = BASELINE_NEW;
	assert_cells(&sample, 1, STANDING, 1, "new");
	sample.findings[0].baseline = BASELINE_KNOWN;
	assert_cells(&sample, 1, STANDING, 1, "known");
	sample.findings[0].suppression = (const struct suppression *)&sample;
	assert_cells(&sample, 1, STANDING, 1, "suppressed");
}
END_TEST

START_TEST(test_what_is_not_known)
{
	struct sample sample;

	sample_init(&sample, "tsv");
	sample.facts.has_time = false;
	sample.conversation_facts.client = (struct addr){0};
	sample.conversation_facts.server_port = 0;
	sample.findings[0].context = NULL;
	assert_cells(&sample, 1, CLIENT_CELL, 4, "\t10.0.0.9\t0\t");
	assert_cells(&sample, 1, 16, 2, "\t");
}
END_TEST

/* A file of which little or nothing is known has a line of its own, whatever else there is. */
START_TEST(test_files)
{
	static const struct report_failure failed[] = {{"=a\nb.pcap", "=a\nb.pcap: no such file"}};
	struct sample sample;

	sample_init(&sample, "tsv");
	sample.facts.damage = "record 29 is cut";
	sample.facts.unjudged = "no link type of it is known";
	sample.capture.findings.count = 0;
	sample.report.failed = failed;
	sample.report.failed_count = 1;
	assert_prints(&sample, HEADING
	    "incident.pcapng\t\tdamaged\t\t\t\t\t\t\t\t\t\t\t\trecord 29 is cut\t\t\t\t\t\t\t\n"
	    "incident.pcapng\t\tunjudged\t\t\t\t\t\t\t\t\t\t\t\tno link type of it is known"
	    "\t\t\t\t\t\t\t\n"
	    "'=a\\u{a}b.pcap\t\tunreadable\t\t\t\t\t\t\t\t\t\t\t\t'=a\\u{a}b.pcap: no such file"
	    "\t\t\t\t\t\t\t\n");
}
END_TEST

START_TEST(test_nothing_found)
{
	struct sample sample;

	sample_init(&sample, "tsv");
	sample.capture.findings.count = 0;
	assert_prints(&sample, HEADING);
}
END_TEST

/* No name from a packet makes another line or another cell. */
START_TEST(test_hostile_names)
{
	struct sample sample;

	sample_init(&sample, "tsv");
	sample.findings[0].summary = "\"=1\tx\ny";
	assert_cells(&sample, 1, 14, 2, "'\"=1\\u{9}x\\u{a}y\t");
}
END_TEST

Suite *
tsv_suite(void)
{
	Suite *suite = suite_create("tsv");
	TCase *tests = tcase_create("findings");

	tcase_add_test(tests, test_one_finding);
	tcase_add_test(tests, test_verdicts);
	tcase_add_test(tests, test_standing);
	tcase_add_test(tests, test_what_is_not_known);
	tcase_add_test(tests, test_files);
	tcase_add_test(tests, test_nothing_found);
	tcase_add_test(tests, test_hostile_names);
	suite_add_tcase(suite, tests);
	return suite;
}
