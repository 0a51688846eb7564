#include "analyzer/points/matching.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *matching_suite(void);

#define MOST 100

/* One connection in one capture. */
struct flow {
	struct sighting items[MOST];
	struct sightings sightings;
	struct sighted connection;
};

struct both {
	struct flow here, there;
	uint32_t shift[2];
	struct match_pair pairs[MOST];
	size_t count;
};

static void
add(struct flow *flow, struct sighting one)
{
	uint32_t number = (uint32_t)flow->connection.count++;

	one.frame = number + 1;
	one.next = SIGHTING_NONE;
	flow->items[number] = one;
	if (number != 0)
		flow->items[number - 1].next = number;
}

static struct sighting
segment(enum side side, uint32_t seq, uint32_t length)
{
	return (struct sighting){
	    .side = (uint8_t)side, .seq = seq, .ack = 1, .length = length, .flags = TCP_ACK};
}

/* Bytes of the client's that were sent COUNT times. */
static void
repeat(struct flow *flow, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(flow, segment(CLIENT, 100, 10));
}

static void
match(struct both *both)
{
	struct matched matched = {&both->here.sightings, &both->there.sightings,
	    &both->here.connection, &both->there.connection, {both->shift[0], both->shift[1]}};

	both->here.sightings.items = both->here.items;
	both->there.sightings.items = both->there.items;
	both->here.connection.first = both->here.connection.count != 0 ? 0 : SIGHTING_NONE;
	both->there.connection.first = both->there.connection.count != 0 ? 0 : SIGHTING_NONE;
	both->count = match_segments(&matched, both->pairs);
}

/* Pair INDEX is of these frames. */
static void
check(const struct both *both, size_t index, uint64_t here, uint64_t there)
{
	ck_assert_uint_eq(both->pairs[index].here->frame, here);
	ck_assert_uint_eq(both->pairs[index].there->frame, there);
}

START_TEST(segments_stand_in_the_order_of_their_places)
{
	struct both both = {0};

	add(&both.here, segment(SERVER, 500, 20));
	add(&both.here, segment(CLIENT, 110, 5));
	add(&both.here, segment(CLIENT, 100, 10));
	add(&both.there, segment(CLIENT, 100, 10));
	add(&both.there, segment(CLIENT, 110, 5));
	add(&both.there, segment(SERVER, 500, 20));
	match(&both);
	ck_assert_uint_eq(both.count, 3);
	check(&both, 0, 3, 1);
	check(&both, 1, 2, 2);
	check(&both, 2, 1, 3);
}
END_TEST

START_TEST(what_one_capture_lacks_has_no_partner)
{
	struct both both = {0};

	add(&both.here, segment(CLIENT, 100, 10));
	add(&both.there, segment(SERVER, 100, 10));
	match(&both);
	ck_assert_uint_eq(both.count, 0);
}
END_TEST

/* A segment and another that differs from it, or not, in what tells segments apart. */
static const struct {
	struct sighting other;
	bool is_same;
} others[] = {
    {{.seq = 100, .length = 10, .flags = TCP_ACK, .ack = 1}, true},
    {{.seq = 100, .length = 10, .flags = TCP_ACK | TCP_PSH, .ack = 1}, true},
    {{.seq = 100, .length = 10, .flags = TCP_ACK, .ack = 2, .ttl = 3}, true},
    {{.seq = 100, .length = 10, .flags = TCP_ACK | TCP_FIN, .ack = 1}, false},
    {{.seq = 100, .length = 9, .flags = TCP_ACK, .ack = 1}, false},
    {{.seq = 101, .length = 10, .flags = TCP_ACK, .ack = 1}, false},
    {{.side = SERVER, .seq = 100, .length = 10, .flags = TCP_ACK, .ack = 1}, false},
};

START_TEST(place_length_and_flags_tell_segments_apart)
{
	struct both both = {0};

	add(&both.here, segment(CLIENT, 100, 10));
	add(&both.there, others[_i].other);
	match(&both);
	ck_assert_uint_eq(both.count, others[_i].is_same ? 1 : 0);
}
END_TEST

/* Each may be another's, whatever it acknowledges. */
START_TEST(acknowledgments_are_left_out)
{
	static const uint8_t flags[] = {TCP_ACK, TCP_RST, TCP_ACK | TCP_FIN, TCP_SYN};
	struct sighting one = segment(CLIENT, 100, 0);
	struct both both = {0};

	one.flags = flags[_i];
	add(&both.here, one);
	add(&both.there, one);
	match(&both);
	ck_assert_uint_eq(both.count, _i < 2 ? 0 : 1);
}
END_TEST

START_TEST(other_numbers_are_taken_back)
{
	struct both both = {.shift = {UINT32_MAX - 20, 7000}};
	struct sighting fin = segment(CLIENT, 110, 0);

	fin.flags |= TCP_FIN;
	add(&both.here, segment(CLIENT, 100, 10));
	add(&both.here, segment(SERVER, 500, 20));
	add(&both.here, fin);
	fin.seq += both.shift[CLIENT];
	add(&both.there, segment(CLIENT, 100 + both.shift[CLIENT], 10));
	add(&both.there, segment(SERVER, 500 + both.shift[SERVER], 20));
	add(&both.there, fin);
	match(&both);
	ck_assert_uint_eq(both.count, 3);
	check(&both, 0, 1, 1);
	check(&both, 1, 3, 3);
	check(&both, 2, 2, 2);
}
END_TEST

/* Which of several a segment is nobody knows. */
static const size_t repetitions[][2] = {{2, 1}, {1, 2}, {2, 2}, {3, 0}, {0, 2}};

START_TEST(repetitions_are_left_out)
{
	struct both both = {0};

	repeat(&both.here, repetitions[_i][0]);
	repeat(&both.there, repetitions[_i][1]);
	add(&both.here, segment(CLIENT, 110, 5));
	add(&both.there, segment(CLIENT, 110, 5));
	match(&both);
	ck_assert_uint_eq(both.count, 1);
	check(&both, 0, repetitions[_i][0] + 1, repetitions[_i][1] + 1);
}
END_TEST

START_TEST(nothing_is_matched_with_nothing)
{
	struct both both = {0};

	match(&both);
	ck_assert_uint_eq(both.count, 0);
}
END_TEST

/* Their places are random numbers, other ones in each run. */
START_TEST(datagrams_stand_in_the_order_of_frames)
{
	static const uint32_t places[] = {900, 20, 500, 7};
	struct both both = {.here.connection.transport = TRANSPORT_UDP,
	    .there.connection.transport = TRANSPORT_UDP};

	for (size_t i = 0; i < COUNT(places); i++)
		add(&both.here, segment(i % 2 == 0 ? CLIENT : SERVER, places[i], 100));
	add(&both.there, segment(CLIENT, 1, 100));
	for (size_t i = 1; i < COUNT(places); i++)
		add(&both.there, segment(i % 2 == 0 ? CLIENT : SERVER, places[i], 100));
	match(&both);
	ck_assert_uint_eq(both.count, COUNT(places) - 1);
	for (size_t i = 1; i < COUNT(places); i++)
		check(&both, i - 1, i + 1, i + 1);
}
END_TEST

Suite *
matching_suite(void)
{
	Suite *suite = suite_create("matching");
	TCase *tcase = tcase_create("matching");

	tcase_add_test(tcase, segments_stand_in_the_order_of_their_places);
	tcase_add_test(tcase, what_one_capture_lacks_has_no_partner);
	tcase_add_loop_test(tcase, place_length_and_flags_tell_segments_apart, 0, COUNT(others));
	tcase_add_loop_test(tcase, acknowledgments_are_left_out, 0, 4);
	tcase_add_test(tcase, other_numbers_are_taken_back);
	tcase_add_loop_test(tcase, repetitions_are_left_out, 0, COUNT(repetitions));
	tcase_add_test(tcase, nothing_is_matched_with_nothing);
	tcase_add_test(tcase, datagrams_stand_in_the_order_of_frames);
	suite_add_tcase(suite, tcase);
	return suite;
}
