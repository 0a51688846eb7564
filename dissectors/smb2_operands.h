/* What a request of SMB2 is about, whatever its command: the file, the place in it, what for. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_OPERANDS_H
#define SMBTRIAGE_DISSECTORS_SMB2_OPERANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "analyzer/exchange.h"
#include "dissectors/smb2_part.h"

/* Each is known where the request has such a thing. */
struct smb2_operands {
	bool has_file_id;
	struct smb2_file_id file_id; /* all ones in a related command: the file of the one before */
	struct number offset, length; /* of READ, WRITE and the first lock of LOCK: bytes */
	struct number info_class;     /* SMB2_INFO_CLASS() */
	struct number desired_access, create_disposition, create_options;
	struct number create_contexts; /* bits 1 << enum smb2_create_tag */
	bool has_lease_key;            /* of a CREATE that asks for a lease */
	uint8_t lease_key[16];
	struct number oplock_level;
	struct number completion_filter;
	struct number ctl_code;
	bool may_wait; /* of LOCK: not one that fails at once */
	/* UTF-16LE, zeroed where there is none. */
	struct cursor path; /* of CREATE; empty: the share's root */
	struct cursor text; /* SET_INFO: the new name of a file; QUERY_DIRECTORY: the pattern */
};

/* Fills OPERANDS, which is zeroed, as far as PART could be read. Its cursors borrow the message. */
void smb2_read_operands(const struct smb2_part *part, struct smb2_operands *operands);

/* Whether the FileId stands for that of the command before it ([MS-SMB2] 3.3.5.2.7.2). */
bool smb2_is_inherited(const struct smb2_file_id *file_id);

#endif
