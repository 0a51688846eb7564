#include "analyzer/conversation/resolution.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *resolution_suite(void);

#define SECOND INT64_C(1000000000)

/* Who asks or is answered, of 10.0.0.N; 0: nobody. */
struct asked {
	int64_t time; /* seconds */
	uint8_t asker, target;
	bool is_answer;
};

static const struct resolution_case {
	const char *name;
	struct asked packets[6];
	uint32_t asks; /* of the only exchange; 0: there is none */
	enum outcome outcome;
	uint64_t first_frame;
} cases[] = {
    {"never answered", {{0, 5, 1, false}, {1, 5, 1, false}, {2, 5, 1, false}}, 3,
	OUTCOME_UNANSWERED, 1},
    {"asked once", {{0, 5, 1, false}}, 1, OUTCOME_UNKNOWN, 1},
    {"answered", {{0, 5, 1, false}, {1, 5, 1, false}, {2, 5, 1, true}}, 0, OUTCOME_UNKNOWN, 0},
    {"answered, and then no more",
	{{0, 5, 1, false}, {1, 5, 1, true}, {60, 5, 1, false}, {61, 5, 1, false}}, 2,
	OUTCOME_UNANSWERED, 3},
    {"somebody else is answered", {{0, 5, 1, false}, {1, 5, 1, false}, {2, 6, 1, true}}, 2,
	OUTCOME_UNANSWERED, 1},
    {"announced to everybody", {{0, 5, 1, false}, {1, 5, 1, false}, {2, 1, 1, true}}, 0,
	OUTCOME_UNKNOWN, 0},
    {"whether it is free", {{0, 0, 1, false}, {1, 0, 1, false}, {2, 0, 1, false}}, 0,
	OUTCOME_UNKNOWN, 0},
};

static struct addr
host(uint8_t number)
{
	const uint8_t bytes[4] = {10, 0, 0, number};

	return number == 0 ? (struct addr){.family = ADDR_NONE} : addr_ipv4(bytes);
}

static struct packet
packet_of(const struct asked *asked, uint64_t frame)
{
	return (struct packet){.kind = PACKET_ADDRESS,
	    .frame = frame,
	    .time = asked->time * SECOND,
	    .address = {host(asked->asker), host(asked->target), asked->is_answer}};
}

START_TEST(test_questions)
{
	const struct resolution_case *test = &cases[_i];
	struct resolutions resolutions = {.count = 0};
	struct arena arena = {0};
	struct ledger ledger = {.arena = &arena};
	const struct address_resolution *made;

	for (size_t i = 0; i < COUNT(test->packets) && test->packets[i].target != 0; i++) {
		struct packet packet = packet_of(&test->packets[i], i + 1);

		resolutions_packet(&resolutions, &packet, &arena);
	}
	resolutions_end(&resolutions, "x.pcap", 90 * SECOND, &ledger);
	ck_assert_msg(ledger.count == (test->asks != 0), "%s", test->name);
	if (test->asks != 0) {
		made = (const struct address_resolution *)ledger.items[0];
		ck_assert_uint_eq(made->asks, test->asks);
		ck_assert_int_eq(made->exchange.outcome, test->outcome);
		ck_assert_uint_eq(made->exchange.request_frame, test->first_frame);
		ck_assert(!made->is_search && !made->is_ipv6);
	}
	ledger_free(&ledger);
	resolutions_free(&resolutions);
	arena_free(&arena);
}
END_TEST

/* From so many addresses on it is a search, and the memory for it is bounded. */
START_TEST(test_search)
{
	struct resolutions resolutions = {.count = 0};
	struct arena arena = {0};
	struct ledger ledger = {.arena = &arena};
	struct asked asked = {0, 5, 1, false};
	struct packet packet = packet_of(&asked, 1);

	for (uint32_t i = 0; i < RESOLUTION_SEARCH - 1; i++) {
		packet.address.target.bytes[2] = (uint8_t)i;
		resolutions_packet(&resolutions, &packet, &arena);
	}
	resolutions_end(&resolutions, "x.pcap", 0, &ledger);
	ck_assert(!((const struct address_resolution *)ledger.items[0])->is_search);
	ledger.count = 0;
	for (uint32_t i = 0; i < 2 * RESOLUTIONS_MOST; i++) {
		packet.address.target.bytes[1] = (uint8_t)(i >> 8);
		packet.address.target.bytes[2] = (uint8_t)i;
		resolutions_packet(&resolutions, &packet, &arena);
	}
	resolutions_end(&resolutions, "x.pcap", 0, &ledger);
	ck_assert_uint_eq(ledger.count, RESOLUTIONS_MOST);
	ck_assert(((const struct address_resolution *)ledger.items[0])->is_search);
	ledger_free(&ledger);
	resolutions_free(&resolutions);
	arena_free(&arena);
}
END_TEST

Suite *
resolution_suite(void)
{
	Suite *suite = suite_create("resolution");
	TCase *tests = tcase_create("resolution");

	tcase_add_loop_test(tests, test_questions, 0, COUNT(cases));
	tcase_add_test(tests, test_search);
	suite_add_tcase(suite, tests);
	return suite;
}
