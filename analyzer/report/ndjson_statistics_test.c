#include "analyzer/report/ndjson_statistics.h"

#include <check.h>

#include "analyzer/report/calls_sample_test.h"

Suite *ndjson_statistics_suite(void);

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

/* 100 µs, 110 µs, … 150 µs, one of them with an error. Buckets of 64 to 131 µs are 2048 ns wide, so
 * that the median, 120 µs, is told as the middle of 118 784 to 120 831. */
START_TEST(test_records)
{
	struct sample sample;
	struct statistics_server *server;

	sample_init(&sample, "ndjson");
	server = calls_at(&sample, &arena, NULL);
	add_calls(&sample, server, CALL_READ, 0, 5, 100000, 10000);
	add_calls(&sample, server, CALL_READ, CALL_LOST, 1, 150000, 0);
	statistics_add_unasked(&sample.statistics, server, CALL_READ);
	statistics_add_unanswered(&sample.statistics, server, CALL_NOTIFY);
	assert_prints(&sample,
	    "{\"type\":\"statistics\",\"file\":\"incident.pcapng\",\"server\":\"10.0.0.9\","
	    "\"server_port\":445,\"conversations\":1,\"protocol\":\"smb2\",\"command\":\"READ\","
	    "\"calls\":6,\"failures\":1,\"unanswered\":0,\"unasked\":1,\"bytes\":6702,"
	    "\"bytes_by_side\":[702,6000],\"statuses\":[{\"status\":\"STATUS_SUCCESS\",\"count\":5}"
	    ","
	    "{\"status\":\"STATUS_NETWORK_NAME_DELETED\",\"count\":1}],\"other_statuses\":0,"
	    "\"timed\":6,\"sum_ns\":750000,\"mean_ns\":125000,\"first_byte_mean_ns\":62500,"
	    "\"min_ns\":100000,\"median_ns\":119807,\"p95_ns\":150000,\"p99_ns\":150000,"
	    "\"max_ns\":150000,\"max_frame\":10}\n"
	    "{\"type\":\"statistics\",\"file\":\"incident.pcapng\",\"server\":\"10.0.0.9\","
	    "\"server_port\":445,\"conversations\":1,\"protocol\":\"smb2\","
	    "\"command\":\"CHANGE_NOTIFY\",\"calls\":0,\"failures\":0,\"unanswered\":1,"
	    "\"unasked\":0,\"bytes\":0,\"bytes_by_side\":[0,0],\"statuses\":[],"
	    "\"other_statuses\":0,\"timed\":0}\n");
}
END_TEST

START_TEST(test_without_names)
{
	struct sample sample;
	struct statistics_server *server;
	char *printed;

	sample_init(&sample, "ndjson");
	server = calls_at(&sample, &arena, NULL);
	add_calls(&sample, server, CALL_UNKNOWN, CALL_STRANGE, 1, 1000, 0);
	add_calls(&sample, server, 1000, 0, 1, 1000, 0);
	printed = calls_print(&sample);
	ck_assert_ptr_nonnull(strstr(printed, "\"command\":\"0x2A\""));
	ck_assert_ptr_nonnull(strstr(printed, "{\"status\":\"0xC0001234\",\"count\":1}"));
	ck_assert_ptr_nonnull(strstr(printed, "\"command\":\"other\""));
	free(printed);
	statistics_free(&sample.statistics);
}
END_TEST

/* What is counted together has no address. */
START_TEST(test_further_servers)
{
	struct sample sample;
	struct statistics_server *server;
	char addr[ADDR_TEXT_SIZE];
	char *printed;
	static const char start[] = "{\"type\":\"statistics\",\"file\":\"incident.pcapng\","
				    "\"conversations\":1,\"protocol\":\"smb2\",";

	sample_init(&sample, "ndjson");
	for (unsigned i = 0; i <= STATISTICS_MOST_SERVERS; i++) {
		snprintf(addr, sizeof(addr), "10.1.%u.%u", i / 256, i % 256);
		server = calls_at(&sample, &arena, addr);
	}
	add_calls(&sample, server, CALL_READ, 0, 1, 1000, 0);
	printed = calls_print(&sample);
	ck_assert_int_eq(strncmp(printed, start, strlen(start)), 0);
	free(printed);
	statistics_free(&sample.statistics);
}
END_TEST

/* They are a part of the whole report, too, between conversations and findings. */
START_TEST(test_report)
{
	struct sample sample;
	static const char *const types[] = {"capture", "conversation", "statistics", "finding"};
	char *page, *line, start[32];

	sample_init(&sample, "ndjson");
	add_calls(&sample, calls_at(&sample, &arena, NULL), CALL_READ, 0, 1, 1000, 0);
	page = sample_print(&sample);
	line = strtok(page, "\n");
	for (size_t i = 0; i < COUNT(types); i++, line = strtok(NULL, "\n")) {
		snprintf(start, sizeof(start), "{\"type\":\"%s\",", types[i]);
		ck_assert_int_eq(strncmp(line, start, strlen(start)), 0);
	}
	free(page);
	statistics_free(&sample.statistics);
}
END_TEST

START_TEST(test_none)
{
	struct sample sample;

	sample_init(&sample, "ndjson");
	assert_prints(&sample, "");
}
END_TEST

Suite *
ndjson_statistics_suite(void)
{
	Suite *suite = suite_create("ndjson_statistics");
	TCase *tests = tcase_create("ndjson_statistics");

	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_add_test(tests, test_records);
	tcase_add_test(tests, test_without_names);
	tcase_add_test(tests, test_further_servers);
	tcase_add_test(tests, test_report);
	tcase_add_test(tests, test_none);
	suite_add_tcase(suite, tests);
	return suite;
}
