#include "dissectors/smb2_seal.h"

#include <string.h>

#include "analyzer/base/crypto.h"
#include "analyzer/base/memory.h"
#include "analyzer/secrets.h"
#include "dissectors/kerberos_keys.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2_setup.h"

struct smb2_sealed_session {
	uint64_t id;
	struct smb2_keys keys;
	bool can_check;  /* keys.signing is that of this connection */
	bool has_opened; /* an authentic message: the keys fit */
	/* Whose answer has a wrong signature, as long as it may be the key that is wrong; or NULL.
	 */
	struct smb2_session_setup *doubtful;
};

struct smb2_handshake {
	const struct secrets *secrets;
	/* PreauthSession.PreauthIntegrityHashValue, when all it rests on was read whole. */
	uint8_t preauth[SMB2_PREAUTH_HASH_SIZE];
	bool has_preauth;
	bool is_begun;  /* a request was there */
	bool is_asking; /* the latest request is not answered yet */
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
		crypto_wipe(seal->sessions, SMB2_MOST_SESSIONS * sizeof(*seal->sessions));
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

/* The first request of a new session has no SessionId, unless it binds a channel: before one that
 * has, some are lost, and with them the hash. */
void
smb2_seal_request(struct smb2_handshake *handshake, const struct smb2_part *part,
    struct cursor token, bool is_binding)
{
	if (handshake == NULL)
		return;
	if (!handshake->is_begun && part->header.session_id != 0 && !is_binding)
		handshake->has_preauth = false;
	handshake->is_begun = handshake->is_asking = true;
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
	/* Two answers in turn: the request between them is lost. */
	handshake->has_preauth = handshake->has_preauth && handshake->is_asking;
	handshake->is_asking = false;
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

	if (seal->session_count < SMB2_MOST_SESSIONS) {
		if (seal->sessions == NULL) /* at once: a moved block would leave keys behind */
			seal->sessions = mem_alloc(SMB2_MOST_SESSIONS, sizeof(*seal->sessions));
		session = &seal->sessions[seal->session_count++];
	} else {
		session = &seal->sessions[seal->next_session++ % SMB2_MOST_SESSIONS];
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
	/* Without its SESSION_SETUP it may be a channel that was bound to the session. */
	session->can_check = handshake != NULL && seal->connection->dialect.is_known;
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
	session->can_check = seal->connection->dialect.is_known;
	smb2_wipe_keys(&own);
}

/* What keeps the keytab, if one was given, from telling the key of a Kerberos session. */
static void
note_keytab(const struct smb2_seal *seal, const struct smb2_handshake *handshake)
{
	enum kerberos_opening opening = kerberos_opening(&handshake->kerberos);

	if (secrets_keytab(handshake->secrets) != NULL && opening != KERBEROS_NO_TICKET &&
	    opening != KERBEROS_KEY_FOUND)
		seal->connection->context.conversation->keytab_lack =
		    names_find(&kerberos_opening_names, opening)->meaning;
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
	if (key.length == 0) {
		key = kerberos_session_key(&handshake->kerberos);
		note_keytab(seal, handshake);
	}
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

/* Whether a receiver verifies the signature of PART ([MS-SMB2] 3.2.5.1.3), and we can. */
static bool
has_signature(const struct smb2_part *part)
{
	const struct smb2_header *header = &part->header;

	return smb2_is_signed(part) && header->message_id != SMB2_MESSAGE_ID_UNSOLICITED &&
	       !(smb2_is_response(part) && header->status == STATUS_PENDING) &&
	       part->message->captured == part->message->length;
}

/* The client went on in a session whose first signed answer it must have refused, were the key
 * right ([MS-SMB2] 3.2.5.1.3): so the key is another one. */
static void
take_back(const struct smb2_seal *seal, struct smb2_sealed_session *session)
{
	struct conversation_facts *facts = seal->connection->context.conversation;

	session->doubtful->signature = (struct number){0};
	session->doubtful->has_wrong_signature = false;
	session->doubtful = NULL;
	session->can_check = false;
	facts->signatures_wrong[SERVER]--;
	facts->has_unfit_key = true;
}

/* Whether the key of SESSION is above doubt, by PART or before. A client that gives up a session
 * may say so. */
static bool
is_trusted(
    const struct smb2_seal *seal, struct smb2_sealed_session *session, const struct smb2_part *part)
{
	uint16_t command = part->header.command;

	if (session->doubtful == NULL)
		return true;
	if (smb2_is_response(part) || command == SMB2_SESSION_SETUP || command == SMB2_LOGOFF)
		return false;
	if (has_signature(part) && smb2_is_signature_right(&session->keys, part->command))
		session->doubtful = NULL;
	else
		take_back(seal, session);
	return session->can_check;
}

struct number
smb2_seal_check(const struct smb2_seal *seal, const struct smb2_part *part)
{
	struct smb2_sealed_session *session;
	bool is_right;

	if (part->envelope.is_encrypted)
		return part->envelope.signature;
	if (seal->session_count == 0 || !part->header.has_ids)
		return (struct number){0};
	session = find_session(seal, part->header.session_id);
	if (session == NULL || !session->can_check || session->keys.signing_length == 0 ||
	    !is_trusted(seal, session, part) || !has_signature(part))
		return (struct number){0};
	is_right = smb2_is_signature_right(&session->keys, part->command);
	return note_signature(
	    seal, part->message->from, is_right ? SMB2_SIGNATURE_RIGHT : SMB2_SIGNATURE_WRONG);
}

void
smb2_seal_check_last(
    const struct smb2_seal *seal, const struct smb2_part *part, struct smb2_session_setup *exchange)
{
	struct smb2_sealed_session *session = find_session(seal, part->header.session_id);

	exchange->signature = smb2_seal_check(seal, part);
	exchange->has_wrong_signature = smb2_is_wrong(exchange->signature);
	if (exchange->has_wrong_signature && session != NULL && !session->has_opened)
		session->doubtful = exchange;
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

	if (secrets != NULL && secrets_session_key(secrets, id).length != 0)
		return SEAL_NO_HANDSHAKE;
	return seal->connection->context.conversation->keytab_lack != NULL ? SEAL_UNFIT_KEYTAB
									   : SEAL_NO_KEY;
}

/* Why the keys of SESSION do not open MESSAGE, of which PAYLOAD was captured. */
static enum seal
why_closed(const struct smb2_seal *seal, const struct smb2_sealed_session *session,
    const struct message *message, struct cursor payload)
{
	bool is_whole = message->captured == message->length;

	if (!is_whole && cur_left(&payload) < SMB2_TRANSFORM_SIZE + SMB2_LEAST_TO_OPEN)
		return SEAL_CUT;
	if (session->has_opened && is_whole) {
		note_signature(seal, message->from, SMB2_SIGNATURE_WRONG);
		return SEAL_ALTERED;
	}
	/* Where the dialect is a guess, that may be what is wrong. */
	return seal->connection->dialect.is_known ? SEAL_WRONG_KEY : SEAL_NO_HANDSHAKE;
}

/* One that is all there and ends before the size it gives was altered, too. */
static struct number
tag_of(const struct smb2_seal *seal, const struct message *message, enum smb2_opening opening)
{
	if (opening == SMB2_OPENED_PART && message->captured != message->length)
		return (struct number){0};
	return note_signature(seal, message->from,
	    opening == SMB2_OPENED ? SMB2_SIGNATURE_RIGHT : SMB2_SIGNATURE_WRONG);
}

enum seal
smb2_seal_open(struct smb2_seal *seal, const struct message *message, struct cursor payload,
    struct message *ret, struct number *ret_signature)
{
	struct smb2_transform transform;
	struct smb2_sealed_session *session;
	enum smb2_opening opening;
	size_t length;

	if (!smb2_decode_transform(payload, &transform))
		return seal->connection->context.secrets != NULL ? SEAL_CUT : SEAL_NO_KEY;
	session = session_with_keys(seal, transform.session_id);
	if (session == NULL || session->keys.cipher_length == 0)
		return missing_key(seal, transform.session_id);
	make_room(seal, cur_left(&payload));
	opening = smb2_open_transform(&session->keys, message->from, payload,
	    SMB2_TRANSFORM_SIZE + transform.original_size, seal->plain, &length);
	if (opening == SMB2_OPENED)
		session->doubtful = NULL;
	if (session->doubtful != NULL && message->from == CLIENT)
		take_back(seal, session);
	if (opening == SMB2_NOT_OPENED)
		return why_closed(seal, session, message, payload);
	session->has_opened |= opening == SMB2_OPENED;
	*ret = *message;
	ret->bytes = seal->plain;
	ret->captured = (uint32_t)length;
	ret->length = transform.original_size;
	*ret_signature = tag_of(seal, message, opening);
	seal->connection->context.conversation->opened_messages[message->from]++;
	return SEAL_OPENED;
}
