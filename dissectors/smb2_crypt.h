/*
 * The keys of an SMB2 session, and what is done with them: signatures checked, encrypted messages
 * opened ([MS-SMB2] 3.1.4.1 to 3.1.4.3). Pure: no state of a connection.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_CRYPT_H
#define SMBTRIAGE_DISSECTORS_SMB2_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "analyzer/facts.h"

#define SMB2_PREAUTH_HASH_SIZE 64 /* SHA-512, the only hash there is ([MS-SMB2] 2.2.3.1.1) */
#define SMB2_SIGNING_KEY_SIZE  16 /* Session.SigningKey, [MS-SMB2] 3.2.1.3 */
#define SMB2_MOST_CIPHER_KEY   32

/* Leading bytes of what is inside that tell whether a key fits where the tag cannot: ProtocolId and
 * StructureSize of an SMB2 header. */
#define SMB2_LEAST_TO_OPEN 6

/* Connection.CipherId ([MS-SMB2] 2.2.3.1.2). */
enum smb2_cipher {
	SMB2_CIPHER_NONE = 0,
	SMB2_CIPHER_AES128_CCM,
	SMB2_CIPHER_AES128_GCM,
	SMB2_CIPHER_AES256_CCM,
	SMB2_CIPHER_AES256_GCM,
};

/* Connection.SigningAlgorithmId ([MS-SMB2] 2.2.3.1.7). */
enum smb2_signing {
	SMB2_SIGNING_HMAC_SHA256 = 0,
	SMB2_SIGNING_AES_CMAC,
	SMB2_SIGNING_AES_GMAC,
};

/*
 * What a connection agreed on, as far as keys depend on it. Below 3.1.1 only the dialect counts:
 * 3.0 and 3.0.2 have AES-CMAC and AES-128-CCM, those before HMAC-SHA256 and no cipher.
 */
struct smb2_suite {
	uint16_t dialect;
	uint16_t cipher;  /* enum smb2_cipher, or a later one */
	uint16_t signing; /* enum smb2_signing, or a later one. An answer without
			   * SIGNING_CAPABILITIES means SMB2_SIGNING_AES_CMAC ([MS-SMB2] 3.1.4.1) */
};

/* The keys of one session on one connection. Secret: smb2_wipe_keys() when they are done with. */
struct smb2_keys {
	struct smb2_suite suite; /* with what the dialect decides filled in */
	uint8_t signing[SMB2_SIGNING_KEY_SIZE];
	uint8_t signing_length;                  /* 0: no signature of this suite can be checked */
	uint8_t cipher[2][SMB2_MOST_CIPHER_KEY]; /* by enum side: of what that side sends */
	uint8_t cipher_length; /* bytes of either; 0: nothing of this suite can be decrypted */
};

/*
 * The keys that SESSION_KEY leads to: LENGTH bytes as the security package gave them
 * (Session.FullSessionKey), of which most keys take the first 16, and those of the AES-256 ciphers
 * all. PREAUTH is Session.PreauthIntegrityHashValue, which dialect 3.1.1 needs; NULL: not known.
 * A suite that is not known, or lacks what it needs, gives keys of length 0.
 */
void smb2_derive_keys(const struct smb2_suite *suite, const uint8_t *session_key, size_t length,
    const uint8_t preauth[SMB2_PREAUTH_HASH_SIZE], struct smb2_keys *ret);

void smb2_wipe_keys(struct smb2_keys *keys);

/*
 * One more message in a preauthentication hash, which begins as zeroes: PREAUTH := SHA-512(PREAUTH
 * || MESSAGE). MESSAGE is whole, from its SMB2 header on, and its signature is part of it. A
 * connection's hash is of NEGOTIATE, request and answer; a session's goes on from there with its
 * SESSION_SETUP requests and answers, without the last answer, which is signed with the key that
 * comes out ([MS-SMB2] 3.2.5.2, 3.2.5.3, 3.3.5.4, 3.3.5.5).
 */
void
smb2_preauth_add(uint8_t preauth[SMB2_PREAUTH_HASH_SIZE], const uint8_t *message, size_t length);

/*
 * Whether the Signature in the SMB2 header of COMMAND is right ([MS-SMB2] 3.1.5.1). COMMAND is
 * what is left of the cursor, from the header on: one command of a compound with the padding
 * behind it, the last with all that remains. It must be whole, and SMB2_FLAGS_SIGNED set in it.
 * False also when it is shorter than a header, or when keys->signing_length is 0.
 */
bool smb2_is_signature_right(const struct smb2_keys *keys, struct cursor command);

enum smb2_opening {
	SMB2_OPENED,       /* authentic */
	SMB2_OPENED_PART,  /* a beginning, which cannot be authenticated; it looks like SMB2 */
	SMB2_OPENED_FALSE, /* whole, looks like SMB2, and the tag is wrong: altered on its way */
	SMB2_NOT_OPENED,   /* another key, too little to tell, or no encrypted message */
};

/*
 * Opens MESSAGE, a TRANSFORM header and what was captured behind it, of LENGTH bytes on the wire,
 * sent by FROM ([MS-SMB2] 3.1.4.3). RET has room for cur_left(&message) bytes; it gets the SMB2 or
 * COMPRESSION message inside as far as it was captured, RET_LENGTH bytes. When not opened,
 * RET_LENGTH is untouched and RET holds nothing of use.
 */
enum smb2_opening smb2_open_transform(const struct smb2_keys *keys, enum side from,
    struct cursor message, size_t length, uint8_t *ret, size_t *ret_length);

#endif
