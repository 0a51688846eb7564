#include "analyzer/evidence/selection.h"

#include <check.h>
#include <inttypes.h>
#include <string.h>

#include "analyzer/base/text.h"
#include "analyzer/conversation/pipeline_samples.h"

Suite *selection_suite(void);

/* One capture whose packets pass, and what is needed of it. */
struct pass {
	struct run run;
	struct conversation_facts facts; /* of the first conversation */
	struct need_set needs;
	struct selection *selection;
};

static void
begin(struct pass *pass)
{
	*pass = (struct pass){0};
	pass->facts = (struct conversation_facts){.client = sample_addr(CLIENT),
	    .server = sample_addr(SERVER),
	    .client_port = SAMPLE_CLIENT_PORT,
	    .server_port = SAMPLE_SERVER_PORT,
	    .transport = TRANSPORT_TCP,
	    .first_frame = 1};
	pass->needs.conversations = mem_alloc(1, sizeof(*pass->needs.conversations));
	pass->needs.conversations[0].facts = &pass->facts;
	pass->needs.conversation_count = 1;
}

/* The needs are complete: packets may pass. */
static void
start(struct pass *pass)
{
	pass->selection = selection_new(&pass->needs);
	begin_run(&pass->run);
	pipeline_free(pass->run.pipeline);
	pass->run.pipeline = pipeline_new(&(struct pipeline_options){.dissectors = &toy_list,
					      .tap = selection_tap(pass->selection)},
	    &pass->run.arena, &pass->run.ledger);
}

static void
end(struct pass *pass)
{
	selection_free(pass->selection);
	needs_free(&pass->needs);
	end_run(&pass->run);
}

/* All packets have passed, and FRAMES are kept. */
static void
expect_kept(struct pass *pass, const char *frames)
{
	struct text text = {0};

	for (uint64_t frame = 1; frame <= pass->run.frame; frame++)
		if (frame_set_has(selection_frames(pass->selection), frame))
			text_addf(&text, "%" PRIu64 " ", frame);
	ck_assert_str_eq(text_chars(&text), frames);
	text_free(&text);
	end(pass);
}

static void
expect(struct pass *pass, const char *frames)
{
	selection_end(pass->selection);
	expect_kept(pass, frames);
}

/* Frames 1 to 3 connect; twenty requests of three bytes, the first in frame 4, each with its answer
 * in the next frame; then 44 to 46 end it. */
static void
feed_session(struct pass *pass)
{
	static const struct sample connect[] = {CONNECT};
	static const struct sample ends[] = {SEGMENT(60, CLIENT, FIN, 161, 561),
	    SEGMENT(61, SERVER, ACK, 561, 162), SEGMENT(62, SERVER, RST, 561, 162)};

	feed_all(&pass->run, connect, COUNT(connect));
	for (uint32_t i = 0; i < 20; i++) {
		const struct sample pair[] = {
		    PAYLOAD(10 + 2 * i, CLIENT, 101 + 3 * i, 501 + 3 * i, "Q33"),
		    PAYLOAD(11 + 2 * i, SERVER, 501 + 3 * i, 104 + 3 * i, "A33")};

		feed_all(&pass->run, pair, COUNT(pair));
	}
	feed_all(&pass->run, ends, COUNT(ends));
}

static void
expect_of_session(struct pass *pass, const char *frames)
{
	start(pass);
	feed_session(pass);
	expect(pass, frames);
}

/* Nothing but how the connection began and ended; what little is between stays. */
START_TEST(test_handshake)
{
	struct pass pass;

	begin(&pass);
	expect_of_session(&pass, "1 2 3 44 45 46 ");
}
END_TEST

/* The same of a connection that is no more than a witness, of which that is said. */
START_TEST(test_other)
{
	struct pass pass;

	for (int is_other = 0; is_other <= 1; is_other++) {
		begin(&pass);
		pass.needs.conversations[0].is_other = is_other != 0;
		start(&pass);
		feed_session(&pass);
		selection_end(pass.selection);
		ck_assert_int_eq(selection_reason(pass.selection, 1) != NULL, is_other);
		ck_assert_ptr_null(selection_reason(pass.selection, 4));
		expect_kept(&pass, "1 2 3 44 45 46 ");
	}
}
END_TEST

/* The bytes, and the first packet that acknowledges them. */
START_TEST(test_stretches)
{
	struct stretch request = {.start = 30, .end = 33}, answer = {.start = 30, .end = 33};
	struct pass pass;

	begin(&pass);
	pass.needs.conversations[0].stretches[CLIENT] = &request;
	expect_of_session(&pass, "1 2 3 24 25 44 45 46 ");
	begin(&pass);
	pass.needs.conversations[0].stretches[SERVER] = &answer;
	expect_of_session(&pass, "1 2 3 25 26 44 45 46 ");
}
END_TEST

/* Acknowledgements, again and again, of nothing new. */
static void
feed_idle(struct pass *pass)
{
	static const struct sample idle = SEGMENT(400, SERVER, ACK, 501, 0xfffffffe);

	for (int i = 0; i <= EVIDENCE_SMALL_GAP; i++)
		feed(&pass->run, sample_packet(&idle, ++pass->run.frame));
}

/* Each segment with one of the bytes, whenever it is sent again; sequence numbers wrap around. */
START_TEST(test_repetitions)
{
	static const struct sample samples[] = {SEGMENT(0, CLIENT, SYN, 0xfffffffd, 0),
	    SEGMENT(1, SERVER, SYN_ACK, 500, 0xfffffffe), SEGMENT(2, CLIENT, ACK, 0xfffffffe, 501),
	    PAYLOAD(3, CLIENT, 0xfffffffe, 501, "Q:9"), PAYLOAD(4, CLIENT, 1, 501, "defg"),
	    PAYLOAD(5, CLIENT, 5, 501, "h"), PAYLOAD(600, CLIENT, 0xfffffffe, 501, "Q:9d"),
	    PAYLOAD(900, CLIENT, 2, 501, "ef"), PAYLOAD(901, CLIENT, 4, 501, "g")};
	struct stretch second = {.start = 3, .end = 5};
	struct pass pass;

	begin(&pass);
	pass.needs.conversations[0].stretches[CLIENT] = &second;
	start(&pass);
	for (size_t i = 0; i < COUNT(samples); i++) {
		if (i >= 3)
			feed_idle(&pass);
		feed(&pass.run, sample_packet(&samples[i], ++pass.run.frame));
	}
	/* The fourth sample is frame 13, and each of the others ten later. */
	expect(&pass, "1 2 3 23 43 53 ");
}
END_TEST

START_TEST(test_setup_and_period)
{
	struct period period = {30 * SAMPLE_MS, 31 * SAMPLE_MS, NULL};
	struct pass pass;

	begin(&pass);
	pass.needs.conversations[0].setup_end = 6;
	expect_of_session(&pass, "1 2 3 4 5 6 44 45 46 ");
	begin(&pass);
	pass.needs.conversations[0].periods = &period;
	expect_of_session(&pass, "1 2 3 24 25 44 45 46 ");
}
END_TEST

/* Eight packets are not worth a hole, nine are. */
START_TEST(test_small_gaps)
{
	struct pass pass;

	begin(&pass);
	frame_set_add(&pass.needs.frames, 12);
	frame_set_add(&pass.needs.frames, 22);
	expect_of_session(&pass, "1 2 3 4 5 6 7 8 9 10 11 12 22 44 45 46 ");
}
END_TEST

START_TEST(test_whole)
{
	static const struct sample connect[] = {CONNECT};
	static const struct sample ping = PAYLOAD(3, CLIENT, 101, 501, "Q33");
	static const struct sample other = {
	    .time = 4, .from = CLIENT, .flags = SYN, .ports = {50001, 445}};
	struct pass pass;

	begin(&pass);
	pass.needs.conversations[0].is_whole = true;
	start(&pass);
	feed_all(&pass.run, connect, 3);
	feed(&pass.run, sample_packet(&ping, ++pass.run.frame));
	feed(&pass.run, sample_packet(&other, ++pass.run.frame));
	feed(&pass.run, sample_icmp(&connect[0], 3, 1, ++pass.run.frame));
	feed(&pass.run, sample_icmp(&other, 3, 1, ++pass.run.frame));
	feed(&pass.run, sample_packet(&ping, ++pass.run.frame));
	expect(&pass, "1 2 3 4 6 8 ");
}
END_TEST

/* Before a request that nobody answered enough is kept to show that nothing was missing. */
START_TEST(test_run_up)
{
	static const struct sample connect[] = {CONNECT};
	struct stretch request = {.start = 150, .end = 153, .is_unanswered = true};
	struct sample ping = PAYLOAD(3, CLIENT, 101, 501, "Q33");
	struct pass pass;

	begin(&pass);
	pass.needs.conversations[0].stretches[CLIENT] = &request;
	start(&pass);
	feed_all(&pass.run, connect, 3);
	for (int i = 0; i < 60; i++) {
		feed(&pass.run, sample_packet(&ping, ++pass.run.frame));
		ping.seq += 3;
		ping.time++;
	}
	selection_end(pass.selection);
	/* The request is the 51st ping, in frame 54. */
	for (uint64_t frame = 1; frame <= pass.run.frame; frame++)
		ck_assert_msg(frame_set_has(selection_frames(pass.selection), frame) ==
				  (frame <= 3 || (frame >= 54 - EVIDENCE_RUN_UP && frame <= 54)),
		    "frame %" PRIu64, frame);
	end(&pass);
}
END_TEST

/* All that passes between two hosts, and what the client asks others about names and tickets. */
START_TEST(test_hosts)
{
	static const uint8_t kdc_bytes[4] = {10, 0, 0, 3}, third_bytes[4] = {10, 0, 0, 4};
	const struct addr kdc = addr_ipv4(kdc_bytes), third = addr_ipv4(third_bytes);
	const struct addr client = sample_addr(CLIENT), server = sample_addr(SERVER);
	const struct packet_endpoints ends[] = {{client, server, 1, 2}, {server, client, 2, 1},
	    {client, kdc, 50000, 88}, {kdc, client, 88, 50000}, {client, kdc, 50000, 89},
	    {third, kdc, 50000, 88}, {third, server, 1, 445}, {client, third, 50000, 53},
	    {third, client, 50000, 53}};
	struct host_need *hosts;
	struct pass pass;

	begin(&pass);
	hosts = mem_alloc(1, sizeof(*hosts));
	*hosts = (struct host_need){.client = client, .server = server};
	pass.needs.hosts = hosts;
	pass.needs.host_count = 1;
	start(&pass);
	for (size_t i = 0; i < COUNT(ends); i++)
		feed(&pass.run,
		    (struct packet){
			.kind = PACKET_UDP, .frame = ++pass.run.frame, .time = 1, .ends = ends[i]});
	ck_assert(selection_has_host(pass.selection, &kdc));
	ck_assert(!selection_has_host(pass.selection, &(struct addr){.family = ADDR_IPV6}));
	expect(&pass, "1 2 3 4 8 ");
}
END_TEST

/* Of many connections only how they begin and end, and that something was said. */
START_TEST(test_openings)
{
	static const struct sample elsewhere = {
	    .time = 14, .from = CLIENT, .flags = SYN, .ports = {50001, 80}};
	struct host_need *hosts;
	struct pass pass;

	begin(&pass);
	pass.needs.conversation_count = 0;
	hosts = mem_alloc(1, sizeof(*hosts));
	*hosts = (struct host_need){.client = sample_addr(CLIENT), .is_opening_only = true};
	pass.needs.hosts = hosts;
	pass.needs.host_count = 1;
	start(&pass);
	feed_session(&pass);
	feed(&pass.run, sample_packet(&elsewhere, ++pass.run.frame));
	/* 4 and 5 are each side's first bytes. */
	expect(&pass, "1 2 3 4 5 44 46 ");
}
END_TEST

static void
feed_at(struct pass *pass, uint32_t interface, int64_t time)
{
	feed(&pass->run, (struct packet){.kind = PACKET_OTHER,
			     .frame = ++pass->run.frame,
			     .time = time,
			     .interface = interface});
}

static void
need_interface(struct pass *pass, uint32_t interface)
{
	pass->needs.interfaces = mem_alloc(1, sizeof(uint32_t));
	pass->needs.interfaces[0] = interface;
	pass->needs.interface_count = 1;
}

/* The first and the latest packet of the interface, and the latest of all. */
START_TEST(test_edges)
{
	struct pass pass;

	begin(&pass);
	need_interface(&pass, 1);
	pass.needs.has_edges = true;
	start(&pass);
	feed_at(&pass, 0, 1);
	feed_at(&pass, 1, 2);
	feed_at(&pass, 1, 9);
	feed_at(&pass, 1, 8);
	feed_at(&pass, 2, 20);
	feed_at(&pass, 2, 10);
	selection_end(pass.selection);
	ck_assert(selection_has_interface(pass.selection, 1));
	ck_assert(selection_has_interface(pass.selection, 2));
	ck_assert(!selection_has_interface(pass.selection, 0));
	ck_assert(!selection_has_interface(pass.selection, 3));
	ck_assert_ptr_nonnull(strstr(selection_reason(pass.selection, 2), "first packet"));
	ck_assert_ptr_nonnull(strstr(selection_reason(pass.selection, 3), "last packet"));
	ck_assert_ptr_null(selection_reason(pass.selection, 4));
	expect_kept(&pass, "2 3 5 ");
}
END_TEST

START_TEST(test_all_edges)
{
	struct pass pass;

	begin(&pass);
	pass.needs.has_edges = pass.needs.has_all_edges = true;
	start(&pass);
	feed_at(&pass, 0, 1);
	feed_at(&pass, 0, 2);
	feed_at(&pass, 0, 3);
	feed_at(&pass, 2, 2);
	expect(&pass, "1 3 4 ");
	begin(&pass);
	start(&pass);
	feed_at(&pass, 0, 1);
	expect(&pass, "");
}
END_TEST

/* Where the clock was set back, what is before and after tells so. */
START_TEST(test_clock)
{
	struct pass pass;

	begin(&pass);
	need_interface(&pass, 0);
	pass.needs.has_edges = true;
	start(&pass);
	feed_at(&pass, 0, 10 * CLOCK_STEP);
	feed_at(&pass, 0, 11 * CLOCK_STEP);
	feed_at(&pass, 0, 12 * CLOCK_STEP);
	feed_at(&pass, 0, 11 * CLOCK_STEP);
	feed_at(&pass, 0, 11 * CLOCK_STEP + 1);
	feed_at(&pass, 0, 13 * CLOCK_STEP);
	selection_end(pass.selection);
	ck_assert_ptr_nonnull(strstr(selection_reason(pass.selection, 4), "set back"));
	expect_kept(&pass, "1 3 4 6 ");
}
END_TEST

/* What was put together needs its parts, and these theirs. */
START_TEST(test_fragments)
{
	static const uint64_t outer[] = {1, 3}, inner[] = {2, 3}, other[] = {4, 5};
	const struct packet_tap *tap;
	struct pass pass;

	begin(&pass);
	frame_set_add(&pass.needs.frames, 6);
	start(&pass);
	tap = selection_tap(pass.selection);
	tap->fragments(tap->state, 3, outer, 2);
	tap->fragments(tap->state, 5, other, 2);
	tap->fragments(tap->state, 6, (const uint64_t[]){3, 6}, 2);
	tap->fragments(tap->state, 7, inner, 2);
	pass.run.frame = 5;
	feed_at(&pass, 0, 1);
	feed_at(&pass, 0, 1);
	expect(&pass, "1 3 6 ");
}
END_TEST

static struct packet
address_packet(uint64_t frame, uint8_t asker, uint8_t target, bool is_answer)
{
	return (struct packet){.kind = PACKET_ADDRESS,
	    .frame = frame,
	    .address = {.asker = addr_ipv4((const uint8_t[]){10, 0, 0, asker}),
		.target = addr_ipv4((const uint8_t[]){10, 0, 0, target}),
		.is_answer = is_answer}};
}

/* Who asks for an address, and that nobody says to have it. */
START_TEST(test_resolution)
{
	struct pass pass;

	begin(&pass);
	pass.needs.resolved = mem_alloc(1, sizeof(struct addr));
	pass.needs.resolved[0] = sample_addr(SERVER);
	pass.needs.resolved_count = 1;
	start(&pass);
	feed(&pass.run, address_packet(++pass.run.frame, 1, 2, false));
	feed(&pass.run, address_packet(++pass.run.frame, 1, 3, false));
	feed(&pass.run, address_packet(++pass.run.frame, 2, 1, false));
	feed(&pass.run, address_packet(++pass.run.frame, 1, 2, false));
	expect(&pass, "1 4 ");
}
END_TEST

/* One packet of each kind that shows where a host is. */
START_TEST(test_places)
{
	static const uint8_t server[4] = {10, 0, 0, 9};
	const struct packet answer = {.kind = PACKET_UDP,
	    .frame = 5,
	    .ends = {addr_ipv4(server), sample_addr(CLIENT), 53, 50000}};
	struct pass pass;

	begin(&pass);
	pass.needs.places = mem_alloc(1, sizeof(struct place_need));
	pass.needs.places[0].host = sample_addr(CLIENT);
	pass.needs.place_count = 1;
	start(&pass);
	feed(&pass.run, address_packet(++pass.run.frame, 1, 2, false));
	feed(&pass.run, address_packet(++pass.run.frame, 1, 2, true));
	feed(&pass.run, address_packet(++pass.run.frame, 2, 1, true));
	feed(&pass.run, address_packet(++pass.run.frame, 2, 1, true));
	pass.run.frame = 6;
	feed(&pass.run, answer);
	selection_end(pass.selection);
	ck_assert_ptr_nonnull(strstr(selection_reason(pass.selection, 5), "captured"));
	expect_kept(&pass, "3 5 ");
}
END_TEST

Suite *
selection_suite(void)
{
	Suite *suite = suite_create("selection");
	TCase *tcase = tcase_create("selection");

	tcase_add_test(tcase, test_handshake);
	tcase_add_test(tcase, test_other);
	tcase_add_test(tcase, test_stretches);
	tcase_add_test(tcase, test_repetitions);
	tcase_add_test(tcase, test_setup_and_period);
	tcase_add_test(tcase, test_small_gaps);
	tcase_add_test(tcase, test_whole);
	tcase_add_test(tcase, test_run_up);
	tcase_add_test(tcase, test_hosts);
	tcase_add_test(tcase, test_openings);
	tcase_add_test(tcase, test_edges);
	tcase_add_test(tcase, test_all_edges);
	tcase_add_test(tcase, test_clock);
	tcase_add_test(tcase, test_fragments);
	tcase_add_test(tcase, test_resolution);
	tcase_add_test(tcase, test_places);
	suite_add_tcase(suite, tcase);
	return suite;
}
