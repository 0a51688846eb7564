#include "dissectors/smb2_session_wire.h"

#include <stddef.h>

#include "analyzer/base/basics.h"
#include "dissectors/smb2_wire.h"

/* [MS-SMB2] 2.2.3.1.1 to 2.2.3.1.7. False when the data do not hold what they should. */
static bool
read_context(uint16_t type, struct cursor data, struct smb2_contexts *contexts)
{
	const struct {
		uint16_t type;
		uint8_t skipped; /* between count and list: SaltLength, or Padding and Flags */
		struct cursor *list;
	} kinds[] = {
	    {SMB2_PREAUTH_INTEGRITY_CAPABILITIES, 2, &contexts->hashes},
	    {SMB2_ENCRYPTION_CAPABILITIES, 0, &contexts->ciphers},
	    {SMB2_COMPRESSION_CAPABILITIES, 6, &contexts->compressions},
	    {SMB2_RDMA_TRANSFORM_CAPABILITIES, 6, &contexts->rdma_transforms},
	    {SMB2_SIGNING_CAPABILITIES, 0, &contexts->signings},
	};

	if (type < 16)
		contexts->present |= (uint16_t)(1u << type);
	if (type == SMB2_NETNAME_NEGOTIATE_CONTEXT_ID)
		contexts->netname = data;
	if (type == SMB2_TRANSPORT_CAPABILITIES)
		contexts->transport_flags = cur_le32(&data);
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].type == type)
			*kinds[i].list = smb2_read_list(&data, kinds[i].skipped);
	return cur_ok(&data);
}

/* [MS-SMB2] 2.2.3.1: COUNT contexts at OFFSET, each at the next multiple of 8. */
static struct smb2_contexts
read_contexts(const struct cursor *message, uint32_t offset, uint16_t count)
{
	struct smb2_contexts contexts = {.is_known = true};
	struct cursor context = smb2_window_there(message, offset, SIZE_MAX), data;
	uint16_t type, length;

	while (count-- != 0 && contexts.is_known) {
		type = cur_le16(&context);
		length = cur_le16(&context);
		cur_skip(&context, 4);
		data = cur_sub(&context, length);
		contexts.is_known = cur_ok(&context) && read_context(type, data, &contexts);
		/* Nothing need stand behind the last one. */
		if (count != 0)
			cur_skip(&context, -length & 7u);
	}
	return contexts;
}

static bool
list_has(struct cursor list, uint16_t number)
{
	while (cur_left(&list) >= 2)
		if (cur_le16(&list) == number)
			return true;
	return false;
}

bool
smb2_read_negotiate_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_negotiate_request request = {0};
	uint16_t dialect_count = cur_le16(&body), context_count;
	uint32_t context_offset;

	request.security_mode = cur_le16(&body);
	cur_skip(&body, 2);
	request.capabilities = cur_le32(&body);
	smb2_read_guid(&body, request.client_guid);
	context_offset = cur_le32(&body);
	context_count = cur_le16(&body);
	cur_skip(&body, 2);
	request.dialects = cur_sub(&body, 2u * dialect_count);
	if (!cur_ok(&body))
		return false;
	/* Below 3.1.1 the same bytes are ClientStartTime. */
	if (list_has(request.dialects, SMB2_DIALECT_311))
		request.contexts = read_contexts(&body, context_offset, context_count);
	else
		request.contexts.is_known = true;
	ret->negotiate_request = request;
	return true;
}

bool
smb2_read_negotiate_response(struct cursor body, union smb2_body *ret)
{
	struct smb2_negotiate_response response = {0};
	uint16_t context_count, token_offset, token_length;
	uint32_t context_offset;

	response.security_mode = cur_le16(&body);
	response.dialect = cur_le16(&body);
	context_count = cur_le16(&body);
	smb2_read_guid(&body, response.server_guid);
	response.capabilities = cur_le32(&body);
	response.max_transact_size = cur_le32(&body);
	response.max_read_size = cur_le32(&body);
	response.max_write_size = cur_le32(&body);
	response.system_time = cur_le64(&body);
	response.server_start_time = cur_le64(&body);
	token_offset = cur_le16(&body);
	token_length = cur_le16(&body);
	context_offset = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	response.token = smb2_window_there(&body, token_offset, token_length);
	if (response.dialect == SMB2_DIALECT_311)
		response.contexts = read_contexts(&body, context_offset, context_count);
	else
		response.contexts.is_known = true;
	ret->negotiate_response = response;
	return true;
}

bool
smb2_read_session_setup_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_session_setup_request request = {0};
	uint16_t token_offset, token_length;

	request.flags = cur_u8(&body);
	request.security_mode = cur_u8(&body);
	request.capabilities = cur_le32(&body);
	cur_skip(&body, 4); /* Channel */
	token_offset = cur_le16(&body);
	token_length = cur_le16(&body);
	request.previous_session_id = cur_le64(&body);
	if (!cur_ok(&body))
		return false;
	/* A token is of use as far as it is there: its beginning says what it is. */
	request.token = smb2_window_there(&body, token_offset, token_length);
	ret->session_setup_request = request;
	return true;
}

bool
smb2_read_session_setup_response(struct cursor body, union smb2_body *ret)
{
	struct smb2_session_setup_response response = {0};
	uint16_t token_offset, token_length;

	response.session_flags = cur_le16(&body);
	token_offset = cur_le16(&body);
	token_length = cur_le16(&body);
	/* An error answer has its ByteCount here, 0 in all that was seen. */
	if (!cur_ok(&body) || (token_length != 0 && token_offset < SMB2_HEADER_SIZE + 8))
		return false;
	response.token = smb2_window_there(&body, token_offset, token_length);
	ret->session_setup_response = response;
	return true;
}

bool
smb2_read_tree_connect_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_tree_connect_request request = {0};
	uint16_t path_offset, path_length;

	request.flags = cur_le16(&body);
	path_offset = cur_le16(&body);
	path_length = cur_le16(&body);
	if (!cur_ok(&body))
		return false;
	/* The extension of 2.2.9.1 stands before the path, and PathOffset still finds the path. */
	request.path = cur_window(&body, path_offset, path_length);
	if (request.flags & SMB2_TREE_CONNECT_FLAG_EXTENSION_PRESENT) {
		cur_skip(&body, 4); /* TreeConnectContextOffset */
		request.context_count = cur_le16(&body);
	}
	ret->tree_connect_request = request;
	return true;
}

bool
smb2_read_tree_connect_response(struct cursor body, union smb2_body *ret)
{
	struct smb2_tree_connect_response response = {0};

	response.share_type = cur_u8(&body);
	cur_skip(&body, 1);
	response.share_flags = cur_le32(&body);
	response.capabilities = cur_le32(&body);
	response.maximal_access = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ret->tree_connect_response = response;
	return true;
}
