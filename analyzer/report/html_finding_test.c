#include "analyzer/report/html_finding.h"

#include <check.h>

#include "analyzer/report/html_sample_test.h"

Suite *html_finding_suite(void);

static struct html_sample html;
static struct finding *findings;

/* Three findings of one incident; the second and third follow from the first. */
static void
setup(void)
{
	html_sample_init(&html);
	findings = html.sample.findings;
	findings[1] = findings[2] = findings[0];
	for (size_t i = 0; i < 3; i++) {
		findings[i].incident_size = 3;
		findings[i].follows_from = i == 0 ? 0 : 1;
	}
	html.sample.capture.findings.count = 3;
}

static void
teardown(void)
{
	html_sample_free(&html);
}

static const char *
write_finding(size_t number)
{
	html_finding(html_sample_begin(&html), number);
	return html_sample_end(&html);
}

static void
assert_has(const char *wanted)
{
	ck_assert_msg(strstr(html.chars, wanted) != NULL, "\"%s\" is missing", wanted);
}

START_TEST(test_evidence)
{
	write_finding(1);
	assert_has("<article class=\"finding error\" id=\"c1-f1\">");
	assert_has("<h4><span class=\"badge error\">error</span> 1. The share does not");
	assert_has("<p class=\"summary\">10.0.0.5 asked 10.0.0.9 for \\\\fs1\\dta; the");
	assert_has("<th scope=\"row\">Who</th><td>10.0.0.5:49711 → 10.0.0.9:445</td>");
	assert_has("<th scope=\"row\">When</th><td>2023-11-14T22:13:20.056000001Z, 0.056000001 s "
		   "into the capture</td>");
	assert_has("<th scope=\"row\">Frames</th><td>22, 23 (tcp.stream 3)</td>");
	assert_has("<td><code class=\"copy\">frame.number in {22, 23}</code></td>");
	assert_has("<td><code class=\"copy\">tcp.stream == 3</code></td>");
	assert_has("<th scope=\"row\">How sure</th><td>found; these frames show it.</td>");
	assert_has("<summary>What was read of it (smb2_tree_connect)</summary>");
	assert_has("<th scope=\"row\">status</th><td><span>STATUS_BAD_NETWORK_NAME (0xC00000CC)");
	assert_has("<th scope=\"row\">path</th><td><span>\\\\fs1\\dta</span></td>");
	ck_assert_ptr_null(strstr(html.chars, "How often"));
	ck_assert_ptr_null(strstr(html.chars, "Standing"));
	ck_assert_ptr_null(strstr(html.chars, "<th scope=\"row\">share_flags</th>"));
}
END_TEST

START_TEST(test_advice)
{
	write_finding(1);
	assert_has("<li>The name is misspelt in the client's request.</li>");
	assert_has("<li>List the shares. <span class=\"place\">(on the server)</span>"
		   "<pre>Get-SmbShare</pre></li>");
	assert_has("<span class=\"remark\"><b>Risk:</b> whoever may read the folder can read the "
		   "share.</span></li>");
	assert_has("<h5>When it is harmless</h5><p class=\"small\">A client that probes");
	assert_has("<h5>What the capture cannot show</h5><p class=\"small\">In an encrypted");
	assert_has("Rule <code class=\"copy\">smb-tree-bad-network-name</code>. Finding "
		   "<code class=\"copy\">f-0123456789ab</code>.");
}
END_TEST

START_TEST(test_quotes)
{
	findings[0].causes = (struct found_cause_list){sample_attested_causes, 2};
	write_finding(1);
	assert_has("request.<span class=\"remark\"><b>sh`a&lt;re&gt;s.txt:9 says so:</b> "
		   "<code>dta | &lt;b&gt; `x`</code></span></li>");
}
END_TEST

START_TEST(test_more_advice)
{
	static const struct step_advice step = {.text = "Allow SMB1.",
	    .run = "sc <x>",
	    .on = "client",
	    .applies_to = "Windows & older",
	    .lowers_security = true};
	static const char *const references[] = {"MS-SMB2 3.3.5.7", "RFC 1001"};
	struct rule rule = *findings[0].rule;

	rule.references = (struct text_list){references, 2};
	rule.benign = rule.blind = NULL;
	findings[0].rule = &rule;
	findings[0].next_steps = (struct advice_list){&step, 1};
	findings[0].causes.count = 0;
	write_finding(1);
	assert_has("<pre>sc &lt;x&gt;</pre>"
		   "<span class=\"remark\"><b>Applies to:</b> Windows &amp; older</span>"
		   "<span class=\"remark\"><b>Lowers security:</b> yes; take it back");
	assert_has("</code>, after MS-SMB2 3.3.5.7; RFC 1001. Finding");
	ck_assert_ptr_null(strstr(html.chars, "Likely causes"));
	ck_assert_ptr_null(strstr(html.chars, "When it is harmless"));
	ck_assert_ptr_null(strstr(html.chars, "What the capture cannot show"));
}
END_TEST

START_TEST(test_incident)
{
	static const char *const links[] = {"no ticket", "NTLM<b>"};

	findings[0].chain = (struct text_list){links, 2};
	write_finding(1);
	assert_has("<ol class=\"chain\" aria-label=\"What led to what\"><li>no ticket</li>"
		   "<li>NTLM&lt;b&gt;</li></ol>");
	assert_has("Explains <a href=\"#c1-f2\">finding 2</a>, <a href=\"#c1-f3\">finding 3</a>.");
	html_sample_free(&html);
	write_finding(3);
	assert_has("Follows from <a href=\"#c1-f1\">finding 1</a>. </p>");
	ck_assert_ptr_null(strstr(html.chars, "Explains"));
	ck_assert_ptr_null(strstr(html.chars, "class=\"chain\""));
}
END_TEST

START_TEST(test_advice_once)
{
	struct html_page *page = html_sample_begin(&html);

	html_finding(page, 1);
	html_finding(page, 2);
	html_sample_end(&html);
	assert_has("Causes and next steps are those of <a href=\"#c1-f1\">finding 1</a>.");
	ck_assert_uint_eq(occurrences_of(html.chars, "<pre>Get-SmbShare</pre>"), 1);
}
END_TEST

START_TEST(test_undecided)
{
	static const char *const because[] = {"the capture ends"};

	findings[0].verdict = VERDICT_INCONCLUSIVE;
	findings[0].because = (struct text_list){because, 1};
	findings[0].occurrences = 12;
	findings[0].baseline = BASELINE_NEW;
	findings[0].context = NULL;
	write_finding(1);
	assert_has("<article class=\"finding inconclusive\"");
	assert_has("<td>undecided, because the capture ends. It is an error if it is so.</td>");
	assert_has("<th scope=\"row\">How often</th><td>12 occurrences, the last at ");
	assert_has("<th scope=\"row\">Standing</th><td>new: the baseline does not have it</td>");
	ck_assert_ptr_null(strstr(html.chars, "With context"));
}
END_TEST

Suite *
html_finding_suite(void)
{
	Suite *suite = suite_create("html_finding");
	TCase *tests = tcase_create("findings");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_evidence);
	tcase_add_test(tests, test_advice);
	tcase_add_test(tests, test_quotes);
	tcase_add_test(tests, test_more_advice);
	tcase_add_test(tests, test_incident);
	tcase_add_test(tests, test_advice_once);
	tcase_add_test(tests, test_undecided);
	suite_add_tcase(suite, tests);
	return suite;
}
