#include "dissectors/smb2_error_wire.h"

#include <stddef.h>

#include "dissectors/smb2_fields.h"
#include "dissectors/smb2_wire.h"

#define ERROR_STRUCTURE_SIZE 9 /* [MS-SMB2] 2.2.2 */

/* [MS-SMB2] 2.2.2.2.1. */
#define SYMLINK_ERROR_TAG       0x4c4d5953u
#define IO_REPARSE_TAG_SYMLINK  0xa000000cu
#define SYMLINK_FLAG_RELATIVE   0x00000001u
#define SHARE_MOVE_NOTIFICATION 3  /* [MS-SWN] 2.2.2.4 */
#define MOVE_DST_IPADDR_SIZE    24 /* [MS-SMB2] 2.2.2.2.2.1 */
#define MOVE_DST_IPADDR_V4      1
#define MOVE_DST_IPADDR_V6      2

/* [MS-SMB2] 2.2.2.1: each context begins at a multiple of 8. */
bool
smb2_next_error(struct smb2_error *error)
{
	struct cursor context = error->more;
	uint32_t length = cur_le32(&context);
	uint32_t id = cur_le32(&context);

	if (!cur_ok(&context))
		return false;
	error->has_error_id = true;
	error->error_id = id;
	error->data = cur_sub(&context, length);
	if (cur_left(&context) > (-length & 7u))
		cur_skip(&context, -length & 7u);
	error->more = context;
	return true;
}

bool
smb2_decode_error(struct cursor command, struct smb2_error *ret)
{
	struct smb2_error error = {.more = cur_none()};
	uint8_t context_count;
	uint32_t length;

	cur_skip(&command, SMB2_HEADER_SIZE);
	if (cur_le16(&command) != ERROR_STRUCTURE_SIZE)
		return false;
	context_count = cur_u8(&command);
	cur_skip(&command, 1);
	length = cur_le32(&command);
	if (!cur_ok(&command))
		return false;
	if (context_count == 0) {
		error.data = cur_sub(&command, length);
	} else {
		error.data = cur_none();
		error.more = smb2_window_there(&command, cur_offset(&command), length);
		smb2_next_error(&error);
	}
	*ret = error;
	return true;
}

bool
smb2_decode_symbolic_link(struct cursor data, struct smb2_symbolic_link *ret)
{
	struct smb2_symbolic_link link = {0};
	uint16_t substitute_offset, substitute_length, print_offset, print_length;
	bool is_ours;

	cur_skip(&data, 4); /* SymLinkLength */
	is_ours = cur_le32(&data) == SYMLINK_ERROR_TAG;
	is_ours &= cur_le32(&data) == IO_REPARSE_TAG_SYMLINK;
	cur_skip(&data, 2); /* ReparseDataLength */
	link.unparsed_path_length = cur_le16(&data);
	substitute_offset = cur_le16(&data);
	substitute_length = cur_le16(&data);
	print_offset = cur_le16(&data);
	print_length = cur_le16(&data);
	link.is_relative = (cur_le32(&data) & SYMLINK_FLAG_RELATIVE) != 0;
	if (!cur_ok(&data) || !is_ours)
		return false;
	data = cur_sub(&data, cur_left(&data)); /* PathBuffer */
	link.substitute_name = cur_window(&data, substitute_offset, substitute_length);
	link.print_name = cur_window(&data, print_offset, print_length);
	*ret = link;
	return true;
}

bool
smb2_decode_share_redirect(struct cursor data, struct smb2_share_redirect *ret)
{
	struct smb2_share_redirect redirect = {0};
	uint32_t name_offset, name_length;
	size_t there;
	bool is_ours;

	cur_skip(
	    &data, 4); /* StructureSize: older editions count what is there, later ones say 48 */
	is_ours = cur_le32(&data) == SHARE_MOVE_NOTIFICATION;
	name_offset = cur_le32(&data);
	name_length = cur_le32(&data);
	cur_skip(&data, 4); /* Flags, TargetType */
	redirect.address_count = cur_le32(&data);
	if (!cur_ok(&data) || !is_ours)
		return false;
	redirect.resource_name = cur_window(&data, name_offset, name_length);
	there = cur_left(&data);
	if (there / MOVE_DST_IPADDR_SIZE > redirect.address_count)
		there = (size_t)redirect.address_count * MOVE_DST_IPADDR_SIZE;
	redirect.addresses = cur_sub(&data, there);
	*ret = redirect;
	return true;
}

bool
smb2_next_redirect(struct cursor *addresses, struct addr *ret)
{
	struct cursor entry = cur_sub(addresses, MOVE_DST_IPADDR_SIZE);
	uint32_t type = cur_le32(&entry);
	const uint8_t *bytes;

	cur_skip(&entry, 4);
	bytes = cur_bytes(&entry, 16);
	if (bytes == NULL)
		return false;
	*ret = (struct addr){.family = ADDR_NONE};
	if (type == MOVE_DST_IPADDR_V4)
		*ret = addr_ipv4(bytes);
	else if (type == MOVE_DST_IPADDR_V6)
		*ret = addr_ipv6(bytes);
	return true;
}

bool
smb2_decode_required_length(struct cursor data, uint32_t *ret)
{
	uint32_t length = cur_le32(&data);

	if (!cur_ok(&data))
		return false;
	*ret = length;
	return true;
}

bool
smb2_decode_cluster_dialect(struct cursor data, uint16_t *ret)
{
	uint16_t dialect = cur_le16(&data);

	if (!cur_ok(&data))
		return false;
	*ret = dialect;
	return true;
}
