#include "analyzer/points/absence.h"

#include <check.h>

#include "analyzer/points/road_samples.h"

Suite *absence_suite(void);

static void
end_early(struct road *road)
{
	road->facts[1].last_time = (9000 + road->views[1].clock) * SAMPLE_MS;
}

static void
begin_late(struct road *road)
{
	road->facts[1].first_time = (10500 + road->views[1].clock) * SAMPLE_MS;
}

static void
drop(struct road *road)
{
	road->interfaces[1].dropped = 7;
}

/* The file says that it ran on, though no packet came. */
static void
run_on(struct road *road)
{
	end_early(road);
	road->interfaces[1].has_end = true;
	road->interfaces[1].end_time = road->facts[1].last_time + 30000 * SAMPLE_MS;
}

static void
run_before(struct road *road)
{
	begin_late(road);
	road->interfaces[1].has_start = true;
	road->interfaces[1].start_time = road->facts[1].first_time - 3000 * SAMPLE_MS;
}

/* One interface did not run as long as packets came at others. */
static void
run_apart(struct road *road)
{
	road->interfaces[1].has_start = road->interfaces[1].has_end = true;
	road->interfaces[1].start_time = road->facts[1].first_time + 20000 * SAMPLE_MS;
	road->interfaces[1].end_time = road->facts[1].last_time - 20000 * SAMPLE_MS;
}

static void
fill_memory(struct road *road)
{
	bound_reached(&road->facts[1].bounds, BOUND_MEMORY, 1, 6);
}

static void
keep_few(struct road *road)
{
	road->views[1].sightings.left_out = 3;
	road->views[1].sightings.left_out_frame = 6;
}

static void
end_before_as_it_says(struct road *road)
{
	end_early(road);
	road->interfaces[1].has_end = true;
	road->interfaces[1].end_time = road->facts[1].last_time - 3000 * SAMPLE_MS;
}

static void
lack_fragments(struct road *road)
{
	road->facts[1].fragments_incomplete = 2;
}

/* Of others it has all, so that it is no filter that leaves out fragments. */
static void
lack_some_fragments(struct road *road)
{
	lack_fragments(road);
	road->views[1].sightings.reassembled = 1;
}

static void
leave_out_names(struct road *road)
{
	road->views[1].sightings.names_left_out = 1;
}

static void
cut_there(struct road *road)
{
	road->views[1].sightings.cut = 1;
}

static void
cut_here(struct road *road)
{
	road->views[0].sightings.cut = 3;
}

static const struct {
	void (*change)(struct road *road);
	const char *why; /* NULL: the request is lost */
} doubts[] = {
    {end_early, "server.pcapng ends before"},
    {begin_late, "server.pcapng begins later"},
    {drop, "the system that wrote server.pcapng says that it dropped 7 packets"},
    {end_before_as_it_says, "server.pcapng ends before"},
    {fill_memory, "server.pcapng was analysed only up to frame 5, where --max-memory was used up"},
    {keep_few, "server.pcapng has more segments than are kept to be compared, from frame 6 on"},
    {run_apart, NULL},
    {run_on, NULL},
    {run_before, NULL},
    {lack_fragments, NULL},
    {cut_there, NULL},
    {cut_here, NULL},
};

/* The same of a datagram. */
static const struct {
	void (*change)(struct road *road);
	const char *why;
} datagram_doubts[] = {
    {leave_out_names, NULL},
    {end_early, "server.pcapng ends before"},
    {drop, "the system that wrote server.pcapng says that it dropped 7 packets"},
    {lack_fragments, "server.pcapng lacks fragments of 2 datagrams, of which it may be one, and "
		     "shows none that has all of them"},
    {lack_some_fragments, NULL},
    {cut_there, "server.pcapng holds only the beginning of 1 datagram, which cannot be compared"},
    {cut_here, "client.pcapng holds only the beginning of 3 datagrams, which cannot be compared"},
    {run_on, NULL},
};

static void
check_doubt_of(const struct road *road, const char *name, const char *why)
{
	const struct crossing *crossing = crossing_at(road, 0, name);

	check_text(crossing->unsure, why);
	if (why == NULL) {
		check_known(crossing, false, false, false);
		check_lost(crossing, files[0], files[2]);
	} else {
		check_known(crossing, UNKNOWN, UNKNOWN, false);
		check_lost(crossing, NULL, NULL);
	}
	check_forged(crossing, NULL, NULL);
}

static void
check_doubt(const struct road *road, const char *why)
{
	check_doubt_of(road, "tcp_handshake", why);
}

START_TEST(absence_is_none_where_a_capture_could_not_show_it)
{
	struct road road = {.views[1] = {.clock = 5 * SAMPLE_HOUR}};

	begin(&road, 2);
	controls(&road);
	knock(&road, 1);
	controls_again(&road);
	doubts[_i].change(&road);
	link_all(&road);
	check_doubt(&road, doubts[_i].why);
	end(&road);
}
END_TEST

START_TEST(a_datagram_is_not_absent_where_a_capture_could_not_show_it)
{
	static const struct sample asked = DATAGRAM(10000, CLIENT, "Q65abc");
	struct road road = {.views[1] = {.clock = 5 * SAMPLE_HOUR}};

	begin(&road, 2);
	controls(&road);
	walk(&road, &asked, 1);
	controls_again(&road);
	datagram_doubts[_i].change(&road);
	link_all(&road);
	check_doubt_of(&road, "toy", datagram_doubts[_i].why);
	end(&road);
}
END_TEST

/* Of names fewer are kept, and then only of them nothing is known. */
START_TEST(a_question_is_not_absent_where_questions_were_left_out)
{
	static const struct sample asked = NAME_DATAGRAM(10000, CLIENT, "Q43a");
	struct road road = {0};

	begin(&road, 2);
	controls(&road);
	walk(&road, &asked, 1);
	controls_again(&road);
	leave_out_names(&road);
	link_all(&road);
	check_doubt_of(&road, "toy",
	    "server.pcapng has more questions for names than are kept to be compared");
	end(&road);
}
END_TEST

/* Datagrams to a server show the way that connections to it take, and tell of the clocks. */
START_TEST(datagrams_show_that_the_way_is_this)
{
	static const struct sample asked[] = {
	    DATAGRAM(5000, CLIENT, "Q65abc"), DATAGRAM(5010, SERVER, "A43x")};
	struct road road = {.views[1] = {.clock = 5 * SAMPLE_HOUR}};

	begin(&road, 2);
	walk_all(&road, asked, COUNT(asked));
	knock(&road, 1);
	link_all(&road);
	check_doubt(&road, NULL);
	end(&road);
}
END_TEST

/* Connections, but none that both have: another server's, as it may be another path's. */
START_TEST(without_a_common_packet_nobody_knows_when)
{
	struct road road = {0};

	begin(&road, 2);
	control(&road, 0, 50001, 1);
	knock(&road, 1);
	link_all(&road);
	check_doubt(&road,
	    "no connection is in both captures, so that nobody knows whether server.pcapng was "
	    "running then");
	end(&road);
}
END_TEST

/* Whose connections both have: the server's number, the client's network; where the second capture
 * was taken. */
static const struct {
	uint8_t server, network;
	bool is_at_server, is_known;
} whose[] = {
    {0, 0, false, true},
    {0, 7, false, false}, /* another client's may take another way */
    {0, 7, true, true},   /* at the server all ways end */
    {9, 0, false, false},
    {9, 0, true, false},
};

START_TEST(another_connection_shows_that_the_way_is_this)
{
	struct road road = {.has_vantage = whose[_i].is_at_server,
	    .vantage = {.host = sample_addr(SERVER), .place = PLACE_HERE}};

	begin(&road, 2);
	for (size_t i = 0; i < 2; i++) {
		road.views[i].server = whose[_i].server;
		road.views[i].network = whose[_i].network;
	}
	controls(&road);
	for (size_t i = 0; i < 2; i++)
		road.views[i].server = road.views[i].network = 0;
	knock(&road, 1);
	link_all(&road);
	check_doubt(&road, whose[_i].is_known
			       ? NULL
			       : "server.pcapng shows no other connection that takes this way, and "
				 "so may be of another one");
	end(&road);
}
END_TEST

/* What goes to the server's address goes elsewhere before the second capture. */
START_TEST(a_device_may_have_sent_it_elsewhere)
{
	struct road road = {0};

	begin(&road, 2);
	road.views[1].server = 9;
	controls(&road);
	road.views[1].server = 0;
	knock(&road, 1);
	link_all(&road);
	check_doubt(&road, "before server.pcapng a device gives connections to this server another "
			   "address, and may have given this one one that is not in it");
	end(&road);
}
END_TEST

/* What a device makes of another connection of the client's, as long as NEGOTIATE is. */
static const struct {
	uint8_t network;
	uint16_t port, window;
	bool is_known;
} disguises[] = {
    {0, 0, 0, true},         /* other numbers: ends and times tell which is which */
    {9, 40000, 0, false},    /* other ends, too */
    {9, 40000, 8192, false}, /* a connection of its own */
    {0, 0, 8192, false},
};

START_TEST(a_device_may_have_disguised_it)
{
	static const struct sample session[] = {CONNECT,
	    PAYLOAD(10, CLIENT, 101, 501, "Q33" HUNDRED),
	    PAYLOAD(20, SERVER, 501, 204, "A33" HUNDRED)};
	struct road road = {0};

	begin(&road, 2);
	controls(&road);
	road.views[1].network = disguises[_i].network;
	road.views[1].client_port = disguises[_i].port;
	road.views[1].window = disguises[_i].window;
	renumber(&road, 1, 7000, 90000);
	for (size_t i = 0; i < COUNT(session); i++) {
		struct sample sample = session[i];

		sample.ports[CLIENT] = 50002;
		walk(&road, &sample, 2);
	}
	knock(&road, 1);
	gather(&road);
	ck_assert_int_ne(road.path.pairings[0][1].items[1].passage, PASSAGE_UNCHANGED);
	crossings_link(&road.path, &road.arena);
	check_doubt_of(&road, "tcp_handshake",
	    disguises[_i].is_known ? NULL
				   : "before server.pcapng a device makes other connections of "
				     "those to this server, and this one may be one of them");
	end(&road);
}
END_TEST

/* A capture at another host is none at the server. */
START_TEST(a_place_is_one_of_the_server)
{
	struct road road = {.has_vantage = true,
	    .vantage = {.host = sample_addr(SERVER), .place = PLACE_ELSEWHERE}};

	begin(&road, 2);
	road.views[0].network = road.views[1].network = 7;
	controls(&road);
	road.views[0].network = road.views[1].network = 0;
	knock(&road, 1);
	link_all(&road);
	check_doubt(&road, "server.pcapng shows no other connection that takes this way, and so "
			   "may be of another one");
	end(&road);
}
END_TEST

Suite *
absence_suite(void)
{
	Suite *suite = suite_create("absence");
	TCase *tcase = tcase_create("absence");

	tcase_add_loop_test(
	    tcase, absence_is_none_where_a_capture_could_not_show_it, 0, COUNT(doubts));
	tcase_add_loop_test(tcase, a_datagram_is_not_absent_where_a_capture_could_not_show_it, 0,
	    COUNT(datagram_doubts));
	tcase_add_test(tcase, a_question_is_not_absent_where_questions_were_left_out);
	tcase_add_test(tcase, datagrams_show_that_the_way_is_this);
	tcase_add_test(tcase, without_a_common_packet_nobody_knows_when);
	tcase_add_loop_test(tcase, another_connection_shows_that_the_way_is_this, 0, COUNT(whose));
	tcase_add_test(tcase, a_device_may_have_sent_it_elsewhere);
	tcase_add_loop_test(tcase, a_device_may_have_disguised_it, 0, COUNT(disguises));
	tcase_add_test(tcase, a_place_is_one_of_the_server);
	suite_add_tcase(suite, tcase);
	return suite;
}
