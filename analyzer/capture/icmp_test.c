#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/peel_test.h"

Suite *icmp_suite(void);

#define V6_ENDS "20010000 00000000 00000000 00000009 20010000 00000000 00000000 00000001"

/* IPv4 or IPv6 from 10.0.0.9 or 2001::9 around an ICMP message. */
static void
wrap(struct test_bytes *bytes, bool is_v6, const char *hex)
{
	struct test_bytes message = {.length = 0};

	test_add(&message, hex);
	bytes->length = 0;
	if (is_v6) {
		test_add(bytes, "60000000");
		test_add_u16(bytes, message.length);
		test_add(bytes, "3a40" V6_ENDS);
	} else {
		test_add(bytes, "4500");
		test_add_u16(bytes, 20 + message.length);
		test_add(bytes, "0001 0000 4001 0000 0a000009 0a000001");
	}
	test_add(bytes, hex);
}

static const struct icmp_case {
	const char *name;
	bool is_v6;
	const char *hex;
	uint8_t type, code;
	bool is_error, has_stream;
} messages[] = {
    {"host unreachable", false, "0301 0000 00000000" TEST_IPV4, 3, 1, true, true},
    {"fragmentation needed", false, "0304 0000 000005dc" TEST_IPV4, 3, 4, true, true},
    {"source quench", false, "0400 0000 00000000" TEST_IPV4, 4, 0, true, true},
    {"redirect", false, "0501 0000 0a000008" TEST_IPV4, 5, 1, true, false},
    {"time exceeded", false, "0b00 0000 00000000" TEST_IPV4, 11, 0, true, true},
    {"parameter problem", false, "0c00 0000 00000000" TEST_IPV4, 12, 0, true, true},
    {"echo request", false, "0800 0000 00000000" TEST_IPV4, 8, 0, false, false},
    {"port unreachable, IPv6", true, "0104 0000 00000000" TEST_IPV6, 1, 4, true, true},
    {"packet too big, IPv6", true, "0200 0000 000005dc" TEST_IPV6, 2, 0, true, true},
    {"time exceeded, IPv6", true, "0300 0000 00000000" TEST_IPV6, 3, 0, true, true},
    {"parameter problem, IPv6", true, "0400 0000 00000000" TEST_IPV6, 4, 0, true, true},
    {"echo request, IPv6", true, "8000 0000 00000000" TEST_IPV6, 128, 0, false, false},
};

static void
is_quote(const struct icmp_quote *quote, const struct icmp_case *message)
{
	ck_assert(quote->has_ports);
	ck_assert(quote->has_sequence);
	ck_assert_int_eq(quote->has_whole_tcp_header, message->has_stream);
	ck_assert_uint_eq(quote->protocol, 6);
	test_address(&quote->ends.src, message->is_v6 ? "2001::1" : "10.0.0.1");
	test_address(&quote->ends.dst, message->is_v6 ? "2001::2" : "10.0.0.2");
	ck_assert_uint_eq(quote->ends.src_port, 49153);
	ck_assert_uint_eq(quote->ends.dst_port, 445);
	ck_assert_uint_eq(quote->tcp.seq, 7);
	ck_assert_uint_eq(quote->tcp.ack, 9);
	ck_assert_uint_eq(quote->tcp.flags, TCP_SYN | TCP_ACK);
	ck_assert_uint_eq(quote->tcp.mss, 1460);
	ck_assert_uint_eq(quote->payload_length, 4);
}

START_TEST(reads_messages)
{
	const struct icmp_case *message = &messages[_i];
	struct test_bytes bytes;
	struct test_record test = {0};
	const struct icmp_quote *quote = &test.packet.icmp;

	wrap(&bytes, message->is_v6, message->hex);
	test_decode(&test, 101, bytes.bytes, bytes.length, bytes.length);
	ck_assert_int_eq(test.result, DECODED);
	ck_assert_int_eq(test.packet.kind, PACKET_ICMP);
	test_address(&test.packet.ends.src, message->is_v6 ? "2001::9" : "10.0.0.9");
	test_address(&test.packet.ends.dst, message->is_v6 ? "2001::1" : "10.0.0.1");
	ck_assert_uint_eq(test.packet.ends.src_port, 0);
	ck_assert_uint_eq(quote->type, message->type);
	ck_assert_uint_eq(quote->code, message->code);
	ck_assert_msg(quote->is_error == message->is_error, "%s", message->name);
	if (message->is_error)
		is_quote(quote, message);
	else
		ck_assert_int_eq(quote->ends.src.family, ADDR_NONE);
	test_done(&test);
}
END_TEST

/* What can be said of a quote that ends after so many bytes of the TCP header. */
static void
is_part(const struct icmp_quote *quote, size_t quoted)
{
	ck_assert(quote->is_error);
	ck_assert_int_eq(quote->has_ports, quoted >= 4);
	ck_assert_int_eq(quote->has_sequence, quoted >= 8);
	ck_assert_int_eq(quote->has_whole_tcp_header, quoted >= 16);
	ck_assert_uint_eq(quote->ends.dst_port, quoted >= 4 ? 445 : 0);
	ck_assert_uint_eq(quote->tcp.seq, quoted >= 8 ? 7 : 0);
	ck_assert_uint_eq(quote->tcp.ack, quoted >= 16 ? 9 : 0);
	ck_assert_uint_eq(quote->payload_length, quoted >= 16 ? 4 : 0);
}

/* Every prefix, as routers quote it and as a snap length cuts it. */
START_TEST(reads_every_prefix)
{
	const struct icmp_case *message = _i ? &messages[7] : &messages[0];
	size_t outer = message->is_v6 ? 40 : 20, tcp = outer + 8 + outer;
	struct test_bytes bytes;
	struct test_record test = {0};

	wrap(&bytes, message->is_v6, message->hex);
	for (size_t n = 0; n < bytes.length; n++)
		for (int is_cut = 0; is_cut < 2; is_cut++) {
			test_decode(&test, 101, bytes.bytes, n, is_cut ? bytes.length : n);
			if (n < outer + 2) {
				ck_assert_int_eq(
				    test.result, is_cut ? DECODED_CUT : DECODED_MALFORMED);
				continue;
			}
			ck_assert_int_eq(test.result, DECODED);
			ck_assert_int_eq(test.packet.kind, PACKET_ICMP);
			if (n >= tcp)
				is_part(&test.packet.icmp, n - tcp);
			else
				ck_assert(!test.packet.icmp.has_ports);
		}
	test_done(&test);
}
END_TEST

/* Quotes that say less. */
static const struct quote_case {
	const char *name;
	bool is_v6;
	const char *hex;
	bool has_ports, has_sequence;
	uint8_t protocol;
} quotes[] = {
    {"UDP", false,
	"0303 0000 00000000 4500 001c 0001 0000 4011 0000 0a000001 0a000002 c001 0058 0008 0000",
	true, false, 17},
    {"ICMP", false,
	"0301 0000 00000000 4500 001c 0001 0000 4001 0000 0a000001 0a000002 0800 0000 00000000",
	false, false, 1},
    {"a later fragment", false,
	"0b01 0000 00000000 4500 0030 0001 0004 4006 0000 0a000001 0a000002" TEST_TCP, false, false,
	6},
    {"a first fragment", false,
	"0b01 0000 00000000 4500 0030 0001 2000 4006 0000 0a000001 0a000002" TEST_TCP, true, true,
	6},
    {"IP options", false,
	"0301 0000 00000000 4600 0034 0001 0000 4006 0000 0a000001 0a000002 01010100" TEST_TCP,
	true, true, 6},
    {"IPv6 extension headers", true,
	"0104 0000 00000000 60000000 0024 3c40"
	"20010000 00000000 00000000 00000001 20010000 00000000 00000000 00000002"
	"0600 0104 00000000" TEST_TCP,
	true, true, 6},
    {"no IP", false, "0301 0000 00000000 ffff", false, false, 0},
};

START_TEST(reads_quotes)
{
	const struct quote_case *quote = &quotes[_i];
	struct test_bytes bytes;
	struct test_record test = {0};

	wrap(&bytes, quote->is_v6, quote->hex);
	test_decode(&test, 101, bytes.bytes, bytes.length, bytes.length);
	ck_assert_int_eq(test.result, DECODED);
	ck_assert(test.packet.icmp.is_error);
	ck_assert_msg(test.packet.icmp.has_ports == quote->has_ports, "%s", quote->name);
	ck_assert_int_eq(test.packet.icmp.has_sequence, quote->has_sequence);
	ck_assert_uint_eq(test.packet.icmp.protocol, quote->protocol);
	test_done(&test);
}
END_TEST

Suite *
icmp_suite(void)
{
	Suite *suite = suite_create("icmp");
	TCase *tcase = tcase_create("icmp");

	tcase_add_loop_test(tcase, reads_messages, 0, COUNT(messages));
	tcase_add_loop_test(tcase, reads_every_prefix, 0, 2);
	tcase_add_loop_test(tcase, reads_quotes, 0, COUNT(quotes));
	suite_add_tcase(suite, tcase);
	return suite;
}
