#include "dissectors/smb2_ioctl_wire.h"

#include <stddef.h>

#include "analyzer/base/basics.h"
#include "dissectors/smb2_wire.h"

/* [MS-SMB2] 2.2.32.5 and 2.2.32.5.1. */
#define SOCKADDR_INET         0x0002
#define SOCKADDR_INET6        0x0017
#define SOCKADDR_STORAGE_SIZE 128
#define INTERFACE_SIZE        152

/* [MS-FSCC] 2.1.2.1. */
#define IO_REPARSE_TAG_MOUNT_POINT 0xa0000003u
#define IO_REPARSE_TAG_SYMLINK     0xa000000cu
#define SYMLINK_FLAG_RELATIVE      0x00000001u /* [MS-FSCC] 2.1.2.4 */

bool
smb2_read_ioctl_request(struct cursor body, union smb2_body *ret)
{
	struct smb2_ioctl ioctl = {0};
	uint32_t input_offset, output_offset;

	cur_skip(&body, 2);
	ioctl.ctl_code = cur_le32(&body);
	ioctl.file_id = smb2_read_file_id(&body);
	input_offset = cur_le32(&body);
	ioctl.input_count = cur_le32(&body);
	cur_skip(&body, 4); /* MaxInputResponse */
	output_offset = cur_le32(&body);
	ioctl.output_count = cur_le32(&body);
	ioctl.max_output_response = cur_le32(&body);
	ioctl.flags = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ioctl.input = cur_window(&body, input_offset, ioctl.input_count);
	ioctl.output = cur_window(&body, output_offset, ioctl.output_count);
	ret->ioctl_request = ioctl;
	return true;
}

bool
smb2_read_ioctl_response(struct cursor body, union smb2_body *ret)
{
	struct smb2_ioctl ioctl = {0};
	uint32_t input_offset, output_offset;

	cur_skip(&body, 2);
	ioctl.ctl_code = cur_le32(&body);
	ioctl.file_id = smb2_read_file_id(&body);
	input_offset = cur_le32(&body);
	ioctl.input_count = cur_le32(&body);
	output_offset = cur_le32(&body);
	ioctl.output_count = cur_le32(&body);
	ioctl.flags = cur_le32(&body);
	if (!cur_ok(&body))
		return false;
	ioctl.input = cur_window(&body, input_offset, ioctl.input_count);
	ioctl.output = cur_window(&body, output_offset, ioctl.output_count);
	ret->ioctl_response = ioctl;
	return true;
}

static bool
read_referral_request(struct cursor input, union smb2_ioctl_data *ret)
{
	return dfs_decode_referral_request(input, &ret->referral_request);
}

static bool
read_referral_request_ex(struct cursor input, union smb2_ioctl_data *ret)
{
	return dfs_decode_referral_request_ex(input, &ret->referral_request);
}

static bool
read_referral_response(struct cursor output, union smb2_ioctl_data *ret)
{
	return dfs_decode_referral_response(output, &ret->referral_response);
}

static bool
read_pipe_wait(struct cursor input, union smb2_ioctl_data *ret)
{
	struct smb2_pipe_wait wait = {0};
	uint32_t name_length;

	wait.timeout = cur_le64(&input);
	name_length = cur_le32(&input);
	wait.has_timeout = cur_u8(&input) != 0;
	cur_skip(&input, 1);
	wait.name = cur_sub(&input, name_length);
	if (!cur_ok(&input))
		return false;
	ret->pipe_wait = wait;
	return true;
}

static bool
read_pipe_peek(struct cursor output, union smb2_ioctl_data *ret)
{
	struct smb2_pipe_peek peek;

	peek.state = cur_le32(&output);
	peek.read_data_available = cur_le32(&output);
	peek.number_of_messages = cur_le32(&output);
	peek.message_length = cur_le32(&output);
	if (!cur_ok(&output))
		return false;
	ret->pipe_peek = peek;
	return true;
}

static bool
read_validate_request(struct cursor input, union smb2_ioctl_data *ret)
{
	struct smb2_validate_request request = {0};

	request.capabilities = cur_le32(&input);
	smb2_read_guid(&input, request.guid);
	request.security_mode = cur_le16(&input);
	request.dialects = smb2_read_list(&input, 0);
	if (!cur_ok(&input))
		return false;
	ret->validate_request = request;
	return true;
}

static bool
read_validate_response(struct cursor output, union smb2_ioctl_data *ret)
{
	struct smb2_validate_response response = {0};

	response.capabilities = cur_le32(&output);
	smb2_read_guid(&output, response.guid);
	response.security_mode = cur_le16(&output);
	response.dialect = cur_le16(&output);
	if (!cur_ok(&output))
		return false;
	ret->validate_response = response;
	return true;
}

static void
read_key(struct cursor *data, uint8_t ret[SMB2_RESUME_KEY_SIZE])
{
	const uint8_t *bytes = cur_bytes(data, SMB2_RESUME_KEY_SIZE);

	if (bytes != NULL)
		memcpy(ret, bytes, SMB2_RESUME_KEY_SIZE);
}

/* SRV_COPYCHUNK_COPY, with an SRV_COPYCHUNK for each chunk. */
static bool
read_copychunk(struct cursor input, union smb2_ioctl_data *ret)
{
	struct smb2_copychunk_request request = {0};
	uint32_t length;

	read_key(&input, request.source_key);
	request.chunk_count = cur_le32(&input);
	cur_skip(&input, 4);
	if (!cur_ok(&input))
		return false;
	for (uint32_t i = 0; i < request.chunk_count && cur_ok(&input); i++) {
		cur_skip(&input, 16); /* SourceOffset, TargetOffset */
		length = cur_le32(&input);
		cur_skip(&input, 4);
		request.length += cur_ok(&input) ? length : 0;
	}
	ret->copychunk_request = request;
	return true;
}

static bool
read_copychunk_response(struct cursor output, union smb2_ioctl_data *ret)
{
	struct smb2_copychunk_response response;

	response.chunks_written = cur_le32(&output);
	response.chunk_bytes_written = cur_le32(&output);
	response.total_bytes_written = cur_le32(&output);
	if (!cur_ok(&output))
		return false;
	ret->copychunk_response = response;
	return true;
}

static bool
read_resume_key(struct cursor output, union smb2_ioctl_data *ret)
{
	struct smb2_resume_key found = {{0}};

	read_key(&output, found.key);
	cur_skip(&output, 4); /* ContextLength */
	if (!cur_ok(&output))
		return false;
	ret->resume_key = found;
	return true;
}

/* When the client's buffer is too small for all of them, none is there, but they are counted. */
static bool
read_snapshots(struct cursor output, union smb2_ioctl_data *ret)
{
	struct smb2_snapshots snapshots;

	snapshots.number_of_snapshots = cur_le32(&output);
	snapshots.number_returned = cur_le32(&output);
	snapshots.array_size = cur_le32(&output);
	if (!cur_ok(&output))
		return false;
	snapshots.snapshots = snapshots.number_returned == 0
				  ? cur_sub(&output, 0)
				  : cur_sub(&output, snapshots.array_size);
	ret->snapshots = snapshots;
	return true;
}

static bool
read_resiliency(struct cursor input, union smb2_ioctl_data *ret)
{
	uint32_t timeout = cur_le32(&input);

	cur_skip(&input, 4);
	if (!cur_ok(&input))
		return false;
	ret->resiliency_timeout = timeout;
	return true;
}

static bool
read_read_hash(struct cursor input, union smb2_ioctl_data *ret)
{
	struct smb2_read_hash hash = {0};

	hash.hash_type = cur_le32(&input);
	hash.hash_version = cur_le32(&input);
	hash.hash_retrieval_type = cur_le32(&input);
	hash.length = cur_le32(&input);
	hash.offset = cur_le64(&input);
	if (!cur_ok(&input))
		return false;
	ret->read_hash = hash;
	return true;
}

/* [MS-FSCC] 2.1.2.4 and 2.1.2.5: a mount point has no Flags. */
static bool
read_link(struct cursor data, uint32_t tag, struct smb2_reparse *ret)
{
	uint16_t substitute_offset = cur_le16(&data), substitute_length = cur_le16(&data);
	uint16_t print_offset = cur_le16(&data), print_length = cur_le16(&data);

	if (tag == IO_REPARSE_TAG_SYMLINK)
		ret->is_relative = (cur_le32(&data) & SYMLINK_FLAG_RELATIVE) != 0;
	if (!cur_ok(&data))
		return false;
	data = cur_sub(&data, cur_left(&data)); /* PathBuffer */
	ret->substitute_name = cur_window(&data, substitute_offset, substitute_length);
	ret->print_name = cur_window(&data, print_offset, print_length);
	return true;
}

static bool
read_reparse(struct cursor buffer, union smb2_ioctl_data *ret)
{
	struct smb2_reparse reparse = {.substitute_name = cur_none(), .print_name = cur_none()};
	struct cursor data;
	uint16_t length;

	reparse.tag = cur_le32(&buffer);
	length = cur_le16(&buffer);
	cur_skip(&buffer, 2);
	data = cur_sub(&buffer, length);
	if (!cur_ok(&buffer))
		return false;
	if ((reparse.tag == IO_REPARSE_TAG_SYMLINK || reparse.tag == IO_REPARSE_TAG_MOUNT_POINT) &&
	    length != 0 && !read_link(data, reparse.tag, &reparse))
		return false;
	ret->reparse = reparse;
	return true;
}

bool
smb2_next_range(struct cursor *list, struct smb2_range *ret)
{
	struct smb2_range range;

	range.offset = cur_le64(list);
	range.length = cur_le64(list);
	if (!cur_ok(list))
		return false;
	*ret = range;
	return true;
}

static bool
read_range(struct cursor input, union smb2_ioctl_data *ret)
{
	return smb2_next_range(&input, &ret->range);
}

/* FILE_ZERO_DATA_INFORMATION has the offset behind the range, not its length. */
static bool
read_zero_data(struct cursor input, union smb2_ioctl_data *ret)
{
	uint64_t offset = cur_le64(&input), beyond = cur_le64(&input);

	if (!cur_ok(&input) || beyond < offset)
		return false;
	ret->range = (struct smb2_range){offset, beyond - offset};
	return true;
}

/* Without FILE_SET_SPARSE_BUFFER the file becomes sparse. */
static bool
read_sparse(struct cursor input, union smb2_ioctl_data *ret)
{
	if (!cur_ok(&input))
		return false;
	ret->is_sparse = cur_left(&input) == 0 || cur_u8(&input) != 0;
	return true;
}

static bool
read_duplicate_extents(struct cursor input, union smb2_ioctl_data *ret)
{
	struct smb2_duplicate_extents extents = {.source = smb2_read_file_id(&input)};

	extents.source_offset = cur_le64(&input);
	extents.target_offset = cur_le64(&input);
	extents.byte_count = cur_le64(&input);
	if (!cur_ok(&input))
		return false;
	ret->duplicate_extents = extents;
	return true;
}

/*
 * Every function code by its number: its name, and the decoders of its input and output, NULL where
 * nothing is read: empty, a list with an iterator of its own, or of no interest.
 */
#define CTL_CODES(ROW)                                                                    \
	/* [MS-DFSC] 2.2.2 to 2.2.4 */                                                    \
	ROW(FSCTL_DFS_GET_REFERRALS, read_referral_request, read_referral_response)       \
	ROW(FSCTL_DFS_GET_REFERRALS_EX, read_referral_request_ex, read_referral_response) \
	/* [MS-FSCC] 2.3 */                                                               \
	ROW(FSCTL_IS_PATHNAME_VALID, NULL, NULL)                                          \
	ROW(FSCTL_GET_COMPRESSION, NULL, NULL)                                            \
	ROW(FSCTL_QUERY_FAT_BPB, NULL, NULL)                                              \
	ROW(FSCTL_FILESYSTEM_GET_STATISTICS, NULL, NULL)                                  \
	ROW(FSCTL_GET_NTFS_VOLUME_DATA, NULL, NULL)                                       \
	ROW(FSCTL_GET_RETRIEVAL_POINTERS, NULL, NULL)                                     \
	ROW(FSCTL_FIND_FILES_BY_SID, NULL, NULL)                                          \
	ROW(FSCTL_SET_OBJECT_ID, NULL, NULL)                                              \
	ROW(FSCTL_GET_OBJECT_ID, NULL, NULL)                                              \
	ROW(FSCTL_DELETE_OBJECT_ID, NULL, NULL)                                           \
	ROW(FSCTL_SET_REPARSE_POINT, read_reparse, NULL)                                  \
	ROW(FSCTL_GET_REPARSE_POINT, NULL, read_reparse)                                  \
	ROW(FSCTL_DELETE_REPARSE_POINT, read_reparse, NULL)                               \
	ROW(FSCTL_SET_OBJECT_ID_EXTENDED, NULL, NULL)                                     \
	ROW(FSCTL_CREATE_OR_GET_OBJECT_ID, NULL, NULL)                                    \
	ROW(FSCTL_SET_SPARSE, read_sparse, NULL)                                          \
	ROW(FSCTL_SET_ENCRYPTION, NULL, NULL)                                             \
	ROW(FSCTL_READ_FILE_USN_DATA, NULL, NULL)                                         \
	ROW(FSCTL_WRITE_USN_CLOSE_RECORD, NULL, NULL)                                     \
	ROW(FSCTL_SIS_COPYFILE, NULL, NULL)                                               \
	ROW(FSCTL_RECALL_FILE, NULL, NULL)                                                \
	ROW(FSCTL_QUERY_SPARING_INFO, NULL, NULL)                                         \
	ROW(FSCTL_QUERY_ON_DISK_VOLUME_INFO, NULL, NULL)                                  \
	ROW(FSCTL_SET_ZERO_ON_DEALLOCATION, NULL, NULL)                                   \
	ROW(FSCTL_GET_INTEGRITY_INFORMATION, NULL, NULL)                                  \
	ROW(FSCTL_QUERY_FILE_REGIONS, NULL, NULL)                                         \
	/* [MS-RSVD] 2.2.3, [MS-SQOS] 2.2.1 */                                            \
	ROW(FSCTL_QUERY_SHARED_VIRTUAL_DISK_SUPPORT, NULL, NULL)                          \
	ROW(FSCTL_SVHDX_SYNC_TUNNEL_REQUEST, NULL, NULL)                                  \
	ROW(FSCTL_STORAGE_QOS_CONTROL, NULL, NULL)                                        \
	ROW(FSCTL_SVHDX_ASYNC_TUNNEL_REQUEST, NULL, NULL)                                 \
	/* [MS-FSCC] 2.3 */                                                               \
	ROW(FSCTL_QUERY_ALLOCATED_RANGES, read_range, NULL) /* smb2_next_range() */       \
	ROW(FSCTL_OFFLOAD_READ, NULL, NULL)                                               \
	ROW(FSCTL_SET_ZERO_DATA, read_zero_data, NULL)                                    \
	ROW(FSCTL_SET_DEFECT_MANAGEMENT, NULL, NULL)                                      \
	ROW(FSCTL_FILE_LEVEL_TRIM, NULL, NULL)                                            \
	ROW(FSCTL_OFFLOAD_WRITE, NULL, NULL)                                              \
	ROW(FSCTL_DUPLICATE_EXTENTS_TO_FILE, read_duplicate_extents, NULL)                \
	ROW(FSCTL_DUPLICATE_EXTENTS_TO_FILE_EX, NULL, NULL)                               \
	ROW(FSCTL_SET_COMPRESSION, NULL, NULL)                                            \
	ROW(FSCTL_SET_INTEGRITY_INFORMATION, NULL, NULL)                                  \
	ROW(FSCTL_PIPE_WAIT, read_pipe_wait, NULL)                                        \
	ROW(FSCTL_PIPE_PEEK, NULL, read_pipe_peek)                                        \
	ROW(FSCTL_PIPE_TRANSCEIVE, NULL, NULL) /* what the pipe speaks */                 \
	/* [MS-SMB2] 2.2.31 and 2.2.32 */                                                 \
	ROW(FSCTL_SRV_REQUEST_RESUME_KEY, NULL, read_resume_key)                          \
	ROW(FSCTL_LMR_REQUEST_RESILIENCY, read_resiliency, NULL)                          \
	/* smb2_next_interface() */                                                       \
	ROW(FSCTL_QUERY_NETWORK_INTERFACE_INFO, NULL, NULL)                               \
	ROW(FSCTL_VALIDATE_NEGOTIATE_INFO, read_validate_request, read_validate_response) \
	ROW(FSCTL_SRV_ENUMERATE_SNAPSHOTS, NULL, read_snapshots)                          \
	ROW(FSCTL_SRV_COPYCHUNK, read_copychunk, read_copychunk_response)                 \
	ROW(FSCTL_SRV_READ_HASH, read_read_hash, NULL)                                    \
	ROW(FSCTL_SRV_COPYCHUNK_WRITE, read_copychunk, read_copychunk_response)

#define NAME_ROW(code, input, output) {code, #code, NULL},
static const struct name_row ctl_code_names[] = {CTL_CODES(NAME_ROW)};
const struct names smb2_ctl_code_names = {ctl_code_names, COUNT(ctl_code_names)};

#define CTL_ROW(code, input, output) {code, input, output},
static const struct ctl_row {
	uint32_t ctl_code;
	bool (*input)(struct cursor input, union smb2_ioctl_data *ret);
	bool (*output)(struct cursor output, union smb2_ioctl_data *ret);
} ctl_rows[] = {CTL_CODES(CTL_ROW)};

static const struct ctl_row *
ctl_row(uint32_t ctl_code)
{
	static const struct ctl_row unknown;

	for (size_t i = 0; i < COUNT(ctl_rows); i++)
		if (ctl_rows[i].ctl_code == ctl_code)
			return &ctl_rows[i];
	return &unknown;
}

bool
smb2_decode_ioctl_input(const struct smb2_ioctl *ioctl, union smb2_ioctl_data *ret)
{
	const struct ctl_row *row = ctl_row(ioctl->ctl_code);

	return row->input != NULL && row->input(ioctl->input, ret);
}

bool
smb2_decode_ioctl_output(const struct smb2_ioctl *ioctl, union smb2_ioctl_data *ret)
{
	const struct ctl_row *row = ctl_row(ioctl->ctl_code);

	return row->output != NULL && row->output(ioctl->output, ret);
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
	    !smb2_step(list, next, INTERFACE_SIZE))
		return false;
	found.addr = socket_address(entry);
	*ret = found;
	return true;
}
