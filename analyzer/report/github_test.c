#include "analyzer/report/github.h"

#include <check.h>

#include "analyzer/report/sample_test.h"

Suite *github_suite(void);

#define PLACE                                                                                  \
	"10.0.0.5:49711 → 10.0.0.9:445, 2023-11-14T22:13:20.056000001Z, 0.056000001 s into " \
	"the capture%0AWireshark: frame.number in {22, 23}%0A"                                 \
	"Rule smb-tree-bad-network-name, finding f-0123456789ab\n"
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

	sample_init(&sample, "github");
	assert_prints(&sample,
	    "::error file=incident.pcapng,title=The share does not exist on the server::" SUMMARY
	    "%0A" PLACE "::notice title=smbtriage::1 capture, 28 packets: 1 error\n");
}
END_TEST

/* The worst come first, whatever order they were found in. */
START_TEST(test_order)
{
	static const char *const because[] = {"the capture ends"};
	static const char *const wanted[] = {
	    "::error file=no.pcap,title=The file could not be read::no.pcap: no such file\n",
	    "::warning file=incident.pcapng,title=The share does not",
	    "::warning file=incident.pcapng,title=Inconclusive%3A The share",
	    "%0ACertainty: undecided, because the capture ends. It is an error if it is so.%0A",
	    "::warning file=incident.pcapng,title=The capture is cut or damaged::record 29 is",
	    "::notice file=incident.pcapng,title=The share does not",
	};
	struct sample sample;
	char *printed;
	const char *at;

	sample_init(&sample, "github");
	for (size_t i = 0; i < 3; i++)
		sample.findings[i] = sample.findings[0];
	sample.findings[0].severity = SEVERITY_NOTICE;
	sample.findings[1].verdict = VERDICT_INCONCLUSIVE;
	sample.findings[1].because = (struct text_list){because, 1};
	sample.findings[2].severity = SEVERITY_WARNING;
	sample.capture.findings.count = 3;
	sample.facts.damage = "record 29 is cut";
	sample.report.failed = &(struct report_failure){"no.pcap", "no.pcap: no such file"};
	sample.report.failed_count = 1;
	printed = sample_print(&sample);
	ck_assert_int_eq(strncmp(printed, wanted[0], strlen(wanted[0])), 0);
	at = printed;
	for (size_t i = 0; i < COUNT(wanted); i++) {
		at = strstr(at, wanted[i]);
		ck_assert_msg(at != NULL, "no \"%s\" there in:\n%s", wanted[i], printed);
	}
	free(printed);
}
END_TEST

/* What is suppressed, or known from before, is no annotation. */
START_TEST(test_what_does_not_count)
{
	struct sample sample;
	char *printed;

	sample_init(&sample, "github");
	sample.findings[1] = sample.findings[0];
	sample.findings[0].baseline = BASELINE_KNOWN;
	sample.findings[1].suppression = (const struct suppression *)&sample;
	sample.capture.findings.count = 2;
	printed = sample_print(&sample);
	ck_assert_int_eq(strncmp(printed, "::notice title=smbtriage::", 26), 0);
	free(printed);
}
END_TEST

static size_t
count_of(const char *chars, const char *part)
{
	size_t count = 0;

	for (; (chars = strstr(chars, part)) != NULL; chars += strlen(part))
		count++;
	return count;
}

/* Of each kind as many are commands as GitHub shows, the total among them; the log has the rest. */
START_TEST(test_more_than_shown)
{
	struct sample sample;
	char *printed;
	size_t length;

	sample_init(&sample, "github");
	sample.report.out = open_memstream(&printed, &length);
	report_begin(&sample.report);
	for (size_t i = 0; i < GITHUB_MOST_KEPT + 3; i++) {
		sample.findings[0].severity = i % 2 == 0 ? SEVERITY_ERROR : SEVERITY_NOTICE;
		report_add(&sample.report, &sample.capture);
	}
	sample.findings[0].severity = SEVERITY_ERROR;
	for (size_t i = 0; i < GITHUB_MOST_KEPT; i++)
		report_add(&sample.report, &sample.capture);
	report_end(&sample.report);
	fclose(sample.report.out);
	ck_assert_uint_eq(count_of(printed, "::error file="), GITHUB_MOST_SHOWN);
	ck_assert_uint_eq(count_of(printed, "::notice "), GITHUB_MOST_SHOWN);
	ck_assert_uint_eq(
	    count_of(printed, "\nerror: incident.pcapng: "), GITHUB_MOST_KEPT - GITHUB_MOST_SHOWN);
	ck_assert_uint_eq(count_of(printed, "\nnotice: incident.pcapng: "),
	    GITHUB_MOST_KEPT / 2 + 1 - (GITHUB_MOST_SHOWN - 1));
	ck_assert_ptr_nonnull(strstr(printed, "\nerror: and 502 more of these\n"));
	ck_assert_ptr_nonnull(
	    strstr(printed, "\n::group::smbtriage: 1984 more than GitHub shows as annotations\n"));
	ck_assert_ptr_nonnull(strstr(printed, "\n::endgroup::\n::notice title=smbtriage::"));
	free(printed);
}
END_TEST

/* No name from a packet, and none of a file, ends its property, its line or its command. */
START_TEST(test_hostile_names)
{
	struct sample sample;
	char *printed;

	sample_init(&sample, "github");
	sample.findings[0].summary = "100%\n::error::x\r\n\033[2J";
	sample.facts.file = "././a,b::c%3A\n.pcapng";
	printed = sample_print(&sample);
	ck_assert_ptr_eq(
	    strstr(printed, "::error file=a%2Cb%3A%3Ac%253A\\u{a}.pcapng,title=The share does not "
			    "exist on the server::100%25\\u{a}\\u{3a}:error\\u{3a}:x\\u{d}\\u{a}"
			    "\\u{1b}[2J%0A"),
	    printed);
	ck_assert_uint_eq(count_of(printed, "\n"), 2);
	free(printed);
}
END_TEST

/* The runner takes "##[" for a command wherever it stands in a plain line. */
START_TEST(test_hostile_names_in_the_log)
{
	struct sample sample;
	char *printed;
	size_t length;

	sample_init(&sample, "github");
	sample.findings[0].summary = "###[add-mask]x ##[error]y\n::stop-commands::z";
	sample.report.out = open_memstream(&printed, &length);
	report_begin(&sample.report);
	for (size_t i = 0; i <= GITHUB_MOST_SHOWN; i++)
		report_add(&sample.report, &sample.capture);
	report_end(&sample.report);
	fclose(sample.report.out);
	ck_assert_ptr_nonnull(strstr(printed,
	    "\nerror: incident.pcapng: The share does not exist on the server: "
	    "#\\u{23}#[add-mask]x \\u{23}#[error]y\\u{a}\\u{3a}:stop-commands\\u{3a}:z | "
	    "10.0.0.5:49711"));
	free(printed);
}
END_TEST

START_TEST(test_standard_input)
{
	struct sample sample;
	char *printed;

	sample_init(&sample, "github");
	sample.facts.file = "-";
	printed = sample_print(&sample);
	ck_assert_int_eq(strncmp(printed, "::error title=The share", 23), 0);
	free(printed);
}
END_TEST

START_TEST(test_nothing_to_judge)
{
	struct sample sample;

	sample_init(&sample, "github");
	sample.facts.unjudged = "no link type of it is known";
	sample.capture.findings.count = 0;
	assert_prints(&sample,
	    "::warning file=incident.pcapng,title=Nothing in the capture could be judged::no link "
	    "type of it is known\n"
	    "::notice title=smbtriage::1 capture, 28 packets: nothing could be judged\n");
}
END_TEST

Suite *
github_suite(void)
{
	Suite *suite = suite_create("github");
	TCase *tests = tcase_create("annotations");

	tcase_add_test(tests, test_one_finding);
	tcase_add_test(tests, test_order);
	tcase_add_test(tests, test_what_does_not_count);
	tcase_add_test(tests, test_more_than_shown);
	tcase_add_test(tests, test_hostile_names);
	tcase_add_test(tests, test_hostile_names_in_the_log);
	tcase_add_test(tests, test_standard_input);
	tcase_add_test(tests, test_nothing_to_judge);
	suite_add_tcase(suite, tests);
	return suite;
}
