/*
 * SMB2 and SMB3 on one connection: pairs requests with answers and completes exchanges
 * ([MS-SMB2] 3.2.5, 3.3.5).
 *
 * Set-up exchanges and LOGOFF always enter the ledger. Of all other requests only those do that
 * were not answered, answered after SMB2_SLOW or more, or answered with an error with which
 * clients do not live; the rest are only counted, so that memory follows conversations.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_H
#define SMBTRIAGE_DISSECTORS_SMB2_H

#include "analyzer/base/cursor.h"
#include "analyzer/dissector.h"
#include "dissectors/smb.h"
#include "dissectors/smb2_exchanges.h"

/* Requests of one connection that wait for an answer. Servers grant 512 credits by default and
 * 8192 at most; a capture of one direction has requests only, and the oldest are given up. */
#define SMB2_MOST_PENDING 4096

/* Requests other than set-up of one connection that are listed; further ones are counted in the
 * `unlisted` field of the last. */
#define SMB2_MOST_LISTED 4096

/* An answer that takes so long is worth a record: 5 s, in nanoseconds. */
#define SMB2_SLOW INT64_C(5000000000)

struct smb2_state;

/* CONNECTION must outlive the state. */
struct smb2_state *smb2_open(struct smb_connection *connection);
void smb2_close(struct smb2_state *state);

/* Whether all of the next message is wanted, to check its signature or to decrypt it. */
bool smb2_reads_whole(const struct smb2_state *state, bool is_encrypted);

/* PAYLOAD is a message from its SMB2 header to where its captured bytes end. */
void smb2_message(struct smb2_state *state, const struct message *message, struct cursor payload);

/* The same for messages that begin with a TRANSFORM or COMPRESSION header: encrypted ones are
 * opened where the operator gave the key, else noted; compressed ones are read as far as their
 * sender left them uncompressed. */
void smb2_transform_message(
    struct smb2_state *state, const struct message *message, struct cursor payload);
void smb2_compressed_message(
    struct smb2_state *state, const struct message *message, struct cursor payload);

/* Outstanding requests of the other side than FROM may have been answered unseen. */
void smb2_doubt(struct smb2_state *state, enum side from, enum doubt doubt);

/* Outstanding requests get their outcome. */
void smb2_end(struct smb2_state *state, const struct ending *ending);

#endif
