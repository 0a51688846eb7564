#include "analyzer/points/crossing.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/points/road_samples.h"

Suite *crossing_suite(void);

static void
check_gap(const struct crossing_gap *gap, size_t after, size_t before)
{
	ck_assert_uint_eq(gap->after, after);
	ck_assert_uint_eq(gap->before, before);
}

/* To a tenth of a ms, since clocks may drift in between. */
static void
check_ahead(const struct crossing_point *point, int64_t ms)
{
	ck_assert_int_le(llabs(point->ahead - ms * SAMPLE_MS), SAMPLE_MS / 10);
}

/* The first REACH points have the exchange, and it is known how far their clocks are apart. */
static void
check_points(const struct road *road, const struct crossing *crossing, size_t reach)
{
	ck_assert_uint_eq(crossing->point_count, road->path.count);
	for (size_t i = 0; i < crossing->point_count; i++) {
		const struct crossing_point *point = &crossing->points[i];

		ck_assert_int_eq(point->exchange != NULL, i < reach);
		ck_assert_uint_eq(
		    point->request_frame, i < reach ? point->exchange->request_frame : 0);
		check_ahead(point, road->views[i].clock - road->views[0].clock);
	}
}

START_TEST(a_lost_request_is_lost_between_neighbours)
{
	struct road road = {.views[1] = {.clock = -SAMPLE_HOUR}, .views[2] = {.clock = 77777}};
	size_t count = ways[_i].count, reach = ways[_i].reach;
	const struct crossing *crossing;

	begin(&road, count);
	controls(&road);
	knock(&road, reach);
	controls_again(&road);
	link_all(&road);
	crossing = crossing_at(&road, 0, "tcp_handshake");
	check_known(crossing, false, false, false);
	check_lost(crossing, file_of(count, reach - 1), file_of(count, reach));
	check_gap(&crossing->lost, reach - 1, reach);
	check_gap(&crossing->begun, 0, 0);
	check_gap(&crossing->changed, 0, 0);
	check_points(&road, crossing, reach);
	check_forged(crossing, NULL, NULL);
	check_text(crossing->unsure, NULL);
	check_text(crossing->altered, NULL);
	check_text(crossing->there, files[2]);
	ck_assert_uint_eq(crossing->request_there, 0);
	ck_assert_uint_eq(crossing->answer_there, 0);
	ck_assert_int_lt(crossing->waited_there, 0);
	ck_assert_int_lt(crossing->path_delay, 0);
	check_number(&crossing->is_path_slower, UNKNOWN);
	end(&road);
}
END_TEST

START_TEST(a_lost_answer_is_lost_between_neighbours)
{
	struct road road = {.views[1] = {.clock = -SAMPLE_HOUR}, .views[2] = {.clock = 77777}};
	size_t count = ways[_i].count, reach = ways[_i].reach;
	const struct crossing *crossing;

	begin(&road, count);
	controls(&road);
	for (size_t i = 0; i < COUNT(syns); i++) {
		walk(&road, &syns[i], count);
		walk(&road, &syn_acks[i], reach);
	}
	controls_again(&road);
	link_all(&road);
	crossing = crossing_at(&road, 0, "tcp_handshake");
	check_known(crossing, true, true, false);
	check_lost(crossing, file_of(count, count - reach), file_of(count, count - reach - 1));
	check_gap(&crossing->lost, count - reach, count - reach - 1);
	check_points(&road, crossing, count);
	check_forged(crossing, NULL, NULL);
	check_text(crossing->unsure, NULL);
	ck_assert_uint_eq(crossing->request_there, 6);
	ck_assert_uint_eq(crossing->answer_there, 7);
	/* 5 ms from the client on, of which the SYN was under way for one to each capture. */
	ck_assert_int_eq(crossing->waited_there, (5 - (int64_t)(count - 1)) * SAMPLE_MS);
	end(&road);
}
END_TEST

START_TEST(a_server_may_keep_silent)
{
	size_t count = ways[_i].count;
	const struct crossing *crossing;
	struct road road = {0};

	begin(&road, count);
	controls(&road);
	knock(&road, count);
	controls_again(&road);
	link_all(&road);
	crossing = crossing_at(&road, 0, "tcp_handshake");
	check_known(crossing, true, false, false);
	check_lost(crossing, NULL, NULL);
	check_forged(crossing, NULL, NULL);
	check_text(crossing->unsure, NULL);
	ck_assert_uint_eq(crossing->request_there, 6);
	ck_assert_uint_eq(crossing->answer_there, 0);
	end(&road);
}
END_TEST

/* Milliseconds that the answer takes from the server's capture to those nearer to the client, and
 * what is told of that: the whole delay, and between which two of three captures most of it was. */
static const struct {
	int64_t to_middle, to_client;
	int64_t delay, slowest;
	size_t after;
	bool is_path_slower;
} delays[] = {
    {1, 2, 4, 2, 0, false},
    {1, 3001, 3003, 3001, 0, true},
    {2500, 3000, 3002, 2501, 1, true},
    {90, 95, 97, 91, 1, false},
    {94, 96, 98, 95, 1, false},
    {94, 97, 99, 95, 1, true},
};

/* A request that is answered as the INDEXth of them says; of the captures from LISTED on nothing
 * was made but segments. */
static const struct crossing *
delay(struct road *road, size_t index, size_t listed)
{
	const int64_t back[] = {delays[index].to_client, delays[index].to_middle, 0};

	begin(road, 3);
	controls(road);
	walk_all(road, opening, COUNT(opening));
	walk(road, &request, 3);
	for (size_t i = 3; i-- > 0;)
		point_see(&road->views[i], answer, back[i], 99);
	controls_again(road);
	gather(road);
	for (size_t i = listed; i < 3; i++)
		road->views[i].run.ledger.count = 0;
	crossings_link(&road->path, &road->arena);
	return crossing_at(road, 0, "toy");
}

/* An answer that came soon enough is not listed where it did. */
START_TEST(a_delay_is_told_by_where_it_arose)
{
	struct road road = {.views[1] = {.clock = -SAMPLE_HOUR}, .views[2] = {.clock = 77777}};
	const struct crossing *crossing =
	    delay(&road, (size_t)_i % COUNT(delays), 1 + (size_t)_i / COUNT(delays));

	_i %= (int)COUNT(delays);
	check_known(crossing, true, true, true);
	/* The request was under way for 2 ms. */
	ck_assert_int_eq(crossing->waited_there, 98 * SAMPLE_MS);
	ck_assert_uint_eq(crossing->request_there, 9);
	ck_assert_uint_eq(crossing->answer_there, 10);
	ck_assert_int_eq(crossing->path_delay, delays[_i].delay * SAMPLE_MS);
	ck_assert_int_eq(crossing->slowest_delay, delays[_i].slowest * SAMPLE_MS);
	check_text(crossing->slowest_after, files[delays[_i].after]);
	check_text(crossing->slowest_before, files[delays[_i].after + 1]);
	check_number(&crossing->is_path_slower, delays[_i].is_path_slower);
	end(&road);
}
END_TEST

/* Then no two waits can be compared. */
START_TEST(a_clock_that_is_set_leaves_delays_open)
{
	struct road road = {0};
	const struct crossing *crossing;

	begin(&road, 2);
	controls(&road);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, 2);
	road.views[_i].clock = -30;
	walk(&road, &answer, 2);
	controls_again(&road);
	link_all(&road);
	ck_assert_uint_eq(road.path.pairings[0][1].clock.stretch_count, 2);
	crossing = crossing_at(&road, 0, "toy");
	check_known(crossing, true, true, true);
	ck_assert_int_lt(crossing->path_delay, 0);
	ck_assert_int_lt(crossing->slowest_delay, 0);
	check_text(crossing->slowest_after, NULL);
	check_number(&crossing->is_path_slower, UNKNOWN);
	end(&road);
}
END_TEST

/* What a device sends in the server's name, those captures have that are nearer to the client. */
START_TEST(a_forged_answer_begins_between_neighbours)
{
	size_t count = ways[_i].count, reach = ways[_i].reach;
	const struct crossing *crossing;
	struct road road = {0};

	begin(&road, count);
	controls(&road);
	knock(&road, count);
	for (size_t i = 0; i < reach; i++)
		point_see(&road.views[i], rst, (int64_t)(reach - i), 0);
	controls_again(&road);
	link_all(&road);
	crossing = crossing_at(&road, 0, "tcp_handshake");
	check_known(crossing, true, false, true);
	check_forged(crossing, file_of(count, reach), file_of(count, reach - 1));
	check_gap(&crossing->begun, reach, reach - 1);
	check_gap(&crossing->lost, 0, 0);
	check_points(&road, crossing, count);
	check_lost(crossing, NULL, NULL);
	check_text(crossing->unsure, NULL);
	end(&road);
}
END_TEST

/* A capture that has packets out of order may have the answer behind what ended the wait. */
START_TEST(what_stands_behind_the_end_came_all_the_same)
{
	const struct crossing *crossing;
	struct road road = {0};

	begin(&road, 2);
	controls(&road);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, 2);
	point_see(&road.views[0], answer, 1, 7);
	point_see(&road.views[0], given_up, 0, 8);
	point_see(&road.views[1], given_up, 1, 8);
	point_see(&road.views[1], answer, 2000, 7);
	controls_again(&road);
	link_all(&road);
	crossing = crossing_at(&road, 0, "toy");
	check_known(crossing, true, true, true);
	check_lost(crossing, NULL, NULL);
	check_forged(crossing, NULL, NULL);
	end(&road);
}
END_TEST

START_TEST(what_stands_before_the_request_came_all_the_same)
{
	static const struct sample asked = DATAGRAM(10000, CLIENT, "Q65abc");
	static const struct sample told = DATAGRAM(10010, SERVER, "A43x");
	const struct crossing *crossing;
	struct road road = {0};

	begin(&road, 2);
	controls(&road);
	point_see(&road.views[0], told, -11, 7);
	point_see(&road.views[0], asked, 0, 8);
	point_see(&road.views[1], asked, 1, 8);
	point_see(&road.views[1], told, 0, 7);
	controls_again(&road);
	link_all(&road);
	crossing = crossing_at(&road, 1, "toy");
	check_known(crossing, true, true, true);
	check_lost(crossing, NULL, NULL);
	end(&road);
}
END_TEST

/* A firewall that answers keeps the request. */
START_TEST(a_request_may_be_lost_and_answered)
{
	const struct crossing *crossing;
	struct road road = {0};

	begin(&road, 2);
	controls(&road);
	knock(&road, 1);
	point_see(&road.views[0], rst, 0, 0);
	controls_again(&road);
	link_all(&road);
	crossing = crossing_at(&road, 0, "tcp_handshake");
	check_known(crossing, false, false, true);
	check_lost(crossing, files[0], files[2]);
	check_forged(crossing, files[2], files[0]);
	end(&road);
}
END_TEST

START_TEST(what_arrives_is_there_and_here)
{
	struct road road = {.views[1] = {.clock = -SAMPLE_HOUR}, .views[2] = {.clock = 77777}};
	const char *const names[] = {"tcp_handshake", "toy"};
	size_t count = ways[_i].count;

	begin(&road, count);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, count);
	walk(&road, &answer, count);
	link_all(&road);
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct crossing *crossing = crossing_at(&road, 0, names[i]);

		check_known(crossing, true, true, true);
		check_lost(crossing, NULL, NULL);
		check_forged(crossing, NULL, NULL);
		check_text(crossing->altered, NULL);
		check_text(crossing->unsure, NULL);
		ck_assert_uint_eq(crossing->request_there, i == 0 ? 1 : 4);
		ck_assert_uint_eq(crossing->answer_there, i == 0 ? 2 : 5);
	}
	end(&road);
}
END_TEST

/* Also of one connection that goes on otherwise. */
START_TEST(a_request_of_an_open_connection_is_lost)
{
	size_t count = ways[_i].count, reach = ways[_i].reach;
	const struct crossing *crossing;
	struct road road = {0};

	begin(&road, count);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, reach);
	walk(&road, &given_up, count);
	link_all(&road);
	crossing = crossing_at(&road, 0, "toy");
	check_known(crossing, false, false, false);
	check_lost(crossing, file_of(count, reach - 1), file_of(count, reach));
	end(&road);
}
END_TEST

/* Of a request in two segments the second is lost: what came of it is no request. */
START_TEST(a_request_comes_with_its_last_segment)
{
	static const struct sample pieces[] = {
	    PAYLOAD(10100, CLIENT, 101, 501, "Q99abc"), PAYLOAD(10110, CLIENT, 107, 501, "def")};
	struct road road = {0};

	begin(&road, 2);
	controls(&road);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &pieces[0], 2);
	walk(&road, &pieces[1], 1);
	walk(&road, &given_up, 2);
	controls_again(&road);
	link_all(&road);
	check_number(&crossing_at(&road, 0, "toy")->is_request_there, false);
	check_lost(crossing_at(&road, 0, "toy"), files[0], files[2]);
	end(&road);
}
END_TEST

START_TEST(an_answer_of_an_open_connection_is_lost)
{
	size_t count = ways[_i].count, reach = ways[_i].reach;
	const struct crossing *crossing;
	struct road road = {0};

	begin(&road, count);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, count);
	walk(&road, &answer, reach);
	walk(&road, &given_up, count);
	link_all(&road);
	crossing = crossing_at(&road, 0, "toy");
	check_known(crossing, true, true, false);
	check_lost(crossing, file_of(count, count - reach), file_of(count, count - reach - 1));
	check_gap(&crossing->lost, count - reach, count - reach - 1);
	check_points(&road, crossing, count);
	end(&road);
}
END_TEST

/* A capture that cuts it makes nothing of a request, and has it all the same. */
START_TEST(a_request_that_cannot_be_read_is_no_lost_one)
{
	const struct crossing *crossing;
	struct sample cut = request;
	struct road road = {0};

	begin(&road, 2);
	walk_all(&road, opening, COUNT(opening));
	cut.cut = (uint32_t)strlen(cut.payload);
	point_see(&road.views[0], request, 0, 0);
	point_see(&road.views[1], cut, 1, 0);
	walk(&road, &given_up, 2);
	link_all(&road);
	ck_assert_ptr_null(exchange_at(&road, 1, "toy"));
	crossing = crossing_at(&road, 0, "toy");
	check_known(crossing, true, UNKNOWN, false);
	check_lost(crossing, NULL, NULL);
	ck_assert_ptr_null(crossing->points[1].exchange);
	ck_assert_uint_eq(crossing->points[1].request_frame, COUNT(opening) + 1);
	end(&road);
}
END_TEST

/* Whether it was answered a capture that ended cannot tell, and so nothing of it was lost. */
START_TEST(what_a_capture_leaves_open_stays_open)
{
	const struct crossing *crossing;
	struct road road = {0};

	begin(&road, 2);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, 2);
	point_see(&road.views[1], answer, 0, 0);
	link_all(&road);
	crossing = crossing_at(&road, 0, "toy");
	check_known(crossing, true, true, UNKNOWN);
	check_lost(crossing, NULL, NULL);
	check_text(crossing->unsure, "client.pcapng cannot tell whether it was answered");
	end(&road);
}
END_TEST

/* Where nothing tells how clocks differ, it is as if the request were at both at once. */
START_TEST(without_clocks_a_request_tells_of_them)
{
	struct road road = {.views[1] = {.clock = 77777}};

	begin(&road, 2);
	knock(&road, 2);
	gather(&road);
	road.path.pairings[0][1].clock = (struct clock_map){0};
	crossings_link(&road.path, &road.arena);
	check_ahead(&crossing_at(&road, 0, "tcp_handshake")->points[1], 77777 + 1);
	end(&road);
}
END_TEST

/* ---- twins ---- */

START_TEST(exchanges_that_are_one_have_one_crossing)
{
	const struct crossing *handshake, *toy;
	struct road road = {0};

	begin(&road, 3);
	controls(&road);
	renumber(&road, 1, 7000, 90000);
	renumber(&road, 2, 7000, 90000);
	road.views[2].network = 9;
	road.views[2].client_port = 40000;
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, 3);
	walk(&road, &answer, 3);
	link_all(&road);
	handshake = crossing_at(&road, 0, "tcp_handshake");
	toy = crossing_at(&road, 0, "toy");
	ck_assert_ptr_ne(handshake, toy);
	for (size_t i = 1; i < 3; i++) {
		ck_assert_ptr_eq(crossing_at(&road, i, "tcp_handshake"), handshake);
		ck_assert_ptr_eq(crossing_at(&road, i, "toy"), toy);
	}
	check_known(handshake, true, true, true);
	check_known(toy, true, true, true);
	end(&road);
}
END_TEST

/* What the client's capture lacks begins at the next; what is nearer to the client is not known. */
START_TEST(a_crossing_begins_where_it_is_seen)
{
	const struct crossing *crossing;
	struct road road = {.views[1] = {.clock = -SAMPLE_HOUR}, .views[2] = {.clock = 500}};

	begin(&road, 3);
	controls(&road);
	for (size_t i = 0; i < COUNT(opening); i++)
		for (size_t j = 1; j < 3; j++)
			point_see(&road.views[j], opening[i], (int64_t)j, 0);
	link_all(&road);
	crossing = crossing_at(&road, 1, "tcp_handshake");
	ck_assert_ptr_eq(crossing_at(&road, 2, "tcp_handshake"), crossing);
	check_known(crossing, true, true, UNKNOWN);
	ck_assert_ptr_null(crossing->points[0].exchange);
	ck_assert_uint_eq(crossing->points[0].request_frame, 0);
	check_ahead(&crossing->points[1], -SAMPLE_HOUR);
	check_ahead(&crossing->points[2], 500);
	check_lost(crossing, NULL, NULL);
	end(&road);
}
END_TEST

START_TEST(twins_are_found_by_their_place)
{
	struct twin_finder *finder;
	struct road road = {0};
	struct twins twins;

	begin(&road, 3);
	controls(&road);
	renumber(&road, 1, 7000, 90000);
	renumber(&road, 2, 7001, 9);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, 3);
	walk(&road, &answer, 3);
	gather(&road);
	finder = twin_finder_new(&road.path);
	ck_assert(twins_find(finder, 0, exchange_at(&road, 0, "toy"), &twins));
	ck_assert_uint_eq(twins.first, 0);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_ptr_eq(twins.exchanges[i], exchange_at(&road, i, "toy"));
		ck_assert_ptr_eq(
		    twins.connections[i], sightings_of_stream(&road.views[i].sightings, 1));
		ck_assert_uint_eq(twins.shift[i][CLIENT], road.views[i].shift[CLIENT]);
		ck_assert_uint_eq(twins.shift[i][SERVER], road.views[i].shift[SERVER]);
	}
	ck_assert(twins_find(finder, 1, exchange_at(&road, 1, "tcp_handshake"), &twins));
	ck_assert_uint_eq(twins.first, 1);
	ck_assert_ptr_null(twins.exchanges[0]);
	ck_assert_ptr_eq(twins.exchanges[2], exchange_at(&road, 2, "tcp_handshake"));
	ck_assert_uint_eq(twins.shift[2][CLIENT], 7001 - 7000);
	twin_finder_free(finder);
	end(&road);
}
END_TEST

/* A segment that is sent again and again has no place of its own by which the other capture could
 * be asked for it: the SYN's, which has arrived, is not it. */
START_TEST(what_has_no_place_is_not_compared)
{
	struct sample again = request;
	struct exchange *delivery;
	struct road road = {0};

	begin(&road, 2);
	controls(&road);
	walk_all(&road, opening, COUNT(opening));
	for (int i = 0; i < 5; i++, again.time += 1000)
		walk(&road, &again, 1);
	controls_again(&road);
	link_all(&road);
	delivery = exchange_at(&road, 0, "tcp_delivery");
	ck_assert_ptr_nonnull(delivery);
	ck_assert_ptr_null(delivery->crossing);
	check_known(crossing_at(&road, 0, "toy"), false, false, UNKNOWN);
	end(&road);
}
END_TEST

/* Of the same words at another place it is none. */
START_TEST(another_request_is_no_twin)
{
	struct road road = {0};
	struct sample second = request;

	second.seq += 6;
	begin(&road, 2);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, 1);
	point_see(&road.views[1], second, 1, 0);
	walk(&road, &given_up, 2);
	link_all(&road);
	ck_assert_ptr_nonnull(exchange_at(&road, 1, "toy"));
	ck_assert_ptr_ne(crossing_at(&road, 0, "toy"), crossing_at(&road, 1, "toy"));
	end(&road);
}
END_TEST

static TCase *
told_tests(void)
{
	TCase *tcase = tcase_create("told");

	tcase_add_loop_test(tcase, a_lost_request_is_lost_between_neighbours, 0, COUNT(ways));
	tcase_add_loop_test(tcase, a_lost_answer_is_lost_between_neighbours, 0, COUNT(ways));
	tcase_add_loop_test(tcase, a_server_may_keep_silent, 0, COUNT(ways) - 1);
	tcase_add_loop_test(tcase, a_delay_is_told_by_where_it_arose, 0, 3 * COUNT(delays));
	tcase_add_loop_test(tcase, a_clock_that_is_set_leaves_delays_open, 0, 2);
	tcase_add_loop_test(tcase, a_forged_answer_begins_between_neighbours, 0, COUNT(ways));
	tcase_add_test(tcase, what_stands_behind_the_end_came_all_the_same);
	tcase_add_test(tcase, what_stands_before_the_request_came_all_the_same);
	tcase_add_test(tcase, a_request_may_be_lost_and_answered);
	tcase_add_loop_test(tcase, what_arrives_is_there_and_here, 0, COUNT(ways) - 1);
	tcase_add_loop_test(tcase, a_request_of_an_open_connection_is_lost, 0, COUNT(ways));
	tcase_add_test(tcase, a_request_comes_with_its_last_segment);
	tcase_add_loop_test(tcase, an_answer_of_an_open_connection_is_lost, 0, COUNT(ways));
	tcase_add_test(tcase, a_request_that_cannot_be_read_is_no_lost_one);
	tcase_add_test(tcase, without_clocks_a_request_tells_of_them);
	tcase_add_test(tcase, what_a_capture_leaves_open_stays_open);
	return tcase;
}

static TCase *
twin_tests(void)
{
	TCase *tcase = tcase_create("twins");

	tcase_add_test(tcase, exchanges_that_are_one_have_one_crossing);
	tcase_add_test(tcase, a_crossing_begins_where_it_is_seen);
	tcase_add_test(tcase, twins_are_found_by_their_place);
	tcase_add_test(tcase, what_has_no_place_is_not_compared);
	tcase_add_test(tcase, another_request_is_no_twin);
	return tcase;
}

Suite *
crossing_suite(void)
{
	Suite *suite = suite_create("crossing");

	suite_add_tcase(suite, told_tests());
	suite_add_tcase(suite, twin_tests());
	return suite;
}
