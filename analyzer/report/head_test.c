#include "analyzer/report/head.h"

#include <check.h>

#include "analyzer/report/sample_test.h"

Suite *head_suite(void);

static struct arena arena;

static void
teardown(void)
{
	arena_free(&arena);
}

/* All rows, each "label: value", those about what is missing with a "-" before. */
static void
assert_rows(const struct sample *sample, const char *wanted)
{
	struct head head = head_of(&sample->capture, &arena);
	struct text rows = {0};

	for (size_t i = 0; i < head.count; i++)
		text_addf(&rows, "%s%s: %s\n", head.rows[i].is_lack ? "-" : "", head.rows[i].label,
		    head.rows[i].value);
	ck_assert_str_eq(text_chars(&rows), wanted);
	text_free(&rows);
	head_free(&head);
}

START_TEST(test_rows)
{
	struct sample sample;

	sample_init(&sample, "text");
	assert_rows(&sample,
	    "capture: 28 packets, pcapng, 4 TCP streams\n"
	    "time: 2023-11-14T22:13:20.000000000Z, lasting 60.0 s\n"
	    "taken at: a place that is not known (--vantage tells it)\n"
	    "-quality: Nothing is known to be missing: silence in it counts as silence.\n"
	    "SMB: 1 conversation: 1 got to SESSION_SETUP\n"
	    "result: 1 error\n");
}
END_TEST

/* Rows that not every capture has, and findings of one incident. */
START_TEST(test_more_rows)
{
	static const char *const comments[] = {"one", "a\nb", "three", "four"};
	struct sample sample;

	sample_init(&sample, "text");
	sample.facts.compression = "gzip";
	sample.facts.syn_only_streams = 2;
	sample.facts.comments = comments;
	sample.facts.comment_count = 4;
	sample.facts.damage = "record 29 is cut";
	sample.facts.duplicates = 2;
	sample.capture.sha256 = "00ff";
	sample.findings[1] = sample.findings[0];
	sample.findings[1].verdict = VERDICT_INCONCLUSIVE;
	sample.capture.findings.count = 2;
	assert_rows(&sample,
	    "capture: 28 packets, pcapng in gzip, 4 TCP streams (2 only of SYNs)\n"
	    "time: 2023-11-14T22:13:20.000000000Z, lasting 60.0 s\n"
	    "sha256: 00ff\n"
	    "comment: one\n"
	    "comment: a\\u{a}b\n"
	    "comment: three\n"
	    "taken at: a place that is not known (--vantage tells it)\n"
	    "-quality: The file is cut or damaged: record 29 is cut. What was open there is "
	    "undecided.\n"
	    "-quality: 2 packets shown more than once (mirror port, several interfaces): each "
	    "counts once.\n"
	    "SMB: 1 conversation: 1 got to SESSION_SETUP\n"
	    "result: 1 error, 1 inconclusive in 1 incident\n");
}
END_TEST

/* Of a trace, which frames are where; of many files only the first. */
START_TEST(test_parts)
{
	struct capture_part parts[11] = {{.name = "a", .sha256 = "00ff"}};
	struct sample sample;
	char *page;

	for (size_t i = 0; i < COUNT(parts); i++) {
		parts[i].file = i != 1 ? "r/a" : "r/b\n";
		parts[i].first_frame = i * 2 + 1;
		parts[i].packets = 2;
	}
	sample_init(&sample, "text");
	sample.facts.parts = parts;
	sample.facts.part_count = 2;
	sample.facts.damage = "file r/a: it is cut";
	assert_rows(&sample,
	    "capture: 28 packets, pcapng, 4 TCP streams\n"
	    "time: 2023-11-14T22:13:20.000000000Z, lasting 60.0 s\n"
	    "part: frames 1 to 2: a, SHA-256 00ff\n"
	    "part: frames 3 to 4: r/b\\u{a}\n"
	    "taken at: a place that is not known (--vantage tells it)\n"
	    "-quality: The trace is cut or damaged: file r/a: it is cut. What was open there is "
	    "undecided.\n"
	    "SMB: 1 conversation: 1 got to SESSION_SETUP\n"
	    "result: 1 error\n");
	sample.facts.part_count = COUNT(parts);
	page = sample_print(&sample);
	ck_assert_ptr_nonnull(strstr(page, "incident.pcapng and 10 more files, one trace\n"));
	ck_assert_ptr_nonnull(strstr(page, "frames 15 to 16: r/a\n"));
	ck_assert_ptr_nonnull(strstr(page, "frames 17 to 28: 3 more files; NDJSON lists them\n"));
	free(page);
}
END_TEST

START_TEST(test_unjudged)
{
	struct sample sample;

	sample_init(&sample, "text");
	sample.facts.unjudged = "no link type of it is known\033";
	sample.facts.packets = 0;
	sample.facts.tcp_streams = 0;
	sample.facts.has_time = false;
	sample.capture.conversation_count = 0;
	sample.capture.findings.count = sample.capture.findings.incidents = 0;
	assert_rows(&sample,
	    "capture: 0 packets, pcapng\n"
	    "-quality: Nothing is known to be missing: silence in it counts as silence.\n"
	    "SMB: 0 conversations\n"
	    "result: nothing could be judged\n");
	ck_assert_str_eq(head_of_nothing(&sample.capture, &arena),
	    "Nothing could be judged: no link type of it is known\\u{1b}.");
}
END_TEST

START_TEST(test_nothing)
{
	const struct point_facts point = {.number = 2, .count = 2, .before = "client.pcapng"};
	struct sample sample;
	const char *start;

	sample_init(&sample, "text");
	start = "No rule matched. How far the conversations got is said above;";
	ck_assert_int_eq(
	    strncmp(head_of_nothing(&sample.capture, &arena), start, strlen(start)), 0);
	sample.facts.point = &point;
	start = "No rule matched here; a finding that several captures share is told once, with "
		"the one that is sure of it. How far";
	ck_assert_int_eq(
	    strncmp(head_of_nothing(&sample.capture, &arena), start, strlen(start)), 0);
	sample.capture.left_out = 1;
	ck_assert_str_eq(head_of_nothing(&sample.capture, &arena),
	    "Nothing is as severe as was asked for: 1 finding of less severity is left out.");
	sample.capture.left_out = 0;
	sample.capture.conversation_count = 0;
	start = "There is no SMB or Kerberos conversation in this capture,";
	ck_assert_int_eq(
	    strncmp(head_of_nothing(&sample.capture, &arena), start, strlen(start)), 0);
}
END_TEST

Suite *
head_suite(void)
{
	Suite *suite = suite_create("head");
	TCase *tests = tcase_create("rows");

	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_add_test(tests, test_rows);
	tcase_add_test(tests, test_more_rows);
	tcase_add_test(tests, test_parts);
	tcase_add_test(tests, test_unjudged);
	tcase_add_test(tests, test_nothing);
	suite_add_tcase(suite, tests);
	return suite;
}
