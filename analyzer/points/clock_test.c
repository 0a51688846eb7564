#include "analyzer/points/clock.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/hash.h"

Suite *clock_suite(void);

#define MS     INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define HOUR   (3600 * SECOND)
#define START  INT64_C(1767225600000000000)

/* Traffic between two places, whose clocks a test knows. */
struct traffic {
	struct arena arena;
	struct clock_pair pairs[20000];
	size_t count;
	uint64_t state;
};

static int64_t
draw(struct traffic *traffic, int64_t most)
{
	traffic->state = hash_mix(traffic->state + 1);
	return (int64_t)(traffic->state % (uint64_t)most);
}

/* A packet that takes DELAY, seen here at TIME by a clock that is right, OFFSET by the one there.
 */
static void
pass(struct traffic *traffic, int64_t time, bool is_towards, int64_t delay, int64_t offset)
{
	traffic->pairs[traffic->count] = (struct clock_pair){
	    traffic->count + 1, time, time + offset + (is_towards ? delay : -delay), is_towards};
	traffic->count++;
}

static struct clock_map
map_of(struct traffic *traffic)
{
	return clock_map_of(traffic->pairs, traffic->count, &traffic->arena);
}

/* COUNT packets each way from TIME on, a tenth of a second apart, that take 1 ms and up to 20 more.
 */
static int64_t
converse(struct traffic *traffic, int64_t time, size_t count, int64_t offset)
{
	for (size_t i = 0; i < count; i++, time += SECOND / 10) {
		pass(traffic, time, true, MS + draw(traffic, 20 * MS), offset);
		pass(traffic, time + 30 * MS, false, MS + draw(traffic, 20 * MS), offset);
	}
	return time;
}

static const int64_t offsets[] = {0, 5 * MS, -5 * MS, 3 * HOUR, -8 * HOUR, 24 * 365 * HOUR};

START_TEST(an_offset_of_any_size_is_found)
{
	struct traffic traffic = {0};
	struct clock_map map;
	struct clock_range range;

	converse(&traffic, START, 200, offsets[_i]);
	map = map_of(&traffic);
	ck_assert_uint_eq(map.stretch_count, 1);
	ck_assert_uint_eq(map.stretches[0].pairs, 400);
	ck_assert(clock_offset(&map, 200, traffic.pairs[199].here, &range));
	ck_assert_int_le(range.least, offsets[_i]);
	ck_assert_int_ge(range.most, offsets[_i]);
	/* The fastest of many took little more than a millisecond either way. */
	ck_assert_int_le(clock_uncertainty(&range), 3 * MS);
	ck_assert_int_le(clock_middle(&range), offsets[_i] + 3 * MS);
	ck_assert_int_ge(clock_middle(&range), offsets[_i] - 3 * MS);
	arena_free(&traffic.arena);
}
END_TEST

/* The same from there: the time here is what the offset leaves of that there. */
START_TEST(the_way_back_is_found)
{
	int64_t offset = offsets[_i], time, there;
	struct traffic traffic = {0};
	struct clock_map map;
	struct clock_range range;

	time = converse(&traffic, START, 200, offset);
	converse(&traffic, time + HOUR, 200, offset + 2 * SECOND);
	map = map_of(&traffic);
	for (int is_later = 0; is_later <= 1; is_later++) {
		int64_t here = START + 10 * SECOND + is_later * (time - START + HOUR);

		there = here + offset + is_later * 2 * SECOND;
		ck_assert(clock_offset_back(&map, there, &range));
		ck_assert_int_le(llabs(there - clock_middle(&range) - here), 5 * MS);
	}
	arena_free(&traffic.arena);
}
END_TEST

/* Of one direction nobody knows how long its packets took. */
START_TEST(one_direction_leaves_an_end_open)
{
	struct traffic traffic = {0};
	struct clock_map map;
	struct clock_range range;

	pass(&traffic, START, true, 40 * MS, HOUR);
	pass(&traffic, START + SECOND, true, 10 * MS, HOUR);
	map = map_of(&traffic);
	ck_assert(clock_offset(&map, 2, START + SECOND, &range));
	ck_assert_int_eq(range.least, INT64_MIN);
	ck_assert_int_eq(range.most, HOUR + 10 * MS);
	ck_assert_int_eq(clock_uncertainty(&range), -1);
	ck_assert_int_eq(clock_middle(&range), HOUR + 10 * MS);
	arena_free(&traffic.arena);
}
END_TEST

START_TEST(an_open_end_is_bounded)
{
	struct clock_range late = {INT64_MIN, 5 * MS}, early = {5 * MS, INT64_MAX};
	struct clock_range known = {MS, 2 * MS};

	clock_bound(&late);
	ck_assert_int_eq(late.least, 5 * MS - SECOND);
	ck_assert_int_eq(late.most, 5 * MS);
	clock_bound(&early);
	ck_assert_int_eq(early.least, 5 * MS);
	ck_assert_int_eq(early.most, 5 * MS + SECOND);
	clock_bound(&known);
	ck_assert_int_eq(known.least, MS);
	ck_assert_int_eq(known.most, 2 * MS);
}
END_TEST

static const int64_t steps[] = {SECOND, -SECOND, 2 * HOUR, -2 * HOUR, 100 * MS, -100 * MS};

/* A clock that is set begins a stretch, forwards as backwards. */
START_TEST(a_step_begins_a_stretch)
{
	struct traffic traffic = {0};
	int64_t half = converse(&traffic, START, 100, 5 * MS);
	struct clock_map map;

	converse(&traffic, half, 100, 5 * MS + steps[_i]);
	map = map_of(&traffic);
	ck_assert_uint_eq(map.stretch_count, 2);
	ck_assert_int_le(clock_uncertainty(&map.stretches[0].last), 10 * MS);
	ck_assert_int_le(map.stretches[0].last.least, 5 * MS);
	ck_assert_int_ge(map.stretches[0].last.most, 5 * MS);
	ck_assert_int_le(map.stretches[1].first.least, 5 * MS + steps[_i]);
	ck_assert_int_ge(map.stretches[1].first.most, 5 * MS + steps[_i]);
	ck_assert_uint_ge(map.stretches[1].first_frame, 201);
	ck_assert_uint_le(map.stretches[1].first_frame, 202);
	arena_free(&traffic.arena);
}
END_TEST

/* The clock here is set back: frames still come one after the other. */
START_TEST(a_step_here_begins_one_too)
{
	struct traffic traffic = {0};
	int64_t half = converse(&traffic, START, 100, 0);
	struct clock_range range;
	struct clock_map map;

	converse(&traffic, half - HOUR, 100, HOUR);
	map = map_of(&traffic);
	ck_assert_uint_eq(map.stretch_count, 2);
	ck_assert(clock_offset(&map, 399, traffic.pairs[398].here, &range));
	ck_assert_int_le(range.least, HOUR);
	ck_assert_int_ge(range.most, HOUR);
	ck_assert_int_le(clock_uncertainty(&range), 10 * MS);
	arena_free(&traffic.arena);
}
END_TEST

/* In a day clocks of which one loses 50 millionths drift apart by four seconds, unset: at each time
 * the offset is known nearly as well as in a minute. */
START_TEST(drift_is_followed)
{
	struct traffic traffic = {0};
	struct clock_range range;
	struct clock_map map;

	for (int64_t at = 0; at < 24 * HOUR; at += 30 * SECOND) {
		pass(&traffic, START + at, true, 2 * MS, at / 20000);
		pass(&traffic, START + at + 10 * MS, false, 2 * MS, at / 20000);
	}
	map = map_of(&traffic);
	ck_assert_uint_eq(map.stretch_count, 1);
	for (size_t i = 0; i < traffic.count; i++) {
		int64_t right = (traffic.pairs[i].here - START) / 20000;

		ck_assert(
		    clock_offset(&map, traffic.pairs[i].frame, traffic.pairs[i].here, &range));
		ck_assert_int_le(range.least, right);
		ck_assert_int_ge(range.most, right - MS / 1000);
		ck_assert_int_le(clock_uncertainty(&range), 10 * MS);
	}
	arena_free(&traffic.arena);
}
END_TEST

/* Between packets, and before and after all of them, the offset is less certain with every second;
 * drift is not lost by rounding where packets are many. */
START_TEST(what_lies_between_is_less_certain)
{
	struct traffic traffic = {0};
	struct clock_range range, later;
	struct clock_map map;

	for (size_t i = 0; i < 10000; i++)
		pass(&traffic, START + (int64_t)i * 1000, i % 2 == 0, MS, 0);
	pass(&traffic, START + 1000 * SECOND, true, MS, 150 * MS);
	pass(&traffic, START + 1000 * SECOND + MS, false, MS, 150 * MS);
	map = map_of(&traffic);
	ck_assert_uint_eq(map.stretch_count, 1);
	traffic.pairs[10000].frame = 20000;
	ck_assert(clock_offset(&map, 10000, START + 10 * MS, &range));
	ck_assert_int_le(clock_uncertainty(&range), 2 * MS);
	ck_assert(clock_offset(&map, 30000, START + 1500 * SECOND, &later));
	ck_assert_int_ge(clock_uncertainty(&later), 100 * MS);
	ck_assert_int_le(clock_uncertainty(&later), 102 * MS);
	arena_free(&traffic.arena);
}
END_TEST

/* Between two stretches what holds may be either. */
START_TEST(between_stretches_either_may_hold)
{
	struct traffic traffic = {0};
	struct clock_range range;
	struct clock_map map;

	converse(&traffic, START, 10, 0);
	traffic.state = 0;
	converse(&traffic, START + 60 * SECOND, 10, HOUR);
	for (size_t i = 20; i < 40; i++)
		traffic.pairs[i].frame += 100;
	map = map_of(&traffic);
	ck_assert_uint_eq(map.stretch_count, 2);
	ck_assert(clock_offset(&map, 60, START + 30 * SECOND, &range));
	ck_assert_int_le(range.least, 0);
	ck_assert_int_ge(range.most, HOUR);
	arena_free(&traffic.arena);
}
END_TEST

/* Two stretches, of the frames up to 19 and of those from 122 on, and whether one begins between
 * two frames. */
static const struct {
	uint64_t first, last;
	bool was_set;
} spans[] = {{1, 19, false}, {122, 139, false}, {1, 122, true}, {19, 122, true}, {19, 20, true},
    {30, 40, true}, {121, 122, true}, {1, 500, true}};

START_TEST(a_clock_is_set_between_stretches)
{
	struct traffic traffic = {0};
	struct clock_map map;

	converse(&traffic, START, 10, 0);
	traffic.state = 0;
	converse(&traffic, START + 60 * SECOND, 10, HOUR);
	for (size_t i = 20; i < 40; i++)
		traffic.pairs[i].frame += 100;
	map = map_of(&traffic);
	ck_assert_uint_eq(map.stretch_count, 2);
	ck_assert_uint_eq(map.stretches[0].last_frame, 19);
	ck_assert_uint_eq(map.stretches[1].first_frame, 122);
	ck_assert_int_eq(clock_was_set(&map, spans[_i].first, spans[_i].last), spans[_i].was_set);
	arena_free(&traffic.arena);
}
END_TEST

START_TEST(without_pairs_nothing_is_known)
{
	struct traffic traffic = {0};
	struct clock_map map = map_of(&traffic);
	struct clock_range range;

	ck_assert_uint_eq(map.stretch_count, 0);
	ck_assert(!clock_offset_back(&map, START, &range));
	ck_assert(!clock_was_set(&map, 0, 1000));
	ck_assert(!clock_offset(&map, 1, START, &range));
	arena_free(&traffic.arena);
}
END_TEST

/* Files may say anything. */
START_TEST(absurd_times_do_no_harm)
{
	struct traffic traffic = {0};
	struct clock_range range;
	struct clock_map map;

	traffic.pairs[0] = (struct clock_pair){1, INT64_MIN, INT64_MAX, true};
	traffic.pairs[1] = (struct clock_pair){2, INT64_MAX, INT64_MIN, true};
	traffic.pairs[2] = (struct clock_pair){3, INT64_MIN, INT64_MIN, false};
	traffic.pairs[3] = (struct clock_pair){4, INT64_MAX, INT64_MAX, false};
	traffic.pairs[4] = (struct clock_pair){5, 0, INT64_MIN, false};
	traffic.count = 5;
	map = map_of(&traffic);
	for (uint64_t frame = 0; frame < 8; frame++) {
		ck_assert(clock_offset(&map, frame, INT64_MIN, &range));
		ck_assert(clock_offset(&map, frame, INT64_MAX, &range));
		(void)clock_middle(&range);
		(void)clock_uncertainty(&range);
	}
	arena_free(&traffic.arena);
}
END_TEST

Suite *
clock_suite(void)
{
	Suite *suite = suite_create("clock");
	TCase *tcase = tcase_create("clock");

	tcase_add_loop_test(tcase, an_offset_of_any_size_is_found, 0, COUNT(offsets));
	tcase_add_loop_test(tcase, the_way_back_is_found, 0, COUNT(offsets));
	tcase_add_test(tcase, one_direction_leaves_an_end_open);
	tcase_add_test(tcase, an_open_end_is_bounded);
	tcase_add_loop_test(tcase, a_step_begins_a_stretch, 0, COUNT(steps));
	tcase_add_test(tcase, a_step_here_begins_one_too);
	tcase_add_test(tcase, drift_is_followed);
	tcase_add_test(tcase, what_lies_between_is_less_certain);
	tcase_add_test(tcase, between_stretches_either_may_hold);
	tcase_add_loop_test(tcase, a_clock_is_set_between_stretches, 0, COUNT(spans));
	tcase_add_test(tcase, without_pairs_nothing_is_known);
	tcase_add_test(tcase, absurd_times_do_no_harm);
	suite_add_tcase(suite, tcase);
	return suite;
}
