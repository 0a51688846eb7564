#include "analyzer/report/point_rows.h"

#include <check.h>

#include "analyzer/base/text.h"

Suite *point_rows_suite(void);

#define MS     INT64_C(1000000)
#define SECOND INT64_C(1000000000)

/* The row about its clock where nothing tells that. */
#define NOTHING_IN_BOTH                                                                        \
	": no packet is both here and in a\\u{a}.pcapng, so that nothing tells how its clock " \
	"differs; were both captured at the same time, on one path?\n"

/* The row about the place of a point of which nothing is said. */
#define PLACE ": where it was taken its packets do not show (--vantage tells it)\n"

static struct point_facts point;
static struct arena arena;

static void
setup(void)
{
	point = (struct point_facts){.number = 2, .count = 3, .before = "a\n.pcapng"};
}

static void
teardown(void)
{
	arena_free(&arena);
}

/* The rows that FACTS come to, each "label: value". */
static void
assert_all(const struct point_facts *facts, const char *wanted)
{
	const struct capture_facts capture_facts = {.point = facts};
	const struct report_capture capture = {.facts = &capture_facts};
	struct head head = {.capture = &capture, .arena = &arena};
	struct text rows = {0};

	point_add_rows(&head);
	for (size_t i = 0; i < head.count; i++)
		text_addf(&rows, "%s: %s\n", head.rows[i].label, head.rows[i].value);
	ck_assert_str_eq(text_chars(&rows), wanted);
	text_free(&rows);
	head_free(&head);
}

/* The row about the clock is WANTED. */
static void
assert_clock(const char *wanted)
{
	assert_all(&point,
	    arena_format(&arena,
		"point: 2 of 3, from the clients to the servers\n" PLACE ": %s\n"
		": 0 connections of SMB or Kerberos in both; 0 only in a\\u{a}.pcapng, 0 only "
		"here\n",
		wanted));
}

START_TEST(a_capture_by_itself_is_no_point)
{
	assert_all(NULL, "");
}
END_TEST

START_TEST(the_first_is_compared_with_none_before_it)
{
	const struct point_facts first = {.number = 1, .count = 2};

	assert_all(&first, "point: 1 of 2, from the clients to the servers\n" PLACE);
}
END_TEST

/* Where it was taken, and who says so. */
static const struct {
	struct capture_vantage vantage;
	const char *said;
} places[] = {
    {{VANTAGE_UNKNOWN, false}, "where it was taken its packets do not show (--vantage tells it)"},
    {{VANTAGE_CLIENT, false}, "taken at the client, as its packets show"},
    {{VANTAGE_SERVER, true}, "taken at the server, as --vantage says"},
    {{VANTAGE_BETWEEN, true}, "taken at a place between client and server, as --vantage says"},
    {{VANTAGE_UNKNOWN, true}, "taken at a place that is not known, as --vantage says"},
};

START_TEST(places_are_told)
{
	const struct point_facts first = {.number = 1, .count = 2, .vantage = places[_i].vantage};

	assert_all(
	    &first, arena_format(&arena, "point: 1 of 2, from the clients to the servers\n: %s\n",
			places[_i].said));
}
END_TEST

START_TEST(connections_are_counted)
{
	point.shared = 1;
	point.only_before = 2;
	point.only_here = 3;
	assert_all(&point,
	    "point: 2 of 3, from the clients to the servers\n" PLACE NOTHING_IN_BOTH
	    ": 1 connection of SMB or Kerberos in both; 2 only in a\\u{a}.pcapng, 3 only here\n");
	point.shared = 9;
	point.translated = 4;
	point.renumbered = 5;
	point.terminated = 6;
	assert_all(&point,
	    "point: 2 of 3, from the clients to the servers\n" PLACE NOTHING_IN_BOTH
	    ": 9 connections of SMB or Kerberos in both, 4 with other addresses or ports, 5 with "
	    "other sequence numbers, 6 with a device in between that has a connection to either "
	    "side; 2 only in a\\u{a}.pcapng, 3 only here\n");
}
END_TEST

START_TEST(duplicates_are_counted)
{
	static const char rows[] =
	    "point: 2 of 3, from the clients to the servers\n" PLACE NOTHING_IN_BOTH
	    ": 0 connections of SMB or Kerberos in both; 0 only in a\\u{a}.pcapng, 0 only here\n"
	    ": %s doubled on the way between a\\u{a}.pcapng and here\n";

	point.duplicated = 1;
	assert_all(&point, arena_format(&arena, rows, "1 segment was"));
	point.duplicated = 35;
	assert_all(&point, arena_format(&arena, rows, "35 segments were"));
}
END_TEST

/* A clock, and what is said of it. */
static const struct {
	int64_t offset, uncertainty, last_offset;
	uint64_t clock_sets;
	const char *said;
} clocks[] = {
    {0, MS, 0, 0, "clock like that of a\\u{a}.pcapng, give or take 1.00 ms"},
    {3 * SECOND, MS, 3 * SECOND, 0,
	"clock 3.00 s ahead of that of a\\u{a}.pcapng, give or take 1.00 ms"},
    {-3 * SECOND, MS, -3 * SECOND, 0,
	"clock 3.00 s behind that of a\\u{a}.pcapng, give or take 1.00 ms"},
    {3 * SECOND, -1, 3 * SECOND, 0,
	"clock 3.00 s ahead of that of a\\u{a}.pcapng (by packets of one direction alone, so that "
	"their time on the way is part of it)"},
    /* Drift that is no news: less than a millisecond, or than what may be wrong at both ends. */
    {3 * SECOND, 1000, 3 * SECOND + MS - 1, 0,
	"clock 3.00 s ahead of that of a\\u{a}.pcapng, give or take 1.00 µs"},
    {3 * SECOND, MS, 3 * SECOND - 2 * MS, 0,
	"clock 3.00 s ahead of that of a\\u{a}.pcapng, give or take 1.00 ms"},
    {3 * SECOND, MS, 4 * SECOND, 0,
	"clock 3.00 s ahead of that of a\\u{a}.pcapng, give or take 1.00 ms; at the end 4.00 s "
	"ahead"},
    {3 * SECOND, MS, -2 * SECOND, 1,
	"clock 3.00 s ahead of that of a\\u{a}.pcapng, give or take 1.00 ms; one of both was set 1 "
	"time; at the end 2.00 s behind"},
    {3 * SECOND, MS, 3 * SECOND, 2,
	"clock 3.00 s ahead of that of a\\u{a}.pcapng, give or take 1.00 ms; one of both was set 2 "
	"times"},
};

START_TEST(clocks_are_compared)
{
	point.has_offset = true;
	point.offset = clocks[_i].offset;
	point.uncertainty = clocks[_i].uncertainty;
	point.last_offset = clocks[_i].last_offset;
	point.offset_change = clocks[_i].last_offset - clocks[_i].offset;
	point.clock_sets = clocks[_i].clock_sets;
	assert_clock(clocks[_i].said);
}
END_TEST

Suite *
point_rows_suite(void)
{
	Suite *suite = suite_create("point_rows");
	TCase *tests = tcase_create("rows");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_capture_by_itself_is_no_point);
	tcase_add_test(tests, the_first_is_compared_with_none_before_it);
	tcase_add_loop_test(tests, places_are_told, 0, sizeof(places) / sizeof(places[0]));
	tcase_add_test(tests, connections_are_counted);
	tcase_add_test(tests, duplicates_are_counted);
	tcase_add_loop_test(tests, clocks_are_compared, 0, sizeof(clocks) / sizeof(clocks[0]));
	suite_add_tcase(suite, tests);
	return suite;
}
