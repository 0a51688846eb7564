#include "dissectors/smb2_wire.h"

#include <stddef.h>

#include "analyzer/base/basics.h"
#include "analyzer/dissector.h"
#include "dissectors/nt_status.h"

#define WHOLE MESSAGE_MOST_WANTED
/* The body's fixed part, which StructureSize counts one byte too long if a buffer follows; at
 * least that of an error answer, of 8 bytes. */
#define FIXED(size) (SMB2_HEADER_SIZE + ((size) > 8 ? (size) & ~1u : 8u))
/* The answer to CREATE with its contexts: 152 bytes, and then 32 to 80 for each of the five or six
 * that servers add. */
#define CREATE_ANSWER_WANTED 512
/* Of IOCTL the negotiate validation: 120 bytes before it, its 24 and its dialects; of other input
 * what fits. */
#define IOCTL_WANTED 512
/* Of its answer the list of network interfaces, too: 112 bytes before it, 152 each, and two dozen
 * of them. */
#define IOCTL_ANSWER_WANTED 4096
/* Of SET_INFO the target of a rename: 116 bytes before it and 1990 characters, where programs of
 * Windows stop at 260 and paths of Linux at 4096 bytes of UTF-8. Security descriptors and extended
 * attributes may be longer; nobody reads them. */
#define SET_INFO_WANTED 4096

/*
 * [MS-SMB2] 2.2.1.2, and 2.2.3 to 2.2.44: of request and answer the StructureSize, what is wanted,
 * and the decoder.
 */
#define COMMANDS(ROW)                                                                            \
	ROW(NEGOTIATE, 36, WHOLE, smb2_read_negotiate_request, 65, WHOLE,                        \
	    smb2_read_negotiate_response)                                                        \
	ROW(SESSION_SETUP, 25, WHOLE, smb2_read_session_setup_request, 9, WHOLE,                 \
	    smb2_read_session_setup_response)                                                    \
	ROW(LOGOFF, 4, FIXED(4), NULL, 4, FIXED(4), NULL)                                        \
	ROW(TREE_CONNECT, 9, WHOLE, smb2_read_tree_connect_request, 16, WHOLE,                   \
	    smb2_read_tree_connect_response)                                                     \
	ROW(TREE_DISCONNECT, 4, FIXED(4), NULL, 4, FIXED(4), NULL)                               \
	ROW(CREATE, 57, WHOLE, smb2_read_create_request, 89, CREATE_ANSWER_WANTED,               \
	    smb2_read_create_response)                                                           \
	ROW(CLOSE, 24, FIXED(24), smb2_read_close_request, 60, FIXED(60),                        \
	    smb2_read_close_response)                                                            \
	ROW(FLUSH, 24, FIXED(24), smb2_read_flush_request, 4, FIXED(4), NULL)                    \
	ROW(READ, 49, FIXED(49), smb2_read_read_request, 17, FIXED(17), smb2_read_read_response) \
	ROW(WRITE, 49, FIXED(49), smb2_read_write_request, 17, FIXED(17),                        \
	    smb2_read_write_response)                                                            \
	ROW(LOCK, 48, WHOLE, smb2_read_lock_request, 4, FIXED(4), NULL)                          \
	ROW(IOCTL, 57, IOCTL_WANTED, smb2_read_ioctl_request, 49, IOCTL_ANSWER_WANTED,           \
	    smb2_read_ioctl_response)                                                            \
	ROW(CANCEL, 4, FIXED(4), NULL, 0, FIXED(4), NULL)                                        \
	ROW(ECHO, 4, FIXED(4), NULL, 4, FIXED(4), NULL)                                          \
	ROW(QUERY_DIRECTORY, 33, WHOLE, smb2_read_query_directory_request, 9, FIXED(9),          \
	    smb2_read_output_response)                                                           \
	ROW(CHANGE_NOTIFY, 32, FIXED(32), smb2_read_change_notify_request, 9, FIXED(9),          \
	    smb2_read_output_response)                                                           \
	ROW(QUERY_INFO, 41, FIXED(41), smb2_read_query_info_request, 9, FIXED(9),                \
	    smb2_read_output_response)                                                           \
	ROW(SET_INFO, 33, SET_INFO_WANTED, smb2_read_set_info_request, 2, FIXED(2), NULL)        \
	ROW(OPLOCK_BREAK, 24, FIXED(36), smb2_read_oplock_break, 24, FIXED(44),                  \
	    smb2_read_oplock_break)                                                              \
	ROW(SERVER_TO_CLIENT_NOTIFICATION, 0, FIXED(4), NULL, 4, FIXED(8), smb2_read_notification)

#define COMMAND_ROW(                                                                          \
    command, request_size, request_wanted, request, response_size, response_wanted, response) \
	[SMB2_##command] = {#command, {request_size, request_wanted, request},                \
	    {response_size, response_wanted, response}},
static const struct smb2_command_row command_rows[] = {COMMANDS(COMMAND_ROW)};

#define NAME_ROW(command, ...) {SMB2_##command, #command, NULL},
static const struct name_row command_names[] = {COMMANDS(NAME_ROW)};
const struct names smb2_command_names = {command_names, COUNT(command_names)};

/* OPLOCK_BREAK of a lease ([MS-SMB2] 2.2.23.2, 2.2.24.2, 2.2.25.2): the same command with
 * StructureSizes of its own. */
static const struct smb2_message_row lease_request = {36, FIXED(36), smb2_read_lease_break};
static const struct smb2_message_row lease_responses[] = {
    {36, FIXED(36), smb2_read_lease_break},
    {44, FIXED(44), smb2_read_lease_break_notification},
};

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

/* Whether an answer is of the error layout, which carries no payload. */
static bool
has_failed(uint32_t status)
{
	return nt_status_is_error(status) || status == STATUS_STOPPED_ON_SYMLINK;
}

uint32_t
smb2_wanted(struct cursor message, uint32_t length)
{
	const struct smb2_command_row *row;
	uint32_t status, flags, wanted = WHOLE;
	uint16_t command;
	bool is_response;

	cur_skip(&message, 8);
	status = cur_le32(&message);
	command = cur_le16(&message);
	cur_skip(&message, 2);
	flags = cur_le32(&message);
	is_response = (flags & SMB2_FLAGS_SERVER_TO_REDIR) != 0;
	row = smb2_command_row(command);
	/* Of a compound every header is wanted, and any of its commands may carry payload. */
	if (cur_le32(&message) == 0 && cur_ok(&message) && row != NULL &&
	    !(is_response && has_failed(status)))
		wanted = is_response ? row->response.wanted : row->request.wanted;
	return length < wanted ? length : wanted;
}

/* The row for a body whose StructureSize is SIZE, or NULL. */
static const struct smb2_message_row *
message_row(const struct smb2_header *header, uint16_t size)
{
	bool is_response = (header->flags & SMB2_FLAGS_SERVER_TO_REDIR) != 0;
	const struct smb2_command_row *command = smb2_command_row(header->command);
	const struct smb2_message_row *row;

	if (command == NULL || size == 0)
		return NULL;
	row = is_response ? &command->response : &command->request;
	if (row->size == size)
		return row;
	if (header->command != SMB2_OPLOCK_BREAK)
		return NULL;
	if (!is_response)
		return lease_request.size == size ? &lease_request : NULL;
	for (size_t i = 0; i < COUNT(lease_responses); i++)
		if (lease_responses[i].size == size)
			return &lease_responses[i];
	return NULL;
}

bool
smb2_decode_body(const struct smb2_header *header, struct cursor command, union smb2_body *ret)
{
	const struct smb2_message_row *row;
	uint16_t size;

	cur_skip(&command, SMB2_HEADER_SIZE);
	size = cur_le16(&command);
	row = message_row(header, size);
	if (row == NULL || cur_left(&command) + 2 < (size & ~1u))
		return false;
	return row->decode == NULL || row->decode(command, ret);
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
