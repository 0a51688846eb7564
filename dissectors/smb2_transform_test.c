/* What stands behind a TRANSFORM header, opened with a key: smb2_transform_message(). */
#include <check.h>

#include "dissectors/smb2_crypt_samples.h"
#include "dissectors/smb2_seal_bench.h"

Suite *smb2_transform_suite(void);

/* Published and real messages of sessions whose SESSION_SETUP nobody has: the keys of 3.0 and
 * before depend on nothing else. */
START_TEST(test_midstream)
{
	struct secrets *secrets =
	    bench_secrets("0x08e40014000011=b4546771b515f766a86735532dd6c4f0");
	struct bench *bench = bench_open_with(secrets);

	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(openings[i].session, MICROSOFT_300);
		put_hex(bench, openings[i].message);
		send_message(bench, openings[i].from);
	}
	assert_unread(bench, 0, 0, SEAL_OPENED);
	assert_signatures(bench, CLIENT, 1, 0);
	assert_signatures(bench, SERVER, 1, 0);
	ck_assert_int_eq(bench->facts.step, STEP_WORKING); /* a WRITE that succeeded */
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	bench_close(bench);
	secrets_free(secrets);
}
END_TEST

/* Those of 3.1.1 need what is lost: the key given is not to blame. */
START_TEST(test_midstream_311)
{
	struct secrets *secrets =
	    bench_secrets("0x0000100000000025=419fddf34c1e001909d362ae7fb6af79");
	struct bench *bench = bench_open_with(secrets);

	ck_assert_int_eq(openings[2].session, MICROSOFT_311_GCM);
	put_hex(bench, openings[2].message);
	send_message(bench, CLIENT);
	assert_unread(bench, 1, 0, SEAL_NO_HANDSHAKE);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	bench_close(bench);
	secrets_free(secrets);
}
END_TEST

/* A nonce or first byte that is altered leaves no message; the key has shown that it fits. */
START_TEST(test_altered_beyond_reading)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_gcm);
	struct bench *bench = peers.bench;

	connect_tree_sealed(&peers);
	put_tree_request(&peers);
	seal(&peers, CLIENT);
	bench->wire[_i] ^= 1;
	send_message(bench, CLIENT);
	assert_unread(bench, 1, 0, SEAL_ALTERED);
	assert_signatures(bench, CLIENT, 1, 1);
	/* The next one is read as ever. */
	put_tree_request(&peers);
	send_sealed(&peers, CLIENT);
	assert_signatures(bench, CLIENT, 2, 1);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

START_TEST(test_encrypted_compound)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_gcm);
	struct bench *bench = peers.bench;
	const struct smb2_request *request;

	put_command(&peers, CLIENT, SMB2_CREATE, 0);
	put_create(bench, "a.txt");
	put_next(bench);
	put_smb2(bench, SMB2_READ, SMB2_FLAGS_RELATED_OPERATIONS, 0, peers.message_id, UINT64_MAX,
	    UINT32_MAX);
	put_body(bench, 49);
	send_sealed(&peers, CLIENT);
	put_command(&peers, SERVER, SMB2_CREATE, STATUS_ACCESS_DENIED);
	put_error(bench);
	put_next(bench);
	put_smb2(bench, SMB2_READ, RESPONSE | SMB2_FLAGS_RELATED_OPERATIONS, STATUS_ACCESS_DENIED,
	    peers.message_id, UINT64_MAX, UINT32_MAX);
	put_error(bench);
	send_sealed(&peers, SERVER);
	for (size_t i = 0; i < 2; i++) {
		request = exchange_of(bench, &smb2_request_type, i);
		assert_number(request->command, i == 0 ? SMB2_CREATE : SMB2_READ);
		assert_number(request->session_id, BENCH_SESSION);
		assert_number(request->status, STATUS_ACCESS_DENIED);
		ck_assert(request->is_request_encrypted);
		assert_number(request->is_encrypted, true);
		assert_number(request->request_signature, SMB2_SIGNATURE_RIGHT);
		assert_number(request->signature, SMB2_SIGNATURE_RIGHT);
	}
	/* One tag each, however many commands. */
	assert_signatures(bench, CLIENT, 1, 0);
	assert_signatures(bench, SERVER, 2, 0);
	ck_assert_uint_eq(bench->facts.opened_messages[SERVER], 1);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* Compressed first, then encrypted ([MS-SMB2] 3.1.4.4): what was left uncompressed is read. */
START_TEST(test_encrypted_compressed)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_gcm);
	struct bench *bench = peers.bench;
	const struct smb2_request *request;

	put_command(&peers, CLIENT, SMB2_READ, 0);
	put_body(bench, 49);
	send_sealed(&peers, CLIENT);
	put_bytes(bench, "\xfcSMB", 4); /* [MS-SMB2] 2.2.42.1 */
	put(bench, 4, 4000);            /* OriginalCompressedSegmentSize */
	put(bench, 2, 1);               /* LZNT1 */
	put(bench, 2, 0);               /* Flags */
	put(bench, 4, 64 + 16);         /* Offset: so many bytes stand uncompressed */
	put_command(&peers, SERVER, SMB2_READ, STATUS_ACCESS_DENIED);
	put(bench, 16, 0);
	put(bench, 40, 0x77);
	send_sealed(&peers, SERVER);
	ck_assert(bench->facts.is_compressed);
	request = only_of(bench, &smb2_request_type);
	assert_number(request->status, STATUS_ACCESS_DENIED);
	assert_number(request->is_encrypted, true);
	assert_number(request->signature, SMB2_SIGNATURE_RIGHT);
	assert_unread(bench, 0, 0, SEAL_OPENED);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* A TRANSFORM that is cut after CAPTURED bytes of what it holds, or within its header. */
static const struct cut_case {
	int captured;
	enum seal seal;
	bool is_matched; /* its MessageId is there */
} cut_cases[] = {
    {-SMB2_TRANSFORM_SIZE + 4, SEAL_CUT, false}, /* ProtocolId */
    {-1, SEAL_CUT, false},
    {0, SEAL_CUT, false},
    {SMB2_LEAST_TO_OPEN - 1, SEAL_CUT, false},
    {SMB2_LEAST_TO_OPEN, SEAL_OPENED, false},
    {24, SEAL_OPENED, false},
    {32, SEAL_OPENED, true},
    {SMB2_HEADER_SIZE + 4, SEAL_OPENED, true},
};

START_TEST(test_cut)
{
	const struct cut_case *test = &cut_cases[_i];
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_gcm);
	struct bench *bench = peers.bench;
	bool is_opened = test->seal == SEAL_OPENED;
	const struct smb2_request *request;

	put_command(&peers, CLIENT, SMB2_CREATE, 0);
	put_create(bench, "a.txt");
	send_sealed(&peers, CLIENT);
	put_command(&peers, SERVER, SMB2_CREATE, STATUS_ACCESS_DENIED);
	put_error(bench);
	seal(&peers, SERVER);
	send_cut(bench, SERVER, (size_t)(4 + SMB2_TRANSFORM_SIZE + test->captured));
	assert_unread(bench, 0, is_opened ? 0 : 1, test->seal);
	ck_assert_uint_eq(bench->facts.opened_messages[SERVER], is_opened ? 1 : 0);
	assert_signatures(bench, SERVER, 1, 0);
	bench_end(bench, OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	request = only_of(bench, &smb2_request_type);
	if (test->is_matched) {
		ck_assert_int_eq(request->base.outcome, OUTCOME_ANSWERED);
		assert_number(request->status, STATUS_ACCESS_DENIED);
		ck_assert(!request->signature.is_known);
	} else {
		ck_assert_int_eq(request->base.outcome, OUTCOME_UNKNOWN);
		ck_assert_int_eq(
		    request->base.doubt, is_opened ? DOUBT_CUT_BY_SNAPLEN : DOUBT_ENCRYPTED);
	}
	bench_close(bench);
	secrets_free(secrets);
}
END_TEST

/* OriginalMessageSize is under the tag: one that is not that of the message was altered. */
START_TEST(test_sizes)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_gcm);
	struct bench *bench = peers.bench;
	static const int64_t differences[] = {1, -1, 70000, UINT32_MAX - 200};

	put_tree_request(&peers);
	seal(&peers, CLIENT);
	patch(bench, 4 + 36, 4,
	    (uint64_t)((int64_t)bench->length - 4 - SMB2_TRANSFORM_SIZE + differences[_i]));
	send_message(bench, CLIENT);
	assert_signatures(bench, CLIENT, 0, 1);
	bench_end(bench, OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	assert_number(only_tree(bench)->request_signature, SMB2_SIGNATURE_WRONG);
	bench_close(bench);
	secrets_free(secrets);
}
END_TEST

/* Authentic, and not what belongs there. */
START_TEST(test_odd_plaintext)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_gcm);
	struct bench *bench = peers.bench;

	if (_i == 1)
		put(bench, 1, 0xfe);
	if (_i == 2) { /* a TRANSFORM in a TRANSFORM */
		put_tree_request(&peers);
		seal(&peers, CLIENT);
	}
	if (_i == 3)
		put_bytes(bench, "\xfcSMB", 4);
	send_sealed(&peers, CLIENT);
	assert_signatures(bench, CLIENT, 1, 0);
	ck_assert_uint_eq(bench->facts.opened_messages[CLIENT], 1);
	assert_unread(bench, 0, 0, SEAL_OPENED);
	connect_tree_sealed(&peers);
	ck_assert_ptr_nonnull(only_tree(bench)->path);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

Suite *
smb2_transform_suite(void)
{
	Suite *suite = suite_create("smb2_transform");
	TCase *tests = tcase_create("smb2_transform");

	tcase_add_loop_test(tests, test_altered_beyond_reading, 4 + 20, 4 + 32);
	tcase_add_test(tests, test_midstream);
	tcase_add_test(tests, test_midstream_311);
	tcase_add_test(tests, test_encrypted_compound);
	tcase_add_test(tests, test_encrypted_compressed);
	tcase_add_loop_test(tests, test_cut, 0, COUNT(cut_cases));
	tcase_add_loop_test(tests, test_sizes, 0, 4);
	tcase_add_loop_test(tests, test_odd_plaintext, 0, 4);
	suite_add_tcase(suite, tests);
	return suite;
}
