#include "analyzer/conversation/duplicates.h"

#include <check.h>

#include "analyzer/conversation/packet_samples.h"

Suite *duplicates_suite(void);

#define US INT64_C(1000)

/* One packet, and whether it is a copy of those before it. */
struct shown {
	int64_t time; /* microseconds */
	uint32_t interface, path;
	uint8_t ttl;
	uint16_t ip_id;
	uint8_t flags;
	const char *payload;
	bool is_copy;
};

#define DATA (TCP_PSH | TCP_ACK)

static const struct duplicates_case {
	const char *name;
	struct shown steps[6];
} cases[] = {
    {"mirror port, both directions of it",
	{{0, 0, 0, 64, 7, DATA, "abcd", false}, {5, 0, 0, 64, 7, DATA, "abcd", true},
	    {1999, 0, 0, 64, 7, DATA, "abcd", true}}},
    {"same way, later: sent again",
	{{0, 0, 0, 64, 7, DATA, "abcd", false}, {2001, 0, 0, 64, 7, DATA, "abcd", false}}},
    {"two interfaces",
	{{0, 0, 0, 64, 7, DATA, "abcd", false}, {90000, 1, 0, 64, 7, DATA, "abcd", true}}},
    {"two interfaces, too late",
	{{0, 0, 0, 64, 7, DATA, "abcd", false}, {100001, 1, 0, 64, 7, DATA, "abcd", false}}},
    {"behind a router",
	{{0, 0, 0, 64, 7, DATA, "abcd", false}, {300, 0, 0, 63, 7, DATA, "abcd", true}}},
    {"with a tag", {{0, 0, 0, 64, 7, DATA, "abcd", false}, {5, 0, 66, 64, 7, DATA, "abcd", true}}},
    {"a repetition, seen on both interfaces like the first",
	{{0, 0, 0, 64, 0, DATA, "abcd", false}, {5, 1, 0, 64, 0, DATA, "abcd", true},
	    {50000, 0, 0, 64, 0, DATA, "abcd", false}, {50005, 1, 0, 64, 0, DATA, "abcd", true}}},
    {"the second interface shows them first",
	{{0, 1, 0, 64, 7, DATA, "abcd", false}, {-5, 0, 0, 64, 7, DATA, "abcd", true}}},
    {"other bytes", {{0, 0, 0, 64, 7, DATA, "abcd", false}, {5, 1, 0, 64, 7, DATA, "abce", false}}},
    {"another identification: sent again at once",
	{{0, 0, 0, 64, 7, DATA, "abcd", false}, {5, 0, 0, 64, 8, DATA, "abcd", false}}},
    {"the same identification says nothing",
	{{0, 0, 0, 64, 0, DATA, "abcd", false}, {5, 0, 0, 64, 0, DATA, "efgh", false}}},
    {"duplicate acknowledgements are the receiver's",
	{{0, 0, 0, 64, 0, TCP_ACK, NULL, false}, {5, 0, 0, 64, 0, TCP_ACK, NULL, false},
	    {10, 0, 0, 64, 0, TCP_ACK, NULL, false}, {12, 1, 0, 64, 0, TCP_ACK, NULL, true}}},
    {"SYN", {{0, 0, 0, 64, 0, TCP_SYN, NULL, false}, {5, 0, 0, 64, 0, TCP_SYN, NULL, true},
		{300000, 0, 0, 64, 0, TCP_SYN, NULL, false}}},
};

static struct packet
packet_of(const struct shown *step)
{
	struct sample sample = {.from = CLIENT,
	    .flags = step->flags,
	    .seq = 1000,
	    .payload = step->payload,
	    .ttl = step->ttl};
	struct packet packet = sample_packet(&sample, 1);

	packet.time = step->time * US;
	packet.interface = step->interface;
	packet.path = step->path;
	packet.ip_id = step->ip_id;
	return packet;
}

START_TEST(test_copies)
{
	const struct duplicates_case *test = &cases[_i];
	struct duplicates *duplicates = duplicates_new();

	for (size_t i = 0; i < COUNT(test->steps) && test->steps[i].flags != 0; i++) {
		struct packet packet = packet_of(&test->steps[i]);

		ck_assert_msg(duplicates_is_copy(duplicates, &packet) == test->steps[i].is_copy,
		    "%s: packet %zu", test->name, i + 1);
	}
	duplicates_free(duplicates);
}
END_TEST

/* Long payloads are told apart by either end. */
START_TEST(test_long_payloads)
{
	struct duplicates *duplicates = duplicates_new();
	struct shown step = {0, 0, 0, 64, 7, DATA, "x", false};
	struct packet packet = packet_of(&step);
	uint8_t bytes[1460] = {0};

	packet.payload = bytes;
	packet.payload_captured = packet.payload_length = sizeof(bytes);
	ck_assert(!duplicates_is_copy(duplicates, &packet));
	ck_assert(duplicates_is_copy(duplicates, &packet));
	bytes[0] = 1;
	ck_assert(!duplicates_is_copy(duplicates, &packet));
	bytes[sizeof(bytes) - 1] = 1;
	ck_assert(!duplicates_is_copy(duplicates, &packet));
	packet.ends.src_port++;
	ck_assert(!duplicates_is_copy(duplicates, &packet));
	packet.kind = PACKET_UDP;
	ck_assert(!duplicates_is_copy(duplicates, &packet));
	ck_assert(duplicates_is_copy(duplicates, &packet));
	duplicates_free(duplicates);
}
END_TEST

/* What is remembered is bounded, and the latest is kept. */
START_TEST(test_bound)
{
	struct duplicates *duplicates = duplicates_new();
	struct shown step = {0, 0, 0, 64, 7, DATA, "abcd", false};
	struct packet packet = packet_of(&step);

	for (uint32_t i = 0; i < 10 * DUPLICATES_MOST; i++) {
		packet.tcp.seq = i;
		packet.time = i;
		ck_assert(!duplicates_is_copy(duplicates, &packet));
		ck_assert(duplicates_is_copy(duplicates, &packet));
	}
	packet.tcp.seq = 0;
	ck_assert(!duplicates_is_copy(duplicates, &packet));
	duplicates_free(duplicates);
}
END_TEST

Suite *
duplicates_suite(void)
{
	Suite *suite = suite_create("duplicates");
	TCase *tests = tcase_create("duplicates");

	tcase_add_loop_test(tests, test_copies, 0, COUNT(cases));
	tcase_add_test(tests, test_long_payloads);
	tcase_add_test(tests, test_bound);
	suite_add_tcase(suite, tests);
	return suite;
}
