#include "dissectors/kerberos_keys.h"

#include <string.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/der.h"
#include "dissectors/spnego.h"

static const struct name_row opening_rows[] = {
    {KERBEROS_NO_TICKET, "no_ticket", "the client sent no Kerberos ticket"},
    {KERBEROS_TICKET_CUT, "ticket_cut", "not all of the ticket was captured"},
    {KERBEROS_USER_TO_USER, "user_to_user",
	"the ticket is encrypted with a session key and not with a service's key"},
    {KERBEROS_NO_ETYPE, "no_etype", "the keytab has no key of the ticket's encryption type"},
    {KERBEROS_OTHER_SERVICE, "other_service",
	"the keytab has no key of the service, and those of others do not open the ticket"},
    {KERBEROS_OTHER_KVNO, "other_kvno",
	"the keytab has the service's key in other versions only, and they do not open the ticket"},
    {KERBEROS_WRONG_KEY, "wrong_key",
	"the keytab's key of the service has the ticket's version and does not open it"},
    {KERBEROS_TICKET_OPENED, "ticket_opened",
	"the ticket was opened, but what follows it is missing, cut or damaged"},
    {KERBEROS_KEY_FOUND, "key_found", "the session key is known"},
};
const struct names kerberos_opening_names = {opening_rows, COUNT(opening_rows)};

/* What is in an EncryptedData: a SEQUENCE of which a member is an EncryptionKey. */
struct part_kind {
	int32_t usage; /* key usage number (RFC 4120 7.5.1) */
	uint8_t tag;   /* its application tag */
	uint8_t key;   /* the member's context tag */
	bool has_key;  /* the member is not OPTIONAL */
};

/*
 * EncTicketPart ::= [APPLICATION 3] SEQUENCE {
 *     flags              [0] TicketFlags,
 *     key                [1] EncryptionKey,
 *     crealm             [2] Realm,
 *     cname              [3] PrincipalName,
 *     transited          [4] TransitedEncoding,
 *     authtime           [5] KerberosTime,
 *     starttime          [6] KerberosTime OPTIONAL,
 *     endtime            [7] KerberosTime,
 *     renew-till         [8] KerberosTime OPTIONAL,
 *     caddr              [9] HostAddresses OPTIONAL,
 *     authorization-data [10] AuthorizationData OPTIONAL
 * }
 * (RFC 4120 5.3)
 */
static const struct part_kind ticket_part = {2, 3, 1, true};

/*
 * Authenticator ::= [APPLICATION 2] SEQUENCE {
 *     authenticator-vno  [0] INTEGER (5),
 *     crealm             [1] Realm,
 *     cname              [2] PrincipalName,
 *     cksum              [3] Checksum OPTIONAL,
 *     cusec              [4] Microseconds,
 *     ctime              [5] KerberosTime,
 *     subkey             [6] EncryptionKey OPTIONAL,
 *     seq-number         [7] UInt32 OPTIONAL,
 *     authorization-data [8] AuthorizationData OPTIONAL
 * }
 * (RFC 4120 5.5.1)
 */
static const struct part_kind authenticator = {11, 2, 6, false};

/*
 * EncAPRepPart ::= [APPLICATION 27] SEQUENCE {
 *     ctime      [0] KerberosTime,
 *     cusec      [1] Microseconds,
 *     subkey     [2] EncryptionKey OPTIONAL,
 *     seq-number [3] UInt32 OPTIONAL
 * }
 * (RFC 4120 5.5.2)
 */
static const struct part_kind reply_part = {12, 27, 2, false};

/*
 * EncryptionKey ::= SEQUENCE {
 *     keytype  [0] Int32,
 *     keyvalue [1] OCTET STRING
 * }
 * (RFC 4120 5.2.9)
 */
static void
read_key(struct der *value, struct kerberos_key *ret)
{
	struct der sequence, member;
	struct cursor bytes;
	int64_t etype;

	der_enter(value, DER_SEQUENCE, &sequence);
	der_enter(&sequence, DER_CONTEXT(0), &member);
	if (!der_integer(&member, &etype))
		return;
	der_enter(&sequence, DER_CONTEXT(1), &member);
	if (!der_octets(&member, &bytes))
		return;
	if (etype < INT32_MIN || etype > INT32_MAX || cur_left(&bytes) == 0 ||
	    cur_left(&bytes) > KERBEROS_MOST_KEY) {
		der_reject(value);
		return;
	}
	ret->etype = (int32_t)etype;
	ret->length = (uint8_t)cur_left(&bytes);
	memcpy(ret->bytes, bytes.at, ret->length);
}

/* The key in the LENGTH bytes of a part of KIND, behind which may be padding. RET is zeroed. */
static bool
read_part(
    const struct part_kind *kind, const uint8_t *bytes, size_t length, struct kerberos_key *ret)
{
	enum der_verdict verdict;
	struct der der = der_of(bytes, length, length, &verdict);
	struct der members;
	struct der_element member;

	der_enter(&der, DER_APPLICATION(kind->tag), &members);
	der_enter(&members, DER_SEQUENCE, &members);
	while (der_next(&members, &member))
		if (member.tag == DER_CONTEXT(kind->key))
			read_key(&member.contents, ret);
	if (verdict == DER_OK && (ret->length != 0 || !kind->has_key))
		return true;
	explicit_bzero(ret, sizeof(*ret));
	return false;
}

/* Decrypts CIPHER with KEY and takes the key from it; there may be none. */
static enum kerberos_part
open_part(const struct part_kind *kind, const struct kerberos_key *key, struct cursor cipher,
    struct kerberos_key *ret)
{
	struct span span = {cipher.at, cur_left(&cipher)};
	uint8_t *plain = mem_alloc(span.length, 1);
	enum kerberos_part part = KERBEROS_PART_CLOSED;
	size_t length;

	*ret = (struct kerberos_key){0};
	if (keytab_decrypt(key, kind->usage, span, plain, &length))
		part = read_part(kind, plain, length, ret) ? KERBEROS_PART_OPENED
							   : KERBEROS_PART_UNREADABLE;
	explicit_bzero(plain, span.length);
	mem_free(plain);
	return part;
}

/* Why none of the keys that were proposed opens the ticket. */
static const enum kerberos_opening failures[] = {
    [KEYTAB_NONE] = KERBEROS_NO_ETYPE,
    [KEYTAB_OF_OTHERS] = KERBEROS_OTHER_SERVICE,
    [KEYTAB_OTHER_KVNO] = KERBEROS_OTHER_KVNO,
    [KEYTAB_SAME] = KERBEROS_WRONG_KEY,
};

static enum kerberos_opening
open_ticket(struct kerberos_secret *secret, const struct keytab *keytab,
    const struct kerberos_message *request)
{
	struct keytab_wanted wanted = {.etype = (int32_t)request->ticket_etype.value,
	    .kvno = request->ticket_kvno,
	    .service = request->service,
	    .realm = request->realm};
	struct keytab_proposal proposal;

	if (cur_left(&request->ticket_cipher) == 0)
		return KERBEROS_TICKET_CUT;
	if (request->ap_options.value & AP_OPTION_USE_SESSION_KEY)
		return KERBEROS_USER_TO_USER;
	proposal = keytab_propose(keytab, &wanted);
	for (size_t i = 0; i < proposal.count; i++)
		if (open_part(&ticket_part, proposal.keys[i], request->ticket_cipher,
			&secret->session_key) != KERBEROS_PART_CLOSED)
			return KERBEROS_TICKET_OPENED;
	secret->has_untried_keys = proposal.has_more;
	return failures[proposal.match];
}

/* Without the ticket's session key, which was not found or could not be read, it stays closed. */
static enum kerberos_part
open_behind_ticket(const struct kerberos_secret *secret, const struct part_kind *kind,
    struct cursor cipher, struct kerberos_key *ret)
{
	if (secret->session_key.length == 0 || cur_left(&cipher) == 0)
		return KERBEROS_PART_CLOSED;
	return open_part(kind, &secret->session_key, cipher, ret);
}

static void
take_request(struct kerberos_secret *secret, const struct keytab *keytab,
    const struct kerberos_message *request)
{
	kerberos_secret_wipe(secret);
	secret->awaits_reply = (request->ap_options.value & AP_OPTION_MUTUAL_REQUIRED) != 0;
	secret->ticket = open_ticket(secret, keytab, request);
	secret->authenticator = open_behind_ticket(
	    secret, &authenticator, request->authenticator_cipher, &secret->client_subkey);
}

void
kerberos_client_token(
    struct kerberos_secret *secret, const struct keytab *keytab, struct cursor token)
{
	struct arena arena = {0};
	struct spnego_token decoded;

	if (spnego_decode(token, &arena, &decoded) && decoded.inner.kerberos.type == KRB_AP_REQ)
		take_request(secret, keytab, &decoded.inner.kerberos);
	arena_free(&arena);
}

/* The ticket's session key encrypts it, even when the client has sent a subkey (RFC 4120 3.2.5). */
static void
take_reply(struct kerberos_secret *secret, const struct kerberos_message *reply)
{
	secret->awaits_reply = false;
	secret->reply =
	    open_behind_ticket(secret, &reply_part, reply->reply_cipher, &secret->server_subkey);
}

/* Whether the server is content and sent no AP-REP. It goes by the flags in the authenticator's
 * checksum (RFC 4121 4.1.1.1), which need not say what the AP-REQ's options say. */
static bool
ends_without_reply(const struct spnego_token *token)
{
	return token->is_whole && !token->has_inner && token->neg_state.is_known &&
	       token->neg_state.value == SPNEGO_ACCEPT_COMPLETED;
}

void
kerberos_server_token(struct kerberos_secret *secret, struct cursor token)
{
	struct arena arena = {0};
	struct spnego_token decoded;

	if (secret->ticket != KERBEROS_NO_TICKET && spnego_decode(token, &arena, &decoded)) {
		if (decoded.inner.kerberos.type == KRB_AP_REP)
			take_reply(secret, &decoded.inner.kerberos);
		else if (ends_without_reply(&decoded))
			secret->awaits_reply = false;
	}
	arena_free(&arena);
}

/*
 * The base key of RFC 4121 2: the server's subkey, else the client's, else the ticket's session
 * key. That is also what MIT and Heimdal hand to Samba (GSS_C_INQ_SSPI_SESSION_KEY), and what
 * [MS-KILE] 3.1.1.2 has SMB take. NULL: one that comes before it may exist and is not known.
 */
static const struct kerberos_key *
base_key(const struct kerberos_secret *secret)
{
	if (secret->server_subkey.length != 0)
		return &secret->server_subkey;
	if (secret->authenticator != KERBEROS_PART_OPENED || secret->awaits_reply ||
	    (secret->reply != KERBEROS_PART_UNSEEN && secret->reply != KERBEROS_PART_OPENED))
		return NULL;
	return secret->client_subkey.length != 0 ? &secret->client_subkey : &secret->session_key;
}

enum kerberos_opening
kerberos_opening(const struct kerberos_secret *secret)
{
	return base_key(secret) != NULL ? KERBEROS_KEY_FOUND : secret->ticket;
}

struct number
kerberos_is_ticket_opened(const struct kerberos_secret *secret)
{
	if (secret->ticket < KERBEROS_NO_ETYPE)
		return (struct number){0};
	return known(secret->ticket == KERBEROS_TICKET_OPENED);
}

struct span
kerberos_session_key(const struct kerberos_secret *secret)
{
	const struct kerberos_key *key = base_key(secret);

	return key != NULL ? (struct span){key->bytes, key->length} : (struct span){NULL, 0};
}

void
kerberos_secret_wipe(struct kerberos_secret *secret)
{
	explicit_bzero(secret, sizeof(*secret));
}
