#include "dissectors/smb2_opens.h"

#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"

const char *
smb2_name_text(struct arena *arena, const struct smb2_name *name)
{
	return name->bytes != NULL ? text_from_utf16le(arena, name->bytes, name->length) : NULL;
}

static uint64_t
hash_file_id(const struct smb2_file_id *file_id)
{
	return hash_u64(file_id->persistent_id ^ hash_u64(file_id->volatile_id));
}

static bool
has_file_id(const void *entry, const void *key)
{
	return smb2_is_same_file(&((const struct smb2_open_file *)entry)->file_id, key);
}

struct smb2_open_file *
smb2_opens_find(const struct smb2_opens *opens, const struct smb2_file_id *file_id)
{
	return table_find(&opens->by_file_id, hash_file_id(file_id), has_file_id, file_id);
}

/* Asked on breaks, which are rare: no index. */
const struct smb2_open_file *
smb2_opens_with_lease(const struct smb2_opens *opens, const uint8_t lease_key[16])
{
	for (const struct smb2_open_file *file = opens->newest; file != NULL; file = file->older)
		if (file->grant.has_lease &&
		    memcmp(file->grant.lease_key, lease_key, sizeof(file->grant.lease_key)) == 0)
			return file;
	return NULL;
}

void
smb2_opens_close(struct smb2_opens *opens, const struct smb2_file_id *file_id)
{
	struct smb2_open_file *file =
	    table_take(&opens->by_file_id, hash_file_id(file_id), has_file_id, file_id);

	if (file == NULL)
		return;
	if (file->older != NULL)
		file->older->newer = file->newer;
	else
		opens->oldest = file->newer;
	if (file->newer != NULL)
		file->newer->older = file->older;
	else
		opens->newest = file->older;
	opens->name_bytes -= file->name.length;
	mem_free(file->name.bytes);
	mem_free(file);
}

void
smb2_opens_add(struct smb2_opens *opens, const struct smb2_file_id *file_id,
    const struct smb2_grant *grant, struct smb2_name name)
{
	struct smb2_open_file *file = mem_alloc(1, sizeof(*file));

	smb2_opens_close(opens, file_id);
	*file = (struct smb2_open_file){opens->newest, NULL, *file_id, *grant, name};
	if (opens->newest != NULL)
		opens->newest->newer = file;
	else
		opens->oldest = file;
	opens->newest = file;
	opens->name_bytes += name.length;
	table_add(&opens->by_file_id, hash_file_id(file_id), file);
	while (
	    opens->by_file_id.count > SMB2_MOST_OPENS || opens->name_bytes > SMB2_MOST_OPEN_BYTES)
		smb2_opens_close(opens, &opens->oldest->file_id);
}

void
smb2_opens_free(struct smb2_opens *opens)
{
	while (opens->oldest != NULL)
		smb2_opens_close(opens, &opens->oldest->file_id);
	table_free(&opens->by_file_id);
}
