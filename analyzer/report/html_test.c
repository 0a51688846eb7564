#include "analyzer/report/html.h"

#include <check.h>

#include "analyzer/report/html_sample_test.h"
#include "analyzer/report/html_style.h"
#include "rules/suppression.h"

Suite *html_suite(void);

static struct sample sample;

static void
setup(void)
{
	sample_init(&sample, "html");
}

static void
assert_prints(const char *const wanted[], size_t count)
{
	char *page = sample_print(&sample);

	for (size_t i = 0; i < count; i++)
		ck_assert_msg(strstr(page, wanted[i]) != NULL, "\"%s\" is missing", wanted[i]);
	free(page);
}

#define ASSERT_PRINTS(...) \
	assert_prints(     \
	    (const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})))

static void
assert_lacks(const char *unwanted)
{
	char *page = sample_print(&sample);

	ck_assert_ptr_null(strstr(page, unwanted));
	free(page);
}

/* For a browser nothing is an escape in a style, and the policy is a hash of what it reads. */
START_TEST(test_style)
{
	ck_assert_uint_gt(strlen(html_style), 1000);
	ck_assert_ptr_null(strpbrk(html_style, "<>&\""));
	ck_assert_ptr_null(strstr(html_style, "url("));
	ck_assert_ptr_null(strstr(html_style, "@import"));
}
END_TEST

START_TEST(test_page)
{
	sample.capture.sha256 = "00ff";
	ASSERT_PRINTS("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "style-src 'sha256-",
	    "<title>1 error in incident.pcapng – smbtriage</title>", "<h1>1 error</h1>",
	    "<p class=\"lead\">1 capture, 28 packets</p>", "<h2>incident.pcapng</h2>",
	    "<span class=\"badge error\">1 error</span>",
	    "<a href=\"#c1-f1\">The share does not exist on the server</a><span class=\"next\">"
	    "Next: List the shares. (on the server)</span>",
	    "<td class=\"ends\" data-label=\"Who\">10.0.0.5:49711 → 10.0.0.9:445</td>",
	    "<td class=\"nowrap\" data-label=\"When\">0.056000001 s</td>",
	    "<td class=\"frames\" data-label=\"Frames\">22, 23</td><td data-label=\"How "
	    "sure\">found</td>",
	    "<li>Nothing is known to be missing: silence in it counts as silence.</li>",
	    "<th scope=\"row\">sha256</th><td>00ff</td>",
	    "<tr id=\"c1-v1\"><th scope=\"row\">3</th>",
	    "<td data-label=\"Findings\"><a href=\"#c1-f1\">1</a></td>", "</main></body></html>\n");
}
END_TEST

/* Whatever a name holds, it is text, and the text says what the name held. */
START_TEST(test_hostile)
{
	sample.facts.file = sample.capture.name = "a\"><script>.pcapng";
	sample.findings[0].summary = "asked for </style><img src=x onerror=alert(1)>\xe2\x80\xae";
	sample.exchange.path = "\"' onload=&\x1b[2J\xff";
	ASSERT_PRINTS("<h2>a&quot;&gt;&lt;script&gt;.pcapng</h2>",
	    "<title>1 error in a&quot;&gt;&lt;script&gt;.pcapng – smbtriage</title>",
	    "asked for &lt;/style&gt;&lt;img src=x onerror=alert(1)&gt;\\u{202e}",
	    "&quot;' onload=&amp;\\u{1b}[2J\xef\xbf\xbd");
	assert_lacks("<script");
	assert_lacks("<img");
}
END_TEST

START_TEST(test_several_captures)
{
	struct report_failure failed = {"x", "x: no such <file>"};
	char *chars = NULL;
	size_t length = 0;

	sample.report.out = open_memstream(&chars, &length);
	report_begin(&sample.report);
	report_add(&sample.report, &sample.capture);
	sample.capture.name = "second.pcapng";
	sample.capture.findings.count = 0;
	report_add(&sample.report, &sample.capture);
	sample.report.failed = &failed;
	sample.report.failed_count = 1;
	report_end(&sample.report);
	fclose(sample.report.out);
	ck_assert_ptr_null(sample.report.state);
	ck_assert_ptr_nonnull(strstr(chars, "<title>1 error – smbtriage</title>"));
	ck_assert_ptr_nonnull(strstr(chars, "<a href=\"#c1\">incident.pcapng</a></th>"
					    "<td data-label=\"Result\">1 error</td>"
					    "<td data-label=\"First\">The share does not exist"));
	ck_assert_ptr_nonnull(strstr(chars, "<a href=\"#c2\">second.pcapng</a></th>"
					    "<td data-label=\"Result\">no findings</td>"));
	ck_assert_ptr_nonnull(strstr(chars, "<section class=\"capture\" id=\"c2\">"));
	ck_assert_ptr_nonnull(strstr(chars, "No rule matched. "));
	ck_assert_ptr_nonnull(strstr(chars, "<li>x: no such &lt;file&gt;</li>"));
	free(chars);
}
END_TEST

/* What does not count is folded, and so is not the first thing that is seen. */
START_TEST(test_set_aside)
{
	struct suppression suppression = {.reason = "a <scanner>", .expires = "2027-01-31"};

	sample.findings[1] = sample.findings[0];
	sample.findings[1].suppression = &suppression;
	sample.findings[1].incident = 2;
	sample.capture.findings.count = sample.capture.findings.incidents = 2;
	ASSERT_PRINTS("<h1>1 error</h1>",
	    "<details class=\"folded\"><summary>1 finding suppressed or known before</summary>",
	    "<article class=\"finding error\" id=\"c1-f2\">",
	    "<td>suppressed until 2027-01-31: a &lt;scanner&gt;</td>",
	    "<td data-label=\"How sure\">found, suppressed</td>");
}
END_TEST

START_TEST(test_all_set_aside)
{
	char *page;

	sample.findings[0].baseline = BASELINE_KNOWN;
	page = sample_print(&sample);
	ck_assert_ptr_null(strstr(page, "<h3>Findings</h3>"));
	free(page);
	ASSERT_PRINTS("<h1>No findings</h1>",
	    "<p>Nothing but what was known or is suppressed; it stands folded below.</p>",
	    "<summary>1 finding suppressed or known before</summary>",
	    "<td data-label=\"How sure\">found, known before</td>");
}
END_TEST

/* More findings than a page has room for: the rest is in the other formats. */
START_TEST(test_bounds)
{
	struct finding *findings = calloc(HTML_MOST_LISTED + 1, sizeof(*findings));
	struct conversation_facts elsewhere = sample.conversation_facts;
	struct exchange outside = sample.exchange.common;
	char *page;

	outside.conversation = &elsewhere;
	ck_assert_ptr_nonnull(findings);
	for (size_t i = 0; i <= HTML_MOST_LISTED; i++) {
		findings[i] = sample.findings[0];
		findings[i].incident = i + 1;
	}
	findings[HTML_MOST_TOLD].follows_from = 1;
	findings[HTML_MOST_TOLD].examples[0] = &outside;
	sample.capture.findings = (struct finding_list){
	    .items = findings, .count = HTML_MOST_LISTED + 1, .incidents = HTML_MOST_LISTED + 1};
	page = sample_print(&sample);
	ck_assert_ptr_nonnull(strstr(page, "Of 1001 findings, the first 200 are told in full below "
					   "and the first 1000 listed; "));
	ck_assert_uint_eq(occurrences_of(page, "<article "), HTML_MOST_TOLD);
	ck_assert_uint_eq(occurrences_of(page, "data-label=\"How sure\""), HTML_MOST_LISTED);
	ck_assert_ptr_nonnull(strstr(page, "<a href=\"#c1-f200\">"));
	ck_assert_ptr_null(strstr(page, "#c1-f201"));
	ck_assert_ptr_nonnull(strstr(page, "<g><title>201. error: "));
	free(page);
	free(findings);
}
END_TEST

START_TEST(test_nothing_judged)
{
	sample.facts.unjudged = "the capture holds no <packets>";
	sample.facts.has_time = false;
	sample.capture.findings.count = 0;
	sample.capture.conversation_count = 0;
	ASSERT_PRINTS("<h1>Nothing could be judged</h1>",
	    "<p>Nothing could be judged: the capture holds no &lt;packets&gt;.</p>");
	assert_lacks("Timeline");
	assert_lacks("Conversations");
}
END_TEST

/* Every file failed, so that there is no capture at all. */
START_TEST(test_no_capture)
{
	char *chars = NULL;
	size_t length = 0;

	sample.report.out = open_memstream(&chars, &length);
	report_begin(&sample.report);
	report_end(&sample.report);
	fclose(sample.report.out);
	ck_assert_ptr_nonnull(strstr(chars, "<p class=\"lead\">0 captures, 0 packets</p>"));
	ck_assert_ptr_nonnull(strstr(chars, "</footer>\n</main></body></html>\n"));
	free(chars);
}
END_TEST

START_TEST(test_write_error)
{
	sample.report.out = fopen("/dev/full", "w");
	ck_assert_ptr_nonnull(sample.report.out);
	report_begin(&sample.report);
	report_add(&sample.report, &sample.capture);
	report_end(&sample.report);
	ck_assert_int_ne(ferror(sample.report.out), 0);
	fclose(sample.report.out);
}
END_TEST

Suite *
html_suite(void)
{
	Suite *suite = suite_create("html");
	TCase *tests = tcase_create("pages");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, test_style);
	tcase_add_test(tests, test_page);
	tcase_add_test(tests, test_hostile);
	tcase_add_test(tests, test_several_captures);
	tcase_add_test(tests, test_set_aside);
	tcase_add_test(tests, test_all_set_aside);
	tcase_add_test(tests, test_bounds);
	tcase_add_test(tests, test_nothing_judged);
	tcase_add_test(tests, test_no_capture);
	tcase_add_test(tests, test_write_error);
	suite_add_tcase(suite, tests);
	return suite;
}
