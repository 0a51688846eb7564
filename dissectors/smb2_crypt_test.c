#include "dissectors/smb2_crypt.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/hex_for_test.h"
#include "dissectors/smb2_crypt_samples.h"
#include "dissectors/smb2_wire.h"

Suite *smb2_crypt_suite(void);

static struct smb2_keys
derive_with(const struct smb2_suite *suite, const struct hex *session_key, const char *preauth)
{
	struct hex hash = hex(preauth);
	struct smb2_keys keys;

	memset(&keys, 0xa5, sizeof(keys));
	smb2_derive_keys(suite, session_key->bytes, session_key->length,
	    hash.length != 0 ? hash.bytes : NULL, &keys);
	return keys;
}

static struct smb2_keys
keys_of(enum session session)
{
	const struct session_vector *vector = &sessions[session];
	struct hex session_key = hex(vector->session_key);

	return derive_with(&vector->suite, &session_key, vector->preauth);
}

START_TEST(test_keys)
{
	const struct session_vector *vector = &sessions[_i];
	struct smb2_keys keys = keys_of((enum session)_i);

	if (vector->signing != NULL)
		assert_hex(keys.signing, keys.signing_length, vector->signing);
	if (vector->client == NULL)
		return;
	assert_hex(keys.cipher[CLIENT], keys.cipher_length, vector->client);
	assert_hex(keys.cipher[SERVER], keys.cipher_length, vector->server);
}
END_TEST

/* Session.SessionKey is the first 16 bytes, right-padded with zeroes ([MS-SMB2] 3.2.1.3): a DES
 * key's 8 are as good as the same with 8 zeroes, and what is behind 16 counts for AES-256 alone. */
START_TEST(test_key_lengths)
{
	const char *preauth = sessions[LAB_256_CCM].preauth;
	const char *zeroes = "0000000000000000";
	struct smb2_suite suite = {0x0311, SMB2_CIPHER_AES128_GCM, SMB2_SIGNING_AES_CMAC};
	struct hex key = hex(sessions[LAB_256_CCM].session_key), padded = key, cut = key;
	struct smb2_keys keys, other;

	cut.length = 8;
	padded.length = 16;
	memset(padded.bytes + 8, 0, 8);
	keys = derive_with(&suite, &cut, preauth);
	other = derive_with(&suite, &padded, preauth);
	ck_assert_mem_eq(&keys, &other, sizeof(keys));
	suite.dialect = SMB2_DIALECT_202;
	keys = derive_with(&suite, &cut, "");
	assert_hex(keys.signing + 8, 8, zeroes);
	ck_assert_mem_eq(keys.signing, key.bytes, 8);
	suite.dialect = SMB2_DIALECT_311;
	cut.length = 16;
	keys = derive_with(&suite, &cut, preauth);
	other = derive_with(&suite, &key, preauth);
	ck_assert_mem_eq(&keys, &other, sizeof(keys));
	suite.cipher = SMB2_CIPHER_AES256_CCM;
	keys = derive_with(&suite, &cut, preauth);
	other = derive_with(&suite, &key, preauth);
	ck_assert_mem_eq(keys.signing, other.signing, sizeof(keys.signing));
	ck_assert_mem_ne(keys.cipher[CLIENT], other.cipher[CLIENT], keys.cipher_length);
	cut.length = 0;
	keys = derive_with(&suite, &cut, preauth);
	ck_assert_uint_eq(keys.signing_length, 16);
}
END_TEST

/* Below 3.1.1 the dialect decides, whatever the suite says. */
START_TEST(test_settled)
{
	const struct {
		uint16_t dialect, cipher, signing;
	} rows[] = {
	    {0x0202, SMB2_CIPHER_NONE, SMB2_SIGNING_HMAC_SHA256},
	    {0x0210, SMB2_CIPHER_NONE, SMB2_SIGNING_HMAC_SHA256},
	    {0x0300, SMB2_CIPHER_AES128_CCM, SMB2_SIGNING_AES_CMAC},
	    {0x0302, SMB2_CIPHER_AES128_CCM, SMB2_SIGNING_AES_CMAC},
	};
	struct hex key = hex("000102030405060708090a0b0c0d0e0f");

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct smb2_suite suite = {rows[i].dialect, 77, 78};
		struct smb2_keys keys = derive_with(&suite, &key, "");

		ck_assert_uint_eq(keys.suite.cipher, rows[i].cipher);
		ck_assert_uint_eq(keys.suite.signing, rows[i].signing);
		ck_assert_uint_eq(keys.signing_length, 16);
		ck_assert_uint_eq(keys.cipher_length, rows[i].dialect < 0x0300 ? 0 : 16);
	}
}
END_TEST

/* Algorithms and dialects that nobody knows yet, and a hash that was not captured. */
START_TEST(test_unknown)
{
	const struct {
		struct smb2_suite suite;
		const char *preauth;
		uint8_t signing_length, cipher_length;
	} rows[] = {
	    {{0x0311, 0, 1}, sessions[MICROSOFT_311].preauth, 16, 0},
	    {{0x0311, 5, 2}, sessions[MICROSOFT_311].preauth, 16, 0},
	    {{0x0311, 4, 3}, sessions[MICROSOFT_311].preauth, 0, 32},
	    {{0x0311, 4, 2}, "", 0, 0},
	    {{0x0310, 4, 2}, sessions[MICROSOFT_311].preauth, 0, 0},
	    {{0x0312, 4, 2}, sessions[MICROSOFT_311].preauth, 0, 0},
	};
	struct hex key = hex("000102030405060708090a0b0c0d0e0f");

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct smb2_keys keys = derive_with(&rows[i].suite, &key, rows[i].preauth);

		ck_assert_uint_eq(keys.signing_length, rows[i].signing_length);
		ck_assert_uint_eq(keys.cipher_length, rows[i].cipher_length);
	}
}
END_TEST

/* Two steps of Microsoft's example: from nothing to the NEGOTIATE request, and from the hash of
 * the connection to the first SESSION_SETUP request of the session. */
START_TEST(test_preauth)
{
	const struct {
		const char *before, *message, *after;
	} steps[] = {
	    {"0000000000000000000000000000000000000000000000000000000000000000"
	     "0000000000000000000000000000000000000000000000000000000000000000",
		"fe534d42 4000 0100 00000000 0000 8000 00000000 00000000"
		"0100000000000000 fffe000000000000 0000000000000000"
		"00000000000000000000000000000000"
		"2400 0500 0000 0000 3f000000 ecd86f326276024f9f7752b89bb33f3a"
		"70000000 0200 0000 0202 1002 0003 0203 1103 0000" /* dialects, padding */
		"0100 2600 00000000 0100 2000 0100" /* PREAUTH_INTEGRITY_CAPABILITIES */
		"fa49e6578f1f3a9f4cd3e9cc14a67aa884b3d05844e0e5a118225c15887f32ff 0000"
		"0200 0600 00000000 0200 0200 0100", /* ENCRYPTION_CAPABILITIES */
		"dd94efc5321bb618a2e208ba8920d2f422992526947a409b5037de1e0fe8c736"
		"2b8c47122594cde0ce26aa9dfc8bcdbde0621957672623351a7540f1e54a0426"},
	    {"324bfa92a4f3a190e466ebea08d9c110dc88bfed758d9846ecc6f541cc1d02ae"
	     "3c94a79f36011e997e13f841b91b50957ad07b19c8e2539c0b23fdae09d2c513",
		"fe534d42 4000 0100 00000000 0100 8000 00000000 00000000"
		"0200000000000000 fffe000000000000 0000000000000000"
		"00000000000000000000000000000000"
		"1900 00 01 01000000 00000000 5800 4a00 0000000000000000"
		"604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa22a"
		"04284e544c4d5353500001000000978208e20000000000000000000000000000"
		"0000060380250000000f",
		"ac0b0f2b9986257700365e416d142a6edc96df03594a19e52a15f6bd0d041cd5"
		"d432f8ed42c55e33197a50c9ec00f1462b50c592211b1471a04b56088fdfd5f9"},
	};

	for (size_t i = 0; i < COUNT(steps); i++) {
		struct hex hash = hex(steps[i].before), message = hex(steps[i].message);

		ck_assert_uint_eq(hash.length, SMB2_PREAUTH_HASH_SIZE);
		smb2_preauth_add(hash.bytes, message.bytes, message.length);
		assert_hex(hash.bytes, hash.length, steps[i].after);
	}
}
END_TEST

/* COMMAND in a heap block of exactly its size, so that a read beyond it is seen. */
static bool
is_right(const struct smb2_keys *keys, const uint8_t *command, size_t length)
{
	uint8_t *copy = malloc(length + 1);
	bool is_right;

	copy[0] = 0xfe;
	memcpy(copy + 1, command, length);
	is_right = smb2_is_signature_right(keys, cur_of(copy + 1, length));
	free(copy);
	return is_right;
}

/* A signature covers every bit, and how many bytes there are. */
START_TEST(test_signature)
{
	struct smb2_keys keys = keys_of(commands[_i].session);
	struct hex command = hex(commands[_i].command);

	ck_assert(is_right(&keys, command.bytes, command.length));
	for (size_t i = 0; i < command.length; i++) {
		command.bytes[i] ^= 0x04;
		ck_assert_msg(!is_right(&keys, command.bytes, command.length), "byte %zu", i);
		command.bytes[i] ^= 0x04;
		ck_assert_msg(!is_right(&keys, command.bytes, i), "%zu bytes", i);
	}
	ck_assert(!is_right(&keys, command.bytes, command.length + 1));
	keys.signing[15] ^= 1;
	ck_assert(!is_right(&keys, command.bytes, command.length));
	keys.signing[15] ^= 1;
	keys.signing_length = 0;
	ck_assert(!is_right(&keys, command.bytes, command.length));
}
END_TEST

/* The cursor may stand in the middle of a message: the second command of a compound. */
START_TEST(test_signature_in_compound)
{
	struct smb2_keys keys = keys_of(LAB_300);
	struct hex message = hex(commands[2].command), second = hex(commands[3].command);
	struct cursor cursor;

	memcpy(message.bytes + message.length, second.bytes, second.length);
	cursor = cur_of(message.bytes, message.length + second.length);
	ck_assert(smb2_is_signature_right(&keys, cur_sub(&cursor, message.length)));
	ck_assert(smb2_is_signature_right(&keys, cursor));
}
END_TEST

struct opened {
	enum smb2_opening opening;
	uint8_t bytes[1024];
	size_t length;
};

/* MESSAGE, of which CAPTURED of LENGTH bytes are there, in heap blocks of exactly their size. */
static struct opened
open_with(const struct smb2_keys *keys, enum side from, const uint8_t *message, size_t captured,
    size_t length)
{
	struct opened opened = {.length = SIZE_MAX};
	uint8_t *copy = malloc(captured + 1), *ret = malloc(captured + 1);

	memcpy(copy + 1, message, captured);
	opened.opening = smb2_open_transform(
	    keys, from, cur_of(copy + 1, captured), length, ret + 1, &opened.length);
	if (opened.opening != SMB2_NOT_OPENED) {
		ck_assert_uint_le(opened.length, captured);
		memcpy(opened.bytes, ret + 1, opened.length);
	} else {
		ck_assert_uint_eq(opened.length, SIZE_MAX);
	}
	free(copy);
	free(ret);
	return opened;
}

struct opening_case {
	struct smb2_keys keys;
	enum side from;
	struct hex message, plain;
};

static struct opening_case
opening_case(int i)
{
	const struct opening_vector *vector = &openings[i];

	return (struct opening_case){
	    keys_of(vector->session), vector->from, hex(vector->message), hex(vector->plain)};
}

static enum smb2_opening
open_case(const struct opening_case *c)
{
	return open_with(&c->keys, c->from, c->message.bytes, c->message.length, c->message.length)
	    .opening;
}

#define TOLD_BY 6 /* bytes of a message that tell whether it is one: ProtocolId, StructureSize */

START_TEST(test_open)
{
	struct opening_case c = opening_case(_i);
	struct opened opened;

	for (size_t n = 0; n <= c.message.length; n++) {
		opened = open_with(&c.keys, c.from, c.message.bytes, n, c.message.length);
		if (n < SMB2_TRANSFORM_SIZE + TOLD_BY) {
			ck_assert_int_eq(opened.opening, SMB2_NOT_OPENED);
			continue;
		}
		ck_assert_int_eq(
		    opened.opening, n == c.message.length ? SMB2_OPENED : SMB2_OPENED_PART);
		ck_assert_uint_eq(opened.length, n - SMB2_TRANSFORM_SIZE);
		ck_assert_mem_eq(opened.bytes, c.plain.bytes, opened.length);
	}
}
END_TEST

START_TEST(test_open_wrong_key)
{
	struct opening_case c = opening_case(_i);

	c.from = other_side(c.from);
	ck_assert_int_eq(open_case(&c), SMB2_NOT_OPENED);
	c = opening_case(_i);
	c.keys.cipher[c.from][c.keys.cipher_length - 1] ^= 1;
	ck_assert_int_eq(open_case(&c), SMB2_NOT_OPENED);
	c = opening_case(_i);
	c.keys.cipher_length = 0;
	ck_assert_int_eq(open_case(&c), SMB2_NOT_OPENED);
}
END_TEST

/* What an altered byte at OFFSET leads to. */
START_TEST(test_open_altered)
{
	const struct {
		size_t offset;
		enum smb2_opening opening;
	} rows[] = {
	    {0, SMB2_NOT_OPENED},    /* ProtocolId */
	    {4, SMB2_OPENED_FALSE},  /* Signature */
	    {19, SMB2_OPENED_FALSE}, /* the last byte of it */
	    {20, SMB2_NOT_OPENED},   /* Nonce, as far as the cipher takes it */
	    {30, SMB2_NOT_OPENED}, {32, SMB2_OPENED_FALSE},                  /* and behind that */
	    {35, SMB2_OPENED_FALSE}, {40, SMB2_OPENED_FALSE},                /* Reserved */
	    {42, SMB2_NOT_OPENED},                                           /* Flags */
	    {44, SMB2_OPENED_FALSE},                                         /* SessionId */
	    {51, SMB2_OPENED_FALSE}, {SMB2_TRANSFORM_SIZE, SMB2_NOT_OPENED}, /* ProtocolId inside */
	    {SMB2_TRANSFORM_SIZE + 4, SMB2_NOT_OPENED},    /* StructureSize inside */
	    {SMB2_TRANSFORM_SIZE + 12, SMB2_OPENED_FALSE}, /* Command inside */
	};
	struct opening_case c = opening_case(_i);

	for (size_t i = 0; i < COUNT(rows); i++) {
		c.message.bytes[rows[i].offset] ^= 0x08;
		ck_assert_msg(open_case(&c) == rows[i].opening, "byte %zu", rows[i].offset);
		c.message.bytes[rows[i].offset] ^= 0x08;
	}
}
END_TEST

/* OriginalMessageSize counts: what stands behind that many bytes belongs to something else, and
 * more than came is a lie. */
START_TEST(test_open_sizes)
{
	struct opening_case c = opening_case(_i);
	size_t length = c.message.length;
	struct opened opened;

	opened = open_with(&c.keys, c.from, c.message.bytes, length + 8, length + 8);
	ck_assert_int_eq(opened.opening, SMB2_OPENED);
	ck_assert_uint_eq(opened.length, c.plain.length);
	opened = open_with(&c.keys, c.from, c.message.bytes, length, length - 1);
	ck_assert_int_eq(opened.opening, SMB2_NOT_OPENED);
	opened = open_with(&c.keys, c.from, c.message.bytes, length, SMB2_TRANSFORM_SIZE - 1);
	ck_assert_int_eq(opened.opening, SMB2_NOT_OPENED);
	c.message.bytes[36]++;
	ck_assert_int_eq(open_case(&c), SMB2_NOT_OPENED);
	c.message.bytes[36] -= 2;
	ck_assert_int_eq(open_case(&c), SMB2_OPENED_FALSE);
	c.message.bytes[39] = 0xff;
	ck_assert_int_eq(open_case(&c), SMB2_NOT_OPENED);
	memset(c.message.bytes + 36, 0, 4);
	ck_assert_int_eq(open_case(&c), SMB2_NOT_OPENED);
}
END_TEST

/* A compressed message is encrypted as it is ([MS-SMB2] 3.1.4.3). In a counter mode, changing what
 * is encrypted changes what comes out likewise. */
START_TEST(test_open_compressed)
{
	struct opening_case c = opening_case(_i);
	struct opened opened;

	c.message.bytes[SMB2_TRANSFORM_SIZE] ^= 0xfe ^ 0xfc;
	ck_assert_int_eq(open_case(&c), SMB2_OPENED_FALSE);
	for (size_t n = 4; n < 20; n++) {
		opened = open_with(
		    &c.keys, c.from, c.message.bytes, SMB2_TRANSFORM_SIZE + n, c.message.length);
		ck_assert_int_eq(opened.opening, SMB2_OPENED_PART);
		ck_assert_uint_eq(opened.length, n);
		ck_assert_uint_eq(opened.bytes[0], 0xfc);
	}
	opened =
	    open_with(&c.keys, c.from, c.message.bytes, SMB2_TRANSFORM_SIZE + 3, c.message.length);
	ck_assert_int_eq(opened.opening, SMB2_NOT_OPENED);
}
END_TEST

START_TEST(test_wipe)
{
	struct smb2_keys keys = keys_of(LAB_256_GCM), nothing;

	memset(&nothing, 0, sizeof(nothing));
	smb2_wipe_keys(&keys);
	ck_assert_mem_eq(&keys, &nothing, sizeof(keys));
}
END_TEST

Suite *
smb2_crypt_suite(void)
{
	Suite *suite = suite_create("smb2_crypt");
	TCase *tests = tcase_create("smb2_crypt");

	tcase_add_loop_test(tests, test_keys, 0, COUNT(sessions));
	tcase_add_test(tests, test_key_lengths);
	tcase_add_test(tests, test_settled);
	tcase_add_test(tests, test_unknown);
	tcase_add_test(tests, test_preauth);
	tcase_add_loop_test(tests, test_signature, 0, COUNT(commands));
	tcase_add_test(tests, test_signature_in_compound);
	tcase_add_loop_test(tests, test_open, 0, COUNT(openings));
	tcase_add_loop_test(tests, test_open_wrong_key, 0, COUNT(openings));
	tcase_add_loop_test(tests, test_open_altered, 0, COUNT(openings));
	tcase_add_loop_test(tests, test_open_sizes, 0, COUNT(openings));
	tcase_add_loop_test(tests, test_open_compressed, 0, COUNT(openings));
	tcase_add_test(tests, test_wipe);
	suite_add_tcase(suite, tests);
	return suite;
}
