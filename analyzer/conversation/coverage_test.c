#include "analyzer/conversation/coverage.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/conversation/delivery.h"
#include "analyzer/conversation/handshake.h"
#include "analyzer/conversation/packet_samples.h"

Suite *coverage_suite(void);

#define SECOND INT64_C(1000000000)

/* A packet that only its time, frame (its place in the list) and interface matter of. */
struct passing {
	int64_t time; /* seconds; the list ends at the first that is negative */
	uint32_t interface;
};

/* One handshake of interface 0 and what the capture shows around it. */
static const struct coverage_case {
	const char *name;
	struct passing packets[5];
	uint32_t syn_count;
	uint64_t request_frame, end_frame;
	int64_t time, waited; /* seconds */
	uint64_t one_sided, two_sided, dropped;
	enum outcome outcome;
	enum doubt doubt;
	bool is_wait_unknown;
} cases[] = {
    {"silence", {{0, 0}, {4, 0}, {-1, 0}}, 1, 1, 0, 0, 4, 0, 3, 0, OUTCOME_UNANSWERED, DOUBT_NONE,
	false},
    {"only the other interface goes on", {{0, 0}, {1, 0}, {9, 1}, {-1, 0}}, 1, 1, 0, 0, 9, 0, 3, 0,
	OUTCOME_UNKNOWN, DOUBT_CAPTURE_ENDED, false},
    {"another interface continues it", {{0, 0}, {1, 0}, {3, 1}, {9, 1}, {-1, 0}}, 1, 1, 0, 0, 9, 0,
	3, 0, OUTCOME_UNANSWERED, DOUBT_NONE, false},
    {"a repetition needs no later packet", {{0, 0}, {1, 0}, {9, 1}, {-1, 0}}, 2, 1, 2, 0, 1, 0, 3,
	0, OUTCOME_UNANSWERED, DOUBT_NONE, false},
    {"every connection has one side only", {{0, 0}, {4, 0}, {-1, 0}}, 2, 1, 2, 0, 4, 2, 0, 0,
	OUTCOME_UNKNOWN, DOUBT_ONE_DIRECTION, false},
    {"some connection has both sides", {{0, 0}, {4, 0}, {-1, 0}}, 2, 1, 2, 0, 4, 2, 1, 0,
	OUTCOME_UNANSWERED, DOUBT_NONE, false},
    {"a file of nothing but SYNs", {{0, 0}, {4, 0}, {-1, 0}}, 2, 1, 2, 0, 4, 0, 0, 0,
	OUTCOME_UNANSWERED, DOUBT_NONE, false},
    {"as many dropped as answers", {{0, 0}, {4, 0}, {-1, 0}}, 2, 1, 2, 0, 4, 0, 3, 2,
	OUTCOME_UNKNOWN, DOUBT_PACKETS_DROPPED, false},
    {"fewer dropped than answers", {{0, 0}, {4, 0}, {-1, 0}}, 2, 1, 2, 0, 4, 0, 3, 1,
	OUTCOME_UNANSWERED, DOUBT_NONE, false},
    {"clock set back during the wait for one SYN", {{10, 0}, {4, 0}, {15, 0}, {-1, 0}}, 1, 1, 0, 10,
	5, 0, 3, 0, OUTCOME_UNKNOWN, DOUBT_CLOCK_STEPPED, true},
    {"clock set back between two SYNs", {{10, 0}, {4, 0}, {15, 0}, {-1, 0}}, 2, 1, 3, 10, 5, 0, 3,
	0, OUTCOME_UNANSWERED, DOUBT_CLOCK_STEPPED, true},
    {"clock set back later", {{10, 0}, {11, 0}, {4, 0}, {-1, 0}}, 2, 1, 2, 10, 1, 0, 3, 0,
	OUTCOME_UNANSWERED, DOUBT_NONE, false},
    {"the clock of another interface", {{10, 0}, {12, 1}, {4, 1}, {15, 0}, {-1, 0}}, 2, 1, 4, 10, 5,
	0, 3, 0, OUTCOME_UNANSWERED, DOUBT_NONE, false},
};

static void
pass(struct coverage *coverage, const struct passing *packets)
{
	for (uint64_t i = 0; packets[i].time >= 0; i++) {
		struct packet packet = {.frame = i + 1,
		    .time = packets[i].time * SECOND,
		    .interface = packets[i].interface};

		coverage_packet(coverage, &packet);
	}
}

/* Connections that were up, of one side and of both. */
static void
add_connections(struct conversation_list *list, const struct coverage_case *test)
{
	for (uint64_t i = 0; i < test->one_sided + test->two_sided; i++) {
		struct sample syn = {.from = CLIENT, .flags = TCP_SYN, .seq = (uint32_t)i * 1000};
		struct packet packet = sample_packet(&syn, i + 1);
		struct conversation *made;

		packet.interface = 0;
		made = of_segment(list, &packet);
		made->facts.step = STEP_CONNECTED;
		made->facts.packets[CLIENT] = 3;
		made->facts.packets[SERVER] = i < test->one_sided ? 0 : 2;
	}
}

START_TEST(test_handshakes)
{
	const struct coverage_case *test = &cases[_i];
	struct conversation_facts facts = {.transport = TRANSPORT_TCP};
	struct exchange exchange = {.type = &tcp_handshake_type,
	    .conversation = &facts,
	    .time = test->time * SECOND,
	    .waited = test->waited * SECOND,
	    .outcome = OUTCOME_UNANSWERED,
	    .request_frame = test->request_frame,
	    .end_frame = test->end_frame,
	    .retransmissions = test->syn_count - 1};
	struct interface_facts interface = {.dropped = test->dropped, .has_dropped = true};
	struct capture_facts capture = {.interfaces = &interface, .interface_count = 1};
	struct service_ports ports = {0};
	struct arena arena = {0};
	struct ledger ledger = {.arena = &arena};
	struct conversation_list list;
	struct coverage coverage = {0};

	conversation_list_init(&list, &arena, &ports);
	add_connections(&list, test);
	pass(&coverage, test->packets);
	ledger_add(&ledger, &exchange);
	coverage_judge(&coverage, &list, &capture, &ledger, 0);
	ck_assert_msg(exchange.outcome == test->outcome, "%s: outcome", test->name);
	ck_assert_msg(exchange.doubt == test->doubt, "%s: doubt", test->name);
	ck_assert_msg((exchange.waited < 0) == test->is_wait_unknown, "%s: wait", test->name);
	coverage_free(&coverage);
	conversation_list_free(&list);
	ledger_free(&ledger);
	arena_free(&arena);
}
END_TEST

/* An answer is a presence: only how long it took is lost with the clock. */
START_TEST(test_answered)
{
	static const struct passing packets[] = {{10, 0}, {4, 0}, {-1, 0}};
	struct conversation_facts facts = {.transport = TRANSPORT_TCP};
	struct exchange exchange = {.type = &tcp_delivery_type,
	    .conversation = &facts,
	    .waited = SECOND,
	    .outcome = OUTCOME_ANSWERED,
	    .request_frame = 1,
	    .answer_frame = 2};
	struct service_ports ports = {0};
	struct arena arena = {0};
	struct ledger ledger = {.arena = &arena};
	struct conversation_list list;
	struct coverage coverage = {0};

	conversation_list_init(&list, &arena, &ports);
	pass(&coverage, packets);
	ledger_add(&ledger, &exchange);
	coverage_judge(&coverage, &list, NULL, &ledger, 0);
	ck_assert_int_eq(exchange.outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(exchange.doubt, DOUBT_NONE);
	ck_assert_int_lt(exchange.waited, 0);
	coverage_free(&coverage);
	conversation_list_free(&list);
	ledger_free(&ledger);
	arena_free(&arena);
}
END_TEST

/* A clock that jumps without end costs no memory without end. */
START_TEST(test_bound)
{
	struct coverage coverage = {0};

	for (uint64_t i = 0; i < 10 * COVERAGE_MOST_STEPS; i++) {
		struct packet packet = {.frame = i + 1, .time = i % 2 == 0 ? 10 * SECOND : 0};

		coverage_packet(&coverage, &packet);
	}
	ck_assert_uint_eq(coverage.step_count, COVERAGE_MOST_STEPS);
	ck_assert_uint_eq(coverage.steps[0].frame, 2);
	coverage_free(&coverage);
}
END_TEST

#define MANY 40

/* What join_interfaces() is a short cut for. */
static void
join_slowly(struct interface_watch *watches, size_t count)
{
	bool has_grown = true;

	while (has_grown) {
		has_grown = false;
		for (size_t i = 0; i < count * count; i++) {
			struct interface_watch *one = &watches[i / count];
			const struct interface_watch *next = &watches[i % count];

			if (next->begin < one->last_time || next->end <= one->end ||
			    next->begin - one->last_time > HANDSHAKE_SILENCE)
				continue;
			one->end = next->end;
			has_grown = true;
		}
	}
}

/* Of many interfaces in any order, each goes on as far as those that begin when it, or one that
 * continues it, has just ended. */
START_TEST(test_many_interfaces)
{
	struct coverage coverage = {0};
	struct interface_watch expected[MANY];
	struct service_ports ports = {0};
	struct arena arena = {0};
	struct ledger ledger = {.arena = &arena};
	struct conversation_list list;

	srand((unsigned)_i);
	conversation_list_init(&list, &arena, &ports);
	for (uint32_t i = 0; i < MANY; i++) {
		struct packet packet = {.frame = 2 * i + 1, .interface = i};

		packet.time = rand() % 200 * SECOND;
		coverage_packet(&coverage, &packet);
		packet.time += rand() % 6 * SECOND;
		coverage_packet(&coverage, &packet);
	}
	memcpy(expected, coverage.interfaces, sizeof(expected));
	join_slowly(expected, MANY);
	coverage_judge(&coverage, &list, NULL, &ledger, 0);
	for (size_t i = 0; i < MANY; i++)
		ck_assert_int_eq(coverage.interfaces[i].end, expected[i].end);
	coverage_free(&coverage);
	conversation_list_free(&list);
	ledger_free(&ledger);
	arena_free(&arena);
}
END_TEST

Suite *
coverage_suite(void)
{
	Suite *suite = suite_create("coverage");
	TCase *tests = tcase_create("coverage");

	tcase_add_loop_test(tests, test_handshakes, 0, COUNT(cases));
	tcase_add_test(tests, test_answered);
	tcase_add_test(tests, test_bound);
	tcase_add_loop_test(tests, test_many_interfaces, 0, 100);
	suite_add_tcase(suite, tests);
	return suite;
}
