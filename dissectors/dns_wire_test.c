#include "dissectors/dns_wire.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

Suite *dns_wire_suite(void);

/* Header: id 05f4, flags, one question, answers. */
#define HEADER(flags_high, flags_low, answers) \
	0x05, 0xf4, flags_high, flags_low, 0, 1, 0, answers, 0, 0, 0, 0
#define QUERY  0x01, 0x00 /* RD */
#define ANSWER 0x85, 0x80 /* QR, AA, RD, RA */

/* Twelve bytes stand before it, so pointers to it are c0 0c; to "lab.example", c0 12. */
#define QUESTION_FILES                                                                            \
	5, 'f', 'i', 'l', 'e', 's', 3, 'l', 'a', 'b', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, \
	    1, 0, 1
#define TYPE_A     0, 1
#define TYPE_CNAME 0, 5
#define IN_60S     0, 1, 0, 0, 0, 60
#define FS1        3, 'f', 's', '1', 0xc0, 0x12

static const uint8_t query[] = {0x05, 0xf4, QUERY, 0, 1, 0, 0, 0, 0, 0, 0, QUESTION_FILES};

/* files CNAME fs1, fs1 A 10.66.1.10: as dnsmasq sends it. */
static const uint8_t aliased[] = {
    0x05, 0xf4, ANSWER, 0, 1, 0, 2, 0, 0, 0, 0, QUESTION_FILES, /**/
    0xc0, 0x0c, TYPE_CNAME, IN_60S, 0, 6, FS1,                  /* at 35 */
    0xc0, 0x2f, TYPE_A, IN_60S, 0, 4, 10, 66, 1, 10,            /* name at 47 */
};

static struct dns_message message;

/* Decodes from a block of just that size, so that a sanitizer sees what lies behind it. */
static enum dns_verdict
decode_cut(const uint8_t *bytes, size_t captured, size_t length, bool is_netbios)
{
	uint8_t *copy = mem_alloc(captured + 1, 1);
	enum dns_verdict verdict;

	memcpy(copy + 1, bytes, captured);
	verdict = dns_decode(copy + 1, captured, length, is_netbios, &message);
	mem_free(copy);
	return verdict;
}

static enum dns_verdict
decode(const uint8_t *bytes, size_t length)
{
	return decode_cut(bytes, length, length, false);
}

static void
assert_address(size_t index, const char *text)
{
	char buffer[ADDR_TEXT_SIZE];

	ck_assert_uint_lt(index, message.address_count);
	ck_assert_str_eq(addr_text(&message.addresses[index], buffer), text);
}

START_TEST(test_query)
{
	ck_assert_int_eq(decode(query, sizeof(query)), DNS_WHOLE);
	ck_assert_uint_eq(message.id, 0x05f4);
	ck_assert(!message.is_response);
	ck_assert(message.has_name);
	ck_assert_str_eq(message.name, "files.lab.example");
	ck_assert_uint_eq(message.type, DNS_A);
	ck_assert(!message.is_alias);
}
END_TEST

START_TEST(test_alias)
{
	ck_assert_int_eq(decode(aliased, sizeof(aliased)), DNS_WHOLE);
	ck_assert(message.is_response);
	ck_assert_uint_eq(message.rcode, 0);
	ck_assert_uint_eq(message.answer_count, 2);
	ck_assert(message.is_alias);
	ck_assert_str_eq(message.canonical, "fs1.lab.example");
	ck_assert_uint_eq(message.address_count, 1);
	assert_address(0, "10.66.1.10");
}
END_TEST

/* files -> store -> fs1, the address first and the chain backwards; another name's address is
 * nobody's. The case of names does not count. */
START_TEST(test_chain_in_any_order)
{
	static const uint8_t bytes[] = {HEADER(0x81, 0x80, 4), QUESTION_FILES, 3, 'F', 'S', '1',
	    0xc0, 0x12, TYPE_A, IN_60S, 0, 4, 10, 0, 0, 1, 1, 'x', 0xc0, 0x12, TYPE_A, IN_60S, 0, 4,
	    10, 0, 0, 2, 5, 's', 't', 'o', 'r', 'e', 0xc0, 0x12, TYPE_CNAME, IN_60S, 0, 6, FS1,
	    0xc0, 0x0c, TYPE_CNAME, IN_60S, 0, 8, 5, 's', 't', 'o', 'r', 'e', 0xc0, 0x12};

	ck_assert_int_eq(decode(bytes, sizeof(bytes)), DNS_WHOLE);
	ck_assert_str_eq(message.canonical, "fs1.lab.example");
	ck_assert_uint_eq(message.address_count, 1);
	assert_address(0, "10.0.0.1");
}
END_TEST

START_TEST(test_alias_of_itself)
{
	static const uint8_t bytes[] = {HEADER(0x81, 0x80, 2), QUESTION_FILES, 0xc0, 0x0c,
	    TYPE_CNAME, IN_60S, 0, 2, 0xc0, 0x0c, 0xc0, 0x0c, TYPE_A, IN_60S, 0, 4, 10, 0, 0, 1};

	ck_assert_int_eq(decode(bytes, sizeof(bytes)), DNS_WHOLE);
	ck_assert(message.is_alias);
	ck_assert_uint_eq(message.address_count, 1);
}
END_TEST

START_TEST(test_refusal)
{
	static const uint8_t bytes[] = {HEADER(0x83, 0x83, 0), QUESTION_FILES};

	ck_assert_int_eq(decode(bytes, sizeof(bytes)), DNS_WHOLE);
	ck_assert(message.is_truncated);
	ck_assert_uint_eq(message.rcode, 3);
	ck_assert_uint_eq(message.address_count, 0);
	ck_assert(!message.is_alias);
	ck_assert_str_eq(message.canonical, "files.lab.example");
}
END_TEST

START_TEST(test_ipv6_service_and_pointer)
{
	static const uint8_t ipv6[] = {HEADER(0x81, 0x80, 1), QUESTION_FILES, 0xc0, 0x0c, 0, 28,
	    IN_60S, 0, 16, 0xfd, 0x66, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x10};
	/* Priorities 20 and 10: the second is tried first. */
	static const uint8_t service[] = {HEADER(0x81, 0x80, 2), QUESTION_FILES, 0xc0, 0x0c, 0, 33,
	    IN_60S, 0, 10, 0, 20, 0, 0, 0, 88, 1, 'a', 0xc0, 0x12, 0xc0, 0x0c, 0, 33, IN_60S, 0, 10,
	    0, 10, 0, 0, 0, 88, 1, 'b', 0xc0, 0x12};
	static const uint8_t pointer[] = {
	    HEADER(0x81, 0x80, 1), QUESTION_FILES, 0xc0, 0x0c, 0, 12, IN_60S, 0, 6, FS1};

	ck_assert_int_eq(decode(ipv6, sizeof(ipv6)), DNS_WHOLE);
	assert_address(0, "fd66:0:0:2::10");
	ck_assert_int_eq(decode(service, sizeof(service)), DNS_WHOLE);
	ck_assert(message.has_target);
	ck_assert_str_eq(message.target, "b.lab.example");
	ck_assert_int_eq(decode(pointer, sizeof(pointer)), DNS_WHOLE);
	ck_assert_str_eq(message.target, "fs1.lab.example");
}
END_TEST

START_TEST(test_escapes_and_root)
{
	static const uint8_t odd[] = {0x05, 0xf4, QUERY, 0, 1, 0, 0, 0, 0, 0, 0, 6, 'a', '.', '\\',
	    0x1b, 0xc3, ' ', 1, 'B', 0, 0, 1, 0, 1};
	static const uint8_t root[] = {0x05, 0xf4, QUERY, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1};

	ck_assert_int_eq(decode(odd, sizeof(odd)), DNS_WHOLE);
	ck_assert_str_eq(message.name, "a\\.\\\\\\027\\195\\032.B");
	ck_assert_int_eq(decode(root, sizeof(root)), DNS_WHOLE);
	ck_assert_str_eq(message.name, ".");
}
END_TEST

/* Wherever the capture cuts, what was read before is there, and nothing else. */
START_TEST(test_cut_anywhere)
{
	for (size_t captured = 0; captured < sizeof(aliased); captured++) {
		ck_assert_int_eq(decode_cut(aliased, captured, sizeof(aliased), false), DNS_SHORT);
		ck_assert_int_eq(decode(aliased, captured), DNS_MALFORMED);
		ck_assert_int_eq(message.has_name, captured >= 35);
		ck_assert_int_eq(message.is_alias, captured >= 53);
		ck_assert_uint_eq(message.address_count, 0);
	}
}
END_TEST

static void
assert_bad_name(const uint8_t *name, size_t length)
{
	uint8_t bytes[DNS_HEADER_SIZE + 512] = {0x05, 0xf4, QUERY, 0, 1};

	ck_assert_uint_le(length, 500);
	memcpy(bytes + DNS_HEADER_SIZE, name, length);
	ck_assert_int_eq(decode(bytes, DNS_HEADER_SIZE + length + 4), DNS_MALFORMED);
	ck_assert(!message.has_name);
}

START_TEST(test_hostile_pointers)
{
	static const uint8_t itself[] = {0xc0, 0x0c};
	static const uint8_t forwards[] = {0xc0, 0x0e, 1, 'a', 0};
	static const uint8_t around[] = {1, 'a', 0xc0, 0x0c}; /* its own beginning */
	static const uint8_t obsolete[] = {0x41, 'a', 0};
	static const uint8_t outside[] = {0xff, 0xff};

	assert_bad_name(itself, sizeof(itself));
	assert_bad_name(forwards, sizeof(forwards));
	assert_bad_name(around, sizeof(around));
	assert_bad_name(obsolete, sizeof(obsolete));
	assert_bad_name(outside, sizeof(outside));
}
END_TEST

/* LABELS labels of 63 octets and one of LAST. */
static enum dns_verdict
decode_long_name(size_t labels, uint8_t last)
{
	uint8_t bytes[DNS_HEADER_SIZE + 400] = {0x05, 0xf4, QUERY, 0, 1};
	size_t at = DNS_HEADER_SIZE;

	for (size_t i = 0; i <= labels; i++) {
		uint8_t length = i < labels ? 63 : last;

		bytes[at++] = length;
		memset(bytes + at, 0xff, length);
		at += length;
	}
	return decode(bytes, at + 5);
}

/* 255 octets with the root's (RFC 1035 2.3.4), all of them escaped, and no more. */
START_TEST(test_longest_name)
{
	ck_assert_int_eq(decode_long_name(3, 61), DNS_WHOLE);
	ck_assert_uint_eq(strlen(message.name), 4 * (3 * 63 + 61) + 3);
	ck_assert_int_eq(decode_long_name(3, 62), DNS_MALFORMED);
	ck_assert_int_eq(decode_long_name(5, 1), DNS_MALFORMED);
}
END_TEST

/* Each record's owner leads to the one before it, so the last of them by thousands of steps. */
START_TEST(test_counts_that_lie)
{
	static uint8_t bytes[65535] = {HEADER(0x81, 0x80, 0), QUESTION_FILES};
	size_t at = DNS_HEADER_SIZE + 23, before = DNS_HEADER_SIZE;

	bytes[6] = bytes[7] = 0xff;
	while (at + 12 < sizeof(bytes)) {
		bytes[at] = (uint8_t)(0xc0 | before >> 8);
		bytes[at + 1] = (uint8_t)before;
		bytes[at + 3] = DNS_CNAME;
		bytes[at + 5] = 1;
		bytes[at + 11] = 2;
		bytes[at + 12] = 0xc0;
		before = at < 0x3ff0 ? at : before;
		at += 14;
	}
	ck_assert_int_eq(decode(bytes, sizeof(bytes)), DNS_WHOLE);
	ck_assert_uint_eq(message.answer_count, 65535);
	ck_assert_uint_eq(message.address_count, 0);
	/* The count lies, and the message ends after the first record. */
	memcpy(bytes, aliased, sizeof(aliased));
	bytes[7] = 3;
	ck_assert_int_eq(decode(bytes, sizeof(aliased)), DNS_MALFORMED);
	ck_assert(message.is_alias);
}
END_TEST

START_TEST(test_many_addresses)
{
	uint8_t bytes[DNS_HEADER_SIZE + 23 + 16 * (DNS_MOST_ADDRESSES + 2)] = {
	    HEADER(0x81, 0x80, DNS_MOST_ADDRESSES + 2), QUESTION_FILES};

	for (size_t i = 0; i < DNS_MOST_ADDRESSES + 2; i++) {
		const uint8_t record[] = {0xc0, 0x0c, TYPE_A, IN_60S, 0, 4, 10, 0, 0, (uint8_t)i};

		memcpy(bytes + DNS_HEADER_SIZE + 23 + 16 * i, record, sizeof(record));
	}
	ck_assert_int_eq(decode(bytes, sizeof(bytes)), DNS_WHOLE);
	ck_assert_uint_eq(message.address_count, DNS_MOST_ADDRESSES);
	assert_address(DNS_MOST_ADDRESSES - 1, "10.0.0.27");
}
END_TEST

/* "FS1", padded, and 0x20 (RFC 1001 14.1). */
#define ENCODED_FS1                                                                              \
	32, 'E', 'G', 'F', 'D', 'D', 'B', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', \
	    'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 0
#define NETBIOS(flags_high, flags_low, questions, answers) \
	0x80, 0x01, flags_high, flags_low, 0, questions, 0, answers, 0, 0, 0, 0

static enum dns_verdict
decode_netbios(const uint8_t *bytes, size_t length)
{
	return decode_cut(bytes, length, length, true);
}

START_TEST(test_netbios)
{
	static const uint8_t asked[] = {NETBIOS(0x01, 0x10, 1, 0), ENCODED_FS1, 0, 0x20, 0, 1};
	static const uint8_t found[] = {NETBIOS(0x85, 0x00, 0, 1), ENCODED_FS1, 0, 0x20, 0, 1, 0, 3,
	    0xf4, 0x80, 0, 12, 0, 0, 10, 66, 1, 10, 0, 0, 10, 66, 1, 11};
	static const uint8_t unknown[] = {
	    NETBIOS(0x85, 0x83, 0, 1), ENCODED_FS1, 0, 10, 0, 1, 0, 0, 0, 0, 0, 0};

	ck_assert_int_eq(decode_netbios(asked, sizeof(asked)), DNS_WHOLE);
	ck_assert_str_eq(message.name, "FS1");
	ck_assert_uint_eq(message.suffix, NETBIOS_SERVER);
	ck_assert_uint_eq(message.type, DNS_NB);
	ck_assert(message.is_broadcast);
	ck_assert_int_eq(decode_netbios(found, sizeof(found)), DNS_WHOLE);
	ck_assert(message.is_response);
	ck_assert_str_eq(message.name, "FS1");
	ck_assert_uint_eq(message.type, DNS_NB);
	ck_assert_uint_eq(message.address_count, 2);
	assert_address(1, "10.66.1.11");
	ck_assert_int_eq(decode_netbios(unknown, sizeof(unknown)), DNS_WHOLE);
	ck_assert_uint_eq(message.rcode, 3);
	ck_assert_uint_eq(message.type, DNS_NB);
	ck_assert_uint_eq(message.address_count, 0);
	/* Over DNS such a label is a name like any other, and an answer needs its question. */
	ck_assert_int_eq(decode(asked, sizeof(asked)), DNS_WHOLE);
	ck_assert_uint_eq(strlen(message.name), 32);
	ck_assert(!message.is_broadcast);
	ck_assert_int_eq(decode(found, sizeof(found)), DNS_WHOLE);
	ck_assert(!message.has_name);
}
END_TEST

/* "A.B", as Windows asks for a DNS name; and the name of a browser, "\\001\\002M". */
START_TEST(test_netbios_odd_names)
{
	uint8_t bytes[] = {NETBIOS(0x01, 0x10, 1, 0), ENCODED_FS1, 0, 0x20, 0, 1};

	memcpy(bytes + DNS_HEADER_SIZE + 1, "EBCOEC", 6);
	ck_assert_int_eq(decode_netbios(bytes, sizeof(bytes)), DNS_WHOLE);
	ck_assert_str_eq(message.name, "A.B");
	memcpy(bytes + DNS_HEADER_SIZE + 1, "ABACEN", 6);
	ck_assert_int_eq(decode_netbios(bytes, sizeof(bytes)), DNS_WHOLE);
	ck_assert_str_eq(message.name, "\\001\\002M");
	/* 'Q' encodes nothing. */
	memcpy(bytes + DNS_HEADER_SIZE + 1, "QBACEN", 6);
	ck_assert_int_eq(decode_netbios(bytes, sizeof(bytes)), DNS_WHOLE);
	ck_assert_uint_eq(strlen(message.name), 32);
}
END_TEST

START_TEST(test_netbios_cut)
{
	static const uint8_t found[] = {NETBIOS(0x85, 0x00, 0, 1), ENCODED_FS1, 0, 0x20, 0, 1, 0, 3,
	    0xf4, 0x80, 0, 6, 0, 0, 10, 66, 1, 10};

	for (size_t captured = 0; captured < sizeof(found); captured++) {
		ck_assert_int_eq(decode_cut(found, captured, sizeof(found), true), DNS_SHORT);
		ck_assert_int_eq(message.has_name, captured >= 56);
		ck_assert_uint_eq(message.address_count, 0);
	}
}
END_TEST

/* Any bytes end, in bounds, with texts that end. */
START_TEST(test_noise)
{
	uint8_t bytes[512];
	uint64_t state = 88172645463325252u;

	for (size_t round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			bytes[i] = (uint8_t)(i < 12 || state % 3 ? state >> 8 : 0xc0);
		}
		bytes[4] = 0;
		bytes[5] = (uint8_t)(round % 2);
		(void)decode_cut(bytes, sizeof(bytes), sizeof(bytes), round % 3 == 0);
		ck_assert_uint_lt(strnlen(message.name, DNS_NAME_SIZE), DNS_NAME_SIZE);
		ck_assert_uint_lt(strnlen(message.canonical, DNS_NAME_SIZE), DNS_NAME_SIZE);
		ck_assert_uint_lt(strnlen(message.target, DNS_NAME_SIZE), DNS_NAME_SIZE);
	}
}
END_TEST

START_TEST(test_head)
{
	static const uint8_t update[] = {0, 1, 0x28, 0, 0, 1, 0, 0, 0, 0, 0, 0};
	static const uint8_t two[] = {0, 1, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0};
	bool is_response = true;

	ck_assert(dns_is_query_head(query, sizeof(query), &is_response));
	ck_assert(!is_response);
	ck_assert(dns_is_query_head(aliased, DNS_HEADER_SIZE, &is_response));
	ck_assert(is_response);
	ck_assert(!dns_is_query_head(aliased, DNS_HEADER_SIZE - 1, &is_response));
	ck_assert(!dns_is_query_head(update, sizeof(update), &is_response));
	ck_assert(!dns_is_query_head(two, sizeof(two), &is_response));
	ck_assert_int_eq(decode(two, sizeof(two)), DNS_MALFORMED);
}
END_TEST

Suite *
dns_wire_suite(void)
{
	Suite *suite = suite_create("dns_wire");
	TCase *names = tcase_create("names");
	TCase *hostile = tcase_create("hostile");

	tcase_add_test(names, test_query);
	tcase_add_test(names, test_alias);
	tcase_add_test(names, test_chain_in_any_order);
	tcase_add_test(names, test_alias_of_itself);
	tcase_add_test(names, test_refusal);
	tcase_add_test(names, test_ipv6_service_and_pointer);
	tcase_add_test(names, test_escapes_and_root);
	tcase_add_test(names, test_netbios);
	tcase_add_test(names, test_netbios_odd_names);
	tcase_add_test(names, test_head);
	tcase_add_test(hostile, test_cut_anywhere);
	tcase_add_test(hostile, test_netbios_cut);
	tcase_add_test(hostile, test_hostile_pointers);
	tcase_add_test(hostile, test_longest_name);
	tcase_add_test(hostile, test_counts_that_lie);
	tcase_add_test(hostile, test_many_addresses);
	tcase_add_test(hostile, test_noise);
	suite_add_tcase(suite, names);
	suite_add_tcase(suite, hostile);
	return suite;
}
