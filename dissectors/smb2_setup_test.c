#include "dissectors/smb2_setup.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2.h"
#include "dissectors/smb_bench.h"

Suite *smb2_setup_suite(void);

#define SESSION 0x100000000041u

static const uint16_t dialects[] = {0x0210, 0x0300};

static void
negotiate(struct bench *bench)
{
	put_smb2(bench, SMB2_NEGOTIATE, 0, 0, 0, 0, 0);
	put_negotiate(bench, dialects, 2, SMB2_GLOBAL_CAP_ENCRYPTION);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, STATUS_SUCCESS, 0, 0, 0);
	put_negotiated(bench, 0x0300, 0);
	send_message(bench, SERVER);
}

/* The first leg of NTLM and its challenge. */
static void
first_leg(struct bench *bench)
{
	put_smb2(bench, SMB2_SESSION_SETUP, 0, 0, 1, 0, 0);
	put_session_setup(bench, 0, 1);
	send_message(bench, CLIENT);
	put_smb2(
	    bench, SMB2_SESSION_SETUP, RESPONSE, STATUS_MORE_PROCESSING_REQUIRED, 1, SESSION, 0);
	put_session_answer(bench, 0, 2);
	send_message(bench, SERVER);
}

static void
second_request(struct bench *bench)
{
	put_smb2(bench, SMB2_SESSION_SETUP, 0, 0, 2, SESSION, 0);
	put_session_setup(bench, 0, 3);
	send_message(bench, CLIENT);
}

static void
second_answer(struct bench *bench, uint32_t status, uint16_t session_flags)
{
	put_smb2(bench, SMB2_SESSION_SETUP, RESPONSE | SMB2_FLAGS_SIGNED, status, 2, SESSION, 0);
	if (status == STATUS_SUCCESS)
		put_session_answer(bench, session_flags, 0);
	else
		put_error(bench);
	send_message(bench, SERVER);
}

static void
authenticate(struct bench *bench, uint16_t session_flags)
{
	negotiate(bench);
	first_leg(bench);
	second_request(bench);
	second_answer(bench, STATUS_SUCCESS, session_flags);
}

START_TEST(test_two_legs)
{
	struct bench *bench = bench_open();
	const struct smb2_session_setup *setup;

	authenticate(bench, SMB2_SESSION_FLAG_IS_GUEST);
	setup = only_of(bench, &smb2_session_setup_type);
	ck_assert_int_eq(setup->base.outcome, OUTCOME_ANSWERED);
	ck_assert_uint_eq(setup->base.request_frame, 3);
	ck_assert_uint_eq(setup->base.answer_frame, 6);
	ck_assert_uint_eq(setup->first_leg_frame, 3);
	ck_assert_uint_eq(setup->legs, 2);
	ck_assert_int_eq(setup->base.waited, 3 * BENCH_MS);
	assert_number(setup->status, STATUS_SUCCESS);
	assert_number(setup->session_id, SESSION);
	assert_number(setup->is_guest, true);
	assert_number(setup->is_signed, true);
	assert_number(setup->is_signing_required, false);
	assert_number(setup->dialect, 0x0300);
	assert_number(setup->client_can_encrypt, true);
	ck_assert_str_eq(setup->authentication.mechanism, "NTLMSSP");
	ck_assert_str_eq(setup->authentication.leg, "NTLMSSP_AUTHENTICATE");
	ck_assert_ptr_null(setup->authentication.answer_leg);
	ck_assert(!setup->is_reauthentication && !setup->is_binding);
	ck_assert_int_eq(setup->authentication.skew, -1);
	ck_assert_int_eq(bench->facts.step, STEP_AUTHENTICATED);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert(setup->base.is_last);
	bench_close(bench);
}
END_TEST

START_TEST(test_refused)
{
	struct bench *bench = bench_open();
	const struct smb2_session_setup *setup;

	negotiate(bench);
	first_leg(bench);
	second_request(bench);
	second_answer(bench, STATUS_LOGON_FAILURE, 0);
	setup = only_of(bench, &smb2_session_setup_type);
	assert_number(setup->status, STATUS_LOGON_FAILURE);
	ck_assert(!setup->session_flags.is_known && !setup->is_guest.is_known);
	ck_assert_int_eq(bench->facts.step, STEP_NEGOTIATED);
	bench_close(bench);
}
END_TEST

/* The wait counts from the leg that nobody answered. */
START_TEST(test_second_leg_unanswered)
{
	struct bench *bench = bench_open();
	const struct smb2_session_setup *setup;

	negotiate(bench);
	first_leg(bench);
	second_request(bench);
	ck_assert_uint_eq(count_of(bench, &smb2_session_setup_type), 0);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_CLIENT);
	setup = only_of(bench, &smb2_session_setup_type);
	ck_assert_int_eq(setup->base.outcome, OUTCOME_RESET);
	ck_assert_uint_eq(setup->base.request_frame, 5);
	ck_assert_uint_eq(setup->base.answer_frame, 0);
	ck_assert_uint_eq(setup->first_leg_frame, 3);
	ck_assert_int_eq(setup->base.waited, 1000 * BENCH_MS);
	ck_assert_str_eq(setup->authentication.leg, "NTLMSSP_AUTHENTICATE");
	ck_assert(!setup->status.is_known);
	ck_assert(!setup->base.is_delivered);
	ck_assert(setup->base.is_last);
	bench_close(bench);
}
END_TEST

START_TEST(test_given_up_after_challenge)
{
	struct bench *bench = bench_open();
	const struct smb2_session_setup *setup;

	negotiate(bench);
	first_leg(bench);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	setup = only_of(bench, &smb2_session_setup_type);
	ck_assert_int_eq(setup->base.outcome, OUTCOME_ANSWERED);
	assert_number(setup->status, STATUS_MORE_PROCESSING_REQUIRED);
	ck_assert_str_eq(setup->authentication.answer_leg, "NTLMSSP_CHALLENGE");
	bench_close(bench);
}
END_TEST

/* What the client does while its second leg has no answer in the capture. */
static void
go_on(struct bench *bench, uint16_t command)
{
	put_smb2(bench, command, 0, 0, 3, SESSION, 0);
	if (command == SMB2_TREE_CONNECT)
		put_tree_connect(bench, "\\\\fs1\\data");
	else
		put_body(bench, 4);
	send_message(bench, CLIENT);
}

/* A client that goes on with a session was let in, whatever the capture lacks; one that leaves, or
 * asks whether the server lives, was not. */
START_TEST(test_client_goes_on)
{
	static const struct {
		uint16_t command;
		enum outcome outcome;
		enum doubt doubt;
	} rows[] = {
	    {SMB2_TREE_CONNECT, OUTCOME_UNKNOWN, DOUBT_PACKETS_MISSING},
	    {SMB2_LOGOFF, OUTCOME_RESET, DOUBT_NONE},
	    {SMB2_ECHO, OUTCOME_RESET, DOUBT_NONE},
	};
	struct bench *bench = bench_open();
	const struct smb2_session_setup *setup;

	negotiate(bench);
	first_leg(bench);
	second_request(bench);
	go_on(bench, rows[_i].command);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_CLIENT);
	setup = only_of(bench, &smb2_session_setup_type);
	ck_assert_int_eq(setup->base.outcome, rows[_i].outcome);
	ck_assert_int_eq(setup->base.doubt, rows[_i].doubt);
	bench_close(bench);
}
END_TEST

/* A gap took the second request: its answer still ends the exchange. */
START_TEST(test_second_request_lost)
{
	struct bench *bench = bench_open();
	const struct smb2_session_setup *setup;

	negotiate(bench);
	first_leg(bench);
	nbss_dissector.gap(bench->state, CLIENT, DOUBT_PACKETS_MISSING);
	second_answer(bench, STATUS_SUCCESS, 0);
	setup = only_of(bench, &smb2_session_setup_type);
	ck_assert_uint_eq(setup->base.request_frame, 3);
	assert_number(setup->status, STATUS_SUCCESS);
	bench_close(bench);
}
END_TEST

/* The capture begins between the legs. */
START_TEST(test_first_request_lost)
{
	struct bench *bench = bench_open();
	const struct smb2_session_setup *setup;

	bench->facts.is_begun_before = true;
	put_smb2(
	    bench, SMB2_SESSION_SETUP, RESPONSE, STATUS_MORE_PROCESSING_REQUIRED, 1, SESSION, 0);
	put_session_answer(bench, 0, 2);
	send_message(bench, SERVER);
	second_request(bench);
	second_answer(bench, STATUS_SUCCESS, 0);
	setup = only_of(bench, &smb2_session_setup_type);
	ck_assert_uint_eq(setup->base.request_frame, 2);
	ck_assert_uint_eq(setup->base.answer_frame, 3);
	ck_assert_int_eq(setup->base.doubt, DOUBT_NONE);
	ck_assert(!setup->is_signing_required.is_known);
	ck_assert(!setup->client_can_encrypt.is_known);
	bench_close(bench);
}
END_TEST

START_TEST(test_reauthentication_and_binding)
{
	struct bench *bench = bench_open();
	const struct smb2_session_setup *setup;

	authenticate(bench, 0);
	put_smb2(bench, SMB2_SESSION_SETUP, SMB2_FLAGS_SIGNED, 0, 3, SESSION, 0);
	put_session_setup(bench, 0, 1);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_SESSION_SETUP, SMB2_FLAGS_SIGNED, 0, 4, SESSION + 1, 0);
	put_session_setup(bench, SMB2_SESSION_FLAG_BINDING, 1);
	send_message(bench, CLIENT);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	setup = exchange_of(bench, &smb2_session_setup_type, 1);
	ck_assert(setup->is_reauthentication && !setup->is_binding);
	ck_assert(setup->is_request_signed);
	ck_assert(!setup->base.is_last);
	setup = exchange_of(bench, &smb2_session_setup_type, 2);
	ck_assert(!setup->is_reauthentication && setup->is_binding);
	ck_assert(setup->base.is_last);
	bench_close(bench);
}
END_TEST

static void
connect_tree(struct bench *bench, uint64_t id, const char *path, uint32_t tree_id)
{
	put_smb2(bench, SMB2_TREE_CONNECT, SMB2_FLAGS_SIGNED, 0, id, SESSION, 0);
	put_tree_connect(bench, path);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_TREE_CONNECT, RESPONSE, STATUS_SUCCESS, id, SESSION, tree_id);
	put_tree(bench, SMB2_SHARE_TYPE_DISK, 0x8000);
	send_message(bench, SERVER);
}

START_TEST(test_tree_connected)
{
	struct bench *bench = bench_open();
	const struct smb2_tree_connect *tree;

	authenticate(bench, SMB2_SESSION_FLAG_ENCRYPT_DATA);
	connect_tree(bench, 3, "\\\\fs1\\data", 5);
	tree = only_of(bench, &smb2_tree_connect_type);
	ck_assert_str_eq(tree->path, "\\\\fs1\\data");
	ck_assert_str_eq(tree->host, "fs1");
	ck_assert_str_eq(tree->share, "data");
	assert_number(tree->status, STATUS_SUCCESS);
	assert_number(tree->share_type, SMB2_SHARE_TYPE_DISK);
	assert_number(tree->share_flags, 0x8000);
	assert_number(tree->tree_id, 5);
	assert_number(tree->session_id, SESSION);
	assert_number(tree->is_ipc, false);
	assert_number(tree->is_guest, false);
	assert_number(tree->is_anonymous, false);
	assert_number(tree->is_session_encrypted, true);
	assert_number(tree->is_signed, false);
	ck_assert(tree->is_request_signed);
	ck_assert_int_eq(bench->facts.step, STEP_TREE_CONNECTED);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	ck_assert(tree->is_open_at_end);
	ck_assert(tree->base.is_last);
	bench_close(bench);
}
END_TEST

static const struct farewell_case {
	uint16_t command;
	uint32_t tree_id;
	bool is_open_at_end;
} farewell_cases[] = {
    {SMB2_TREE_DISCONNECT, 5, false},
    {SMB2_TREE_DISCONNECT, 6, true},
    {SMB2_LOGOFF, 0, false},
    {SMB2_ECHO, 0, true},
};

START_TEST(test_farewell)
{
	const struct farewell_case *test = &farewell_cases[_i];
	struct bench *bench = bench_open();
	const struct smb2_tree_connect *tree;

	authenticate(bench, 0);
	connect_tree(bench, 3, "\\\\fs1\\data", 5);
	put_smb2(bench, test->command, 0, 0, 4, SESSION, test->tree_id);
	put_body(bench, 4);
	send_message(bench, CLIENT);
	put_smb2(bench, test->command, RESPONSE, STATUS_SUCCESS, 4, SESSION, test->tree_id);
	put_body(bench, 4);
	send_message(bench, SERVER);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	tree = only_of(bench, &smb2_tree_connect_type);
	ck_assert_int_eq(tree->is_open_at_end, test->is_open_at_end);
	ck_assert(tree->base.is_last);
	ck_assert_uint_eq(count_of(bench, &smb2_request_type), test->command == SMB2_LOGOFF);
	bench_close(bench);
}
END_TEST

START_TEST(test_tree_refused)
{
	struct bench *bench = bench_open();
	const struct smb2_tree_connect *tree;

	authenticate(bench, 0);
	put_smb2(bench, SMB2_TREE_CONNECT, 0, 0, 3, SESSION, 0);
	put_tree_connect(bench, "\\\\cluster\\ADMIN$");
	send_message(bench, CLIENT);
	/* [MS-SMB2] 2.2.2.1: one error context. */
	put_smb2(bench, SMB2_TREE_CONNECT, RESPONSE, STATUS_SMB_BAD_CLUSTER_DIALECT, 3, SESSION, 0);
	put(bench, 2, 9);
	put(bench, 2, 1);
	put(bench, 4, 10);
	put(bench, 4, 2);
	put(bench, 4, 0);
	put(bench, 2, 0x0302);
	send_message(bench, SERVER);
	tree = only_of(bench, &smb2_tree_connect_type);
	assert_number(tree->status, STATUS_SMB_BAD_CLUSTER_DIALECT);
	assert_number(tree->error_id, 0);
	assert_number(tree->max_cluster_dialect, 0x0302);
	assert_number(tree->is_admin_share, true);
	ck_assert(!tree->tree_id.is_known);
	ck_assert_int_eq(bench->facts.step, STEP_AUTHENTICATED);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert(!tree->is_open_at_end);
	bench_close(bench);
}
END_TEST

/* The snap length cuts the path and the answer's body; the status is there. */
START_TEST(test_cut)
{
	struct bench *bench = bench_open();
	const struct smb2_tree_connect *tree;

	authenticate(bench, 0);
	put_smb2(bench, SMB2_TREE_CONNECT, 0, 0, 3, SESSION, 0);
	put_tree_connect(bench, "\\\\fs1\\data");
	send_cut(bench, CLIENT, 80);
	put_smb2(bench, SMB2_TREE_CONNECT, RESPONSE, STATUS_ACCESS_DENIED, 3, SESSION, 0);
	put_error(bench);
	send_cut(bench, SERVER, 40);
	tree = only_of(bench, &smb2_tree_connect_type);
	ck_assert_ptr_null(tree->path);
	ck_assert(!tree->is_ipc.is_known);
	assert_number(tree->status, STATUS_ACCESS_DENIED);
	ck_assert_int_eq(tree->base.outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(tree->base.doubt, DOUBT_NONE);
	bench_close(bench);
}
END_TEST

START_TEST(test_most_sessions_and_trees)
{
	struct bench *bench = bench_open();
	uint64_t id = 1;

	for (uint64_t i = 0; i < SMB2_MOST_SESSIONS + 10; i++, id++) {
		put_smb2(bench, SMB2_SESSION_SETUP, 0, 0, id, 0, 0);
		put_session_setup(bench, 0, 1);
		send_message(bench, CLIENT);
		put_smb2(bench, SMB2_SESSION_SETUP, RESPONSE, STATUS_MORE_PROCESSING_REQUIRED, id,
		    SESSION + 1 + i, 0);
		put_session_answer(bench, 0, 2);
		send_message(bench, SERVER);
	}
	ck_assert_uint_eq(bench->ledger.count, 10);
	for (uint32_t i = 0; i < SMB2_MOST_TREES + 10; i++, id++)
		connect_tree(bench, id, "\\\\fs1\\data", i);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	ck_assert_uint_eq(count_of(bench, &smb2_session_setup_type), SMB2_MOST_SESSIONS + 10);
	ck_assert_uint_eq(count_of(bench, &smb2_tree_connect_type), SMB2_MOST_TREES + 10);
	bench_close(bench);
}
END_TEST

/* Two at a time for one session: both are in the ledger. */
START_TEST(test_two_at_once)
{
	struct bench *bench = bench_open();

	for (uint64_t id = 1; id <= 2; id++) {
		put_smb2(bench, SMB2_SESSION_SETUP, 0, 0, id, SESSION, 0);
		put_session_setup(bench, 0, 1);
		send_message(bench, CLIENT);
	}
	for (uint64_t id = 1; id <= 2; id++) {
		put_smb2(bench, SMB2_SESSION_SETUP, RESPONSE, STATUS_MORE_PROCESSING_REQUIRED, id,
		    SESSION, 0);
		put_session_answer(bench, 0, 2);
		send_message(bench, SERVER);
	}
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_eq(count_of(bench, &smb2_session_setup_type), 2);
	bench_close(bench);
}
END_TEST

Suite *
smb2_setup_suite(void)
{
	Suite *suite = suite_create("smb2_setup");
	TCase *tests = tcase_create("setup");

	tcase_add_test(tests, test_two_legs);
	tcase_add_loop_test(tests, test_client_goes_on, 0, 3);
	tcase_add_test(tests, test_refused);
	tcase_add_test(tests, test_second_leg_unanswered);
	tcase_add_test(tests, test_given_up_after_challenge);
	tcase_add_test(tests, test_second_request_lost);
	tcase_add_test(tests, test_first_request_lost);
	tcase_add_test(tests, test_reauthentication_and_binding);
	tcase_add_test(tests, test_tree_connected);
	tcase_add_loop_test(tests, test_farewell, 0, COUNT(farewell_cases));
	tcase_add_test(tests, test_tree_refused);
	tcase_add_test(tests, test_cut);
	tcase_add_test(tests, test_most_sessions_and_trees);
	tcase_add_test(tests, test_two_at_once);
	suite_add_tcase(suite, tests);
	return suite;
}
