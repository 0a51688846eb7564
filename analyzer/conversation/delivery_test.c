#include "analyzer/conversation/delivery.h"

#include <check.h>

Suite *delivery_suite(void);

#define MS INT64_C(1000000)

static struct arena arena;
static struct conversation_facts facts;
static struct delivery delivery;

static void
setup(void)
{
	arena = (struct arena){0};
	facts = (struct conversation_facts){.packets = {5, 5}};
	delivery = (struct delivery){0};
}

static void
teardown(void)
{
	arena_free(&arena);
}

static void
send_times(unsigned times, int64_t apart, uint32_t length)
{
	struct packet packet = {.payload_length = length};

	packet.tcp.flags = TCP_ACK;
	packet.tcp.seq = 0xfffffff0u;
	for (unsigned i = 0; i < times; i++) {
		packet.frame = i + 1;
		packet.time = apart * i;
		delivery_sent(&delivery, &packet);
	}
}

static struct tcp_delivery *
acknowledge(uint32_t number, uint8_t flags)
{
	struct packet packet = {.frame = 99, .time = 5000 * MS};

	packet.tcp.flags = flags;
	packet.tcp.ack = number;
	return delivery_acknowledged(&delivery, CLIENT, &packet, &facts, &arena);
}

static struct tcp_delivery *
end_at(int64_t time)
{
	return delivery_end(&delivery, CLIENT, &facts, time, &arena);
}

START_TEST(never_acknowledged)
{
	struct tcp_delivery *made;

	send_times(6, 1000 * MS, 100);
	made = end_at(6000 * MS);
	ck_assert_ptr_nonnull(made);
	ck_assert_uint_eq(made->sends, 6);
	ck_assert_int_eq(made->sent_for, 5000 * MS);
	ck_assert_int_eq(made->exchange.outcome, OUTCOME_UNANSWERED);
	ck_assert_uint_eq(made->exchange.request_frame, 1);
	ck_assert_uint_eq(made->gave_up, ENDED_BY_NOBODY);
}
END_TEST

START_TEST(sender_gives_up)
{
	struct tcp_delivery *made;

	send_times(3, 2000 * MS, 100);
	facts.close = CLOSE_RESET;
	facts.closed_by = ENDED_BY_CLIENT;
	facts.close_time = 5000 * MS;
	made = end_at(6000 * MS);
	ck_assert_uint_eq(made->gave_up, ENDED_BY_CLIENT);
	facts.closed_by = ENDED_BY_SERVER;
	made = end_at(6000 * MS);
	ck_assert_uint_eq(made->gave_up, ENDED_BY_NOBODY);
}
END_TEST

/* The sequence number wraps within the segment. */
START_TEST(acknowledged_at_last)
{
	struct tcp_delivery *made;

	send_times(3, 1000 * MS, 100);
	ck_assert_ptr_null(acknowledge(0xfffffff0u, TCP_ACK));
	ck_assert_ptr_null(acknowledge(83, TCP_ACK));
	ck_assert_ptr_null(acknowledge(84, TCP_ACK | TCP_RST));
	made = acknowledge(84, TCP_ACK);
	ck_assert_ptr_nonnull(made);
	ck_assert_int_eq(made->exchange.outcome, OUTCOME_ANSWERED);
	ck_assert_uint_eq(made->exchange.answer_frame, 99);
	ck_assert_ptr_null(end_at(60000 * MS));
}
END_TEST

START_TEST(no_trouble)
{
	send_times(2, 1000 * MS, 100);
	ck_assert_ptr_null(end_at(60000 * MS));
	setup();
	send_times(20, 1000 * MS, 1);
	ck_assert_ptr_null(end_at(60000 * MS));
	setup();
	send_times(20, 0, 100);
	ck_assert_ptr_null(end_at(60000 * MS));
}
END_TEST

START_TEST(doubts)
{
	send_times(3, 100 * MS, 100);
	ck_assert_int_eq(end_at(DELIVERY_SILENCE - 1)->exchange.doubt, DOUBT_CAPTURE_ENDED);
	ck_assert_int_eq(end_at(DELIVERY_SILENCE)->exchange.doubt, DOUBT_NONE);
	facts.missing_bytes[SERVER] = 1;
	ck_assert_int_eq(end_at(DELIVERY_SILENCE)->exchange.doubt, DOUBT_PACKETS_MISSING);
	facts.packets[SERVER] = 0;
	ck_assert_int_eq(end_at(DELIVERY_SILENCE)->exchange.doubt, DOUBT_ONE_DIRECTION);
	ck_assert_int_eq(end_at(DELIVERY_SILENCE)->exchange.outcome, OUTCOME_UNKNOWN);
}
END_TEST

Suite *
delivery_suite(void)
{
	Suite *suite = suite_create("delivery");
	TCase *tests = tcase_create("delivery");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, never_acknowledged);
	tcase_add_test(tests, sender_gives_up);
	tcase_add_test(tests, acknowledged_at_last);
	tcase_add_test(tests, no_trouble);
	tcase_add_test(tests, doubts);
	suite_add_tcase(suite, tests);
	return suite;
}
