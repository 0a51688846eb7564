#include "analyzer/report/statistics_text.h"

#include <check.h>

#include "analyzer/report/calls_sample_test.h"
#include "analyzer/report/page.h"
#include "analyzer/report/wrap.h"

Suite *statistics_text_suite(void);

#define MS INT64_C(1000000)

static struct arena arena;

static void
teardown(void)
{
	arena_free(&arena);
}

static void
assert_prints(struct sample *sample, const char *wanted)
{
	char *printed = calls_print(sample);

	ck_assert_str_eq(printed, wanted);
	free(printed);
	statistics_free(&sample->statistics);
}

START_TEST(test_none)
{
	struct sample sample;

	sample_init(&sample, "text");
	assert_prints(&sample, "incident.pcapng\n  No call of SMB2 was read in this capture.\n");
}
END_TEST

/* Columns are as wide as their widest cell, a micro sign counted as one column. The median, 250 µs,
 * is told as the middle of its bucket. */
START_TEST(test_table)
{
	struct sample sample;
	struct statistics_server *server;

	sample_init(&sample, "text");
	server = calls_at(&sample, &arena, NULL);
	add_calls(&sample, server, CALL_READ, 0, 4, 250000, 0);
	add_calls(&sample, server, CALL_READ, CALL_ABSENT, 2, 2 * MS, MS / 2);
	add_calls(&sample, server, CALL_UNKNOWN, CALL_STRANGE, 1, 1000, 0);
	add_calls(&sample, server, CALL_NOTIFY, CALL_LOST, 1, 600000 * MS, 0);
	statistics_add_unanswered(&sample.statistics, server, CALL_NOTIFY);
	statistics_add_unasked(&sample.statistics, server, CALL_READ);
	statistics_add_unasked(&sample.statistics, server, CALL_READ);
	statistics_add_unanswered(&sample.statistics, server, 3);
	assert_prints(&sample,
	    "incident.pcapng\n"
	    "\n"
	    "10.0.0.9:445 (smb2)\n"
	    "  8 calls on 1 connection, median 252 µs, 2 failed, 1 without an answer, 2\n"
	    "  answers without a request; requests 936 B, answers 8.00 kB\n"
	    "  command        calls      median         p95         p99     slowest  in frame    "
	    "bytes\n"
	    "  0x3                0           -           -           -           -         -      "
	    "0 B\n"
	    "    1 without an answer\n"
	    "  READ               6      252 µs     2.50 ms     2.50 ms     2.50 ms        12  "
	    "6.70 kB\n"
	    "    2 answers without a request, 2 × STATUS_OBJECT_NAME_NOT_FOUND\n"
	    "  CHANGE_NOTIFY      1  10 min 0 s  10 min 0 s  10 min 0 s  10 min 0 s        10  "
	    "1.12 kB\n"
	    "    1 without an answer, 1 × STATUS_NETWORK_NAME_DELETED\n"
	    "  0x2A               1     1.00 µs     1.00 µs     1.00 µs     1.00 µs        10  "
	    "1.12 kB\n"
	    "    1 × 0xC0001234\n");
}
END_TEST

START_TEST(test_many_statuses)
{
	struct sample sample;
	struct statistics_server *server;
	char *printed;

	sample_init(&sample, "text");
	server = calls_at(&sample, &arena, NULL);
	for (uint32_t i = 0; i < STATISTICS_MOST_STATUSES + 3; i++)
		add_calls(&sample, server, CALL_READ, CALL_STRANGE + i, 1, 1000, 0);
	printed = calls_print(&sample);
	ck_assert_ptr_nonnull(strstr(printed, ", 3 × another status\n"));
	for (char *line = strtok(printed, "\n"); line != NULL; line = strtok(NULL, "\n"))
		ck_assert_uint_le(wrap_columns(line), WRAP_COLUMNS);
	free(printed);
	statistics_free(&sample.statistics);
}
END_TEST

/* The second capture stands apart from the first. */
START_TEST(test_two_captures)
{
	struct sample sample;

	sample_init(&sample, "text");
	sample.report.captures = 1;
	assert_prints(&sample, "\nincident.pcapng\n  No call of SMB2 was read in this capture.\n");
}
END_TEST

START_TEST(test_file_name_is_escaped)
{
	struct sample sample;

	sample_init(&sample, "text");
	sample.facts.file = "a\033[2J";
	assert_prints(&sample, "a\\u{1b}[2J\n  No call of SMB2 was read in this capture.\n");
}
END_TEST

/* The rows that belong to the head of the report, each "label: value". */
static void
assert_rows(struct sample *sample, const char *wanted)
{
	struct head head = {.capture = &sample->capture, .arena = &arena};
	struct text rows = {0};

	statistics_settle(&sample->statistics);
	statistics_add_rows(&head);
	for (size_t i = 0; i < head.count; i++)
		text_addf(&rows, "%s: %s\n", head.rows[i].label, head.rows[i].value);
	ck_assert_str_eq(text_chars(&rows), wanted);
	text_free(&rows);
	head_free(&head);
	statistics_free(&sample->statistics);
}

START_TEST(test_row)
{
	struct sample sample;
	struct statistics_server *server;

	sample_init(&sample, "text");
	server = calls_at(&sample, &arena, NULL);
	add_calls(&sample, server, CALL_READ, 0, 98, 250000, 0);
	add_calls(&sample, server, CALL_READ, CALL_LOST, 2, 3 * MS, 1000 * MS);
	add_calls(&sample, server, CALL_NOTIFY, 0, 1, 600000 * MS, 0);
	assert_rows(&sample,
	    "calls: 10.0.0.9:445: 101 calls, median 252 µs, p99 2.98 ms, slowest READ 1.00 s "
	    "(frame 12), 2 failed\n");
}
END_TEST

START_TEST(test_row_in_report)
{
	struct sample sample;
	char *page;

	sample_init(&sample, "text");
	add_calls(&sample, calls_at(&sample, &arena, NULL), CALL_READ, 0, 10, MS, 0);
	page = sample_print(&sample);
	ck_assert_ptr_nonnull(
	    strstr(page, " got to SESSION_SETUP\n  calls     10.0.0.9:445: 10 calls, "));
	free(page);
	statistics_free(&sample.statistics);
}
END_TEST

/* Where little was asked, a median says little. */
START_TEST(test_few_calls)
{
	struct sample sample;

	sample_init(&sample, "text");
	add_calls(&sample, calls_at(&sample, &arena, NULL), CALL_READ, 0, 9, MS, 0);
	assert_rows(&sample, "");
}
END_TEST

/* Without a time, as the clock was set back. */
START_TEST(test_no_times)
{
	struct sample sample;

	sample_init(&sample, "text");
	add_calls(&sample, calls_at(&sample, &arena, NULL), CALL_READ, 0, 10, -MS, 0);
	assert_rows(&sample, "calls: 10.0.0.9:445: 10 calls\n");
}
END_TEST

/* The busiest three, whatever their order. */
START_TEST(test_busiest)
{
	static const unsigned counts[] = {12, 40, 5, 10, 30, 20};
	struct sample sample;
	char addr[] = "10.0.0.1";

	sample_init(&sample, "text");
	for (size_t i = 0; i < COUNT(counts); i++, addr[7]++)
		add_calls(&sample, calls_at(&sample, &arena, addr), CALL_READ, 0, counts[i], MS, 0);
	assert_rows(&sample,
	    "calls: 10.0.0.2:445: 40 calls, median 1.00 ms, slowest READ 1.00 ms (frame 10)\n"
	    "calls: 10.0.0.5:445: 30 calls, median 1.00 ms, slowest READ 1.00 ms (frame 10)\n"
	    "calls: 10.0.0.6:445: 20 calls, median 1.00 ms, slowest READ 1.00 ms (frame 10)\n"
	    ": 2 more servers: smbtriage stats has them all\n");
}
END_TEST

START_TEST(test_further_servers)
{
	struct sample sample;
	struct statistics_server *server;
	char addr[ADDR_TEXT_SIZE];

	sample_init(&sample, "text");
	for (unsigned i = 0; i <= STATISTICS_MOST_SERVERS; i++) {
		snprintf(addr, sizeof(addr), "10.1.%u.%u", i / 256, i % 256);
		server = calls_at(&sample, &arena, addr);
	}
	add_calls(&sample, server, CALL_READ, 0, 10, MS, 0);
	assert_rows(&sample,
	    "calls: servers beyond the first 1024: 10 calls, median 1.00 ms, slowest READ "
	    "1.00 ms (frame 10)\n");
}
END_TEST

static const struct {
	uint64_t bytes;
	const char *text;
} sizes[] = {
    {0, "0 B"},
    {999, "999 B"},
    {1000, "1.00 kB"},
    {9994, "9.99 kB"},
    {9995, "10.0 kB"},
    {99949, "99.9 kB"},
    {99950, "100 kB"},
    {999499, "999 kB"},
    {999500, "1.00 MB"},
    {1250000000, "1.25 GB"},
    {UINT64_MAX, "18.4 EB"},
};

START_TEST(test_size)
{
	struct text text = {0};

	page_add_size(&text, sizes[_i].bytes);
	ck_assert_str_eq(text_chars(&text), sizes[_i].text);
	text_free(&text);
}
END_TEST

Suite *
statistics_text_suite(void)
{
	Suite *suite = suite_create("statistics_text");
	TCase *tests = tcase_create("statistics_text");

	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_add_test(tests, test_none);
	tcase_add_test(tests, test_table);
	tcase_add_test(tests, test_many_statuses);
	tcase_add_test(tests, test_two_captures);
	tcase_add_test(tests, test_file_name_is_escaped);
	tcase_add_test(tests, test_row);
	tcase_add_test(tests, test_row_in_report);
	tcase_add_test(tests, test_few_calls);
	tcase_add_test(tests, test_no_times);
	tcase_add_test(tests, test_busiest);
	tcase_add_test(tests, test_further_servers);
	tcase_add_loop_test(tests, test_size, 0, COUNT(sizes));
	suite_add_tcase(suite, tests);
	return suite;
}
