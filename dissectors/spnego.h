/* SPNEGO: what client and server offer and choose (RFC 4178, [MS-SPNG]), and the token inside. */
#ifndef SMBTRIAGE_DISSECTORS_SPNEGO_H
#define SMBTRIAGE_DISSECTORS_SPNEGO_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/cursor.h"
#include "analyzer/exchange.h"
#include "dissectors/gss_token.h"

/* Names of mechanisms that are listed; Windows offers four. Of more, "…" stands for the rest. */
#define SPNEGO_MOST_OFFERED 16

/* negState (RFC 4178 4.2.2). */
enum spnego_neg_state {
	SPNEGO_ACCEPT_COMPLETED,
	SPNEGO_ACCEPT_INCOMPLETE,
	SPNEGO_REJECT,
	SPNEGO_REQUEST_MIC,
};

extern const struct names spnego_neg_state_names;

/* A security token of SMB: SPNEGO's, or a mechanism's without it. */
struct spnego_token {
	/* Of the token inside, else the first one offered, else the one chosen: "Kerberos",
	 * "NTLMSSP", "NegoEx"; "SPNEGO": another, or none named. */
	const char *mechanism;
	/* Of the token inside, else "NegTokenInit" or "NegTokenResp", else NULL. */
	const char *leg;
	/* mechTypes in their order, each name once and unknown ones as an OID: "Kerberos, NTLMSSP";
	 * NULL: not there. */
	const char *offered;
	struct number required_flags; /* reqFlags, bit 0 first as the highest of 32 */
	const char *hint_name;        /* of NegTokenInit2 ([MS-SPNG] 2.2.1) */
	struct number neg_state;
	struct number has_mech_list_mic; /* unknown without SPNEGO and when cut */
	bool is_whole;                   /* read to its end: what is not here was not sent */
	bool has_inner;                  /* a token is inside, even if it is none of ours */
	struct gss_token inner;          /* mechToken, responseToken, or the whole token */
	uint32_t oddities;               /* enum gss_oddity, those of the inner token too */
};

/*
 * Decodes the captured bytes of a token, of which more may be missing at its end: what precedes the
 * cut counts. Texts are static or live in ARENA. False, and RET untouched, when it is none of ours.
 */
bool spnego_decode(struct cursor token, struct arena *arena, struct spnego_token *ret);

#endif
