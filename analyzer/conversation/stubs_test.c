#include "analyzer/conversation/stubs.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/conversation/pipeline_samples.h"

Suite *stubs_suite(void);

static struct packet_endpoints
ends_of(uint32_t number, bool is_ipv6)
{
	uint8_t src[16] = {0xfd, 1, (uint8_t)(number >> 8), (uint8_t)number};
	const uint8_t dst[16] = {10, 0, 0, 1};

	return (struct packet_endpoints){is_ipv6 ? addr_ipv6(src) : addr_ipv4(src),
	    is_ipv6 ? addr_ipv6(dst) : addr_ipv4(dst), (uint16_t)(1024 + number), 445};
}

static struct packet_endpoints
turned(struct packet_endpoints ends)
{
	return (struct packet_endpoints){ends.dst, ends.src, ends.dst_port, ends.src_port};
}

/* Streams of the stubs that went, in their order. */
struct gone {
	uint32_t streams[1000];
	size_t count;
};

static void
note_gone(void *state, struct stub *stub)
{
	struct gone *gone = state;

	gone->streams[gone->count++] = stub->stream;
}

static struct stub *
add(struct stubs *stubs, uint32_t number, bool is_ipv6, struct gone *gone)
{
	const struct packet_endpoints ends = ends_of(number, is_ipv6);
	struct stub *made = stubs_add(
	    stubs, STUB_IDLE, &ends, packet_ends_hash(&ends, TRANSPORT_TCP), note_gone, gone);

	made->stream = number;
	return made;
}

static struct stub *
find(const struct stubs *stubs, struct packet_endpoints ends, enum side *ret_sender)
{
	return stubs_find(stubs, &ends, packet_ends_hash(&ends, TRANSPORT_TCP), ret_sender);
}

/* By IPv4 and by IPv6, and from either side. */
START_TEST(each_is_found)
{
	struct stubs stubs = {.most = 500};
	struct gone gone = {.count = 0};
	enum side sender;

	ck_assert_ptr_null(find(&stubs, ends_of(0, _i), &sender));
	for (uint32_t i = 0; i < 500; i++)
		add(&stubs, i, _i, &gone);
	for (uint32_t i = 0; i < 500; i++) {
		ck_assert_uint_eq(find(&stubs, ends_of(i, _i), &sender)->stream, i);
		ck_assert_int_eq(sender, CLIENT);
		ck_assert_uint_eq(find(&stubs, turned(ends_of(i, _i)), &sender)->stream, i);
		ck_assert_int_eq(sender, SERVER);
	}
	ck_assert_ptr_null(find(&stubs, ends_of(500, _i), &sender));
	ck_assert_ptr_null(find(&stubs, ends_of(1, !_i), &sender));
	ck_assert_uint_eq(gone.count, 0);
	stubs_free(&stubs);
}
END_TEST

START_TEST(what_is_taken_out_is_not_found)
{
	struct stubs stubs = {.most = 500};
	struct gone gone = {.count = 0};
	enum side sender;

	add(&stubs, 1, false, &gone)->kind = STUB_GONE;
	ck_assert_ptr_null(find(&stubs, ends_of(1, false), &sender));
	add(&stubs, 1, false, &gone)->stream = 7;
	ck_assert_uint_eq(find(&stubs, ends_of(1, false), &sender)->stream, 7);
	stubs_end(&stubs, note_gone, &gone);
	ck_assert_uint_eq(gone.count, 1);
	ck_assert_uint_eq(gone.streams[0], 7);
	ck_assert_ptr_null(find(&stubs, ends_of(1, false), &sender));
	stubs_free(&stubs);
}
END_TEST

/* The older generation goes first, and each in the order in which it came. */
START_TEST(generations_go_in_order)
{
	struct stubs stubs = {.most = 100};
	struct gone gone = {.count = 0};
	enum side sender;

	for (uint32_t i = 0; i < 350; i++)
		add(&stubs, i, i % 2, &gone);
	ck_assert_uint_eq(gone.count, 200);
	for (uint32_t i = 0; i < 350; i++)
		ck_assert((find(&stubs, ends_of(i, i % 2), &sender) != NULL) == (i >= 200));
	stubs_end(&stubs, note_gone, &gone);
	ck_assert_uint_eq(gone.count, 350);
	for (uint32_t i = 0; i < 350; i++)
		ck_assert_uint_eq(gone.streams[i], i);
	stubs_free(&stubs);
}
END_TEST

/* All that matters of a SYN comes out as it went in. */
START_TEST(a_syn_is_kept_whole)
{
	struct packet syn = {.kind = PACKET_TCP,
	    .frame = 1,
	    .time = INT64_C(1700000000000000001),
	    .interface = 70000,
	    .ends = ends_of(3, false),
	    .ttl = 63,
	    .tcp = {.seq = 0xfffffff0,
		.flags = TCP_SYN,
		.window = 64240,
		.mss = 1460,
		.has_options = true},
	    .frame_length = 74,
	    .path = 0xdeadbeef,
	    .ip_id = 0x1234,
	    .direction = DIRECTION_INBOUND,
	    .has_link_src = true,
	    .has_wrong_checksum = true,
	    .link_src = {2, 0, 0, 0, 0, 9}};
	struct packet other = syn, got;
	struct stub stub = {0};
	struct stubs stubs = {.most = 1};

	packet_set_hash(&syn);
	stub = *stubs_add(&stubs, STUB_HALF_OPEN, &syn.ends, syn.hash, NULL, NULL);
	ck_assert(stub_holds(&syn));
	stub_set_packet(&stub, &syn);
	got = stub_packet(&stub);
	ck_assert_uint_eq(got.frame, syn.frame);
	ck_assert_int_eq(got.time, syn.time);
	ck_assert_uint_eq(got.interface, syn.interface);
	ck_assert(
	    addr_equal(&got.ends.src, &syn.ends.src) && addr_equal(&got.ends.dst, &syn.ends.dst));
	ck_assert_uint_eq(got.ends.src_port, syn.ends.src_port);
	ck_assert_uint_eq(got.ends.dst_port, syn.ends.dst_port);
	ck_assert_uint_eq(got.hash, syn.hash);
	ck_assert_mem_eq(&got.tcp.seq, &syn.tcp.seq, sizeof(syn.tcp.seq));
	ck_assert(got.tcp.flags == syn.tcp.flags && got.tcp.window == syn.tcp.window &&
		  got.tcp.mss == syn.tcp.mss && got.tcp.has_options && got.tcp.ack == 0);
	ck_assert(got.ttl == syn.ttl && got.frame_length == syn.frame_length &&
		  got.path == syn.path && got.ip_id == syn.ip_id &&
		  got.direction == syn.direction && got.kind == syn.kind);
	ck_assert(got.has_link_src && got.has_wrong_checksum);
	ck_assert_mem_eq(got.link_src, syn.link_src, sizeof(syn.link_src));
	other.payload_length = 1;
	ck_assert(!stub_holds(&other));
	other = syn;
	other.tcp.flags |= TCP_ACK;
	ck_assert(!stub_holds(&other));
	other = syn;
	other.ends = ends_of(3, true);
	ck_assert(!stub_holds(&other));
	stubs_free(&stubs);
}
END_TEST

/* What one run makes of connections whose packets come in any order, many times. */
static void
feed_at_random(struct run *run, unsigned seed)
{
	/* One that speaks stays, so they are few. */
	static const struct sample packets[] = {CONNECT, SEGMENT(3, CLIENT, SYN, 100, 0),
	    SEGMENT(4, CLIENT, SYN, 900, 0), SEGMENT(5, SERVER, RST, 0, 101),
	    SEGMENT(8, CLIENT, FIN, 101, 501), SEGMENT(9, SERVER, FIN, 501, 102)};
	static const struct sample request = PAYLOAD(6, CLIENT, 101, 501, "Q33");
	uint64_t random = seed + 1;

	for (unsigned i = 0; i < 20000; i++) {
		struct sample sample;
		struct packet packet;
		uint64_t number;

		random = hash_mix(random + i);
		/* New ones all the time, and old ones now and then. */
		number = (i / 10 + random % 400) % 65536;
		sample = i % 100 != 0 ? packets[random >> 32 & 7] : request;
		sample.time = i / 100;
		packet = sample_packet(&sample, ++run->frame);
		packet.ends = ends_of((uint32_t)number, number % 5 == 0);
		if (sample.from == SERVER)
			packet.ends = turned(packet.ends);
		feed(run, packet);
	}
}

/* As long as no stub was forgotten, streams are numbered as if everything were kept. */
START_TEST(stubs_keep_the_numbers_of_streams)
{
	struct pipeline_options options = {.dissectors = &toy_list, .file = "toy.pcapng"};
	struct capture_facts facts[2] = {{0}};

	for (unsigned i = 0; i < 2; i++) {
		struct run run = {0};

		options.max_memory = i == 0 ? 0 : (size_t)8 << 20;
		options.memory_before = mem_used();
		toy_take_log();
		run.ledger.arena = &run.arena;
		run.pipeline = pipeline_new(&options, &run.arena, &run.ledger);
		feed_at_random(&run, (unsigned)_i);
		pipeline_end(run.pipeline, NULL);
		pipeline_facts(run.pipeline, &facts[i]);
		end_run(&run);
	}
	ck_assert_uint_gt(facts[1].bounds.of[BOUND_CONVERSATIONS].count, 100);
	ck_assert_uint_eq(facts[1].bounds.of[BOUND_MEMORY].count, 0);
	ck_assert_uint_eq(facts[1].bounds.of[BOUND_STREAMS].count, 0);
	ck_assert_uint_eq(facts[0].tcp_streams, facts[1].tcp_streams);
}
END_TEST

Suite *
stubs_suite(void)
{
	Suite *suite = suite_create("stubs");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, each_is_found, 0, 2);
	tcase_add_test(tcase, what_is_taken_out_is_not_found);
	tcase_add_test(tcase, generations_go_in_order);
	tcase_add_test(tcase, a_syn_is_kept_whole);
	tcase_add_loop_test(tcase, stubs_keep_the_numbers_of_streams, 0, 5);
	suite_add_tcase(suite, tcase);
	return suite;
}
