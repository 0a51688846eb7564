#include "dissectors/smb2_info_wire.h"

#include <stddef.h>

#include "analyzer/base/basics.h"
#include "dissectors/smb2_wire.h"

bool
smb2_read_query_directory_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_query_directory_request request = {0};
	uint16_t pattern_offset, pattern_length;

	request.info_class = cur_u8(&body);
	request.flags = cur_u8(&body);
	request.file_index = cur_le32(&body);
	request.file_id = smb2_read_file_id(&body);
	pattern_offset = cur_le16(&body);
	pattern_length = cur_le16(&body);
	request.output_buffer_length = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	request.pattern = cur_window(&body, pattern_offset, pattern_length);
	ret->query_directory_request = request;
	return true;
}

bool
smb2_read_change_notify_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_change_notify_request request = {0};

	request.flags = cur_le16(&body);
	request.output_buffer_length = cur_le32(&body);
	request.file_id = smb2_read_file_id(&body);
	request.completion_filter = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ret->change_notify_request = request;
	return true;
}

bool
smb2_read_query_info_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_query_info_request request = {0};

	request.info_type = cur_u8(&body);
	request.info_class = cur_u8(&body);
	request.output_buffer_length = cur_le32(&body);
	cur_skip(&body, 4); /* InputBufferOffset, Reserved */
	request.input_buffer_length = cur_le32(&body);
	request.additional_information = cur_le32(&body);
	request.flags = cur_le32(&body);
	request.file_id = smb2_read_file_id(&body);
	if (!cur_ok(&body))
		return false;
	ret->query_info_request = request;
	return true;
}

bool
smb2_read_output_response(struct cursor body, union smb2_body *ret)
{
	struct smb2_output_response response = {0};
	uint16_t offset = cur_le16(&body);

	response.output_buffer_length = cur_le32(&body);
	/* An error answer has its ErrorContextCount and ByteCount here. */
	if (!cur_ok(&body) || (response.output_buffer_length != 0 && offset < SMB2_HEADER_SIZE + 8))
		return false;
	response.output = cur_window(&body, offset, response.output_buffer_length);
	ret->output_response = response;
	return true;
}

bool
smb2_read_set_info_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_set_info_request request = {0};
	uint16_t offset;

	request.info_type = cur_u8(&body);
	request.info_class = cur_u8(&body);
	request.buffer_length = cur_le32(&body);
	offset = cur_le16(&body);
	cur_skip(&body, 2);
	request.additional_information = cur_le32(&body);
	request.file_id = smb2_read_file_id(&body);
	if (!cur_ok(&body))
		return false;
	request.buffer = smb2_window_there(&body, offset, request.buffer_length);
	ret->set_info_request = request;
	return true;
}

static bool
read_basic(struct cursor buffer, union smb2_set_information *ret)
{
	struct smb2_basic_information basic = {0};

	basic.creation_time = cur_le64(&buffer);
	basic.last_access_time = cur_le64(&buffer);
	basic.last_write_time = cur_le64(&buffer);
	basic.change_time = cur_le64(&buffer);
	basic.file_attributes = cur_le32(&buffer);
	if (!cur_ok(&buffer))
		return false;
	ret->basic = basic;
	return true;
}

/* The Ex forms have Flags in place of ReplaceIfExists and 3 bytes that are reserved: bit 0 of both
 * is whether to replace. */
static bool
read_rename(struct cursor buffer, union smb2_set_information *ret)
{
	struct smb2_rename rename = {0};
	uint32_t length;

	rename.is_replacing = cur_u8(&buffer) & 1;
	cur_skip(&buffer, 7); /* Reserved */
	rename.directory = cur_le64(&buffer);
	length = cur_le32(&buffer);
	if (!cur_ok(&buffer))
		return false;
	rename.target = cur_sub(&buffer, length);
	ret->rename = rename;
	return true;
}

static bool
read_disposition(struct cursor buffer, union smb2_set_information *ret)
{
	uint8_t is_deleting = cur_u8(&buffer);

	if (!cur_ok(&buffer))
		return false;
	ret->disposition = is_deleting != 0 ? FILE_DISPOSITION_DELETE : 0;
	return true;
}

static bool
read_disposition_ex(struct cursor buffer, union smb2_set_information *ret)
{
	uint32_t flags = cur_le32(&buffer);

	if (!cur_ok(&buffer))
		return false;
	ret->disposition = flags;
	return true;
}

static bool
read_size(struct cursor buffer, union smb2_set_information *ret)
{
	uint64_t size = cur_le64(&buffer);

	if (!cur_ok(&buffer))
		return false;
	ret->size = size;
	return true;
}

bool
smb2_decode_set_information(
    const struct smb2_set_info_request *request, union smb2_set_information *ret)
{
	static const struct {
		uint8_t info_class;
		bool (*read)(struct cursor buffer, union smb2_set_information *ret);
	} classes[] = {
	    {FileBasicInformation, read_basic},
	    {FileRenameInformation, read_rename},
	    {FileLinkInformation, read_rename},
	    {FileDispositionInformation, read_disposition},
	    {FileAllocationInformation, read_size},
	    {FileEndOfFileInformation, read_size},
	    {FileDispositionInformationEx, read_disposition_ex},
	    {FileRenameInformationEx, read_rename},
	    {FileLinkInformationEx, read_rename},
	};

	for (size_t i = 0; i < COUNT(classes); i++)
		if (request->info_type == SMB2_0_INFO_FILE &&
		    request->info_class == classes[i].info_class)
			return classes[i].read(request->buffer, ret);
	return false;
}
