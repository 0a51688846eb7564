/* What a connection says encrypted and no key opens: its one smb2_encrypted exchange. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_ENCRYPTED_H
#define SMBTRIAGE_DISSECTORS_SMB2_ENCRYPTED_H

#include "analyzer/base/cursor.h"
#include "analyzer/dissector.h"
#include "dissectors/smb.h"
#include "dissectors/smb2_exchanges.h"

/* Zeroed with the first message still to come. The exchange is arena memory. */
struct smb2_encrypted_state {
	struct smb2_encrypted *exchange;
	bool is_waiting; /* the latest message is the client's */
};

/* A message that is not read because of SEAL; PAYLOAD begins at its TRANSFORM header. */
void smb2_encrypted_message(struct smb2_encrypted_state *state, struct smb_connection *connection,
    const struct message *message, struct cursor payload, enum seal seal);

/* The exchange gets its outcome and enters the ledger. */
void smb2_encrypted_end(struct smb2_encrypted_state *state, struct smb_connection *connection,
    const struct ending *ending);

#endif
