#include "analyzer/base/basics.h"
#include "analyzer/capture/peel_test.h"

Suite *address_suite(void);

#define ARP(operation, sender, target) \
	"0001 0800 0604" operation "020000000001" sender "000000000000" target

#define NEIGHBOUR(source, target_of_packet, type, address) \
	"60000000 0018 3aff" source target_of_packet type "00 0000 00000000" address

#define ONE  "20010000 00000000 00000000 00000001"
#define TWO  "20010000 00000000 00000000 00000002"
#define NONE "00000000 00000000 00000000 00000000"

static const struct query_case {
	const char *name;
	uint16_t link_type;
	const char *hex;
	const char *asker, *target; /* asker NULL: none */
	bool is_answer;
} cases[] = {
    {"request", 1, TEST_MACS "0806" ARP("0001", "0a000001", "0a000002"), "10.0.0.1", "10.0.0.2",
	false},
    {"reply", 1, TEST_MACS "0806" ARP("0002", "0a000002", "0a000001"), "10.0.0.1", "10.0.0.2",
	true},
    {"probe (RFC 5227 2.1.1)", 1, TEST_MACS "0806" ARP("0001", "00000000", "0a000002"), NULL,
	"10.0.0.2", false},
    {"announcement (RFC 5227 3)", 1, TEST_MACS "0806" ARP("0001", "0a000002", "0a000002"),
	"10.0.0.2", "10.0.0.2", true},
    {"in a VLAN", 1, TEST_MACS "8100 0005 0806" ARP("0001", "0a000001", "0a000002"), "10.0.0.1",
	"10.0.0.2", false},
    {"solicitation", 101, NEIGHBOUR(ONE, TWO, "87", TWO), "2001::1", "2001::2", false},
    {"advertisement", 101, NEIGHBOUR(TWO, ONE, "88", TWO), "2001::1", "2001::2", true},
    {"duplicate address detection", 101, NEIGHBOUR(NONE, TWO, "87", TWO), NULL, "2001::2", false},
};

START_TEST(reads_queries)
{
	const struct query_case *query = &cases[_i];
	struct test_bytes bytes = {.length = 0};
	struct test_record test = {0};

	test_add(&bytes, query->hex);
	test_decode(&test, query->link_type, bytes.bytes, bytes.length, bytes.length);
	ck_assert_msg(test.result == DECODED, "%s: result %d", query->name, test.result);
	ck_assert_int_eq(test.packet.kind, PACKET_ADDRESS);
	ck_assert_int_eq(test.packet.address.is_answer, query->is_answer);
	test_address(&test.packet.address.target, query->target);
	if (query->asker != NULL)
		test_address(&test.packet.address.asker, query->asker);
	else
		ck_assert_int_eq(test.packet.address.asker.family, ADDR_NONE);
	for (size_t cut = 1; cut <= 4; cut++) {
		test_decode(&test, query->link_type, bytes.bytes, bytes.length - cut, bytes.length);
		ck_assert_msg(test.result == DECODED_CUT, "%s less %zu", query->name, cut);
	}
	test_done(&test);
}
END_TEST

/* Other hardware's and other protocols' questions, and reverse ARP (RFC 903). */
static const char *const foreign[] = {
    TEST_MACS "0806 0001 86dd 0610 0001",
    TEST_MACS "0806" ARP("0003", "0a000001", "0a000002"),
};

START_TEST(leaves_others)
{
	struct test_bytes bytes = {.length = 0};
	struct test_record test = {0};

	test_add(&bytes, foreign[_i]);
	test_decode(&test, 1, bytes.bytes, bytes.length, bytes.length);
	ck_assert_int_eq(test.result, DECODED_NOT_IP);
	test_done(&test);
}
END_TEST

Suite *
address_suite(void)
{
	Suite *suite = suite_create("address");
	TCase *tcase = tcase_create("address");

	tcase_add_loop_test(tcase, reads_queries, 0, COUNT(cases));
	tcase_add_loop_test(tcase, leaves_others, 0, COUNT(foreign));
	suite_add_tcase(suite, tcase);
	return suite;
}
