#include "analyzer/capture/packet.h"

#include <check.h>

#include "analyzer/capture/peel_test.h"

Suite *packet_suite(void);

START_TEST(says_what_the_record_was)
{
	struct packet_decoder *decoder = packet_decoder_new();
	struct test_bytes bytes = {.length = 0};
	struct record record = {.frame = 17, .time = 1234, .interface = 3, .link_type = 1};
	struct packet packet;

	test_add(&bytes, TEST_ETHERNET);
	record.bytes = bytes.bytes;
	record.captured = record.length = (uint32_t)bytes.length;
	ck_assert_int_eq(packet_decode(decoder, &record, &packet), DECODED);
	ck_assert_uint_eq(packet.frame, 17);
	ck_assert_int_eq(packet.time, 1234);
	ck_assert_uint_eq(packet.interface, 3);
	ck_assert_uint_eq(packet_decoder_incomplete(decoder), 0);
	packet_decoder_free(decoder);
}
END_TEST

/* The short way of plain Ethernet, IPv4 and TCP gives what the long way gives. */
START_TEST(both_ways_agree)
{
	static const struct {
		size_t captured, length;
	} sizes[] = {{62, 62}, {62, 80}, {60, 62}, {58, 58}, {50, 62}, {49, 62}, {34, 34}, {0, 62}};
	struct test_record plain = {0}, tagged = {0};
	struct test_bytes bytes = {.length = 0}, tag = {.length = 0};
	size_t captured = sizes[_i].captured, length = sizes[_i].length;

	test_add(&bytes, TEST_ETHERNET);
	test_add(&tag, TEST_MACS "8100 0005 0800" TEST_IPV4);
	test_decode(&plain, 1, bytes.bytes, captured, length);
	test_decode(&tagged, 1, tag.bytes, captured ? captured + 4 : 0, length + 4);
	ck_assert_int_eq(plain.result, tagged.result);
	if (plain.result == DECODED) {
		test_is_inner(&plain.packet, "plain");
		test_is_inner(&tagged.packet, "tagged");
		ck_assert_uint_eq(plain.packet.payload_length, tagged.packet.payload_length);
		ck_assert_uint_eq(plain.packet.payload_captured, tagged.packet.payload_captured);
		ck_assert_uint_eq(plain.packet.tcp.mss, tagged.packet.tcp.mss);
	}
	test_done(&plain);
	test_done(&tagged);
}
END_TEST

/* A damaged file may claim that less was on the wire than was captured. */
START_TEST(a_record_is_as_long_as_its_bytes)
{
	struct test_bytes bytes = {.length = 0};
	struct test_record test = {0};

	test_add(&bytes, TEST_ETHERNET);
	test_decode(&test, 1, bytes.bytes, bytes.length, 20);
	ck_assert_int_eq(test.result, DECODED);
	ck_assert_uint_eq(test.packet.payload_length, 4);
	ck_assert_uint_eq(test.packet.payload_captured, 4);
	test_done(&test);
}
END_TEST

/* Nothing of one packet shows in the next. */
START_TEST(forgets_the_last_packet)
{
	struct test_bytes tcp = {.length = 0}, other = {.length = 0};
	struct test_record test = {0};

	test_add(&tcp, TEST_ETHERNET);
	test_add(&other, TEST_MACS "0800 4500 0018 0001 0000 4059 0000 0a000001 0a000002 02010000");
	test_decode(&test, 1, tcp.bytes, tcp.length, tcp.length);
	test_decode(&test, 1, other.bytes, other.length, other.length);
	ck_assert_int_eq(test.result, DECODED);
	ck_assert_int_eq(test.packet.kind, PACKET_OTHER);
	ck_assert_uint_eq(test.packet.ends.src_port, 0);
	ck_assert_uint_eq(test.packet.payload_length, 0);
	ck_assert_ptr_null(test.packet.payload);
	ck_assert_uint_eq(test.packet.tcp.seq, 0);
	test_done(&test);
}
END_TEST

Suite *
packet_suite(void)
{
	Suite *suite = suite_create("packet");
	TCase *tcase = tcase_create("packet");

	tcase_add_test(tcase, says_what_the_record_was);
	tcase_add_loop_test(tcase, both_ways_agree, 0, 8);
	tcase_add_test(tcase, a_record_is_as_long_as_its_bytes);
	tcase_add_test(tcase, forgets_the_last_packet);
	suite_add_tcase(suite, tcase);
	return suite;
}
