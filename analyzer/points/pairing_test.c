#include "analyzer/points/pairing.h"

#include <check.h>

#include "analyzer/points/point_samples.h"

Suite *pairing_suite(void);

/* A connection with a request and its answer, as long as NEGOTIATE is. */
static const struct sample session[] = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33" HUNDRED),
    PAYLOAD(20, SERVER, 501, 204, "A33" HUNDRED), SEGMENT(21, CLIENT, ACK, 204, 604)};

static void
pass_all(
    struct viewpoint *here, struct viewpoint *there, const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++)
		points_pass(here, there, &samples[i], (uint16_t)(i + 1));
}

/* The same at TIME, from PORT, with other numbers. */
static void
pass_another(struct viewpoint *here, struct viewpoint *there, int64_t time, uint16_t port)
{
	for (size_t i = 0; i < COUNT(session); i++) {
		struct sample sample = session[i];

		sample.time += time;
		sample.ports[CLIENT] = port;
		sample.seq += (uint32_t)port * 1000;
		sample.ack += sample.ack != 0 ? (uint32_t)port * 1000 : 0;
		points_pass(here, there, &sample, 0);
	}
}

struct both {
	struct viewpoint here, there;
	struct arena arena;
	struct pairings pairings;
};

static void
pair(struct both *both)
{
	pipeline_end(both->here.run.pipeline, NULL);
	pipeline_end(both->there.run.pipeline, NULL);
	sightings_settle(&both->here.sightings);
	sightings_settle(&both->there.sightings);
	both->pairings =
	    pair_connections(&both->here.sightings, &both->there.sightings, &both->arena);
}

static void
begin(struct both *both)
{
	point_begin(&both->here);
	point_begin(&both->there);
}

static void
end(struct both *both)
{
	point_end(&both->here);
	point_end(&both->there);
	arena_free(&both->arena);
}

static void
check_one(const struct both *both, enum passage passage, bool is_translated)
{
	ck_assert_uint_eq(both->pairings.count, 1);
	ck_assert_int_eq(both->pairings.items[0].passage, passage);
	ck_assert_int_eq(both->pairings.items[0].is_translated, is_translated);
}

static const int64_t clocks[] = {0, 1, -1, 3 * SAMPLE_HOUR, -26 * SAMPLE_HOUR};

START_TEST(one_connection_is_one_whatever_the_clocks)
{
	struct both both = {.there = {.clock = clocks[_i]}};
	struct clock_range offset;

	begin(&both);
	pass_all(&both.here, &both.there, session, COUNT(session));
	pair(&both);
	check_one(&both, PASSAGE_UNCHANGED, false);
	ck_assert(clock_offset(&both.pairings.clock, 3, 2 * SAMPLE_MS, &offset));
	ck_assert_int_le(offset.least, clocks[_i] * SAMPLE_MS);
	ck_assert_int_ge(offset.most, clocks[_i] * SAMPLE_MS);
	ck_assert_int_le(clock_uncertainty(&offset), 2 * SAMPLE_MS);
	end(&both);
}
END_TEST

/* Routers that do it lower the MSS, too, where their next link takes less. */
START_TEST(translation_of_addresses_is_seen_through)
{
	struct both both = {.here = {.mss = 1460},
	    .there = {.network = 9, .client_port = 40000, .mss = _i == 0 ? 1460 : 1360}};

	begin(&both);
	pass_all(&both.here, &both.there, session, COUNT(session));
	pair(&both);
	check_one(&both, PASSAGE_TRANSLATED, true);
	end(&both);
}
END_TEST

/* Of two that have one number, and neither the addresses, nobody knows which it is. */
START_TEST(two_of_one_number_are_not_guessed_at)
{
	struct both both = {.there = {.network = 9}};

	begin(&both);
	both.there.client_port = 40000;
	point_see(&both.there, session[0], 0, 0);
	both.there.client_port = 40001;
	point_see(&both.there, session[0], 0, 0);
	point_see(&both.here, session[0], 0, 0);
	pair(&both);
	ck_assert_uint_eq(both.pairings.count, 0);
	end(&both);
}
END_TEST

START_TEST(other_numbers_are_followed)
{
	struct both both = {.there = {.shift = {7000, 90000}}};
	struct match_pair matches[COUNT(session)];
	struct matched matched;

	begin(&both);
	pass_all(&both.here, &both.there, session, COUNT(session));
	pair(&both);
	check_one(&both, PASSAGE_RENUMBERED, false);
	ck_assert_uint_eq(both.pairings.clock.stretch_count, 1);
	ck_assert_uint_eq(both.pairings.items[0].shift[CLIENT], 7000);
	ck_assert_uint_eq(both.pairings.items[0].shift[SERVER], 90000);
	matched =
	    pairing_matched(&both.here.sightings, &both.there.sightings, &both.pairings.items[0]);
	/* All but two ACKs. */
	ck_assert_uint_eq(match_segments(&matched, matches), COUNT(session) - 2);
	end(&both);
}
END_TEST

/* A device that has a connection of its own to the server, from its own address, hands on what the
 * client says. */
START_TEST(a_device_in_between_is_told_from_loss)
{
	struct both both = {
	    .there = {.network = 9, .client_port = 40000, .shift = {12345, 54321}, .window = 8192}};

	begin(&both);
	pass_all(&both.here, &both.there, session, COUNT(session));
	pair(&both);
	check_one(&both, PASSAGE_TERMINATED, true);
	end(&both);
}
END_TEST

/* One that has the client's address, too, and changes what it says. */
START_TEST(a_device_that_hides_is_told_from_loss)
{
	struct both both = {
	    .there = {.shift = {12345, 54321}, .window = 8192, .rewritten = "Q34x"}};

	begin(&both);
	pass_all(&both.here, &both.there, session, COUNT(session));
	pair(&both);
	check_one(&both, PASSAGE_TERMINATED, false);
	end(&both);
}
END_TEST

START_TEST(what_is_nobodys_is_not_paired)
{
	struct both both = {.there = {.network = 9}};

	begin(&both);
	for (size_t i = 0; i < COUNT(session); i++) {
		struct sample other = session[i];

		point_see(&both.here, session[i], 0, 0);
		other.seq += 4711;
		other.ack += 4711;
		other.payload = other.payload != NULL ? "Q35yz" : NULL;
		other.ports[CLIENT] = 51111;
		point_see(&both.there, other, 0, 0);
	}
	pair(&both);
	ck_assert_uint_eq(both.pairings.count, 0);
	ck_assert_uint_eq(both.pairings.clock.stretch_count, 0);
	end(&both);
}
END_TEST

/* A capture that began in the midst of a connection, and ports that are used again. */
START_TEST(connections_are_told_apart)
{
	struct both both = {0};

	begin(&both);
	for (size_t i = 0; i < COUNT(session); i++) {
		point_see(&both.here, session[i], 0, 0);
		if (i >= 3)
			point_see(&both.there, session[i], 1, 0);
	}
	pass_another(&both.here, &both.there, 60000, 50000);
	pass_another(&both.here, &both.there, 70000, 50001);
	pair(&both);
	ck_assert_uint_eq(both.pairings.count, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(both.pairings.items[i].here->stream, i);
		ck_assert_uint_eq(both.pairings.items[i].there->stream, i);
	}
	end(&both);
}
END_TEST

/* ---- datagrams ---- */

/* A request to a KDC and its answer, which is as long as they are. */
static const struct sample asked = DATAGRAM(1000, CLIENT, "Q65abc" HUNDRED);
static const struct sample told = DATAGRAM(1020, SERVER, "A43x" HUNDRED);

/* The pair of datagrams, which is the last; NULL: there is none. */
static const struct pairing *
datagrams_of(const struct both *both)
{
	const struct pairings *pairings = &both->pairings;

	for (size_t i = 0; i < pairings->count; i++)
		if (pairings->items[i].here->transport == TRANSPORT_UDP)
			return &pairings->items[i];
	return NULL;
}

static void
check_datagrams(const struct both *both, enum passage passage, bool has_others)
{
	const struct pairing *pairing = datagrams_of(both);

	ck_assert_ptr_nonnull(pairing);
	ck_assert_int_eq(pairing->passage, passage);
	ck_assert_int_eq(pairing->is_translated, passage != PASSAGE_UNCHANGED);
	ck_assert_int_eq(pairing->has_others, has_others);
	ck_assert_int_eq(pairing->there->transport, TRANSPORT_UDP);
	ck_assert_uint_eq(pairing->shift[CLIENT], 0);
}

/* With IPv6 in place of IPv4, too. */
START_TEST(datagrams_between_two_ports_are_one_whatever_the_clocks)
{
	struct both both = {.here = {.is_ipv6 = _i % 2 != 0},
	    .there = {.is_ipv6 = _i % 2 != 0, .clock = clocks[_i]}};
	struct clock_range offset;

	begin(&both);
	points_pass(&both.here, &both.there, &asked, 1);
	points_pass(&both.here, &both.there, &told, 2);
	pair(&both);
	ck_assert_uint_eq(both.pairings.count, 1);
	check_datagrams(&both, PASSAGE_UNCHANGED, false);
	ck_assert(clock_offset(&both.pairings.clock, 2, 1020 * SAMPLE_MS, &offset));
	ck_assert_int_le(offset.least, clocks[_i] * SAMPLE_MS);
	ck_assert_int_ge(offset.most, clocks[_i] * SAMPLE_MS);
	ck_assert_int_le(clock_uncertainty(&offset), 2 * SAMPLE_MS);
	end(&both);
}
END_TEST

/* A KDC's words hold its time: they tell whose they are without any clock, and of the clocks. */
START_TEST(a_translated_answer_tells_whose_it_is)
{
	struct both both = {
	    .there = {.network = 9, .client_port = 40000, .clock = 7 * SAMPLE_HOUR}};

	begin(&both);
	points_pass(&both.here, &both.there, &asked, 1);
	points_pass(&both.here, &both.there, &told, 2);
	pair(&both);
	check_datagrams(&both, PASSAGE_TRANSLATED, false);
	ck_assert_uint_eq(both.pairings.clock.stretch_count, 1);
	end(&both);
}
END_TEST

/* Two such have one answer: whose it is, nobody knows. */
START_TEST(two_of_one_answer_are_not_guessed_at)
{
	struct both both = {.there = {.network = 9}};

	begin(&both);
	point_see(&both.here, asked, 0, 0);
	point_see(&both.here, told, 0, 0);
	for (uint16_t port = 40001; port <= 40002; port++) {
		both.there.client_port = port;
		point_see(&both.there, asked, 0, 0);
		point_see(&both.there, told, 0, 0);
	}
	pair(&both);
	ck_assert_uint_eq(both.pairings.count, 0);
	end(&both);
}
END_TEST

/* A request alone, behind a translator: what tells is its time, and that one end is still the same.
 * It may be sent again, of which only the last may come through. */
static const struct {
	bool has_clock;        /* another connection tells how these differ */
	uint8_t network;       /* of the client there */
	uint8_t server;        /* there */
	int64_t delay, before; /* milliseconds; BEFORE it was sent a first time, or 0 */
	bool is_one;
} alone[] = {
    {true, 9, 0, 1, 0, true}, {true, 9, 0, 900, 0, true}, {true, 9, 0, 1, 8000, true},
    {true, 0, 9, 1, 0, true}, {false, 9, 0, 1, 0, false}, /* nobody knows when it was */
    {true, 9, 0, 3000, 0, false},                         /* another one of the same words */
    {true, 9, 9, 1, 0, false},                            /* a client asks several KDCs the same */
};

START_TEST(a_translated_request_is_known_by_its_time)
{
	struct both both = {.there = {.clock = 7 * SAMPLE_HOUR}};

	begin(&both);
	if (alone[_i].has_clock)
		pass_all(&both.here, &both.there, session, COUNT(session));
	both.there.network = alone[_i].network;
	both.there.server = alone[_i].server;
	both.there.client_port = alone[_i].network != 0 ? 40000 : 0;
	if (alone[_i].before != 0)
		point_see(&both.here, asked, -alone[_i].before, 1);
	point_see(&both.here, asked, 0, 2);
	point_see(&both.there, asked, alone[_i].delay, 2);
	pair(&both);
	if (alone[_i].is_one)
		check_datagrams(&both, PASSAGE_TRANSLATED, false);
	else
		ck_assert_ptr_null(datagrams_of(&both));
	end(&both);
}
END_TEST

/* The same ports with other words are those of somebody else, unless it was at the same time; then
 * something was altered, perhaps. */
START_TEST(other_words_are_somebody_elses)
{
	struct both both = {.there = {.rewritten = "Q65xyz" HUNDRED}};
	bool has_clock = _i != 0;

	begin(&both);
	if (has_clock) {
		both.there.rewritten = NULL;
		pass_all(&both.here, &both.there, session, COUNT(session));
		both.there.rewritten = "Q65xyz" HUNDRED;
	}
	points_pass(&both.here, &both.there, &asked, 1);
	pair(&both);
	if (has_clock)
		check_datagrams(&both, PASSAGE_UNCHANGED, true);
	else
		ck_assert_uint_eq(both.pairings.count, 0);
	end(&both);
}
END_TEST

/* Of questions for names the same one has the same answer, but for a number of 16 bits: behind a
 * translator only the time tells. */
START_TEST(names_are_no_evidence_by_themselves)
{
	static const struct sample question = NAME_DATAGRAM(1000, CLIENT, "Q43a");
	static const struct sample reply = NAME_DATAGRAM(1010, SERVER, "A43a" HUNDRED);
	struct both both = {0};

	begin(&both);
	if (_i != 0)
		pass_all(&both.here, &both.there, session, COUNT(session));
	both.there.network = 9;
	points_pass(&both.here, &both.there, &question, 1);
	points_pass(&both.here, &both.there, &reply, 2);
	pair(&both);
	if (_i != 0)
		check_datagrams(&both, PASSAGE_TRANSLATED, false);
	else
		ck_assert_uint_eq(both.pairings.count, 0);
	end(&both);
}
END_TEST

/* Between the same ports there may be a TCP connection and datagrams. */
START_TEST(datagrams_are_no_connection_of_tcp)
{
	struct both both = {0};
	struct sample segment = PAYLOAD(1000, CLIENT, 101, 501, "Q65abc" HUNDRED);

	segment.ports[CLIENT] = asked.ports[CLIENT];
	segment.ports[SERVER] = asked.ports[SERVER];
	begin(&both);
	pass_all(&both.here, &both.there, session, COUNT(session));
	point_see(&both.here, asked, 0, 1);
	point_see(&both.there, segment, 0, 1);
	pair(&both);
	check_one(&both, PASSAGE_UNCHANGED, false);
	end(&both);
}
END_TEST

static TCase *
datagram_tests(void)
{
	TCase *tcase = tcase_create("datagrams");

	tcase_add_loop_test(
	    tcase, datagrams_between_two_ports_are_one_whatever_the_clocks, 0, COUNT(clocks));
	tcase_add_test(tcase, a_translated_answer_tells_whose_it_is);
	tcase_add_test(tcase, two_of_one_answer_are_not_guessed_at);
	tcase_add_loop_test(tcase, a_translated_request_is_known_by_its_time, 0, COUNT(alone));
	tcase_add_loop_test(tcase, other_words_are_somebody_elses, 0, 2);
	tcase_add_loop_test(tcase, names_are_no_evidence_by_themselves, 0, 2);
	tcase_add_test(tcase, datagrams_are_no_connection_of_tcp);
	return tcase;
}

Suite *
pairing_suite(void)
{
	Suite *suite = suite_create("pairing");
	TCase *tcase = tcase_create("pairing");

	tcase_add_loop_test(tcase, one_connection_is_one_whatever_the_clocks, 0, COUNT(clocks));
	tcase_add_loop_test(tcase, translation_of_addresses_is_seen_through, 0, 2);
	tcase_add_test(tcase, two_of_one_number_are_not_guessed_at);
	tcase_add_test(tcase, other_numbers_are_followed);
	tcase_add_test(tcase, a_device_in_between_is_told_from_loss);
	tcase_add_test(tcase, a_device_that_hides_is_told_from_loss);
	tcase_add_test(tcase, what_is_nobodys_is_not_paired);
	tcase_add_test(tcase, connections_are_told_apart);
	suite_add_tcase(suite, tcase);
	suite_add_tcase(suite, datagram_tests());
	return suite;
}
