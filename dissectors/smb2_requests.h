/* Requests that are no set-up: which of them become exchanges, and what those say. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_REQUESTS_H
#define SMBTRIAGE_DISSECTORS_SMB2_REQUESTS_H

#include <stdint.h>

#include "analyzer/dissector.h"
#include "dissectors/smb2_part.h"
#include "dissectors/smb2_pending.h"

struct smb2_state;

/* From the request to the first byte of its answer, nanoseconds. */
int64_t smb2_answer_began(const struct smb2_part *answer, const struct smb2_pending *pending);

/* PART answers PENDING, which is no set-up. */
void smb2_finish_request(
    struct smb2_state *state, const struct smb2_part *part, const struct smb2_pending *pending);

/* Gives up the oldest request: whatever becomes of it, nobody will know. */
void smb2_evict_oldest(struct smb2_state *state);

/* PENDING was not answered before ENDING; of a set-up, too. */
void smb2_end_pending(
    struct smb2_state *state, struct smb2_pending *pending, const struct ending *ending);

#endif
