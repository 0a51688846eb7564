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
	struct match_pair pairs[2 * MOST];
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
segment(enum side side, uint32_t seq, uint32_t length, uint16_t ip_id)
{
	return (struct sighting){.side = (uint8_t)side,
	    .seq = seq,
	    .ack = 1,
	    .length = length,
	    .flags = TCP_ACK,
	    .ip_id = ip_id};
}

/* Bytes of the client's that were sent under each of COUNT IP_IDS. */
static void
repeat(struct flow *flow, const uint16_t *ip_ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(flow, segment(CLIENT, 100, 10, ip_ids[i]));
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

/* Pair INDEX is of these frames; 0: of none. */
static void
check(const struct both *both, size_t index, uint64_t here, uint64_t there)
{
	const struct match_pair *pair = &both->pairs[index];

	ck_assert_uint_eq(pair->here != NULL ? pair->here->frame : 0, here);
	ck_assert_uint_eq(pair->there != NULL ? pair->there->frame : 0, there);
}

START_TEST(segments_stand_in_the_order_of_their_places)
{
	struct both both = {0};

	add(&both.here, segment(SERVER, 500, 20, 0));
	add(&both.here, segment(CLIENT, 110, 5, 0));
	add(&both.here, segment(CLIENT, 100, 10, 0));
	add(&both.there, segment(CLIENT, 100, 10, 0));
	add(&both.there, segment(CLIENT, 110, 5, 0));
	add(&both.there, segment(SERVER, 500, 20, 0));
	match(&both);
	ck_assert_uint_eq(both.count, 3);
	check(&both, 0, 3, 1);
	check(&both, 1, 2, 2);
	check(&both, 2, 1, 3);
	for (size_t i = 0; i < both.count; i++)
		ck_assert(both.pairs[i].is_alone);
}
END_TEST

START_TEST(what_one_capture_lacks_has_no_partner)
{
	struct both both = {0};

	add(&both.here, segment(CLIENT, 100, 10, 7));
	add(&both.there, segment(SERVER, 100, 10, 7));
	match(&both);
	ck_assert_uint_eq(both.count, 2);
	check(&both, 0, 1, 0);
	check(&both, 1, 0, 1);
	for (size_t i = 0; i < both.count; i++)
		ck_assert(both.pairs[i].is_alone);
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

	add(&both.here, segment(CLIENT, 100, 10, 0));
	add(&both.there, others[_i].other);
	match(&both);
	ck_assert_uint_eq(both.count, others[_i].is_same ? 1 : 2);
}
END_TEST

/* Pure ACKs of one place are another each, by what they acknowledge. */
START_TEST(acknowledgments_are_told_apart)
{
	struct both both = {0};

	for (uint32_t i = 0; i < 3; i++) {
		struct sighting ack = segment(CLIENT, 100, 0, 0);

		ack.ack = 500 + i;
		add(&both.here, ack);
		if (i != 1)
			add(&both.there, ack);
	}
	match(&both);
	ck_assert_uint_eq(both.count, 3);
	check(&both, 0, 1, 1);
	check(&both, 1, 2, 0);
	check(&both, 2, 3, 2);
}
END_TEST

START_TEST(other_numbers_are_taken_back)
{
	struct both both = {.shift = {UINT32_MAX - 20, 7000}};
	struct sighting ack = segment(CLIENT, 110, 0, 0);

	ack.ack = 520;
	add(&both.here, segment(CLIENT, 100, 10, 0));
	add(&both.here, segment(SERVER, 500, 20, 0));
	add(&both.here, ack);
	ack.seq += both.shift[CLIENT];
	ack.ack += both.shift[SERVER];
	add(&both.there, segment(CLIENT, 100 + both.shift[CLIENT], 10, 0));
	add(&both.there, segment(SERVER, 500 + both.shift[SERVER], 20, 0));
	add(&both.there, ack);
	match(&both);
	ck_assert_uint_eq(both.count, 3);
	check(&both, 0, 1, 1);
	check(&both, 1, 3, 3);
	check(&both, 2, 2, 2);
}
END_TEST

/* Of three, the second is lost: the Identification says which. */
START_TEST(repetitions_are_told_apart_by_identification)
{
	struct both both = {0};

	repeat(&both.here, (const uint16_t[]){7, 8, 9}, 3);
	repeat(&both.there, (const uint16_t[]){9, 7}, 2);
	match(&both);
	ck_assert_uint_eq(both.count, 3);
	check(&both, 0, 1, 2);
	check(&both, 1, 2, 0);
	check(&both, 2, 3, 1);
	for (size_t i = 0; i < both.count; i++)
		ck_assert(!both.pairs[i].is_alone);
}
END_TEST

/* One that only the capture there has. */
START_TEST(a_repetition_may_be_lacking_here)
{
	struct both both = {0};

	repeat(&both.here, (const uint16_t[]){8}, 1);
	repeat(&both.there, (const uint16_t[]){7, 8}, 2);
	match(&both);
	ck_assert_uint_eq(both.count, 2);
	check(&both, 0, 1, 2);
	check(&both, 1, 0, 1);
}
END_TEST

/* Identifications that do not tell: none, one for all, others there. */
static const struct {
	uint16_t here[3], there[3];
} untelling[] = {{{0, 0, 0}, {0, 0, 0}}, {{7, 7, 7}, {7, 7, 7}}, {{7, 8, 9}, {17, 18, 19}},
    {{7, 8, 9}, {7, 7, 9}}, {{7, 8, 0}, {0, 7, 8}}};

START_TEST(as_many_repetitions_are_paired_in_their_order)
{
	struct both both = {0};

	repeat(&both.here, untelling[_i].here, 3);
	repeat(&both.there, untelling[_i].there, 3);
	match(&both);
	ck_assert_uint_eq(both.count, 3);
	for (size_t i = 0; i < both.count; i++) {
		check(&both, i, i + 1, i + 1);
		ck_assert(!both.pairs[i].is_alone);
	}
}
END_TEST

START_TEST(where_some_of_several_are_lacking_none_is_alone)
{
	struct both both = {0};

	repeat(&both.here, untelling[_i].here, 3);
	repeat(&both.there, untelling[_i].there, 2);
	match(&both);
	ck_assert_uint_eq(both.count, 3);
	for (size_t i = 0; i < both.count; i++)
		ck_assert(!both.pairs[i].is_alone);
}
END_TEST

/* All of them are lacking: that is sure. */
START_TEST(none_of_several_is_no_doubt)
{
	struct both both = {0};

	repeat(&both.here, untelling[_i].here, 3);
	match(&both);
	ck_assert_uint_eq(both.count, 3);
	for (size_t i = 0; i < both.count; i++) {
		check(&both, i, i + 1, 0);
		ck_assert(!both.pairs[i].is_alone);
	}
}
END_TEST

/* Up to 64 are looked through for their Identification, more are not. */
static const size_t floods[] = {64, 65};

START_TEST(floods_are_not_searched)
{
	struct both both = {0};
	size_t count = floods[_i];
	bool is_searched = count <= 64;

	for (size_t i = 0; i < count; i++) {
		add(&both.here, segment(CLIENT, 100, 10, (uint16_t)(i + 1)));
		if (i != 0)
			add(&both.there, segment(CLIENT, 100, 10, (uint16_t)(i + 1)));
	}
	match(&both);
	ck_assert_uint_eq(both.count, count);
	check(&both, 0, 1, is_searched ? 0 : 1);
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
		add(&both.here, segment(i % 2 == 0 ? CLIENT : SERVER, places[i], 100, 0));
	add(&both.there, segment(CLIENT, 1, 100, 0));
	for (size_t i = 1; i < COUNT(places); i++)
		add(&both.there, segment(i % 2 == 0 ? CLIENT : SERVER, places[i], 100, 0));
	match(&both);
	ck_assert_uint_eq(both.count, 5);
	check(&both, 0, 1, 0);
	for (size_t i = 1; i < COUNT(places); i++) {
		check(&both, i, i + 1, i + 1);
		ck_assert(both.pairs[i].is_alone);
	}
	check(&both, 4, 0, 1);
}
END_TEST

/* What is sent again has the same bytes, and so the same place. */
START_TEST(repeated_datagrams_are_told_apart)
{
	static const uint16_t here[] = {11, 12, 13}, there[] = {13, 11};
	struct both both = {.here.connection.transport = TRANSPORT_UDP,
	    .there.connection.transport = TRANSPORT_UDP};

	repeat(&both.here, here, COUNT(here));
	repeat(&both.there, there, COUNT(there));
	match(&both);
	ck_assert_uint_eq(both.count, 3);
	check(&both, 0, 1, 2);
	check(&both, 1, 2, 0);
	check(&both, 2, 3, 1);
}
END_TEST

static TCase *
datagram_tests(void)
{
	TCase *tcase = tcase_create("datagrams");

	tcase_add_test(tcase, datagrams_stand_in_the_order_of_frames);
	tcase_add_test(tcase, repeated_datagrams_are_told_apart);
	return tcase;
}

Suite *
matching_suite(void)
{
	Suite *suite = suite_create("matching");
	TCase *tcase = tcase_create("matching");

	tcase_add_test(tcase, segments_stand_in_the_order_of_their_places);
	tcase_add_test(tcase, what_one_capture_lacks_has_no_partner);
	tcase_add_loop_test(tcase, place_length_and_flags_tell_segments_apart, 0, COUNT(others));
	tcase_add_test(tcase, acknowledgments_are_told_apart);
	tcase_add_test(tcase, other_numbers_are_taken_back);
	tcase_add_test(tcase, repetitions_are_told_apart_by_identification);
	tcase_add_test(tcase, a_repetition_may_be_lacking_here);
	tcase_add_loop_test(
	    tcase, as_many_repetitions_are_paired_in_their_order, 0, COUNT(untelling));
	tcase_add_loop_test(
	    tcase, where_some_of_several_are_lacking_none_is_alone, 0, COUNT(untelling));
	tcase_add_loop_test(tcase, none_of_several_is_no_doubt, 0, COUNT(untelling));
	tcase_add_loop_test(tcase, floods_are_not_searched, 0, COUNT(floods));
	tcase_add_test(tcase, nothing_is_matched_with_nothing);
	suite_add_tcase(suite, tcase);
	suite_add_tcase(suite, datagram_tests());
	return suite;
}
