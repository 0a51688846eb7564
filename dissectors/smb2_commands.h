/* What is special about each command of SMB2, as a table. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_COMMANDS_H
#define SMBTRIAGE_DISSECTORS_SMB2_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "dissectors/smb2_part.h"
#include "dissectors/smb2_pending.h"

struct smb2_state;

/* What is special about a command; the default is a row of zeroes. */
struct smb2_handler {
	void (*request)(
	    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending);
	/* NULL: the answer is that of an smb2_request. PENDING is NULL when there is none. */
	void (*response)(
	    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending);
	/* Whether such a request may wait for somebody else for as long as it likes. */
	bool (*is_waiting)(const struct smb2_state *state, const struct smb2_pending *pending);
	bool is_farewell; /* does not count for exchange.is_last */
	bool is_work;     /* its success means that a tree is being used */
	bool is_kept;     /* enters the ledger in any case */
};

/* The row of COMMAND, one of zeroes for a command that the specification does not know. */
const struct smb2_handler *smb2_handler_of(uint16_t command);

#endif
