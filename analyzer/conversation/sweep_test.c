#include "analyzer/conversation/sweep.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/conversation/handshake.h"

Suite *sweep_suite(void);

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
	sweeps_find(&world.ledger);
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
	sweeps_find(&world.ledger);
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
	sweeps_find(&world.ledger);
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
	sweeps_find(&world.ledger);
	ck_assert_ptr_null(sweep_at(&world, 0));
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
	suite_add_tcase(suite, tests);
	return suite;
}
