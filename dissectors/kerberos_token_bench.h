/* The tokens of an authentication by Kerberos, written for tests; only where libkrb5 is. */
#ifndef SMBTRIAGE_DISSECTORS_KERBEROS_TOKEN_BENCH_H
#define SMBTRIAGE_DISSECTORS_KERBEROS_TOKEN_BENCH_H

#include "analyzer/keytab_bench.h"

#if defined(SMBTRIAGE_KRB5)

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "dissectors/der.h"
#include "dissectors/kerberos_wire.h"

#define SERVICE "cifs/fs1@LAB"
#define KVNO    4

/* Encoded bytes, by value. */
struct bytes {
	uint8_t at[2000];
	size_t length;
};

static inline struct bytes
raw(const void *at, size_t length)
{
	struct bytes bytes = {.length = length};

	ck_assert_uint_le(length, sizeof(bytes.at));
	memcpy(bytes.at, at, length);
	return bytes;
}

/* An element with TAG around COUNT others (X.690 8.1). */
static inline struct bytes
element(uint8_t tag, const struct bytes *parts, size_t count)
{
	struct bytes bytes = {.at = {tag, 0x82}, .length = 4};

	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_le(bytes.length + parts[i].length, sizeof(bytes.at));
		memcpy(bytes.at + bytes.length, parts[i].at, parts[i].length);
		bytes.length += parts[i].length;
	}
	bytes.at[2] = (uint8_t)((bytes.length - 4) >> 8);
	bytes.at[3] = (uint8_t)(bytes.length - 4);
	return bytes;
}

#define ELEMENT(tag, ...)                                 \
	element(tag, (const struct bytes[]){__VA_ARGS__}, \
	    COUNT(((const struct bytes[]){__VA_ARGS__})))
#define MEMBER(number, ...) ELEMENT(DER_CONTEXT(number), __VA_ARGS__)
#define SEQUENCE(...)       ELEMENT(DER_SEQUENCE, __VA_ARGS__)

static inline struct bytes
primitive(uint8_t tag, const void *at, size_t length)
{
	struct bytes contents = raw(at, length);

	return element(tag, &contents, 1);
}

static inline struct bytes
text(const char *chars)
{
	return primitive(DER_GENERAL_STRING, chars, strlen(chars));
}

static inline struct bytes
integer(int value)
{
	uint8_t octets[] = {(uint8_t)(value >> 8), (uint8_t)value};

	return primitive(DER_INTEGER, octets, 2);
}

static inline struct bytes
flags(uint32_t value)
{
	uint8_t octets[] = {0, (uint8_t)(value >> 24), (uint8_t)(value >> 16),
	    (uint8_t)(value >> 8), (uint8_t)value};

	return primitive(DER_BIT_STRING, octets, 5);
}

static inline struct bytes
octets(struct bytes contents)
{
	return primitive(DER_OCTET_STRING, contents.at, contents.length);
}

static inline struct bytes
name(const char *first, const char *second)
{
	return SEQUENCE(MEMBER(0, integer(2)), MEMBER(1, SEQUENCE(text(first), text(second))));
}

static inline struct bytes
when(void)
{
	return primitive(DER_GENERALIZED_TIME, "20261120172900Z", 15);
}

/* EncryptionKey in context tag NUMBER; nothing when there is none. */
static inline struct bytes
key_member(uint8_t number, const struct kerberos_key *key)
{
	return key->length == 0
		   ? (struct bytes){.length = 0}
		   : MEMBER(number, SEQUENCE(MEMBER(0, integer(key->etype)),
					MEMBER(1, octets(raw(key->bytes, key->length)))));
}

/* What is exchanged in one authentication, and how. */
struct dialogue {
	struct kerberos_key service, session, client_subkey, server_subkey;
	int kvno;           /* in the ticket; 0: it does not tell */
	uint32_t options;   /* of the AP-REQ */
	const char *server; /* second component of the ticket's name */
};

static inline struct bytes
plain_ticket(const struct dialogue *dialogue)
{
	return ELEMENT(DER_APPLICATION(3),
	    SEQUENCE(MEMBER(0, flags(0x40a00000)), key_member(1, &dialogue->session),
		MEMBER(2, text("LAB")), MEMBER(3, name("alice", "admin")),
		MEMBER(4, SEQUENCE(MEMBER(0, integer(1)), MEMBER(1, octets(text(""))))),
		MEMBER(5, when()), MEMBER(7, when())));
}

static inline struct bytes
plain_authenticator(const struct dialogue *dialogue)
{
	return ELEMENT(DER_APPLICATION(2),
	    SEQUENCE(MEMBER(0, integer(5)), MEMBER(1, text("LAB")),
		MEMBER(2, name("alice", "admin")), MEMBER(4, integer(17)), MEMBER(5, when()),
		key_member(6, &dialogue->client_subkey), MEMBER(7, integer(99))));
}

static inline struct bytes
plain_reply(const struct dialogue *dialogue)
{
	return ELEMENT(DER_APPLICATION(27),
	    SEQUENCE(MEMBER(0, when()), MEMBER(1, integer(17)),
		key_member(2, &dialogue->server_subkey), MEMBER(3, integer(99))));
}

/* The cipher of an EncryptedData. */
static inline struct bytes
sealed(const struct kerberos_key *key, int32_t usage, struct bytes plain)
{
	struct bytes cipher;

	cipher.length =
	    bench_encrypt(key, usage, plain.at, plain.length, cipher.at, sizeof(cipher.at));
	return cipher;
}

static inline struct bytes
encrypted(int32_t etype, int kvno, struct bytes cipher)
{
	struct bytes version = {.length = 0};

	if (kvno != 0)
		version = MEMBER(1, integer(kvno));
	return SEQUENCE(MEMBER(0, integer(etype)), version, MEMBER(2, octets(cipher)));
}

/* An AP-REQ of these two ciphers. */
static inline struct bytes
request_of(const struct dialogue *dialogue, struct bytes ticket, struct bytes authenticator)
{
	return ELEMENT(DER_APPLICATION(KRB_AP_REQ),
	    SEQUENCE(MEMBER(0, integer(5)), MEMBER(1, integer(KRB_AP_REQ)),
		MEMBER(2, flags(dialogue->options)),
		MEMBER(3, ELEMENT(DER_APPLICATION(1),
			      SEQUENCE(MEMBER(0, integer(5)), MEMBER(1, text("LAB")),
				  MEMBER(2, name("cifs", dialogue->server)),
				  MEMBER(3, encrypted(dialogue->service.etype, dialogue->kvno,
						ticket))))),
		MEMBER(4, encrypted(dialogue->session.etype, 0, authenticator))));
}

static inline struct bytes
request(const struct dialogue *dialogue)
{
	return request_of(dialogue, sealed(&dialogue->service, 2, plain_ticket(dialogue)),
	    sealed(&dialogue->session, 11, plain_authenticator(dialogue)));
}

static inline struct bytes
reply_of(const struct dialogue *dialogue, struct bytes cipher)
{
	return ELEMENT(DER_APPLICATION(KRB_AP_REP),
	    SEQUENCE(MEMBER(0, integer(5)), MEMBER(1, integer(KRB_AP_REP)),
		MEMBER(2, encrypted(dialogue->session.etype, 0, cipher))));
}

static inline struct bytes
reply(const struct dialogue *dialogue)
{
	return reply_of(dialogue, sealed(&dialogue->session, 12, plain_reply(dialogue)));
}

static const uint8_t krb5_oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02};
static const uint8_t spnego_oid[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};

#define OID(octets) primitive(DER_OID, octets, sizeof(octets))

/* RFC 4121 4.1 */
static inline struct bytes
gss(uint8_t token_id, struct bytes message)
{
	uint8_t id[] = {token_id, 0};

	return ELEMENT(DER_APPLICATION(0), OID(krb5_oid), raw(id, 2), message);
}

/* NegTokenInit with an AP-REQ. */
static inline struct bytes
client_token(struct bytes message)
{
	return ELEMENT(DER_APPLICATION(0), OID(spnego_oid),
	    MEMBER(0,
		SEQUENCE(MEMBER(0, SEQUENCE(OID(krb5_oid))), MEMBER(2, octets(gss(1, message))))));
}

/* NegTokenResp that accepts, with an AP-REP or without one. */
static inline struct bytes
server_token(const struct bytes *message)
{
	static const uint8_t accept_completed = 0;
	struct bytes token = {.length = 0};

	if (message != NULL)
		token = MEMBER(2, octets(gss(2, *message)));
	return MEMBER(1, SEQUENCE(MEMBER(0, primitive(DER_ENUMERATED, &accept_completed, 1)),
			     MEMBER(1, OID(krb5_oid)), token));
}

/* What is ordinary: mutual authentication and both subkeys. */
static inline struct dialogue
ordinary(int32_t etype)
{
	return (struct dialogue){.service = bench_key(etype, 1),
	    .session = bench_key(18, 2),
	    .client_subkey = bench_key(18, 3),
	    .server_subkey = bench_key(18, 4),
	    .kvno = KVNO,
	    .options = AP_OPTION_MUTUAL_REQUIRED,
	    .server = "fs1"};
}

#endif
#endif
