#include "analyzer/baseline.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/sample_test.h"
#include "rules/suppression.h"

Suite *baseline_suite(void);

static struct sample sample;
static struct baseline baseline;
static struct error error;
static char path[64]; /* of the file that was read last */

/* The ids differ as they do in a capture; the clients are the same. */
static void
setup(void)
{
	static const char *const ids[] = {"f-00000000000a", "f-00000000000b", "f-00000000000c"};

	sample_init(&sample, "text");
	for (size_t i = 0; i < COUNT(ids); i++) {
		sample.findings[i] = sample.findings[0];
		sample.findings[i].id = ids[i];
	}
	sample.findings[1].severity = SEVERITY_WARNING;
	sample.findings[2].verdict = VERDICT_INCONCLUSIVE;
	sample.capture.name = "site/a.pcapng";
	sample.capture.findings.count = 3;
	baseline = (struct baseline){.count = 0};
	error = (struct error){.status = EXIT_DONE};
}

static void
teardown(void)
{
	baseline_free(&baseline);
}

static bool
read_chars(const char *chars)
{
	bool is_ok;
	int fd;

	strcpy(path, "/tmp/smbtriage-baseline-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, chars, strlen(chars)), (ssize_t)strlen(chars));
	close(fd);
	is_ok = baseline_read(path, &baseline, &error);
	unlink(path);
	return is_ok;
}

/* ENTRIES of the one capture are what is known. */
static void
know(const char *entries)
{
	struct text text = {0};

	text_addf(&text,
	    "{\"format\":\"smbtriage-baseline\",\"version\":1,\"captures\":{\"site/"
	    "a.pcapng\":[%s]}}",
	    entries);
	ck_assert_msg(read_chars(text_chars(&text)), "%s", error.text);
	text_free(&text);
}

/* STATES has a 'k' for each known finding and an 'n' for each new one, then a '-' for each entry
 * that stands for none. */
static void
assert_marks(const char *states)
{
	const struct baseline_capture *known;
	struct text text = {0};

	baseline_mark(&baseline, &sample.capture);
	known = baseline_find(&baseline, "site/a.pcapng");
	for (size_t i = 0; i < sample.capture.findings.count; i++)
		text_add_char(&text, ".nk"[sample.findings[i].baseline]);
	for (size_t i = 0; known != NULL && i < known->count; i++)
		text_add(&text, known->entries[i].is_matched ? "" : "-");
	ck_assert_str_eq(text_chars(&text), states);
	text_free(&text);
}

static char *
written(void)
{
	char *chars = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&chars, &length);

	baseline_write(&baseline, out);
	fclose(out);
	return chars;
}

START_TEST(test_writes_an_entry_a_line)
{
	char *chars;

	sample.capture.findings.count = 2;
	sample.findings[1].summary = "a \"b\"\n\033[2J";
	sample.findings[1].exchange = &sample.exchange.common;
	baseline_add(&baseline, &sample.capture);
	sample.capture.name = "empty.pcap";
	sample.capture.findings.count = 0;
	baseline_add(&baseline, &sample.capture);
	chars = written();
	ck_assert_str_eq(chars,
	    "{\"format\":\"smbtriage-baseline\",\"version\":1,\"captures\":{\n"
	    "\"empty.pcap\":[],\n"
	    "\"site/a.pcapng\":[\n"
	    "{\"id\":\"f-00000000000a\",\"rule\":\"smb-tree-bad-network-name\",\"verdict\":"
	    "\"found\",\"severity\":\"error\",\"client\":\"10.0.0.5\",\"server\":\"10.0.0.9\","
	    "\"summary\":\"10.0.0.5 asked 10.0.0.9 for \\\\\\\\fs1\\\\dta; the server has no share "
	    "of that name.\"},\n"
	    "{\"id\":\"f-00000000000b\",\"rule\":\"smb-tree-bad-network-name\",\"verdict\":"
	    "\"found\",\"severity\":\"warning\",\"client\":\"10.0.0.5\",\"server\":\"10.0.0.9\","
	    "\"summary\":\"a \\\"b\\\"\\n\\u001b[2J\"}\n"
	    "]\n"
	    "}}\n");
	free(chars);
}
END_TEST

/* Also names and sentences that are no UTF-8, or that a terminal would obey. */
START_TEST(test_knows_what_it_wrote)
{
	char *chars;

	sample.capture.name = "\xff\xfe\033\xe2\x80\xae\"\\.pcap";
	sample.findings[0].summary = "\xc3 \xed\xa0\x80 \xef\xbf\xbf \xf0\x9f\x98\x80";
	baseline_add(&baseline, &sample.capture);
	chars = written();
	baseline_free(&baseline);
	ck_assert_msg(read_chars(chars), "%s", error.text);
	free(chars);
	ck_assert_uint_eq(baseline.count, 1);
	ck_assert_uint_eq(baseline.captures[0]->count, 3);
	assert_marks("kkk");
	ck_assert(baseline.captures[0]->is_met);
}
END_TEST

START_TEST(test_knows_nothing_of_another_capture)
{
	know("{\"rule\":\"smb-tree-bad-network-name\"}");
	sample.capture.name = "a.pcapng";
	assert_marks("nnn-");
	ck_assert(!baseline.captures[0]->is_met);
}
END_TEST

static const struct {
	const char *entries, *states;
} matches[] = {
    {"", "nnn"},
    {"{\"id\":\"f-00000000000b\"}", "nkn"},
    {"{\"id\":\"f-00000000000d\"}", "nnn-"},
    {"{\"id\":\"f-00000000000b\"},{\"id\":\"f-00000000000b\"}", "nkn-"},
    {"{\"id\":\"f-00000000000b\",\"severity\":\"error\"}", "nnn-"},
    {"{\"rule\":\"smb-tree-bad-network-name\"}", "knn"},
    {"{\"rule\":\"smb-tree-access-denied\"}", "nnn-"},
    {"{\"verdict\":\"inconclusive\"}", "nnk"},
    {"{\"severity\":\"warning\"}", "nkn"},
    {"{\"client\":\"10.0.0.5\",\"server\":\"10.0.0.9\"}", "knn"},
    {"{\"client\":\"10.0.0.9\"}", "nnn-"},
    /* Who says less takes what others leave. */
    {"{\"client\":\"10.0.0.5\"},{\"id\":\"f-00000000000a\"}", "kkn"},
    {"{\"client\":\"10.0.0.5\"},{\"severity\":\"error\"},{\"verdict\":\"found\"}", "kkk"},
    {"{\"severity\":\"error\"},{\"client\":\"10.0.0.5\"},{\"verdict\":\"inconclusive\"}", "kkk"},
    /* Two of them must move for the third. */
    {"{\"client\":\"10.0.0.5\"},{\"verdict\":\"found\"},"
     "{\"verdict\":\"found\",\"severity\":\"error\"}",
	"kkk"},
    {"{\"client\":\"10.0.0.5\"},{\"client\":\"10.0.0.5\"},{\"client\":\"10.0.0.5\"},"
     "{\"client\":\"10.0.0.5\"}",
	"kkk-"},
};

START_TEST(test_one_entry_is_one_finding)
{
	know(matches[_i].entries);
	assert_marks(matches[_i].states);
}
END_TEST

/* A name that several operands have: what one capture took, the next cannot have. */
START_TEST(test_entries_are_spent)
{
	know("{\"client\":\"10.0.0.5\"},{\"id\":\"f-00000000000a\"},{\"client\":\"10.0.0.5\"},"
	     "{\"client\":\"10.0.0.5\"}");
	assert_marks("kkk-");
	sample.capture.findings.count = 2;
	assert_marks("kn");
}
END_TEST

/* Another capture of the same failure has other times in it. */
START_TEST(test_a_summary_beside_an_id_is_to_be_read)
{
	know("{\"id\":\"f-00000000000a\",\"summary\":\"after 60.1 s\"},"
	     "{\"id\":\"f-00000000000b\",\"severity\":\"error\"},"
	     "{\"rule\":\"smb-tree-bad-network-name\",\"summary\":\"after 60.1 s\"}");
	assert_marks("knn--");
}
END_TEST

START_TEST(test_what_is_suppressed_does_not_become_known)
{
	struct suppression suppression = {.reason = "as agreed", .expires = "2027-01-31"};
	const struct baseline_capture *known;

	sample.findings[0].suppression = sample.findings[2].suppression = &suppression;
	baseline_add(&baseline, &sample.capture);
	known = baseline_find(&baseline, "site/a.pcapng");
	ck_assert_uint_eq(known->count, 1);
	ck_assert_str_eq(known->entries[0].values[BASELINE_ID], "f-00000000000b");
}
END_TEST

START_TEST(test_findings_without_addresses)
{
	sample.conversation_facts.client.family = ADDR_NONE;
	know("{\"client\":\"10.0.0.5\"},{\"server\":\"10.0.0.9\"}");
	assert_marks("knn-");
}
END_TEST

START_TEST(test_addresses_are_canonical)
{
	addr_parse("fe80::1", &sample.conversation_facts.client);
	know("{\"client\":\"FE80:0::0001\"}");
	assert_marks("knn");
}
END_TEST

#define CAPTURES(captures) \
	"{\"format\":\"smbtriage-baseline\",\"version\":1,\"captures\":" captures "}"

static const struct {
	const char *chars, *said;
} damages[] = {
    {"", ":1:0: '[' or '{' expected near end of file; expected a baseline"},
    {"{\n\"format\" 1}", ":2:10: ':' expected near '1'; expected a baseline"},
    {CAPTURES("{}") "x", ":1:58: end of file expected near 'x'"},
    {"{\"a\":1,\n\"a\":2}", ":2:3: duplicate object key near '\"a\"'"},
    {"{\"a\" \"\xe2\x80\xae\"}", "near '\"\\u{202e}\"'"},
    {"[]", ": this is no baseline: expected an object with \"format\":\"smbtriage-baseline\""},
    {"{\"format\":\"sarif\"}", ": this is no baseline"},
    {"{\"format\":\"smbtriage-baseline\",\"version\":2}", ": expected \"version\":1"},
    {"{\"format\":\"smbtriage-baseline\",\"version\":1,\"capture\":{}}",
	": there is no member \"capture\"; did you mean \"captures\"?"},
    {CAPTURES("[]"), ": expected \"captures\", an object of lists"},
    {CAPTURES("{\"a\\u202e\":{}}"), ": \"a\\u{202e}\": expected a list of findings"},
    {CAPTURES("{\"a\":[[]]}"), ": \"a\", entry 1: expected an object such as {\"rule\":\"ID\"}"},
    {CAPTURES("{\"a\":[{}]}"), ": \"a\", entry 1: expected an object such as {\"rule\":\"ID\"}"},
    {CAPTURES("{\"a\":[{\"id\":\"x\"},{\"rul\":\"y\"}]}"),
	": \"a\", entry 2: there is no member \"rul\"; did you mean \"rule\"?"},
    {CAPTURES("{\"a\":[{\"id\":7}]}"), ": \"a\", entry 1: \"id\": expected a string"},
    {CAPTURES("{\"a\":[{\"verdict\":\"lost\"}]}"), "expected \"found\" or \"inconclusive\""},
    {CAPTURES("{\"a\":[{\"severity\":\"fatal\"}]}"), "expected \"error\", \"warning\" or"},
    {CAPTURES("{\"a\":[{\"client\":\"fs1\"}]}"), "\"client\": expected an IP address, and it is "
						 "\"fs1\""},
};

START_TEST(test_damage_is_one_sentence)
{
	ck_assert(!read_chars(damages[_i].chars));
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_int_eq(strncmp(error.text, path, strlen(path)), 0);
	ck_assert_msg(strstr(error.text, damages[_i].said) != NULL, "%s", error.text);
}
END_TEST

START_TEST(test_files_that_cannot_be_read)
{
	ck_assert(!baseline_read("/nowhere/x.json", &baseline, &error));
	ck_assert_str_eq(error.text, "/nowhere/x.json: No such file or directory");
	ck_assert(!baseline_read("/tmp", &baseline, &error));
	ck_assert_str_eq(error.text, "/tmp: Is a directory");
}
END_TEST

Suite *
baseline_suite(void)
{
	Suite *suite = suite_create("baseline");
	TCase *tests = tcase_create("baseline");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_writes_an_entry_a_line);
	tcase_add_test(tests, test_knows_what_it_wrote);
	tcase_add_test(tests, test_knows_nothing_of_another_capture);
	tcase_add_loop_test(tests, test_one_entry_is_one_finding, 0, COUNT(matches));
	tcase_add_test(tests, test_entries_are_spent);
	tcase_add_test(tests, test_a_summary_beside_an_id_is_to_be_read);
	tcase_add_test(tests, test_what_is_suppressed_does_not_become_known);
	tcase_add_test(tests, test_findings_without_addresses);
	tcase_add_test(tests, test_addresses_are_canonical);
	tcase_add_loop_test(tests, test_damage_is_one_sentence, 0, COUNT(damages));
	tcase_add_test(tests, test_files_that_cannot_be_read);
	suite_add_tcase(suite, tests);
	return suite;
}
