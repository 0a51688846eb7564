#include "dissectors/smb2_wire.h"

#include "dissectors/nt_status.h"
#include "dissectors/smb2_samples.h"

Suite *smb2_wire_suite(void);

/* clang-format off */

/* [MS-SMB2] 2.2.26. */
static const uint8_t lock_request[] = {
	HEADER(0x0a, 0x00),
	0x30, 0x00, 0x01, 0x00,          /* StructureSize 48, LockCount */
	0, 0, 0, 0,                      /* LockSequence */
	GUID,                            /* FileId */
	0, 0, 0, 0, 0, 0, 0, 0,          /* Offset */
	1, 0, 0, 0, 0, 0, 0, 0,          /* Length */
	0x12, 0, 0, 0, 0, 0, 0, 0,       /* Flags: exclusive, fail immediately; Reserved */
};

/* [MS-SMB2] 2.2.41. */
static const uint8_t transform[] = {
	0xfd, 'S', 'M', 'B',
	GUID, GUID,                      /* Signature, Nonce */
	0x6c, 0x00, 0x00, 0x00,          /* OriginalMessageSize */
	0x00, 0x00, 0x01, 0x00,          /* Reserved, Flags */
	0x41, 0, 0, 0, 0x00, 0x10, 0, 0, /* SessionId */
};

/* [MS-SMB2] 2.2.42.1. */
static const uint8_t compression[] = {
	0xfc, 'S', 'M', 'B',
	0x00, 0x10, 0x00, 0x00,          /* OriginalCompressedSegmentSize */
	0x02, 0x00, 0x00, 0x00,          /* CompressionAlgorithm LZ77, Flags */
	0x04, 0x00, 0x00, 0x00,          /* Offset */
	0xfe, 'S', 'M', 'B', 0x99,
};

/* clang-format on */

static bool
check_header(struct cursor message)
{
	struct smb2_header header;

	if (!smb2_decode_header(message, &header))
		return false;
	ck_assert_uint_eq(header.credit_charge, 1);
	ck_assert_uint_eq(header.credits, 31);
	ck_assert_uint_eq(header.status, 0xc0000022);
	ck_assert_uint_eq(header.message_id, 0x100000007);
	ck_assert_uint_eq(header.next_command, 0);
	if (header.has_ids) {
		ck_assert_uint_eq(header.tree_id, 5);
		ck_assert_uint_eq(header.async_id, 0);
		ck_assert_uint_eq(header.session_id, 0x100000000041);
	}
	return true;
}

static bool
check_transform(struct cursor message)
{
	struct smb2_transform header;

	if (!smb2_decode_transform(message, &header))
		return false;
	ck_assert_uint_eq(header.original_size, 108);
	ck_assert_uint_eq(header.session_id, 0x100000000041);
	return true;
}

static bool
check_compression(struct cursor message)
{
	struct smb2_compression header;
	size_t plain = cur_left(&message) - 16;

	if (!smb2_decode_compression(message, &header))
		return false;
	ck_assert(!header.is_chained);
	assert_chars(header.plain, "\xfeSMB", plain < 4 ? plain : 4);
	return true;
}

static const struct decoder_case cases[] = {
    {"header", SAMPLE(lock_request), 32, 0, check_header},
    {"transform", SAMPLE(transform), 52, 3, check_transform},
    {"compression", SAMPLE(compression), 16, 3, check_compression},
};

START_TEST(test_prefixes)
{
	try_prefixes(&cases[_i]);
}
END_TEST

START_TEST(test_wrong_size)
{
	try_wrong_size(&cases[_i]);
}
END_TEST

START_TEST(test_async_header)
{
	uint8_t copy[sizeof(lock_request)];
	struct smb2_header header;

	memcpy(copy, lock_request, sizeof(copy));
	copy[16] |= SMB2_FLAGS_ASYNC_COMMAND;
	ck_assert(smb2_decode_header(cur_of(copy, sizeof(copy)), &header));
	ck_assert(header.has_ids);
	ck_assert_uint_eq(header.async_id, 0x50000feff);
	ck_assert_uint_eq(header.tree_id, 0);
	ck_assert_uint_eq(header.session_id, 0x100000000041);
	ck_assert(smb2_decode_header(cur_of(copy, 47), &header));
	ck_assert(!header.has_ids);
}
END_TEST

/* [MS-SMB2] 2.2.42.2: a chain whose first payload is, or is not, plain. */
START_TEST(test_chained_compression)
{
	uint8_t copy[sizeof(compression)];
	struct smb2_compression header;

	memcpy(copy, compression, sizeof(copy));
	copy[10] = 1;
	ck_assert(smb2_decode_compression(cur_of(copy, sizeof(copy)), &header));
	ck_assert(header.is_chained);
	ck_assert_uint_eq(cur_left(&header.plain), 0);
	copy[8] = 0;
	ck_assert(smb2_decode_compression(cur_of(copy, sizeof(copy)), &header));
	ck_assert_uint_eq(cur_left(&header.plain), 4);
}
END_TEST

static const struct wanted_case {
	uint8_t command, flags, next;
	uint32_t status, length, wanted;
} wanted_cases[] = {
    {SMB2_READ, 1, 0, 0, 1000000, 64 + 16},
    {SMB2_READ, 0, 0, 0, 113, 64 + 48},
    {SMB2_WRITE, 0, 0, 0, 1000000, 64 + 48},
    {SMB2_WRITE, 0, 128, 0, 1000000, 65536},
    {SMB2_NEGOTIATE, 0, 0, 0, 300, 300},
    {SMB2_SESSION_SETUP, 0, 0, 0, 70000, 65536},
    {SMB2_TREE_CONNECT, 1, 0, 0, 80, 80},
    {SMB2_IOCTL, 1, 0, 0, 8192, 4096},
    {SMB2_CLOSE, 1, 0, 0, 124, 64 + 60},
    {SMB2_CREATE, 1, 0, 0, 152, 152},
    {SMB2_CREATE, 1, 0, 0, 1000000, 512},
    {SMB2_CREATE, 1, 0, STATUS_STOPPED_ON_SYMLINK, 1000, 1000},
    {SMB2_TREE_CONNECT, 1, 0, STATUS_BAD_NETWORK_NAME, 400, 400},
    {SMB2_READ, 1, 0, STATUS_ACCESS_DENIED, 73, 73},
    {SMB2_READ, 1, 0, STATUS_BUFFER_OVERFLOW, 1000000, 64 + 16},
    {SMB2_READ, 0, 0, 0xc0000022, 113, 64 + 48}, /* a request's ChannelSequence */
    {SMB2_QUERY_INFO, 1, 0, STATUS_BUFFER_TOO_SMALL, 76, 76},
    {SMB2_QUERY_DIRECTORY, 0, 0, 0, 700, 700},
    {SMB2_QUERY_DIRECTORY, 1, 0, 0, 65536, 72},
    {SMB2_SET_INFO, 0, 0, 0, 600, 600},
    {SMB2_SET_INFO, 0, 0, 0, 65536, 4096},
    {SMB2_OPLOCK_BREAK, 1, 0, 0, 108, 108},
    {SMB2_SET_INFO, 1, 0, 0, 66, 66},
    {0x77, 1, 0, 0, 1000, 1000},
};

START_TEST(test_wanted)
{
	const struct wanted_case *test = &wanted_cases[_i];
	uint8_t head[SMB2_WANTED_NEEDS] = {0};

	for (size_t i = 0; i < 4; i++)
		head[8 + i] = (uint8_t)(test->status >> (8 * i));
	head[12] = test->command;
	head[16] = test->flags;
	head[20] = test->next;
	ck_assert_uint_eq(smb2_wanted(cur_of(head, sizeof(head)), test->length), test->wanted);
}
END_TEST

START_TEST(test_command_rows)
{
	ck_assert_uint_eq(smb2_command_names.count, SMB2_COMMAND_COUNT);
	ck_assert_ptr_null(smb2_command_row(SMB2_COMMAND_COUNT));
	for (uint16_t command = 0; command < SMB2_COMMAND_COUNT; command++) {
		const struct smb2_command_row *row = smb2_command_row(command);

		ck_assert_str_eq(row->name, names_text(&smb2_command_names, command));
		ck_assert_uint_ge(row->request.wanted, 68);
		ck_assert_uint_ge(row->response.wanted, 68);
	}
}
END_TEST

/* An unknown command, and one that answers with the StructureSize of its request. */
START_TEST(test_unknown_bodies)
{
	uint8_t copy[sizeof(lock_request)];
	union smb2_body body;

	memcpy(copy, lock_request, sizeof(copy));
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	copy[12] = SMB2_COMMAND_COUNT;
	ck_assert(!decode(cur_of(copy, sizeof(copy)), &body));
	copy[12] = SMB2_LOCK;
	copy[16] = SMB2_FLAGS_SERVER_TO_REDIR;
	ck_assert(!decode(cur_of(copy, sizeof(copy)), &body));
}
END_TEST

Suite *
smb2_wire_suite(void)
{
	Suite *suite = suite_create("smb2_wire");
	TCase *tests = tcase_create("decoders");

	tcase_add_loop_test(tests, test_prefixes, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_wrong_size, 0, (int)COUNT(cases));
	tcase_add_test(tests, test_async_header);
	tcase_add_test(tests, test_chained_compression);
	tcase_add_loop_test(tests, test_wanted, 0, (int)COUNT(wanted_cases));
	tcase_add_test(tests, test_command_rows);
	tcase_add_test(tests, test_unknown_bodies);
	suite_add_tcase(suite, tests);
	return suite;
}
