#include "dissectors/smb2_create_contexts.h"

#include "dissectors/smb2_samples.h"

Suite *smb2_create_contexts_suite(void);

/* clang-format off */

/* [MS-SMB2] 2.2.13.2 with a name of 4 characters and data at 24. */
#define CONTEXT(next, a, b, c, d, length) \
	next, 0, 0, 0,                   /* Next */ \
	0x10, 0x00, 0x04, 0x00,          /* NameOffset, NameLength */ \
	0x00, 0x00, 0x18, 0x00,          /* Reserved, DataOffset */ \
	length, 0, 0, 0,                 /* DataLength */ \
	a, b, c, d, 0, 0, 0, 0

static const uint8_t chain[] = {
	/* [MS-SMB2] 2.2.13.2.11 */
	CONTEXT(56, 'D', 'H', '2', 'Q', 32),
	0x60, 0xea, 0, 0, 0x02, 0, 0, 0, /* Timeout, Flags: persistent */
	0, 0, 0, 0, 0, 0, 0, 0,          /* Reserved */
	GUID,                            /* CreateGuid */
	/* [MS-SMB2] 2.2.13.2.5, without data */
	0x18, 0, 0, 0, 0x10, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'M', 'x', 'A', 'c', 0, 0, 0, 0,
	/* [MS-SMB2] 2.2.13.2.10 */
	CONTEXT(0, 'R', 'q', 'L', 's', 52),
	GUID,                            /* LeaseKey */
	0x07, 0, 0, 0, 0x04, 0, 0, 0,    /* LeaseState, Flags: the parent's key is there */
	0, 0, 0, 0, 0, 0, 0, 0,          /* LeaseDuration */
	GUID,                            /* ParentLeaseKey */
	0x03, 0x00, 0, 0,                /* Epoch, Reserved */
};

/* The data of each context alone. */
static const uint8_t lease_v1[] = {
	GUID, 0x05, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};
static const uint8_t durable_v2_answer[] = {0x60, 0xea, 0, 0, 0x02, 0, 0, 0};
static const uint8_t reconnect[] = {FILE_ID};
static const uint8_t reconnect_v2[] = {FILE_ID, GUID, 0x02, 0, 0, 0};
static const uint8_t eight[] = {0x05, 0, 0, 0, 0, 0, 0xd7, 0x01};
static const uint8_t maximal_access[] = {0, 0, 0, 0, 0xff, 0x01, 0x1f, 0x00};
static const uint8_t on_disk_id[] = {
	0x07, 0, 0, 0, 0, 0, 0, 0x01, 0x08, 0, 0, 0, 0, 0, 0, 0x02,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};
static const uint8_t app_instance_id[] = {0x14, 0, 0, 0, GUID};
static const uint8_t app_instance_version[] = {
	0x18, 0, 0, 0, 0, 0, 0, 0, 0x01, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
};
/* [MS-RSVD] 2.2.4.12, without the rest of the name's 126 bytes. */
static const uint8_t svhdx[] = {
	0x01, 0, 0, 0, 0x01, 0, 0, 0,    /* Version, HasInitiatorId, Reserved */
	GUID,                            /* InitiatorId */
	0, 0, 0, 0, 0, 0, 0, 0,          /* Flags, OriginatorFlags */
	0x09, 0, 0, 0, 0, 0, 0, 0,       /* OpenRequestId */
	0x04, 0x00, 'h', 0, '1', 0,      /* InitiatorHostNameLength, InitiatorHostName */
};
static const uint8_t aapl_query[] = {
	0x01, 0, 0, 0, 0, 0, 0, 0,       /* CommandCode, Reserved */
	0x07, 0, 0, 0, 0, 0, 0, 0,       /* RequestBitmap */
	0x05, 0, 0, 0, 0, 0, 0, 0,       /* ClientCapabilities */
};
static const uint8_t aapl_query_answer[] = {
	0x01, 0, 0, 0, 0, 0, 0, 0,
	0x07, 0, 0, 0, 0, 0, 0, 0,       /* ReplyBitmap */
	0x05, 0, 0, 0, 0, 0, 0, 0,       /* ServerCapabilities */
	0x02, 0, 0, 0, 0, 0, 0, 0,       /* VolumeCapabilities */
	0, 0, 0, 0, 0x06, 0, 0, 0,       /* Pad2, ModelStringLength */
	'M', 0, 'a', 0, 'c', 0,
};
static const uint8_t aapl_resolve[] = {0x02, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0};
static const uint8_t aapl_resolve_answer[] = {
	0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 'd', 0,
};

/* clang-format on */

static void
check_lease(const union smb2_create_data *data)
{
	ck_assert(!data->lease.is_v2);
	assert_guid(data->lease.key);
	ck_assert_uint_eq(data->lease.state, 5);
	ck_assert_uint_eq(data->lease.flags, 2);
}

static void
check_durable_v2_answer(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->durable_v2.timeout, 60000);
	ck_assert_uint_eq(data->durable_v2.flags, 2);
}

static void
check_reconnect(const union smb2_create_data *data)
{
	assert_file_id(data->reconnect.file_id);
}

static void
check_reconnect_v2(const union smb2_create_data *data)
{
	assert_file_id(data->reconnect.file_id);
	assert_guid(data->reconnect.create_guid);
	ck_assert_uint_eq(data->reconnect.flags, 2);
}

static void
check_allocation_size(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->allocation_size, 0x01d7000000000005);
}

static void
check_timestamp(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->timestamp, 0x01d7000000000005);
}

static void
check_maximal_access(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->maximal_access.query_status, 0);
	ck_assert_uint_eq(data->maximal_access.maximal_access, 0x1f01ff);
}

static void
check_on_disk_id(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->on_disk_id.disk_file_id, 0x0100000000000007);
	ck_assert_uint_eq(data->on_disk_id.volume_id, 0x0200000000000008);
}

static void
check_app_instance_id(const union smb2_create_data *data)
{
	assert_guid(data->app_instance_id);
}

static void
check_app_instance_version(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->app_instance_version.high, 1);
	ck_assert_uint_eq(data->app_instance_version.low, 2);
}

static void
check_svhdx(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->svhdx.version, 1);
	ck_assert(data->svhdx.has_initiator_id);
	assert_guid(data->svhdx.initiator_id);
	ck_assert_uint_eq(data->svhdx.open_request_id, 9);
	assert_utf16(data->svhdx.initiator_host_name, "h1");
}

static void
check_aapl(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->aapl.command, AAPL_SERVER_QUERY);
	ck_assert_uint_eq(data->aapl.bitmap, 7);
	ck_assert_uint_eq(data->aapl.client_caps, 5);
}

static void
check_aapl_answer(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->aapl.bitmap, AAPL_SERVER_CAPS | AAPL_VOLUME_CAPS | AAPL_MODEL_INFO);
	ck_assert_uint_eq(data->aapl.server_caps, 5);
	ck_assert_uint_eq(data->aapl.volume_caps, 2);
	assert_utf16(data->aapl.model, "Mac");
}

static void
check_aapl_resolve(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->aapl.command, AAPL_RESOLVE_ID);
	ck_assert_uint_eq(data->aapl.file_id, 10);
}

static void
check_aapl_resolve_answer(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->aapl.resolve_status, 0);
	assert_utf16(data->aapl.path, "d");
}

static void
check_posix(const union smb2_create_data *data)
{
	ck_assert_uint_eq(data->posix_mode, 5);
}

static const struct data_case {
	enum smb2_create_tag tag;
	bool is_response;
	const uint8_t *bytes;
	size_t length;
	size_t least; /* shortest prefix that is decoded */
	void (*check)(const union smb2_create_data *data);
} data_cases[] = {
    {SMB2_CREATE_REQUEST_LEASE, false, SAMPLE(lease_v1), 32, check_lease},
    {SMB2_CREATE_REQUEST_LEASE, true, SAMPLE(lease_v1), 32, check_lease},
    {SMB2_CREATE_DURABLE_HANDLE_REQUEST_V2, true, SAMPLE(durable_v2_answer), 8,
	check_durable_v2_answer},
    {SMB2_CREATE_DURABLE_HANDLE_RECONNECT, false, SAMPLE(reconnect), 16, check_reconnect},
    {SMB2_CREATE_DURABLE_HANDLE_RECONNECT_V2, false, SAMPLE(reconnect_v2), 36, check_reconnect_v2},
    {SMB2_CREATE_ALLOCATION_SIZE, false, SAMPLE(eight), 8, check_allocation_size},
    {SMB2_CREATE_TIMEWARP_TOKEN, false, SAMPLE(eight), 8, check_timestamp},
    {SMB2_CREATE_QUERY_MAXIMAL_ACCESS_REQUEST, true, SAMPLE(maximal_access), 8,
	check_maximal_access},
    {SMB2_CREATE_QUERY_ON_DISK_ID, true, SAMPLE(on_disk_id), 32, check_on_disk_id},
    {SMB2_CREATE_APP_INSTANCE_ID, false, SAMPLE(app_instance_id), 20, check_app_instance_id},
    {SMB2_CREATE_APP_INSTANCE_VERSION, false, SAMPLE(app_instance_version), 24,
	check_app_instance_version},
    {SVHDX_OPEN_DEVICE_CONTEXT, false, SAMPLE(svhdx), sizeof(svhdx), check_svhdx},
    {SMB2_CREATE_AAPL, false, SAMPLE(aapl_query), 24, check_aapl},
    {SMB2_CREATE_AAPL, true, SAMPLE(aapl_query_answer), sizeof(aapl_query_answer),
	check_aapl_answer},
    {SMB2_CREATE_AAPL, false, SAMPLE(aapl_resolve), 16, check_aapl_resolve},
    {SMB2_CREATE_AAPL, true, SAMPLE(aapl_resolve_answer), sizeof(aapl_resolve_answer),
	check_aapl_resolve_answer},
    {SMB2_CREATE_POSIX, false, eight, 4, 4, check_posix},
};

/* Every prefix of the data stands in a block of its own size. */
START_TEST(test_data)
{
	const struct data_case *test = &data_cases[_i];
	struct smb2_create_context context = {.tag = test->tag};
	union smb2_create_data data;
	uint8_t *prefix;
	bool is_read;

	for (size_t length = 0; length <= test->length; length++) {
		prefix = mem_alloc(length, 1);
		memcpy(prefix, test->bytes, length);
		context.data = cur_of(prefix, length);
		is_read = test->is_response ? smb2_decode_create_context_response(&context, &data)
					    : smb2_decode_create_context_request(&context, &data);
		ck_assert_msg(is_read == (length >= test->least), "%s: %zu bytes",
		    smb2_create_tag_text(test->tag), length);
		if (length == test->length)
			test->check(&data);
		mem_free(prefix);
	}
}
END_TEST

/* The three contexts one after the other. */
START_TEST(test_chain)
{
	struct cursor contexts = cur_of(chain, sizeof(chain));
	struct smb2_create_context context;
	union smb2_create_data data;

	ck_assert(smb2_next_create_context(&contexts, &context));
	ck_assert_int_eq(context.tag, SMB2_CREATE_DURABLE_HANDLE_REQUEST_V2);
	ck_assert_str_eq(smb2_create_tag_text(context.tag), "DH2Q");
	ck_assert(smb2_decode_create_context_request(&context, &data));
	ck_assert_uint_eq(data.durable_v2.timeout, 60000);
	assert_guid(data.durable_v2.create_guid);
	ck_assert(smb2_next_create_context(&contexts, &context));
	ck_assert_int_eq(context.tag, SMB2_CREATE_QUERY_MAXIMAL_ACCESS_REQUEST);
	ck_assert(smb2_decode_create_context_request(&context, &data));
	ck_assert_uint_eq(data.timestamp, 0);
	ck_assert(smb2_next_create_context(&contexts, &context));
	ck_assert_int_eq(context.tag, SMB2_CREATE_REQUEST_LEASE);
	ck_assert(smb2_decode_create_context_request(&context, &data));
	ck_assert(data.lease.is_v2);
	ck_assert_uint_eq(data.lease.state, 7);
	ck_assert_uint_eq(data.lease.epoch, 3);
	assert_guid(data.lease.parent_key);
	ck_assert(!smb2_next_create_context(&contexts, &context));
}
END_TEST

static size_t
count_contexts(struct cursor contexts)
{
	struct smb2_create_context context;
	union smb2_create_data data;
	size_t count = 0;

	while (smb2_next_create_context(&contexts, &context)) {
		touch(context.name);
		touch(context.data);
		smb2_decode_create_context_request(&context, &data);
		smb2_decode_create_context_response(&context, &data);
		ck_assert_uint_le(++count, sizeof(chain) / 16);
	}
	return count;
}

static void
read_contexts(struct cursor contexts)
{
	count_contexts(contexts);
}

/* Cut anywhere, no context is counted whose name is not there, and none twice. */
START_TEST(test_cut_chain)
{
	uint8_t *prefix;
	size_t expected;

	for (size_t length = 0; length <= sizeof(chain); length++) {
		prefix = mem_alloc(length, 1);
		memcpy(prefix, chain, length);
		expected = (length >= 20) + (length >= 56 + 20) + (length >= 80 + 20);
		ck_assert_uint_eq(count_contexts(cur_of(prefix, length)), expected);
		mem_free(prefix);
	}
}
END_TEST

START_TEST(test_lies)
{
	static const struct decoder_case whole = {.bytes = chain, .length = sizeof(chain)};

	try_lies(&whole, read_contexts);
}
END_TEST

/* A chain must go forward by a whole context: it may neither stand still nor overlap. */
START_TEST(test_steps)
{
	static const struct {
		uint8_t next;
		size_t count;
	} steps[] = {{0, 1}, {1, 0}, {8, 0}, {15, 0}, {56, 3}, {255, 1}};
	uint8_t copy[sizeof(chain)];

	for (size_t i = 0; i < COUNT(steps); i++) {
		memcpy(copy, chain, sizeof(copy));
		copy[0] = steps[i].next;
		ck_assert_uint_eq(count_contexts(cur_of(copy, sizeof(copy))), steps[i].count);
	}
}
END_TEST

/* Data reach no further than to the next context, and a name of our list must be whole. */
START_TEST(test_windows)
{
	uint8_t copy[sizeof(chain)];
	struct smb2_create_context context;
	struct cursor contexts;

	memcpy(copy, chain, sizeof(copy));
	copy[12] = 33; /* DataLength */
	contexts = cur_of(copy, sizeof(copy));
	ck_assert(smb2_next_create_context(&contexts, &context));
	ck_assert(!cur_ok(&context.data));
	memcpy(copy, chain, sizeof(copy));
	copy[6] = 3; /* NameLength */
	contexts = cur_of(copy, sizeof(copy));
	ck_assert(smb2_next_create_context(&contexts, &context));
	ck_assert_int_eq(context.tag, SMB2_CREATE_UNKNOWN);
	assert_chars(context.name, "DH2", 3);
	ck_assert_uint_eq(cur_left(&contexts), sizeof(chain) - 56);
}
END_TEST

/* A GUID in place of a name: bytes in network byte order. */
START_TEST(test_long_name)
{
	/* clang-format off */
	static const uint8_t bytes[] = {
		0, 0, 0, 0, 0x10, 0, 0x10, 0, 0, 0, 0x20, 0, 0x14, 0, 0, 0,
		0x45, 0xbc, 0xa6, 0x6a, 0xef, 0xa7, 0xf7, 0x4a,
		0x90, 0x08, 0xfa, 0x46, 0x2e, 0x14, 0x4d, 0x74,
		0x14, 0, 0, 0, GUID,
	};
	/* clang-format on */
	struct cursor contexts = cur_of(bytes, sizeof(bytes));
	struct smb2_create_context context;
	union smb2_create_data data;

	ck_assert(smb2_next_create_context(&contexts, &context));
	ck_assert_int_eq(context.tag, SMB2_CREATE_APP_INSTANCE_ID);
	ck_assert(smb2_decode_create_context_request(&context, &data));
	assert_guid(data.app_instance_id);
	ck_assert(!smb2_decode_create_context_response(&context, &data));
}
END_TEST

/* StructureSizes, and a name longer than its field. */
START_TEST(test_wrong_data)
{
	static const struct {
		enum smb2_create_tag tag;
		const uint8_t *bytes;
		size_t length, at;
	} wrong[] = {
	    {SMB2_CREATE_APP_INSTANCE_ID, SAMPLE(app_instance_id), 0},
	    {SMB2_CREATE_APP_INSTANCE_VERSION, SAMPLE(app_instance_version), 0},
	    {SVHDX_OPEN_DEVICE_CONTEXT, SAMPLE(svhdx), 41},
	};
	struct smb2_create_context context;
	union smb2_create_data data;
	uint8_t copy[64];

	for (size_t i = 0; i < COUNT(wrong); i++) {
		memcpy(copy, wrong[i].bytes, wrong[i].length);
		copy[wrong[i].at]++;
		context.tag = wrong[i].tag;
		context.data = cur_of(copy, wrong[i].length);
		ck_assert(!smb2_decode_create_context_request(&context, &data));
	}
}
END_TEST

Suite *
smb2_create_contexts_suite(void)
{
	Suite *suite = suite_create("smb2_create_contexts");
	TCase *tests = tcase_create("contexts");

	tcase_add_loop_test(tests, test_data, 0, (int)COUNT(data_cases));
	tcase_add_test(tests, test_chain);
	tcase_add_test(tests, test_cut_chain);
	tcase_add_test(tests, test_lies);
	tcase_add_test(tests, test_steps);
	tcase_add_test(tests, test_windows);
	tcase_add_test(tests, test_long_name);
	tcase_add_test(tests, test_wrong_data);
	suite_add_tcase(suite, tests);
	return suite;
}
