#include "analyzer/points/sightings.h"

#include <check.h>

#include "analyzer/points/point_samples.h"

Suite *sightings_suite(void);

static const struct sample session[] = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q65abc"),
    PAYLOAD(20, SERVER, 501, 107, "A33"), SEGMENT(21, CLIENT, ACK, 107, 504)};

static void
see_all(struct viewpoint *view, const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++)
		point_see(view, samples[i], 0, (uint16_t)(i + 1));
}

static void
settle(struct viewpoint *view)
{
	pipeline_end(view->run.pipeline, NULL);
	sightings_settle(&view->sightings);
}

static const struct sighting *
segment_at(const struct viewpoint *view, const struct sighted *connection, size_t index)
{
	const struct sighting *one = sightings_next(&view->sightings, connection, NULL);

	while (one != NULL && index-- != 0)
		one = sightings_next(&view->sightings, connection, one);
	return one;
}

START_TEST(each_segment_is_noted)
{
	struct viewpoint view = {0};
	const struct sighted *connection;

	point_begin(&view);
	see_all(&view, session, COUNT(session));
	settle(&view);
	connection = sightings_of_stream(&view.sightings, 0);
	ck_assert_ptr_nonnull(connection);
	ck_assert_uint_eq(connection->count, COUNT(session));
	for (size_t i = 0; i < COUNT(session); i++) {
		const struct sighting *one = segment_at(&view, connection, i);

		ck_assert_uint_eq(one->frame, i + 1);
		ck_assert_int_eq(one->time, session[i].time * SAMPLE_MS);
		ck_assert_int_eq(one->side, session[i].from);
		ck_assert_int_eq(one->flags, session[i].flags);
		ck_assert_uint_eq(one->seq, session[i].seq);
		ck_assert_uint_eq(one->ack, session[i].ack);
		ck_assert_uint_eq(one->ip_id, i + 1);
		ck_assert_uint_eq(
		    one->length, session[i].payload != NULL ? strlen(session[i].payload) : 0);
		ck_assert_int_eq(one->has_digest, session[i].payload != NULL);
	}
	ck_assert_ptr_null(segment_at(&view, connection, COUNT(session)));
	ck_assert_ptr_null(sightings_of_stream(&view.sightings, 1));
	point_end(&view);
}
END_TEST

START_TEST(a_syn_says_where_bytes_begin)
{
	struct viewpoint view = {.window = 4096};
	const struct sighted *connection;

	point_begin(&view);
	see_all(&view, session, COUNT(session));
	settle(&view);
	connection = sightings_of_stream(&view.sightings, 0);
	ck_assert(connection->has_isn[CLIENT] && connection->has_isn[SERVER]);
	ck_assert_uint_eq(connection->isn[CLIENT], 100);
	ck_assert_uint_eq(connection->isn[SERVER], 500);
	ck_assert_uint_eq(connection->base[CLIENT], 101);
	ck_assert_uint_eq(connection->base[SERVER], 501);
	ck_assert_uint_eq(connection->syn_window, 4096);
	ck_assert_uint_eq(sightings_greeting(&view.sightings, connection, CLIENT)->frame, 4);
	ck_assert_uint_eq(sightings_greeting(&view.sightings, connection, SERVER)->frame, 5);
	point_end(&view);
}
END_TEST

/* Of a connection that the capture came late to, the first bytes that it saw are the first. */
START_TEST(without_a_syn_the_first_bytes_say_it)
{
	struct viewpoint view = {0};
	const struct sighted *connection;

	point_begin(&view);
	see_all(&view, session + 2, 2);
	settle(&view);
	connection = sightings_of_stream(&view.sightings, 0);
	ck_assert(!connection->has_isn[CLIENT] && !connection->has_isn[SERVER]);
	ck_assert_uint_eq(connection->base[CLIENT], 101);
	ck_assert_uint_eq(sightings_greeting(&view.sightings, connection, CLIENT)->frame, 2);
	ck_assert_ptr_null(sightings_greeting(&view.sightings, connection, SERVER));
	point_end(&view);
}
END_TEST

/* The same bytes are the same in every capture, others are not; what is cut is not compared. */
START_TEST(payloads_are_told_apart)
{
	struct viewpoint views[4] = {
	    {.clock = 0}, {.clock = 7}, {.rewritten = "Q65abd"}, {.clock = 0}};
	const struct sighting *greetings[4];

	for (size_t i = 0; i < COUNT(views); i++) {
		struct sample request = session[3];

		request.cut = i == 3 ? 1 : 0;
		point_begin(&views[i]);
		see_all(&views[i], session, 3);
		point_see(&views[i], request, 0, 4);
		settle(&views[i]);
		greetings[i] = sightings_greeting(
		    &views[i].sightings, sightings_of_stream(&views[i].sightings, 0), CLIENT);
		ck_assert_uint_eq(greetings[i]->length, 6);
		ck_assert_int_eq(greetings[i]->has_digest, i != 3);
	}
	ck_assert_uint_eq(greetings[0]->digest, greetings[1]->digest);
	ck_assert_uint_ne(greetings[0]->digest, greetings[2]->digest);
	for (size_t i = 0; i < COUNT(views); i++)
		point_end(&views[i]);
}
END_TEST

/* A mirror port shows it twice; a repetition of the client's is none of the capture's. */
START_TEST(copies_of_the_capture_are_left_out)
{
	struct viewpoint view = {0};
	const struct sighted *connection;
	struct sample again = session[3];

	point_begin(&view);
	see_all(&view, session, 4);
	point_see(&view, session[3], 0, 4);
	again.time += 300;
	point_see(&view, again, 0, 5);
	settle(&view);
	connection = sightings_of_stream(&view.sightings, 0);
	ck_assert_uint_eq(connection->copies, 1);
	ck_assert_uint_eq(connection->count, 5);
	ck_assert_uint_eq(segment_at(&view, connection, 3)->frame, 4);
	ck_assert_uint_eq(segment_at(&view, connection, 4)->frame, 6);
	point_end(&view);
}
END_TEST

/* Both ports are a server's, and the first that is seen is one: only what it says tells. */
/* How the first segment with a payload comes again. */
static const struct {
	int64_t delay;
	uint16_t ip_id; /* the first has 4 */
	uint8_t ttl;    /* the first has 64 */
	uint16_t copies;
	bool is_once_more; /* it is counted as a segment of its own, too */
} repetitions[] = {
    {0, 4, 64, 1, false},
    {50, 4, 64, 1, false},
    {50, 5, 64, 0, true},
    {0, 4, 63, 0, false},
};

START_TEST(packets_that_come_again_are_told_from_those_sent_again)
{
	struct viewpoint view = {0};
	const struct sighted *connection;
	struct sample sample = session[3];

	point_begin(&view);
	see_all(&view, session, 3);
	sample.ttl = 64;
	point_see(&view, sample, 0, 4);
	sample.ttl = repetitions[_i].ttl;
	point_see(&view, sample, repetitions[_i].delay, repetitions[_i].ip_id);
	settle(&view);
	connection = sightings_of_stream(&view.sightings, 0);
	ck_assert_uint_eq(segment_at(&view, connection, 3)->copies, repetitions[_i].copies);
	ck_assert_uint_eq(connection->distinct[CLIENT], 1U + repetitions[_i].is_once_more);
	ck_assert_uint_eq(connection->doubled[CLIENT], repetitions[_i].copies);
	ck_assert_uint_eq(connection->distinct[SERVER] + connection->doubled[SERVER], 0);
	point_end(&view);
}
END_TEST

START_TEST(sides_are_put_right_when_the_client_is_known)
{
	static const struct sample late[] = {
	    SEGMENT(0, SERVER, ACK, 501, 101),
	    SEGMENT(1, CLIENT, ACK, 101, 501),
	    PAYLOAD(2, SERVER, 501, 101, "A33"),
	    PAYLOAD(3, CLIENT, 101, 504, "Q65abc"),
	};
	struct viewpoint view = {0};
	const struct sighted *connection;

	point_begin(&view);
	for (size_t i = 0; i < COUNT(late); i++) {
		struct sample sample = late[i];

		sample.ports[CLIENT] = 139;
		point_see(&view, sample, 0, 0);
	}
	settle(&view);
	connection = sightings_of_stream(&view.sightings, 0);
	ck_assert_uint_eq(connection->ends.src_port, 139);
	ck_assert_uint_eq(connection->ends.dst_port, 445);
	for (size_t i = 0; i < COUNT(late); i++)
		ck_assert_int_eq(segment_at(&view, connection, i)->side, late[i].from);
	ck_assert_uint_eq(connection->base[SERVER], 501);
	ck_assert_uint_eq(connection->base[CLIENT], 101);
	ck_assert_uint_eq(sightings_greeting(&view.sightings, connection, SERVER)->frame, 3);
	ck_assert_uint_eq(sightings_greeting(&view.sightings, connection, CLIENT)->frame, 4);
	point_end(&view);
}
END_TEST

START_TEST(what_is_beyond_the_bound_is_counted)
{
	struct viewpoint view = {0};
	const struct sighted *connection;

	point_begin(&view);
	view.sightings.most = 4;
	see_all(&view, session, COUNT(session));
	settle(&view);
	ck_assert_uint_eq(view.sightings.count, 4);
	ck_assert_uint_eq(view.sightings.left_out, COUNT(session) - 4);
	ck_assert_uint_eq(view.sightings.left_out_frame, 5);
	connection = sightings_of_stream(&view.sightings, 0);
	ck_assert_uint_eq(connection->count, 4);
	ck_assert_ptr_null(segment_at(&view, connection, 4));
	ck_assert_ptr_null(sightings_greeting(&view.sightings, connection, SERVER));
	point_end(&view);
}
END_TEST

/* What goes to another port is not compared, nor an error of the network's. */
START_TEST(what_is_neither_smb_nor_kerberos_is_passed_over)
{
	struct sample other = session[0], datagram = session[3];
	struct viewpoint view = {0};

	other.ports[SERVER] = 8080;
	datagram.ports[SERVER] = 8080;
	point_begin(&view);
	point_see(&view, other, 0, 0);
	feed(&view.run, sample_datagram(&datagram, ++view.run.frame));
	feed(&view.run, sample_icmp(&session[0], 3, 1, ++view.run.frame));
	settle(&view);
	ck_assert_uint_eq(view.sightings.count, 0);
	ck_assert_uint_eq(view.sightings.connection_count, 0);
	point_end(&view);
}
END_TEST

START_TEST(ports_that_are_used_again_are_another_connection)
{
	struct viewpoint view = {0};
	struct sample syn = session[0];

	point_begin(&view);
	see_all(&view, session, COUNT(session));
	syn.time = 60000;
	syn.seq = 90000;
	point_see(&view, syn, 0, 0);
	settle(&view);
	ck_assert_uint_eq(view.sightings.connection_count, 2);
	ck_assert_uint_eq(sightings_of_stream(&view.sightings, 0)->isn[CLIENT], 100);
	ck_assert_uint_eq(sightings_of_stream(&view.sightings, 1)->isn[CLIENT], 90000);
	ck_assert_uint_eq(sightings_of_stream(&view.sightings, 1)->count, 1);
	point_end(&view);
}
END_TEST

/* Bytes 0 to 6, 6 to 9, these again and 9 to 12 of the client's, seen in another order. */
static const struct sample pieces[] = {PAYLOAD(10, CLIENT, 107, 501, "def"),
    PAYLOAD(20, CLIENT, 101, 501, "Q=0abc"), PAYLOAD(30, SERVER, 501, 107, "A33"),
    PAYLOAD(400, CLIENT, 107, 501, "def"), PAYLOAD(410, CLIENT, 110, 504, "ghi")};

/* The frames of segments that have some of LENGTH bytes from OFFSET on. */
static const struct {
	enum side side;
	uint32_t offset, length;
	uint64_t frames[4];
} ranges[] = {
    {CLIENT, 0, 12, {5, 4, 7, 8}},
    {CLIENT, 0, 6, {5}},
    {CLIENT, 5, 1, {5}},
    {CLIENT, 5, 2, {5, 4, 7}},
    {CLIENT, 7, 1, {4, 7}},
    {CLIENT, 11, 5, {8}},
    {CLIENT, 12, 5, {0}},
    {SERVER, 0, 12, {6}},
};

/* What was found, frame by frame. */
struct met {
	uint64_t frames[8];
	size_t count, most;
};

static bool
meet(void *state, const struct sighting *one)
{
	struct met *met = state;

	met->frames[met->count++] = one->frame;
	return met->count < met->most;
}

static void
see_pieces(struct viewpoint *view)
{
	point_begin(view);
	see_all(view, session, 3);
	see_all(view, pieces, COUNT(pieces));
	point_see(view, (struct sample){.time = 500, .flags = SYN, .ports = {50001}}, 0, 0);
	settle(view);
}

START_TEST(segments_are_found_by_their_bytes)
{
	struct met met = {.most = SIZE_MAX};
	struct viewpoint view = {0};
	struct byte_range range;

	see_pieces(&view);
	range = (struct byte_range){sightings_of_stream(&view.sightings, 0), ranges[_i].side,
	    ranges[_i].offset, ranges[_i].length};
	sightings_each_of(&view.sightings, &range, meet, &met);
	for (size_t i = 0; i < COUNT(ranges[_i].frames); i++)
		ck_assert_uint_eq(met.frames[i], ranges[_i].frames[i]);
	ck_assert_uint_le(met.count, COUNT(ranges[_i].frames));
	point_end(&view);
}
END_TEST

START_TEST(a_search_ends_when_it_has_enough)
{
	struct viewpoint view = {0};
	struct met met = {.most = 2};
	struct byte_range range;

	see_pieces(&view);
	range = (struct byte_range){sightings_of_stream(&view.sightings, 0), CLIENT, 0, 12};
	sightings_each_of(&view.sightings, &range, meet, &met);
	ck_assert_uint_eq(met.count, 2);
	point_end(&view);
}
END_TEST

START_TEST(a_segment_has_all_of_a_range_or_none)
{
	static const struct {
		enum side side;
		uint32_t offset, length;
		uint64_t frame;
	} exactly[] = {{CLIENT, 0, 6, 5}, {CLIENT, 6, 3, 4}, {CLIENT, 9, 3, 8}, {SERVER, 0, 3, 6},
	    {CLIENT, 0, 5, 0}, {CLIENT, 1, 5, 0}, {CLIENT, 6, 6, 0}, {SERVER, 6, 3, 0}};
	struct viewpoint view = {0};

	see_pieces(&view);
	for (size_t i = 0; i < COUNT(exactly); i++) {
		const struct byte_range range = {sightings_of_stream(&view.sightings, 0),
		    exactly[i].side, exactly[i].offset, exactly[i].length};
		const struct sighting *one = sightings_exactly(&view.sightings, &range);

		ck_assert_uint_eq(one != NULL ? one->frame : 0, exactly[i].frame);
	}
	point_end(&view);
}
END_TEST

/* ---- datagrams ---- */

/* A request, the same again, and the answer. */
static const struct sample asked[] = {DATAGRAM(10, CLIENT, "Q65abc"),
    DATAGRAM(1010, CLIENT, "Q65abc"), DATAGRAM(1020, SERVER, "A43x")};

/* The connection of the datagram in FRAME. */
static const struct sighted *
datagrams_at(const struct viewpoint *view, size_t index)
{
	ck_assert_uint_lt(index, view->sightings.count);
	return &view->sightings.connections[view->sightings.items[index].connection];
}

START_TEST(each_datagram_is_noted)
{
	struct viewpoint view = {0};
	const struct sighted *connection;

	point_begin(&view);
	see_all(&view, asked, COUNT(asked));
	settle(&view);
	ck_assert_uint_eq(view.sightings.connection_count, 1);
	connection = datagrams_at(&view, 0);
	ck_assert_int_eq(connection->transport, TRANSPORT_UDP);
	ck_assert(!connection->is_background && !connection->has_isn[CLIENT]);
	ck_assert_uint_eq(connection->ends.src_port, 40088);
	ck_assert_uint_eq(connection->ends.dst_port, 88);
	ck_assert_uint_eq(connection->count, COUNT(asked));
	for (size_t i = 0; i < COUNT(asked); i++) {
		const struct sighting *one = segment_at(&view, connection, i);

		ck_assert_uint_eq(one->frame, i + 1);
		ck_assert_int_eq(one->time, asked[i].time * SAMPLE_MS);
		ck_assert_int_eq(one->side, asked[i].from);
		ck_assert_uint_eq(one->ip_id, i + 1);
		ck_assert_uint_eq(one->length, strlen(asked[i].payload));
		ck_assert(one->has_digest);
	}
	ck_assert_uint_eq(sightings_greeting(&view.sightings, connection, CLIENT)->frame, 1);
	ck_assert_uint_eq(sightings_greeting(&view.sightings, connection, SERVER)->frame, 3);
	ck_assert_ptr_null(sightings_of_stream(&view.sightings, 0));
	point_end(&view);
}
END_TEST

/* Whoever repeats a request repeats its bytes; these are in one place, in every capture. */
START_TEST(a_datagram_has_the_place_that_its_bytes_make)
{
	struct viewpoint views[2] = {{.clock = 0}, {.clock = SAMPLE_HOUR, .network = 7}};

	for (size_t i = 0; i < COUNT(views); i++) {
		point_begin(&views[i]);
		see_all(&views[i], asked, COUNT(asked));
		settle(&views[i]);
	}
	for (size_t i = 0; i < COUNT(asked); i++)
		ck_assert_uint_eq(
		    views[0].sightings.items[i].offset, views[1].sightings.items[i].offset);
	ck_assert_uint_eq(views[0].sightings.items[0].offset, views[0].sightings.items[1].offset);
	ck_assert_uint_ne(views[0].sightings.items[0].offset, views[0].sightings.items[2].offset);
	for (size_t i = 0; i < COUNT(views); i++)
		point_end(&views[i]);
}
END_TEST

static bool
count_one(void *state, const struct sighting *one)
{
	(void)one;
	++*(size_t *)state;
	return true;
}

/* A datagram is what it is as a whole: what has a place near by, or is longer, is another one. */
START_TEST(datagrams_have_no_parts)
{
	static const struct {
		int64_t moved;
		uint32_t length;
		size_t count;
	} wanted[] = {{0, 6, 2}, {0, 5, 0}, {0, 7, 0}, {1, 5, 0}, {-1, 7, 0}};
	struct viewpoint view = {0};
	struct byte_range range;

	point_begin(&view);
	see_all(&view, asked, COUNT(asked));
	settle(&view);
	for (size_t i = 0; i < COUNT(wanted); i++) {
		size_t count = 0;

		range = (struct byte_range){datagrams_at(&view, 0), CLIENT,
		    (uint32_t)(view.sightings.items[0].offset + wanted[i].moved), wanted[i].length};
		sightings_each_of(&view.sightings, &range, count_one, &count);
		ck_assert_uint_eq(count, wanted[i].count);
	}
	range = (struct byte_range){datagrams_at(&view, 0), CLIENT, 5, 6};
	ck_assert_uint_eq(byte_range_end(&range).offset, 5);
	ck_assert_uint_eq(byte_range_end(&range).length, 6);
	point_end(&view);
}
END_TEST

START_TEST(what_is_cut_of_datagrams_is_only_counted)
{
	struct viewpoint view = {0};
	struct sample cut = asked[0], cut_segment = session[3];

	cut.cut = 1;
	cut_segment.cut = 1;
	point_begin(&view);
	point_see(&view, cut, 0, 1);
	point_see(&view, asked[2], 0, 2);
	point_see(&view, cut_segment, 0, 3);
	settle(&view);
	ck_assert_uint_eq(view.sightings.cut, 1);
	ck_assert_uint_eq(view.sightings.count, 2);
	ck_assert_uint_eq(view.sightings.items[0].frame, 2);
	point_end(&view);
}
END_TEST

/* A resolver asks each from a port of its own; the conversation is one. NetBIOS asks from the port
 * of its service, where all questions meet. */
START_TEST(names_are_asked_for_from_ports_that_tell_them_apart)
{
	static const struct sample names[] = {NAME_DATAGRAM(10, CLIENT, "Q43a"),
	    NAME_DATAGRAM(11, SERVER, "A43a"),
	    {.time = 12, .from = CLIENT, .payload = "Q43b", .ports = {40054, 53}},
	    {.time = 13, .from = SERVER, .payload = "A43b", .ports = {40054, 53}},
	    {.time = 14, .from = CLIENT, .payload = "Q43c", .ports = {137, 53}}};
	struct viewpoint view = {0};

	point_begin(&view);
	see_all(&view, names, COUNT(names));
	settle(&view);
	ck_assert_uint_eq(view.sightings.count, 4);
	ck_assert_uint_eq(view.sightings.connection_count, 2);
	for (size_t i = 0; i < 4; i++) {
		const struct sighted *connection = datagrams_at(&view, i);

		ck_assert(connection->is_background);
		ck_assert_uint_eq(connection->ends.src_port, i < 2 ? 40053 : 40054);
		ck_assert_uint_eq(connection->ends.dst_port, 53);
		ck_assert_int_eq(view.sightings.items[i].side, names[i].from);
	}
	point_end(&view);
}
END_TEST

START_TEST(datagrams_in_fragments_are_counted)
{
	static const uint64_t frames[] = {1, 2};
	struct viewpoint view = {0};

	point_begin(&view);
	view.tap.fragments(view.tap.state, 2, frames, COUNT(frames));
	view.tap.fragments(view.tap.state, 4, frames, COUNT(frames));
	settle(&view);
	ck_assert_uint_eq(view.sightings.reassembled, 2);
	ck_assert_uint_eq(view.sightings.count, 0);
	point_end(&view);
}
END_TEST

/* A name server hears of little else: they leave the most of the room to others. */
START_TEST(few_questions_for_names_are_kept)
{
	struct viewpoint view = {0};
	struct sample question = NAME_DATAGRAM(10, CLIENT, "Q43a");

	point_begin(&view);
	view.sightings.most = 16;
	for (size_t i = 0; i < 5; i++) {
		question.ports[CLIENT]++;
		point_see(&view, question, 0, 0);
	}
	see_all(&view, session, COUNT(session));
	settle(&view);
	ck_assert_uint_eq(view.sightings.names, 2);
	ck_assert_uint_eq(view.sightings.names_left_out, 3);
	ck_assert_uint_eq(view.sightings.count, 2 + COUNT(session));
	ck_assert_uint_eq(view.sightings.connection_count, 3);
	ck_assert_uint_eq(view.sightings.left_out, 0);
	point_end(&view);
}
END_TEST

START_TEST(copies_of_datagrams_are_left_out)
{
	struct viewpoint view = {0};

	point_begin(&view);
	point_see(&view, asked[0], 0, 7);
	point_see(&view, asked[0], 0, 7);
	point_see(&view, asked[1], 0, 8);
	settle(&view);
	ck_assert_uint_eq(view.sightings.count, 2);
	ck_assert_uint_eq(view.sightings.items[1].frame, 3);
	point_end(&view);
}
END_TEST

/* Streams are numbered without datagrams, whose conversations all have the number 0. */
START_TEST(messages_are_found_on_their_connections)
{
	struct viewpoint view = {0};
	struct byte_range bytes;
	const struct exchange *over_tcp, *over_udp;

	point_begin(&view);
	see_all(&view, session, COUNT(session));
	point_see(&view, asked[0], 0, 1);
	point_see(&view, asked[2], 0, 1);
	settle(&view);
	over_tcp = find_exchange(&view.run, "toy", 0);
	over_udp = find_exchange(&view.run, "toy", 1);
	ck_assert(sightings_message(&view.sightings, over_tcp, false, &bytes));
	ck_assert_ptr_eq(bytes.connection, sightings_of_stream(&view.sightings, 0));
	ck_assert_int_eq(bytes.side, SERVER);
	ck_assert_uint_eq(bytes.offset, 0);
	ck_assert_uint_eq(bytes.length, 3);
	for (int is_request = 0; is_request <= 1; is_request++) {
		const struct sighting *one = &view.sightings.items[COUNT(session) + !is_request];

		ck_assert(sightings_message(&view.sightings, over_udp, is_request != 0, &bytes));
		ck_assert_int_eq(bytes.connection->transport, TRANSPORT_UDP);
		ck_assert_int_eq(bytes.side, is_request ? CLIENT : SERVER);
		ck_assert_uint_eq(bytes.offset, one->offset);
		ck_assert_uint_eq(bytes.length, one->length);
	}
	point_end(&view);
}
END_TEST

/* Nor is anything known of an answer that did not come, or of one that was not kept. */
START_TEST(what_was_not_kept_is_not_found)
{
	struct viewpoint view = {0};
	struct byte_range bytes;
	const struct exchange *first, *second;

	point_begin(&view);
	view.sightings.most = 1;
	point_see(&view, asked[0], 0, 1);
	point_see(&view, asked[2], 0, 2);
	point_see(&view, asked[0], 0, 3);
	settle(&view);
	first = find_exchange(&view.run, "toy", 0);
	second = find_exchange(&view.run, "toy", 1);
	ck_assert(sightings_message(&view.sightings, first, true, &bytes));
	ck_assert(!sightings_message(&view.sightings, first, false, &bytes));
	ck_assert(!sightings_message(&view.sightings, second, true, &bytes));
	ck_assert(!sightings_message(&view.sightings, second, false, &bytes));
	ck_assert_uint_eq(view.sightings.left_out, 2);
	point_end(&view);
}
END_TEST

static TCase *
datagram_tests(void)
{
	TCase *tcase = tcase_create("datagrams");

	tcase_add_test(tcase, each_datagram_is_noted);
	tcase_add_test(tcase, a_datagram_has_the_place_that_its_bytes_make);
	tcase_add_test(tcase, datagrams_have_no_parts);
	tcase_add_test(tcase, what_is_cut_of_datagrams_is_only_counted);
	tcase_add_test(tcase, names_are_asked_for_from_ports_that_tell_them_apart);
	tcase_add_test(tcase, datagrams_in_fragments_are_counted);
	tcase_add_test(tcase, few_questions_for_names_are_kept);
	tcase_add_test(tcase, copies_of_datagrams_are_left_out);
	tcase_add_test(tcase, messages_are_found_on_their_connections);
	tcase_add_test(tcase, what_was_not_kept_is_not_found);
	return tcase;
}

Suite *
sightings_suite(void)
{
	Suite *suite = suite_create("sightings");
	TCase *tcase = tcase_create("sightings");

	tcase_add_test(tcase, each_segment_is_noted);
	tcase_add_test(tcase, a_syn_says_where_bytes_begin);
	tcase_add_test(tcase, without_a_syn_the_first_bytes_say_it);
	tcase_add_test(tcase, payloads_are_told_apart);
	tcase_add_test(tcase, copies_of_the_capture_are_left_out);
	tcase_add_loop_test(
	    tcase, packets_that_come_again_are_told_from_those_sent_again, 0, COUNT(repetitions));
	tcase_add_test(tcase, sides_are_put_right_when_the_client_is_known);
	tcase_add_test(tcase, what_is_beyond_the_bound_is_counted);
	tcase_add_test(tcase, what_is_neither_smb_nor_kerberos_is_passed_over);
	tcase_add_test(tcase, ports_that_are_used_again_are_another_connection);
	tcase_add_loop_test(tcase, segments_are_found_by_their_bytes, 0, COUNT(ranges));
	tcase_add_test(tcase, a_search_ends_when_it_has_enough);
	tcase_add_test(tcase, a_segment_has_all_of_a_range_or_none);
	suite_add_tcase(suite, tcase);
	suite_add_tcase(suite, datagram_tests());
	return suite;
}
