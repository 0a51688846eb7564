/*
 * SMB over TCP: the record header of direct TCP and of the NetBIOS session service, and the
 * dissector of everything behind it ([MS-SMB2] 2.1, RFC 1002 4.3).
 */
#ifndef SMBTRIAGE_DISSECTORS_NBSS_H
#define SMBTRIAGE_DISSECTORS_NBSS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/dissector.h"
#include "analyzer/exchange.h"

/*
 * A NetBIOS session request and its answer, on port 139. A server that refuses a NEGOTIATE on
 * port 445 with a negative session response (Samba's `hosts deny`) makes one too: its request is
 * that NEGOTIATE.
 */
struct nbss_session {
	struct exchange base;
	const char *called_name, *calling_name; /* with the suffix, "FILES<20>" */
	struct number answer_type;              /* enum nbss_type */
	struct number error;
	struct addr retarget;
	struct number retarget_port;
	bool is_answer_to_negotiate;
};

extern const struct exchange_type nbss_session_type;

/* "smb" over TCP. */
extern const struct dissector nbss_dissector;

#endif
