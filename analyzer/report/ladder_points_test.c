#include "analyzer/report/ladder_points.h"

#include "analyzer/report/road_sample_test.h"

Suite *ladder_points_suite(void);

static struct road_sample road;

static void
teardown(void)
{
	road_sample_end(&road);
}

/* All points have it, from FRAME on, a ms after each other. */
static struct crossing *
pass_all(uint64_t frame, int64_t ms)
{
	struct crossing *crossing = road_sample_cross(&road);

	for (size_t i = 0; i < road.count; i++)
		road_sample_add(
		    &road, crossing, i, frame + 10 * i, ms + (int64_t)i, "\\\\fs1\\dta");
	return crossing;
}

/* The exchange of CROSSING that POINT has. */
static struct exchange *
at(const struct crossing *crossing, size_t point)
{
	return (struct exchange *)crossing->points[point].exchange;
}

/* It has none. */
static void
leave_out(struct crossing *crossing, size_t point)
{
	struct crossing_point *place = (struct crossing_point *)&crossing->points[point];

	road.ledgers[point].count--;
	*place = (struct crossing_point){.ahead = place->ahead};
}

static void
close_at(size_t point, enum ended_by by, uint64_t frame, int64_t ms)
{
	struct conversation_facts *facts = &road.conversations[point];

	facts->close = CLOSE_RESET;
	facts->closed_by = by;
	facts->close_frame = frame;
	facts->close_time = SAMPLE_START + (ms + road.ahead[point]) * LADDER_MS;
}

START_TEST(each_point_has_a_column)
{
	struct ladder ladder;

	road_sample_begin(&road, 3, 0);
	pass_all(20, 1);
	ladder = road_sample_make(&road);
	ck_assert_str_eq(road_sample_show(&road, &ladder),
	    "20, 30, 40 0>4 TREE_CONNECT \\\\fs1\\dta\n"
	    "21, 31, 41 4>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
	ck_assert_uint_eq(ladder.column_count, 5);
	ck_assert_uint_eq(ladder.first_point, 1);
	ck_assert_uint_eq(ladder.point_count, 3);
	ck_assert_str_eq(ladder.columns[0], "client 10.0.0.5");
	ck_assert_str_eq(ladder.columns[1], "point 1, a.pcapng");
	ck_assert_str_eq(ladder.columns[3], "point 3, c.pcapng");
	ck_assert_str_eq(ladder.columns[4], "server 10.0.0.9");
	ck_assert_int_eq(ladder.rows[0].time, SAMPLE_START + LADDER_MS);
	ck_assert_uint_eq(ladder.rows[0].frame, 20);
	ck_assert(ladder_is_of_several(&ladder));
}
END_TEST

/* Of two points, of three behind the first, of three before the last; and of three where the one
 * between cannot tell. */
static const struct {
	size_t count;
	struct crossing_gap lost;
	const char *shown;
} losses[] = {
    {2, {0, 1}, "20, - 0x2 TREE_CONNECT, no answer for 2.00 ms, lost between points 1 and 2\n"},
    {3, {0, 1}, "20, -, - 0x2 TREE_CONNECT, no answer for 2.00 ms, lost between points 1 and 2\n"},
    {3, {1, 2}, "20, 30, - 0x3 TREE_CONNECT, no answer for 2.00 ms, lost between points 2 and 3\n"},
    {3, {0, 2},
	"20, ?, - 0x3~0-1 TREE_CONNECT, no answer for 2.00 ms, lost between points 1 and 3\n"},
};

START_TEST(a_request_is_lost_between_points)
{
	struct crossing *crossing;
	struct exchange *exchange;
	struct ladder ladder;

	road_sample_begin(&road, losses[_i].count, 0);
	crossing = road_sample_cross(&road);
	crossing->lost = losses[_i].lost;
	crossing->unsure = "b.pcapng ends before";
	for (size_t i = 0; i <= crossing->lost.after; i++) {
		exchange = road_sample_add(&road, crossing, i, 20 + 10 * i, (int64_t)i, NULL);
		exchange->is_delivered = false;
		ladder_sample_end_exchange(exchange, OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 0);
	}
	ladder = road_sample_make(&road);
	ck_assert_str_eq(road_sample_show(&road, &ladder), losses[_i].shown);
	ck_assert(ladder_is_of_several(&ladder));
	ck_assert(ladder_is_lost_between(&ladder, &ladder.rows[0]));
	ck_assert_int_eq(ladder.rows[0].passage->unsure != NULL, _i == 3);
}
END_TEST

START_TEST(an_answer_is_lost_on_its_way_back)
{
	struct crossing *crossing;

	road_sample_begin(&road, 3, 0);
	crossing = pass_all(20, 1);
	crossing->lost = (struct crossing_gap){1, 0};
	ladder_sample_end_exchange(at(crossing, 0), OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 0);
	road_sample_check(&road,
	    "20, 30, 40 0>4 TREE_CONNECT \\\\fs1\\dta, delivered, no answer for 2.00 ms\n"
	    "-, 31, 41 4x1 TREE_CONNECT STATUS_BAD_NETWORK_NAME, lost between points 2 and 1\n");
}
END_TEST

/* Then there is nothing between points that ends it. */
START_TEST(a_server_keeps_silent)
{
	struct crossing *crossing;
	struct ladder ladder;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	for (size_t i = 0; i < road.count; i++)
		ladder_sample_end_exchange(at(crossing, i), OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 0);
	ladder = road_sample_make(&road);
	ck_assert_str_eq(road_sample_show(&road, &ladder),
	    "20, 30 0x3 TREE_CONNECT \\\\fs1\\dta, delivered, no answer for 2.00 ms\n");
	ck_assert(!ladder_is_lost_between(&ladder, &ladder.rows[0]));
	ck_assert(ladder_is_of_several(&ladder));
}
END_TEST

/* What the farther point has of it, it may have answered. */
START_TEST(a_server_may_have_answered)
{
	struct crossing *crossing;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	ladder_sample_end_exchange(at(crossing, 0), OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 0);
	if (_i == 0) {
		ladder_sample_end_exchange(at(crossing, 1), OUTCOME_UNKNOWN, ENDED_BY_NOBODY, 0);
	} else {
		leave_out(crossing, 1);
		((struct crossing_point *)&crossing->points[1])->request_frame = 30;
	}
	road_sample_check(
	    &road, "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta, delivered, no answer for 2.00 ms\n");
}
END_TEST

/* Of an answer that came soon nothing is made where it did. */
START_TEST(an_answer_may_be_there_without_an_exchange)
{
	struct crossing *crossing;
	struct crossing_point *point;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	leave_out(crossing, 1);
	point = (struct crossing_point *)&crossing->points[1];
	point->request_frame = 30;
	point->answer_frame = 31;
	point->is_answered = _i == 1;
	road_sample_check(&road, _i == 1 ? "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
					   "21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
					 : "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
					   "21, ? 3>0~1-0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
}
END_TEST

/* A RST under the server's name, or a router's own ICMP error. */
static const struct {
	enum ended_by by;
	const char *forged_after, *shown;
} beginnings[] = {
    {ENDED_BY_SERVER, "b.pcapng",
	"20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
	"25, - 2o>0 RST, not the server's: begun between points 2 and 1\n"},
    {ENDED_BY_NETWORK, NULL,
	"20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
	"25, - 2o>0 ICMP error, begun between points 2 and 1\n"},
};

START_TEST(an_answer_begins_between_points)
{
	struct crossing *crossing;
	struct ladder ladder;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	crossing->begun = (struct crossing_gap){1, 0};
	crossing->forged_after = beginnings[_i].forged_after;
	ladder_sample_end_exchange(at(crossing, 0), OUTCOME_RESET, beginnings[_i].by, 25);
	if (beginnings[_i].by == ENDED_BY_SERVER)
		close_at(0, ENDED_BY_SERVER, 25, 3);
	ladder_sample_end_exchange(at(crossing, 1), OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 0);
	ladder = road_sample_make(&road);
	ck_assert_str_eq(road_sample_show(&road, &ladder), beginnings[_i].shown);
	ck_assert_uint_eq(ladder.column_count, beginnings[_i].by == ENDED_BY_NETWORK ? 5 : 4);
}
END_TEST

#define DIALECTS ", altered between points 1 and 2: dialects 3.0 -> 2.1\n"

/* Of its messages the one that has other bytes says so; where nobody knows, the request. */
static const struct {
	bool is_request, is_answer;
	const char *shown;
} changes[] = {
    {true, false,
	"20, 30 0>3 TREE_CONNECT \\\\fs1\\dta" DIALECTS
	"21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"},
    {false, true,
	"20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
	"21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME" DIALECTS},
    {true, true,
	"20, 30 0>3 TREE_CONNECT \\\\fs1\\dta" DIALECTS
	"21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME" DIALECTS},
    {false, false,
	"20, 30 0>3 TREE_CONNECT \\\\fs1\\dta" DIALECTS
	"21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"},
};

START_TEST(a_message_is_altered_between_points)
{
	struct crossing *crossing;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	crossing->altered = "dialects 3.0 -> 2.1";
	crossing->changed = (struct crossing_gap){0, 1};
	crossing->is_request_changed = changes[_i].is_request;
	crossing->is_answer_changed = changes[_i].is_answer;
	road_sample_check(&road, changes[_i].shown);
}
END_TEST

/* What nobody has proved to be missing is neither lost nor there. */
START_TEST(what_a_point_cannot_tell_is_not_known)
{
	const char *reasons[LADDER_MOST_REASONS];
	struct crossing *crossing;
	struct ladder ladder;

	road_sample_begin(&road, 3, 0);
	crossing = pass_all(20, 1);
	crossing->unsure = "c.pcapng ends before";
	leave_out(crossing, 2);
	ladder = road_sample_make(&road);
	ck_assert_str_eq(road_sample_show(&road, &ladder),
	    "20, 30, ? 0>4~0-2 TREE_CONNECT \\\\fs1\\dta\n"
	    "21, 31, ? 4>0~2-0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
	ck_assert_uint_eq(ladder_reasons(&ladder, reasons), 1);
	ck_assert_str_eq(reasons[0], "c.pcapng ends before");
	ck_assert(ladder_signs_of(&ladder).has_unsure);
}
END_TEST

/* What is behind it passed there, all the same. */
START_TEST(one_between_may_not_know)
{
	struct crossing *crossing;

	road_sample_begin(&road, 3, 0);
	crossing = pass_all(20, 1);
	leave_out(crossing, 1);
	road_sample_check(&road, "20, ?, 40 0>4 TREE_CONNECT \\\\fs1\\dta\n"
				 "21, ?, 41 4>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
}
END_TEST

START_TEST(nothing_in_common_is_not_of_several)
{
	struct crossing *crossing;
	struct ladder ladder;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	leave_out(crossing, 1);
	ladder = road_sample_make(&road);
	ck_assert_str_eq(road_sample_show(&road, &ladder),
	    "20, ? 0>3~0-1 TREE_CONNECT \\\\fs1\\dta\n"
	    "21, ? 3>0~1-0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
	ck_assert(!ladder_is_of_several(&ladder));
}
END_TEST

/* A point may have the request's bytes, and no exchange. */
START_TEST(bytes_are_a_frame)
{
	struct crossing *crossing;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	leave_out(crossing, 1);
	((struct crossing_point *)&crossing->points[1])->request_frame = 77;
	road_sample_check(&road, "20, 77 0>3 TREE_CONNECT \\\\fs1\\dta\n"
				 "21, ? 3>0~1-0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
}
END_TEST

/* Whatever the clocks say, what only a farther point has stands where it was sent; and times are by
 * the clock of the capture at hand, which is the first or the second. */
START_TEST(rows_are_in_the_order_of_their_sending)
{
	struct crossing *first, *second, *third;
	struct ladder ladder;

	road_sample_begin(&road, 2, (size_t)_i);
	road.ahead[1] = -3600000;
	first = pass_all(20, 100);
	second = road_sample_cross(&road);
	road_sample_add(&road, second, 1, 40, 200, "\\\\fs1\\b");
	third = pass_all(60, 300);
	ladder = road_sample_make(&road);
	ck_assert_str_eq(road_sample_show(&road, &ladder),
	    "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
	    "21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
	    "?, 40 0>3~2-3 TREE_CONNECT \\\\fs1\\b\n"
	    "?, 41 3>0~3-2 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
	    "60, 70 0>3 TREE_CONNECT \\\\fs1\\dta\n"
	    "61, 71 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
	ck_assert_int_eq(ladder.rows[0].time, at(first, (size_t)_i)->time);
	ck_assert_int_eq(ladder.rows[2].time, SAMPLE_START + (200 + road.ahead[_i]) * LADDER_MS);
	ck_assert_int_eq(ladder.rows[4].time, at(third, (size_t)_i)->time);
	ck_assert_uint_eq(ladder.rows[0].frame, _i == 0 ? 20 : 30);
	ck_assert_uint_eq(ladder.rows[2].frame, _i == 0 ? 0 : 40);
}
END_TEST

/* A clock that is set back does not turn the order of a capture's frames. */
START_TEST(frames_stay_in_order)
{
	road_sample_begin(&road, 2, 0);
	pass_all(20, 100);
	pass_all(50, 40);
	road.facts[0].clock_steps = 1;
	road_sample_check(&road, "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
				 "21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
				 "50, 60 0>3 TREE_CONNECT \\\\fs1\\dta\n"
				 "51, 61 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
}
END_TEST

/* Of the capture at hand it is told, as it has it; others say it again. */
START_TEST(what_is_not_compared_is_told_once)
{
	road_sample_begin(&road, 2, 0);
	pass_all(20, 1);
	road_sample_add(&road, NULL, 0, 50, 50, "\\\\fs1\\mine");
	road_sample_add(&road, NULL, 1, 60, 51, "\\\\fs1\\theirs");
	road_sample_check(&road, "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
				 "21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
				 "50, ? 0>3~0-1 TREE_CONNECT \\\\fs1\\mine\n"
				 "51, ? 3>0~1-0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
}
END_TEST

START_TEST(a_close_is_one_where_it_is_the_same)
{
	road_sample_begin(&road, 2, 0);
	road.ahead[1] = 5000;
	pass_all(20, 1);
	close_at(0, ENDED_BY_CLIENT, 90, 80);
	close_at(1, _i == 0 ? ENDED_BY_CLIENT : ENDED_BY_SERVER, 95, 78);
	road_sample_check(&road, _i == 0 ? "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
					   "21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
					   "90, 95 0>3 RST\n"
					 : "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
					   "21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
					   "?, 95 3>0~3-2 RST\n"
					   "90, ? 0>3~0-1 RST\n");
}
END_TEST

/* One segment ends two exchanges and the connection, and only one of both came to the server. */
START_TEST(an_end_of_several_is_one)
{
	struct crossing *there, *lost;

	road_sample_begin(&road, 2, 0);
	there = pass_all(20, 1);
	lost = road_sample_cross(&road);
	road_sample_add(&road, lost, 0, 40, 5, "\\\\fs1\\b");
	lost->lost = (struct crossing_gap){0, 1};
	lost->begun = (struct crossing_gap){1, 0};
	lost->forged_after = "b.pcapng";
	for (size_t i = 0; i < 2; i++) {
		ladder_sample_end_exchange(at(there, i), OUTCOME_RESET, ENDED_BY_SERVER, 90 + i);
		close_at(i, ENDED_BY_SERVER, 90 + i, 3);
	}
	ladder_sample_end_exchange(at(lost, 0), OUTCOME_RESET, ENDED_BY_SERVER, 90);
	road_sample_check(&road, "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
				 "40, - 0x2 TREE_CONNECT \\\\fs1\\b, lost between points 1 and 2\n"
				 "90, 91 3>0 RST\n");
}
END_TEST

/* Legs that say the same are one each; what a point lacks of them is not known. */
START_TEST(legs_are_paired_by_what_they_say)
{
	static const char *const labels[2][3] = {
	    {"again", "again", "the last of 5"}, {"again", "again", "the last of 2"}};
	struct crossing *crossing;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < 3; j++)
			exchange_add_leg(&road.arena, at(crossing, i), CLIENT, 60 + 10 * i + j,
			    SAMPLE_START + (50 + (int64_t)j) * LADDER_MS, labels[i][j]);
	road_sample_check(&road, "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
				 "21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
				 "60, 70 0>3 again\n"
				 "61, 71 0>3 again\n"
				 "62, ? 0>3~0-1 the last of 5\n"
				 "?, 72 0>3~2-3 the last of 2\n");
}
END_TEST

/* What was sent again is lost as the request is. */
START_TEST(legs_are_lost_with_their_request)
{
	struct crossing *crossing;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	leave_out(crossing, 1);
	crossing->lost = (struct crossing_gap){0, 1};
	at(crossing, 0)->is_delivered = false;
	ladder_sample_end_exchange(at(crossing, 0), OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 0);
	exchange_add_leg(
	    &road.arena, at(crossing, 0), CLIENT, 24, SAMPLE_START + 9 * LADDER_MS, "again");
	road_sample_check(&road,
	    "20, - 0x2 TREE_CONNECT \\\\fs1\\dta, no answer for 2.00 ms, lost between points 1 "
	    "and 2\n"
	    "24, - 0x2 again, lost between points 1 and 2\n");
}
END_TEST

/* What came through is not lost with the last answer, nor begun with a forged one. */
START_TEST(legs_may_come_through)
{
	struct crossing *crossing;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	if (_i == 0)
		crossing->lost = (struct crossing_gap){1, 0};
	else
		crossing->begun = (struct crossing_gap){1, 0};
	ladder_sample_end_exchange(at(crossing, 0), OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 0);
	ladder_sample_end_exchange(at(crossing, 1), OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 0);
	for (size_t i = 0; i < 2; i++)
		exchange_add_leg(&road.arena, at(crossing, i), SERVER, 24 + 10 * i,
		    SAMPLE_START + 9 * LADDER_MS, "go on");
	road_sample_check(&road,
	    "20, 30 0x3 TREE_CONNECT \\\\fs1\\dta, delivered, no answer for 2.00 ms\n"
	    "24, 34 3>0 go on\n");
}
END_TEST

/* Where packets take several ways, the last point may have an answer, or more of a request, that is
 * lost before those between. */
START_TEST(what_takes_another_way_is_neither)
{
	struct crossing *crossing = NULL;
	struct exchange *last;

	road_sample_begin(&road, 3, 0);
	crossing = road_sample_cross(&road);
	ladder_sample_end_exchange(
	    road_sample_add(&road, crossing, 0, 20, 1, NULL), OUTCOME_RESET, ENDED_BY_SERVER, 25);
	last = road_sample_add(&road, crossing, 2, 40, 3, NULL);
	last->request_frame = 0;
	((struct crossing_point *)&crossing->points[2])->request_frame = 0;
	crossing->lost = (struct crossing_gap){0, 1};
	crossing->begun = (struct crossing_gap){1, 0};
	exchange_add_leg(&road.arena, last, CLIENT, 45, SAMPLE_START + 9 * LADDER_MS, "again");
	road_sample_check(&road, "20, -, - 0x2 TREE_CONNECT, lost between points 1 and 2\n"
				 "25, -, - 2o>0 RST, begun between points 2 and 1\n"
				 "?, ?, 41 4>0~4-3 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
				 "?, ?, 45 0>4~3-4 again\n");
}
END_TEST

/* That the client gave up is nothing that was lost with its request. */
START_TEST(the_end_of_a_lost_request_is_not_known)
{
	struct crossing *crossing;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	leave_out(crossing, 1);
	crossing->lost = (struct crossing_gap){0, 1};
	ladder_sample_end_exchange(at(crossing, 0), OUTCOME_RESET, ENDED_BY_CLIENT, 50);
	road_sample_check(&road,
	    "20, - 0x2 TREE_CONNECT \\\\fs1\\dta, delivered, no answer for 2.00 ms, lost between "
	    "points 1 and 2\n"
	    "50, ? 0>3~0-1 RST\n");
}
END_TEST

/* What ends a wait at one point ends only the connection at another, which lost the answer not. */
START_TEST(an_end_may_be_a_close)
{
	struct crossing *crossing;

	road_sample_begin(&road, 2, 0);
	crossing = pass_all(20, 1);
	ladder_sample_end_exchange(at(crossing, 0), OUTCOME_RESET, ENDED_BY_SERVER, 90);
	close_at(0, ENDED_BY_SERVER, 90, 3);
	close_at(1, ENDED_BY_SERVER, 95, 3);
	crossing->lost = (struct crossing_gap){1, 0};
	road_sample_check(&road,
	    "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
	    "90, 95 3>0 RST\n"
	    "-, 31 3x1 TREE_CONNECT STATUS_BAD_NETWORK_NAME, lost between points 2 and 1\n");
}
END_TEST

/* The frames of a finding are those of its capture. */
START_TEST(evidence_is_of_the_capture_at_hand)
{
	struct crossing *crossing;
	struct ladder ladder;

	road_sample_begin(&road, 2, 1);
	crossing = pass_all(20, 1);
	road.frames[0] = 30;
	road.finding.frame_count = 1;
	road.finding.exchange = road.finding.examples[0] = at(crossing, 1);
	road.finding.example_count = 1;
	ladder = ladder_of_finding(&road.captures[1], &road.finding, &road.arena);
	ck_assert_str_eq(road_sample_show(&road, &ladder),
	    "*20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
	    "21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
}
END_TEST

/* A finding's examples of other connections go from point to point, too. */
START_TEST(examples_are_of_all_points)
{
	struct conversation_facts background;
	struct crossing *crossing;
	struct ladder ladder;

	road_sample_begin(&road, 2, 0);
	background = road.conversations[0];
	background.is_background = true;
	crossing = pass_all(20, 1);
	at(crossing, 0)->conversation = &background;
	road.finding.exchange = road.finding.examples[0] = at(crossing, 0);
	road.finding.example_count = 1;
	ladder = ladder_of_finding(&road.captures[0], &road.finding, &road.arena);
	ck_assert_str_eq(road_sample_show(&road, &ladder),
	    "20, 30 0>3 TREE_CONNECT \\\\fs1\\dta\n"
	    "21, 31 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
}
END_TEST

/* Points take their room from hosts: of eight there are three beside them, and one more column. */
START_TEST(columns_are_bounded)
{
	struct conversation_facts others[4];
	struct ladder ladder;

	road_sample_begin(&road, LADDER_MOST_POINTS, 0);
	for (size_t i = 0; i < COUNT(others); i++) {
		struct exchange *exchange =
		    road_sample_add(&road, NULL, 0, 20 + 10 * i, (int64_t)i, "\\\\fs1\\dta");

		others[i] = road.conversations[0];
		others[i].is_background = true;
		others[i].server = addr_ipv4((const uint8_t[]){10, 0, 1, (uint8_t)i});
		exchange->conversation = &others[i];
		road.finding.examples[road.finding.example_count++] = exchange;
	}
	road.finding.exchange = road.finding.examples[0];
	ladder = ladder_of_finding(&road.captures[0], &road.finding, &road.arena);
	ck_assert_uint_eq(ladder.column_count, LADDER_MOST_LINES - 1);
	ck_assert_uint_eq(ladder.row_count, 4);
	ck_assert_uint_eq(ladder.left_out, 4);
	ck_assert_str_eq(ladder.columns[LADDER_MOST_POINTS + 1], "server 10.0.1.0");
	ck_assert_str_eq(ladder.columns[LADDER_MOST_POINTS + 2], "server 10.0.1.1");
	ck_assert_uint_eq(ladder.rows[2].to, LADDER_MOST_POINTS + 2);
}
END_TEST

/* All clients stand before the points, all servers behind them. */
START_TEST(clients_stand_before_points)
{
	struct conversation_facts other;
	struct exchange *exchanges[2];
	struct ladder ladder;

	road_sample_begin(&road, 2, 0);
	other = road.conversations[0];
	other.is_background = true;
	other.client = addr_ipv4((const uint8_t[]){10, 0, 0, 6});
	for (size_t i = 0; i < 2; i++) {
		exchanges[i] = road_sample_add(&road, NULL, 0, 20 + 10 * i, (int64_t)i, NULL);
		road.finding.examples[road.finding.example_count++] = exchanges[i];
	}
	exchanges[1]->conversation = &other;
	road.finding.exchange = exchanges[0];
	ladder = ladder_of_finding(&road.captures[0], &road.finding, &road.arena);
	ck_assert_uint_eq(ladder.column_count, 5);
	ck_assert_uint_eq(ladder.first_point, 2);
	ck_assert_str_eq(ladder.columns[0], "client 10.0.0.5");
	ck_assert_str_eq(ladder.columns[1], "client 10.0.0.6");
	ck_assert_str_eq(ladder.columns[2], "point 1, a.pcapng");
	ck_assert_str_eq(ladder.columns[4], "server 10.0.0.9");
	ck_assert_uint_eq(ladder.rows[2].from, 1);
	ck_assert_uint_eq(ladder.rows[2].to, 4);
}
END_TEST

/* Who cannot be shown counts once, however many points have it. */
START_TEST(what_is_left_out_counts_once)
{
	struct conversation_facts others[4];
	struct ladder ladder;

	road_sample_begin(&road, LADDER_MOST_POINTS, 0);
	for (size_t i = 0; i < COUNT(others); i++) {
		struct crossing *crossing = pass_all(20 + 200 * i, 100 * (int64_t)i);

		others[i] = road.conversations[0];
		others[i].is_background = true;
		others[i].server = addr_ipv4((const uint8_t[]){10, 0, 1, (uint8_t)i});
		at(crossing, 0)->conversation = &others[i];
		road.finding.examples[road.finding.example_count++] = at(crossing, 0);
	}
	road.finding.exchange = road.finding.examples[0];
	ladder = ladder_of_finding(&road.captures[0], &road.finding, &road.arena);
	ck_assert_uint_eq(ladder.row_count, 4);
	ck_assert_uint_eq(ladder.left_out, 4);
}
END_TEST

START_TEST(reasons_are_few_and_differ)
{
	static const struct ladder_passage passages[] = {{.unsure = "a"}, {.unsure = NULL},
	    {.unsure = "b"}, {.unsure = "a"}, {.unsure = "c"}, {.unsure = "d"}, {.unsure = "e"}};
	struct ladder_row rows[COUNT(passages) + 1] = {{0}};
	const struct ladder ladder = {.rows = rows, .row_count = COUNT(rows)};
	const char *reasons[LADDER_MOST_REASONS];

	for (size_t i = 0; i < COUNT(passages); i++)
		rows[i + 1].passage = &passages[i];
	ck_assert_uint_eq(ladder_reasons(&ladder, reasons), LADDER_MOST_REASONS);
	ck_assert_str_eq(reasons[0], "a");
	ck_assert_str_eq(reasons[1], "b");
	ck_assert_str_eq(reasons[3], "d");
}
END_TEST

Suite *
ladder_points_suite(void)
{
	Suite *suite = suite_create("ladder_points");
	TCase *tests = tcase_create("points");

	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_add_test(tests, each_point_has_a_column);
	tcase_add_loop_test(tests, a_request_is_lost_between_points, 0, COUNT(losses));
	tcase_add_test(tests, an_answer_is_lost_on_its_way_back);
	tcase_add_test(tests, a_server_keeps_silent);
	tcase_add_loop_test(tests, a_server_may_have_answered, 0, 2);
	tcase_add_loop_test(tests, an_answer_may_be_there_without_an_exchange, 0, 2);
	tcase_add_loop_test(tests, an_answer_begins_between_points, 0, COUNT(beginnings));
	tcase_add_loop_test(tests, a_message_is_altered_between_points, 0, COUNT(changes));
	tcase_add_test(tests, what_a_point_cannot_tell_is_not_known);
	tcase_add_test(tests, one_between_may_not_know);
	tcase_add_test(tests, nothing_in_common_is_not_of_several);
	tcase_add_test(tests, bytes_are_a_frame);
	tcase_add_loop_test(tests, rows_are_in_the_order_of_their_sending, 0, 2);
	tcase_add_test(tests, frames_stay_in_order);
	tcase_add_test(tests, what_is_not_compared_is_told_once);
	tcase_add_loop_test(tests, a_close_is_one_where_it_is_the_same, 0, 2);
	tcase_add_test(tests, an_end_of_several_is_one);
	tcase_add_test(tests, legs_are_paired_by_what_they_say);
	tcase_add_test(tests, legs_are_lost_with_their_request);
	tcase_add_loop_test(tests, legs_may_come_through, 0, 2);
	tcase_add_test(tests, what_takes_another_way_is_neither);
	tcase_add_test(tests, the_end_of_a_lost_request_is_not_known);
	tcase_add_test(tests, an_end_may_be_a_close);
	tcase_add_test(tests, evidence_is_of_the_capture_at_hand);
	tcase_add_test(tests, examples_are_of_all_points);
	tcase_add_test(tests, columns_are_bounded);
	tcase_add_test(tests, clients_stand_before_points);
	tcase_add_test(tests, what_is_left_out_counts_once);
	suite_add_tcase(suite, tests);
	tests = tcase_create("reasons");
	tcase_add_test(tests, reasons_are_few_and_differ);
	suite_add_tcase(suite, tests);
	return suite;
}
