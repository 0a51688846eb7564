/* Kerberos V5 messages: bytes in, a small struct out (RFC 4120 5). */
#ifndef SMBTRIAGE_DISSECTORS_KERBEROS_WIRE_H
#define SMBTRIAGE_DISSECTORS_KERBEROS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/cursor.h"
#include "analyzer/exchange.h"
#include "dissectors/der.h"

/* Message types, which are application tags too (RFC 4120 7.5.7). */
enum kerberos_msg_type {
	KRB_NONE = 0,
	KRB_AS_REQ = 10,
	KRB_AS_REP = 11,
	KRB_TGS_REQ = 12,
	KRB_TGS_REP = 13,
	KRB_AP_REQ = 14,
	KRB_AP_REP = 15,
	KRB_ERROR = 30,
};

/* Pre-authentication data that says how the client proves itself (RFC 4120 7.5.2). */
enum kerberos_padata_type {
	PA_ENC_TIMESTAMP = 2,
	PA_PW_SALT = 3,
	PA_ETYPE_INFO = 11,
	PA_PK_AS_REQ_OLD = 14, /* of a draft of RFC 4556 */
	PA_PK_AS_REQ = 16,
	PA_ETYPE_INFO2 = 19,
	PA_FX_FAST = 136,
	PA_ENCRYPTED_CHALLENGE = 138,
	PA_SPAKE = 151,
	PA_EXTENDED_ERROR = 166,
};

/* KDCOptions that rules ask for (RFC 4120 5.4.1, RFC 6806 11). */
#define KDC_OPTION_CANONICALIZE    0x00010000u
#define KDC_OPTION_ENC_TKT_IN_SKEY 0x00000008u

/* APOptions, bit 0 as the highest of 32 (RFC 4120 5.5.1). */
#define AP_OPTION_USE_SESSION_KEY 0x40000000u
#define AP_OPTION_MUTUAL_REQUIRED 0x20000000u

/* Longer lists of encryption or padata types are cut; the longest seen is 14. */
#define KERBEROS_MOST_LIST 64

/* Texts are NULL, numbers unknown and ciphers empty where a message has no such member or is cut
 * before its end. Ciphers are borrowed from the message. */
struct kerberos_message {
	enum kerberos_msg_type type;
	struct number pvno, msg_type;
	const char *realm; /* of the service: asked for, in an error, or of AP-REQ's ticket */
	const char *client_realm;  /* crealm of replies and errors */
	const char *client;        /* cname, its parts joined with '/' */
	const char *service;       /* sname likewise; of a reply or an AP-REQ, the ticket's */
	struct number kdc_options; /* of a request, bit 0 as the highest of 32 */
	struct number nonce;       /* likewise */
	struct number_list etypes; /* of a request, most wanted first */
	struct number_list padata; /* types, in requests, replies and an error's METHOD-DATA */
	struct number reply_etype; /* the key that protects a reply's, AP-REP's encrypted part */
	struct number ticket_etype, ticket_kvno; /* the service's key */
	struct number ap_options;                /* of an AP-REQ, bit 0 as the highest of 32 */
	/* What is encrypted: the ticket's EncTicketPart, an AP-REQ's Authenticator, and the
	 * enc-part of a reply, which in an AP-REP is EncAPRepPart. */
	struct cursor ticket_cipher, authenticator_cipher, reply_cipher;
	struct number error;
	const char *error_text;
	int64_t server_time, client_time;  /* stime and ctime, nanoseconds; 0: not there */
	struct number nt_status;           /* of KERB-EXT-ERROR in e-data */
	struct number_list offered_etypes; /* of ETYPE-INFO2 or ETYPE-INFO in e-data or a reply */
};

/*
 * Decodes one message of LENGTH bytes, of which CAPTURED are at BYTES, without a record mark.
 * Texts and lists live in ARENA. RET is filled in any case: members before the fault are believed
 * when the message is short, none but type when it is malformed.
 */
enum der_verdict kerberos_decode(const void *bytes, size_t captured, size_t length,
    struct arena *arena, struct kerberos_message *ret);

#define KRB_AP_ERR_SKEW 37 /* RFC 4120 7.5.9 */

/*
 * How far the clock of who sent ERROR, a KRB_AP_ERR_SKEW, is from the client's, either way, in
 * nanoseconds; negative: not known. The error holds the client's time if its sender could read it
 * (RFC 4120 5.9.1). Otherwise the capture's clock, CAPTURE_TIME, stands for the client's, unless
 * the two are closer than any difference that is refused: then it runs with the other side.
 */
int64_t kerberos_skew(
    const struct kerberos_message *error, int64_t capture_time, bool *ret_is_sender_ahead);

/* What the first bytes of a message say of the rest. */
enum kerberos_head_verdict { KERBEROS_HEAD_NO, KERBEROS_HEAD_UNSURE, KERBEROS_HEAD_YES };

/* Enough for kerberos_head() to be sure, with the longest lengths that we read. */
#define KERBEROS_HEAD_SIZE 24

/*
 * Whether CAPTURED bytes begin a message to or from a KDC of exactly LENGTH bytes: application
 * tag, consistent lengths, protocol version 5 and the same message type. RET is set when yes.
 */
enum kerberos_head_verdict
kerberos_head(const uint8_t *bytes, size_t captured, size_t length, enum kerberos_msg_type *ret);

/* Whether TYPE is in the list. */
bool kerberos_list_has(const struct number_list *list, uint32_t type);

#endif
