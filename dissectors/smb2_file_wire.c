#include "dissectors/smb2_file_wire.h"

#include "dissectors/smb2_wire.h"

#define LOCK_SIZE 24 /* [MS-SMB2] 2.2.26.1 */

bool
smb2_read_create_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_create_request request = {0};
	uint16_t name_offset, name_length;
	uint32_t contexts_offset, contexts_length;

	cur_skip(&body, 1); /* SecurityFlags */
	request.requested_oplock_level = cur_u8(&body);
	request.impersonation_level = cur_le32(&body);
	cur_skip(&body, 16); /* SmbCreateFlags, Reserved */
	request.desired_access = cur_le32(&body);
	request.file_attributes = cur_le32(&body);
	request.share_access = cur_le32(&body);
	request.create_disposition = cur_le32(&body);
	request.create_options = cur_le32(&body);
	name_offset = cur_le16(&body);
	name_length = cur_le16(&body);
	contexts_offset = cur_le32(&body);
	contexts_length = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	request.name = cur_window(&body, name_offset, name_length);
	request.contexts = smb2_window_there(&body, contexts_offset, contexts_length);
	ret->create_request = request;
	return true;
}

static void
read_times(struct cursor *body, struct smb2_file_state *ret)
{
	ret->creation_time = cur_le64(body);
	ret->last_access_time = cur_le64(body);
	ret->last_write_time = cur_le64(body);
	ret->change_time = cur_le64(body);
	ret->allocation_size = cur_le64(body);
	ret->end_of_file = cur_le64(body);
	ret->file_attributes = cur_le32(body);
}

bool
smb2_read_create_response(struct cursor body, union smb2_body *ret)
{
	struct smb2_create_response response = {0};
	uint32_t contexts_offset, contexts_length;

	response.oplock_level = cur_u8(&body);
	response.flags = cur_u8(&body);
	response.create_action = cur_le32(&body);
	read_times(&body, &response.state);
	cur_skip(&body, 4); /* Reserved2 */
	response.file_id = smb2_read_file_id(&body);
	contexts_offset = cur_le32(&body);
	contexts_length = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	response.contexts = smb2_window_there(&body, contexts_offset, contexts_length);
	ret->create_response = response;
	return true;
}

bool
smb2_read_close_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_close_request request = {0};

	request.flags = cur_le16(&body);
	cur_skip(&body, 4);
	request.file_id = smb2_read_file_id(&body);
	if (!cur_ok(&body))
		return false;
	ret->close_request = request;
	return true;
}

bool
smb2_read_close_response(struct cursor body, union smb2_body *ret)
{
	struct smb2_close_response response = {0};

	response.flags = cur_le16(&body);
	cur_skip(&body, 4);
	read_times(&body, &response.state);
	if (!cur_ok(&body))
		return false;
	ret->close_response = response;
	return true;
}

bool
smb2_read_flush_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_flush_request request;

	cur_skip(&body, 6); /* Reserved1, Reserved2 */
	request.file_id = smb2_read_file_id(&body);
	if (!cur_ok(&body))
		return false;
	ret->flush_request = request;
	return true;
}

bool
smb2_read_read_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_read_request request = {0};

	cur_skip(&body, 1); /* Padding */
	request.flags = cur_u8(&body);
	request.length = cur_le32(&body);
	request.offset = cur_le64(&body);
	request.file_id = smb2_read_file_id(&body);
	request.minimum_count = cur_le32(&body);
	request.channel = cur_le32(&body);
	request.remaining_bytes = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ret->read_request = request;
	return true;
}

bool
smb2_read_read_response(struct cursor body, union smb2_body *ret)
{
	struct smb2_read_response response = {0};

	response.data_offset = cur_u8(&body);
	cur_skip(&body, 1);
	response.data_length = cur_le32(&body);
	response.data_remaining = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ret->read_response = response;
	return true;
}

bool
smb2_read_write_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_write_request request = {0};

	request.data_offset = cur_le16(&body);
	request.length = cur_le32(&body);
	request.offset = cur_le64(&body);
	request.file_id = smb2_read_file_id(&body);
	request.channel = cur_le32(&body);
	request.remaining_bytes = cur_le32(&body);
	cur_skip(&body, 4); /* WriteChannelInfoOffset, WriteChannelInfoLength */
	request.flags = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ret->write_request = request;
	return true;
}

bool
smb2_read_write_response(struct cursor body, union smb2_body *ret)
{
	struct smb2_write_response response;

	cur_skip(&body, 2);
	response.count = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ret->write_response = response;
	return true;
}

bool
smb2_next_lock(struct cursor *locks, struct smb2_lock *ret)
{
	struct smb2_lock lock = {0};

	lock.offset = cur_le64(locks);
	lock.length = cur_le64(locks);
	lock.flags = cur_le32(locks);
	cur_skip(locks, 4);
	if (!cur_ok(locks))
		return false;
	*ret = lock;
	return true;
}

bool
smb2_read_lock_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_lock_request request = {0};
	size_t there;

	request.lock_count = cur_le16(&body);
	request.lock_sequence = cur_le32(&body);
	request.file_id = smb2_read_file_id(&body);
	if (!cur_ok(&body))
		return false;
	there = cur_left(&body);
	if (there > (size_t)request.lock_count * LOCK_SIZE)
		there = (size_t)request.lock_count * LOCK_SIZE;
	request.locks = cur_window(&body, cur_offset(&body), there);
	if (!smb2_next_lock(&body, &request.first))
		return false;
	ret->lock_request = request;
	return true;
}

bool
smb2_read_oplock_break(struct cursor body, union smb2_body *ret)
{
	struct smb2_oplock_break found = {0};

	found.oplock_level = cur_u8(&body);
	cur_skip(&body, 5); /* Reserved, Reserved2 */
	found.file_id = smb2_read_file_id(&body);
	if (!cur_ok(&body))
		return false;
	ret->oplock_break = found;
	return true;
}

bool
smb2_read_lease_break_notification(struct cursor body, union smb2_body *ret)
{
	struct smb2_oplock_break found = {.is_lease = true, .is_notification = true};

	found.new_epoch = cur_le16(&body);
	found.flags = cur_le32(&body);
	smb2_read_guid(&body, found.lease_key);
	found.current_lease_state = cur_le32(&body);
	found.lease_state = cur_le32(&body);
	found.break_reason = cur_le32(&body);
	found.access_mask_hint = cur_le32(&body);
	found.share_mask_hint = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ret->oplock_break = found;
	return true;
}

bool
smb2_read_lease_break(struct cursor body, union smb2_body *ret)
{
	struct smb2_oplock_break found = {.is_lease = true};

	cur_skip(&body, 2);
	found.flags = cur_le32(&body);
	smb2_read_guid(&body, found.lease_key);
	found.lease_state = cur_le32(&body);
	cur_skip(&body, 8); /* LeaseDuration */
	if (!cur_ok(&body))
		return false;
	ret->oplock_break = found;
	return true;
}

bool
smb2_read_notification(struct cursor body, union smb2_body *ret)
{
	struct smb2_notification notification;

	cur_skip(&body, 2);
	notification.notification_type = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ret->notification = notification;
	return true;
}
