/* The exchanges that SMB1 makes beside smb_negotiate: their structs and their fields. */
#ifndef SMBTRIAGE_DISSECTORS_SMB1_EXCHANGES_H
#define SMBTRIAGE_DISSECTORS_SMB1_EXCHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/exchange.h"
#include "dissectors/authentication.h"

/* Classes of errors and some codes in them ([MS-CIFS] 2.2.2.4). */
#define ERRDOS         1u
#define ERRSRV         2u
#define ERRnosuchshare 67u /* of ERRDOS */
#define ERRinvnetname  6u  /* of ERRSRV */

/* The value of dos_error: class and code ([MS-CIFS] 2.2.2.4). */
#define SMB1_DOS_ERROR(class, code) ((uint32_t)(class) << 16 | (code))

/* All legs of one authentication, as smb2_session_setup. */
struct smb1_session_setup {
	struct exchange base;
	struct number status, dos_error;
	struct authentication authentication;
	uint32_t legs;
	uint64_t first_leg_frame;
	const char *account; /* beside passwords; then `user` and `domain` are of there too */
	struct number is_guest, is_extended;
	struct number uid;
};

struct smb1_tree_connect {
	struct exchange base;
	const char *path, *host, *share;
	const char *nearest_path; /* shares_link() */
	struct number status, dos_error;
	const char *service, *answered_service;
	struct number is_ipc, is_admin_share;
	struct number uid, tid;
};

extern const struct exchange_type smb1_session_setup_type, smb1_tree_connect_type;

#endif
