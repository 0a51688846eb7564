#include "dissectors/smb2_create_contexts.h"

#include <stddef.h>

#include "analyzer/base/basics.h"

#define CONTEXT_SIZE   16  /* [MS-SMB2] 2.2.13.2, up to the buffer */
#define LEASE_V2_SIZE  52  /* [MS-SMB2] 2.2.13.2.10 */
#define MOST_HOST_NAME 126 /* bytes, [MS-RSVD] 2.2.4.12 */

/* [MS-SMB2] 2.2.13.2.8 and 2.2.13.2.10; the answers are the same. */
static bool
read_lease(struct cursor data, union smb2_create_data *ret)
{
	struct smb2_lease lease = {.is_v2 = cur_left(&data) >= LEASE_V2_SIZE};

	smb2_read_guid(&data, lease.key);
	lease.state = cur_le32(&data);
	lease.flags = cur_le32(&data);
	cur_skip(&data, 8); /* LeaseDuration */
	if (lease.is_v2) {
		smb2_read_guid(&data, lease.parent_key);
		lease.epoch = cur_le16(&data);
	}
	if (!cur_ok(&data))
		return false;
	ret->lease = lease;
	return true;
}

static bool
read_durable_v2(struct cursor data, union smb2_create_data *ret)
{
	struct smb2_durable_v2 durable = {0};

	durable.timeout = cur_le32(&data);
	durable.flags = cur_le32(&data);
	cur_skip(&data, 8);
	smb2_read_guid(&data, durable.create_guid);
	if (!cur_ok(&data))
		return false;
	ret->durable_v2 = durable;
	return true;
}

static bool
read_durable_v2_answer(struct cursor data, union smb2_create_data *ret)
{
	struct smb2_durable_v2 durable = {0};

	durable.timeout = cur_le32(&data);
	durable.flags = cur_le32(&data);
	if (!cur_ok(&data))
		return false;
	ret->durable_v2 = durable;
	return true;
}

static bool
read_reconnect(struct cursor data, union smb2_create_data *ret)
{
	struct smb2_reconnect reconnect = {.file_id = smb2_read_file_id(&data)};

	if (!cur_ok(&data))
		return false;
	ret->reconnect = reconnect;
	return true;
}

static bool
read_reconnect_v2(struct cursor data, union smb2_create_data *ret)
{
	struct smb2_reconnect reconnect = {.file_id = smb2_read_file_id(&data)};

	smb2_read_guid(&data, reconnect.create_guid);
	reconnect.flags = cur_le32(&data);
	if (!cur_ok(&data))
		return false;
	ret->reconnect = reconnect;
	return true;
}

static bool
read_allocation_size(struct cursor data, union smb2_create_data *ret)
{
	uint64_t size = cur_le64(&data);

	if (!cur_ok(&data))
		return false;
	ret->allocation_size = size;
	return true;
}

static bool
read_timestamp(struct cursor data, union smb2_create_data *ret)
{
	uint64_t timestamp = cur_le64(&data);

	if (!cur_ok(&data))
		return false;
	ret->timestamp = timestamp;
	return true;
}

/* [MS-SMB2] 2.2.13.2.5: with a timestamp or with no data at all. */
static bool
read_maximal_access(struct cursor data, union smb2_create_data *ret)
{
	if (cur_ok(&data) && cur_left(&data) == 0) {
		ret->timestamp = 0;
		return true;
	}
	return read_timestamp(data, ret);
}

static bool
read_maximal_access_answer(struct cursor data, union smb2_create_data *ret)
{
	struct smb2_maximal_access access;

	access.query_status = cur_le32(&data);
	access.maximal_access = cur_le32(&data);
	if (!cur_ok(&data))
		return false;
	ret->maximal_access = access;
	return true;
}

static bool
read_on_disk_id_answer(struct cursor data, union smb2_create_data *ret)
{
	struct smb2_on_disk_id id;

	id.disk_file_id = cur_le64(&data);
	id.volume_id = cur_le64(&data);
	cur_skip(&data, 16);
	if (!cur_ok(&data))
		return false;
	ret->on_disk_id = id;
	return true;
}

static bool
read_app_instance_id(struct cursor data, union smb2_create_data *ret)
{
	uint16_t size = cur_le16(&data);
	uint8_t id[16] = {0};

	cur_skip(&data, 2);
	smb2_read_guid(&data, id);
	if (!cur_ok(&data) || size != 20)
		return false;
	memcpy(ret->app_instance_id, id, sizeof(id));
	return true;
}

static bool
read_app_instance_version(struct cursor data, union smb2_create_data *ret)
{
	struct smb2_app_instance_version version;
	uint16_t size = cur_le16(&data);

	cur_skip(&data, 6); /* Reserved, Padding */
	version.high = cur_le64(&data);
	version.low = cur_le64(&data);
	if (!cur_ok(&data) || size != 24)
		return false;
	ret->app_instance_version = version;
	return true;
}

static bool
read_svhdx(struct cursor data, union smb2_create_data *ret)
{
	struct smb2_svhdx svhdx = {0};
	uint16_t name_length;

	svhdx.version = cur_le32(&data);
	svhdx.has_initiator_id = cur_u8(&data) != 0;
	cur_skip(&data, 3);
	smb2_read_guid(&data, svhdx.initiator_id);
	cur_skip(&data, 8); /* Flags, OriginatorFlags */
	svhdx.open_request_id = cur_le64(&data);
	name_length = cur_le16(&data);
	svhdx.initiator_host_name = cur_sub(&data, name_length);
	if (!cur_ok(&data) || name_length > MOST_HOST_NAME)
		return false;
	ret->svhdx = svhdx;
	return true;
}

static bool
read_aapl(struct cursor data, union smb2_create_data *ret)
{
	struct smb2_aapl aapl = {.model = cur_none(), .path = cur_none()};

	aapl.command = cur_le32(&data);
	cur_skip(&data, 4);
	if (aapl.command == AAPL_SERVER_QUERY) {
		aapl.bitmap = cur_le64(&data);
		aapl.client_caps = cur_le64(&data);
	} else if (aapl.command == AAPL_RESOLVE_ID) {
		aapl.file_id = cur_le64(&data);
	}
	if (!cur_ok(&data))
		return false;
	ret->aapl = aapl;
	return true;
}

/* The parts of an answer to a query stand only where their bits are set. */
static void
read_aapl_query_answer(struct cursor *data, struct smb2_aapl *ret)
{
	uint32_t length;

	ret->bitmap = cur_le64(data);
	if (ret->bitmap & AAPL_SERVER_CAPS)
		ret->server_caps = cur_le64(data);
	if (ret->bitmap & AAPL_VOLUME_CAPS)
		ret->volume_caps = cur_le64(data);
	if ((ret->bitmap & AAPL_MODEL_INFO) == 0)
		return;
	cur_skip(data, 4);
	length = cur_le32(data);
	ret->model = cur_sub(data, length);
}

static bool
read_aapl_answer(struct cursor data, union smb2_create_data *ret)
{
	struct smb2_aapl aapl = {.model = cur_none(), .path = cur_none()};
	uint32_t length;

	aapl.command = cur_le32(&data);
	cur_skip(&data, 4);
	if (aapl.command == AAPL_SERVER_QUERY) {
		read_aapl_query_answer(&data, &aapl);
	} else if (aapl.command == AAPL_RESOLVE_ID) {
		aapl.resolve_status = cur_le32(&data);
		length = cur_le32(&data);
		aapl.path = cur_sub(&data, length);
	}
	if (!cur_ok(&data))
		return false;
	ret->aapl = aapl;
	return true;
}

static bool
read_posix_mode(struct cursor data, union smb2_create_data *ret)
{
	uint32_t mode = cur_le32(&data);

	if (!cur_ok(&data))
		return false;
	ret->posix_mode = mode;
	return true;
}

/*
 * Decoders are NULL where the data are empty or reserved, or of a form that others define: extended
 * attributes ([MS-FSCC] 2.4.15) and security descriptors ([MS-DTYP] 2.4.6).
 */
static const struct context_row {
	uint8_t name_length; /* 4 or 16 */
	uint8_t name[16];
	const char *text;
	bool (*request)(struct cursor data, union smb2_create_data *ret);
	bool (*response)(struct cursor data, union smb2_create_data *ret);
} context_rows[] = {
    [SMB2_CREATE_UNKNOWN] = {.text = "unknown"},
    [SMB2_CREATE_EA_BUFFER] = {4, "ExtA", "ExtA", NULL, NULL},
    [SMB2_CREATE_SD_BUFFER] = {4, "SecD", "SecD", NULL, NULL},
    [SMB2_CREATE_DURABLE_HANDLE_REQUEST] = {4, "DHnQ", "DHnQ", NULL, NULL},
    [SMB2_CREATE_DURABLE_HANDLE_RECONNECT] = {4, "DHnC", "DHnC", read_reconnect, NULL},
    [SMB2_CREATE_ALLOCATION_SIZE] = {4, "AlSi", "AlSi", read_allocation_size, NULL},
    [SMB2_CREATE_QUERY_MAXIMAL_ACCESS_REQUEST] = {4, "MxAc", "MxAc", read_maximal_access,
	read_maximal_access_answer},
    [SMB2_CREATE_TIMEWARP_TOKEN] = {4, "TWrp", "TWrp", read_timestamp, NULL},
    [SMB2_CREATE_QUERY_ON_DISK_ID] = {4, "QFid", "QFid", NULL, read_on_disk_id_answer},
    [SMB2_CREATE_REQUEST_LEASE] = {4, "RqLs", "RqLs", read_lease, read_lease},
    [SMB2_CREATE_DURABLE_HANDLE_REQUEST_V2] = {4, "DH2Q", "DH2Q", read_durable_v2,
	read_durable_v2_answer},
    [SMB2_CREATE_DURABLE_HANDLE_RECONNECT_V2] = {4, "DH2C", "DH2C", read_reconnect_v2, NULL},
    [SMB2_CREATE_APP_INSTANCE_ID] = {16,
	{0x45, 0xbc, 0xa6, 0x6a, 0xef, 0xa7, 0xf7, 0x4a, 0x90, 0x08, 0xfa, 0x46, 0x2e, 0x14, 0x4d,
	    0x74},
	"AppInstanceId", read_app_instance_id, NULL},
    [SMB2_CREATE_APP_INSTANCE_VERSION] = {16,
	{0xb9, 0x82, 0xd0, 0xb7, 0x3b, 0x56, 0x07, 0x4f, 0xa0, 0x7b, 0x52, 0x4a, 0x81, 0x16, 0xa0,
	    0x10},
	"AppInstanceVersion", read_app_instance_version, NULL},
    [SVHDX_OPEN_DEVICE_CONTEXT] = {16,
	{0x9c, 0xcb, 0xcf, 0x9e, 0x04, 0xc1, 0xe6, 0x43, 0x98, 0x0e, 0x15, 0x8d, 0xa1, 0xf6, 0xec,
	    0x83},
	"SVHDX", read_svhdx, read_svhdx},
    [SMB2_CREATE_AAPL] = {4, "AAPL", "AAPL", read_aapl, read_aapl_answer},
    [SMB2_CREATE_POSIX] = {16,
	{0x93, 0xad, 0x25, 0x50, 0x9c, 0xb4, 0x11, 0xe7, 0xb4, 0x23, 0x83, 0xde, 0x96, 0x8b, 0xcd,
	    0x7c},
	"POSIX", read_posix_mode, NULL},
};

static enum smb2_create_tag
find_tag(struct cursor name)
{
	size_t length = cur_left(&name);
	const uint8_t *bytes = cur_bytes(&name, length);

	for (size_t i = 1; i < COUNT(context_rows) && cur_ok(&name); i++)
		if (length == context_rows[i].name_length &&
		    memcmp(bytes, context_rows[i].name, length) == 0)
			return (enum smb2_create_tag)i;
	return SMB2_CREATE_UNKNOWN;
}

bool
smb2_next_create_context(struct cursor *contexts, struct smb2_create_context *ret)
{
	struct cursor head = *contexts, entry;
	struct smb2_create_context context;
	uint16_t name_offset, name_length, data_offset;
	uint32_t next = cur_le32(&head), data_length;

	name_offset = cur_le16(&head);
	name_length = cur_le16(&head);
	cur_skip(&head, 2);
	data_offset = cur_le16(&head);
	data_length = cur_le32(&head);
	if (!cur_ok(&head))
		return false;
	/* Offsets count from the context, which ends where the next one begins. */
	entry = cur_window(contexts, cur_offset(contexts),
	    next != 0 && next < cur_left(contexts) ? next : cur_left(contexts));
	context.name = cur_window(&entry, name_offset, name_length);
	context.data = data_length != 0 ? cur_window(&entry, data_offset, data_length)
					: cur_window(&entry, 0, 0);
	context.tag = find_tag(context.name);
	if (!cur_ok(&context.name) || !smb2_step(contexts, next, CONTEXT_SIZE))
		return false;
	*ret = context;
	return true;
}

const char *
smb2_create_tag_text(enum smb2_create_tag tag)
{
	return context_rows[tag].text;
}

bool
smb2_decode_create_context_request(
    const struct smb2_create_context *context, union smb2_create_data *ret)
{
	const struct context_row *row = &context_rows[context->tag];

	return row->request != NULL && row->request(context->data, ret);
}

bool
smb2_decode_create_context_response(
    const struct smb2_create_context *context, union smb2_create_data *ret)
{
	const struct context_row *row = &context_rows[context->tag];

	return row->response != NULL && row->response(context->data, ret);
}
