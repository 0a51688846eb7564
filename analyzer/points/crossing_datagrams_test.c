#include "analyzer/points/crossing.h"

#include <check.h>

#include "analyzer/points/road_samples.h"

Suite *crossing_datagrams_suite(void);

/* A request to a KDC, again, and what may answer each. */
static const struct sample asked[] = {
    DATAGRAM(10000, CLIENT, "Q65abc"), DATAGRAM(15000, CLIENT, "Q65abc")};
static const struct sample told[] = {
    DATAGRAM(10005, SERVER, "A43x"), DATAGRAM(15005, SERVER, "A43x")};

/* Over IPv6 packets have no Identification. */
static void
begin_datagrams(struct road *road, size_t count, bool is_ipv6)
{
	for (size_t i = 0; i < count; i++)
		road->views[i].is_ipv6 = is_ipv6;
	begin(road, count);
	controls(road);
}

static void
walk_datagrams(struct road *road, const struct sample *samples, size_t count, size_t reach)
{
	for (size_t i = 0; i < count; i++)
		walk(road, &samples[i], reach);
}

/* The same in IPv4 and IPv6. */
START_TEST(a_lost_datagram_is_lost_between_neighbours)
{
	size_t count = ways[_i / 2].count, reach = ways[_i / 2].reach;
	struct road road = {0};

	begin_datagrams(&road, count, _i % 2 != 0);
	walk_datagrams(&road, asked, COUNT(asked), reach);
	controls_again(&road);
	link_all(&road);
	check_known(crossing_at(&road, 0, "toy"), false, false, false);
	check_lost(crossing_at(&road, 0, "toy"), file_of(count, reach - 1), file_of(count, reach));
	check_forged(crossing_at(&road, 0, "toy"), NULL, NULL);
	check_text(crossing_at(&road, 0, "toy")->unsure, NULL);
	end(&road);
}
END_TEST

START_TEST(a_lost_datagram_is_lost_on_its_way_back)
{
	size_t count = ways[_i / 2].count, reach = ways[_i / 2].reach;
	const struct crossing *crossing;
	struct road road = {0};

	begin_datagrams(&road, count, _i % 2 != 0);
	walk_datagrams(&road, asked, COUNT(asked), count);
	walk_datagrams(&road, told, COUNT(told), reach);
	controls_again(&road);
	link_all(&road);
	crossing = crossing_at(&road, 0, "toy");
	check_known(crossing, true, true, false);
	check_lost(crossing, file_of(count, count - reach), file_of(count, count - reach - 1));
	check_text(crossing->unsure, NULL);
	end(&road);
}
END_TEST

/* The first of two requests of the same bytes is lost; the second comes through, and so the request
 * does. */
START_TEST(what_is_sent_again_comes_through_once)
{
	const struct crossing *crossing;
	struct road road = {0};

	begin_datagrams(&road, 2, _i != 0);
	walk(&road, &asked[0], 1);
	walk(&road, &asked[1], 2);
	walk(&road, &told[1], 2);
	controls_again(&road);
	link_all(&road);
	crossing = crossing_at(&road, 0, "toy");
	check_known(crossing, true, true, true);
	check_lost(crossing, NULL, NULL);
	ck_assert_int_eq(crossing->waited_there, 4 * SAMPLE_MS);
	ck_assert_uint_eq(crossing->request_there, exchange_at(&road, 1, "toy")->request_frame);
	ck_assert_uint_eq(crossing->answer_there, exchange_at(&road, 1, "toy")->answer_frame);
	end(&road);
}
END_TEST

START_TEST(a_kdc_may_keep_silent)
{
	struct road road = {0};

	begin_datagrams(&road, 2, _i != 0);
	walk_datagrams(&road, asked, COUNT(asked), 2);
	controls_again(&road);
	link_all(&road);
	check_known(crossing_at(&road, 0, "toy"), true, false, false);
	check_lost(crossing_at(&road, 0, "toy"), NULL, NULL);
	end(&road);
}
END_TEST

/* The KDC is asked, or is not, and the client has an answer that is none of its. */
START_TEST(a_forged_datagram_begins_between_neighbours)
{
	size_t asked_reach = _i == 0 ? 1 : 2;
	struct road road = {0};

	begin_datagrams(&road, 2, false);
	walk(&road, &asked[0], asked_reach);
	point_see(&road.views[0], told[0], 0, 99);
	controls_again(&road);
	link_all(&road);
	check_known(crossing_at(&road, 0, "toy"), asked_reach == 2, false, true);
	check_forged(crossing_at(&road, 0, "toy"), files[2], files[0]);
	end(&road);
}
END_TEST

/* Translated before the server, and lost on the way back: nothing but the bytes and the time tells
 * that it is one. */
START_TEST(a_translated_datagram_is_followed)
{
	struct road road = {0};
	struct sample long_request = asked[0];

	long_request.payload = "Q65abc" HUNDRED;
	begin_datagrams(&road, 2, false);
	road.views[1].network = 9;
	road.views[1].client_port = 50009;
	walk(&road, &long_request, 2);
	walk(&road, &told[0], 1);
	road.views[1].network = 0;
	road.views[1].client_port = 0;
	controls_again(&road);
	link_all(&road);
	check_known(crossing_at(&road, 0, "toy"), true, true, false);
	check_lost(crossing_at(&road, 0, "toy"), files[2], files[0]);
	end(&road);
}
END_TEST

/* Whether it was altered, or lost and another one sent, is not known. */
START_TEST(another_datagram_in_its_place_leaves_it_open)
{
	size_t count = 2 + (size_t)_i;
	struct road road = {0};
	struct text wanted = {0};

	begin_datagrams(&road, count, false);
	for (size_t i = 1; i < count; i++)
		road.views[i].rewritten = "Q65xyz";
	walk(&road, &asked[0], count);
	for (size_t i = 1; i < count; i++)
		road.views[i].rewritten = NULL;
	controls_again(&road);
	link_all(&road);
	check_known(crossing_at(&road, 0, "toy"), UNKNOWN, UNKNOWN, false);
	check_lost(crossing_at(&road, 0, "toy"), NULL, NULL);
	text_addf(&wanted,
	    "%s has datagrams of this client that nobody nearer to it has, so that a device may "
	    "have altered this one",
	    file_of(count, 1));
	check_text(crossing_at(&road, 0, "toy")->unsure, text_chars(&wanted));
	text_free(&wanted);
	end(&road);
}
END_TEST

/* Names are asked for from one port each, in one conversation. */
START_TEST(a_question_for_a_name_is_lost)
{
	static const struct sample first[] = {
	    NAME_DATAGRAM(10000, CLIENT, "Q43a"), NAME_DATAGRAM(10010, SERVER, "A43a")};
	static const struct sample second = {
	    .time = 11000, .from = CLIENT, .payload = "Q43b", .ports = {40054, 53}};
	const struct ledger *ledger;
	struct road road = {0};
	size_t questions = 0;

	begin_datagrams(&road, 2, false);
	walk_datagrams(&road, first, COUNT(first), 2);
	walk(&road, &second, 1);
	controls_again(&road);
	link_all(&road);
	ledger = &road.views[0].run.ledger;
	for (size_t i = 0; i < ledger->count; i++) {
		const struct exchange *exchange = ledger->items[i];

		bool is_answered = exchange->answer_frame != 0;

		if (!exchange->conversation->is_background)
			continue;
		questions++;
		ck_assert_ptr_nonnull(exchange->crossing);
		check_known(exchange->crossing, is_answered, is_answered, is_answered);
	}
	ck_assert_uint_eq(questions, 2);
	end(&road);
}
END_TEST

/* A capture filter that wants ports leaves out all fragments of an answer but the first. */
START_TEST(an_answer_may_be_in_fragments_that_are_not_captured)
{
	struct road road = {0};
	bool shows_others = _i != 0;

	begin_datagrams(&road, 2, false);
	walk(&road, &asked[0], 2);
	walk(&road, &told[0], 1);
	controls_again(&road);
	road.facts[0].fragments_incomplete = 1;
	road.views[0].sightings.reassembled = shows_others;
	link_all(&road);
	check_known(crossing_at(&road, 0, "toy"), true, true, shows_others ? false : UNKNOWN);
	if (shows_others)
		check_lost(crossing_at(&road, 0, "toy"), files[2], files[0]);
	else
		check_lost(crossing_at(&road, 0, "toy"), NULL, NULL);
	check_text(crossing_at(&road, 0, "toy")->unsure,
	    shows_others ? NULL
			 : "client.pcapng lacks fragments of 1 datagram, of which it may be one, "
			   "and shows none that has all of them");
	end(&road);
}
END_TEST

static void
forget_exchange(struct road *road, size_t view)
{
	struct ledger *ledger = &road->views[view].run.ledger;
	const struct exchange *forgotten = exchange_at(road, view, "toy");

	for (size_t i = 0; i < ledger->count; i++)
		if (ledger->items[i] == forgotten)
			ledger->items[i] = ledger->items[--ledger->count];
}

/* The second capture made no exchange of it, such as of a question asked again, and has the bytes.
 */
START_TEST(bytes_without_an_exchange_are_there)
{
	struct road road = {0};

	begin_datagrams(&road, 2, false);
	walk(&road, &asked[0], 2);
	walk(&road, &told[0], 2);
	controls_again(&road);
	gather(&road);
	forget_exchange(&road, 1);
	crossings_link(&road.path, &road.arena);
	check_known(crossing_at(&road, 0, "toy"), true, true, true);
	end(&road);
}
END_TEST

/* A device behind it answers, and the server is silent. */
START_TEST(bytes_without_an_exchange_may_be_forged)
{
	struct road road = {0};

	begin_datagrams(&road, 3, false);
	walk(&road, &asked[0], 3);
	for (size_t i = 0; i < 2; i++)
		point_see(&road.views[i], told[0], 2 - (int64_t)i, 99);
	controls_again(&road);
	gather(&road);
	forget_exchange(&road, 1);
	crossings_link(&road.path, &road.arena);
	check_known(crossing_at(&road, 0, "toy"), true, false, true);
	check_forged(crossing_at(&road, 0, "toy"), files[2], files[1]);
	end(&road);
}
END_TEST

Suite *
crossing_datagrams_suite(void)
{
	Suite *suite = suite_create("crossing_datagrams");
	TCase *tcase = tcase_create("datagrams");

	tcase_add_loop_test(tcase, a_lost_datagram_is_lost_between_neighbours, 0, 2 * COUNT(ways));
	tcase_add_loop_test(tcase, a_lost_datagram_is_lost_on_its_way_back, 0, 2 * COUNT(ways));
	tcase_add_loop_test(tcase, what_is_sent_again_comes_through_once, 0, 2);
	tcase_add_loop_test(tcase, a_kdc_may_keep_silent, 0, 2);
	tcase_add_loop_test(tcase, a_forged_datagram_begins_between_neighbours, 0, 2);
	tcase_add_test(tcase, a_translated_datagram_is_followed);
	tcase_add_loop_test(tcase, another_datagram_in_its_place_leaves_it_open, 0, 2);
	tcase_add_test(tcase, a_question_for_a_name_is_lost);
	tcase_add_loop_test(tcase, an_answer_may_be_in_fragments_that_are_not_captured, 0, 2);
	tcase_add_test(tcase, bytes_without_an_exchange_are_there);
	tcase_add_test(tcase, bytes_without_an_exchange_may_be_forged);
	suite_add_tcase(suite, tcase);
	return suite;
}
