#include "analyzer/report/sarif.h"

#include <check.h>

#include "analyzer/report/sample_test.h"
#include "rules/suppression.h"

Suite *sarif_suite(void);

static struct sample sample;

static void
setup(void)
{
	sample_init(&sample, "sarif");
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

/* fixtures/sarif_check holds whole documents against the standard. */
static const char *const parts[] = {
    "{\n"
    "  \"$schema\": \"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json\",\n"
    "  \"version\": \"2.1.0\",\n"
    "  \"runs\": [\n"
    "    {\n",
    "      \"results\": [\n"
    "        {\n"
    "          \"ruleId\": \"smb-tree-bad-network-name\",\n"
    "          \"ruleIndex\": 0,\n"
    "          \"kind\": \"fail\",\n"
    "          \"level\": \"error\",\n"
    "          \"message\": {\n"
    "            \"text\": \"10.0.0.5 asked 10.0.0.9 for \\\\\\\\fs1\\\\dta; the server has no "
    "share "
    "of that name.\\n\\nNext: 1. List the shares. (on the server) Get-SmbShare\\n2. Create the "
    "share again. (on the server) Risk: whoever may read the folder can read the share.\"\n"
    "          },\n",
    "          \"locations\": [\n"
    "            {\n"
    "              \"physicalLocation\": {\n"
    "                \"artifactLocation\": {\"uri\": \"incident.pcapng\", \"uriBaseId\": \"CWD\", "
    "\"index\": 0}\n"
    "              },\n"
    "              \"logicalLocations\": [\n"
    "                {\"name\": \"10.0.0.5:49711\", \"kind\": \"client\"},\n"
    "                {\"name\": \"10.0.0.9:445\", \"kind\": \"server\"},\n"
    "                {\"name\": \"tcp.stream == 3\", \"kind\": \"conversation\"}\n"
    "              ]\n"
    "            }\n"
    "          ],\n",
    "          \"suppressions\": [],\n"
    "          \"properties\": {\n"
    "            \"file\": \"incident.pcapng\",\n"
    "            \"id\": \"f-0123456789ab\",\n",
    "          \"hashes\": {\"sha-256\": \"0011\"},\n",
    "          \"executionSuccessful\": true,\n"
    "          \"toolExecutionNotifications\": []\n",
    "              \"id\": \"smb-tree-bad-network-name\",\n"
    "              \"name\": \"SmbTreeBadNetworkName\",\n"
    "              \"shortDescription\": {\"text\": \"The share does not exist on the server\"},\n"
    "              \"help\": {\n"
    "                \"text\": \"Harmless: A client that probes for a share it can do "
    "without.\\n\\n"
    "Unseen: In an encrypted session the tree connect is not visible.\"\n"
    "              },\n"
    "              \"defaultConfiguration\": {\"level\": \"error\"},\n",
};

START_TEST(test_parts)
{
	assert_prints(parts[_i]);
}
END_TEST

START_TEST(test_open)
{
	static const char *const because[] = {"the {capture} ends"};

	sample.findings[0].verdict = VERDICT_INCONCLUSIVE;
	sample.findings[0].severity = SEVERITY_WARNING;
	sample.findings[0].because = (struct text_list){because, 1};
	assert_prints("          \"kind\": \"open\",\n          \"level\": \"none\",\n");
	assert_prints(
	    "name.\\n\\nCertainty: undecided, because the {{capture}} ends. It is a warning if "
	    "it is so.\\n\\nNext: ");
	sample.findings[0].verdict = VERDICT_FOUND;
	assert_prints("          \"kind\": \"fail\",\n          \"level\": \"warning\",\n");
}
END_TEST

START_TEST(test_set_aside)
{
	static const struct suppression until = {"a test", "2027-01-31"};

	assert_omits("baselineState");
	sample.findings[0].baseline = BASELINE_NEW;
	assert_prints("          \"baselineState\": \"new\",\n          \"suppressions\": [],\n");
	sample.findings[0].baseline = BASELINE_KNOWN;
	sample.findings[0].suppression = &until;
	assert_prints("          \"baselineState\": \"unchanged\",\n"
		      "          \"suppressions\": [\n"
		      "            {\n"
		      "              \"kind\": \"external\",\n"
		      "              \"status\": \"accepted\",\n"
		      "              \"justification\": \"a test\",\n"
		      "              \"properties\": {\"expires\": \"2027-01-31\"}\n"
		      "            }\n"
		      "          ],\n");
}
END_TEST

/* A rule that fired twice and a capture named twice are described once. */
START_TEST(test_indices)
{
	static struct rule other;
	char *document = NULL, *first;
	size_t length = 0;

	other = sample_rule;
	other.id = "other";
	sample.findings[2] = sample.findings[1] = sample.findings[0];
	sample.findings[1].rule = &other;
	sample.capture.findings.count = 3;
	sample.report.out = open_memstream(&document, &length);
	report_begin(&sample.report);
	report_add(&sample.report, &sample.capture);
	report_add(&sample.report, &sample.capture);
	report_end(&sample.report);
	fclose(sample.report.out);
	first = strstr(document, "\"ruleId\": \"other\",\n          \"ruleIndex\": 1,");
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(strstr(first, "\"ruleIndex\": 0,"));
	ck_assert_ptr_null(strstr(document, "\"ruleIndex\": 2,"));
	ck_assert_ptr_null(strstr(document, "\"index\": 1"));
	ck_assert_ptr_nonnull(strstr(document, "\"captures\": 2,"));
	free(document);
}
END_TEST

START_TEST(test_troubles)
{
	static const struct report_failure failures[] = {{"a.etl", "a.etl: an {ETL} trace"}};

	sample.capture.findings.count = 0;
	sample.facts.file = "-";
	sample.facts.unjudged = "nothing was read";
	sample.facts.damage = "record 29 is cut";
	sample.report.failed = failures;
	sample.report.failed_count = 1;
	assert_prints("      \"results\": [],\n");
	assert_prints(
	    "          \"executionSuccessful\": false,\n"
	    "          \"toolExecutionNotifications\": [\n"
	    "            {\n"
	    "              \"descriptor\": {\"id\": \"unjudged-capture\", \"index\": 1},\n"
	    "              \"level\": \"error\",\n"
	    "              \"message\": {\"text\": \"nothing was read\"},\n"
	    "              \"locations\": [\n"
	    "                {\n"
	    "                  \"physicalLocation\": {\n"
	    "                    \"artifactLocation\": {\n"
	    "                      \"description\": {\"text\": \"standard input\"},\n"
	    "                      \"index\": 0\n");
	assert_prints(
	    "              \"descriptor\": {\"id\": \"damaged-capture\", \"index\": 2},\n");
	assert_prints("              \"descriptor\": {\"id\": \"unreadable-file\", \"index\": 0},\n"
		      "              \"level\": \"error\",\n"
		      "              \"message\": {\"text\": \"a.etl: an {{ETL}} trace\"}\n");
}
END_TEST

START_TEST(test_abandoned)
{
	char *document = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&document, &length);

	sample.report.out = out;
	report_begin(&sample.report);
	report_add(&sample.report, &sample.capture);
	report_abandon(&sample.report);
	fclose(out);
	ck_assert_ptr_null(sample.report.state);
	ck_assert_ptr_null(strstr(document, "\"tool\""));
	free(document);
}
END_TEST

Suite *
sarif_suite(void)
{
	Suite *suite = suite_create("sarif");
	TCase *tests = tcase_create("sarif");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_loop_test(tests, test_parts, 0, COUNT(parts));
	tcase_add_test(tests, test_open);
	tcase_add_test(tests, test_set_aside);
	tcase_add_test(tests, test_indices);
	tcase_add_test(tests, test_troubles);
	tcase_add_test(tests, test_abandoned);
	suite_add_tcase(suite, tests);
	return suite;
}
