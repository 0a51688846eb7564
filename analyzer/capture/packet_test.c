#include "analyzer/capture/packet.h"

#include <check.h>

#include "analyzer/base/basics.h"
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

static void
decode_hex(struct test_record *test, uint16_t link_type, const char *hex)
{
	struct test_bytes bytes = {.length = 0};

	test_add(&bytes, hex);
	test_decode(test, link_type, bytes.bytes, bytes.length, bytes.length);
	ck_assert_int_eq(test->result, DECODED);
}

#define SLL(type)  type " 0001 0006 020000000001 0000 0800" TEST_IPV4
#define SLL2(type) "0800 0000 00000001 0001" type "06 020000000001 0000" TEST_IPV4

static const struct way_case {
	const char *name;
	uint16_t link_type;
	const char *hex;
	enum direction direction;
	bool has_link_src;
} ways[] = {
    {"Ethernet, the short way", 1, TEST_ETHERNET, DIRECTION_UNKNOWN, true},
    {"Ethernet, the long way", 1, TEST_MACS "8100 0005 0800" TEST_IPV4, DIRECTION_UNKNOWN, true},
    {"cooked, to us", 113, SLL("0000"), DIRECTION_INBOUND, true},
    {"cooked, multicast", 113, SLL("0002"), DIRECTION_INBOUND, true},
    {"cooked, between others", 113, SLL("0003"), DIRECTION_UNKNOWN, true},
    {"cooked, from us", 113, SLL("0004"), DIRECTION_OUTBOUND, true},
    {"cooked 2, to us", 276, SLL2("00"), DIRECTION_INBOUND, true},
    {"cooked 2, from us", 276, SLL2("04"), DIRECTION_OUTBOUND, true},
    {"raw", 101, TEST_IPV4, DIRECTION_UNKNOWN, false},
};

START_TEST(tells_which_way_it_came)
{
	static const uint8_t sender[] = {2, 0, 0, 0, 0, 1};
	const struct way_case *way = &ways[_i];
	struct test_record test = {0};

	decode_hex(&test, way->link_type, way->hex);
	ck_assert_msg(test.packet.direction == way->direction, "%s", way->name);
	ck_assert_int_eq(test.packet.has_link_src, way->has_link_src);
	if (way->has_link_src)
		ck_assert_mem_eq(test.packet.link_src, sender, sizeof(sender));
	ck_assert_uint_eq(test.packet.ip_id, 1);
	ck_assert_uint_ge(test.packet.frame_length, 48);
	test_done(&test);
}
END_TEST

static uint32_t
path_of(uint16_t link_type, const char *hex)
{
	struct test_record test = {0};
	uint32_t path;

	decode_hex(&test, link_type, hex);
	path = test.packet.path;
	test_done(&test);
	return path;
}

START_TEST(tells_wrappings_apart)
{
	uint32_t plain = path_of(1, TEST_ETHERNET);
	uint32_t vlan_5 = path_of(1, TEST_MACS "8100 0005 0800" TEST_IPV4);

	ck_assert_uint_ne(plain, vlan_5);
	ck_assert_uint_ne(vlan_5, path_of(1, TEST_MACS "8100 0006 0800" TEST_IPV4));
	ck_assert_uint_eq(vlan_5, path_of(1, TEST_MACS "8100 0005 0800" TEST_IPV4));
	ck_assert_uint_eq(plain, path_of(1, "020000000009 020000000008 0800" TEST_IPV4));
}
END_TEST

/* One hash both ways, with which neither another port nor another transport meets. */
START_TEST(hashes_its_ends)
{
	struct test_record test = {0};
	struct packet turned;
	uint64_t hash;

	decode_hex(&test, 1, TEST_ETHERNET);
	hash = test.packet.hash;
	ck_assert_uint_eq(hash, packet_ends_hash(&test.packet.ends, TRANSPORT_TCP));
	ck_assert_uint_ne(hash, packet_ends_hash(&test.packet.ends, TRANSPORT_UDP));
	turned = test.packet;
	turned.ends = (struct packet_endpoints){test.packet.ends.dst, test.packet.ends.src,
	    test.packet.ends.dst_port, test.packet.ends.src_port};
	packet_set_hash(&turned);
	ck_assert_uint_eq(turned.hash, hash);
	turned.ends.src_port++;
	packet_set_hash(&turned);
	ck_assert_uint_ne(turned.hash, hash);
	turned.kind = PACKET_UDP;
	packet_set_hash(&turned);
	ck_assert_uint_eq(turned.hash, packet_ends_hash(&turned.ends, TRANSPORT_UDP));
	test_done(&test);
}
END_TEST

/* TEST_TCP has a checksum of 0; these have the right one. */
#define IPV4_HEAD "4500 0030 0001 0000 4006 0000 0a000001 0a000002"
#define IPV6_HEAD                             \
	"60000000 001c 0640"                  \
	"20010000 00000000 00000000 00000001" \
	"20010000 00000000 00000000 00000002"
#define SEGMENT(flags, sum) \
	"c001 01bd 00000007 00000009 60" flags " 2000" sum "0000 0204 05b4 61626364"

static const struct sum_case {
	const char *name;
	const char *hex;
	size_t cut; /* bytes that the snap length cuts off */
	bool is_wrong;
} sums[] = {
    {"IPv4", IPV4_HEAD SEGMENT("12", "dd7a"), 0, false},
    {"IPv4, off by one", IPV4_HEAD SEGMENT("12", "dd7b"), 0, true},
    {"IPv4, none", IPV4_HEAD SEGMENT("12", "0000"), 0, true},
    {"IPv4, cut", IPV4_HEAD SEGMENT("12", "0000"), 1, false},
    {"IPv4, no SYN", IPV4_HEAD SEGMENT("10", "0000"), 0, false},
    {"IPv6", IPV6_HEAD SEGMENT("12", "b178"), 0, false},
    {"IPv6, off by one", IPV6_HEAD SEGMENT("12", "b179"), 0, true},
};

START_TEST(verifies_a_syn)
{
	struct test_bytes bytes = {.length = 0};
	struct test_record test = {0};

	test_add(&bytes, sums[_i].hex);
	test_decode(&test, 101, bytes.bytes, bytes.length - sums[_i].cut, bytes.length);
	ck_assert_int_eq(test.result, DECODED);
	ck_assert_msg(test.packet.has_wrong_checksum == sums[_i].is_wrong, "%s", sums[_i].name);
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
	tcase_add_loop_test(tcase, tells_which_way_it_came, 0, COUNT(ways));
	tcase_add_test(tcase, tells_wrappings_apart);
	tcase_add_test(tcase, hashes_its_ends);
	tcase_add_loop_test(tcase, verifies_a_syn, 0, COUNT(sums));
	suite_add_tcase(suite, tcase);
	return suite;
}
