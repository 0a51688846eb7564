/*
 * The session key of an authentication by Kerberos, from its tokens and the service's long-term
 * key: the ticket's session key opens the client's authenticator and the server's AP-REP, and
 * either may hold a subkey that takes its place (RFC 4120 3.2, RFC 4121 2).
 */
#ifndef SMBTRIAGE_DISSECTORS_KERBEROS_KEYS_H
#define SMBTRIAGE_DISSECTORS_KERBEROS_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "analyzer/base/span.h"
#include "analyzer/exchange.h"
#include "analyzer/keytab.h"

/* How far the tokens could be opened, in rising order. */
enum kerberos_opening {
	KERBEROS_NO_TICKET,     /* no AP-REQ so far */
	KERBEROS_TICKET_CUT,    /* not all of the ticket was captured */
	KERBEROS_USER_TO_USER,  /* the ticket is not encrypted with a key that a keytab has */
	KERBEROS_NO_ETYPE,      /* the keytab has no key of the ticket's encryption type */
	KERBEROS_OTHER_SERVICE, /* its keys are those of other services, and none opens the ticket
				 */
	KERBEROS_OTHER_KVNO,    /* its keys of the service are other versions, and none opens it */
	KERBEROS_WRONG_KEY,     /* the service's key of that version does not open the ticket */
	KERBEROS_TICKET_OPENED, /* but not all behind it: what is cut, missing or damaged */
	KERBEROS_KEY_FOUND,
};

/* "no_ticket", … with a sentence each. */
extern const struct names kerberos_opening_names;

/* An encrypted part that the ticket's session key opens. */
enum kerberos_part {
	KERBEROS_PART_UNSEEN,
	KERBEROS_PART_CLOSED,     /* it is cut, or the key does not open it */
	KERBEROS_PART_UNREADABLE, /* the key opens it, and it does not hold what it must */
	KERBEROS_PART_OPENED,
};

/*
 * What the tokens of one authentication gave away. A zeroed one knows nothing; who has one ends
 * with kerberos_secret_wipe(). Of two AP-REQs, as after KRB_AP_ERR_SKEW, the later one counts.
 */
struct kerberos_secret {
	enum kerberos_opening ticket; /* up to KERBEROS_TICKET_OPENED */
	enum kerberos_part authenticator, reply;
	bool awaits_reply;     /* an AP-REP is to come, or the capture lacks it */
	bool has_untried_keys; /* KEYTAB_MOST_PROPOSED keys did not open the ticket, of more */
	struct kerberos_key session_key, client_subkey, server_subkey; /* length 0: none */
};

/*
 * The token of the client's next leg, as far as it was captured: SPNEGO's or Kerberos' own. One
 * without an AP-REQ changes nothing. TOKEN need not outlive the call.
 */
void kerberos_client_token(
    struct kerberos_secret *secret, const struct keytab *keytab, struct cursor token);

/* The token of the server's answer likewise; the AP-REP is in it. */
void kerberos_server_token(struct kerberos_secret *secret, struct cursor token);

/* Sums up SECRET as it is now. */
enum kerberos_opening kerberos_opening(const struct kerberos_secret *secret);

/* Whether the keytab opened the ticket; unknown while there was no whole one to try. */
struct number kerberos_is_ticket_opened(const struct kerberos_secret *secret);

/*
 * The key that GSS-API hands to SMB, whole: 16 bytes, or 32 of AES-256 ([MS-SMB2] 3.3.5.5.3).
 * Borrowed from SECRET; no bytes unless kerberos_opening() is KERBEROS_KEY_FOUND. A later token may
 * change it, so that the one to use is that after the server's last answer.
 */
struct span kerberos_session_key(const struct kerberos_secret *secret);

/* Overwrites the keys; SECRET is then as a zeroed one. */
void kerberos_secret_wipe(struct kerberos_secret *secret);

#endif
