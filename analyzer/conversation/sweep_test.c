#include "analyzer/conversation/sweep.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/conversation/handshake.h"
#include "analyzer/conversation/packet_samples.h"
#include "analyzer/conversation/pipeline.h"

Suite *sweep_suite(void);

static const struct tally none;

struct world {
	struct arena arena;
	struct ledger ledger;
	uint64_t frame;
};

enum end { SILENT, UNDECIDED, REFUSED, PROBE, USED, UNSEEN };

static void
begin(struct world *world)
{
	*world = (struct world){0};
	world->ledger.arena = &world->arena;
}

static void
end_world(struct world *world)
{
	ledger_free(&world->ledger);
	arena_free(&world->arena);
}

static struct addr
address(uint8_t net, size_t host)
{
	const uint8_t bytes[4] = {10, net, (uint8_t)(host >> 8), (uint8_t)host};

	return addr_ipv4(bytes);
}

/* One attempt a millisecond. */
static struct tcp_handshake *
add(struct world *world, size_t client, size_t server, uint16_t port, enum end end)
{
	static const enum outcome outcomes[] = {[SILENT] = OUTCOME_UNANSWERED,
	    [UNDECIDED] = OUTCOME_UNKNOWN,
	    [REFUSED] = OUTCOME_RESET,
	    [PROBE] = OUTCOME_ANSWERED,
	    [USED] = OUTCOME_ANSWERED,
	    [UNSEEN] = OUTCOME_UNKNOWN};
	struct conversation_facts *facts = ARENA_NEW(&world->arena, struct conversation_facts);
	struct tcp_handshake *made = ARENA_NEW(&world->arena, struct tcp_handshake);

	facts->client = address(0, client);
	facts->server = address(1, server);
	facts->client_port = 50000;
	facts->server_port = port;
	made->exchange.type = &tcp_handshake_type;
	made->exchange.conversation = facts;
	made->exchange.request_frame = ++world->frame;
	made->exchange.time = (int64_t)world->frame * 1000000;
	made->exchange.outcome = outcomes[end];
	made->exchange.doubt = end == UNDECIDED ? DOUBT_CAPTURE_ENDED
			       : end == UNSEEN  ? DOUBT_ONE_DIRECTION
						: DOUBT_NONE;
	made->is_probe = end == PROBE;
	made->is_smb_port = port != 88;
	ledger_add(&world->ledger, &made->exchange);
	return made;
}

/* The INDEXth sweep, or NULL. */
static const struct tcp_sweep *
sweep_at(const struct world *world, size_t index)
{
	for (size_t i = 0; i < world->ledger.count; i++)
		if (world->ledger.items[i]->type == &tcp_sweep_type && index-- == 0)
			return (const struct tcp_sweep *)world->ledger.items[i];
	return NULL;
}

static const struct {
	const char *name;
	size_t counts[UNSEEN + 1]; /* servers with such an end, in the order of enum end */
	bool is_scan;
	enum outcome outcome;
} scan_cases[] = {
    {"silent ends", {[SILENT] = 16}, true, OUTCOME_UNANSWERED},
    {"one too few", {[SILENT] = 15}, false, 0},
    {"refusals and undecided ones count", {[REFUSED] = 8, [UNDECIDED] = 8}, true, OUTCOME_RESET},
    {"probes count", {[PROBE] = 16}, true, OUTCOME_ANSWERED},
    {"three quarters in vain", {[SILENT] = 12, [USED] = 4}, true, OUTCOME_ANSWERED},
    {"less than three quarters", {[SILENT] = 12, [USED] = 5}, false, 0},
    {"less than three quarters of 19", {[SILENT] = 14, [USED] = 5}, false, 0},
    {"what one cannot see is not in vain", {[UNSEEN] = 16}, false, 0},
    {"a busy client", {[USED] = 40}, false, 0},
};

START_TEST(test_scan)
{
	struct world world;
	const struct tcp_sweep *sweep;
	size_t server = 0;

	begin(&world);
	for (enum end end = SILENT; end <= UNSEEN; end++)
		for (size_t i = 0; i < scan_cases[_i].counts[end]; i++)
			add(&world, 1, server++, 445, end);
	sweeps_find(&world.ledger, &none);
	sweep = sweep_at(&world, 0);
	ck_assert_msg((sweep != NULL) == scan_cases[_i].is_scan, "%s", scan_cases[_i].name);
	ck_assert_ptr_null(sweep_at(&world, 1));
	if (sweep != NULL) {
		ck_assert_int_eq(sweep->kind, SWEEP_SCAN);
		ck_assert_int_eq(sweep->exchange.outcome, scan_cases[_i].outcome);
		ck_assert_uint_eq(sweep->ends, server);
	}
	end_world(&world);
}
END_TEST

START_TEST(test_scan_fields)
{
	struct world world;
	const struct tcp_sweep *sweep;
	struct tcp_handshake *used, *silent, *other;
	struct addr client = address(0, 1);

	begin(&world);
	other = add(&world, 2, 1, 445, SILENT);
	used = add(&world, 1, 200, 88, USED);
	add(&world, 1, 200, 88, SILENT); /* the end is used all the same */
	for (size_t i = 0; i < 20; i++)
		silent = add(&world, 1, i, i < 10 ? 445 : 139, SILENT);
	add(&world, 1, 0, 445, SILENT); /* the same end again */
	add(&world, 1, 100, 445, REFUSED);
	add(&world, 1, 101, 445, PROBE);
	sweeps_find(&world.ledger, &none);
	sweep = sweep_at(&world, 0);
	ck_assert_ptr_nonnull(sweep);
	ck_assert_uint_eq(sweep->ends, 23);
	ck_assert_uint_eq(sweep->clients, 1);
	ck_assert_uint_eq(sweep->attempts, 25);
	ck_assert_uint_eq(sweep->answered, 2);
	ck_assert_uint_eq(sweep->probes, 1);
	ck_assert_uint_eq(sweep->refused, 1);
	ck_assert_uint_eq(sweep->unanswered, 22);
	ck_assert_uint_eq(sweep->exchange.request_frame, 2);
	ck_assert_uint_eq(sweep->exchange.end_frame, 26);
	ck_assert_int_eq(sweep->exchange.time, 2000000);
	ck_assert_int_eq(sweep->last_time, 26000000);
	ck_assert_int_eq(sweep->exchange.waited, 24000000);
	ck_assert(addr_equal(&sweep->exchange.conversation->client, &client));
	ck_assert_int_eq(sweep->exchange.conversation->server.family, ADDR_NONE);
	ck_assert_uint_eq(sweep->exchange.conversation->server_port, 0);
	ck_assert(silent->is_in_sweep);
	ck_assert(!used->is_in_sweep);
	ck_assert(!other->is_in_sweep);
	end_world(&world);
}
END_TEST

static const struct {
	const char *name;
	size_t counts[UNSEEN + 1]; /* clients with such an end */
	bool is_flood;
	enum outcome outcome;
} flood_cases[] = {
    {"silent for everybody", {[SILENT] = 64}, true, OUTCOME_UNANSWERED},
    {"one too few", {[SILENT] = 63}, false, 0},
    {"silent for many", {[SILENT] = 64, [USED] = 500}, true, OUTCOME_UNANSWERED},
    {"the capture ended first", {[SILENT] = 63, [UNDECIDED] = 1}, true, OUTCOME_UNKNOWN},
    {"refused", {[REFUSED] = 200}, false, 0},
    {"one direction only", {[UNSEEN] = 200}, false, 0},
};

START_TEST(test_flood)
{
	struct world world;
	const struct tcp_sweep *sweep;
	struct addr server = address(1, 9);
	size_t client = 0;

	begin(&world);
	for (enum end end = SILENT; end <= UNSEEN; end++)
		for (size_t i = 0; i < flood_cases[_i].counts[end]; i++)
			add(&world, client++, 9, 445, end);
	sweeps_find(&world.ledger, &none);
	sweep = sweep_at(&world, 0);
	ck_assert_msg((sweep != NULL) == flood_cases[_i].is_flood, "%s", flood_cases[_i].name);
	ck_assert_ptr_null(sweep_at(&world, 1));
	if (sweep != NULL) {
		ck_assert_int_eq(sweep->kind, SWEEP_FLOOD);
		ck_assert_int_eq(sweep->exchange.outcome, flood_cases[_i].outcome);
		ck_assert_uint_eq(sweep->silent_clients, 64);
		ck_assert_uint_eq(sweep->clients, client);
		ck_assert(addr_equal(&sweep->exchange.conversation->server, &server));
		ck_assert_uint_eq(sweep->exchange.conversation->server_port, 445);
		ck_assert_int_eq(sweep->exchange.conversation->client.family, ADDR_NONE);
		ck_assert(((const struct tcp_handshake *)world.ledger.items[0])->is_in_sweep);
	}
	end_world(&world);
}
END_TEST

/* Every client is answered at its tenth attempt. */
START_TEST(test_slow_server_is_no_flood)
{
	struct world world;

	begin(&world);
	for (size_t client = 0; client < 80; client++)
		for (size_t i = 0; i < 10; i++)
			add(&world, client, 9, 445, i == 9 ? USED : SILENT);
	sweeps_find(&world.ledger, &none);
	ck_assert_ptr_null(sweep_at(&world, 0));
	end_world(&world);
}
END_TEST

#define SEGMENT(ms, side, what, number, acknowledged)                           \
	{                                                                       \
		.time = (ms), .from = (side), .flags = (what), .seq = (number), \
		.ack = (acknowledged)                                           \
	}
/* The client's bytes begin at 101, the server's at 501. */
#define CONNECT                                                                               \
	SEGMENT(0, CLIENT, TCP_SYN, 100, 0), SEGMENT(1, SERVER, TCP_SYN | TCP_ACK, 500, 101), \
	    SEGMENT(2, CLIENT, TCP_ACK, 101, 501)
#define FIN (TCP_FIN | TCP_ACK)
#define RST (TCP_RST | TCP_ACK)

static struct pipeline *
begin_pipeline(struct world *world)
{
	const struct pipeline_options options = {.dissectors = &toy_list, .file = "toy.pcapng"};

	begin(world);
	return pipeline_new(&options, &world->arena, &world->ledger);
}

static const struct {
	const char *name;
	struct sample packets[6];
	bool is_probe;
} probe_cases[] = {
    {"FIN at once", {CONNECT, SEGMENT(3, CLIENT, FIN, 101, 501)}, true},
    {"RST at once", {CONNECT, SEGMENT(3, CLIENT, RST, 101, 501)}, true},
    {"RST instead of the handshake's end",
	{SEGMENT(0, CLIENT, TCP_SYN, 100, 0), SEGMENT(1, SERVER, TCP_SYN | TCP_ACK, 500, 101),
	    SEGMENT(2, CLIENT, TCP_RST, 101, 0)},
	true},
    {"RST of a client that heard the SYN-ACK too late",
	{SEGMENT(0, CLIENT, TCP_SYN, 100, 0), SEGMENT(1, SERVER, TCP_SYN | TCP_ACK, 500, 101),
	    SEGMENT(1000, CLIENT, TCP_SYN, 100, 0), SEGMENT(1001, CLIENT, TCP_RST, 101, 0)},
	false},
    {"closed by the server", {CONNECT, SEGMENT(3, SERVER, FIN, 501, 101)}, false},
    {"still open", {CONNECT}, false},
    {"used",
	{CONNECT,
	    {.time = 3, .from = CLIENT, .flags = TCP_ACK, .seq = 101, .ack = 501, .payload = "Q33"},
	    SEGMENT(4, CLIENT, RST, 104, 501)},
	false},
    {"the client's bytes are not in the file", {CONNECT, SEGMENT(3, CLIENT, FIN, 104, 501)}, false},
    {"the server's bytes are not in the file", {CONNECT, SEGMENT(3, CLIENT, FIN, 101, 504)}, false},
    {"refused",
	{SEGMENT(0, CLIENT, TCP_SYN, 100, 0), SEGMENT(1, SERVER, RST, 0, 101),
	    SEGMENT(2, CLIENT, RST, 101, 1)},
	false},
};

START_TEST(test_probe)
{
	const struct sample *samples = probe_cases[_i].packets;
	const struct tcp_handshake *handshake;
	struct world world;
	struct pipeline *pipeline = begin_pipeline(&world);

	for (size_t i = 0; i < COUNT(probe_cases[_i].packets) && samples[i].flags != 0; i++) {
		struct packet packet = sample_packet(&samples[i], i + 1);

		pipeline_packet(pipeline, &packet);
	}
	pipeline_end(pipeline, NULL);
	handshake = (const struct tcp_handshake *)world.ledger.items[world.ledger.count - 1];
	ck_assert_ptr_eq(handshake->exchange.type, &tcp_handshake_type);
	ck_assert_msg(handshake->is_probe == probe_cases[_i].is_probe, "%s", probe_cases[_i].name);
	ck_assert_uint_eq(conversation_at(pipeline_conversations(pipeline), 0)->facts.operation, 1);
	pipeline_free(pipeline);
	end_world(&world);
}
END_TEST

/* Sweeps are found when the capture is over. */
START_TEST(test_pipeline)
{
	const struct sample syn = SEGMENT(0, CLIENT, TCP_SYN, 100, 0);
	struct world world;
	struct pipeline *pipeline = begin_pipeline(&world);

	for (uint8_t i = 0; i < SWEEP_SCAN_ENDS; i++) {
		struct packet packet = sample_packet(&syn, i + 1u);

		packet.ends.dst.bytes[3] = (uint8_t)(100 + i);
		packet_set_hash(&packet);
		pipeline_packet(pipeline, &packet);
	}
	ck_assert_ptr_null(sweep_at(&world, 0));
	pipeline_end(pipeline, NULL);
	ck_assert_ptr_nonnull(sweep_at(&world, 0));
	pipeline_free(pipeline);
	end_world(&world);
}
END_TEST

Suite *
sweep_suite(void)
{
	Suite *suite = suite_create("sweep");
	TCase *tests = tcase_create("sweep");

	tcase_add_loop_test(tests, test_scan, 0, (int)COUNT(scan_cases));
	tcase_add_test(tests, test_scan_fields);
	tcase_add_loop_test(tests, test_flood, 0, (int)COUNT(flood_cases));
	tcase_add_test(tests, test_slow_server_is_no_flood);
	tcase_add_loop_test(tests, test_probe, 0, (int)COUNT(probe_cases));
	tcase_add_test(tests, test_pipeline);
	suite_add_tcase(suite, tests);
	return suite;
}
