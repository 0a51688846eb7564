#include "dissectors/smb2_seal.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>

#include "dissectors/smb2_crypt_samples.h"
#include "dissectors/smb2_seal_bench.h"

Suite *smb2_seal_suite(void);

#define OTHER    0x42u
#define PAIR_256 BENCH_PAIR "f2197e84d05ac1369be84f2073dd0a55"
#define WRONG    "0x41=8a41c7035ee8b26d1f7094d833a65b0c"

static const struct span long_key = {bench_key_bytes, 32};
static const struct smb2_suite hmac_210 = {0x0210, SMB2_CIPHER_NONE, SMB2_SIGNING_HMAC_SHA256};

/* ---- a real session ---- */

START_TEST(test_real)
{
	struct secrets *secrets = bench_secrets(LAB_SESSION_PAIR);
	struct bench *bench = bench_open_with(secrets);
	const struct smb2_session_setup *setup;
	const struct smb2_tree_connect *tree;

	for (size_t i = 0; i < LAB_STEPS; i++) {
		put_hex(bench, lab_messages[i].bytes);
		send_message(bench, lab_messages[i].from);
	}
	setup = only_of(bench, &smb2_session_setup_type);
	assert_number(setup->signature, SMB2_SIGNATURE_RIGHT);
	assert_number(setup->session_id, LAB_SESSION);
	tree = only_tree(bench);
	ck_assert_str_eq(tree->path, "\\\\fs1.lab.example\\IPC$");
	assert_number(tree->status, STATUS_SUCCESS);
	ck_assert(tree->is_request_encrypted);
	assert_number(tree->is_encrypted, true);
	assert_number(tree->request_signature, SMB2_SIGNATURE_RIGHT);
	assert_number(tree->signature, SMB2_SIGNATURE_RIGHT);
	ck_assert_int_eq(tree->base.outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(bench->facts.step, STEP_TREE_CONNECTED);
	ck_assert_uint_eq(bench->facts.opened_messages[CLIENT], 1);
	ck_assert_uint_eq(bench->facts.opened_messages[SERVER], 1);
	assert_signatures(bench, CLIENT, 1, 0);
	assert_signatures(bench, SERVER, 2, 0);
	assert_unread(bench, 0, 0, SEAL_OPENED);
	ck_assert(bench->facts.is_encrypted);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_eq(count_of(bench, &smb2_encrypted_type), 0);
	bench_close(bench);
	secrets_free(secrets);
}
END_TEST

/* What becomes of the real session's encrypted messages when one before them is not as it was. */
static const struct flaw_case {
	enum lab_step step;
	enum { LOST, CUT, ALTERED } flaw; /* CUT: by its last byte; ALTERED: that byte */
	enum seal seal;
} flaw_cases[] = {
    {LAB_NEGOTIATE, LOST, SEAL_NO_HANDSHAKE},
    {LAB_NEGOTIATE, CUT, SEAL_NO_HANDSHAKE},
    {LAB_NEGOTIATED, LOST, SEAL_NO_HANDSHAKE}, /* nor is the dialect known */
    {LAB_NEGOTIATED, CUT, SEAL_NO_HANDSHAKE},
    {LAB_FIRST_LEG, LOST, SEAL_NO_HANDSHAKE},
    {LAB_FIRST_LEG, CUT, SEAL_NO_HANDSHAKE},
    {LAB_FIRST_LEG, ALTERED, SEAL_WRONG_KEY},
    {LAB_CHALLENGE, LOST, SEAL_NO_HANDSHAKE},
    {LAB_CHALLENGE, CUT, SEAL_NO_HANDSHAKE},
    {LAB_CHALLENGE, ALTERED, SEAL_WRONG_KEY},
    {LAB_SECOND_LEG, LOST, SEAL_NO_HANDSHAKE},
    {LAB_SECOND_LEG, CUT, SEAL_NO_HANDSHAKE},
    {LAB_SECOND_LEG, ALTERED, SEAL_WRONG_KEY},
    {LAB_ESTABLISHED, LOST, SEAL_NO_HANDSHAKE}, /* it might have been another one's */
    {LAB_ESTABLISHED, CUT, SEAL_OPENED},
    {LAB_ESTABLISHED, ALTERED, SEAL_OPENED},
};

static void
send_flawed(struct bench *bench, size_t step, const struct flaw_case *test)
{
	bool is_flawed = step == test->step;

	if (is_flawed && test->flaw == LOST)
		return;
	put_hex(bench, lab_messages[step].bytes);
	if (is_flawed && test->flaw == ALTERED)
		bench->wire[bench->length - 1] ^= 1;
	send_cut(bench, lab_messages[step].from,
	    bench->length - (is_flawed && test->flaw == CUT ? 1 : 0));
}

START_TEST(test_flaw)
{
	const struct flaw_case *test = &flaw_cases[_i];
	struct secrets *secrets = bench_secrets(LAB_SESSION_PAIR);
	struct bench *bench = bench_open_with(secrets);
	bool is_read = test->seal == SEAL_OPENED;

	for (size_t i = 0; i < LAB_STEPS; i++)
		send_flawed(bench, i, test);
	assert_unread(bench, is_read ? 0 : 1, is_read ? 0 : 1, test->seal);
	ck_assert_uint_eq(count_of(bench, &smb2_tree_connect_type), is_read ? 1 : 0);
	assert_signatures(bench, CLIENT, is_read ? 1 : 0, 0);
	/* That of the last answer, if it is that which was altered. Else the client, which goes on,
	 * shows that it is right, and what was derived is not. */
	assert_signatures(bench, SERVER, is_read ? 1 : 0, is_read && test->flaw == ALTERED ? 1 : 0);
	ck_assert_int_eq(bench->facts.has_unfit_key, !is_read && test->flaw == ALTERED);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_eq(count_of(bench, &smb2_encrypted_type), is_read ? 0 : 1);
	bench_close(bench);
	secrets_free(secrets);
}
END_TEST

/* ---- every suite ---- */

static const struct suite_case {
	struct smb2_suite suite;
	const char *pair;
} suite_cases[] = {
    {{0x0202, SMB2_CIPHER_NONE, SMB2_SIGNING_HMAC_SHA256}, BENCH_PAIR},
    {{0x0210, SMB2_CIPHER_NONE, SMB2_SIGNING_HMAC_SHA256}, BENCH_PAIR},
    {{0x0300, SMB2_CIPHER_AES128_CCM, SMB2_SIGNING_AES_CMAC}, BENCH_PAIR},
    {{0x0302, SMB2_CIPHER_AES128_CCM, SMB2_SIGNING_AES_CMAC}, PAIR_256},
    {{0x0311, SMB2_CIPHER_AES128_CCM, SMB2_SIGNING_HMAC_SHA256}, BENCH_PAIR},
    {{0x0311, SMB2_CIPHER_AES128_GCM, SMB2_SIGNING_AES_CMAC}, BENCH_PAIR},
    {{0x0311, SMB2_CIPHER_AES256_CCM, SMB2_SIGNING_AES_GMAC}, PAIR_256},
    {{0x0311, SMB2_CIPHER_AES256_GCM, SMB2_SIGNING_AES_GMAC}, PAIR_256},
    {{0x0311, SMB2_CIPHER_NONE, SMB2_SIGNING_AES_CMAC}, BENCH_PAIR},
    {{0x0311, 0x0077, SMB2_SIGNING_AES_GMAC}, BENCH_PAIR},
};

static struct peers
begin_suite(struct secrets *secrets, const struct suite_case *test)
{
	struct peers peers = peers_open(secrets);

	peers_negotiate(&peers, &test->suite, BENCH_GUID);
	peers_authenticate(
	    &peers, BENCH_SESSION, strlen(test->pair) > 40 ? long_key : bench_key_16);
	return peers;
}

/* Signed right, and with any byte of it altered. */
START_TEST(test_signatures)
{
	const struct suite_case *test = &suite_cases[_i];
	struct secrets *secrets = bench_secrets(test->pair);
	struct peers peers = begin_suite(secrets, test);
	const struct smb2_tree_connect *tree;
	size_t length;

	connect_tree_signed(&peers);
	tree = only_tree(peers.bench);
	assert_number(tree->request_signature, SMB2_SIGNATURE_RIGHT);
	assert_number(tree->signature, SMB2_SIGNATURE_RIGHT);
	ck_assert(!tree->is_request_encrypted);
	assert_number(tree->is_encrypted, false);
	assert_signatures(peers.bench, CLIENT, 1, 0);
	assert_signatures(peers.bench, SERVER, 2, 0);
	put_tree_request(&peers);
	length = peers.bench->length;
	for (size_t at = 4 + 48; at < length; at++) { /* from the Signature on */
		bench_sign(peers.bench, &peers.keys);
		peers.bench->wire[at] ^= 0x10;
		send_message(peers.bench, CLIENT);
		put_tree_request(&peers);
	}
	assert_signatures(peers.bench, CLIENT, 1, length - 52);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* Real commands, signed by smbclient and smbd; the keys of their dialects depend on nothing else.
 */
START_TEST(test_real_signatures)
{
	const enum session session = _i == 0 ? LAB_210 : LAB_300;
	const struct hex key = hex(sessions[session].session_key);
	struct secrets *secrets = secrets_new();
	struct peers peers = peers_open(secrets);
	struct error error = {0};
	char pair[64];
	uint64_t id = _i == 0 ? 0x1719e998 : 0x9bd0cded;

	snprintf(pair, sizeof(pair), "%" PRIu64 "=%s", id, sessions[session].session_key);
	ck_assert(secrets_add_session_key(secrets, pair, &error));
	peers_negotiate(&peers, &sessions[session].suite, BENCH_GUID);
	peers_authenticate(&peers, id, hex_span(&key));
	for (size_t i = 0; i < COUNT(commands); i++) {
		if (commands[i].session != session)
			continue;
		put_hex(peers.bench, commands[i].command);
		send_message(peers.bench, peers.bench->wire[4 + 16] & RESPONSE ? SERVER : CLIENT);
	}
	assert_signatures(peers.bench, CLIENT, 1, 0);
	assert_signatures(peers.bench, SERVER, 2, 0);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* Encrypted right, then with an altered byte, and with an altered tag. */
START_TEST(test_encryption)
{
	const struct suite_case *test = &suite_cases[_i];
	struct secrets *secrets = bench_secrets(test->pair);
	struct peers peers = begin_suite(secrets, test);
	struct bench *bench = peers.bench;
	const struct smb2_tree_connect *tree;

	if (peers.keys.cipher_length == 0) {
		peers_close(&peers);
		secrets_free(secrets);
		return;
	}
	connect_tree_sealed(&peers);
	tree = only_tree(bench);
	ck_assert_str_eq(tree->path, BENCH_PATH);
	assert_number(tree->request_signature, SMB2_SIGNATURE_RIGHT);
	assert_number(tree->signature, SMB2_SIGNATURE_RIGHT);
	assert_unread(bench, 0, 0, SEAL_OPENED);
	assert_signatures(bench, CLIENT, 1, 0);
	assert_signatures(bench, SERVER, 2, 0);
	put_tree_request(&peers);
	seal(&peers, CLIENT);
	bench->wire[bench->length - 1] ^= 1;
	send_message(bench, CLIENT);
	put_tree_answer(&peers);
	seal(&peers, SERVER);
	bench->wire[4 + 4] ^= 1;
	send_message(bench, SERVER);
	assert_signatures(bench, CLIENT, 1, 1);
	assert_signatures(bench, SERVER, 2, 1);
	tree = exchange_of(bench, &smb2_tree_connect_type, 1);
	assert_number(tree->request_signature, SMB2_SIGNATURE_WRONG);
	assert_number(tree->signature, SMB2_SIGNATURE_WRONG);
	assert_unread(bench, 0, 0, SEAL_OPENED);
	ck_assert_uint_eq(bench->facts.opened_messages[CLIENT], 2);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* Signed as nobody knows how: neither right nor wrong. */
START_TEST(test_unknown_signing)
{
	const struct smb2_suite suite = {0x0311, SMB2_CIPHER_AES128_GCM, 7};
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_open(secrets);

	peers_negotiate(&peers, &suite, BENCH_GUID);
	put_authentication(&peers, BENCH_SESSION, 0);
	peers.session = BENCH_SESSION;
	smb2_derive_keys(&suite, bench_key_bytes, 16, peers.hash, &peers.keys);
	patch(peers.bench, peers.bench->part + 16, 4, RESPONSE | SMB2_FLAGS_SIGNED);
	send_message(peers.bench, SERVER);
	put_tree_request(&peers);
	patch(peers.bench, peers.bench->part + 16, 4, SMB2_FLAGS_SIGNED);
	send_message(peers.bench, CLIENT);
	assert_signatures(peers.bench, CLIENT, 0, 0);
	assert_signatures(peers.bench, SERVER, 0, 0);
	put_tree_answer(&peers);
	send_sealed(&peers, SERVER);
	assert_unread(peers.bench, 0, 0, SEAL_OPENED);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* The hash begins anew with each NEGOTIATE request. */
START_TEST(test_negotiate_again)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_open(secrets);

	peers_negotiate(&peers, &bench_ccm_300, BENCH_GUID);
	peers_negotiate(&peers, &bench_gcm, BENCH_GUID);
	peers_authenticate(&peers, BENCH_SESSION, bench_key_16);
	connect_tree_sealed(&peers);
	assert_unread(peers.bench, 0, 0, SEAL_OPENED);
	assert_signatures(peers.bench, SERVER, 2, 0);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* Where the capture does not show the session's beginning on this connection, it may be a channel
 * with a signing key of its own, and where it does not show the dialect, that is a guess. */
START_TEST(test_midstream_signatures)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_open(secrets);

	peers.suite = _i == 0 ? bench_ccm_300 : bench_gcm;
	peers.session = BENCH_SESSION;
	smb2_derive_keys(&peers.suite, bench_key_bytes, 16, peers.hash, &peers.keys);
	put_tree_request(&peers);
	send_sealed(&peers, CLIENT);
	put_tree_answer(&peers);
	send_sealed(&peers, SERVER);
	assert_unread(peers.bench, _i == 0 ? 0 : 1, _i == 0 ? 0 : 1,
	    _i == 0 ? SEAL_OPENED : SEAL_NO_HANDSHAKE);
	put_tree_request(&peers);
	peers.keys.signing[0] ^= 1;
	send_signed(&peers, CLIENT);
	assert_signatures(peers.bench, CLIENT, _i == 0 ? 1 : 0, 0);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* The same where SESSION_SETUP is there and NEGOTIATE is not: 2.1 and 3.0 sign differently. */
START_TEST(test_dialect_not_known)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_open(secrets);

	peers.suite = hmac_210;
	peers.message_id = 1;
	peers_authenticate(&peers, BENCH_SESSION, bench_key_16);
	connect_tree_signed(&peers);
	ck_assert_uint_eq(count_of(peers.bench, &smb2_session_setup_type), 1);
	ck_assert(!only_tree(peers.bench)->signature.is_known);
	assert_signatures(peers.bench, CLIENT, 0, 0);
	assert_signatures(peers.bench, SERVER, 0, 0);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* ---- keys ---- */

/* No keys at all, none of this session, a wrong one. */
static const struct key_case {
	bool has_secrets;
	const char *pair;
	enum seal seal;
} key_cases[] = {
    {false, NULL, SEAL_NO_KEY},
    {true, NULL, SEAL_NO_KEY},
    {true, "0x40=000102030405060708090a0b0c0d0e0f", SEAL_NO_KEY},
    {true, WRONG, SEAL_WRONG_KEY},
};

/* No signature was found to be anything. */
static void
assert_unchecked(const struct peers *peers, bool has_unfit_key)
{
	const struct smb2_session_setup *setup = only_of(peers->bench, &smb2_session_setup_type);

	ck_assert(!setup->signature.is_known);
	ck_assert(!setup->has_wrong_signature);
	ck_assert(!only_tree(peers->bench)->request_signature.is_known);
	ck_assert(!only_tree(peers->bench)->signature.is_known);
	assert_signatures(peers->bench, CLIENT, 0, 0);
	assert_signatures(peers->bench, SERVER, 0, 0);
	ck_assert_int_eq(peers->bench->facts.has_unfit_key, has_unfit_key);
}

START_TEST(test_keys)
{
	const struct key_case *test = &key_cases[_i];
	struct secrets *secrets = test->has_secrets ? bench_secrets(test->pair) : NULL;
	struct peers peers = peers_begin(secrets, &bench_gcm);
	const struct smb2_encrypted *encrypted;

	connect_tree_sealed(&peers);
	assert_unread(peers.bench, 1, 1, test->seal);
	ck_assert_uint_eq(count_of(peers.bench, &smb2_tree_connect_type), 0);
	connect_tree_signed(&peers);
	assert_unchecked(&peers, test->seal == SEAL_WRONG_KEY);
	bench_end(peers.bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	encrypted = only_of(peers.bench, &smb2_encrypted_type);
	ck_assert_int_eq(encrypted->seal, test->seal);
	assert_number(encrypted->session_id, BENCH_SESSION);
	bench_close(peers.bench);
	secrets_free(secrets);
}
END_TEST

/* A wrong key and nothing encrypted: the client goes on after an answer that it would refuse. */
START_TEST(test_wrong_key_for_signatures)
{
	struct secrets *secrets = bench_secrets(WRONG);
	struct peers peers = peers_begin(secrets, _i == 0 ? &bench_gcm : &bench_ccm_300);

	assert_signatures(peers.bench, SERVER, 0, 1); /* so far */
	connect_tree_signed(&peers);
	assert_unchecked(&peers, true);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* What the client makes of a last answer that was altered, the key being right. */
static const struct refusal_case {
	uint16_t command; /* of the client's next request, signed */
	uint64_t right;   /* of its signatures that are found right */
} refusal_cases[] = {
    {SMB2_COMMAND_COUNT, 0}, /* it leaves without one */
    {SMB2_LOGOFF, 0}, {SMB2_SESSION_SETUP, 0},
    {SMB2_TREE_CONNECT, 1}, /* it has the answer as it was, and the key is above doubt */
};

START_TEST(test_refused_answer)
{
	const struct refusal_case *test = &refusal_cases[_i];
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_open(secrets);
	const struct smb2_session_setup *setup;

	peers_negotiate(&peers, &bench_gcm, BENCH_GUID);
	put_authentication(&peers, BENCH_SESSION, 0);
	peers.session = BENCH_SESSION;
	smb2_derive_keys(&bench_gcm, bench_key_bytes, 16, peers.hash, &peers.keys);
	bench_sign(peers.bench, &peers.keys);
	peers.bench->wire[4 + SMB2_HEADER_SIZE + 2] ^= SMB2_SESSION_FLAG_ENCRYPT_DATA;
	send_message(peers.bench, SERVER);
	if (test->command < SMB2_COMMAND_COUNT) {
		put_command(&peers, CLIENT, test->command, 0);
		put_body(peers.bench, smb2_command_row(test->command)->request.size);
		send_signed(&peers, CLIENT);
	}
	bench_end(peers.bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	setup = exchange_of(peers.bench, &smb2_session_setup_type, 0);
	assert_number(setup->signature, SMB2_SIGNATURE_WRONG);
	ck_assert(setup->has_wrong_signature);
	assert_signatures(peers.bench, CLIENT, test->right, 0);
	assert_signatures(peers.bench, SERVER, 0, 1);
	ck_assert(!peers.bench->facts.has_unfit_key);
	bench_close(peers.bench);
	secrets_free(secrets);
}
END_TEST

/* Each session of a connection has its own keys, and those without are not touched. */
START_TEST(test_two_sessions)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_gcm), first = peers;

	peers_authenticate(&peers, OTHER, long_key);
	connect_tree_sealed(&peers);
	assert_unread(peers.bench, 1, 1, SEAL_NO_KEY);
	first.message_id = peers.message_id;
	connect_tree_sealed(&first);
	assert_unread(peers.bench, 1, 1, SEAL_NO_KEY);
	assert_number(only_tree(peers.bench)->session_id, BENCH_SESSION);
	assert_signatures(peers.bench, CLIENT, 1, 0);
	assert_signatures(peers.bench, SERVER, 2, 0);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* More sessions than are kept: the oldest gives way. It is encrypted with keys that are still to be
 * had, and its signatures are not known any more. */
START_TEST(test_many_sessions)
{
	enum { MANY = 256 + 2 };
	struct secrets *secrets = secrets_new();
	struct peers peers = peers_open(secrets), first;
	struct error error = {0};
	char pair[64];

	peers_negotiate(&peers, &bench_gcm, BENCH_GUID);
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(pair, sizeof(pair), "%u=9a41c7035ee8b26d", 1000 + i);
		ck_assert(secrets_add_session_key(secrets, pair, &error));
		peers_authenticate(&peers, 1000 + i, (struct span){bench_key_bytes, 8});
		if (i == 0)
			first = peers;
	}
	assert_signatures(peers.bench, SERVER, MANY, 0);
	connect_tree_signed(&peers);
	assert_signatures(peers.bench, CLIENT, 1, 0);
	first.message_id = peers.message_id;
	connect_tree_signed(&first);
	assert_signatures(peers.bench, CLIENT, 1, 0);
	connect_tree_sealed(&first);
	assert_signatures(peers.bench, CLIENT, 2, 0);
	connect_tree_signed(&first);
	assert_signatures(peers.bench, CLIENT, 2, 0);
	assert_unread(peers.bench, 0, 0, SEAL_OPENED);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* Authenticating anew leaves the keys as they are ([MS-SMB2] 3.3.5.5.3): in the clear, signed, as
 * well as encrypted. */
START_TEST(test_reauthentication)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_gcm);
	bool is_encrypted = _i != 0;
	const struct smb2_session_setup *setup;

	put_authentication(&peers, BENCH_SESSION, 0);
	if (is_encrypted)
		seal(&peers, SERVER);
	else
		bench_sign(peers.bench, &peers.keys);
	send_message(peers.bench, SERVER);
	setup = exchange_of(peers.bench, &smb2_session_setup_type, 1);
	ck_assert(setup->is_reauthentication);
	assert_number(setup->signature, SMB2_SIGNATURE_RIGHT);
	connect_tree_sealed(&peers);
	assert_unread(peers.bench, 0, 0, SEAL_OPENED);
	connect_tree_signed(&peers);
	assert_signatures(peers.bench, CLIENT, 2, 0);
	assert_signatures(peers.bench, SERVER, 4, 0);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* ---- several connections ---- */

/* A second connection to the server with this GUID, bound to BENCH_SESSION. It is encrypted with
 * the session's keys, and signs with others. */
static struct peers
bind(struct secrets *secrets, const struct peers *first, uint8_t server)
{
	struct peers peers = peers_open(secrets);

	peers_negotiate(&peers, &first->suite, server);
	put_authentication(&peers, BENCH_SESSION, SMB2_SESSION_FLAG_BINDING);
	peers.session = BENCH_SESSION;
	peers.keys = first->keys;
	peers.keys.signing[0] ^= 1;
	send_signed(&peers, SERVER);
	return peers;
}

START_TEST(test_binding)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers first = peers_begin(secrets, _i == 0 ? &bench_gcm : &bench_ccm_300), second;

	second = bind(secrets, &first, BENCH_GUID);
	ck_assert(((struct smb2_session_setup *)only_of(second.bench, &smb2_session_setup_type))
		      ->is_binding);
	connect_tree_sealed(&second);
	assert_unread(second.bench, 0, 0, SEAL_OPENED);
	ck_assert_str_eq(only_tree(second.bench)->path, BENCH_PATH);
	connect_tree_signed(&second);
	assert_signatures(second.bench, CLIENT, 1, 0); /* the encrypted ones */
	assert_signatures(second.bench, SERVER, 1, 0);
	connect_tree_signed(&first);
	assert_signatures(first.bench, CLIENT, 1, 0);
	peers_close(&second);
	peers_close(&first);
	secrets_free(secrets);
}
END_TEST

/* Of another server, or of a capture before, is another session. */
START_TEST(test_binding_elsewhere)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers first = peers_begin(secrets, &bench_gcm), second;

	if (_i == 1)
		secrets_begin_capture(secrets);
	second = bind(secrets, &first, _i == 0 ? 1 : BENCH_GUID);
	connect_tree_sealed(&second);
	assert_unread(second.bench, 1, 1, SEAL_NO_HANDSHAKE);
	assert_signatures(second.bench, CLIENT, 0, 0);
	assert_signatures(second.bench, SERVER, 0, 0);
	peers_close(&second);
	peers_close(&first);
	secrets_free(secrets);
}
END_TEST

/* Before 3.1.1 the key given is enough for what is encrypted, and for nothing else. */
START_TEST(test_binding_without_first)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers first = peers_begin(NULL, &bench_ccm_300),
		     second = bind(secrets, &first, BENCH_GUID);

	connect_tree_sealed(&second);
	assert_unread(second.bench, 0, 0, SEAL_OPENED);
	connect_tree_signed(&second);
	assert_signatures(second.bench, CLIENT, 1, 0);
	assert_signatures(second.bench, SERVER, 1, 0);
	peers_close(&second);
	peers_close(&first);
	secrets_free(secrets);
}
END_TEST

/* ---- what is signed, and what is not ---- */

/* What nobody verifies ([MS-SMB2] 3.2.5.1.3, 3.3.5.2.4), and what is not all there. */
START_TEST(test_not_checked)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_ccm_300);
	struct bench *bench = peers.bench;

	put_tree_request(&peers); /* not signed */
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_TREE_CONNECT, RESPONSE | SMB2_FLAGS_ASYNC_COMMAND | SMB2_FLAGS_SIGNED,
	    STATUS_PENDING, peers.message_id - 1, BENCH_SESSION, 77);
	put_error(bench);
	send_message(bench, SERVER);
	put_smb2(bench, SMB2_OPLOCK_BREAK, RESPONSE | SMB2_FLAGS_SIGNED, 0,
	    SMB2_MESSAGE_ID_UNSOLICITED, BENCH_SESSION, 0);
	put_body(bench, 24);
	send_message(bench, SERVER);
	put_tree_answer(&peers);
	bench_sign(bench, &peers.keys);
	send_cut(bench, SERVER, bench->length - 1);
	ck_assert(!only_tree(bench)->request_signature.is_known);
	ck_assert(!only_tree(bench)->signature.is_known);
	assert_signatures(bench, CLIENT, 0, 0);
	assert_signatures(bench, SERVER, 1, 0);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* A key makes messages wanted whole: payload is signed, too. */
START_TEST(test_payload)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_gcm);
	struct bench *bench = peers.bench;

	for (int i = 0; i < 2; i++) {
		put_command(&peers, CLIENT, SMB2_WRITE, 0);
		put_body(bench, 49);
		put(bench, 3000, 0);
		bench_sign(bench, &peers.keys);
		bench->wire[bench->length - 1] ^= (uint8_t)i;
		send_message(bench, CLIENT);
	}
	assert_signatures(bench, CLIENT, 1, 1);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* Each command of a compound is signed by itself, the padding behind it included. */
START_TEST(test_signed_compound)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_gcm);
	struct bench *bench = peers.bench;

	put_command(&peers, CLIENT, SMB2_CREATE, 0);
	put_create(bench, "a.txt");
	put_next(bench);
	ck_assert_uint_ne(here(bench), 64 + 56 + 10 + 8);
	bench_sign(bench, &peers.keys);
	if (_i == 1)
		bench->wire[bench->length - 1] ^= 1;
	put_smb2(bench, SMB2_CLOSE, SMB2_FLAGS_RELATED_OPERATIONS, 0, peers.message_id++,
	    UINT64_MAX, UINT32_MAX);
	put_body(bench, 24);
	bench_sign(bench, &peers.keys);
	send_message(bench, CLIENT);
	assert_signatures(bench, CLIENT, _i == 1 ? 1 : 2, _i == 1 ? 1 : 0);
	peers_close(&peers);
	secrets_free(secrets);
}
END_TEST

/* ---- afterwards ---- */

/* Nothing of a key is left where it was: not in the connection's memory once it is closed, nor in
 * what connections share once the capture is done with, nor in the operator's. */
START_TEST(test_wiped)
{
	struct secrets *secrets = bench_secrets(BENCH_PAIR);
	struct peers peers = peers_begin(secrets, &bench_gcm);
	const struct smb2_keys keys = peers.keys;

	connect_tree_sealed(&peers);
	connect_tree_signed(&peers);
	if (count_in_heap(bench_key_bytes) >= 0) {
		/* Of this session and shared. */
		ck_assert_int_eq(count_in_heap(keys.signing), 2);
		ck_assert_int_eq(count_in_heap(keys.cipher[CLIENT]), 2);
		peers_close(&peers);
		ck_assert_int_eq(count_in_heap(keys.signing), 1);
		ck_assert_int_eq(count_in_heap(keys.cipher[CLIENT]), 1);
		secrets_begin_capture(secrets);
		ck_assert_int_eq(count_in_heap(keys.signing), 0);
		ck_assert_int_eq(count_in_heap(keys.cipher[CLIENT]), 0);
		ck_assert_int_eq(count_in_heap(keys.cipher[SERVER]), 0);
		ck_assert_int_eq(count_in_heap(bench_key_bytes), 1);
		secrets_free(secrets);
		ck_assert_int_eq(count_in_heap(bench_key_bytes), 0);
	} else {
		peers_close(&peers);
		secrets_free(secrets);
	}
}
END_TEST

Suite *
smb2_seal_suite(void)
{
	Suite *suite = suite_create("smb2_seal");
	TCase *tests = tcase_create("smb2_seal");

	tcase_add_test(tests, test_real);
	tcase_add_loop_test(tests, test_flaw, 0, COUNT(flaw_cases));
	tcase_add_loop_test(tests, test_signatures, 0, COUNT(suite_cases));
	tcase_add_loop_test(tests, test_real_signatures, 0, 2);
	tcase_add_loop_test(tests, test_encryption, 0, COUNT(suite_cases));
	tcase_add_test(tests, test_unknown_signing);
	tcase_add_test(tests, test_negotiate_again);
	tcase_add_loop_test(tests, test_midstream_signatures, 0, 2);
	tcase_add_test(tests, test_dialect_not_known);
	tcase_add_loop_test(tests, test_keys, 0, COUNT(key_cases));
	tcase_add_loop_test(tests, test_wrong_key_for_signatures, 0, 2);
	tcase_add_loop_test(tests, test_refused_answer, 0, COUNT(refusal_cases));
	tcase_add_test(tests, test_two_sessions);
	tcase_add_test(tests, test_many_sessions);
	tcase_add_loop_test(tests, test_reauthentication, 0, 2);
	tcase_add_loop_test(tests, test_binding, 0, 2);
	tcase_add_loop_test(tests, test_binding_elsewhere, 0, 2);
	tcase_add_test(tests, test_binding_without_first);
	tcase_add_test(tests, test_not_checked);
	tcase_add_test(tests, test_payload);
	tcase_add_loop_test(tests, test_signed_compound, 0, 2);
	tcase_add_test(tests, test_wiped);
	suite_add_tcase(suite, tests);
	return suite;
}
