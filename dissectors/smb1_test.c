#include "dissectors/smb1.h"

#include <check.h>

#include "dissectors/nt_status.h"
#include "dissectors/smb_bench.h"
#include "dissectors/spnego_samples.h"

Suite *smb1_suite(void);

#define NO_TREE 0xffff

/* Words and bytes of an AndX command; ANDX follows at the end of the data, or none. */
static void
put_token_setup(struct bench *bench, uint32_t ntlmssp_type)
{
	put(bench, 1, 12);
	put(bench, 4, SMB_COM_NO_ANDX_COMMAND);
	put(bench, 10, 0);
	put(bench, 2, NTLMSSP_SIZE);
	put(bench, 8, 0);
	put(bench, 2, NTLMSSP_SIZE);
	put_ntlmssp(bench, ntlmssp_type);
}

static void
put_token_answer(struct bench *bench, uint16_t action, uint32_t ntlmssp_type)
{
	put(bench, 1, 4);
	put(bench, 4, SMB_COM_NO_ANDX_COMMAND);
	put(bench, 2, action);
	put(bench, 2, ntlmssp_type ? NTLMSSP_SIZE : 0);
	put(bench, 2, ntlmssp_type ? NTLMSSP_SIZE : 0);
	if (ntlmssp_type)
		put_ntlmssp(bench, ntlmssp_type);
}

static void
put_smb1_tree(struct bench *bench, const char *path)
{
	put(bench, 1, 4);
	put(bench, 4, SMB_COM_NO_ANDX_COMMAND);
	put(bench, 2, 8);
	put(bench, 2, 1); /* PasswordLength */
	put(bench, 2, 1 + 2 * strlen(path) + 2 + 6 + 1);
	put(bench, 1, 0);
	if (here(bench) % 2 != 0)
		put(bench, 1, 0);
	put_utf16(bench, path);
	put(bench, 2, 0);
	put_bytes(bench, "?????", 6);
}

static void
put_smb1_tree_answer(struct bench *bench)
{
	put(bench, 1, 3);
	put(bench, 4, SMB_COM_NO_ANDX_COMMAND);
	put(bench, 2, 1);
	put(bench, 2, 3);
	put_bytes(bench, "A:", 3);
}

static void
put_empty(struct bench *bench)
{
	put(bench, 3, 0);
}

static void
setup_leg(struct bench *bench, uint16_t uid, uint16_t mid, uint32_t ntlmssp_type)
{
	put_smb1(bench, SMB_COM_SESSION_SETUP_ANDX, 0, 0, uid, NO_TREE, mid);
	put_token_setup(bench, ntlmssp_type);
	send_message(bench, CLIENT);
}

static void
setup_answer(struct bench *bench, uint32_t status, uint16_t uid, uint16_t mid)
{
	put_smb1(bench, SMB_COM_SESSION_SETUP_ANDX, SMB_FLAGS_REPLY, status, uid, NO_TREE, mid);
	if (nt_status_is_error(status))
		put_empty(bench);
	else
		put_token_answer(bench, 0, status == STATUS_SUCCESS ? 0 : 2);
	send_message(bench, SERVER);
}

START_TEST(test_negotiate)
{
	struct bench *bench = bench_open();
	const struct smb_negotiate *negotiate;

	put_smb1(bench, SMB_COM_NEGOTIATE, 0, 0, 0, NO_TREE, 1);
	put_smb1_negotiate(bench, "PC NETWORK PROGRAM 1.0\0NT LM 0.12\0");
	send_message(bench, CLIENT);
	put_smb1(bench, SMB_COM_NEGOTIATE, SMB_FLAGS_REPLY, 0, 0, NO_TREE, 1);
	put(bench, 1, 17);
	put(bench, 2, 1);
	put(bench, 1, 0x07);
	put(bench, 31, 0);
	put(bench, 2, 0);
	send_message(bench, SERVER);
	negotiate = only_of(bench, &smb_negotiate_type);
	assert_number(negotiate->answer_protocol, SMB_PROTOCOL_SMB1);
	assert_number(negotiate->smb1_dialect_index, 1);
	assert_number(negotiate->server_security_mode, 1);
	ck_assert_str_eq(negotiate->smb1_dialect, "NT LM 0.12");
	ck_assert_str_eq(bench->facts.dialect, "NT LM 0.12");
	ck_assert(!negotiate->is_multi_protocol);
	ck_assert_int_eq(bench->facts.step, STEP_NEGOTIATED);
	bench_close(bench);
}
END_TEST

/* The server's offer behind its GUID, with extended security ([MS-SMB] 2.2.4.5.2.1). */
START_TEST(test_offered_mechanisms)
{
	struct bench *bench = bench_open();
	const struct smb_negotiate *negotiate;

	put_smb1(bench, SMB_COM_NEGOTIATE, 0, 0, 0, NO_TREE, 1);
	put_smb1_negotiate(bench, "NT LM 0.12\0");
	send_message(bench, CLIENT);
	put_smb1(bench, SMB_COM_NEGOTIATE, SMB_FLAGS_REPLY, 0, 0, NO_TREE, 1);
	put(bench, 1, 17);
	put(bench, 2, 0);
	put(bench, 17, 0);
	put(bench, 4, SMB_CAP_EXTENDED_SECURITY);
	put(bench, 11, 0);
	put(bench, 2, 16 + sizeof(token_init_windows));
	put_bytes(bench, "SERVERGUIDSERVER", 16);
	put_bytes(bench, token_init_windows, sizeof(token_init_windows));
	send_message(bench, SERVER);
	negotiate = only_of(bench, &smb_negotiate_type);
	ck_assert_str_eq(negotiate->server_mechanism, "NegoEx");
	ck_assert_str_eq(negotiate->server_mechanisms, "NegoEx, Kerberos, NTLMSSP");
	ck_assert_str_eq(negotiate->hint_name, "not_defined_in_RFC4178@please_ignore");
	bench_close(bench);
}
END_TEST

START_TEST(test_no_common_dialect)
{
	struct bench *bench = bench_open();
	const struct smb_negotiate *negotiate;

	put_smb1(bench, SMB_COM_NEGOTIATE, 0, 0, 0, NO_TREE, 1);
	put_smb1_negotiate(bench, "SMB 2.002\0");
	send_message(bench, CLIENT);
	put_smb1(bench, SMB_COM_NEGOTIATE, SMB_FLAGS_REPLY, 0, 0, NO_TREE, 1);
	put(bench, 1, 1);
	put(bench, 2, SMB1_NO_COMMON_DIALECT);
	put(bench, 2, 0);
	send_message(bench, SERVER);
	negotiate = only_of(bench, &smb_negotiate_type);
	assert_number(negotiate->smb1_dialect_index, SMB1_NO_COMMON_DIALECT);
	ck_assert_ptr_null(negotiate->smb1_dialect);
	ck_assert_int_eq(bench->facts.step, STEP_NONE);
	bench_close(bench);
}
END_TEST

START_TEST(test_two_legs)
{
	struct bench *bench = bench_open();
	const struct smb1_session_setup *setup;

	setup_leg(bench, 0, 2, 1);
	setup_answer(bench, STATUS_MORE_PROCESSING_REQUIRED, 100, 2);
	setup_leg(bench, 100, 3, 3);
	setup_answer(bench, STATUS_SUCCESS, 100, 3);
	setup = only_of(bench, &smb1_session_setup_type);
	ck_assert_uint_eq(setup->base.request_frame, 1);
	ck_assert_uint_eq(setup->base.answer_frame, 4);
	ck_assert_uint_eq(setup->legs, 2);
	ck_assert_str_eq(setup->authentication.leg, "NTLMSSP_AUTHENTICATE");
	ck_assert_str_eq(setup->authentication.mechanism, "NTLMSSP");
	assert_number(setup->status, STATUS_SUCCESS);
	assert_number(setup->is_guest, false);
	assert_number(setup->is_extended, true);
	assert_number(setup->uid, 100);
	ck_assert_int_eq(bench->facts.step, STEP_AUTHENTICATED);
	bench_close(bench);
}
END_TEST

/* An account beside its passwords is who logs on, as one in a token is ([MS-CIFS] 2.2.4.53.1). */
START_TEST(test_passwords)
{
	struct bench *bench = bench_open();
	const struct smb1_session_setup *setup;

	put_smb1(bench, SMB_COM_SESSION_SETUP_ANDX, 0, 0, 0, NO_TREE, 2);
	put(bench, 1, 13);
	put(bench, 4, SMB_COM_NO_ANDX_COMMAND);
	put(bench, 10, 0);
	put(bench, 4, 0); /* no passwords */
	put(bench, 8, 0);
	put(bench, 2, 17);
	put(bench, 1, 0); /* to an even offset */
	put_utf16(bench, "bob");
	put(bench, 2, 0);
	put_utf16(bench, "LAB");
	put(bench, 2, 0);
	send_message(bench, CLIENT);
	setup_answer(bench, STATUS_LOGON_FAILURE, 0, 2);
	setup = only_of(bench, &smb1_session_setup_type);
	assert_number(setup->is_extended, false);
	ck_assert_str_eq(setup->account, "bob");
	ck_assert_str_eq(setup->authentication.user, "bob");
	ck_assert_str_eq(setup->authentication.domain, "LAB");
	ck_assert(!setup->authentication.is_anonymous);
	ck_assert_ptr_null(setup->authentication.leg);
	ck_assert_int_eq(setup->authentication.server_clock_offset, -1);
	bench_close(bench);
}
END_TEST

START_TEST(test_second_leg_unanswered)
{
	struct bench *bench = bench_open();
	const struct smb1_session_setup *setup;

	setup_leg(bench, 0, 2, 1);
	setup_answer(bench, STATUS_MORE_PROCESSING_REQUIRED, 100, 2);
	setup_leg(bench, 100, 3, 3);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_SERVER);
	setup = only_of(bench, &smb1_session_setup_type);
	ck_assert_int_eq(setup->base.outcome, OUTCOME_CLOSED);
	ck_assert_uint_eq(setup->base.request_frame, 3);
	ck_assert_uint_eq(setup->first_leg_frame, 1);
	ck_assert(!setup->status.is_known);
	ck_assert(setup->base.is_last);
	bench_close(bench);
}
END_TEST

/* A capture of one direction: what the server says is told, and that it was not all. */
START_TEST(test_answers_alone)
{
	struct bench *bench = bench_open();
	const struct smb1_session_setup *setup;
	const struct smb1_tree_connect *tree;

	setup_answer(bench, STATUS_LOGON_FAILURE, 100, 2);
	put_smb1(bench, SMB_COM_TREE_CONNECT_ANDX, SMB_FLAGS_REPLY, 0, 100, 7, 3);
	put_smb1_tree_answer(bench);
	send_message(bench, SERVER);
	setup = only_of(bench, &smb1_session_setup_type);
	ck_assert_uint_eq(setup->base.request_frame, 0);
	ck_assert_uint_eq(setup->base.answer_frame, 1);
	ck_assert_int_eq(setup->base.doubt, DOUBT_PACKETS_MISSING);
	assert_number(setup->status, STATUS_LOGON_FAILURE);
	assert_number(setup->uid, 100);
	ck_assert(!setup->is_guest.is_known);
	ck_assert_int_eq(setup->authentication.server_clock_offset, -1);
	tree = only_of(bench, &smb1_tree_connect_type);
	ck_assert_uint_eq(tree->base.request_frame, 0);
	ck_assert_int_eq(tree->base.doubt, DOUBT_PACKETS_MISSING);
	assert_number(tree->status, STATUS_SUCCESS);
	ck_assert_ptr_null(tree->path);
	bench_close(bench);
}
END_TEST

/* TREE_CONNECT_ANDX chained behind SESSION_SETUP_ANDX in one message. */
static void
send_chain(struct bench *bench)
{
	put_smb1(bench, SMB_COM_SESSION_SETUP_ANDX, 0, 0, 0, NO_TREE, 2);
	put_token_setup(bench, 3);
	patch(bench, bench->part + 33, 1, SMB_COM_TREE_CONNECT_ANDX);
	patch(bench, bench->part + 35, 2, here(bench));
	put_smb1_tree(bench, "\\\\fs1\\data");
	send_message(bench, CLIENT);
}

START_TEST(test_chain)
{
	struct bench *bench = bench_open();
	const struct smb1_tree_connect *tree;

	send_chain(bench);
	put_smb1(bench, SMB_COM_SESSION_SETUP_ANDX, SMB_FLAGS_REPLY, 0, 100, 7, 2);
	put_token_answer(bench, SMB_SETUP_GUEST, 0);
	patch(bench, bench->part + 33, 1, SMB_COM_TREE_CONNECT_ANDX);
	patch(bench, bench->part + 35, 2, here(bench));
	put_smb1_tree_answer(bench);
	send_message(bench, SERVER);
	ck_assert_uint_eq(bench->ledger.count, 2);
	assert_number(
	    ((struct smb1_session_setup *)only_of(bench, &smb1_session_setup_type))->is_guest,
	    true);
	tree = only_of(bench, &smb1_tree_connect_type);
	ck_assert_str_eq(tree->path, "\\\\fs1\\data");
	ck_assert_str_eq(tree->share, "data");
	ck_assert_str_eq(tree->service, "?????");
	ck_assert_str_eq(tree->answered_service, "A:");
	assert_number(tree->status, STATUS_SUCCESS);
	assert_number(tree->tid, 7);
	ck_assert_int_eq(bench->facts.step, STEP_TREE_CONNECTED);
	bench_close(bench);
}
END_TEST

/* The second of two chained commands failed: the status is its own. */
START_TEST(test_chain_tree_refused)
{
	struct bench *bench = bench_open();
	const struct smb1_session_setup *setup;
	const struct smb1_tree_connect *tree;

	send_chain(bench);
	put_smb1(
	    bench, SMB_COM_SESSION_SETUP_ANDX, SMB_FLAGS_REPLY, STATUS_BAD_NETWORK_NAME, 100, 0, 2);
	put_token_answer(bench, 0, 0);
	patch(bench, bench->part + 33, 1, SMB_COM_TREE_CONNECT_ANDX);
	patch(bench, bench->part + 35, 2, here(bench));
	put_empty(bench);
	send_message(bench, SERVER);
	setup = only_of(bench, &smb1_session_setup_type);
	assert_number(setup->status, STATUS_SUCCESS);
	tree = only_of(bench, &smb1_tree_connect_type);
	assert_number(tree->status, STATUS_BAD_NETWORK_NAME);
	bench_close(bench);
}
END_TEST

/* The first one failed: the second was never processed, and is no exchange. */
START_TEST(test_chain_session_refused)
{
	struct bench *bench = bench_open();

	send_chain(bench);
	setup_answer(bench, STATUS_LOGON_FAILURE, 0, 2);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_eq(bench->ledger.count, 1);
	ck_assert_uint_eq(count_of(bench, &smb1_session_setup_type), 1);
	bench_close(bench);
}
END_TEST

/* A chain that points backwards, or nowhere, ends. */
START_TEST(test_chain_malformed)
{
	static const uint16_t offsets[] = {0, 32, 33, 4000, 0xffff};
	struct bench *bench = bench_open();

	put_smb1(bench, SMB_COM_SESSION_SETUP_ANDX, 0, 0, 0, NO_TREE, 2);
	put_token_setup(bench, 3);
	patch(bench, bench->part + 33, 1, SMB_COM_SESSION_SETUP_ANDX);
	patch(bench, bench->part + 35, 2, offsets[_i]);
	send_message(bench, CLIENT);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_le(bench->ledger.count, 2);
	bench_close(bench);
}
END_TEST

START_TEST(test_dos_error)
{
	struct bench *bench = bench_open();
	const struct smb1_tree_connect *tree;
	const struct field *field;
	struct value value;
	struct text text = {0};

	put_smb1(bench, SMB_COM_TREE_CONNECT_ANDX, 0, 0, 100, NO_TREE, 3);
	put_smb1_tree(bench, "\\\\fs1\\IPC$");
	send_message(bench, CLIENT);
	put_smb1(bench, SMB_COM_TREE_CONNECT_ANDX, SMB_FLAGS_REPLY, 0x00060002, 100, 0, 3);
	patch(bench, bench->part + 10, 2, SMB_FLAGS2_UNICODE);
	put_empty(bench);
	send_message(bench, SERVER);
	tree = only_of(bench, &smb1_tree_connect_type);
	ck_assert(!tree->status.is_known);
	assert_number(tree->dos_error, SMB1_DOS_ERROR(2, 6));
	assert_number(tree->is_ipc, true);
	field = exchange_field(&smb1_tree_connect_type, "dos_error");
	value = exchange_value(&tree->base, field);
	exchange_value_text(&text, field, &value);
	ck_assert_str_eq(text_chars(&text), "ERRinvnetname");
	text_free(&text);
	bench_close(bench);
}
END_TEST

START_TEST(test_others)
{
	struct bench *bench = bench_open();
	const struct smb1_tree_connect *tree;

	put_smb1(bench, SMB_COM_TREE_CONNECT_ANDX, 0, 0, 100, NO_TREE, 3);
	put_smb1_tree(bench, "\\\\fs1\\data");
	send_message(bench, CLIENT);
	nbss_dissector.gap(bench->state, SERVER, DOUBT_PACKETS_MISSING);
	put_smb1(bench, 0x32, 0, 0, 100, 7, 4); /* TRANSACTION2 */
	put_empty(bench);
	send_message(bench, CLIENT);
	put_smb1(bench, 0x32, SMB_FLAGS_REPLY, 0, 100, 7, 4);
	put_empty(bench);
	send_message(bench, SERVER);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_CLIENT);
	ck_assert_int_eq(bench->facts.step, STEP_WORKING);
	tree = only_of(bench, &smb1_tree_connect_type);
	ck_assert_int_eq(tree->base.doubt, DOUBT_PACKETS_MISSING);
	ck_assert_int_eq(tree->base.outcome, OUTCOME_UNKNOWN);
	ck_assert(!tree->base.is_last);
	bench_close(bench);
}
END_TEST

START_TEST(test_bounds)
{
	struct bench *bench = bench_open();

	for (uint16_t mid = 0; mid < SMB1_MOST_PENDING + 5; mid++)
		setup_leg(bench, 0, mid, 1);
	ck_assert_uint_eq(bench->ledger.count, 5);
	for (uint16_t mid = 5; mid < SMB1_MOST_PENDING + 5; mid++)
		setup_answer(bench, STATUS_MORE_PROCESSING_REQUIRED, 100 + mid, mid);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_CLIENT);
	ck_assert_uint_eq(bench->ledger.count, SMB1_MOST_PENDING + 5);
	bench_close(bench);
}
END_TEST

Suite *
smb1_suite(void)
{
	Suite *suite = suite_create("smb1");
	TCase *tests = tcase_create("setup");

	tcase_add_test(tests, test_negotiate);
	tcase_add_test(tests, test_offered_mechanisms);
	tcase_add_test(tests, test_no_common_dialect);
	tcase_add_test(tests, test_two_legs);
	tcase_add_test(tests, test_passwords);
	tcase_add_test(tests, test_second_leg_unanswered);
	tcase_add_test(tests, test_answers_alone);
	tcase_add_test(tests, test_chain);
	tcase_add_test(tests, test_chain_tree_refused);
	tcase_add_test(tests, test_chain_session_refused);
	tcase_add_loop_test(tests, test_chain_malformed, 0, 5);
	tcase_add_test(tests, test_dos_error);
	tcase_add_test(tests, test_others);
	tcase_add_test(tests, test_bounds);
	suite_add_tcase(suite, tests);
	return suite;
}
