#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/ip.h"
#include "analyzer/capture/peel_test.h"

Suite *ip_suite(void);

#define V6_ENDS "20010000 00000000 00000000 00000001 20010000 00000000 00000000 00000002"

/* Extension headers, all of one packet of 2001::1. */
static const struct extension_case {
	const char *name;
	const char *dst;
	const char *hex;
} extensions[] = {
    {"hop-by-hop options", "2001::2", "60000000 0024 0040" V6_ENDS "0600 0104 00000000" TEST_TCP},
    {"sixteen bytes of destination options", "2001::2",
	"60000000 002c 3c40" V6_ENDS "0601 010c 00000000 00000000 00000000" TEST_TCP},
    {"Shim6", "2001::2", "60000000 0024 8c40" V6_ENDS "0600 0104 00000000" TEST_TCP},
    {"authentication", "2001::2",
	"60000000 0034 3340" V6_ENDS
	"0604 0000 00000001 00000001 000000000000000000000000" TEST_TCP},
    {"atomic fragment", "2001::2", "60000000 0024 2c40" V6_ENDS "0600 0000 00000007" TEST_TCP},
    {"three of them", "2001::2",
	"60000000 0034 0040" V6_ENDS
	"3c00 0104 00000000 2c00 0104 00000000 0600 0000 00000007" TEST_TCP},
    {"routing, type 0", "2001::9",
	"60000000 0044 2b40" V6_ENDS "0604 0001 00000000" /* one segment left of two */
	"20010000 00000000 00000000 00000008 20010000 00000000 00000000 00000009" TEST_TCP},
    {"routing, nothing left", "2001::2",
	"60000000 0044 2b40" V6_ENDS "0604 0000 00000000"
	"20010000 00000000 00000000 00000008 20010000 00000000 00000000 00000009" TEST_TCP},
    {"routing, type 2", "2001::8",
	"60000000 0034 2b40" V6_ENDS
	"0602 0201 00000000 20010000 00000000 00000000 00000008" TEST_TCP},
    {"segment routing", "2001::8",
	"60000000 0044 2b40" V6_ENDS "0604 0401 01000000"
	"20010000 00000000 00000000 00000008 20010000 00000000 00000000 00000009" TEST_TCP},
    {"routing of a type we do not know", "2001::2",
	"60000000 0034 2b40" V6_ENDS
	"0602 fd01 00000000 20010000 00000000 00000000 00000008" TEST_TCP},
    {"routing without an address", "2001::2",
	"60000000 0024 2b40" V6_ENDS "0600 0001 00000000" TEST_TCP},
};

START_TEST(reads_extension_headers)
{
	const struct extension_case *extension = &extensions[_i];
	struct test_bytes stack = {.length = 0};
	struct test_record test = {0};

	test_add(&stack, extension->hex);
	test_decode(&test, 101, stack.bytes, stack.length, stack.length);
	ck_assert_msg(test.result == DECODED, "%s", extension->name);
	ck_assert_int_eq(test.packet.kind, PACKET_TCP);
	test_address(&test.packet.ends.src, "2001::1");
	test_address(&test.packet.ends.dst, extension->dst);
	ck_assert_uint_eq(test.packet.ends.dst_port, 445);
	ck_assert_uint_eq(test.packet.payload_length, 4);
	test_done(&test);
	test_short(&stack, 101, extension->name);
	if (strcmp(extension->dst, "2001::2") == 0)
		test_cut(&stack, 101, extension->name);
}
END_TEST

/* Ends the headers: mobility, HIP, no next header. */
START_TEST(stops_at_what_carries_nothing)
{
	static const char *const next[] = {"87", "8b", "3b"};
	struct test_bytes stack = {.length = 0};
	struct test_record test = {0};

	test_add(&stack, "60000000 0008");
	test_add(&stack, next[_i]);
	test_add(&stack, "40" V6_ENDS "0600 0000 00000000");
	test_decode(&test, 101, stack.bytes, stack.length, stack.length);
	ck_assert_int_eq(test.result, DECODED);
	ck_assert_int_eq(test.packet.kind, PACKET_OTHER);
	test_done(&test);
}
END_TEST

/* RFC 791 3.1: options 8 to 11 bytes long, padded; the last hop counts while the pointer is not
 * behind the list. */
static const struct route {
	const char *options, *dst;
} routes[] = {
    {"830b04 09090901 09090902 00", "9.9.9.2"},
    {"01890b08 09090901 09090902", "9.9.9.2"},
    {"830b0c 09090901 09090902 00", "10.0.0.2"},
    {"9404 0000 830704 09090903 00", "9.9.9.3"},
    {"070b04 09090901 09090902 00", "10.0.0.2"}, /* record route */
    {"8301 00000000000000000000", "10.0.0.2"},   /* shorter than itself */
    {"83ff04 09090901 09090902 00", "10.0.0.2"}, /* longer than the header */
    {"8303 04 00 0000000000000000", "10.0.0.2"},
    {"830504 0909 000000000000 00", "10.0.0.2"},
};

START_TEST(follows_source_routes)
{
	struct test_bytes stack = {.length = 0};
	struct test_record test = {0};

	test_add(&stack, "4800 003c 0001 0000 4006 0000 0a000001 0a000002");
	test_add(&stack, routes[_i].options);
	test_add(&stack, TEST_TCP);
	ck_assert_uint_eq(stack.length, 60);
	test_decode(&test, 101, stack.bytes, stack.length, stack.length);
	ck_assert_int_eq(test.result, DECODED);
	ck_assert_int_eq(test.packet.kind, PACKET_TCP);
	test_address(&test.packet.ends.dst, routes[_i].dst);
	ck_assert_uint_eq(test.packet.payload_length, 4);
	test_done(&test);
	test_short(&stack, 101, routes[_i].options);
}
END_TEST

/* What the length field may say of TEST_IPV4 behind Ethernet. */
static const struct length_case {
	const char *name;
	const char *field;
	enum decode_result result;
	uint32_t payload;
} lengths[] = {
    {"as it is", "0030", DECODED, 4},
    {"segmentation offload", "0000", DECODED, 4},
    {"beyond the frame", "ffff", DECODED, 4},
    {"without the payload", "002c", DECODED, 0},
    {"inside the payload", "002e", DECODED, 2},
    {"inside the TCP header", "0024", DECODED, 0},
    {"15 bytes of TCP header", "0023", DECODED_MALFORMED, 0},
    {"the IP header alone", "0014", DECODED_MALFORMED, 0},
    {"less than the IP header", "0013", DECODED_MALFORMED, 0},
};

START_TEST(believes_lengths)
{
	const struct length_case *length = &lengths[_i];
	struct test_bytes stack = {.length = 0};
	struct test_record test = {0};

	test_add(&stack, TEST_MACS "0800 4500");
	test_add(&stack, length->field);
	test_add(&stack, "0001 0000 4006 0000 0a000001 0a000002" TEST_TCP);
	test_decode(&test, 1, stack.bytes, stack.length, stack.length);
	ck_assert_msg(test.result == length->result, "%s: %d", length->name, test.result);
	if (test.result == DECODED) {
		ck_assert_uint_eq(test.packet.payload_length, length->payload);
		ck_assert_uint_eq(test.packet.payload_captured, length->payload);
	}
	test_done(&test);
}
END_TEST

START_TEST(believes_the_record_when_ipv6_has_no_length)
{
	struct test_bytes stack = {.length = 0};
	struct test_record test = {0};

	test_add(&stack, "60000000 0000 0640" V6_ENDS TEST_TCP);
	test_decode(&test, 101, stack.bytes, stack.length, 100000);
	ck_assert_int_eq(test.result, DECODED);
	ck_assert_uint_eq(test.packet.payload_captured, 4);
	ck_assert_uint_eq(test.packet.payload_length, 100000 - 64);
	test_done(&test);
}
END_TEST

/* Fragments as packets: where in the datagram, what, and how much of it is captured. */
#define FIRST  "c001 01bd 00000007 00000009 6012 2000 0000 0000 0204 05b4 41424344 45464748"
#define SECOND "61626364"

static void
decode_v4(
    struct test_record *test, const char *vlan, const char *offset, const char *hex, size_t cut)
{
	struct test_bytes bytes = {.length = 0}, payload = {.length = 0};

	test_add(&payload, hex);
	test_add(&bytes, TEST_MACS);
	test_add(&bytes, vlan);
	test_add(&bytes, "0800 4500");
	test_add_u16(&bytes, 20 + payload.length);
	test_add(&bytes, "0007");
	test_add(&bytes, offset);
	test_add(&bytes, "4006 0000 0a000001 0a000002");
	test_add(&bytes, hex);
	test_decode(test, 1, bytes.bytes, bytes.length - cut, bytes.length);
}

/* The last record was put together with what COUNT FRAMES brought, in order of the fragments. */
static void
expect_frames(const struct test_record *test, const uint64_t *frames, size_t count)
{
	const uint64_t *found;

	ck_assert_uint_eq(packet_decoder_fragments(test->decoder, test->frame, &found), count);
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(found[i], frames[i]);
}

START_TEST(tells_the_frames_of_fragments)
{
	static const uint64_t frames[] = {3, 1};
	struct test_record test = {0};

	decode_v4(&test, "", "0004", SECOND, 0);
	expect_frames(&test, NULL, 0);
	decode_v4(&test, "", "0000", FIRST, 0);
	expect_frames(&test, NULL, 0);
	decode_v4(&test, "", "2000", FIRST, 0);
	ck_assert_int_eq(test.result, DECODED);
	expect_frames(&test, frames, COUNT(frames));
	decode_v4(&test, "", "0000", FIRST, 0);
	ck_assert_int_eq(test.result, DECODED);
	expect_frames(&test, NULL, 0);
	test_done(&test);
}
END_TEST

START_TEST(joins_ipv4_fragments)
{
	struct test_record test = {0};

	for (int swapped = 0; swapped < 2; swapped++) {
		decode_v4(&test, "", swapped ? "0004" : "2000", swapped ? SECOND : FIRST, 0);
		ck_assert_int_eq(test.result, DECODED_FRAGMENT);
		decode_v4(&test, "", swapped ? "2000" : "0004", swapped ? FIRST : SECOND, 0);
		ck_assert_int_eq(test.result, DECODED);
		test_is_inner(&test.packet, "joined");
		ck_assert_uint_eq(test.packet.payload_length, 12);
		ck_assert_uint_eq(test.packet.payload_captured, 12);
		ck_assert_mem_eq(test.packet.payload, "ABCDEFGHabcd", 12);
		ck_assert_uint_eq(packet_decoder_incomplete(test.decoder), 0);
	}
	test_done(&test);
}
END_TEST

/* Whether the receiver took them, and which of them, nobody knows. */
START_TEST(does_not_read_fragments_that_contradict_each_other)
{
	struct test_record test = {0};

	decode_v4(&test, "", "2000", FIRST, 0);
	decode_v4(&test, "", "2003", "41424344 45464700", 0);
	decode_v4(&test, "", "0004", SECOND, 0);
	ck_assert_int_eq(test.result, DECODED);
	test_is_inner(&test.packet, "contradicting");
	ck_assert_uint_eq(test.packet.payload_length, 12);
	ck_assert_uint_eq(test.packet.payload_captured, 0);
	ck_assert_ptr_null(test.packet.payload);
	ck_assert_uint_eq(packet_decoder_contested(test.decoder), 1);
	test_done(&test);
}
END_TEST

START_TEST(keeps_vlans_apart)
{
	struct test_record test = {0};

	decode_v4(&test, "8100 0005", "2000", FIRST, 0);
	decode_v4(&test, "8100 0006", "0004", SECOND, 0);
	ck_assert_int_eq(test.result, DECODED_FRAGMENT);
	decode_v4(&test, "8100 0005", "0004", SECOND, 0);
	ck_assert_int_eq(test.result, DECODED);
	test_done(&test);
}
END_TEST

/* The snap length cuts them: the first is read for what it is, the others are lost. */
START_TEST(does_not_join_cut_fragments)
{
	struct test_record test = {0};

	decode_v4(&test, "", "2000", FIRST, 4);
	ck_assert_int_eq(test.result, DECODED);
	test_is_inner(&test.packet, "first");
	ck_assert_uint_eq(test.packet.payload_length, 8);
	ck_assert_uint_eq(test.packet.payload_captured, 4);
	decode_v4(&test, "", "0004", SECOND, 1);
	ck_assert_int_eq(test.result, DECODED_CUT);
	ck_assert_uint_eq(packet_decoder_incomplete(test.decoder), 1);
	decode_v4(&test, "", "2000", FIRST, 20);
	ck_assert_int_eq(test.result, DECODED_CUT);
	test_done(&test);
}
END_TEST

START_TEST(refuses_empty_fragments)
{
	struct test_record test = {0};

	decode_v4(&test, "", "2000", "", 0);
	ck_assert_int_eq(test.result, DECODED_MALFORMED);
	ck_assert_uint_eq(packet_decoder_incomplete(test.decoder), 0);
	test_done(&test);
}
END_TEST

static void
decode_v6(
    struct test_record *test, const char *next, const char *offset, const char *hex, size_t cut)
{
	struct test_bytes bytes = {.length = 0}, payload = {.length = 0};

	test_add(&payload, hex);
	test_add(&bytes, "60000000");
	test_add_u16(&bytes, 8 + payload.length);
	test_add(&bytes, "2c40" V6_ENDS);
	test_add(&bytes, next);
	test_add(&bytes, "00");
	test_add(&bytes, offset);
	test_add(&bytes, "00000007");
	test_add(&bytes, hex);
	test_decode(test, 101, bytes.bytes, bytes.length - cut, bytes.length);
}

/* RFC 8200 4.5: the next header of the first fragment counts; more extensions may follow. */
START_TEST(joins_ipv6_fragments)
{
	struct test_record test = {0};

	decode_v6(&test, "11", "0028", SECOND, 0);
	ck_assert_int_eq(test.result, DECODED_FRAGMENT);
	decode_v6(&test, "3c", "0001", "0600 0104 00000000" FIRST, 0);
	ck_assert_int_eq(test.result, DECODED);
	test_is_inner(&test.packet, "joined");
	ck_assert_uint_eq(test.packet.payload_length, 12);
	ck_assert_mem_eq(test.packet.payload, "ABCDEFGHabcd", 12);
	test_done(&test);
}
END_TEST

START_TEST(does_not_read_cut_ipv6_fragments)
{
	struct test_record test = {0};

	decode_v6(&test, "06", "0001", FIRST, 1);
	ck_assert_int_eq(test.result, DECODED_CUT);
	ck_assert_uint_eq(packet_decoder_incomplete(test.decoder), 1);
	test_done(&test);
}
END_TEST

/* A fragmented tunnel whose packet completes a fragmented packet. */
START_TEST(joins_fragments_in_fragments)
{
	static const uint64_t frames[] = {2, 3, 1, 3}; /* of the tunnel, then of what is in it */
	struct test_record test = {0};
	struct test_bytes bytes = {.length = 0};

	decode_v4(&test, "", "2000", FIRST, 0);
	test_add(&bytes, "4500 0024 0009 2000 4004 0000 01010101 02020202" /* 16 bytes of 24 */
			 "4500 0018 0007 0004 4006 0000 0a000001");
	test_decode(&test, 101, bytes.bytes, bytes.length, bytes.length);
	ck_assert_int_eq(test.result, DECODED_FRAGMENT);
	bytes.length = 0;
	test_add(&bytes, "4500 001c 0009 0002 4004 0000 01010101 02020202 0a000002" SECOND);
	test_decode(&test, 101, bytes.bytes, bytes.length, bytes.length);
	ck_assert_int_eq(test.result, DECODED);
	test_is_inner(&test.packet, "joined twice");
	expect_frames(&test, frames, COUNT(frames));
	ck_assert_mem_eq(test.packet.payload, "ABCDEFGHabcd", 12);
	ck_assert_uint_eq(packet_decoder_incomplete(test.decoder), 0);
	test_done(&test);
}
END_TEST

Suite *
ip_suite(void)
{
	Suite *suite = suite_create("ip");
	TCase *tcase = tcase_create("ip");

	tcase_add_loop_test(tcase, reads_extension_headers, 0, COUNT(extensions));
	tcase_add_loop_test(tcase, stops_at_what_carries_nothing, 0, 3);
	tcase_add_loop_test(tcase, follows_source_routes, 0, COUNT(routes));
	tcase_add_loop_test(tcase, believes_lengths, 0, COUNT(lengths));
	tcase_add_test(tcase, believes_the_record_when_ipv6_has_no_length);
	tcase_add_test(tcase, joins_ipv4_fragments);
	tcase_add_test(tcase, tells_the_frames_of_fragments);
	tcase_add_test(tcase, does_not_read_fragments_that_contradict_each_other);
	tcase_add_test(tcase, keeps_vlans_apart);
	tcase_add_test(tcase, does_not_join_cut_fragments);
	tcase_add_test(tcase, refuses_empty_fragments);
	tcase_add_test(tcase, joins_ipv6_fragments);
	tcase_add_test(tcase, does_not_read_cut_ipv6_fragments);
	tcase_add_test(tcase, joins_fragments_in_fragments);
	suite_add_tcase(suite, tcase);
	return suite;
}
