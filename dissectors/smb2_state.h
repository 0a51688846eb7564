/* The state of SMB2 on one connection, for the rooms that share it: smb2, smb2_requests and
 * smb2_commands. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_STATE_H
#define SMBTRIAGE_DISSECTORS_SMB2_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dissectors/smb.h"
#include "dissectors/smb2_breaks.h"
#include "dissectors/smb2_encrypted.h"
#include "dissectors/smb2_opens.h"
#include "dissectors/smb2_pending.h"
#include "dissectors/smb2_seal.h"
#include "dissectors/smb2_setup.h"

/* A packet that is written out of order is a few places away from where it belongs. */
#define MOST_UNMATCHED 8

struct smb2_state {
	struct smb_connection *connection;
	struct smb2_setup setup;
	struct smb2_seal seal;
	struct smb2_encrypted_state encrypted;
	struct smb2_pending_list pending;
	struct smb2_opens opens;
	struct smb2_breaks *breaks;       /* heap; NULL until the first */
	uint32_t listed;                  /* smb2_request exchanges so far */
	struct smb2_request *last_listed; /* counts the unlisted once the bound is reached */
	/* Ids that a related command inherits from the one before it ([MS-SMB2] 3.3.5.2.7.2). */
	uint64_t previous_session;
	uint32_t previous_tree;
	uint64_t previous_message;        /* MessageId of the latest request */
	struct smb2_file_id created_file; /* of the latest answer to CREATE */
	uint64_t unmatched_frame; /* of the latest answer whose request was not there; 0: none */
	/* MessageIds of the latest such answers: a ring, filled by answers and never emptied. */
	uint64_t unmatched_ids[MOST_UNMATCHED];
	size_t unmatched_count; /* so far */
	uint64_t server_end;    /* stream offset after the server's latest message; 0: none yet */
};

#endif
