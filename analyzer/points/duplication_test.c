#include "analyzer/points/duplication.h"

#include "analyzer/points/road_samples.h"

Suite *duplication_suite(void);

/* Requests and answers after the one that tests are about. */
#define MORE 6

/* How a packet comes to a capture a second time. */
static const struct way {
	int64_t delay;      /* milliseconds */
	int ip_id;          /* added to the first one's */
	bool is_duplicated; /* which is then said */
} again[] = {
    {0, 0, true}, {1, 0, true}, {40, 0, true}, {40, 1, false}, /* sent again */
};

static struct sample
question(size_t number)
{
	static const char *const texts[] = {
	    "Q65abc", "Q66abc", "Q67abc", "Q68abc", "Q69abc", "Q70abc", "Q71abc"};

	return (struct sample)PAYLOAD(10100 + 200 * (int64_t)number, CLIENT,
	    101 + 6 * (uint32_t)number, 501 + 4 * (uint32_t)number, texts[number]);
}

static struct sample
reply(size_t number)
{
	static const char *const texts[] = {"A43x", "A44x", "A45x", "A46x", "A47x", "A48x", "A49x"};

	return (struct sample)PAYLOAD(10200 + 200 * (int64_t)number, SERVER,
	    501 + 4 * (uint32_t)number, 107 + 6 * (uint32_t)number, texts[number]);
}

/* SAMPLE as COUNT captures have it, with IP_ID; the one at TWICE_AT has it again, as WAY says. */
static void
pass(
    struct road *road, struct sample sample, uint16_t ip_id, size_t twice_at, const struct way *way)
{
	size_t count = road->path.count;

	for (size_t i = 0; i < count; i++)
		point_see(&road->views[i], sample,
		    sample.from == CLIENT ? (int64_t)i : (int64_t)(count - 1 - i), ip_id);
	if (twice_at < count)
		point_see(&road->views[twice_at], sample,
		    (sample.from == CLIENT ? (int64_t)twice_at : (int64_t)(count - 1 - twice_at)) +
			way->delay,
		    (uint16_t)(ip_id + way->ip_id));
}

#define NOWHERE SIZE_MAX

/* A connection of which the first request came twice at REQUEST_AT, and its answer at ANSWER_AT; of
 * all others what tests want. */
static void
talk(struct road *road, size_t request_at, size_t answer_at, const struct way *way,
    size_t others_at, size_t other_answers_at)
{
	controls(road);
	walk_all(road, opening, COUNT(opening));
	pass(road, question(0), 1000, request_at, way);
	pass(road, reply(0), 2000, answer_at, way);
	for (size_t i = 1; i <= MORE; i++) {
		pass(road, question(i), (uint16_t)(1000 + 10 * i), others_at, way);
		pass(road, reply(i), (uint16_t)(2000 + 10 * i), other_answers_at, way);
	}
	controls_again(road);
	link_all(road);
}

static void
check_duplicated(
    const struct crossing *crossing, uint64_t count, const char *after, const char *before)
{
	ck_assert_uint_eq(crossing->duplicated, count);
	check_text(crossing->duplicated_after, after);
	check_text(crossing->duplicated_before, before);
}

/* The first exchange of the connection that tests are about. */
static const struct crossing *
first_crossing(const struct road *road)
{
	return crossing_at(road, 0, "toy");
}

START_TEST(a_request_is_doubled_between_neighbours)
{
	struct road road = {.views[2] = {.clock = 77777}};

	begin(&road, 3);
	talk(&road, 2, NOWHERE, &again[_i], NOWHERE, NOWHERE);
	if (again[_i].is_duplicated)
		check_duplicated(first_crossing(&road), 1, files[1], files[2]);
	else
		check_duplicated(first_crossing(&road), 0, NULL, NULL);
	end(&road);
}
END_TEST

START_TEST(an_answer_is_doubled_between_neighbours)
{
	struct road road = {.views[2] = {.clock = 77777}};

	begin(&road, 3);
	talk(&road, NOWHERE, 0, &again[_i], NOWHERE, NOWHERE);
	if (again[_i].is_duplicated)
		check_duplicated(first_crossing(&road), 1, files[1], files[0]);
	else
		check_duplicated(first_crossing(&road), 0, NULL, NULL);
	end(&road);
}
END_TEST

/* Where both directions have copies, or nearly all packets of one do, a mirror port may have made
 * them. */
static const struct {
	size_t answer_at, others_at, other_answers_at;
} mirrors[] = {{1, NOWHERE, NOWHERE}, {NOWHERE, NOWHERE, 1}, {NOWHERE, 1, NOWHERE}, {1, 1, 1}};

START_TEST(a_mirror_port_doubles_nothing_on_the_way)
{
	struct road road = {0};

	begin(&road, 2);
	talk(&road, 1, mirrors[_i].answer_at, &again[0], mirrors[_i].others_at,
	    mirrors[_i].other_answers_at);
	check_duplicated(first_crossing(&road), 0, NULL, NULL);
	end(&road);
}
END_TEST

/* What the sender's capture has twice was sent twice, or copied there. */
START_TEST(what_comes_twice_from_the_sender_is_not_doubled)
{
	struct road road = {0};

	begin(&road, 2);
	controls(&road);
	walk_all(&road, opening, COUNT(opening));
	pass(&road, question(0), 1000, 0, &again[0]);
	point_see(&road.views[1], question(0), 1, 1000);
	for (size_t i = 0; i <= MORE; i++) {
		if (i != 0)
			pass(&road, question(i), (uint16_t)(1000 + 10 * i), NOWHERE, NULL);
		pass(&road, reply(i), (uint16_t)(2000 + 10 * i), NOWHERE, NULL);
	}
	controls_again(&road);
	link_all(&road);
	check_duplicated(first_crossing(&road), 0, NULL, NULL);
	end(&road);
}
END_TEST

/* Too little came the other way to know whether the capture makes copies. */
START_TEST(without_control_nothing_is_said)
{
	struct road road = {0};

	begin(&road, 2);
	controls(&road);
	walk_all(&road, opening, COUNT(opening));
	pass(&road, question(0), 1000, 1, &again[0]);
	pass(&road, reply(0), 2000, NOWHERE, NULL);
	for (size_t i = 1; i <= MORE; i++)
		pass(&road, question(i), (uint16_t)(1000 + 10 * i), NOWHERE, NULL);
	controls_again(&road);
	link_all(&road);
	check_duplicated(first_crossing(&road), 0, NULL, NULL);
	end(&road);
}
END_TEST

Suite *
duplication_suite(void)
{
	Suite *suite = suite_create("duplication");
	TCase *tcase = tcase_create("duplication");

	tcase_add_loop_test(tcase, a_request_is_doubled_between_neighbours, 0, COUNT(again));
	tcase_add_loop_test(tcase, an_answer_is_doubled_between_neighbours, 0, COUNT(again));
	tcase_add_loop_test(tcase, a_mirror_port_doubles_nothing_on_the_way, 0, COUNT(mirrors));
	tcase_add_test(tcase, what_comes_twice_from_the_sender_is_not_doubled);
	tcase_add_test(tcase, without_control_nothing_is_said);
	suite_add_tcase(suite, tcase);
	return suite;
}
