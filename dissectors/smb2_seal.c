#include "dissectors/smb2_seal.h"

#include <string.h>

#include "analyzer/base/crypto.h"
#include "analyzer/base/memory.h"
#include "analyzer/secrets.h"
#include "dissectors/kerberos_keys.h"
#include "dissectors/nt_status.h"

/* As many as SMB2_MOST_SESSIONS of smb2_setup.h, for the same reason. */
#define MOST_SESSIONS 256

struct smb2_sealed_session {
	uint64_t id;
	struct smb2_keys keys;
	bool can_check; /* keys.signing is that of this connection */
};

struct smb2_handshake {
	const struct secrets *secrets;
	/* PreauthSession.PreauthIntegrityHashValue, when all it rests on was read whole. */
	uint8_t preauth[SMB2_PREAUTH_HASH_SIZE];
	bool has_preauth;
	struct kerberos_secret kerberos;
};

void
smb2_seal_init(struct smb2_seal *seal, struct smb_connection *connection)
{
	*seal = (struct smb2_seal){.connection = connection};
}

void
smb2_seal_close(struct smb2_seal *seal)
{
	if (seal->sessions != NULL)
		crypto_wipe(seal->sessions, MOST_SESSIONS * sizeof(*seal->sessions));
	mem_free(seal->sessions);
	mem_free(seal->plain);
}

bool
smb2_seal_has_keys(const struct smb2_seal *seal)
{
	return seal->session_count != 0;
}

/* Whether PART is all of its message, and all of that is there: the hash is over whole messages. */
static bool
is_whole_message(const struct smb2_part *part)
{
	return part->message->captured == part->message->length && part->header.next_command == 0;
}

static void
add_to_hash(
    uint8_t preauth[SMB2_PREAUTH_HASH_SIZE], bool *has_preauth, const struct smb2_part *part)
{
	*has_preauth = *has_preauth && is_whole_message(part);
	if (*has_preauth)
		smb2_preauth_add(preauth, part->command.start,
		    (size_t)(part->command.end - part->command.start));
}

/* [MS-SMB2] 3.2.5.2 and 3.3.5.4: a hash of zeroes, then the request, then the answer. */
void
smb2_seal_negotiate(struct smb2_seal *seal, const struct smb2_part *part)
{
	if (seal->connection->context.secrets == NULL)
		return;
	if (!smb2_is_response(part)) {
		memset(seal->preauth, 0, sizeof(seal->preauth));
		seal->has_preauth = true;
	}
	add_to_hash(seal->preauth, &seal->has_preauth, part);
}

struct smb2_handshake *
smb2_seal_begin(const struct smb2_seal *seal)
{
	const struct dissector_context *context = &seal->connection->context;
	struct smb2_handshake *handshake;

	if (context->secrets == NULL)
		return NULL;
	handshake = ARENA_ARRAY(context->arena, struct smb2_handshake, 1);
	handshake->secrets = context->secrets;
	handshake->has_preauth = seal->has_preauth;
	memcpy(handshake->preauth, seal->preauth, sizeof(handshake->preauth));
	return handshake;
}

void
smb2_seal_request(
    struct smb2_handshake *handshake, const struct smb2_part *part, struct cursor token)
{
	if (handshake == NULL)
		return;
	add_to_hash(handshake->preauth, &handshake->has_preauth, part);
	if (secrets_keytab(handshake->secrets) != NULL)
		kerberos_client_token(
		    &handshake->kerberos, secrets_keytab(handshake->secrets), token);
}

void
smb2_seal_answer(
    struct smb2_handshake *handshake, const struct smb2_part *part, struct cursor token)
{
	if (handshake == NULL)
		return;
	if (part->header.status == STATUS_MORE_PROCESSING_REQUIRED)
		add_to_hash(handshake->preauth, &handshake->has_preauth, part);
	if (secrets_keytab(handshake->secrets) != NULL)
		kerberos_server_token(&handshake->kerberos, token);
}

void
smb2_seal_forget(struct smb2_handshake *handshake)
{
	if (handshake != NULL)
		crypto_wipe(handshake, sizeof(*handshake));
}

static struct smb2_sealed_session *
find_session(const struct smb2_seal *seal, uint64_t id)
{
	for (size_t i = 0; i < seal->session_count; i++)
		if (seal->sessions[i].id == id)
			return &seal->sessions[i];
	return NULL;
}

/* A new session, in the place of the oldest when there are too many. */
static struct smb2_sealed_session *
add_session(struct smb2_seal *seal, uint64_t id)
{
	struct smb2_sealed_session *session;

	if (seal->session_count < MOST_SESSIONS) {
		if (seal->sessions == NULL) /* at once: a moved block would leave keys behind */
			seal->sessions = mem_alloc(MOST_SESSIONS, sizeof(*seal->sessions));
		session = &seal->sessions[seal->session_count++];
	} else {
		session = &seal->sessions[seal->next_session++ % MOST_SESSIONS];
	}
	*session = (struct smb2_sealed_session){.id = id};
	return session;
}

/* What the connection agreed on. Where its NEGOTIATE was not captured, 3.0 is tried, whose keys
 * depend on nothing else; a wrong guess opens nothing. */
static struct smb2_suite
suite_of(const struct smb_connection *connection)
{
	const struct smb_choice *choice = &connection->choice;
	struct smb2_suite suite = {SMB2_DIALECT_300, SMB2_CIPHER_AES128_CCM, SMB2_SIGNING_AES_CMAC};

	if (!connection->dialect.is_known)
		return suite;
	suite.dialect = (uint16_t)connection->dialect.value;
	if (suite.dialect == SMB2_DIALECT_311)
		suite.cipher = (uint16_t)choice->cipher.value;
	if (choice->signing.is_known)
		suite.signing = (uint16_t)choice->signing.value;
	return suite;
}

/* Other connections may be bound to the session, and are encrypted with the same keys. */
static void
share_keys(const struct smb2_seal *seal, const struct smb2_sealed_session *session)
{
	const struct smb_connection *connection = seal->connection;

	if (connection->choice.is_known)
		secrets_keep(connection->context.secrets, connection->choice.guid, session->id,
		    (struct span){&session->keys, sizeof(session->keys)});
}

/* The session with the keys that KEY leads to, unless they depend on what was not read. */
static struct smb2_sealed_session *
derive(struct smb2_seal *seal, uint64_t id, struct span key, const struct smb2_handshake *handshake)
{
	struct smb2_suite suite = suite_of(seal->connection);
	bool has_hash = handshake != NULL && handshake->has_preauth;
	struct smb2_sealed_session *session;

	if (key.length == 0 || (suite.dialect == SMB2_DIALECT_311 && !has_hash))
		return NULL;
	session = add_session(seal, id);
	smb2_derive_keys(
	    &suite, key.bytes, key.length, has_hash ? handshake->preauth : NULL, &session->keys);
	session->can_check = true;
	return session;
}

/* The session with the keys that another of its connections has. */
static struct smb2_sealed_session *
borrow(struct smb2_seal *seal, uint64_t id)
{
	const struct smb_connection *connection = seal->connection;
	struct smb2_sealed_session *session;
	struct span kept;

	if (!connection->choice.is_known)
		return NULL;
	kept = secrets_kept(connection->context.secrets, connection->choice.guid, id);
	if (kept.length != sizeof(session->keys))
		return NULL;
	session = add_session(seal, id);
	memcpy(&session->keys, kept.bytes, kept.length);
	return session;
}

/*
 * A channel that is bound to a session signs with a key from its own authentication, and encrypts
 * with those of the session ([MS-SMB2] 3.3.5.5.2, 3.2.5.3.3). Only a keytab knows the former.
 */
static void
bind_channel(struct smb2_seal *seal, uint64_t id, const struct smb2_handshake *handshake)
{
	struct span key = kerberos_session_key(&handshake->kerberos);
	struct smb2_suite suite = suite_of(seal->connection);
	struct smb2_sealed_session *session = borrow(seal, id);
	struct smb2_keys own;

	if (key.length == 0 || (suite.dialect == SMB2_DIALECT_311 && !handshake->has_preauth))
		return;
	smb2_derive_keys(&suite, key.bytes, key.length, handshake->preauth, &own);
	if (session == NULL) {
		session = add_session(seal, id);
		session->keys.suite = suite;
	}
	session->keys.suite.signing = suite.signing;
	memcpy(session->keys.signing, own.signing, sizeof(own.signing));
	session->keys.signing_length = own.signing_length;
	session->can_check = true;
	smb2_wipe_keys(&own);
}

void
smb2_seal_establish(struct smb2_seal *seal, const struct smb2_part *part,
    struct smb2_handshake *handshake, bool is_binding)
{
	uint64_t id = part->header.session_id;
	struct smb2_sealed_session *session;
	struct span key;

	/* An authentication anew leaves the keys as they are ([MS-SMB2] 3.3.5.5.3). */
	if (handshake == NULL || !part->header.has_ids || find_session(seal, id) != NULL)
		return;
	if (is_binding) {
		bind_channel(seal, id, handshake);
		return;
	}
	key = secrets_session_key(handshake->secrets, id);
	if (key.length == 0)
		key = kerberos_session_key(&handshake->kerberos);
	session = derive(seal, id, key, handshake);
	if (session != NULL)
		share_keys(seal, session);
}

/* The session with its keys, where they can be had without its SESSION_SETUP. */
static struct smb2_sealed_session *
session_with_keys(struct smb2_seal *seal, uint64_t id)
{
	struct secrets *secrets = seal->connection->context.secrets;
	struct smb2_sealed_session *session = find_session(seal, id);

	if (session != NULL || secrets == NULL)
		return session;
	session = borrow(seal, id);
	return session != NULL ? session : derive(seal, id, secrets_session_key(secrets, id), NULL);
}

static struct number
note_signature(const struct smb2_seal *seal, enum side from, enum smb2_signature signature)
{
	struct conversation_facts *facts = seal->connection->context.conversation;

	if (signature == SMB2_SIGNATURE_RIGHT)
		facts->signatures_right[from]++;
	else
		facts->signatures_wrong[from]++;
	return known(signature);
}

struct number
smb2_seal_check(const struct smb2_seal *seal, const struct smb2_part *part)
{
	const struct smb2_sealed_session *session;
	bool is_right;

	if (seal->session_count == 0 || !smb2_is_signed(part) || !part->header.has_ids ||
	    part->header.message_id == SMB2_MESSAGE_ID_UNSOLICITED ||
	    part->message->captured != part->message->length)
		return (struct number){0};
	session = find_session(seal, part->header.session_id);
	if (session == NULL || !session->can_check || session->keys.signing_length == 0)
		return (struct number){0};
	is_right = smb2_is_signature_right(&session->keys, part->command);
	return note_signature(
	    seal, part->message->from, is_right ? SMB2_SIGNATURE_RIGHT : SMB2_SIGNATURE_WRONG);
}

static void
make_room(struct smb2_seal *seal, size_t length)
{
	if (length <= seal->plain_capacity)
		return;
	seal->plain_capacity = length;
	seal->plain = mem_resize(seal->plain, length, 1);
}

/* Why there are no keys for the session ID. */
static enum seal
missing_key(const struct smb2_seal *seal, uint64_t id)
{
	const struct secrets *secrets = seal->connection->context.secrets;

	if (secrets == NULL || secrets_session_key(secrets, id).length == 0)
		return SEAL_NO_KEY;
	return SEAL_NO_HANDSHAKE;
}

enum seal
smb2_seal_open(struct smb2_seal *seal, const struct message *message, struct cursor payload,
    struct message *ret, struct number *ret_signature)
{
	struct smb2_transform transform;
	const struct smb2_sealed_session *session;
	enum smb2_opening opening;
	size_t length;

	if (!smb2_decode_transform(payload, &transform))
		return SEAL_NO_KEY;
	session = session_with_keys(seal, transform.session_id);
	if (session == NULL || session->keys.cipher_length == 0)
		return missing_key(seal, transform.session_id);
	make_room(seal, cur_left(&payload));
	opening = smb2_open_transform(&session->keys, message->from, payload,
	    SMB2_TRANSFORM_SIZE + transform.original_size, seal->plain, &length);
	if (opening == SMB2_NOT_OPENED)
		return SEAL_WRONG_KEY;
	*ret = *message;
	ret->bytes = seal->plain;
	ret->captured = (uint32_t)length;
	ret->length = transform.original_size;
	*ret_signature = (struct number){0};
	if (opening != SMB2_OPENED_PART)
		*ret_signature = note_signature(seal, message->from,
		    opening == SMB2_OPENED ? SMB2_SIGNATURE_RIGHT : SMB2_SIGNATURE_WRONG);
	seal->connection->context.conversation->opened_messages[message->from]++;
	return SEAL_OPENED;
}
