#include "dissectors/smb2_crypt.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/crypto.h"
#include "dissectors/smb2_wire.h"

#define SESSION_KEY_SIZE 16 /* Session.SessionKey, [MS-SMB2] 3.2.1.3 */

#define SIGNATURE_OFFSET 48 /* [MS-SMB2] 2.2.1 */

/* [MS-SMB2] 2.2.41. */
#define TRANSFORM_SIGNATURE_OFFSET 4
#define TRANSFORM_NONCE_OFFSET     20

struct cipher {
	enum crypto_aead aead;
	uint8_t key_length;
	uint8_t nonce_length; /* leading bytes of the TRANSFORM header's Nonce, [MS-SMB2] 2.2.41 */
};

/* By enum smb2_cipher. */
static const struct cipher ciphers[] = {
    [SMB2_CIPHER_AES128_CCM] = {CRYPTO_AES_CCM, 16, 11},
    [SMB2_CIPHER_AES128_GCM] = {CRYPTO_AES_GCM, 16, 12},
    [SMB2_CIPHER_AES256_CCM] = {CRYPTO_AES_CCM, 32, 11},
    [SMB2_CIPHER_AES256_GCM] = {CRYPTO_AES_GCM, 32, 12},
};

/* NULL: none, or one we do not know. */
static const struct cipher *
cipher_of(uint16_t id)
{
	return id < COUNT(ciphers) && ciphers[id].key_length != 0 ? &ciphers[id] : NULL;
}

/* What a key is for. The zero that terminates a string is part of it. */
struct purpose {
	const char *label;
	const char *context; /* NULL: the preauthentication hash */
};

/* What the dialects derive ([MS-SMB2] 3.2.5.3.1, 3.3.5.5.3). */
struct schedule {
	uint16_t first_dialect, last_dialect;
	struct purpose signing;
	struct purpose cipher[2]; /* by enum side: of what that side sends */
};

static const struct schedule schedules[] = {
    {SMB2_DIALECT_300, 0x0302, {"SMB2AESCMAC", "SmbSign"},
	{[CLIENT] = {"SMB2AESCCM", "ServerIn "}, [SERVER] = {"SMB2AESCCM", "ServerOut"}}},
    {SMB2_DIALECT_311, SMB2_DIALECT_311, {"SMBSigningKey", NULL},
	{[CLIENT] = {"SMBC2SCipherKey", NULL}, [SERVER] = {"SMBS2CCipherKey", NULL}}},
};

static const struct schedule *
schedule_of(uint16_t dialect)
{
	for (size_t i = 0; i < COUNT(schedules); i++) {
		if (schedules[i].first_dialect <= dialect && dialect <= schedules[i].last_dialect)
			return &schedules[i];
	}
	return NULL;
}

static struct span
string_span(const char *string)
{
	return (struct span){string, strlen(string) + 1};
}

/* [MS-SMB2] 3.1.4.2. Its L follows the cipher; a signing key has 128 bits all the same, and so has
 * its L: Samba's signatures next to AES-256 are right with that and no other. */
static void
derive(const struct purpose *purpose, struct span key, const uint8_t *preauth, uint8_t *ret,
    size_t ret_length)
{
	struct span context = purpose->context != NULL
				  ? string_span(purpose->context)
				  : (struct span){preauth, SMB2_PREAUTH_HASH_SIZE};

	crypto_derive(key, string_span(purpose->label), context, ret, ret_length);
}

/* What the dialect leaves no choice in. */
static void
settle(struct smb2_suite *suite)
{
	if (suite->dialect >= SMB2_DIALECT_311)
		return;
	suite->signing =
	    suite->dialect >= SMB2_DIALECT_300 ? SMB2_SIGNING_AES_CMAC : SMB2_SIGNING_HMAC_SHA256;
	suite->cipher =
	    suite->dialect >= SMB2_DIALECT_300 ? SMB2_CIPHER_AES128_CCM : SMB2_CIPHER_NONE;
}

/* FULL is Session.FullSessionKey, SHORT_KEY the Session.SessionKey made of it. */
static void
derive_all(const struct schedule *schedule, struct span full, struct span short_key,
    const uint8_t *preauth, struct smb2_keys *keys)
{
	const struct cipher *cipher = cipher_of(keys->suite.cipher);
	struct span key;

	if (keys->signing_length != 0)
		derive(&schedule->signing, short_key, preauth, keys->signing, keys->signing_length);
	if (cipher == NULL)
		return;
	keys->cipher_length = cipher->key_length;
	key = cipher->key_length > SESSION_KEY_SIZE ? full : short_key;
	for (int side = CLIENT; side <= SERVER; side++)
		derive(
		    &schedule->cipher[side], key, preauth, keys->cipher[side], cipher->key_length);
}

void
smb2_derive_keys(const struct smb2_suite *suite, const uint8_t *session_key, size_t length,
    const uint8_t preauth[SMB2_PREAUTH_HASH_SIZE], struct smb2_keys *ret)
{
	const struct schedule *schedule = schedule_of(suite->dialect);
	uint8_t short_key[SESSION_KEY_SIZE] = {0};

	*ret = (struct smb2_keys){.suite = *suite};
	settle(&ret->suite);
	if (length != 0)
		memcpy(short_key, session_key, min_u64(length, sizeof(short_key)));
	if (ret->suite.signing <= SMB2_SIGNING_AES_GMAC)
		ret->signing_length = SMB2_SIGNING_KEY_SIZE;
	if (suite->dialect < SMB2_DIALECT_300)
		memcpy(ret->signing, short_key, sizeof(ret->signing));
	else if (schedule == NULL || (schedule->signing.context == NULL && preauth == NULL))
		ret->signing_length = 0;
	else
		derive_all(schedule, (struct span){session_key, length},
		    (struct span){short_key, sizeof(short_key)}, preauth, ret);
	crypto_wipe(short_key, sizeof(short_key));
}

void
smb2_wipe_keys(struct smb2_keys *keys)
{
	crypto_wipe(keys, sizeof(*keys));
}

void
smb2_preauth_add(uint8_t preauth[SMB2_PREAUTH_HASH_SIZE], const uint8_t *message, size_t length)
{
	const struct span spans[] = {{preauth, SMB2_PREAUTH_HASH_SIZE}, {message, length}};

	crypto_sha512(spans, COUNT(spans), preauth);
}

#define GMAC_NONCE_SIZE 12

/* [MS-SMB2] 3.1.4.1: the MessageId, who sent it, and whether it is a CANCEL, which has the
 * MessageId of another request. */
static void
gmac_nonce(struct cursor command, uint8_t ret[GMAC_NONCE_SIZE])
{
	uint16_t number;
	uint32_t flags;

	cur_skip(&command, 12);
	number = cur_le16(&command);
	cur_skip(&command, 2);
	flags = cur_le32(&command);
	cur_skip(&command, 4);
	memset(ret, 0, GMAC_NONCE_SIZE);
	memcpy(ret, cur_bytes(&command, 8), 8);
	ret[8] = (uint8_t)((flags & SMB2_FLAGS_SERVER_TO_REDIR ? 1 : 0) |
			   (number == SMB2_CANCEL ? 2 : 0));
}

/* The three parts of COMMAND that are signed: before the Signature, zeroes for it, and behind. */
static void
sign(const struct smb2_keys *keys, struct cursor command, uint8_t ret[CRYPTO_SHA256_SIZE])
{
	static const uint8_t zeroes[CRYPTO_MAC_SIZE];
	const struct span key = {keys->signing, keys->signing_length};
	const uint8_t *start = command.at;
	const struct span spans[] = {
	    {start, SIGNATURE_OFFSET},
	    {zeroes, sizeof(zeroes)},
	    {start + SMB2_HEADER_SIZE, cur_left(&command) - SMB2_HEADER_SIZE},
	};
	uint8_t nonce[GMAC_NONCE_SIZE];

	switch ((enum smb2_signing)keys->suite.signing) {
	case SMB2_SIGNING_HMAC_SHA256:
		crypto_hmac_sha256(key, spans, COUNT(spans), ret);
		break;
	case SMB2_SIGNING_AES_CMAC:
		crypto_aes_cmac(key, spans, COUNT(spans), ret);
		break;
	case SMB2_SIGNING_AES_GMAC:
		gmac_nonce(command, nonce);
		crypto_aes_gmac(key, (struct span){nonce, sizeof(nonce)}, spans, COUNT(spans), ret);
		break;
	}
}

bool
smb2_is_signature_right(const struct smb2_keys *keys, struct cursor command)
{
	uint8_t expected[CRYPTO_SHA256_SIZE]; /* the first 16 bytes count, HMAC-SHA256's too */

	if (keys->signing_length == 0 || cur_left(&command) < SMB2_HEADER_SIZE)
		return false;
	sign(keys, command, expected);
	return memcmp(command.at + SIGNATURE_OFFSET, expected, CRYPTO_MAC_SIZE) == 0;
}

/* Whether bytes can be what was encrypted: of 2^32 wrong keys at most one passes. */
static bool
is_plain(struct cursor plain)
{
	uint32_t magic = cur_be32(&plain);

	if (magic == SMB2_COMPRESSION_MAGIC)
		return cur_ok(&plain);
	return magic == SMB2_MAGIC && cur_le16(&plain) == SMB2_HEADER_SIZE && cur_ok(&plain);
}

/* Decrypts DATA, which stands behind the TRANSFORM header at START. */
static bool
decrypt(const struct cipher *cipher, const uint8_t *key, const uint8_t *start, struct span data,
    size_t whole, uint8_t *ret, bool *ret_is_authentic)
{
	const uint8_t *nonce = start + TRANSFORM_NONCE_OFFSET;

	return crypto_aead_decrypt(cipher->aead, (struct span){key, cipher->key_length},
	    (struct span){nonce, cipher->nonce_length},
	    (struct span){nonce, SMB2_TRANSFORM_SIZE - TRANSFORM_NONCE_OFFSET}, data, whole,
	    start + TRANSFORM_SIGNATURE_OFFSET, ret, ret_is_authentic);
}

enum smb2_opening
smb2_open_transform(const struct smb2_keys *keys, enum side from, struct cursor message,
    size_t length, uint8_t *ret, size_t *ret_length)
{
	const struct cipher *cipher = keys->cipher_length ? cipher_of(keys->suite.cipher) : NULL;
	const uint8_t *start = message.at;
	struct smb2_transform transform;
	bool is_authentic = false;
	size_t held;

	if (cipher == NULL || !smb2_decode_transform(message, &transform) ||
	    length < SMB2_TRANSFORM_SIZE || transform.original_size > length - SMB2_TRANSFORM_SIZE)
		return SMB2_NOT_OPENED;
	held = min_u64(cur_left(&message) - SMB2_TRANSFORM_SIZE, transform.original_size);
	if (!decrypt(cipher, keys->cipher[from], start,
		(struct span){start + SMB2_TRANSFORM_SIZE, held}, transform.original_size, ret,
		&is_authentic))
		return SMB2_NOT_OPENED;
	if (!is_authentic && !is_plain(cur_of(ret, held)))
		return SMB2_NOT_OPENED;
	*ret_length = held;
	if (is_authentic)
		return SMB2_OPENED;
	return held < transform.original_size ? SMB2_OPENED_PART : SMB2_OPENED_FALSE;
}
