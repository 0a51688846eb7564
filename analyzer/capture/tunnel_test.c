#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/peel_test.h"

Suite *tunnel_suite(void);

#define VXLAN "08000000 00000700"
#define GRE   "0000 "

/* What follows the outer IP header, or the outer UDP header when there are ports. */
static const struct tunnel_case {
	const char *name;
	uint8_t protocol;
	uint16_t src_port, dst_port; /* of protocol 17 */
	const char *hex;
} cases[] = {
    {"IP in IP", 4, 0, 0, TEST_IPV4},
    {"6in4", 41, 0, 0, TEST_IPV6},
    {"GRE", 47, 0, 0, GRE "0800" TEST_IPV4},
    {"GRE, IPv6", 47, 0, 0, GRE "86dd" TEST_IPV6},
    {"GRE, checksum", 47, 0, 0, "8000 0800 0000 0000" TEST_IPV4},
    {"GRE, key", 47, 0, 0, "2000 0800 00000007" TEST_IPV4},
    {"GRE, sequence", 47, 0, 0, "1000 0800 00000007" TEST_IPV4},
    {"GRE, all three", 47, 0, 0, "b000 0800 00000000 00000007 00000001" TEST_IPV4},
    {"GRE, routing", 47, 0, 0, "4000 0800 00000000 08000004 01020304 00000000" TEST_IPV4},
    {"GRE, Ethernet", 47, 0, 0, GRE "6558" TEST_ETHERNET},
    {"NVGRE", 47, 0, 0, "2000 6558 00000100" TEST_ETHERNET},
    {"GRE, MPLS", 47, 0, 0, GRE "8847 00010140" TEST_IPV4},
    {"GRE, NSH", 47, 0, 0, GRE "894f 0002 02 01 000001ff" TEST_IPV4},
    {"GRE, WCCP version 1", 47, 0, 0, GRE "883e" TEST_IPV4},
    {"GRE, WCCP version 2", 47, 0, 0, GRE "883e 00000000" TEST_IPV4},
    {"PPTP", 47, 0, 0, "3081 880b 0032 0007 00000001 00000002 ff03 0021" TEST_IPV4},
    {"PPTP without numbers", 47, 0, 0, "2001 880b 0032 0007 21" TEST_IPV4},
    {"ERSPAN type I", 47, 0, 0, GRE "88be" TEST_ETHERNET},
    {"ERSPAN type II", 47, 0, 0, "1000 88be 00000001 10050001 00000000" TEST_ETHERNET},
    {"ERSPAN type III", 47, 0, 0, "1000 22eb 00000001 20050001 00000000 00000000" TEST_ETHERNET},
    {"ERSPAN type III, subheader", 47, 0, 0,
	"1000 22eb 00000001 20050001 00000000 00000001 00000000 00000000" TEST_ETHERNET},
    {"ERSPAN type III under II's number", 47, 0, 0,
	"1000 88be 00000001 20050001 00000000 00000000" TEST_ETHERNET},
    {"GRE in GRE", 47, 0, 0,
	GRE "0800 4500 0048 0001 0000 402f 0000 01010101 02020202 0000 0800" TEST_IPV4},
    {"authentication header", 51, 0, 0,
	"06 04 0000 00000001 00000001 000000000000000000000000" TEST_TCP},
    {"authentication header, tunnel", 51, 0, 0,
	"04 04 0000 00000001 00000001 000000000000000000000000" TEST_IPV4},
    {"EtherIP", 97, 0, 0, "3000" TEST_ETHERNET},
    {"MPLS in IP", 137, 0, 0, "00010140" TEST_IPV4},
    {"Ethernet in IP", 143, 0, 0, TEST_ETHERNET},
    {"VXLAN", 17, 50000, 4789, VXLAN TEST_ETHERNET},
    {"VXLAN, from its port", 17, 4789, 50000, VXLAN TEST_ETHERNET},
    {"VXLAN, VLAN", 17, 50000, 4789, VXLAN TEST_MACS "8100 0005 86dd" TEST_IPV6},
    {"VXLAN-GPE, IPv4", 17, 50000, 4790, "0c000001 00000700" TEST_IPV4},
    {"VXLAN-GPE, Ethernet", 17, 50000, 4790, "0c000003 00000700" TEST_ETHERNET},
    {"GENEVE", 17, 50000, 6081, "0000 6558 00000100" TEST_ETHERNET},
    {"GENEVE with options, IPv6", 17, 50000, 6081,
	"0200 86dd 00000100 0102 80 01 00000000" TEST_IPV6},
    {"GTP-U", 17, 2152, 2152, "30ff 0030 00000007" TEST_IPV4},
    {"GTP-U, sequence number", 17, 50000, 2152, "32ff 0034 00000007 0001 00 00" TEST_IPV4},
    {"GTP-U, extension headers", 17, 2152, 50000,
	"34ff 003c 00000007 0000 00 85 01 1000 c0 01 0000 00" TEST_IPV6},
    {"Teredo", 17, 50000, 3544, TEST_IPV6},
    {"Teredo, authentication and origin", 17, 3544, 50000,
	"0001 00 00 0000000000000000 00 0000 0101 01010101" TEST_IPV6},
    {"L2TP", 17, 1701, 1701, "0002 0001 0001 ff03 0021" TEST_IPV4},
    {"L2TP, all fields", 17, 1701, 50000, "4a02 0044 0001 0001 00000000 0002 6162 0057" TEST_IPV6},
    {"LISP", 17, 50000, 4341, "00000000 00000000" TEST_IPV4},
    {"MPLS in UDP", 17, 50000, 6635, "00010140" TEST_IPV4},
};

/* IPv4 from 1.1.1.1 to 2.2.2.2 in Ethernet, and UDP if that is the protocol, around HEX. */
static void
wrap(struct test_bytes *stack, const struct tunnel_case *tunnel)
{
	struct test_bytes inner = {.length = 0};
	size_t udp = tunnel->protocol == 17 ? 8 : 0;

	test_add(&inner, tunnel->hex);
	stack->length = 0;
	test_add(stack, TEST_MACS "0800 4500");
	test_add_u16(stack, 20 + udp + inner.length);
	test_add(stack, "0001 0000 40");
	stack->bytes[stack->length++] = tunnel->protocol;
	test_add(stack, "0000 01010101 02020202");
	if (udp) {
		test_add_u16(stack, tunnel->src_port);
		test_add_u16(stack, tunnel->dst_port);
		test_add_u16(stack, udp + inner.length);
		test_add_u16(stack, 0);
	}
	test_add(stack, tunnel->hex);
}

START_TEST(reads_every_kind)
{
	struct test_bytes stack;

	wrap(&stack, &cases[_i]);
	/* An authentication header does not change the addresses. */
	if (cases[_i].protocol == 51 && cases[_i].hex[1] == '6')
		memcpy(stack.bytes + 26, "\x0a\0\0\1\x0a\0\0\2", 8);
	test_stack(&stack, 1, cases[_i].name);
}
END_TEST

/* The number of a tunnel is no promise. */
static const struct tunnel_case plain[] = {
    {"DNS answer to port 4789", 17, 53, 4789, VXLAN TEST_ETHERNET},
    {"Kerberos from port 6081", 17, 6081, 88, "0000 6558 00000100" TEST_ETHERNET},
    {"Linux's old VXLAN port", 17, 50000, 8472, VXLAN TEST_ETHERNET},
    {"GTP echo", 17, 2152, 2152, "3201 0004 00000000 0001 0000"},
    {"GTP without an end of extensions", 17, 2152, 2152, "34ff 0030 00000007 0000 00 85 00"},
    {"Teredo's port, another protocol", 17, 3544, 50000, "ffffffff"},
    {"L2TP control", 17, 1701, 1701, "c802 000c 0001 0001 00000000"},
    {"VXLAN-GPE, nothing we know", 17, 50000, 4790, "0c000009 00000700" TEST_IPV4},
    {"short VXLAN", 17, 50000, 4789, "0800"},
    {"empty GENEVE", 17, 50000, 6081, ""},
};

START_TEST(leaves_other_datagrams_alone)
{
	struct test_bytes stack;
	struct test_record test = {0};

	wrap(&stack, &plain[_i]);
	test_decode(&test, 1, stack.bytes, stack.length, stack.length);
	ck_assert_msg(test.result == DECODED, "%s", plain[_i].name);
	ck_assert_msg(test.packet.kind == PACKET_UDP, "%s", plain[_i].name);
	test_address(&test.packet.ends.src, "1.1.1.1");
	test_address(&test.packet.ends.dst, "2.2.2.2");
	ck_assert_uint_eq(test.packet.ends.src_port, plain[_i].src_port);
	ck_assert_uint_eq(test.packet.ends.dst_port, plain[_i].dst_port);
	ck_assert_uint_eq(test.packet.payload_length, stack.length - 42);
	ck_assert_uint_eq(test.packet.payload_captured, stack.length - 42);
	test_done(&test);
}
END_TEST

/* Understood, and nothing of ours inside. */
static const struct tunnel_case others[] = {
    {"GRE keepalive", 47, 0, 0, "0000 0000"},
    {"OSPF", 89, 0, 0, "0201 002c"},
    {"ESP", 50, 0, 0, "00000001 00000001"},
};

START_TEST(knows_other_protocols)
{
	struct test_bytes stack;
	struct test_record test = {0};

	wrap(&stack, &others[_i]);
	test_decode(&test, 1, stack.bytes, stack.length, stack.length);
	ck_assert_int_eq(test.result, DECODED);
	ck_assert_int_eq(test.packet.kind, PACKET_OTHER);
	test_address(&test.packet.ends.src, "1.1.1.1");
	ck_assert_uint_eq(test.packet.payload_length, 0);
	test_done(&test);
}
END_TEST

START_TEST(lldp_in_vxlan_is_not_ip)
{
	static const struct tunnel_case lldp = {
	    "LLDP in VXLAN", 17, 50000, 4789, VXLAN TEST_MACS "88cc 0207"};
	struct test_bytes stack;
	struct test_record test = {0};

	wrap(&stack, &lldp);
	test_decode(&test, 1, stack.bytes, stack.length, stack.length);
	ck_assert_int_eq(test.result, DECODED_NOT_IP);
	test_done(&test);
}
END_TEST

/* IP in IP in IP … is followed to a fixed depth. */
START_TEST(has_a_depth)
{
	struct test_record test = {0};
	struct test_bytes stack;

	for (size_t layers = 31; layers <= 34; layers++) {
		stack.length = 0;
		for (size_t i = layers; i > 0; i--) {
			test_add(&stack, "4500");
			test_add_u16(&stack, 20 * i + 48);
			test_add(&stack, "0001 0000 4004 0000 01010101 02020202");
		}
		test_add(&stack, TEST_IPV4);
		test_decode(&test, 101, stack.bytes, stack.length, stack.length);
		ck_assert_int_eq(test.result, layers < 32 ? DECODED : DECODED_UNKNOWN_LINK);
	}
	test_done(&test);
}
END_TEST

Suite *
tunnel_suite(void)
{
	Suite *suite = suite_create("tunnel");
	TCase *tcase = tcase_create("tunnel");

	tcase_add_loop_test(tcase, reads_every_kind, 0, COUNT(cases));
	tcase_add_loop_test(tcase, leaves_other_datagrams_alone, 0, COUNT(plain));
	tcase_add_loop_test(tcase, knows_other_protocols, 0, COUNT(others));
	tcase_add_test(tcase, lldp_in_vxlan_is_not_ip);
	tcase_add_test(tcase, has_a_depth);
	suite_add_tcase(suite, tcase);
	return suite;
}
