/*
 * What is sealed on one SMB2 connection, as far as the operator's secrets open it: the
 * pre-authentication hash, the keys of sessions, encrypted messages and signatures ([MS-SMB2]
 * 3.1.4). Without secrets nothing is kept and nothing is opened.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_SEAL_H
#define SMBTRIAGE_DISSECTORS_SMB2_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "analyzer/dissector.h"
#include "dissectors/smb.h"
#include "dissectors/smb2_crypt.h"
#include "dissectors/smb2_exchanges.h"
#include "dissectors/smb2_part.h"

struct smb2_sealed_session;

struct smb2_seal {
	struct smb_connection *connection;
	/* Connection.PreauthIntegrityHashValue, once both NEGOTIATE messages were read whole. */
	uint8_t preauth[SMB2_PREAUTH_HASH_SIZE];
	bool has_preauth;
	struct smb2_sealed_session *sessions; /* heap; filled by SESSION_SETUP, emptied by close */
	size_t session_count, next_session;
	uint8_t *plain; /* heap: the latest message that was opened */
	size_t plain_capacity;
};

void smb2_seal_init(struct smb2_seal *seal, struct smb_connection *connection);

/* Wipes the keys and gives back the memory. */
void smb2_seal_close(struct smb2_seal *seal);

/* Whether there are keys for messages of this connection: then they are wanted whole. */
bool smb2_seal_has_keys(const struct smb2_seal *seal);

/* PART is a NEGOTIATE message; the answer's choice is already in the connection. */
void smb2_seal_negotiate(struct smb2_seal *seal, const struct smb2_part *part);

/*
 * An authentication under way, in the connection's arena; NULL when there are no secrets. Requests
 * and interim answers are added; the final one is not part of the hash, and ends it.
 */
struct smb2_handshake *smb2_seal_begin(const struct smb2_seal *seal);
void smb2_seal_request(struct smb2_handshake *handshake, const struct smb2_part *part,
    struct cursor token, bool is_binding);
void smb2_seal_answer(
    struct smb2_handshake *handshake, const struct smb2_part *part, struct cursor token);

/* The authentication succeeded with PART: derives the keys of its session, if they are known. */
void smb2_seal_establish(struct smb2_seal *seal, const struct smb2_part *part,
    struct smb2_handshake *handshake, bool is_binding);

/* Forgets what a handshake learnt of keys; NULL is ignored. */
void smb2_seal_forget(struct smb2_handshake *handshake);

/* Whether the signature of PART is right, or the tag of the message that it came in: an enum
 * smb2_signature. Unknown where it is not signed, nobody verifies it, it is not whole, or there is
 * no key that is known to be the one. Signatures are counted in the conversation's facts. */
struct number smb2_seal_check(const struct smb2_seal *seal, const struct smb2_part *part);

/* The same for the last answer to SESSION_SETUP, the first message that a key is tried on, into
 * EXCHANGE. A client that goes on after a wrong signature shows that it is the key that is wrong:
 * then EXCHANGE, which must last as long as SEAL, no longer says so. */
void smb2_seal_check_last(const struct smb2_seal *seal, const struct smb2_part *part,
    struct smb2_session_setup *exchange);

/*
 * Opens the message in PAYLOAD, a TRANSFORM header and what is behind it, or says why that cannot
 * be. RET's bytes are good until the next call; RET_SIGNATURE is known when all of the message was
 * captured.
 */
enum seal smb2_seal_open(struct smb2_seal *seal, const struct message *message,
    struct cursor payload, struct message *ret, struct number *ret_signature);

#endif
