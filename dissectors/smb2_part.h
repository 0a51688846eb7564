/* One command of an SMB2 message or compound, as the rooms of SMB2 hand it on. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_PART_H
#define SMBTRIAGE_DISSECTORS_SMB2_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "analyzer/dissector.h"
#include "dissectors/smb2_exchanges.h"
#include "dissectors/smb2_wire.h"

/* How it came. */
struct smb2_envelope {
	bool is_encrypted;       /* behind a TRANSFORM header, and was opened */
	struct number signature; /* enum smb2_signature, of the command or what it came in */
};

/* Its ids are those in force: related commands inherit theirs. */
struct smb2_part {
	const struct message *message;
	struct smb2_header header;
	struct cursor command; /* from its SMB2 header to its end */
	uint32_t length;       /* of the command on the wire, what was not captured included */
	struct smb2_envelope envelope;
};

static inline bool
smb2_is_signed(const struct smb2_part *part)
{
	return (part->header.flags & SMB2_FLAGS_SIGNED) != 0;
}

/* Whether a key shows that what SIGNATURE covers was altered. */
static inline bool
smb2_is_wrong(struct number signature)
{
	return signature.is_known && signature.value == SMB2_SIGNATURE_WRONG;
}

static inline bool
smb2_is_response(const struct smb2_part *part)
{
	return (part->header.flags & SMB2_FLAGS_SERVER_TO_REDIR) != 0;
}

/* An id of the header; unknown when the capture cuts it off. */
static inline struct number
smb2_id(const struct smb2_part *part, uint64_t id)
{
	return part->header.has_ids ? known(id) : (struct number){0};
}

#endif
