#include "dissectors/smb2_interfaces.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb_bench.h"

Suite *smb2_interfaces_suite(void);

#define ENTRY 152 /* bytes of a NETWORK_INTERFACE_INFO */

static const uint8_t v4[] = {10, 1, 0, 1}, other_v4[] = {10, 1, 0, 2};
static const uint8_t v6[] = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};

/* One entry, as [MS-SMB2] 2.2.32.5 writes it. */
static void
put_interface(
    struct bench *bench, uint32_t next, uint16_t family, const uint8_t *addr, size_t length)
{
	put(bench, 4, next);
	put(bench, 4, 4);          /* IfIndex */
	put(bench, 4, 1);          /* Capability: RSS */
	put(bench, 4, 0);          /* Reserved */
	put(bench, 8, 1000000000); /* LinkSpeed */
	put(bench, 2, family);
	put(bench, length == 16 ? 6 : 2, 0); /* Port, FlowInfo */
	put_bytes(bench, addr, length);
	put(bench, ENTRY - 24 - 2 - (length == 16 ? 6 : 2) - length, 0);
}

static void
ask(struct bench *bench)
{
	put_smb2(bench, SMB2_IOCTL, SMB2_FLAGS_SIGNED, 0, 4, 0x41, 5);
	put_ioctl(bench, FSCTL_QUERY_NETWORK_INTERFACE_INFO, 0);
	send_message(bench, CLIENT);
}

static void
begin_answer(struct bench *bench, uint32_t length)
{
	put_smb2(bench, SMB2_IOCTL, RESPONSE, STATUS_SUCCESS, 4, 0x41, 5);
	put(bench, 4, 49);
	put(bench, 4, FSCTL_QUERY_NETWORK_INTERFACE_INFO);
	put(bench, 16, UINT64_MAX); /* FileId */
	put(bench, 4, 112);
	put(bench, 4, 0);
	put(bench, 4, 112);
	put(bench, 4, length);
	put(bench, 8, 0);
}

static void
answer(struct bench *bench)
{
	begin_answer(bench, 4 * ENTRY);
	put_interface(bench, ENTRY, 0x0002, v4, sizeof(v4));
	put_interface(bench, ENTRY, 0x0017, v6, sizeof(v6));
	put_interface(bench, ENTRY, 0x0002, v4, sizeof(v4));
	put_interface(bench, 0, 0x0002, other_v4, sizeof(other_v4));
	send_message(bench, SERVER);
}

static void
assert_addresses(const struct bench *bench)
{
	const struct addr expected[] = {addr_ipv4(v4), addr_ipv6(v6), addr_ipv4(other_v4)};

	ck_assert_uint_eq(bench->facts.server_address_count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++)
		ck_assert(addr_equal(&bench->facts.server_addresses[i], &expected[i]));
	ck_assert_int_eq(bench->facts.server_addresses_time, bench->time);
}

START_TEST(test_listed)
{
	struct bench *bench = bench_open();
	const struct smb2_network_interfaces *exchange;

	ask(bench);
	answer(bench);
	assert_addresses(bench);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	exchange = only_of(bench, &smb2_network_interfaces_type);
	ck_assert_int_eq(exchange->base.outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(exchange->base.waited, BENCH_MS);
	ck_assert_uint_eq(exchange->base.request_frame, 1);
	ck_assert_uint_eq(exchange->base.answer_frame, 2);
	ck_assert(exchange->base.is_last);
	assert_number(exchange->count, 4);
	assert_number(exchange->session_id, 0x41);
	ck_assert_str_eq(exchange->addresses, "10.1.0.1, fe80::9, 10.1.0.2");
	bench_close(bench);
}
END_TEST

START_TEST(test_request_not_captured)
{
	struct bench *bench = bench_open();
	const struct smb2_network_interfaces *exchange;

	answer(bench);
	assert_addresses(bench);
	exchange = only_of(bench, &smb2_network_interfaces_type);
	ck_assert_uint_eq(exchange->base.request_frame, 0);
	ck_assert_int_eq(exchange->base.doubt, DOUBT_PACKETS_MISSING);
	bench_close(bench);
}
END_TEST

/* A refusal is that of any IOCTL. */
START_TEST(test_refused)
{
	struct bench *bench = bench_open();

	ask(bench);
	put_smb2(bench, SMB2_IOCTL, RESPONSE, STATUS_ACCESS_DENIED, 4, 0x41, 5);
	put_error(bench);
	send_message(bench, SERVER);
	ck_assert_uint_eq(count_of(bench, &smb2_network_interfaces_type), 0);
	ck_assert_uint_eq(bench->facts.server_address_count, 0);
	bench_close(bench);
}
END_TEST

static const struct {
	uint32_t next;     /* of the first entry */
	uint32_t length;   /* of the output, both entries there */
	uint64_t expected; /* entries read */
} broken_cases[] = {
    {ENTRY, 2 * ENTRY, 2},
    {ENTRY, 2 * ENTRY - 1, 1}, /* the second is cut */
    {2 * ENTRY, 2 * ENTRY, 1}, /* nothing there */
    {UINT32_MAX, 2 * ENTRY, 1},
    {1, 2 * ENTRY, 0}, /* overlaps itself */
    {0, 2 * ENTRY, 1},
    {ENTRY, 0, 0},
    {ENTRY, ENTRY - 1, 0},
};

START_TEST(test_broken)
{
	struct bench *bench = bench_open();
	const struct smb2_network_interfaces *exchange;

	begin_answer(bench, broken_cases[_i].length);
	put_interface(bench, broken_cases[_i].next, 0x0002, v4, sizeof(v4));
	put_interface(bench, 0, 0x0002, other_v4, sizeof(other_v4));
	send_message(bench, SERVER);
	exchange = only_of(bench, &smb2_network_interfaces_type);
	assert_number(exchange->count, broken_cases[_i].expected);
	ck_assert_uint_eq(bench->facts.server_address_count, broken_cases[_i].expected);
	bench_close(bench);
}
END_TEST

/* One of them is of a family without addresses. */
START_TEST(test_many)
{
	struct bench *bench = bench_open();
	uint8_t addr[] = {10, 2, 0, 0};

	begin_answer(bench, 20 * ENTRY);
	put_interface(bench, ENTRY, 0x0001, v4, sizeof(v4));
	for (addr[3] = 1; addr[3] < 20; addr[3]++)
		put_interface(bench, addr[3] == 19 ? 0 : ENTRY, 0x0002, addr, sizeof(addr));
	send_message(bench, SERVER);
	ck_assert_uint_eq(bench->facts.server_address_count, 19);
	bench_close(bench);
}
END_TEST

Suite *
smb2_interfaces_suite(void)
{
	Suite *suite = suite_create("smb2_interfaces");
	TCase *tests = tcase_create("interfaces");

	tcase_add_test(tests, test_listed);
	tcase_add_test(tests, test_request_not_captured);
	tcase_add_test(tests, test_refused);
	tcase_add_loop_test(tests, test_broken, 0, (int)COUNT(broken_cases));
	tcase_add_test(tests, test_many);
	suite_add_tcase(suite, tests);
	return suite;
}
