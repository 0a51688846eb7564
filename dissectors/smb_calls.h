/* Tells the statistics of a run which calls of SMB were made and how they ended. Each function does
 * nothing in a run without statistics. */
#ifndef SMBTRIAGE_DISSECTORS_SMB_CALLS_H
#define SMBTRIAGE_DISSECTORS_SMB_CALLS_H

#include "analyzer/dissector.h"
#include "dissectors/smb.h"
#include "dissectors/smb2_pending.h"
#include "dissectors/smb2_setup.h"

/* ANSWER, a final one, is to REQUEST, or to none that was captured (NULL). */
void smb2_count_answer(struct smb_connection *connection, const struct smb2_part *answer,
    const struct smb2_pending *request);

/* REQUEST was given up, or its connection has ended. */
void smb2_count_unanswered(struct smb_connection *connection, const struct smb2_pending *request);

/* The same for NEGOTIATE, of either protocol. It is a call of the protocol that the request had,
 * whichever the answer has; REQUEST is NULL for an answer of PROTOCOL that has none. */
void smb_count_negotiate_answer(struct smb_connection *connection, const struct message *answer,
    enum smb_protocol protocol, struct number status, const struct smb_pending_negotiate *request);
void smb_count_negotiate_unanswered(
    struct smb_connection *connection, const struct smb_pending_negotiate *request);

#endif
