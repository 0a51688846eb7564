#include "dissectors/spnego.h"

#include <string.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"
#include "dissectors/der.h"
#include "dissectors/kerberos_wire.h"

#define SIGNATURE_SIZE 8

static const char KERBEROS[] = "Kerberos";
static const char NTLMSSP[] = "NTLMSSP";
static const char NEGOEX[] = "NegoEx";
static const char SPNEGO[] = "SPNEGO";

/* Object identifiers as they are encoded. */
static const struct mechanism {
	uint8_t length;
	uint8_t oid[10];
	const char *name;
} mechanisms[] = {
    /* 1.3.6.1.5.5.2, RFC 4178 3 */
    {6, {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}, SPNEGO},
    /* 1.2.840.113554.1.2.2, RFC 4121 1 */
    {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}, KERBEROS},
    /* 1.2.840.48018.1.2.2, the same with a bit lost in Windows 2000, [MS-SPNG] 3.1.5.2 */
    {9, {0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02}, KERBEROS},
    /* 1.2.840.113554.1.2.2.3, user to user, draft-swift-win2k-krb-user2user */
    {10, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03}, KERBEROS},
    /* 1.3.6.1.5.2.5, by way of the server, draft-ietf-kitten-iakerb */
    {6, {0x2b, 0x06, 0x01, 0x05, 0x02, 0x05}, KERBEROS},
    /* 1.3.6.1.4.1.311.2.2.10, [MS-NLMP] 1.9 */
    {10, {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a}, NTLMSSP},
    /* 1.3.6.1.4.1.311.2.2.30, [MS-NEGOEX] 1.9 */
    {10, {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1e}, NEGOEX},
};

/* The mechanism that OID names, NULL when it is not in the table. */
static const char *
mechanism_of(const struct cursor *oid)
{
	for (size_t i = 0; i < COUNT(mechanisms); i++)
		if (der_oid_is(oid, mechanisms[i].oid, mechanisms[i].length))
			return mechanisms[i].name;
	return NULL;
}

/* [MS-NLMP] 2.2.1: MessageType */
static const struct ntlmssp_message {
	uint32_t type;
	const char *name;
} ntlmssp_messages[] = {
    {1, "NTLMSSP_NEGOTIATE"},
    {2, "NTLMSSP_CHALLENGE"},
    {3, "NTLMSSP_AUTHENTICATE"},
};

/* One pair of length and offset; its bytes, short when they are not in the token. */
static struct cursor
ntlmssp_payload(const struct cursor *token, struct cursor *fields)
{
	size_t length = cur_le16(fields), offset;

	cur_skip(fields, 2); /* the maximum, to be ignored */
	offset = cur_le32(fields);
	return length > 0 ? cur_window(token, offset, length) : cur_of(token->start, 0);
}

/* Whether FIELDS, behind the message type of an AUTHENTICATE_MESSAGE, are those of an anonymous
 * user ([MS-NLMP] 2.2.1.3, 3.2.5.1.2). */
static bool
is_anonymous_user(const struct cursor *token, struct cursor *fields)
{
	struct cursor lm = ntlmssp_payload(token, fields);
	struct cursor nt = ntlmssp_payload(token, fields);
	struct cursor domain = ntlmssp_payload(token, fields);
	struct cursor user = ntlmssp_payload(token, fields);
	bool is_lm_empty = cur_left(&lm) == 0 || (cur_left(&lm) == 1 && cur_u8(&lm) == 0);

	(void)domain;
	return cur_ok(fields) && cur_ok(&lm) && cur_ok(&nt) && cur_ok(&user) && is_lm_empty &&
	       cur_left(&nt) == 0 && cur_left(&user) == 0;
}

static bool
has_signature(const struct cursor *token, const char signature[SIGNATURE_SIZE])
{
	struct cursor ahead = *token;
	const uint8_t *bytes = cur_bytes(&ahead, SIGNATURE_SIZE);

	return bytes && memcmp(bytes, signature, SIGNATURE_SIZE) == 0;
}

/* [MS-NLMP] 2.2.1: Signature, MessageType, then fields by type. */
static bool
read_ntlmssp(const struct cursor *token, struct spnego_summary *ret)
{
	struct cursor fields = *token;
	uint32_t type;

	if (!has_signature(token, "NTLMSSP"))
		return false;
	cur_skip(&fields, SIGNATURE_SIZE);
	type = cur_le32(&fields);
	ret->mechanism = NTLMSSP;
	for (size_t i = 0; i < COUNT(ntlmssp_messages); i++)
		if (cur_ok(&fields) && ntlmssp_messages[i].type == type)
			ret->leg = ntlmssp_messages[i].name;
	if (type == 3)
		ret->is_anonymous = is_anonymous_user(token, &fields);
	return true;
}

/* [MS-NEGOEX] 2.2.6.2: MESSAGE_HEADER begins with the signature "NEGOEXTS". */
static bool
read_negoex(const struct cursor *token, struct spnego_summary *ret)
{
	static const char signature[SIGNATURE_SIZE] = {'N', 'E', 'G', 'O', 'E', 'X', 'T', 'S'};

	if (!has_signature(token, signature))
		return false;
	ret->mechanism = NEGOEX;
	return true;
}

static const struct kerberos_leg {
	enum kerberos_msg_type type;
	const char *name;
} kerberos_legs[] = {
    {KRB_AP_REQ, "AP-REQ"},
    {KRB_AP_REP, "AP-REP"},
    {KRB_ERROR, "KRB-ERROR"},
};

static const char *
kerberos_leg(enum kerberos_msg_type type)
{
	for (size_t i = 0; i < COUNT(kerberos_legs); i++)
		if (kerberos_legs[i].type == type)
			return kerberos_legs[i].name;
	return NULL;
}

/* A Kerberos message of the AP exchange. */
static bool
read_kerberos(const struct cursor *message, struct spnego_summary *ret)
{
	struct arena arena = {0};
	struct kerberos_message decoded;
	enum der_verdict verdict =
	    kerberos_decode(message->at, cur_left(message), DER_LENGTH_UNKNOWN, &arena, &decoded);
	const char *leg = verdict == DER_MALFORMED ? NULL : kerberos_leg(decoded.type);

	if (leg) {
		ret->mechanism = KERBEROS;
		ret->leg = leg;
		ret->krb_error = decoded.error;
		ret->kerberos = *message;
	}
	arena_free(&arena);
	return leg != NULL;
}

/*
 * InitialContextToken ::= [APPLICATION 0] IMPLICIT SEQUENCE {
 *     thisMech MechType,
 *     innerContextToken ANY DEFINED BY thisMech
 * }
 * (RFC 2743 3.1) For Kerberos a two-byte token identifier and the message follow (RFC 4121 4.1).
 */
static bool
read_gss_kerberos(const struct cursor *token, struct spnego_summary *ret)
{
	enum der_verdict verdict;
	struct der der = der_of(token->at, cur_left(token), DER_LENGTH_UNKNOWN, &verdict);
	struct der contents = der_enter(&der, DER_APPLICATION(0));
	struct cursor oid, message;

	if (!der_oid(&contents, &oid) || mechanism_of(&oid) != KERBEROS)
		return false;
	ret->mechanism = KERBEROS;
	message = contents.bytes;
	cur_skip(&message, 2);
	(void)read_kerberos(&message, ret);
	return true;
}

/* Forms of a token that is not SPNEGO itself. A Kerberos message without GSS-API's header is how
 * Windows answers in DCE style ([MS-KILE] 3.4.5.1). */
static bool
read_mechanism_token(const struct cursor *token, struct spnego_summary *ret)
{
	return read_ntlmssp(token, ret) || read_gss_kerberos(token, ret) ||
	       read_negoex(token, ret) || read_kerberos(token, ret);
}

/* The token in an OCTET STRING, as far as it was captured. */
static void
read_inner(struct der *value, struct spnego_summary *ret)
{
	struct der octets = der_enter(value, DER_OCTET_STRING);

	(void)read_mechanism_token(&octets.bytes, ret);
}

static void
read_mechanism(struct der *value, struct spnego_summary *ret)
{
	struct cursor oid;
	const char *name;

	if (!der_oid(value, &oid))
		return;
	name = mechanism_of(&oid);
	if (name)
		ret->mechanism = name;
}

/*
 * NegTokenInit ::= SEQUENCE {
 *     mechTypes   [0] MechTypeList, -- SEQUENCE OF OBJECT IDENTIFIER, most wanted first
 *     reqFlags    [1] ContextFlags OPTIONAL,
 *     mechToken   [2] OCTET STRING OPTIONAL, -- of the first mechanism
 *     mechListMIC [3] OCTET STRING OPTIONAL
 * }
 * (RFC 4178 4.2.1; NegTokenInit2 of [MS-SPNG] 2.2.1 differs behind mechToken)
 */
static void
read_init(struct der *der, struct spnego_summary *ret)
{
	struct der sequence = der_enter(der, DER_SEQUENCE);
	struct der value, list;

	ret->mechanism = SPNEGO;
	ret->leg = "NegTokenInit";
	if (der_enter_optional(&sequence, DER_CONTEXT(0), &value)) {
		list = der_enter(&value, DER_SEQUENCE);
		read_mechanism(&list, ret);
	}
	(void)der_enter_optional(&sequence, DER_CONTEXT(1), &value);
	if (der_enter_optional(&sequence, DER_CONTEXT(2), &value))
		read_inner(&value, ret);
}

/*
 * NegTokenResp ::= SEQUENCE {
 *     negState      [0] ENUMERATED OPTIONAL,
 *     supportedMech [1] MechType OPTIONAL,
 *     responseToken [2] OCTET STRING OPTIONAL,
 *     mechListMIC   [3] OCTET STRING OPTIONAL
 * }
 * (RFC 4178 4.2.2)
 */
static void
read_response(struct der *der, struct spnego_summary *ret)
{
	struct der sequence = der_enter(der, DER_SEQUENCE);
	struct der value;

	ret->mechanism = SPNEGO;
	ret->leg = "NegTokenResp";
	(void)der_enter_optional(&sequence, DER_CONTEXT(0), &value);
	if (der_enter_optional(&sequence, DER_CONTEXT(1), &value))
		read_mechanism(&value, ret);
	if (der_enter_optional(&sequence, DER_CONTEXT(2), &value))
		read_inner(&value, ret);
}

/*
 * NegotiationToken ::= CHOICE {
 *     negTokenInit [0] NegTokenInit,
 *     negTokenResp [1] NegTokenResp
 * }
 * (RFC 4178 4.2)
 */
static bool
read_negotiation(struct der *der, struct spnego_summary *ret)
{
	struct der value;

	if (der_enter_optional(der, DER_CONTEXT(0), &value)) {
		read_init(&value, ret);
		return true;
	}
	if (der_enter_optional(der, DER_CONTEXT(1), &value)) {
		read_response(&value, ret);
		return true;
	}
	return false;
}

/* The first token alone has GSS-API's header (RFC 4178 4.2). A server may refuse one without it;
 * reading that still tells what the client wanted. */
static bool
read_spnego(const struct cursor *token, struct spnego_summary *ret)
{
	enum der_verdict verdict;
	struct der der = der_of(token->at, cur_left(token), DER_LENGTH_UNKNOWN, &verdict);
	struct der contents;
	struct cursor oid;

	if (!der_enter_optional(&der, DER_APPLICATION(0), &contents))
		return read_negotiation(&der, ret);
	if (!der_oid(&contents, &oid) || mechanism_of(&oid) != SPNEGO)
		return false;
	if (!read_negotiation(&contents, ret))
		ret->mechanism = SPNEGO;
	return true;
}

bool
spnego_summarize(const uint8_t *bytes, size_t length, struct spnego_summary *ret)
{
	struct cursor token = cur_of(bytes, length);
	struct spnego_summary summary = {.kerberos = cur_of(bytes, 0)};

	if (!read_spnego(&token, &summary) && !read_mechanism_token(&token, &summary))
		return false;
	*ret = summary;
	return true;
}
