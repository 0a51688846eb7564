#include "analyzer/report/tsv_tables.h"

#include <check.h>

#include "analyzer/report/calls_sample_test.h"

Suite *tsv_tables_suite(void);

static struct arena arena;

static void
teardown(void)
{
	arena_free(&arena);
}

START_TEST(test_stream)
{
	struct sample sample;
	char *printed;

	sample_init(&sample, "tsv");
	sample.conversation_facts.file = "a\tb.pcapng";
	sample.conversation_facts.protocol = NULL;
	printed = sample_print_stream(&sample);
	ck_assert_str_eq(printed,
	    "file\tstream\tclient\tclient_port\tserver\tserver_port\tprotocol\tfirst_frame\t"
	    "last_frame\tfirst_time\tlast_time\tclient_packets\tserver_packets\tclient_bytes\t"
	    "server_bytes\n"
	    "a\\u{9}b.pcapng\t3\t10.0.0.5\t49711\t10.0.0.9\t445\t\t5\t28\t"
	    "2023-11-14T22:13:20.000001000Z\t2023-11-14T22:14:20.042000000Z\t13\t11\t1455\t992\n");
	free(printed);
}
END_TEST

#define HEADING                                                                          \
	"file\tserver\tserver_port\tconversations\tprotocol\tcommand\tcalls\tfailures\t" \
	"unanswered\tunasked\trequest_bytes\tanswer_bytes\tstatuses\ttimed\tmean_ns\t"   \
	"first_byte_mean_ns\tmin_ns\tmedian_ns\tp95_ns\tp99_ns\tmax_ns\tmax_frame\n"

static void
assert_prints(struct sample *sample, const char *wanted)
{
	char *printed = calls_print(sample);

	ck_assert_str_eq(printed, wanted);
	free(printed);
	statistics_free(&sample->statistics);
}

/* 100 µs, 110 µs, … 150 µs, one of them with an error; the median is the middle of its bucket. */
START_TEST(test_statistics)
{
	struct sample sample;
	struct statistics_server *server;

	sample_init(&sample, "tsv");
	server = calls_at(&sample, &arena, NULL);
	add_calls(&sample, server, CALL_READ, 0, 5, 100000, 10000);
	add_calls(&sample, server, CALL_READ, CALL_STRANGE, 1, 150000, 0);
	statistics_add_unasked(&sample.statistics, server, CALL_READ);
	statistics_add_unanswered(&sample.statistics, server, CALL_UNKNOWN);
	assert_prints(&sample, HEADING
	    "incident.pcapng\t10.0.0.9\t445\t1\tsmb2\tREAD\t6\t1\t0\t1\t702\t6000\t"
	    "STATUS_SUCCESS=5;0xC0001234=1\t6\t125000\t62500\t100000\t119807\t150000\t150000\t"
	    "150000\t10\n"
	    "incident.pcapng\t10.0.0.9\t445\t1\tsmb2\t0x2A\t0\t0\t1\t0\t0\t0\t\t0\t\t\t\t\t\t\t\t"
	    "\n");
}
END_TEST

/* Statuses beyond those that are told apart. */
START_TEST(test_other_statuses)
{
	struct sample sample;
	struct statistics_server *server;
	char *printed;

	sample_init(&sample, "tsv");
	server = calls_at(&sample, &arena, NULL);
	for (uint32_t status = 1; status <= STATISTICS_MOST_STATUSES + 2; status++)
		add_calls(&sample, server, CALL_READ, status, 1, 1000, 0);
	printed = calls_print(&sample);
	ck_assert_ptr_nonnull(strstr(printed, ";0x00000010=1;other=2\t"));
	free(printed);
	statistics_free(&sample.statistics);
}
END_TEST

/* The names of the columns stand once, before the first capture, which may have no calls. */
START_TEST(test_heading)
{
	struct sample sample;

	sample_init(&sample, "tsv");
	sample.statistics.arena = &arena;
	assert_prints(&sample, HEADING);
	assert_prints(&sample, "");
}
END_TEST

Suite *
tsv_tables_suite(void)
{
	Suite *suite = suite_create("tsv_tables");
	TCase *tests = tcase_create("tables");

	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_add_test(tests, test_stream);
	tcase_add_test(tests, test_statistics);
	tcase_add_test(tests, test_other_statuses);
	tcase_add_test(tests, test_heading);
	suite_add_tcase(suite, tests);
	return suite;
}
