/*
 * SMB1 on one connection, as far as its set-up phase: NEGOTIATE, SESSION_SETUP_ANDX and
 * TREE_CONNECT_ANDX ([MS-CIFS] 3.2.5, [MS-SMB] 3.2.5). Other commands are only counted.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB1_H
#define SMBTRIAGE_DISSECTORS_SMB1_H

#include "analyzer/base/cursor.h"
#include "analyzer/dissector.h"
#include "dissectors/smb.h"
#include "dissectors/smb1_exchanges.h"

/* Set-up requests of one connection that wait for an answer: MaxMpxCount is 50 in practice, and
 * set-up requests follow each other. The oldest are given up. */
#define SMB1_MOST_PENDING 64

/* Authentications of one connection that are between two legs. */
#define SMB1_MOST_UNFINISHED 16

struct smb1_state;

/* CONNECTION must outlive the state. */
struct smb1_state *smb1_open(struct smb_connection *connection);
void smb1_close(struct smb1_state *state);

/* PAYLOAD is a message from its SMB header to where its captured bytes end. */
void smb1_message(struct smb1_state *state, const struct message *message, struct cursor payload);

/* Outstanding requests of the other side than FROM may have been answered unseen. */
void smb1_doubt(struct smb1_state *state, enum side from, enum doubt doubt);

/* Outstanding requests get their outcome. */
void smb1_end(struct smb1_state *state, const struct ending *ending);

#endif
