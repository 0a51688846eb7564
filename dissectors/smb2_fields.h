/* Fields that several SMB2 messages hold, and how they are read. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_FIELDS_H
#define SMBTRIAGE_DISSECTORS_SMB2_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/base/cursor.h"

/* SMB2_FILEID ([MS-SMB2] 2.2.14.1). */
struct smb2_file_id {
	uint64_t persistent_id, volatile_id;
};

static inline bool
smb2_is_same_file(const struct smb2_file_id *one, const struct smb2_file_id *other)
{
	return one->persistent_id == other->persistent_id && one->volatile_id == other->volatile_id;
}

static inline struct smb2_file_id
smb2_read_file_id(struct cursor *cursor)
{
	uint64_t persistent_id = cur_le64(cursor);

	return (struct smb2_file_id){persistent_id, cur_le64(cursor)};
}

/* A GUID or another 16 bytes as they stand; RET is untouched when they are not all there. */
static inline void
smb2_read_guid(struct cursor *cursor, uint8_t ret[16])
{
	const uint8_t *bytes = cur_bytes(cursor, 16);

	if (bytes != NULL)
		memcpy(ret, bytes, 16);
}

/* An array of 16-bit numbers with its count in front and SKIPPED bytes between. */
static inline struct cursor
smb2_read_list(struct cursor *cursor, size_t skipped)
{
	uint16_t count = cur_le16(cursor);

	cur_skip(cursor, skipped);
	return cur_sub(cursor, 2u * count);
}

/* A window as far as it is there, for what is of use without its end: short only when not even its
 * first byte's place is inside. */
static inline struct cursor
smb2_window_there(const struct cursor *message, size_t offset, size_t length)
{
	size_t whole = (size_t)(message->end - message->start);

	if (offset > whole)
		return cur_none();
	return cur_window(message, offset, length < whole - offset ? length : whole - offset);
}

/*
 * Where the next entry of a chain begins, NEXT bytes behind the first one of LIST: LIST then begins
 * there, or is empty and short after the last one (NEXT is 0). Every entry is SIZE bytes or more,
 * so a smaller step, which might never end, gives false.
 */
static inline bool
smb2_step(struct cursor *list, uint32_t next, size_t size)
{
	if (next != 0 && next < size)
		return false;
	*list = next != 0 && next < cur_left(list)
		    ? cur_window(list, cur_offset(list) + next, cur_left(list) - next)
		    : cur_none();
	return true;
}

#endif
