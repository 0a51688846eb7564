#include "dissectors/gss_token.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"
#include "dissectors/der.h"

#define SIGNATURE_SIZE 8

const char gss_kerberos[] = "Kerberos";
const char gss_ntlmssp[] = "NTLMSSP";
const char gss_negoex[] = "NegoEx";
const char gss_spnego[] = "SPNEGO";

static const struct name_row oddity_rows[] = {
    {GSS_NO_SPNEGO, "token without SPNEGO", NULL},
    {GSS_NO_HEADER, "NegTokenInit without GSS-API header", NULL},
    {GSS_HEADER_AROUND_RESPONSE, "NegTokenResp with GSS-API header", NULL},
    {GSS_BARE_KERBEROS, "Kerberos without GSS-API header", NULL},
    {GSS_NO_MECHANISMS, "no mechTypes", NULL},
    {GSS_MS_KRB5, "MS-KRB5 OID", NULL},
    {GSS_PADDED_LENGTHS, "padded lengths", NULL},
    {GSS_OTHER_MECHANISM, "mechToken not of the first mechanism", NULL},
    {GSS_MIC_REPEATS_TOKEN, "mechListMIC repeats the token", NULL},
    {GSS_WRONG_TOK_ID, "wrong token identifier", NULL},
    {GSS_TRAILING_BYTES, "bytes behind the token", NULL},
};
const struct names gss_oddity_names = {oddity_rows, COUNT(oddity_rows)};

/* Object identifiers as they are encoded. */
static const struct mechanism {
	uint8_t length;
	uint8_t oid[10];
	const char *name;
	uint32_t oddities;
} mechanisms[] = {
    /* 1.3.6.1.5.5.2, RFC 4178 3 */
    {6, {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}, gss_spnego, 0},
    /* 1.2.840.113554.1.2.2, RFC 4121 1 */
    {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}, gss_kerberos, 0},
    /* 1.2.840.48018.1.2.2, the same with a bit lost in Windows 2000, [MS-SPNG] 3.1.5.2 */
    {9, {0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02}, gss_kerberos, GSS_MS_KRB5},
    /* 1.2.840.113554.1.2.2.3, user to user, draft-swift-win2k-krb-user2user */
    {10, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03}, gss_kerberos, 0},
    /* 1.3.6.1.5.2.5, by way of the server, draft-ietf-kitten-iakerb */
    {6, {0x2b, 0x06, 0x01, 0x05, 0x02, 0x05}, gss_kerberos, 0},
    /* 1.3.6.1.4.1.311.2.2.10, [MS-NLMP] 1.9 */
    {10, {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a}, gss_ntlmssp, 0},
    /* 1.3.6.1.4.1.311.2.2.30, [MS-NEGOEX] 1.9 */
    {10, {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1e}, gss_negoex, 0},
};

const char *
gss_mechanism(const struct cursor *oid, uint32_t *oddities)
{
	for (size_t i = 0; i < COUNT(mechanisms); i++)
		if (der_oid_is(oid, mechanisms[i].oid, mechanisms[i].length)) {
			*oddities |= mechanisms[i].oddities;
			return mechanisms[i].name;
		}
	return NULL;
}

const char *
gss_oid_text(const struct cursor *oid, struct arena *arena)
{
	struct cursor octets = *oid;
	struct text text = {0};
	const char *chars;
	uint64_t arc = 0;

	while (cur_left(&octets) > 0) {
		uint8_t octet = cur_u8(&octets);

		arc = arc << 7 | (octet & 0x7f);
		if (octet & 0x80)
			continue;
		/* The first two arcs share a subidentifier (X.690 8.19.4). */
		if (text.length == 0) {
			uint64_t first = arc < 80 ? arc / 40 : 2;

			text_add_number(&text, first);
			arc -= first * 40;
		}
		text_addf(&text, ".%" PRIu64, arc);
		arc = 0;
	}
	chars = arena_text(arena, text_chars(&text), text.length);
	text_free(&text);
	return chars;
}

static bool
read_ntlmssp(struct cursor token, struct arena *arena, struct gss_token *ret)
{
	const struct name_row *row;

	if (!ntlmssp_decode(token, arena, &ret->ntlmssp))
		return false;
	row = names_find(&ntlmssp_type_names, ret->ntlmssp.type);
	ret->mechanism = gss_ntlmssp;
	ret->leg = row ? row->name : NULL;
	return true;
}

/* [MS-NEGOEX] 2.2.6.2: MESSAGE_HEADER begins with the signature "NEGOEXTS". */
static bool
read_negoex(struct cursor token, struct arena *arena, struct gss_token *ret)
{
	static const char signature[SIGNATURE_SIZE] = {'N', 'E', 'G', 'O', 'E', 'X', 'T', 'S'};
	const uint8_t *bytes = cur_bytes(&token, SIGNATURE_SIZE);

	(void)arena;
	if (bytes == NULL || memcmp(bytes, signature, SIGNATURE_SIZE) != 0)
		return false;
	ret->mechanism = gss_negoex;
	return true;
}

/* TOK_ID, as two bytes in their order (RFC 4121 4.1; draft-swift-win2k-krb-user2user 3). */
static const struct kerberos_leg {
	uint16_t token_id;
	enum kerberos_msg_type type; /* KRB_NONE: a message that we do not decode */
	const char *name;
} kerberos_legs[] = {
    {0x0100, KRB_AP_REQ, "AP-REQ"},
    {0x0200, KRB_AP_REP, "AP-REP"},
    {0x0300, KRB_ERROR, "KRB-ERROR"},
    {0x0400, KRB_NONE, "TGT-REQ"},
    {0x0401, KRB_NONE, "TGT-REP"},
};

static const struct kerberos_leg *
leg_of_type(enum kerberos_msg_type type)
{
	for (size_t i = 0; i < COUNT(kerberos_legs); i++)
		if (type != KRB_NONE && kerberos_legs[i].type == type)
			return &kerberos_legs[i];
	return NULL;
}

static const struct kerberos_leg *
leg_of_id(uint16_t token_id)
{
	for (size_t i = 0; i < COUNT(kerberos_legs); i++)
		if (kerberos_legs[i].token_id == token_id)
			return &kerberos_legs[i];
	return NULL;
}

/* A message of the AP exchange; NULL, and RET without one, when it is none. */
static const struct kerberos_leg *
decode_kerberos(struct cursor message, struct arena *arena, struct kerberos_message *ret)
{
	struct kerberos_message decoded;
	enum der_verdict verdict =
	    kerberos_decode(message.at, cur_left(&message), DER_LENGTH_UNKNOWN, arena, &decoded);
	const struct kerberos_leg *leg =
	    verdict == DER_MALFORMED ? NULL : leg_of_type(decoded.type);

	if (leg != NULL)
		*ret = decoded;
	return leg;
}

/* A message without GSS-API's header is how Windows answers in DCE style ([MS-KILE] 3.4.5.1). */
static bool
read_bare_kerberos(struct cursor token, struct arena *arena, struct gss_token *ret)
{
	const struct kerberos_leg *leg = NULL;

	if (cur_left(&token) > 0)
		leg = decode_kerberos(token, arena, &ret->kerberos);
	if (leg == NULL)
		return false;
	ret->mechanism = gss_kerberos;
	ret->leg = leg->name;
	ret->oddities |= GSS_BARE_KERBEROS;
	return true;
}

/* TOK_ID and the message that it announces; where the message is not one that we decode, or is cut
 * off, the identifier alone says what it is. */
static void
read_identified(struct cursor token, struct arena *arena, struct gss_token *ret)
{
	uint16_t token_id = cur_be16(&token);
	const struct kerberos_leg *announced = leg_of_id(token_id), *leg = NULL;

	if (!cur_ok(&token))
		return;
	if (cur_left(&token) > 0)
		leg = decode_kerberos(token, arena, &ret->kerberos);
	if (leg != NULL && leg != announced)
		ret->oddities |= GSS_WRONG_TOK_ID;
	if (leg == NULL && announced != NULL &&
	    (announced->type == KRB_NONE || cur_left(&token) == 0))
		leg = announced;
	ret->leg = leg ? leg->name : NULL;
}

/*
 * InitialContextToken ::= [APPLICATION 0] IMPLICIT SEQUENCE {
 *     thisMech MechType,
 *     innerContextToken ANY DEFINED BY thisMech
 * }
 * (RFC 2743 3.1) For Kerberos a two-byte token identifier and the message follow (RFC 4121 4.1).
 */
static bool
read_gss_kerberos(struct cursor token, struct arena *arena, struct gss_token *ret)
{
	enum der_verdict verdict;
	struct der der = der_of(token.at, cur_left(&token), DER_LENGTH_UNKNOWN, &verdict);
	bool is_padded = der_is_padded(&der);
	struct der contents;
	struct cursor oid;

	der_enter(&der, DER_APPLICATION(0), &contents);
	if (!der_oid(&contents, &oid) || gss_mechanism(&oid, &ret->oddities) != gss_kerberos)
		return false;
	ret->mechanism = gss_kerberos;
	if (is_padded)
		ret->oddities |= GSS_PADDED_LENGTHS;
	read_identified(der_bytes(&contents), arena, ret);
	return true;
}

/* Forms of a mechanism's token. */
static bool (*const readers[])(struct cursor token, struct arena *arena, struct gss_token *ret) = {
    read_ntlmssp, read_gss_kerberos, read_negoex, read_bare_kerberos};

bool
gss_token_decode(struct cursor token, struct arena *arena, struct gss_token *ret)
{
	for (size_t i = 0; i < COUNT(readers); i++) {
		struct gss_token decoded = {.mechanism = NULL};

		if (cur_left(&token) > 0 && readers[i](token, arena, &decoded)) {
			*ret = decoded;
			return true;
		}
	}
	return false;
}
