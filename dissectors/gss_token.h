/*
 * The token of one GSS-API mechanism, inside SPNEGO or alone: Kerberos (RFC 4121), NTLMSSP
 * ([MS-NLMP]), NegoEx ([MS-NEGOEX]); and what mechanisms are called.
 */
#ifndef SMBTRIAGE_DISSECTORS_GSS_TOKEN_H
#define SMBTRIAGE_DISSECTORS_GSS_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/cursor.h"
#include "analyzer/exchange.h"
#include "dissectors/kerberos_wire.h"
#include "dissectors/ntlmssp.h"

/*
 * What a token does otherwise than its specification says and is read all the same, as bits: a peer
 * that works needs it, or another that refuses it is what we are to explain.
 */
enum gss_oddity {
	/* A mechanism's token stands alone: clients that know NTLM only (Linux' sec=ntlmssp), which
	 * Windows and Samba take. */
	GSS_NO_SPNEGO = 1 << 0,
	/* NegTokenInit without InitialContextToken around it (RFC 4178 4.2); Samba and Heimdal
	 * refuse it. */
	GSS_NO_HEADER = 1 << 1,
	/* NegTokenResp with InitialContextToken around it, as RFC 2478 could be read. */
	GSS_HEADER_AROUND_RESPONSE = 1 << 2,
	/* A Kerberos message without RFC 4121's header: DCE style ([MS-KILE] 3.4.5.1). */
	GSS_BARE_KERBEROS = 1 << 3,
	/* NegTokenInit without mechTypes: OPTIONAL in RFC 2478 and [MS-SPNG] 2.2.1; Heimdal refuses
	 * it. */
	GSS_NO_MECHANISMS = 1 << 4,
	/* Kerberos under the OID of Windows 2000, which Windows still offers first ([MS-SPNG]
	 * 3.1.5.2). */
	GSS_MS_KRB5 = 1 << 5,
	/* Lengths in more octets than they need, against X.690 10.1. */
	GSS_PADDED_LENGTHS = 1 << 6,
	/* mechToken is not of the first mechanism in mechTypes (RFC 4178 4.2.1). */
	GSS_OTHER_MECHANISM = 1 << 7,
	/* mechListMIC is the token once more, as Windows 2000 writes it. */
	GSS_MIC_REPEATS_TOKEN = 1 << 8,
	/* The token identifier of RFC 4121 4.1 is not that of the message behind it. */
	GSS_WRONG_TOK_ID = 1 << 9,
	/* Bytes follow the token. */
	GSS_TRAILING_BYTES = 1 << 10,
};

struct gss_token {
	const char *mechanism; /* "Kerberos", "NTLMSSP", "NegoEx"; NULL: no token */
	/* "NTLMSSP_NEGOTIATE", …, "AP-REQ", "AP-REP", "KRB-ERROR"; of user-to-user authentication
	 * "TGT-REQ", "TGT-REP"; NULL: another, or cut before it can be told. */
	const char *leg;
	struct ntlmssp_message ntlmssp;   /* NTLMSSP_NONE: none */
	struct kerberos_message kerberos; /* KRB_NONE: none */
	uint32_t oddities;                /* enum gss_oddity */
};

/*
 * Decodes the captured bytes of a token, of which more may be missing at its end: what precedes the
 * cut counts. Texts are static or live in ARENA. False, and RET untouched, when it is none of ours.
 */
bool gss_token_decode(struct cursor token, struct arena *arena, struct gss_token *ret);

/* Names of mechanisms. */
extern const char gss_kerberos[], gss_ntlmssp[], gss_negoex[], gss_spnego[];

/* The mechanism that OID names, NULL when it is none of those above. Adds what is odd about the OID
 * to *ODDITIES. */
const char *gss_mechanism(const struct cursor *oid, uint32_t *oddities);

/* The contents octets of an OBJECT IDENTIFIER as "1.3.6.1.5.5.2" in ARENA (X.690 8.19). */
const char *gss_oid_text(const struct cursor *oid, struct arena *arena);

/* What the bits of enum gss_oddity are called. */
extern const struct names gss_oddity_names;

#endif
