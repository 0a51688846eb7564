#include "analyzer/base/addr.h"
#include "analyzer/base/basics.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *addr_suite(void);

/* RFC 5952 4: the canonical text of what was written in some way. */
static const struct {
	const char *written, *canonical; /* NULL: no address */
} texts[] = {
    {"10.0.0.5", "10.0.0.5"},
    {"255.255.255.255", "255.255.255.255"},
    {"0.0.0.0", "0.0.0.0"},
    {"::", "::"},
    {"::1", "::1"},
    {"2001:0DB8:0000:0000:0008:0800:200C:417A", "2001:db8::8:800:200c:417a"},
    {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
    {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
    {"fe80::1", "fe80::1"},
    {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {"", NULL},
    {"10.0.0", NULL},
    {"10.0.0.256", NULL},
    {"10.0.0.5 ", NULL},
    {"10.0.0.5.6", NULL},
    {"0x0a.0.0.1", NULL},
    {":::", NULL},
    {"1:2:3:4:5:6:7:8:9", NULL},
    {"fe80::1%eth0", NULL},
    {"fileserver", NULL},
};

START_TEST(test_text)
{
	const struct addr before = {.bytes = {1, 2, 3}, .family = ADDR_IPV6};
	struct addr addr = before;
	char text[ADDR_TEXT_SIZE];

	if (texts[_i].canonical == NULL) {
		ck_assert_msg(!addr_parse(texts[_i].written, &addr), "%s", texts[_i].written);
		ck_assert(addr_equal(&addr, &before));
		return;
	}
	ck_assert_msg(addr_parse(texts[_i].written, &addr), "%s", texts[_i].written);
	ck_assert_ptr_eq(addr_text(&addr, text), text);
	ck_assert_str_eq(text, texts[_i].canonical);
}
END_TEST

static void
check_as_inet_ntop(const struct addr *addr)
{
	char text[ADDR_TEXT_SIZE], expected[ADDR_TEXT_SIZE];

	inet_ntop(
	    addr->family == ADDR_IPV4 ? AF_INET : AF_INET6, addr->bytes, expected, ADDR_TEXT_SIZE);
	if (strcmp(addr_text(addr, text), expected) != 0)
		ck_abort_msg("%s, and not %s", text, expected);
}

/* As inet_ntop(3) writes them: every octet, groups of every length, and runs of zeros anywhere. */
START_TEST(test_as_inet_ntop)
{
	uint64_t random = 88172645463325252;

	for (unsigned i = 0; i < 400000; i++) {
		struct addr addr = {.family = i % 4 == 0 ? ADDR_IPV4 : ADDR_IPV6};
		size_t size = addr.family == ADDR_IPV4 ? 4 : 16;
		uint64_t zeros;

		for (size_t j = 0; j < size; j++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			addr.bytes[j] = (uint8_t)(random >> 11);
		}
		zeros = random >> 20;
		for (size_t j = 0; addr.family == ADDR_IPV6 && j < size; j++)
			if ((zeros >> j / 2 & 1) != 0 || (zeros >> (j + 8) & 3) == 3)
				addr.bytes[j] = 0;
		check_as_inet_ntop(&addr);
	}
}
END_TEST

/* Every pattern of groups that are zero, one, or all ones, those that embed IPv4 among them. */
START_TEST(test_groups_as_inet_ntop)
{
	static const uint16_t groups[] = {0, 1, 0xffff};

	for (unsigned i = 0; i < 6561; i++) {
		struct addr addr = {.family = ADDR_IPV6};
		unsigned left = i;

		for (size_t j = 0; j < 8; j++, left /= 3) {
			addr.bytes[2 * j] = (uint8_t)(groups[left % 3] >> 8);
			addr.bytes[2 * j + 1] = (uint8_t)groups[left % 3];
		}
		check_as_inet_ntop(&addr);
	}
}
END_TEST

START_TEST(test_no_address)
{
	struct addr none = {.family = ADDR_NONE};
	char text[ADDR_TEXT_SIZE];

	ck_assert_str_eq(addr_text(&none, text), "?");
}
END_TEST

START_TEST(test_from_bytes)
{
	static const uint8_t four[] = {192, 0, 2, 7};
	static const uint8_t sixteen[] = {
	    0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7};
	struct addr ipv4 = addr_ipv4(four), ipv6 = addr_ipv6(sixteen), parsed;

	ck_assert(addr_parse("192.0.2.7", &parsed));
	ck_assert(addr_equal(&ipv4, &parsed));
	ck_assert(addr_parse("2001:db8::7", &parsed));
	ck_assert(addr_equal(&ipv6, &parsed));
	ck_assert(!addr_equal(&ipv4, &ipv6));
}
END_TEST

/* In this order: IPv4 before IPv6, then by bytes, which are unsigned. */
START_TEST(test_compare)
{
	static const char *const ordered[] = {"0.0.0.0", "10.0.0.1", "10.0.0.2", "127.255.255.255",
	    "128.0.0.0", "::", "::1", "ff02::1"};
	struct addr one, other;

	for (size_t i = 0; i < COUNT(ordered); i++)
		for (size_t j = 0; j < COUNT(ordered); j++) {
			int compared;

			ck_assert(addr_parse(ordered[i], &one) && addr_parse(ordered[j], &other));
			compared = addr_compare(&one, &other);
			ck_assert_int_eq((compared > 0) - (compared < 0), (i > j) - (i < j));
			ck_assert_int_eq(addr_equal(&one, &other), i == j);
			if (one.family == other.family)
				ck_assert_int_eq(addr_hash(&one) == addr_hash(&other), i == j);
		}
}
END_TEST

static const struct {
	const char *net, *addr;
	bool is_inside;
} nets[] = {
    {"0.0.0.0/0", "203.0.113.9", true},
    {"0.0.0.0/0", "::1", false}, /* not of the other family */
    {"::/0", "fe80::1", true},
    {"::/0", "10.0.0.1", false},
    {"0.0.0.0/1", "127.255.255.255", true},
    {"0.0.0.0/1", "128.0.0.0", false},
    {"128.0.0.0/1", "255.0.0.1", true},
    {"10.0.0.0/8", "10.255.255.255", true},
    {"10.0.0.0/8", "11.0.0.0", false},
    {"172.16.0.0/12", "172.31.255.255", true},
    {"172.16.0.0/12", "172.32.0.0", false},
    {"192.0.2.6/31", "192.0.2.7", true},
    {"192.0.2.6/31", "192.0.2.8", false},
    {"192.0.2.6/32", "192.0.2.6", true},
    {"192.0.2.6/32", "192.0.2.7", false},
    {"192.0.2.6", "192.0.2.6", true},
    {"192.0.2.6", "192.0.2.7", false},
    {"10.1.2.3/8", "10.9.9.9", true}, /* bits behind the prefix do not matter */
    {"fe80::/10", "febf:ffff::1", true},
    {"fe80::/10", "fec0::1", false},
    {"2001:db8::2/127", "2001:db8::3", true},
    {"2001:db8::2/127", "2001:db8::4", false},
    {"2001:db8::2/128", "2001:db8::2", true},
    {"2001:db8::2/128", "2001:db8::3", false},
    {"2001:db8::2", "2001:db8::2", true},
    {"::ffff:0:0/96", "::ffff:192.0.2.1", true},
};

START_TEST(test_nets)
{
	struct addr_net net;
	struct addr addr;

	ck_assert(addr_parse_net(nets[_i].net, &net));
	ck_assert(addr_parse(nets[_i].addr, &addr));
	ck_assert_msg(addr_in_net(&addr, &net) == nets[_i].is_inside, "%s in %s", nets[_i].addr,
	    nets[_i].net);
}
END_TEST

static const char *const wrong_nets[] = {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
    "10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/8x", "10.0.0.0/8/8", "::/129", "10.0.0/8", "name/8",
    "10.0.0.0/18446744073709551624", "10.0.0.0/99999999999999999999999999",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/64"};

START_TEST(test_wrong_nets)
{
	struct addr_net net = {.prefix = 77};

	ck_assert_msg(!addr_parse_net(wrong_nets[_i], &net), "%s", wrong_nets[_i]);
	ck_assert_uint_eq(net.prefix, 77);
}
END_TEST

Suite *
addr_suite(void)
{
	Suite *suite = suite_create("addr");
	TCase *tcase = tcase_create("addr");

	tcase_add_loop_test(tcase, test_text, 0, (int)COUNT(texts));
	tcase_add_test(tcase, test_as_inet_ntop);
	tcase_add_test(tcase, test_groups_as_inet_ntop);
	tcase_add_test(tcase, test_no_address);
	tcase_add_test(tcase, test_from_bytes);
	tcase_add_test(tcase, test_compare);
	tcase_add_loop_test(tcase, test_nets, 0, (int)COUNT(nets));
	tcase_add_loop_test(tcase, test_wrong_nets, 0, (int)COUNT(wrong_nets));
	suite_add_tcase(suite, tcase);
	return suite;
}
