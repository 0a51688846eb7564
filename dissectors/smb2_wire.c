#include "dissectors/smb2_wire.h"

#include <stddef.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/dissector.h"

#define NAMES(identifier, ...)                                            \
	static const struct name_row identifier##_rows[] = {__VA_ARGS__}; \
	const struct names identifier = {identifier##_rows, COUNT(identifier##_rows)}

#define WHOLE MESSAGE_MOST_WANTED
/* The body's fixed part, which StructureSize counts one byte too long if a buffer follows; at
 * least that of an error answer, of 8 bytes. */
#define FIXED(size) (SMB2_HEADER_SIZE + ((size) > 8 ? (size) & ~1u : 8u))
/* Of IOCTL only the negotiate validation is read: 56 bytes before it, its 24 and its dialects. */
#define IOCTL_WANTED 512
/* Of its answer the list of network interfaces, too: 112 bytes before it, 152 each, and two dozen
 * of them. */
#define IOCTL_ANSWER_WANTED 4096

/* [MS-SMB2] 2.2.32.5 and 2.2.32.5.1. */
#define SOCKADDR_INET         0x0002
#define SOCKADDR_INET6        0x0017
#define SOCKADDR_STORAGE_SIZE 128
#define INTERFACE_SIZE        152

/* [MS-SMB2] 2.2.1.2, and 2.2.3 to 2.2.47 for the sizes. */
static const struct smb2_command_row command_rows[] = {
    [SMB2_NEGOTIATE] = {36, 65, WHOLE, WHOLE},
    [SMB2_SESSION_SETUP] = {25, 9, WHOLE, WHOLE},
    [SMB2_LOGOFF] = {4, 4, FIXED(4), FIXED(4)},
    [SMB2_TREE_CONNECT] = {9, 16, WHOLE, WHOLE},
    [SMB2_TREE_DISCONNECT] = {4, 4, FIXED(4), FIXED(4)},
    [SMB2_CREATE] = {57, 89, WHOLE, FIXED(9)},
    [SMB2_CLOSE] = {24, 60, FIXED(24), FIXED(9)},
    [SMB2_FLUSH] = {24, 4, FIXED(24), FIXED(4)},
    [SMB2_READ] = {49, 17, FIXED(49), FIXED(17)},
    [SMB2_WRITE] = {49, 17, FIXED(49), FIXED(17)},
    [SMB2_LOCK] = {48, 4, FIXED(48), FIXED(4)},
    [SMB2_IOCTL] = {57, 49, IOCTL_WANTED, IOCTL_ANSWER_WANTED},
    [SMB2_CANCEL] = {4, 0, FIXED(4), FIXED(4)},
    [SMB2_ECHO] = {4, 4, FIXED(4), FIXED(4)},
    [SMB2_QUERY_DIRECTORY] = {33, 9, FIXED(33), FIXED(9)},
    [SMB2_CHANGE_NOTIFY] = {32, 9, FIXED(32), FIXED(9)},
    [SMB2_QUERY_INFO] = {41, 9, FIXED(41), FIXED(9)},
    [SMB2_SET_INFO] = {33, 2, FIXED(33), FIXED(2)},
    [SMB2_OPLOCK_BREAK] = {24, 24, FIXED(24), FIXED(24)},
    [SMB2_SERVER_TO_CLIENT_NOTIFICATION] = {0, 4, FIXED(4), FIXED(4)},
};

NAMES(smb2_command_names, {SMB2_NEGOTIATE, "NEGOTIATE", NULL},
    {SMB2_SESSION_SETUP, "SESSION_SETUP", NULL}, {SMB2_LOGOFF, "LOGOFF", NULL},
    {SMB2_TREE_CONNECT, "TREE_CONNECT", NULL}, {SMB2_TREE_DISCONNECT, "TREE_DISCONNECT", NULL},
    {SMB2_CREATE, "CREATE", NULL}, {SMB2_CLOSE, "CLOSE", NULL}, {SMB2_FLUSH, "FLUSH", NULL},
    {SMB2_READ, "READ", NULL}, {SMB2_WRITE, "WRITE", NULL}, {SMB2_LOCK, "LOCK", NULL},
    {SMB2_IOCTL, "IOCTL", NULL}, {SMB2_CANCEL, "CANCEL", NULL}, {SMB2_ECHO, "ECHO", NULL},
    {SMB2_QUERY_DIRECTORY, "QUERY_DIRECTORY", NULL}, {SMB2_CHANGE_NOTIFY, "CHANGE_NOTIFY", NULL},
    {SMB2_QUERY_INFO, "QUERY_INFO", NULL}, {SMB2_SET_INFO, "SET_INFO", NULL},
    {SMB2_OPLOCK_BREAK, "OPLOCK_BREAK", NULL},
    {SMB2_SERVER_TO_CLIENT_NOTIFICATION, "SERVER_TO_CLIENT_NOTIFICATION", NULL});

NAMES(smb2_dialect_names, {SMB2_DIALECT_202, "2.0.2", NULL}, {SMB2_DIALECT_210, "2.1", NULL},
    {0x0222, "2.2.2", "a preview of 3.0"}, {0x0224, "2.2.4", "a preview of 3.0"},
    {SMB2_DIALECT_WILDCARD, "2.???", "2.1 or later: a second NEGOTIATE will tell"},
    {SMB2_DIALECT_300, "3.0", NULL}, {0x0302, "3.0.2", NULL},
    {0x0310, "3.1.0", "a preview of 3.1.1"}, {SMB2_DIALECT_311, "3.1.1", NULL});

NAMES(smb2_security_mode_names, {0x0001, "SMB2_NEGOTIATE_SIGNING_ENABLED", NULL},
    {0x0002, "SMB2_NEGOTIATE_SIGNING_REQUIRED", NULL});

NAMES(smb2_capability_names, {0x00000001, "SMB2_GLOBAL_CAP_DFS", NULL},
    {0x00000002, "SMB2_GLOBAL_CAP_LEASING", NULL}, {0x00000004, "SMB2_GLOBAL_CAP_LARGE_MTU", NULL},
    {0x00000008, "SMB2_GLOBAL_CAP_MULTI_CHANNEL", NULL},
    {0x00000010, "SMB2_GLOBAL_CAP_PERSISTENT_HANDLES", NULL},
    {0x00000020, "SMB2_GLOBAL_CAP_DIRECTORY_LEASING", NULL},
    {SMB2_GLOBAL_CAP_ENCRYPTION, "SMB2_GLOBAL_CAP_ENCRYPTION", NULL},
    {0x00000080, "SMB2_GLOBAL_CAP_NOTIFICATIONS", NULL});

NAMES(smb2_session_flag_names, {SMB2_SESSION_FLAG_IS_GUEST, "SMB2_SESSION_FLAG_IS_GUEST", NULL},
    {SMB2_SESSION_FLAG_IS_NULL, "SMB2_SESSION_FLAG_IS_NULL", NULL},
    {SMB2_SESSION_FLAG_ENCRYPT_DATA, "SMB2_SESSION_FLAG_ENCRYPT_DATA", NULL});

NAMES(smb2_share_type_names, {SMB2_SHARE_TYPE_DISK, "disk", NULL},
    {SMB2_SHARE_TYPE_PIPE, "pipe", NULL}, {SMB2_SHARE_TYPE_PRINT, "print", NULL});

/* Without the two bits that hold the caching mode, which is a number. */
NAMES(smb2_share_flag_names, {0x00000001, "SMB2_SHAREFLAG_DFS", NULL},
    {0x00000002, "SMB2_SHAREFLAG_DFS_ROOT", NULL},
    {0x00000100, "SMB2_SHAREFLAG_RESTRICT_EXCLUSIVE_OPENS", NULL},
    {0x00000200, "SMB2_SHAREFLAG_FORCE_SHARED_DELETE", NULL},
    {0x00000400, "SMB2_SHAREFLAG_ALLOW_NAMESPACE_CACHING", NULL},
    {0x00000800, "SMB2_SHAREFLAG_ACCESS_BASED_DIRECTORY_ENUM", NULL},
    {0x00001000, "SMB2_SHAREFLAG_FORCE_LEVELII_OPLOCK", NULL},
    {0x00002000, "SMB2_SHAREFLAG_ENABLE_HASH_V1", NULL},
    {0x00004000, "SMB2_SHAREFLAG_ENABLE_HASH_V2", NULL},
    {0x00008000, "SMB2_SHAREFLAG_ENCRYPT_DATA", NULL},
    {0x00040000, "SMB2_SHAREFLAG_IDENTITY_REMOTING", NULL},
    {0x00100000, "SMB2_SHAREFLAG_COMPRESS_DATA", NULL},
    {0x00200000, "SMB2_SHAREFLAG_ISOLATED_TRANSPORT", NULL});

NAMES(smb2_hash_names, {1, "SHA-512", NULL});

NAMES(smb2_cipher_names, {0, "none", NULL}, {1, "AES-128-CCM", NULL}, {2, "AES-128-GCM", NULL},
    {3, "AES-256-CCM", NULL}, {4, "AES-256-GCM", NULL});

NAMES(smb2_signing_names, {0, "HMAC-SHA256", NULL}, {1, "AES-CMAC", NULL}, {2, "AES-GMAC", NULL});

NAMES(smb2_compression_names, {0, "none", NULL}, {1, "LZNT1", NULL}, {2, "LZ77", NULL},
    {3, "LZ77+Huffman", NULL}, {4, "Pattern_V1", NULL}, {5, "LZ4", NULL});

NAMES(smb2_error_id_names, {0, "default", NULL},
    {SMB2_ERROR_ID_SHARE_REDIRECT, "share_redirect",
	"the share is at another node of the cluster"});

NAMES(smb2_ctl_code_names, {FSCTL_DFS_GET_REFERRALS, "FSCTL_DFS_GET_REFERRALS", NULL},
    {0x000601b0, "FSCTL_DFS_GET_REFERRALS_EX", NULL},
    {0x00090064, "FSCTL_GET_NTFS_VOLUME_DATA", NULL}, {0x0009009c, "FSCTL_GET_OBJECT_ID", NULL},
    {0x000900a4, "FSCTL_SET_REPARSE_POINT", NULL}, {0x000900a8, "FSCTL_GET_REPARSE_POINT", NULL},
    {0x000900ac, "FSCTL_DELETE_REPARSE_POINT", NULL},
    {0x000900c0, "FSCTL_CREATE_OR_GET_OBJECT_ID", NULL}, {0x000900c4, "FSCTL_SET_SPARSE", NULL},
    {0x0009027c, "FSCTL_GET_INTEGRITY_INFORMATION", NULL},
    {0x000940cf, "FSCTL_QUERY_ALLOCATED_RANGES", NULL}, {0x00094264, "FSCTL_OFFLOAD_READ", NULL},
    {0x000980c8, "FSCTL_SET_ZERO_DATA", NULL}, {0x00098208, "FSCTL_FILE_LEVEL_TRIM", NULL},
    {0x00098268, "FSCTL_OFFLOAD_WRITE", NULL},
    {0x00098344, "FSCTL_DUPLICATE_EXTENTS_TO_FILE", NULL},
    {0x0009c280, "FSCTL_SET_INTEGRITY_INFORMATION", NULL},
    {FSCTL_PIPE_WAIT, "FSCTL_PIPE_WAIT", NULL}, {0x0011400c, "FSCTL_PIPE_PEEK", NULL},
    {FSCTL_PIPE_TRANSCEIVE, "FSCTL_PIPE_TRANSCEIVE", NULL},
    {0x00140078, "FSCTL_SRV_REQUEST_RESUME_KEY", NULL},
    {0x001401d4, "FSCTL_LMR_REQUEST_RESILIENCY", NULL},
    {FSCTL_QUERY_NETWORK_INTERFACE_INFO, "FSCTL_QUERY_NETWORK_INTERFACE_INFO", NULL},
    {FSCTL_VALIDATE_NEGOTIATE_INFO, "FSCTL_VALIDATE_NEGOTIATE_INFO", NULL},
    {0x00144064, "FSCTL_SRV_ENUMERATE_SNAPSHOTS", NULL}, {0x001440f2, "FSCTL_SRV_COPYCHUNK", NULL},
    {0x001441bb, "FSCTL_SRV_READ_HASH", NULL}, {0x001480f2, "FSCTL_SRV_COPYCHUNK_WRITE", NULL});

const struct smb2_command_row *
smb2_command_row(uint16_t command)
{
	return command < COUNT(command_rows) ? &command_rows[command] : NULL;
}

bool
smb2_decode_header(struct cursor message, struct smb2_header *ret)
{
	struct smb2_header header = {0};
	bool is_ours;

	is_ours = cur_be32(&message) == SMB2_MAGIC;
	is_ours &= cur_le16(&message) == SMB2_HEADER_SIZE;
	header.credit_charge = cur_le16(&message);
	header.status = cur_le32(&message);
	header.command = cur_le16(&message);
	header.credits = cur_le16(&message);
	header.flags = cur_le32(&message);
	header.next_command = cur_le32(&message);
	header.message_id = cur_le64(&message);
	if (!cur_ok(&message) || !is_ours)
		return false;
	if (header.flags & SMB2_FLAGS_ASYNC_COMMAND) {
		header.async_id = cur_le64(&message);
	} else {
		cur_skip(&message, 4); /* Reserved, or the ProcessId of old servers */
		header.tree_id = cur_le32(&message);
	}
	header.session_id = cur_le64(&message);
	header.has_ids = cur_ok(&message);
	*ret = header;
	return true;
}

uint32_t
smb2_wanted(struct cursor message, uint32_t length)
{
	const struct smb2_command_row *row;
	uint32_t flags, wanted = WHOLE;
	uint16_t command;

	cur_skip(&message, 12);
	command = cur_le16(&message);
	cur_skip(&message, 2);
	flags = cur_le32(&message);
	row = smb2_command_row(command);
	/* Of a compound every header is wanted, and any of its commands may carry payload. */
	if (cur_le32(&message) == 0 && cur_ok(&message) && row != NULL)
		wanted =
		    flags & SMB2_FLAGS_SERVER_TO_REDIR ? row->response_wanted : row->request_wanted;
	return length < wanted ? length : wanted;
}

/* A cursor behind the header and StructureSize; short when SIZE is not what stands there. */
static struct cursor
body_of(struct cursor message, uint16_t size)
{
	cur_skip(&message, SMB2_HEADER_SIZE);
	if (cur_le16(&message) != size)
		return cur_none();
	return message;
}

static void
copy_guid(struct cursor *cursor, uint8_t ret[16])
{
	const uint8_t *bytes = cur_bytes(cursor, 16);

	if (bytes != NULL)
		memcpy(ret, bytes, 16);
}

/* An array of 16-bit numbers with its count in front and SKIPPED bytes between. */
static struct cursor
counted_list(struct cursor *data, size_t skipped)
{
	uint16_t count = cur_le16(data);

	cur_skip(data, skipped);
	return cur_sub(data, 2u * count);
}

/* [MS-SMB2] 2.2.3.1.1 to 2.2.3.1.7. False when the data do not hold what they should. */
static bool
read_context(uint16_t type, struct cursor data, struct smb2_contexts *contexts)
{
	struct cursor ignored;
	const struct {
		uint16_t type;
		uint8_t skipped; /* between count and list: SaltLength, or Padding and Flags */
		struct cursor *list;
	} kinds[] = {
	    {SMB2_PREAUTH_INTEGRITY_CAPABILITIES, 2, &contexts->hashes},
	    {SMB2_ENCRYPTION_CAPABILITIES, 0, &contexts->ciphers},
	    {SMB2_COMPRESSION_CAPABILITIES, 6, &contexts->compressions},
	    {SMB2_RDMA_TRANSFORM_CAPABILITIES, 6, &ignored},
	    {SMB2_SIGNING_CAPABILITIES, 0, &contexts->signings},
	};

	if (type < 16)
		contexts->present |= (uint16_t)(1u << type);
	if (type == SMB2_NETNAME_NEGOTIATE_CONTEXT_ID)
		contexts->netname = data;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].type != type)
			continue;
		*kinds[i].list = counted_list(&data, kinds[i].skipped);
		return cur_ok(&data);
	}
	return true;
}

/* [MS-SMB2] 2.2.3.1: COUNT contexts at OFFSET, each at the next multiple of 8. */
static struct smb2_contexts
read_contexts(struct cursor message, uint32_t offset, uint16_t count)
{
	struct smb2_contexts contexts = {.is_known = true};

	while (count-- != 0 && contexts.is_known) {
		struct cursor context = message, data;
		uint16_t type, length;

		cur_skip(&context, offset);
		type = cur_le16(&context);
		length = cur_le16(&context);
		cur_skip(&context, 4);
		data = cur_sub(&context, length);
		contexts.is_known = cur_ok(&context) && read_context(type, data, &contexts);
		offset += (8u + length + 7) & ~7u;
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

/* A security token, as far as it was captured: its beginning says what it is. */
static struct cursor
token_at(const struct cursor *message, uint16_t offset, uint16_t length)
{
	size_t whole = (size_t)(message->end - message->start);

	if (offset > whole)
		return cur_none();
	return cur_window(message, offset, length < whole - offset ? length : whole - offset);
}

bool
smb2_decode_negotiate_request(struct cursor message, struct smb2_negotiate_request *ret)
{
	struct cursor body = body_of(message, command_rows[SMB2_NEGOTIATE].request_size);
	struct smb2_negotiate_request request = {0};
	uint16_t dialect_count = cur_le16(&body), context_count;
	uint32_t context_offset;

	request.security_mode = cur_le16(&body);
	cur_skip(&body, 2);
	request.capabilities = cur_le32(&body);
	copy_guid(&body, request.client_guid);
	context_offset = cur_le32(&body);
	context_count = cur_le16(&body);
	cur_skip(&body, 2);
	request.dialects = cur_sub(&body, 2u * dialect_count);
	if (!cur_ok(&body))
		return false;
	/* Below 3.1.1 the same bytes are ClientStartTime. */
	if (list_has(request.dialects, SMB2_DIALECT_311))
		request.contexts = read_contexts(message, context_offset, context_count);
	else
		request.contexts.is_known = true;
	*ret = request;
	return true;
}

bool
smb2_decode_negotiate_response(struct cursor message, struct smb2_negotiate_response *ret)
{
	struct cursor body = body_of(message, command_rows[SMB2_NEGOTIATE].response_size);
	struct smb2_negotiate_response response = {0};
	uint16_t context_count, token_offset, token_length;
	uint32_t context_offset;

	response.security_mode = cur_le16(&body);
	response.dialect = cur_le16(&body);
	context_count = cur_le16(&body);
	copy_guid(&body, response.server_guid);
	response.capabilities = cur_le32(&body);
	response.max_transact_size = cur_le32(&body);
	response.max_read_size = cur_le32(&body);
	response.max_write_size = cur_le32(&body);
	cur_skip(&body, 16); /* SystemTime, ServerStartTime */
	token_offset = cur_le16(&body);
	token_length = cur_le16(&body);
	context_offset = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	response.token = token_at(&message, token_offset, token_length);
	if (response.dialect == SMB2_DIALECT_311)
		response.contexts = read_contexts(message, context_offset, context_count);
	else
		response.contexts.is_known = true;
	*ret = response;
	return true;
}

bool
smb2_decode_session_setup_request(struct cursor message, struct smb2_session_setup_request *ret)
{
	struct cursor body = body_of(message, command_rows[SMB2_SESSION_SETUP].request_size);
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
	request.token = token_at(&message, token_offset, token_length);
	*ret = request;
	return true;
}

bool
smb2_decode_session_setup_response(struct cursor message, struct smb2_session_setup_response *ret)
{
	struct cursor body = body_of(message, command_rows[SMB2_SESSION_SETUP].response_size);
	struct smb2_session_setup_response response = {0};
	uint16_t token_offset, token_length;

	response.session_flags = cur_le16(&body);
	token_offset = cur_le16(&body);
	token_length = cur_le16(&body);
	/* An error answer has its ByteCount here, 0 in all that was seen. */
	if (!cur_ok(&body) || (token_length != 0 && token_offset < SMB2_HEADER_SIZE + 8))
		return false;
	response.token = token_at(&message, token_offset, token_length);
	*ret = response;
	return true;
}

bool
smb2_decode_tree_connect_request(struct cursor message, struct smb2_tree_connect_request *ret)
{
	struct cursor body = body_of(message, command_rows[SMB2_TREE_CONNECT].request_size);
	struct smb2_tree_connect_request request = {0};
	uint16_t path_offset, path_length;

	request.flags = cur_le16(&body);
	path_offset = cur_le16(&body);
	path_length = cur_le16(&body);
	if (!cur_ok(&body))
		return false;
	/* The extension of 2.2.9.1 stands before the path, and PathOffset still finds the path. */
	request.path = cur_window(&message, path_offset, path_length);
	*ret = request;
	return true;
}

bool
smb2_decode_tree_connect_response(struct cursor message, struct smb2_tree_connect_response *ret)
{
	struct cursor body = body_of(message, command_rows[SMB2_TREE_CONNECT].response_size);
	struct smb2_tree_connect_response response = {0};

	response.share_type = cur_u8(&body);
	cur_skip(&body, 1);
	response.share_flags = cur_le32(&body);
	response.capabilities = cur_le32(&body);
	response.maximal_access = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	*ret = response;
	return true;
}

bool
smb2_decode_error(struct cursor message, struct smb2_error *ret)
{
	struct cursor body = body_of(message, 9);
	struct smb2_error error = {0};
	uint8_t context_count = cur_u8(&body);
	uint32_t length;

	cur_skip(&body, 1);
	length = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	if (context_count != 0) {
		length = cur_le32(&body);
		error.error_id = cur_le32(&body);
		error.has_error_id = cur_ok(&body);
	}
	error.data = cur_ok(&body) ? cur_sub(&body, length) : cur_none();
	*ret = error;
	return true;
}

bool
smb2_decode_create_request(struct cursor message, struct smb2_create_request *ret)
{
	struct cursor body = body_of(message, command_rows[SMB2_CREATE].request_size);
	uint16_t name_offset, name_length;

	cur_skip(&body, 42); /* SecurityFlags to CreateOptions */
	name_offset = cur_le16(&body);
	name_length = cur_le16(&body);
	if (!cur_ok(&body))
		return false;
	ret->name = cur_window(&message, name_offset, name_length);
	return true;
}

bool
smb2_decode_lock_flags(struct cursor message, uint32_t *ret)
{
	struct cursor body = body_of(message, command_rows[SMB2_LOCK].request_size);
	uint32_t flags;

	/* LockCount, LockSequence and FileId, then the first lock's Offset and Length. */
	cur_skip(&body, 2 + 4 + 16 + 16);
	flags = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	*ret = flags;
	return true;
}

bool
smb2_decode_ioctl_request(struct cursor message, struct smb2_ioctl *ret)
{
	struct cursor body = body_of(message, command_rows[SMB2_IOCTL].request_size);
	struct smb2_ioctl ioctl = {.output = cur_none()};
	uint32_t input_offset, input_count;

	cur_skip(&body, 2);
	ioctl.ctl_code = cur_le32(&body);
	cur_skip(&body, 16); /* FileId */
	input_offset = cur_le32(&body);
	input_count = cur_le32(&body);
	cur_skip(&body, 12); /* MaxInputResponse, OutputOffset, OutputCount */
	ioctl.max_output_response = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ioctl.input = cur_window(&message, input_offset, input_count);
	*ret = ioctl;
	return true;
}

bool
smb2_decode_ioctl_response(struct cursor message, struct smb2_ioctl *ret)
{
	struct cursor body = body_of(message, command_rows[SMB2_IOCTL].response_size);
	struct smb2_ioctl ioctl = {0};
	uint32_t input_offset, input_count, output_offset, output_count;

	cur_skip(&body, 2);
	ioctl.ctl_code = cur_le32(&body);
	cur_skip(&body, 16); /* FileId */
	input_offset = cur_le32(&body);
	input_count = cur_le32(&body);
	output_offset = cur_le32(&body);
	output_count = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ioctl.input = cur_window(&message, input_offset, input_count);
	ioctl.output = cur_window(&message, output_offset, output_count);
	*ret = ioctl;
	return true;
}

bool
smb2_decode_validate_request(struct cursor input, struct smb2_validate_request *ret)
{
	struct smb2_validate_request request = {0};

	request.capabilities = cur_le32(&input);
	copy_guid(&input, request.guid);
	request.security_mode = cur_le16(&input);
	request.dialects = counted_list(&input, 0);
	if (!cur_ok(&input))
		return false;
	*ret = request;
	return true;
}

bool
smb2_decode_validate_response(struct cursor output, struct smb2_validate_response *ret)
{
	struct smb2_validate_response response = {0};

	response.capabilities = cur_le32(&output);
	copy_guid(&output, response.guid);
	response.security_mode = cur_le16(&output);
	response.dialect = cur_le16(&output);
	if (!cur_ok(&output))
		return false;
	*ret = response;
	return true;
}

/* SOCKADDR_STORAGE ([MS-SMB2] 2.2.32.5.1): a family, a port, and what the family says. The address
 * stands in network byte order. */
static struct addr
socket_address(struct cursor storage)
{
	uint16_t family = cur_le16(&storage);
	const uint8_t *bytes;

	cur_skip(&storage, family == SOCKADDR_INET6 ? 6 : 2); /* Port, FlowInfo */
	bytes = cur_bytes(&storage, family == SOCKADDR_INET6 ? 16 : 4);
	if (bytes != NULL && family == SOCKADDR_INET)
		return addr_ipv4(bytes);
	if (bytes != NULL && family == SOCKADDR_INET6)
		return addr_ipv6(bytes);
	return (struct addr){.family = ADDR_NONE};
}

bool
smb2_next_interface(struct cursor *list, struct smb2_interface *ret)
{
	struct cursor entry = *list;
	struct smb2_interface found;
	uint32_t next = cur_le32(&entry);

	found.index = cur_le32(&entry);
	found.capability = cur_le32(&entry);
	cur_skip(&entry, 4); /* Reserved */
	found.link_speed = cur_le64(&entry);
	if (!cur_ok(&entry) || cur_left(&entry) < SOCKADDR_STORAGE_SIZE ||
	    (next != 0 && next < INTERFACE_SIZE))
		return false;
	found.addr = socket_address(entry);
	*list = next != 0
		    ? cur_window(list, next, cur_left(list) > next ? cur_left(list) - next : 0)
		    : cur_none();
	*ret = found;
	return true;
}

bool
smb2_decode_transform(struct cursor message, struct smb2_transform *ret)
{
	struct smb2_transform transform = {0};
	bool is_ours = cur_be32(&message) == SMB2_TRANSFORM_MAGIC;

	cur_skip(&message, 32); /* Signature, Nonce */
	transform.original_size = cur_le32(&message);
	cur_skip(&message, 2);
	is_ours &= cur_le16(&message) == 1; /* Flags: encrypted; in 3.0 an AES-128-CCM id of 1 */
	transform.session_id = cur_le64(&message);
	if (!cur_ok(&message) || !is_ours)
		return false;
	*ret = transform;
	return true;
}

bool
smb2_decode_compression(struct cursor message, struct smb2_compression *ret)
{
	bool is_ours = cur_be32(&message) == SMB2_COMPRESSION_MAGIC;
	struct smb2_compression compression = {0};
	uint16_t algorithm;
	uint32_t plain;

	cur_skip(&message, 4); /* OriginalCompressedSegmentSize */
	algorithm = cur_le16(&message);
	compression.is_chained = cur_le16(&message) & 1;
	plain = cur_le32(&message); /* Offset; Length of the first payload when chained */
	if (!cur_ok(&message) || !is_ours)
		return false;
	if (compression.is_chained && algorithm != 0)
		plain = 0;
	if (plain > cur_left(&message))
		plain = (uint32_t)cur_left(&message);
	compression.plain = cur_sub(&message, plain);
	*ret = compression;
	return true;
}
