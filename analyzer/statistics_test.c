#include "analyzer/statistics.h"

#include <check.h>
#include <stdio.h>

#include "analyzer/base/basics.h"

Suite *statistics_suite(void);

enum { TALK = 1, LISTEN = 3 };
enum { FINE = 0, BAD = 9 };

static const struct name_row command_rows[] = {{TALK, "TALK", NULL}, {LISTEN, "LISTEN", NULL}};
static const struct names command_names = {command_rows, COUNT(command_rows)};
static const struct name_row status_rows[] = {{FINE, "FINE", NULL}, {BAD, "BAD", NULL}};
static const struct names status_names = {status_rows, COUNT(status_rows)};

static bool
is_error(uint32_t status)
{
	return status == BAD;
}

static bool
is_listen(uint16_t command)
{
	return command == LISTEN;
}

static const struct statistics_protocol one = {
    "one", &command_names, &status_names, is_error, is_listen};
static const struct statistics_protocol other = {
    "other", &command_names, &status_names, is_error, is_listen};

static struct arena arena;
static struct statistics statistics;

static void
setup(void)
{
	statistics = (struct statistics){.arena = &arena};
}

static void
teardown(void)
{
	statistics_free(&statistics);
	arena_free(&arena);
}

static struct statistics_server *
server_of(const struct statistics_protocol *protocol, const char *addr, uint16_t port)
{
	struct conversation_facts conversation = {.server_port = port};

	ck_assert(addr_parse(addr, &conversation.server));
	return statistics_server(&statistics, protocol, &conversation);
}

/* A call that was asked at 1000 and waited so long. */
static void
add(struct statistics_server *server, uint16_t command, uint32_t status, int64_t waited,
    uint64_t frame)
{
	struct statistics_call call = {.command = command,
	    .has_status = true,
	    .is_failure = status == BAD,
	    .status = status,
	    .asked = 1000,
	    .began = 1000 + waited / 2,
	    .answered = 1000 + waited,
	    .answer_frame = frame,
	    .bytes = {100, 200}};

	statistics_add_call(&statistics, server, &call);
}

START_TEST(test_call)
{
	struct statistics_server *server = server_of(&one, "10.0.0.9", 445);
	const struct statistics_row *row;

	add(server, TALK, FINE, 400, 7);
	add(server, TALK, BAD, 100, 9);
	add(server, TALK, FINE, 301, 11);
	row = server->rows[TALK];
	ck_assert_ptr_null(server->rows[LISTEN]);
	ck_assert_uint_eq(row->calls, 3);
	ck_assert_uint_eq(row->failures, 1);
	ck_assert_uint_eq(row->bytes[CLIENT], 300);
	ck_assert_uint_eq(row->bytes[SERVER], 600);
	ck_assert_uint_eq(row->sum, 801);
	ck_assert_uint_eq(row->shortest, 100);
	ck_assert_uint_eq(row->longest, 400);
	ck_assert_uint_eq(row->longest_frame, 7);
	ck_assert_uint_eq(row->began_sum, 200 + 50 + 150);
	ck_assert_uint_eq(statistics_mean(row, row->sum), 267);
	ck_assert_str_eq(statistics_command(server, TALK), "TALK");
	ck_assert_ptr_null(statistics_command(server, 2));
}
END_TEST

/* Buckets are wider than what is known of both ends. */
START_TEST(test_percentile_is_within_ends)
{
	struct statistics_server *server = server_of(&one, "10.0.0.9", 445);

	add(server, TALK, FINE, 1000003, 7);
	ck_assert_uint_eq(statistics_percentile(server->rows[TALK], 1), 1000003);
	ck_assert_uint_eq(statistics_percentile(server->rows[TALK], 99), 1000003);
	add(server, TALK, FINE, 1000005, 8);
	ck_assert_uint_ge(statistics_percentile(server->rows[TALK], 50), 1000003);
	ck_assert_uint_le(statistics_percentile(server->rows[TALK], 50), 1000005);
}
END_TEST

/* What is said to be within all of them is so, not about so. */
START_TEST(test_slowest_is_exact)
{
	struct statistics_server *server = server_of(&one, "10.0.0.9", 445);

	add(server, TALK, FINE, 1000000, 7);
	add(server, TALK, FINE, 2033333, 8);
	ck_assert_uint_eq(statistics_percentile(server->rows[TALK], 99), 2033333);
	ck_assert_uint_eq(statistics_percentile(server->rows[TALK], 51), 2033333);
	ck_assert_uint_lt(statistics_percentile(server->rows[TALK], 50), 1100000);
}
END_TEST

/* Of answers as slow as each other it is the first, whatever was reported first. */
START_TEST(test_slowest_frame)
{
	struct statistics_server *server = server_of(&one, "10.0.0.9", 445);

	add(server, TALK, FINE, 400, 12);
	add(server, TALK, FINE, 400, 7);
	add(server, TALK, FINE, 400, 9);
	ck_assert_uint_eq(server->rows[TALK]->longest_frame, 7);
}
END_TEST

START_TEST(test_answered_at_once)
{
	struct statistics_server *server = server_of(&one, "10.0.0.9", 445);

	add(server, TALK, FINE, 0, 7);
	ck_assert_uint_eq(server->rows[TALK]->times.count, 1);
	ck_assert_uint_eq(server->rows[TALK]->shortest, 0);
	ck_assert_uint_eq(server->rows[TALK]->longest, 0);
	ck_assert_uint_eq(server->rows[TALK]->longest_frame, 7);
	ck_assert_uint_eq(statistics_percentile(server->rows[TALK], 50), 0);
}
END_TEST

START_TEST(test_clock_set_back)
{
	struct statistics_server *server = server_of(&one, "10.0.0.9", 445);
	const struct statistics_row *row;

	add(server, TALK, FINE, -5, 7);
	row = server->rows[TALK];
	ck_assert_uint_eq(row->calls, 1);
	ck_assert_uint_eq(row->times.count, 0);
	ck_assert_uint_eq(row->sum, 0);
	ck_assert_uint_eq(row->longest_frame, 0);
	ck_assert_uint_eq(statistics_mean(row, row->sum), 0);
	ck_assert_uint_eq(statistics_percentile(row, 50), 0);
	ck_assert_uint_eq(statistics_slowest(server), STATISTICS_MOST_COMMANDS + 1);
	add(server, TALK, FINE, 50, 9);
	ck_assert_uint_eq(statistics_mean(row, row->sum), 50);
}
END_TEST

START_TEST(test_half_calls)
{
	struct statistics_server *server = server_of(&one, "10.0.0.9", 445);

	statistics_add_unanswered(&statistics, server, TALK);
	statistics_add_unasked(&statistics, server, TALK);
	statistics_add_unasked(&statistics, server, TALK);
	ck_assert_uint_eq(server->rows[TALK]->calls, 0);
	ck_assert_uint_eq(server->rows[TALK]->unanswered, 1);
	ck_assert_uint_eq(server->rows[TALK]->unasked, 2);
}
END_TEST

START_TEST(test_statuses)
{
	struct statistics_server *server = server_of(&one, "10.0.0.9", 445);
	struct statistics_call nameless = {.command = TALK};
	const struct statistics_row *row;

	for (uint32_t i = 0; i < 20; i++)
		add(server, TALK, 100 + i, 10, 5);
	add(server, TALK, 115, 10, 5);
	add(server, TALK, 115, 10, 5);
	add(server, TALK, 107, 10, 5);
	statistics_add_call(&statistics, server, &nameless);
	statistics_settle(&statistics);
	row = server->rows[TALK];
	ck_assert_uint_eq(row->status_count, STATISTICS_MOST_STATUSES);
	ck_assert_uint_eq(row->other_statuses, 4 + 1);
	ck_assert_uint_eq(row->statuses[0].status, 115);
	ck_assert_uint_eq(row->statuses[0].count, 3);
	ck_assert_uint_eq(row->statuses[1].status, 107);
	ck_assert_uint_eq(row->statuses[2].status, 100);
	ck_assert_uint_eq(row->statuses[15].status, 114);
}
END_TEST

/* [MS-SMB2] 2.2.1: a command is 16 bits wide. */
START_TEST(test_large_command)
{
	struct statistics_server *server = server_of(&one, "10.0.0.9", 445);

	add(server, 255, FINE, 10, 5);
	add(server, 256, FINE, 10, 6);
	add(server, 65535, FINE, 10, 7);
	ck_assert_uint_eq(server->rows[255]->calls, 1);
	ck_assert_uint_eq(server->rows[STATISTICS_MOST_COMMANDS]->calls, 2);
	ck_assert_str_eq(statistics_command(server, STATISTICS_MOST_COMMANDS), "other");
}
END_TEST

START_TEST(test_servers_are_told_apart_and_sorted)
{
	static const struct {
		const struct statistics_protocol *protocol;
		const char *addr;
		uint16_t port;
	} sorted[] = {{&one, "10.0.0.2", 445}, {&one, "10.0.0.9", 139}, {&one, "10.0.0.9", 445},
	    {&other, "10.0.0.9", 445}, {&one, "fe80::1", 445}};
	static const size_t order[] = {3, 0, 4, 2, 1, 2};
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < COUNT(order); i++)
		server_of(sorted[order[i]].protocol, sorted[order[i]].addr, sorted[order[i]].port);
	statistics_settle(&statistics);
	ck_assert_uint_eq(statistics.server_count, COUNT(sorted));
	for (size_t i = 0; i < COUNT(sorted); i++) {
		ck_assert_str_eq(addr_text(&statistics.servers[i]->addr, text), sorted[i].addr);
		ck_assert_uint_eq(statistics.servers[i]->port, sorted[i].port);
		ck_assert_ptr_eq(statistics.servers[i]->protocol, sorted[i].protocol);
		ck_assert_uint_eq(statistics.servers[i]->conversations, i == 2 ? 2 : 1);
	}
}
END_TEST

/* What is beyond the bound is counted together, each protocol for itself. */
START_TEST(test_many_servers)
{
	char text[ADDR_TEXT_SIZE];
	struct statistics_server *rest, *same;

	for (unsigned i = 0; i < STATISTICS_MOST_SERVERS; i++) {
		snprintf(text, sizeof(text), "10.1.%u.%u", i / 256, i % 256);
		server_of(&one, text, 445);
	}
	rest = server_of(&one, "10.0.0.1", 445);
	same = server_of(&one, "10.0.0.2", 139);
	ck_assert_ptr_eq(rest, same);
	ck_assert_ptr_ne(rest, server_of(&other, "10.0.0.2", 139));
	ck_assert_ptr_eq(server_of(&one, "10.1.0.0", 445), statistics.servers[0]);
	add(rest, TALK, FINE, 10, 5);
	statistics_settle(&statistics);
	ck_assert_uint_eq(statistics.server_count, STATISTICS_MOST_SERVERS + 2);
	rest = statistics.servers[STATISTICS_MOST_SERVERS];
	ck_assert_ptr_eq(rest, same);
	ck_assert_int_eq(rest->addr.family, ADDR_NONE);
	ck_assert_uint_eq(rest->conversations, 2);
	ck_assert_uint_eq(rest->rows[TALK]->calls, 1);
}
END_TEST

/* LISTEN is counted, but its hours are no slowness. */
START_TEST(test_total)
{
	struct statistics_server *server = server_of(&one, "10.0.0.9", 445);
	struct statistics_row total;

	add(server, TALK, FINE, 40, 5);
	add(server, TALK, BAD, 90, 6);
	add(server, 2, FINE, 60, 4);
	add(server, LISTEN, BAD, 1000000, 7);
	statistics_add_unanswered(&statistics, server, TALK);
	statistics_add_unanswered(&statistics, server, LISTEN);
	statistics_add_unasked(&statistics, server, 2);
	statistics_total(server, &arena, &total);
	ck_assert_uint_eq(total.calls, 4);
	ck_assert_uint_eq(total.failures, 2);
	ck_assert_uint_eq(total.unanswered, 1);
	ck_assert_uint_eq(total.unasked, 1);
	ck_assert_uint_eq(total.bytes[SERVER], 800);
	ck_assert_uint_eq(total.times.count, 3);
	ck_assert_uint_eq(total.sum, 190);
	ck_assert_uint_eq(total.shortest, 40);
	ck_assert_uint_eq(total.longest, 90);
	ck_assert_uint_eq(total.longest_frame, 6);
	ck_assert_uint_eq(statistics_percentile(&total, 50), 60);
	ck_assert_uint_eq(statistics_slowest(server), TALK);
	/* The rows are as they were. */
	ck_assert_uint_eq(server->rows[TALK]->times.count, 2);
}
END_TEST

START_TEST(test_empty)
{
	statistics_settle(&statistics);
	ck_assert_uint_eq(statistics.server_count, 0);
}
END_TEST

Suite *
statistics_suite(void)
{
	Suite *suite = suite_create("statistics");
	TCase *tests = tcase_create("statistics");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_call);
	tcase_add_test(tests, test_percentile_is_within_ends);
	tcase_add_test(tests, test_slowest_is_exact);
	tcase_add_test(tests, test_slowest_frame);
	tcase_add_test(tests, test_answered_at_once);
	tcase_add_test(tests, test_clock_set_back);
	tcase_add_test(tests, test_half_calls);
	tcase_add_test(tests, test_statuses);
	tcase_add_test(tests, test_large_command);
	tcase_add_test(tests, test_servers_are_told_apart_and_sorted);
	tcase_add_test(tests, test_many_servers);
	tcase_add_test(tests, test_total);
	tcase_add_test(tests, test_empty);
	suite_add_tcase(suite, tests);
	return suite;
}
