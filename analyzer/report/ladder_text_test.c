#include "analyzer/report/ladder_text.h"

#include "analyzer/base/memory.h"
#include "analyzer/report/ladder_sample_test.h"
#include "analyzer/report/points_sample_test.h"
#include "analyzer/report/wrap.h"

Suite *ladder_text_suite(void);

static const char *hosts[] = {"client 10.0.0.5", "server 10.0.0.9", "KDC 10.0.0.1", "network"};

static const struct ladder_row rows[] = {
    {.frame = 5, .time = SAMPLE_START, .from = 0, .to = 1, .label = "SYN"},
    {.frame = 6, .time = SAMPLE_START + 36000, .from = 1, .to = 0, .label = "SYN-ACK"},
    {.frame = 7,
	.time = SAMPLE_START + LADDER_MS,
	.from = 0,
	.to = 2,
	.is_evidence = true,
	.label = "TGS-REQ for cifs/fs1"},
    {.frame = 1234567,
	.time = SAMPLE_START - 1000,
	.from = 2,
	.to = 0,
	.is_evidence = true,
	.skipped = 2,
	.label = "KRB-ERROR KDC_ERR_S_PRINCIPAL_UNKNOWN"},
    {.frame = 1234568,
	.time = SAMPLE_START + INT64_C(123456789000),
	.from = 0,
	.to = 1,
	.is_lost = true,
	.label = "NEGOTIATE 2.0.2, 2.1, 3.0, 3.0.2, 3.1.1, no answer for 60.0 s"},
    {.frame = 1234569,
	.time = SAMPLE_START + INT64_C(123456789000),
	.from = 1,
	.to = 0,
	.is_lost = true,
	.skipped = 1,
	.label = "OPLOCK_BREAK"},
    {.frame = 1234570,
	.time = SAMPLE_START + INT64_C(123456789000),
	.from = 3,
	.to = 0,
	.label = "ICMP host_unreachable"},
};

static const struct ladder all = {
    .columns = hosts, .column_count = 4, .rows = rows, .row_count = COUNT(rows), .left_out = 5};

static char *
draw(const struct ladder *ladder, bool has_time, size_t columns)
{
	const struct capture_facts facts = {.has_time = has_time};
	const struct report_capture capture = {.facts = &facts};
	struct text text = {0};

	ladder_add_text(&text, ladder, &capture, columns);
	text_add(&text, ""); /* allocates even of nothing */
	return text.chars;
}

START_TEST(a_ladder_is_drawn)
{
	char *drawn = draw(&all, true, 100);

	ck_assert_str_eq(drawn,
	    "                      client 10.0.0.5\n"
	    "                      |        server 10.0.0.9\n"
	    "                      |        |        KDC 10.0.0.1\n"
	    "                      |        |        |        network\n"
	    "   frame     seconds  |        |        |        |\n"
	    "       5    0.000000  |------->|        |        |  SYN\n"
	    "       6    0.000036  |<-------|        |        |  SYN-ACK\n"
	    "*      7    0.001000  |---------------->|        |  TGS-REQ for cifs/fs1\n"
	    "     ...              |        |        |        |  (2 rows left out)\n"
	    "*1234567   -0.000001  |<----------------|        |  KRB-ERROR "
	    "KDC_ERR_S_PRINCIPAL_UNKNOWN\n"
	    " 1234568  123.456789  |------x |        |        |  NEGOTIATE 2.0.2, 2.1, 3.0, 3.0.2, "
	    "3.1.1, no\n"
	    "                      |        |        |        |    answer for 60.0 s\n"
	    "     ...              |        |        |        |  (1 row left out)\n"
	    " 1234569  123.456789  | x------|        |        |  OPLOCK_BREAK\n"
	    " 1234570  123.456789  |<-------------------------|  ICMP host_unreachable\n"
	    "* evidence   --x nothing answered it\n"
	    "2 rows of further hosts left out\n");
	mem_free(drawn);
}
END_TEST

/* Lanes give way to labels; without times there is no column of them. */
START_TEST(a_ladder_is_narrow)
{
	static const struct ladder few = {
	    .columns = hosts, .column_count = 3, .rows = rows, .row_count = 3};
	char *drawn = draw(&few, false, 50);

	ck_assert_str_eq(drawn, "        client 10.0.0.5\n"
				"        |   server 10.0.0.9\n"
				"        |   |   KDC 10.0.0.1\n"
				" frame  |   |   |\n"
				"     5  |-->|   |  SYN\n"
				"     6  |<--|   |  SYN-ACK\n"
				"*    7  |------>|  TGS-REQ for cifs/fs1\n"
				"* evidence\n");
	mem_free(drawn);
}
END_TEST

/* No line takes more columns than there are, where a few words of the labels have room. */
static void
check_lines(const struct ladder *ladder, size_t columns)
{
	char *drawn = draw(ladder, true, columns), *rest = NULL;

	for (char *line = strtok_r(drawn, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		ck_assert_msg(wrap_columns(line) <= columns, "%s", line);
	mem_free(drawn);
}

START_TEST(lines_are_bounded)
{
	check_lines(&all, 60 + (size_t)_i);
	check_lines(&points_ladder, 64 + (size_t)_i);
}
END_TEST

/* What packets say neither moves the cursor nor makes a line. */
START_TEST(names_and_labels_are_made_visible)
{
	static const char *evil_hosts[] = {"client \033[2J", "server a\nb"};
	static const struct ladder_row evil[] = {
	    {.frame = 1, .from = 0, .to = 1, .label = "TREE_CONNECT \\\\fs1\\\033]0;x\a\n*  1"}};
	static const struct ladder ladder = {
	    .columns = evil_hosts, .column_count = 2, .rows = evil, .row_count = 1};
	char *drawn = draw(&ladder, false, 80);

	ck_assert_str_eq(drawn,
	    "        client \\u{1b}[2J\n"
	    "        |        server a\\u{a}b\n"
	    " frame  |        |\n"
	    "     1  |------->|  TREE_CONNECT \\\\fs1\\\\u{1b}]0;x\\u{7}\\u{a}*  1\n");
	mem_free(drawn);
}
END_TEST

#define HAN  "\xe6\xbc\xa2\xe5\xad\x97"             /* two characters, four columns */
#define OOOO "o\xcc\x81o\xcc\x81o\xcc\x81o\xcc\x81" /* with accents: four columns */

/* Wide characters take two columns, combining ones none, and a label is cut between characters: of
 * 40 columns it has 25, and 23 in its second line. */
START_TEST(wide_labels_take_their_room)
{
	static const char *names[] = {"client " HAN, "server " OOOO};
	static const struct ladder_row wide[] = {
	    {.frame = 1,
		.from = 0,
		.to = 1,
		.label = "TREE_CONNECT " HAN HAN " " HAN HAN HAN HAN HAN HAN},
	    {.frame = 2, .from = 1, .to = 0, .label = "TREE_CONNECT " OOOO OOOO OOOO},
	};
	static const struct ladder ladder = {
	    .columns = names, .column_count = 2, .rows = wide, .row_count = 2};
	char *drawn = draw(&ladder, false, 40);

	ck_assert_str_eq(drawn, "        client " HAN "\n"
				"        |   server " OOOO "\n"
				" frame  |   |\n"
				"     1  |-->|  TREE_CONNECT " HAN HAN "\n"
				"        |   |    " HAN HAN HAN HAN HAN "...\n"
				"     2  |<--|  TREE_CONNECT " OOOO OOOO OOOO "\n");
	mem_free(drawn);
}
END_TEST

START_TEST(points_have_columns)
{
	char *drawn = draw(&points_ladder, true, 100);

	ck_assert_str_eq(drawn,
	    "           client 10.0.0.5\n"
	    "           |        point 1, a.pcapng\n"
	    "           |        :        point 2, b.pcapng\n"
	    "           |        :        :        point 3, c.pcapng\n"
	    "           |        :        :        :        server 10.0.0.9\n"
	    "  seconds  |        :        :        :        |\n"
	    " 0.000000  |-------22-------333-----1234------>|  SYN\n"
	    " 0.000001  |<-------6........?........?........|  SYN-ACK\n"
	    "*0.000002  |--------7------x :        :        |  NEGOTIATE, lost between points 1 "
	    "and 2\n"
	    " 0.000003  |        :        : x----1235-------|  NEGOTIATE 3.1.1\n"
	    " 0.000004  |<-------8------o :        :        |  RST\n"
	    "      ...  |        :        :        :        |  (2 rows left out)\n"
	    " 0.000005  |--------9-------35........?......x |  gone\n"
	    "On the arrows are the frames of each point's capture; * evidence; --x : lost on the "
	    "way to that\n"
	    "point; o-- it began there, on the way; --x | nothing answered it; ..?.. not known "
	    "whether it came\n"
	    "there: c.pcapng ends \\u{1b} before\n");
	mem_free(drawn);
}
END_TEST

/* Lanes give way to labels as far as the numbers on them allow, and long labels take four lines. */
START_TEST(points_are_narrow)
{
	struct ladder_row row = points_rows[0];
	struct ladder ladder = points_ladder;
	char *drawn;

	row.label = "NEGOTIATE 2.0.2, 2.1, 3.0, 3.0.2, 3.1.1, altered between points 1 and 2: "
		    "dialects 2.0.2, 2.1, 3.0, 3.0.2, 3.1.1 -> 2.0.2";
	ladder.rows = &row;
	ladder.row_count = 1;
	ladder.left_out = 0;
	drawn = draw(&ladder, false, 50);
	ck_assert_str_eq(drawn, " client 10.0.0.5\n"
				" |     point 1, a.pcapng\n"
				" |     :     point 2, b.pcapng\n"
				" |     :     :     point 3, c.pcapng\n"
				" |     :     :     :     server 10.0.0.9\n"
				" |     :     :     :     |\n"
				" |----22----333--1234--->|  NEGOTIATE 2.0.2, 2.1,\n"
				" |     :     :     :     |    3.0, 3.0.2, 3.1.1,\n"
				" |     :     :     :     |    altered between\n"
				" |     :     :     :     |    points 1 and 2: d...\n"
				"On the arrows are the frames of each point's\n"
				"capture\n");
	mem_free(drawn);
}
END_TEST

/* Names of files are cut amid: their ends tell them apart. */
START_TEST(names_of_points_are_cut)
{
	static const char *names[] = {"client 10.0.0.5",
	    "point 1, captures/of/the/incident/fs1/client.pcapng",
	    "point 2, captures/of/the/incident/fs1/server\033.pcapng", "point 3, c.pcapng",
	    "server 10.0.0.9"};
	struct ladder ladder = points_ladder;
	char *drawn;

	ladder.columns = names;
	drawn = draw(&ladder, true, 60);
	ck_assert_ptr_nonnull(strstr(drawn, "|     point 1, capt.../incident/fs1/client.pcapng\n"));
	ck_assert_ptr_nonnull(strstr(drawn, ":     point 2, ca...fs1/server\\u{1b}.pcapng\n"));
	mem_free(drawn);
}
END_TEST

/* What the first point lacks, and what begins on the way to the right: each the other way round. */
static const struct {
	struct ladder_way way;
	const char *drawn;
} ways[] = {
    {{0, 4, 2, 4, false}, " |.....?....333--1234--->|  SYN\n"},
    {{4, 0, 4, 2, false}, " |<....?....333--1234----|  SYN\n"},
    {{1, 4, 1, 4, true}, " |     ? o--333--1234--->|  SYN\n"},
};

START_TEST(ways_lead_to_either_side)
{
	static const struct ladder_stop stops[] = {{0, true}, {333, false}, {1234, false}};
	const struct ladder_passage passage = {.way = ways[_i].way, .stops = stops};
	const struct ladder_row row = {.label = "SYN", .passage = &passage};
	struct ladder ladder = points_ladder;
	char *drawn;

	ladder.rows = &row;
	ladder.row_count = 1;
	drawn = draw(&ladder, false, 50);
	ck_assert_msg(strstr(drawn, ways[_i].drawn) != NULL, "%s", drawn);
	mem_free(drawn);
}
END_TEST

/* The most columns, with the longest numbers. */
START_TEST(the_most_has_room)
{
	const char *names[LADDER_MOST_LINES];
	struct ladder_stop stops[LADDER_MOST_POINTS] = {{0}};
	struct ladder_passage passage = {
	    .way = {0, LADDER_MOST_LINES - 1, 0, LADDER_MOST_LINES - 1, false}, .stops = stops};
	const struct ladder_row row = {
	    .from = 0, .to = LADDER_MOST_LINES - 1, .label = "SYN", .passage = &passage};
	const struct ladder ladder = {.columns = names,
	    .column_count = LADDER_MOST_LINES,
	    .first_point = 1,
	    .point_count = LADDER_MOST_POINTS,
	    .rows = &row,
	    .row_count = 1};
	char *drawn;

	for (size_t i = 0; i < LADDER_MOST_LINES; i++)
		names[i] = "name";
	for (size_t i = 0; i < LADDER_MOST_POINTS; i++)
		stops[i].frame = UINT64_MAX;
	drawn = draw(&ladder, true, 400);
	ck_assert_ptr_nonnull(
	    strstr(drawn, "|------------18446744073709551615---18446744073709551615---"));
	mem_free(drawn);
}
END_TEST

START_TEST(nothing_is_drawn_of_nothing)
{
	static const struct ladder empty = {.columns = hosts, .column_count = 2};
	char *drawn = draw(&empty, true, 80);

	ck_assert_str_eq(drawn, "");
	mem_free(drawn);
}
END_TEST

Suite *
ladder_text_suite(void)
{
	Suite *suite = suite_create("ladder_text");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, a_ladder_is_drawn);
	tcase_add_test(tcase, a_ladder_is_narrow);
	tcase_add_loop_test(tcase, lines_are_bounded, 0, 60);
	tcase_add_test(tcase, names_and_labels_are_made_visible);
	tcase_add_test(tcase, wide_labels_take_their_room);
	tcase_add_test(tcase, points_have_columns);
	tcase_add_test(tcase, points_are_narrow);
	tcase_add_test(tcase, names_of_points_are_cut);
	tcase_add_loop_test(tcase, ways_lead_to_either_side, 0, (int)COUNT(ways));
	tcase_add_test(tcase, the_most_has_room);
	tcase_add_test(tcase, nothing_is_drawn_of_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
