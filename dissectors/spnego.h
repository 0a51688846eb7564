/* What a security token of SMB says in the clear: SPNEGO, NTLMSSP and Kerberos GSS-API tokens. */
#ifndef SMBTRIAGE_DISSECTORS_SPNEGO_H
#define SMBTRIAGE_DISSECTORS_SPNEGO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "analyzer/exchange.h"

struct spnego_summary {
	const char
	    *mechanism; /* "Kerberos", "NTLMSSP", "NegoEx"; "SPNEGO": another, or none named */
	/* "NTLMSSP_NEGOTIATE", "NTLMSSP_CHALLENGE", "NTLMSSP_AUTHENTICATE", "AP-REQ", "AP-REP",
	 * "KRB-ERROR"; "NegTokenInit" or "NegTokenResp" when no such token is inside; else NULL. */
	const char *leg;
	bool is_anonymous;       /* NTLMSSP_AUTHENTICATE of nobody */
	struct number krb_error; /* error-code of the KRB-ERROR */
	struct cursor kerberos;  /* the Kerberos message, for kerberos_decode(); empty: none.
				  * Borrowed from the token. */
};

/*
 * Summarizes a token of LENGTH captured bytes, of which more may be missing at its end: what
 * precedes the cut counts. Texts are static. False, and RET untouched, when it is none of ours.
 */
bool spnego_summarize(const uint8_t *bytes, size_t length, struct spnego_summary *ret);

#endif
