/* Sessions whose keys a keytab leads to, whole; what its tokens may be is kerberos_keys_test.c's.
 */
#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#include "dissectors/kerberos_token_bench.h"
#include "dissectors/smb2.h"
#include "dissectors/smb2_seal.h"
#include "dissectors/smb2_seal_bench.h"

Suite *smb2_seal_kerberos_suite(void);

#if defined(SMBTRIAGE_KRB5)

static const struct smb2_suite gcm_256 = {0x0311, SMB2_CIPHER_AES256_GCM, SMB2_SIGNING_AES_GMAC},
			       cmac_256 = {0x0311, SMB2_CIPHER_AES256_GCM, SMB2_SIGNING_AES_CMAC};

/* A keyring with the service's key of ordinary(18). */
static struct secrets *
secrets_with_keytab(void)
{
	const struct bench_entry entry = {SERVICE, KVNO, 18, 1};
	struct secrets *secrets = secrets_new();
	char path[] = "/tmp/seal_bench.XXXXXX";
	struct error error = {0};

	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(rmdir(path), 0);
	bench_write_keytab(path, &entry, 1);
	ck_assert_msg(secrets_add_keytab(secrets, path, &error), "%s", error.text);
	ck_assert_int_eq(unlink(path), 0);
	return secrets;
}

/* SESSION_SETUP with TOKEN ([MS-SMB2] 2.2.5). */
static void
put_token_request(struct peers *peers, uint64_t session, uint8_t flags, struct bytes token)
{
	struct bench *bench = peers->bench;

	put_smb2(bench, SMB2_SESSION_SETUP, 0, 0, peers->message_id++, session, 0);
	put(bench, 2, 25);
	put(bench, 1, flags);
	put(bench, 1, 1);
	put(bench, 8, 0);
	put(bench, 2, 88);
	put(bench, 2, token.length);
	put(bench, 8, 0);
	put_bytes(bench, token.at, token.length);
}

/* The answer with TOKEN ([MS-SMB2] 2.2.6). */
static void
put_token_answer(struct peers *peers, struct bytes token)
{
	struct bench *bench = peers->bench;

	put_smb2(bench, SMB2_SESSION_SETUP, RESPONSE, STATUS_SUCCESS, peers->message_id - 1,
	    BENCH_SESSION, 0);
	put(bench, 2, 9);
	put(bench, 2, 0);
	put(bench, 2, 72);
	put(bench, 2, token.length);
	put_bytes(bench, token.at, token.length);
}

/* Authenticates with DIALOGUE, in one leg. A channel that is bound has a signing key of its own,
 * and the other keys of the session. */
static void
authenticate(struct peers *peers, const struct dialogue *dialogue, uint8_t flags)
{
	struct bytes answer = reply(dialogue);
	struct smb2_keys keys;

	memcpy(peers->hash, peers->connection_hash, sizeof(peers->hash));
	put_token_request(
	    peers, flags != 0 ? BENCH_SESSION : 0, flags, client_token(request(dialogue)));
	send_hashed(peers, CLIENT, peers->hash, 0);
	put_token_answer(peers, server_token(&answer));
	smb2_derive_keys(&peers->suite, dialogue->server_subkey.bytes,
	    dialogue->server_subkey.length, peers->hash, &keys);
	if (flags == 0)
		peers->keys = keys;
	memcpy(peers->keys.signing, keys.signing, sizeof(keys.signing));
	peers->session = BENCH_SESSION;
	bench_sign(peers->bench, &peers->keys);
	send_message(peers->bench, SERVER);
}

static struct peers
log_on_with(
    struct secrets *secrets, const struct dialogue *dialogue, const struct smb2_suite *suite)
{
	struct peers peers = peers_open(secrets);

	peers_negotiate(&peers, suite, BENCH_GUID);
	authenticate(&peers, dialogue, 0);
	return peers;
}

static struct peers
log_on(struct secrets *secrets, const struct dialogue *dialogue)
{
	return log_on_with(secrets, dialogue, &gcm_256);
}

/* TREE_CONNECT, encrypted or signed. */
static void
ask(struct peers *peers, bool is_encrypted)
{
	put_tree_request(peers);
	if (is_encrypted)
		seal(peers, CLIENT);
	else
		bench_sign(peers->bench, &peers->keys);
	send_message(peers->bench, CLIENT);
}

START_TEST(test_session)
{
	const struct dialogue dialogue = ordinary(18);
	struct secrets *secrets = secrets_with_keytab();
	struct peers peers = log_on(secrets, &dialogue);

	assert_signatures(peers.bench, SERVER, 1, 0);
	ask(&peers, true);
	ask(&peers, false);
	assert_unread(peers.bench, 0, 0, SEAL_OPENED);
	ck_assert_uint_eq(peers.bench->facts.opened_messages[CLIENT], 1);
	assert_signatures(peers.bench, CLIENT, 2, 0);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* A keytab that is another service's. */
START_TEST(test_other_service)
{
	struct dialogue dialogue = ordinary(18);
	struct secrets *secrets = secrets_with_keytab();
	struct peers peers;

	dialogue.service = bench_key(18, 9);
	peers = log_on(secrets, &dialogue);
	ask(&peers, true);
	assert_unread(peers.bench, 1, 0, SEAL_UNFIT_KEYTAB);
	ck_assert_ptr_nonnull(peers.bench->facts.keytab_lack);
	ask(&peers, false);
	assert_signatures(peers.bench, CLIENT, 0, 0);
	assert_signatures(peers.bench, SERVER, 0, 0);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* The key given by hand is what counts. */
START_TEST(test_both)
{
	const struct dialogue dialogue = ordinary(18);
	struct secrets *secrets = secrets_with_keytab();
	struct error error = {0};
	struct peers peers;

	ck_assert(
	    secrets_add_session_key(secrets, "0x41=00112233445566778899aabbccddeeff", &error));
	peers = log_on(secrets, &dialogue);
	ask(&peers, true);
	assert_unread(peers.bench, 1, 0, SEAL_WRONG_KEY);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* The keytab knows the signing key of a bound channel, and the first connection its others. */
START_TEST(test_binding)
{
	struct dialogue dialogue = ordinary(18);
	struct secrets *secrets = secrets_with_keytab();
	struct peers first = log_on(secrets, &dialogue), second = peers_open(secrets);

	/* Channels of one session may sign in different ways. */
	peers_negotiate(&second, _i == 0 ? &gcm_256 : &cmac_256, 0);
	second.keys = first.keys;
	second.keys.suite.signing = second.suite.signing;
	dialogue.session = bench_key(18, 5);
	dialogue.server_subkey = bench_key(18, 6);
	authenticate(&second, &dialogue, SMB2_SESSION_FLAG_BINDING);
	ck_assert_mem_ne(second.keys.signing, first.keys.signing, sizeof(first.keys.signing));
	assert_signatures(second.bench, SERVER, 1, 0);
	ask(&second, true);
	assert_unread(second.bench, 0, 0, SEAL_OPENED);
	ask(&second, false);
	assert_signatures(second.bench, CLIENT, 2, 0);
	ask(&first, false);
	assert_signatures(first.bench, CLIENT, 1, 0);
	peers_close(&second);
	peers_close(&first);
	secrets_free(secrets);
}
END_TEST

/* Where the first connection is not to be seen, signatures are all that can be had. */
START_TEST(test_binding_without_first)
{
	const struct dialogue dialogue = ordinary(18);
	struct secrets *secrets = secrets_with_keytab();
	struct peers peers = peers_open(secrets);

	peers_negotiate(&peers, &gcm_256, 0);
	smb2_derive_keys(&gcm_256, dialogue.session.bytes, 32, peers.hash, &peers.keys);
	authenticate(&peers, &dialogue, SMB2_SESSION_FLAG_BINDING);
	ask(&peers, false);
	assert_signatures(peers.bench, CLIENT, 1, 0);
	assert_signatures(peers.bench, SERVER, 1, 0);
	ask(&peers, true);
	assert_unread(peers.bench, 1, 0, SEAL_NO_KEY);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* Authenticating anew makes other keys, which nobody uses ([MS-SMB2] 3.3.5.5.3). */
START_TEST(test_reauthentication)
{
	struct dialogue dialogue = ordinary(18);
	struct secrets *secrets = secrets_with_keytab();
	struct peers peers = log_on_with(secrets, &dialogue, _i == 0 ? &gcm_256 : &bench_ccm_300);
	struct bytes answer;

	dialogue.session = bench_key(18, 5);
	dialogue.server_subkey = bench_key(18, 6);
	answer = reply(&dialogue);
	put_token_request(&peers, BENCH_SESSION, 0, client_token(request(&dialogue)));
	bench_sign(peers.bench, &peers.keys);
	send_message(peers.bench, CLIENT);
	put_token_answer(&peers, server_token(&answer));
	bench_sign(peers.bench, &peers.keys);
	send_message(peers.bench, SERVER);
	ask(&peers, true);
	ask(&peers, false);
	assert_unread(peers.bench, 0, 0, SEAL_OPENED);
	assert_signatures(peers.bench, CLIENT, 3, 0);
	assert_signatures(peers.bench, SERVER, 2, 0);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* Ways in which an authentication ends; the keys it led to are not in memory afterwards. */
enum way { SUCCEEDS, FAILS, UNANSWERED, UNFINISHED, CROWDED_OUT, WAYS };

static void
run(struct bench *bench, enum way way)
{
	const uint32_t status = way == FAILS        ? STATUS_ACCESS_DENIED
				: way == UNFINISHED ? STATUS_MORE_PROCESSING_REQUIRED
						    : STATUS_SUCCESS;

	if (way == SUCCEEDS || way == FAILS || way == UNFINISHED) {
		put_smb2(bench, SMB2_SESSION_SETUP, RESPONSE, status, 1, BENCH_SESSION, 0);
		put_session_answer(bench, 0, 0);
		send_message(bench, SERVER);
	}
	for (uint64_t i = 0; way == CROWDED_OUT && i < SMB2_MOST_PENDING; i++) {
		put_smb2(bench, SMB2_READ, 0, 0, 100 + i, 0, 0);
		put_body(bench, 49);
		send_message(bench, CLIENT);
	}
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
}

START_TEST(test_wiped)
{
	struct dialogue dialogue = ordinary(18);
	struct secrets *secrets = secrets_with_keytab();
	struct peers peers = peers_open(secrets);

	peers_negotiate(&peers, &gcm_256, 0);
	put_token_request(&peers, 0, 0, client_token(request(&dialogue)));
	send_message(peers.bench, CLIENT);
	if (count_in_heap(dialogue.client_subkey.bytes) >= 0) {
		ck_assert_int_ge(count_in_heap(dialogue.session.bytes), 1);
		ck_assert_int_ge(count_in_heap(dialogue.client_subkey.bytes), 1);
	}
	run(peers.bench, (enum way)_i);
	ck_assert_int_le(count_in_heap(dialogue.session.bytes), 0);
	ck_assert_int_le(count_in_heap(dialogue.client_subkey.bytes), 0);
	bench_close(peers.bench);
	secrets_free(secrets);
}
END_TEST

#endif

Suite *
smb2_seal_kerberos_suite(void)
{
	Suite *suite = suite_create("smb2_seal_kerberos");
	TCase *tests = tcase_create("smb2_seal_kerberos");

#if defined(SMBTRIAGE_KRB5)
	tcase_add_test(tests, test_session);
	tcase_add_test(tests, test_other_service);
	tcase_add_test(tests, test_both);
	tcase_add_loop_test(tests, test_binding, 0, 2);
	tcase_add_test(tests, test_binding_without_first);
	tcase_add_loop_test(tests, test_reauthentication, 0, 2);
	tcase_add_loop_test(tests, test_wiped, 0, WAYS);
#endif
	suite_add_tcase(suite, tests);
	return suite;
}
