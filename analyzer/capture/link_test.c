#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/peel_test.h"

Suite *link_suite(void);

/* Headers as the link type or the Ethernet type defines them, each around the same segment. */
static const struct link_case {
	const char *name;
	uint16_t link_type;
	const char *hex;
} cases[] = {
    {"Ethernet, IPv4", 1, TEST_ETHERNET},
    {"Ethernet, IPv6", 1, TEST_MACS "86dd" TEST_IPV6},
    {"IPv6 announced as IPv4", 1, TEST_MACS "0800" TEST_IPV6},
    {"802.1Q", 1, TEST_MACS "8100 2005 0800" TEST_IPV4},
    {"QinQ", 1, TEST_MACS "88a8 0064 8100 0005 86dd" TEST_IPV6},
    {"old QinQ", 1, TEST_MACS "9100 0064 8100 0005 0800" TEST_IPV4},
    {"three tags", 1, TEST_MACS "8100 0001 8100 0002 8100 0003 0800" TEST_IPV4},
    {"802.3 SNAP", 1, TEST_MACS "0038" /* 56 bytes */ "aaaa03 000000 0800" TEST_IPV4},
    {"802.3 SNAP, 802.1H", 1, TEST_MACS "0038 aaaa03 0000f8 0800" TEST_IPV4},
    {"802.3, LLC for IP", 1, TEST_MACS "0033" /* 51 bytes */ "060603" TEST_IPV4},
    {"802.3, ISO network layer", 1, TEST_MACS "0034 fefe03 cc" TEST_IPV4},
    {"802.3 in 802.1Q", 1, TEST_MACS "8100 0005 0038 aaaa03 000000 0800" TEST_IPV4},
    {"MPLS", 1, TEST_MACS "8847 00010140" TEST_IPV4},
    {"MPLS, two labels", 1, TEST_MACS "8848 00010040 00002140" TEST_IPV6},
    {"PPPoE", 1, TEST_MACS "8864 1100 0001 0032 0021" TEST_IPV4},
    {"PPPoE in QinQ, IPv6", 1, TEST_MACS "8100 0001 8100 0002 8864 1100 0001 0046 0057" TEST_IPV6},
    {"Ethernet in Ethernet", 1, TEST_MACS "6558" TEST_ETHERNET},
    {"Cisco MetaData", 1, TEST_MACS "8909 01 01 0001 0005 0800" TEST_IPV4},
    {"E-tag", 1, TEST_MACS "893f 0000 0001 0000 0800" TEST_IPV4},
    {"VN-tag", 1, TEST_MACS "8926 00000001 0800" TEST_IPV4},
    {"802.1ah", 1, TEST_MACS "88e7 00000001" TEST_ETHERNET},
    {"HSR", 1, TEST_MACS "892f 0034 0001 0800" TEST_IPV4},
    {"NSH, IPv4", 1, TEST_MACS "894f 0002 02 01 000001ff" TEST_IPV4},
    {"NSH with metadata, Ethernet", 1,
	TEST_MACS "894f 0006 01 03 000001ff 00000000 00000000 00000000 00000000" TEST_ETHERNET},
    {"TRILL", 1, TEST_MACS "22f3 003f 0001 0002" TEST_ETHERNET},
    {"TRILL with options", 1, TEST_MACS "22f3 007f 0001 0002 00000000" TEST_ETHERNET},
    {"FabricPath", 1, TEST_MACS "8903 0001" TEST_ETHERNET},
    {"NULL, little-endian", 0, "02000000" TEST_IPV4},
    {"NULL, big-endian", 0, "00000002" TEST_IPV4},
    {"NULL, IPv6 of NetBSD", 0, "00000018" TEST_IPV6},
    {"NULL, IPv6 of FreeBSD", 0, "1c000000" TEST_IPV6},
    {"NULL, IPv6 of Darwin", 0, "1e000000" TEST_IPV6},
    {"NULL, Ethernet type", 0, "00000800" TEST_IPV4},
    {"LOOP", 108, "00000002" TEST_IPV4},
    {"RAW, IPv4", 101, TEST_IPV4},
    {"RAW, IPv6", 101, TEST_IPV6},
    {"RAW, as some systems number it", 12, TEST_IPV4},
    {"RAW, as OpenBSD numbers it", 14, TEST_IPV6},
    {"IPV4", 228, TEST_IPV4},
    {"IPV6", 229, TEST_IPV6},
    {"LINUX_SLL", 113, "0000 0001 0006 0200000000010000 0800" TEST_IPV4},
    {"LINUX_SLL, VLAN", 113, "0000 0001 0006 0200000000010000 8100 0005 86dd" TEST_IPV6},
    {"LINUX_SLL, LLC", 113, "0000 0001 0006 0200000000010000 0004 aaaa03 000000 0800" TEST_IPV4},
    {"LINUX_SLL2", 276, "0800 0000 00000002 0001 00 06 0200000000010000" TEST_IPV4},
    {"LINUX_SLL2, QinQ", 276, "88a8 0000 00000002 0001 00 06 0200000000010000 0005 86dd" TEST_IPV6},
    {"PPP", 9, "ff03 0021" TEST_IPV4},
    {"PPP, nothing left out", 9, "0057" TEST_IPV6},
    {"PPP, compressed protocol", 9, "21" TEST_IPV4},
    {"PPP, MPLS", 9, "0281 00010140" TEST_IPV4},
    {"PPP_HDLC", 50, "ff03 0021" TEST_IPV4},
    {"PPP_HDLC, Cisco", 50, "0f00 0800" TEST_IPV4},
    {"PPP_ETHER", 51, "1100 0001 0032 0021" TEST_IPV4},
    {"ATM_RFC1483", 100, "aaaa03 000000 0800" TEST_IPV4},
    {"ATM_RFC1483, bridged", 100, "aaaa03 0080c2 0007 0000" TEST_ETHERNET},
    {"C_HDLC", 104, "0f00 86dd" TEST_IPV6},
    {"FRELAY", 107, "1841 03 cc" TEST_IPV4},
    {"FRELAY, IPv6", 107, "1841 03 8e" TEST_IPV6},
    {"FRELAY, SNAP", 107, "1841 03 00 80 000000 0800" TEST_IPV4},
    {"FRELAY, Cisco, four bytes of address", 107, "18400041 0800" TEST_IPV4},
    {"IEEE802_11", 105,
	"0802 0000" /* data, from the access point */
	"020000000002 020000000003 020000000001 1000"
	"aaaa03 000000 0800" TEST_IPV4},
    {"IEEE802_11, QoS, bridged", 105,
	"8803 0000" /* QoS data, to and from the distribution system */
	"020000000002 020000000003 020000000001 1000 020000000004 0000"
	"aaaa03 000000 86dd" TEST_IPV6},
    {"RADIOTAP", 127,
	"0000 0900 02000000 00"
	"0801 0000 020000000002 020000000003 020000000001 1000"
	"aaaa03 000000 0800" TEST_IPV4},
    {"RADIOTAP, padded", 127,
	"0000 1900 03000080 00000000 00000000" /* a second bitmap, up to the eighth byte */
	"0000000000000000 20"                  /* time, flags: padded */
	"8801 0000 020000000002 020000000003 020000000001 1000 0000 0000"
	"aaaa03 000000 0800" TEST_IPV4},
    {"ARCNET_LINUX, RFC 1201", 129, "0102 0000 d4 00 0001" TEST_IPV4},
    {"ARCNET_LINUX, RFC 1051", 129, "0102 0000 f0" TEST_IPV4},
    {"APPLE_IP_OVER_IEEE1394", 138, "0000000000000001 0000000000000002 0800" TEST_IPV4},
    {"PFLOG", 117,
	"3d 02 00 00"                      /* 61 bytes and 3 of padding, IPv4 */
	"656d3000000000000000000000000000" /* interface */
	"00000000000000000000000000000000" /* rule set */
	"0000000000000000 0000000000000000 0000000000000000 00000000" TEST_IPV4},
    {"PPI", 192, "00 00 0800 01000000" TEST_ETHERNET},
    {"NFLOG", 239, "02 00 0001 0800 0100 08000103 3400 0900" TEST_IPV4},
    {"NFLOG, big-endian, IPv6", 239, "0a 00 0001 0006 000a 78000000 0048 0009" TEST_IPV6},
    {"PKTAP", 258,
	"6c000000 01000000 01000000"                            /* 108 bytes, a packet, Ethernet */
	"656e3000 00000000 00000000 00000000 00000000 00000000" /* interface */
	"00000000 02000000 0e000000 00000000 00000000" /* flags, family, lengths, process */
	"00000000 00000000 00000000 00000000 00000000" /* command */
	"00000000 0600 0000 00000000"
	"00000000 00000000 00000000 00000000 00000000" TEST_ETHERNET},
};

START_TEST(reads_every_kind)
{
	struct test_bytes stack = {.length = 0};

	test_add(&stack, cases[_i].hex);
	test_stack(&stack, cases[_i].link_type, cases[_i].name);
}
END_TEST

static const struct refusal {
	const char *name;
	uint16_t link_type;
	enum decode_result result;
	const char *hex;
} refusals[] = {
    {"reverse ARP", 1, DECODED_NOT_IP, TEST_MACS "8035 0001 0800 0604 0003"},
    {"LLDP", 1, DECODED_NOT_IP, TEST_MACS "88cc 0207"},
    {"spanning tree", 1, DECODED_NOT_IP, TEST_MACS "0026 424203 0000 00"},
    {"neither length nor type", 1, DECODED_NOT_IP, TEST_MACS "05dd" TEST_IPV4},
    {"Cisco discovery", 1, DECODED_NOT_IP, TEST_MACS "0010 aaaa03 00000c 2000 0000"},
    {"MACsec", 1, DECODED_UNKNOWN_LINK, TEST_MACS "88e5 0000 00000001" TEST_IPV4},
    {"MPLS pseudowire", 1, DECODED_UNKNOWN_LINK, TEST_MACS "8847 00010140 00000000" TEST_ETHERNET},
    {"PPPoE discovery", 1, DECODED_NOT_IP, TEST_MACS "8864 1109 0000 0004 0101 0000"},
    {"LCP", 9, DECODED_NOT_IP, "ff03 c021 0101 0004"},
    {"compressed PPP", 9, DECODED_UNKNOWN_LINK, "ff03 00fd 9000"},
    {"version 5", 101, DECODED_MALFORMED, "55" TEST_IPV4},
    {"IPX in NULL", 0, DECODED_NOT_IP, "17000000 ffff"},
    {"CAN", 227, DECODED_UNKNOWN_LINK, "00000001 00000000"},
    {"beacon", 105, DECODED_NOT_IP,
	"8000 0000 ffffffffffff 020000000003 020000000001 1000 00000000"},
    {"802.11 without data", 105, DECODED_NOT_IP,
	"4801 0000 020000000002 020000000003 020000000001 1000"},
    {"802.11 acknowledgment", 105, DECODED_MALFORMED, "d400 0000 020000000002"},
    {"protected 802.11", 105, DECODED_UNKNOWN_LINK,
	"0842 0000 020000000002 020000000003 020000000001 1000 00000000 00000000"},
    {"802.11 fragment", 105, DECODED_UNKNOWN_LINK,
	"0806 0000 020000000002 020000000003 020000000001 1000 aaaa03 000000 0800" TEST_IPV4},
    {"ARCNET fragment", 129, DECODED_UNKNOWN_LINK, "0102 0000 d4 03 0001" TEST_IPV4},
    {"PPI of PPI of nothing", 192, DECODED_MALFORMED, "00 00 0800 c0000000"},
};

START_TEST(refuses)
{
	const struct refusal *refusal = &refusals[_i];
	struct test_bytes bytes = {.length = 0};
	struct test_record test = {0};

	test_add(&bytes, refusal->hex);
	test_decode(&test, refusal->link_type, bytes.bytes, bytes.length, bytes.length);
	ck_assert_msg(test.result == refusal->result, "%s: result %d", refusal->name, test.result);
	test_done(&test);
}
END_TEST

/* A stack of tags is followed to a fixed depth, and no further. */
START_TEST(has_a_depth)
{
	struct test_bytes bytes = {.length = 0};
	struct test_record test = {0};

	test_add(&bytes, TEST_MACS);
	for (int i = 0; i < 32; i++)
		test_add(&bytes, "8100 0001");
	test_add(&bytes, "0800" TEST_IPV4);
	test_decode(&test, 1, bytes.bytes, bytes.length, bytes.length);
	ck_assert_int_eq(test.result, DECODED);
	bytes.length = 0;
	test_add(&bytes, TEST_MACS);
	for (int i = 0; i < 33; i++)
		test_add(&bytes, "8100 0001");
	test_add(&bytes, "0800" TEST_IPV4);
	test_decode(&test, 1, bytes.bytes, bytes.length, bytes.length);
	ck_assert_int_eq(test.result, DECODED_UNKNOWN_LINK);
	test_done(&test);
}
END_TEST

Suite *
link_suite(void)
{
	Suite *suite = suite_create("link");
	TCase *tcase = tcase_create("link");

	tcase_add_loop_test(tcase, reads_every_kind, 0, COUNT(cases));
	tcase_add_loop_test(tcase, refuses, 0, COUNT(refusals));
	tcase_add_test(tcase, has_a_depth);
	suite_add_tcase(suite, tcase);
	return suite;
}
