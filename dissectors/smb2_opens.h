/* The files that are open on one SMB2 connection: which name a FileId stands for. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_OPENS_H
#define SMBTRIAGE_DISSECTORS_SMB2_OPENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/table.h"
#include "dissectors/smb2_fields.h"

/* A name as it came: UTF-16LE on the heap, of its owner. Zeroed: none. */
struct smb2_name {
	uint8_t *bytes;
	uint32_t length;
};

/* A name as UTF-8 text in ARENA; NULL: none. */
const char *smb2_name_text(struct arena *arena, const struct smb2_name *name);

/* Open files that are remembered on one connection, and bytes of their names: a server grants 16384
 * by default and clients use a few hundred. Of more the oldest are forgotten, and then a request
 * about them has no name. */
#define SMB2_MOST_OPENS      4096
#define SMB2_MOST_OPEN_BYTES (1u << 20)

/* What the server grants with a file. */
struct smb2_grant {
	uint8_t oplock_level;
	bool has_lease;
	uint8_t lease_key[16];
};

/* One file. It belongs to its list. */
struct smb2_open_file {
	struct smb2_open_file *older, *newer;
	struct smb2_file_id file_id;
	struct smb2_grant grant;
	struct smb2_name name;
};

/* A zeroed one is empty. CREATE fills it, CLOSE and the bounds empty it. */
struct smb2_opens {
	struct table by_file_id;
	struct smb2_open_file *oldest, *newest;
	size_t name_bytes;
};

/* The file is open; takes NAME over. One with the same FileId is replaced. */
void smb2_opens_add(struct smb2_opens *opens, const struct smb2_file_id *file_id,
    const struct smb2_grant *grant, struct smb2_name name);

/* The open file, or NULL when its CREATE was not captured, or was too long ago. */
struct smb2_open_file *
smb2_opens_find(const struct smb2_opens *opens, const struct smb2_file_id *file_id);

/* A file with this lease key, or NULL. */
const struct smb2_open_file *
smb2_opens_with_lease(const struct smb2_opens *opens, const uint8_t lease_key[16]);

void smb2_opens_close(struct smb2_opens *opens, const struct smb2_file_id *file_id);

void smb2_opens_free(struct smb2_opens *opens);

#endif
