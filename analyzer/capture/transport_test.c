#include "analyzer/capture/transport.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/peel_test.h"

Suite *transport_suite(void);

#define PORTS_TO_WINDOW(length_flags) "c001 01bd 00000007 00000009" length_flags "2000"
#define SYN_24                        PORTS_TO_WINDOW("6002") "0000 0000"
#define SYN_28                        PORTS_TO_WINDOW("7002") "0000 0000"

/* The MSS, as far as the bytes and the header's length go. */
static const struct option_case {
	const char *name;
	const char *hex;
	uint16_t mss;
	bool has_options;
	uint32_t length;
} options[] = {
    {"none", PORTS_TO_WINDOW("5002") "0000 0000", 0, false, 20},
    {"MSS", SYN_24 "0204 05b4", 1460, true, 24},
    {"behind others", SYN_28 "0101 0402 0204 05b4", 1460, true, 28},
    {"behind the end", SYN_28 "0000 0000 0204 05b4", 0, true, 28},
    {"of a wrong length", SYN_28 "0205 05b4 0000 0000", 0, true, 28},
    {"behind an option without length", SYN_28 "0300 0101 0204 05b4", 0, true, 28},
    {"behind an option that is too long", SYN_28 "03ff 0101 0204 05b4", 0, true, 28},
    {"cut", SYN_24 "0204 05", 0, true, 24},
    {"cut before the options", PORTS_TO_WINDOW("6002"), 0, true, 24},
    {"in the payload", SYN_24 "0101 0101 0204 05b4", 0, true, 24},
    {"without SYN", PORTS_TO_WINDOW("6010") "0000 0000 0204 05b4", 0, true, 24},
    {"header too short", PORTS_TO_WINDOW("4002") "0000 0000", 0, false, 16},
};

START_TEST(reads_options)
{
	const struct option_case *option = &options[_i];
	struct test_bytes bytes = {.length = 0};
	struct packet_endpoints ends = {0};
	struct tcp_header tcp = {0};
	struct cursor cursor;
	uint32_t length = 0;
	uint8_t *block;

	test_add(&bytes, option->hex);
	block = malloc(bytes.length);
	memcpy(block, bytes.bytes, bytes.length);
	cursor = cur_of(block, bytes.length);
	ck_assert(tcp_read(&cursor, &ends, &tcp, &length));
	ck_assert_uint_eq(ends.src_port, 49153);
	ck_assert_uint_eq(ends.dst_port, 445);
	ck_assert_uint_eq(tcp.window, 8192);
	ck_assert_msg(tcp.mss == option->mss, "%s: %u", option->name, tcp.mss);
	ck_assert_int_eq(tcp.has_options, option->has_options);
	ck_assert_uint_eq(length, option->length);
	free(block);
}
END_TEST

START_TEST(needs_sixteen_bytes)
{
	const uint8_t bytes[15] = {0xc0, 1};
	struct packet_endpoints ends = {.src_port = 7};
	struct tcp_header tcp = {.seq = 7};
	struct cursor cursor = cur_of(bytes, sizeof(bytes));
	uint32_t length = 7;

	ck_assert(!tcp_read(&cursor, &ends, &tcp, &length));
	ck_assert(!cur_ok(&cursor));
	ck_assert_uint_eq(ends.src_port, 7);
	ck_assert_uint_eq(tcp.seq, 7);
	ck_assert_uint_eq(length, 7);
}
END_TEST

/* A data offset that cannot be leaves no payload, and the segment its stream. */
START_TEST(believes_no_bogus_header_length)
{
	static const char *const flags[] = {"0002", "4002", "f002"};
	struct test_bytes bytes = {.length = 0};
	struct test_record test = {0};

	test_add(
	    &bytes, "4500 0030 0001 0000 4006 0000 0a000001 0a000002 c001 01bd 00000007 00000009");
	test_add(&bytes, flags[_i]);
	test_add(&bytes, "2000 0000 0000 0204 05b4 61626364");
	test_decode(&test, 101, bytes.bytes, bytes.length, bytes.length);
	ck_assert_int_eq(test.result, DECODED);
	ck_assert_int_eq(test.packet.kind, PACKET_TCP);
	ck_assert_uint_eq(test.packet.tcp.seq, 7);
	ck_assert_uint_eq(test.packet.payload_length, 0);
	ck_assert_uint_eq(test.packet.payload_captured, 0);
	test_done(&test);
}
END_TEST

/* UDP's own length against the 4 bytes that IP says it carries. */
static const struct udp_case {
	const char *name, *length;
	bool is_v6;
	enum decode_result result;
	uint32_t payload;
} datagrams[] = {
    {"as it is", "000c", false, DECODED, 4},
    {"padding behind", "000a", false, DECODED, 2},
    {"empty", "0008", false, DECODED, 0},
    {"more than there is", "0100", false, DECODED, 4},
    {"less than the header", "0007", false, DECODED_MALFORMED, 0},
    {"none", "0000", false, DECODED_MALFORMED, 0},
    {"jumbogram", "0000", true, DECODED, 4},
};

START_TEST(reads_datagrams)
{
	const struct udp_case *datagram = &datagrams[_i];
	struct test_bytes bytes = {.length = 0};
	struct test_record test = {0};

	if (datagram->is_v6)
		test_add(&bytes, "60000000 000c 1140"
				 "20010000 00000000 00000000 00000001"
				 "20010000 00000000 00000000 00000002");
	else
		test_add(&bytes, "4500 0020 0001 0000 4011 0000 0a000001 0a000002");
	test_add(&bytes, "c001 0058");
	test_add(&bytes, datagram->length);
	test_add(&bytes, "0000 61626364 ffff");
	test_decode(&test, 101, bytes.bytes, bytes.length, bytes.length);
	ck_assert_msg(test.result == datagram->result, "%s: %d", datagram->name, test.result);
	if (test.result == DECODED) {
		ck_assert_int_eq(test.packet.kind, PACKET_UDP);
		ck_assert_uint_eq(test.packet.ends.src_port, 49153);
		ck_assert_uint_eq(test.packet.ends.dst_port, 88);
		ck_assert_uint_eq(test.packet.payload_length, datagram->payload);
		ck_assert_uint_eq(test.packet.payload_captured, datagram->payload);
		ck_assert_mem_eq(test.packet.payload ? test.packet.payload : (const uint8_t *)"",
		    "abcd", datagram->payload);
	}
	test_done(&test);
}
END_TEST

START_TEST(cuts_datagrams)
{
	struct test_bytes bytes = {.length = 0};
	struct test_record test = {0};

	test_add(
	    &bytes, "4500 0020 0001 0000 4011 0000 0a000001 0a000002 c001 0058 000c 0000 61626364");
	for (size_t n = 0; n <= bytes.length; n++) {
		test_decode(&test, 101, bytes.bytes, n, bytes.length);
		test_claims(&test, n);
		ck_assert_int_eq(test.result, n < 28 ? DECODED_CUT : DECODED);
		if (n < 28)
			continue;
		ck_assert_uint_eq(test.packet.payload_length, 4);
		ck_assert_uint_eq(test.packet.payload_captured, n - 28);
	}
	test_done(&test);
}
END_TEST

Suite *
transport_suite(void)
{
	Suite *suite = suite_create("transport");
	TCase *tcase = tcase_create("transport");

	tcase_add_loop_test(tcase, reads_options, 0, COUNT(options));
	tcase_add_test(tcase, needs_sixteen_bytes);
	tcase_add_loop_test(tcase, believes_no_bogus_header_length, 0, 3);
	tcase_add_loop_test(tcase, reads_datagrams, 0, COUNT(datagrams));
	tcase_add_test(tcase, cuts_datagrams);
	suite_add_tcase(suite, tcase);
	return suite;
}
