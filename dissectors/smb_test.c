#include "dissectors/smb.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2.h"
#include "dissectors/smb_bench.h"
#include "dissectors/spnego_samples.h"

Suite *smb_suite(void);

static const uint16_t dialects_2x_3x[] = {0x0202, 0x0210, 0x0300, 0x0302};

START_TEST(test_answered)
{
	struct bench *bench = bench_open();
	const struct smb_negotiate *negotiate;

	put_smb2(bench, SMB2_NEGOTIATE, 0, 0, 0, 0, 0);
	put_negotiate(bench, dialects_2x_3x, 4, 0x7f);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, STATUS_SUCCESS, 0, 0, 0);
	put_negotiated(bench, 0x0302, 0x67);
	send_message(bench, SERVER);
	negotiate = only_of(bench, &smb_negotiate_type);
	ck_assert_int_eq(negotiate->base.outcome, OUTCOME_ANSWERED);
	ck_assert_uint_eq(negotiate->base.request_frame, 1);
	ck_assert_uint_eq(negotiate->base.answer_frame, 2);
	assert_number(negotiate->request_protocol, SMB_PROTOCOL_SMB2);
	assert_number(negotiate->answer_protocol, SMB_PROTOCOL_SMB2);
	assert_number(negotiate->dialect, 0x0302);
	assert_number(negotiate->status, STATUS_SUCCESS);
	assert_number(negotiate->capabilities, 0x7f);
	assert_number(negotiate->server_capabilities, 0x67);
	assert_number(negotiate->client_can_encrypt, true);
	assert_number(negotiate->has_encryption_context, false);
	ck_assert(!negotiate->ciphers.is_known);
	ck_assert_uint_eq(negotiate->dialects.count, 4);
	ck_assert_uint_eq(negotiate->dialects.values[2], 0x0300);
	ck_assert_str_eq(negotiate->client_guid, "45494c43-544e-5547-4944-434c49454e54");
	ck_assert_str_eq(bench->facts.dialect, "3.0.2");
	ck_assert(bench->facts.has_server_guid);
	ck_assert_mem_eq(bench->facts.server_guid, "SERVERGUIDSERVER", 16);
	ck_assert_int_eq(bench->facts.step, STEP_NEGOTIATED);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert(negotiate->base.is_last);
	bench_close(bench);
}
END_TEST

/* [MS-SMB2] 3.3.5.3.1: SMB1 is answered with 0x02FF, then SMB2 goes on with MessageId 1. */
START_TEST(test_offered_mechanisms)
{
	struct bench *bench = bench_open();
	const struct smb_negotiate *negotiate;

	put_smb2(bench, SMB2_NEGOTIATE, 0, 0, 0, 0, 0);
	put_negotiate(bench, dialects_2x_3x, 4, 0x7f);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, STATUS_SUCCESS, 0, 0, 0);
	put_negotiated(bench, 0x0302, 0x67);
	patch(bench, bench->length - 6, 2, sizeof(token_init_windows)); /* SecurityBufferLength */
	put_bytes(bench, token_init_windows, sizeof(token_init_windows));
	send_message(bench, SERVER);
	negotiate = only_of(bench, &smb_negotiate_type);
	ck_assert_str_eq(negotiate->server_mechanism, "NegoEx");
	ck_assert_str_eq(negotiate->server_mechanisms, "NegoEx, Kerberos, NTLMSSP");
	ck_assert_str_eq(negotiate->hint_name, "not_defined_in_RFC4178@please_ignore");
	bench_close(bench);
}
END_TEST

START_TEST(test_two_step)
{
	struct bench *bench = bench_open();
	const struct smb_negotiate *first, *second;

	put_smb1(bench, SMB_COM_NEGOTIATE, 0, 0, 0, 0xffff, 7);
	put_smb1_negotiate(bench, "NT LM 0.12\0SMB 2.002\0SMB 2.???\0");
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, STATUS_SUCCESS, 0, 0, 0);
	put_negotiated(bench, SMB2_DIALECT_WILDCARD, 1);
	send_message(bench, SERVER);
	first = only_of(bench, &smb_negotiate_type);
	assert_number(first->request_protocol, SMB_PROTOCOL_SMB1);
	assert_number(first->answer_protocol, SMB_PROTOCOL_SMB2);
	ck_assert(first->is_multi_protocol);
	ck_assert_str_eq(first->smb1_dialects, "NT LM 0.12, SMB 2.002, SMB 2.???");
	assert_number(first->dialect, SMB2_DIALECT_WILDCARD);
	ck_assert(!first->client_can_encrypt.is_known);
	ck_assert_ptr_null(bench->facts.dialect);

	put_smb2(bench, SMB2_NEGOTIATE, 0, 0, 1, 0, 0);
	put_negotiate(bench, dialects_2x_3x, 2, 0);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, STATUS_SUCCESS, 1, 0, 0);
	put_negotiated(bench, 0x0210, 1);
	send_message(bench, SERVER);
	ck_assert_uint_eq(count_of(bench, &smb_negotiate_type), 2);
	second = exchange_of(bench, &smb_negotiate_type, 1);
	ck_assert_uint_eq(second->base.request_frame, 3);
	ck_assert(!second->is_renegotiation);
	assert_number(second->client_can_encrypt, false);
	ck_assert_str_eq(bench->facts.dialect, "2.1");
	bench_end(bench, OUTCOME_UNKNOWN, ENDED_BY_CAPTURE);
	ck_assert(!first->base.is_last);
	ck_assert(second->base.is_last);
	ck_assert_uint_eq(bench->ledger.count, 2);
	bench_close(bench);
}
END_TEST

/* A multi-protocol request answered with 2.0.2 at once: nothing of 3.x was ever offered. */
START_TEST(test_smb1_to_202)
{
	struct bench *bench = bench_open();
	const struct smb_negotiate *negotiate;

	put_smb1(bench, SMB_COM_NEGOTIATE, 0, 0, 0, 0xffff, 7);
	put_smb1_negotiate(bench, "NT LM 0.12\0SMB 2.002\0");
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, STATUS_SUCCESS, 0, 0, 0);
	put_negotiated(bench, SMB2_DIALECT_202, 1);
	send_message(bench, SERVER);
	negotiate = only_of(bench, &smb_negotiate_type);
	assert_number(negotiate->dialect, SMB2_DIALECT_202);
	assert_number(negotiate->client_can_encrypt, false);
	bench_close(bench);
}
END_TEST

static const struct ending_case {
	enum outcome ending;
	enum ended_by by;
	bool has_gap;
	enum side gap;
	enum outcome outcome;
	enum doubt doubt;
} ending_cases[] = {
    {OUTCOME_RESET, ENDED_BY_CLIENT, false, SERVER, OUTCOME_RESET, DOUBT_NONE},
    {OUTCOME_CLOSED, ENDED_BY_SERVER, false, SERVER, OUTCOME_CLOSED, DOUBT_NONE},
    {OUTCOME_UNANSWERED, ENDED_BY_CLIENT, false, SERVER, OUTCOME_UNANSWERED, DOUBT_NONE},
    {OUTCOME_UNKNOWN, ENDED_BY_CAPTURE, false, SERVER, OUTCOME_UNKNOWN, DOUBT_CAPTURE_ENDED},
    {OUTCOME_RESET, ENDED_BY_CLIENT, true, SERVER, OUTCOME_UNKNOWN, DOUBT_PACKETS_MISSING},
    {OUTCOME_RESET, ENDED_BY_CLIENT, true, CLIENT, OUTCOME_RESET, DOUBT_NONE},
};

START_TEST(test_unanswered)
{
	const struct ending_case *test = &ending_cases[_i];
	struct bench *bench = bench_open();
	const struct smb_negotiate *negotiate;

	put_smb2(bench, SMB2_NEGOTIATE, 0, 0, 0, 0, 0);
	put_negotiate(bench, dialects_2x_3x, 4, 0x7f);
	send_message(bench, CLIENT);
	if (test->has_gap)
		nbss_dissector.gap(bench->state, test->gap, DOUBT_PACKETS_MISSING);
	bench_end(bench, test->ending, test->by);
	negotiate = only_of(bench, &smb_negotiate_type);
	ck_assert_int_eq(negotiate->base.outcome, test->outcome);
	ck_assert_int_eq(negotiate->base.ended_by, test->by);
	ck_assert_int_eq(negotiate->base.doubt, test->doubt);
	ck_assert_int_eq(negotiate->base.waited, 1000 * BENCH_MS);
	ck_assert(!negotiate->status.is_known);
	bench_close(bench);
}
END_TEST

static const struct missing_case {
	bool is_begun_before, has_gap;
	enum doubt doubt;
} missing_cases[] = {
    {true, false, DOUBT_BEGAN_BEFORE_CAPTURE},
    {true, true, DOUBT_PACKETS_MISSING},
    {false, false, DOUBT_PACKETS_MISSING},
};

START_TEST(test_request_not_captured)
{
	const struct missing_case *test = &missing_cases[_i];
	struct bench *bench = bench_open();
	const struct smb_negotiate *negotiate;

	bench->facts.is_begun_before = test->is_begun_before;
	if (test->has_gap)
		nbss_dissector.gap(bench->state, CLIENT, DOUBT_PACKETS_MISSING);
	put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, STATUS_NOT_FOUND, 0, 0, 0);
	put_error(bench);
	send_message(bench, SERVER);
	negotiate = only_of(bench, &smb_negotiate_type);
	ck_assert_int_eq(negotiate->base.outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(negotiate->base.doubt, test->doubt);
	ck_assert_uint_eq(negotiate->base.request_frame, 0);
	assert_number(negotiate->status, STATUS_NOT_FOUND);
	ck_assert(!negotiate->dialect.is_known);
	ck_assert_int_eq(bench->facts.step, STEP_NONE);
	bench_close(bench);
}
END_TEST

START_TEST(test_renegotiation)
{
	struct bench *bench = bench_open();
	const struct smb_negotiate *second;

	for (uint64_t id = 0; id < 2; id++) {
		put_smb2(bench, SMB2_NEGOTIATE, 0, 0, id, 0, 0);
		put_negotiate(bench, dialects_2x_3x, 4, 0x7f);
		send_message(bench, CLIENT);
		if (id != 0)
			break;
		put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, STATUS_SUCCESS, id, 0, 0);
		put_negotiated(bench, 0x0302, 0x67);
		send_message(bench, SERVER);
	}
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	second = exchange_of(bench, &smb_negotiate_type, 1);
	ck_assert(second->is_renegotiation);
	ck_assert_int_eq(second->base.outcome, OUTCOME_RESET);
	bench_close(bench);
}
END_TEST

/* A server of SMB1 alone may answer SMB2 in its own words. */
START_TEST(test_smb2_answered_in_smb1)
{
	struct bench *bench = bench_open();
	const struct smb_negotiate *negotiate;

	put_smb2(bench, SMB2_NEGOTIATE, 0, 0, 0, 0, 0);
	put_negotiate(bench, dialects_2x_3x, 4, 0);
	send_message(bench, CLIENT);
	put_smb1(bench, SMB_COM_NEGOTIATE, SMB_FLAGS_REPLY, 0, 0, 0, 7);
	put(bench, 1, 1);
	put(bench, 2, 0xffff);
	put(bench, 2, 0);
	send_message(bench, SERVER);
	negotiate = only_of(bench, &smb_negotiate_type);
	assert_number(negotiate->request_protocol, SMB_PROTOCOL_SMB2);
	assert_number(negotiate->answer_protocol, SMB_PROTOCOL_SMB1);
	assert_number(negotiate->smb1_dialect_index, 0xffff);
	ck_assert_uint_eq(negotiate->base.request_frame, 1);
	bench_close(bench);
}
END_TEST

START_TEST(test_most_negotiates)
{
	struct bench *bench = bench_open();

	for (uint64_t id = 0; id < SMB_MOST_NEGOTIATES + 3; id++) {
		put_smb2(bench, SMB2_NEGOTIATE, 0, 0, id, 0, 0);
		put_negotiate(bench, dialects_2x_3x, 4, 0);
		send_message(bench, CLIENT);
	}
	ck_assert_uint_eq(bench->ledger.count, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(bench->ledger.items[i]->outcome, OUTCOME_UNKNOWN);
		ck_assert_int_eq(bench->ledger.items[i]->doubt, DOUBT_PACKETS_MISSING);
	}
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	ck_assert_uint_eq(bench->ledger.count, SMB_MOST_NEGOTIATES + 3);
	bench_close(bench);
}
END_TEST

static const struct path_case {
	const char *path, *host, *share;
} path_cases[] = {
    {"\\\\fs1\\data", "fs1", "data"},
    {"\\\\fs1\\data\\dir", "fs1", "data"},
    {"\\\\fs1\\", "fs1", ""},
    {"fs1\\data", "fs1", "data"},
    {"data", NULL, "data"},
    {"\\\\", NULL, NULL},
    {"", NULL, NULL},
};

static void
assert_text(const char *text, const char *expected)
{
	ck_assert_int_eq(text == NULL, expected == NULL);
	if (expected != NULL)
		ck_assert_str_eq(text, expected);
}

START_TEST(test_split_path)
{
	const struct path_case *test = &path_cases[_i];
	struct arena arena = {0};
	const char *host = NULL, *share = NULL;

	smb_split_path(&arena, test->path, &host, &share);
	assert_text(host, test->host);
	assert_text(share, test->share);
	arena_free(&arena);
}
END_TEST

static const struct share_case {
	const char *share;
	bool is_ipc, is_admin;
} share_cases[] = {
    {"IPC$", true, false},
    {"ipc$", true, false},
    {"ADMIN$", false, true},
    {"C$", false, true},
    {"data", false, false},
    {"", false, false},
};

START_TEST(test_classify_share)
{
	const struct share_case *test = &share_cases[_i];
	struct number is_ipc = {0}, is_admin = {0};

	smb_classify_share(NULL, &is_ipc, &is_admin);
	ck_assert(!is_ipc.is_known && !is_admin.is_known);
	smb_classify_share(test->share, &is_ipc, &is_admin);
	assert_number(is_ipc, test->is_ipc);
	assert_number(is_admin, test->is_admin);
}
END_TEST

Suite *
smb_suite(void)
{
	Suite *suite = suite_create("smb");
	TCase *tests = tcase_create("negotiate");

	tcase_add_test(tests, test_answered);
	tcase_add_test(tests, test_offered_mechanisms);
	tcase_add_test(tests, test_two_step);
	tcase_add_test(tests, test_smb1_to_202);
	tcase_add_loop_test(tests, test_unanswered, 0, COUNT(ending_cases));
	tcase_add_loop_test(tests, test_request_not_captured, 0, COUNT(missing_cases));
	tcase_add_test(tests, test_renegotiation);
	tcase_add_test(tests, test_smb2_answered_in_smb1);
	tcase_add_test(tests, test_most_negotiates);
	tcase_add_loop_test(tests, test_split_path, 0, COUNT(path_cases));
	tcase_add_loop_test(tests, test_classify_share, 0, COUNT(share_cases));
	suite_add_tcase(suite, tests);
	return suite;
}
