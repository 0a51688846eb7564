/*
 * Sessions with keys, for tests: signs and encrypts what smb_bench.h writes, as a peer does. The
 * encryption is libgcrypt's own, so that nothing is opened by what closed it.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_SEAL_BENCH_H
#define SMBTRIAGE_DISSECTORS_SMB2_SEAL_BENCH_H

#include <check.h>
#include <fcntl.h>
#include <gcrypt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/crypto.h"
#include "analyzer/base/hex_for_test.h"
#include "analyzer/secrets.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2_crypt.h"
#include "dissectors/smb2_exchanges.h"
#include "dissectors/smb2_seal_samples.h"
#include "dissectors/smb_bench.h"

#define BENCH_PATH "\\\\fs1\\data"
#define BENCH_TREE 5u
#define BENCH_GUID 0 /* last byte of the usual server's */

/* A session, and its key: no pattern that a library may have in memory for its own tests. */
#define BENCH_SESSION 0x41u
#define BENCH_PAIR    "0x41=9a41c7035ee8b26d1f7094d833a65b0c"
static const uint8_t bench_key_bytes[32] = {0x9a, 0x41, 0xc7, 0x03, 0x5e, 0xe8, 0xb2, 0x6d, 0x1f,
    0x70, 0x94, 0xd8, 0x33, 0xa6, 0x5b, 0x0c, 0xf2, 0x19, 0x7e, 0x84, 0xd0, 0x5a, 0xc1, 0x36, 0x9b,
    0xe8, 0x4f, 0x20, 0x73, 0xdd, 0x0a, 0x55};
static const struct span bench_key_16 = {bench_key_bytes, 16};

static const struct smb2_suite bench_gcm = {0x0311, SMB2_CIPHER_AES128_GCM, SMB2_SIGNING_AES_GMAC},
			       bench_ccm_300 = {
				   0x0300, SMB2_CIPHER_AES128_CCM, SMB2_SIGNING_AES_CMAC};

/* One connection, as its two ends know it. */
struct peers {
	struct bench *bench;
	struct smb2_suite suite;
	uint8_t connection_hash[SMB2_PREAUTH_HASH_SIZE], hash[SMB2_PREAUTH_HASH_SIZE];
	struct smb2_keys keys; /* of the latest session */
	uint64_t session, message_id;
	uint8_t nonce;
};

/* SESSION=HEX; NULL: a keyring without key. */
static inline struct secrets *
bench_secrets(const char *pair)
{
	struct secrets *secrets = secrets_new();
	struct error error = {0};

	if (pair != NULL)
		ck_assert_msg(secrets_add_session_key(secrets, pair, &error), "%s", error.text);
	return secrets;
}

static inline void
put_hex(struct bench *bench, const char *text)
{
	struct hex bytes = hex(text);

	bench->part = bench->length;
	put_bytes(bench, bytes.bytes, bytes.length);
}

/* Signs the latest command, which must be all there ([MS-SMB2] 3.1.4.1). */
static inline void
bench_sign(struct bench *bench, const struct smb2_keys *keys)
{
	uint8_t *command = bench->wire + bench->part;
	const struct span key = {keys->signing, keys->signing_length},
			  all = {command, bench->length - bench->part};
	uint8_t mac[CRYPTO_SHA256_SIZE], nonce[12] = {0};

	command[16] |= SMB2_FLAGS_SIGNED;
	memset(command + 48, 0, 16);
	memcpy(nonce, command + 24, 8);
	nonce[8] = (uint8_t)((command[16] & 1) | (command[12] == SMB2_CANCEL ? 2 : 0));
	if (keys->suite.signing == SMB2_SIGNING_HMAC_SHA256)
		crypto_hmac_sha256(key, &all, 1, mac);
	else if (keys->suite.signing == SMB2_SIGNING_AES_CMAC)
		crypto_aes_cmac(key, &all, 1, mac);
	else
		crypto_aes_gmac(key, (struct span){nonce, sizeof(nonce)}, &all, 1, mac);
	memcpy(command + 48, mac, 16);
}

/* Puts what is written so far behind a TRANSFORM header, encrypted ([MS-SMB2] 3.1.4.3). */
static inline void
bench_encrypt_message(struct bench *bench, enum side from, uint64_t session, uint8_t number,
    const struct smb2_keys *keys)
{
	bool is_gcm = keys->suite.cipher == SMB2_CIPHER_AES128_GCM ||
		      keys->suite.cipher == SMB2_CIPHER_AES256_GCM;
	size_t size = bench->length - 4;
	uint8_t *header = bench->wire + 4, *data = header + SMB2_TRANSFORM_SIZE;
	uint64_t lengths[3] = {size, 32, 16};
	gcry_cipher_hd_t cipher;

	ck_assert_uint_le(bench->length + SMB2_TRANSFORM_SIZE, sizeof(bench->wire));
	ck_assert_uint_ne(keys->cipher_length, 0);
	memmove(data, header, size);
	memset(header, 0, SMB2_TRANSFORM_SIZE);
	memcpy(header, "\xfdSMB", 4);
	header[20] = number;
	header[21] = (uint8_t)from;
	bench->length += SMB2_TRANSFORM_SIZE;
	patch(bench, 4 + 36, 4, size);
	patch(bench, 4 + 42, 2, 1);
	patch(bench, 4 + 44, 8, session);
	ck_assert_int_eq(gcry_cipher_open(&cipher,
			     keys->cipher_length == 16 ? GCRY_CIPHER_AES128 : GCRY_CIPHER_AES256,
			     is_gcm ? GCRY_CIPHER_MODE_GCM : GCRY_CIPHER_MODE_CCM, 0),
	    0);
	ck_assert_int_eq(gcry_cipher_setkey(cipher, keys->cipher[from], keys->cipher_length), 0);
	ck_assert_int_eq(gcry_cipher_setiv(cipher, header + 20, is_gcm ? 12 : 11), 0);
	if (!is_gcm)
		ck_assert_int_eq(
		    gcry_cipher_ctl(cipher, GCRYCTL_SET_CCM_LENGTHS, lengths, sizeof(lengths)), 0);
	ck_assert_int_eq(gcry_cipher_authenticate(cipher, header + 20, 32), 0);
	ck_assert_int_eq(gcry_cipher_encrypt(cipher, data, size, NULL, 0), 0);
	ck_assert_int_eq(gcry_cipher_gettag(cipher, header + 4, 16), 0);
	gcry_cipher_close(cipher);
}

/* Encrypts what is written with the keys of the latest session. */
static inline void
seal(struct peers *peers, enum side from)
{
	bench_encrypt_message(peers->bench, from, peers->session, ++peers->nonce, &peers->keys);
}

static inline void
send_sealed(struct peers *peers, enum side from)
{
	seal(peers, from);
	send_message(peers->bench, from);
}

/* A message that belongs to the hash, of which SKIP bytes at its end are not captured. */
static inline void
send_hashed(struct peers *peers, enum side from, uint8_t hash[SMB2_PREAUTH_HASH_SIZE], size_t skip)
{
	struct bench *bench = peers->bench;

	smb2_preauth_add(hash, bench->wire + 4, bench->length - 4);
	send_cut(bench, from, bench->length - skip);
}

static inline struct peers
peers_open(struct secrets *secrets)
{
	return (struct peers){.bench = bench_open_with(secrets)};
}

/*
 * NEGOTIATE: a suite of 3.1.1 by the lab's messages, with other ciphers and signatures in the
 * answer; one before by one of our own. Its server has the ServerGuid that ends with SERVER.
 */
static inline void
peers_negotiate(struct peers *peers, const struct smb2_suite *suite, uint8_t server)
{
	struct bench *bench = peers->bench;

	peers->suite = *suite;
	peers->message_id = 1;
	memset(peers->connection_hash, 0, sizeof(peers->connection_hash));
	if (suite->dialect == SMB2_DIALECT_311) {
		put_hex(bench, lab_messages[LAB_NEGOTIATE].bytes);
		send_hashed(peers, CLIENT, peers->connection_hash, 0);
		put_hex(bench, lab_messages[LAB_NEGOTIATED].bytes);
		patch(bench, bench->length - 18, 2, suite->cipher);
		patch(bench, bench->length - 2, 2, suite->signing);
	} else {
		put_smb2(bench, SMB2_NEGOTIATE, 0, 0, 0, 0, 0);
		put_negotiate(bench, &suite->dialect, 1, SMB2_GLOBAL_CAP_ENCRYPTION);
		send_hashed(peers, CLIENT, peers->connection_hash, 0);
		put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, 0, 0, 0, 0);
		put_negotiated(bench, suite->dialect, SMB2_GLOBAL_CAP_ENCRYPTION);
	}
	bench->wire[bench->part + SMB2_HEADER_SIZE + 23] = server;
	send_hashed(peers, SERVER, peers->connection_hash, 0);
}

/* The two legs of SESSION_SETUP but for the last answer, which is written and not sent. */
static inline void
put_authentication(struct peers *peers, uint64_t session, uint8_t flags)
{
	struct bench *bench = peers->bench;
	bool is_new = flags == 0 && session != peers->session;

	memcpy(peers->hash, peers->connection_hash, sizeof(peers->hash));
	for (uint32_t leg = 1; leg <= 2; leg++) {
		uint64_t id = peers->message_id++;

		put_smb2(bench, SMB2_SESSION_SETUP, 0, 0, id, leg == 1 && is_new ? 0 : session, 0);
		put_session_setup(bench, flags, leg == 1 ? 1 : 3);
		send_hashed(peers, CLIENT, peers->hash, 0);
		put_smb2(bench, SMB2_SESSION_SETUP, RESPONSE,
		    leg == 1 ? STATUS_MORE_PROCESSING_REQUIRED : STATUS_SUCCESS, id, session, 0);
		put_session_answer(bench, 0, leg == 1 ? 2 : 0);
		if (leg == 1)
			send_hashed(peers, SERVER, peers->hash, 0);
	}
}

/* A session with these keys. The last answer is signed. */
static inline void
peers_authenticate(struct peers *peers, uint64_t session, struct span key)
{
	put_authentication(peers, session, 0);
	peers->session = session;
	smb2_derive_keys(&peers->suite, key.bytes, key.length, peers->hash, &peers->keys);
	bench_sign(peers->bench, &peers->keys);
	send_message(peers->bench, SERVER);
}

/* A command of the latest session; its body follows. An answer is that to the latest request. */
static inline void
put_command(struct peers *peers, enum side from, uint16_t command, uint32_t status)
{
	put_smb2(peers->bench, command, from == SERVER ? RESPONSE : 0, status,
	    from == SERVER ? peers->message_id - 1 : peers->message_id++, peers->session,
	    BENCH_TREE);
}

static inline void
put_tree_request(struct peers *peers)
{
	put_command(peers, CLIENT, SMB2_TREE_CONNECT, 0);
	put_tree_connect(peers->bench, BENCH_PATH);
}

static inline void
put_tree_answer(struct peers *peers)
{
	put_command(peers, SERVER, SMB2_TREE_CONNECT, STATUS_SUCCESS);
	put_tree(peers->bench, SMB2_SHARE_TYPE_DISK, 0);
}

/* A connection with SUITE, and on it BENCH_SESSION with SHORT_KEY. */
static inline struct peers
peers_begin(struct secrets *secrets, const struct smb2_suite *suite)
{
	struct peers peers = peers_open(secrets);

	peers_negotiate(&peers, suite, BENCH_GUID);
	peers_authenticate(&peers, BENCH_SESSION, bench_key_16);
	return peers;
}

static inline void
peers_close(struct peers *peers)
{
	bench_end(peers->bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	bench_close(peers->bench);
}

static inline void
send_signed(struct peers *peers, enum side from)
{
	bench_sign(peers->bench, &peers->keys);
	send_message(peers->bench, from);
}

/* TREE_CONNECT and its answer, signed. */
static inline void
connect_tree_signed(struct peers *peers)
{
	put_tree_request(peers);
	send_signed(peers, CLIENT);
	put_tree_answer(peers);
	send_signed(peers, SERVER);
}

static inline void
connect_tree_sealed(struct peers *peers)
{
	put_tree_request(peers);
	send_sealed(peers, CLIENT);
	put_tree_answer(peers);
	send_sealed(peers, SERVER);
}

static inline const struct smb2_tree_connect *
only_tree(const struct bench *bench)
{
	return only_of(bench, &smb2_tree_connect_type);
}

/* How often KEY is in the memory of this process between AT and END. */
static inline int
count_in_memory(const uint8_t key[16], unsigned long long at, unsigned long long end)
{
	static uint8_t block[1 << 16];
	int memory = open("/proc/self/mem", O_RDONLY), count = 0;
	ssize_t length;

	ck_assert_int_ge(memory, 0);
	for (; at + 16 <= end; at += (unsigned long long)length - 15) {
		length = pread(memory, block, min_u64(end - at, sizeof(block)), (off_t)at);
		ck_assert_int_ge(length, 16);
		for (ssize_t i = 0; i + 16 <= length; i++)
			count += memcmp(block + i, key, 16) == 0;
	}
	close(memory);
	return count;
}

/* How often KEY is in the heap, in memory that was given back too; -1 where the allocator has its
 * memory elsewhere, as that of a sanitizer. */
static inline int
count_in_heap(const uint8_t key[16])
{
	static char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long long at, end;
	void *probe = mem_alloc(1, 64);
	bool is_there = false;
	int count = 0;

	ck_assert_ptr_nonnull(maps);
	/* A process that was forked may have its heap in several pieces. */
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (strstr(line, "[heap]") == NULL)
			continue;
		ck_assert_int_eq(sscanf(line, "%llx-%llx", &at, &end), 2);
		is_there |= at <= (uintptr_t)probe && (uintptr_t)probe < end;
		count += count_in_memory(key, at, end);
	}
	fclose(maps);
	mem_free(probe);
	return is_there ? count : -1;
}

/* What the signatures and tags of either side were found to be. */
static inline void
assert_signatures(const struct bench *bench, enum side from, uint64_t right, uint64_t wrong)
{
	ck_assert_uint_eq(bench->facts.signatures_right[from], right);
	ck_assert_uint_eq(bench->facts.signatures_wrong[from], wrong);
}

static inline void
assert_unread(const struct bench *bench, uint64_t client, uint64_t server, enum seal why)
{
	ck_assert_uint_eq(bench->facts.sealed_messages[CLIENT], client);
	ck_assert_uint_eq(bench->facts.sealed_messages[SERVER], server);
	ck_assert_int_eq(bench->facts.seal, why);
}

#endif
