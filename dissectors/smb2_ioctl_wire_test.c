#include "dissectors/smb2_ioctl_wire.h"

#include "dissectors/smb2_samples.h"

Suite *smb2_ioctl_wire_suite(void);

/* clang-format off */

/* [MS-SMB2] 2.2.31 and 2.2.31.4. */
static const uint8_t validate_request[] = {
	HEADER(0x0b, 0x08),
	0x39, 0x00, 0x00, 0x00,          /* StructureSize 57, Reserved */
	0x04, 0x02, 0x14, 0x00,          /* CtlCode */
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* FileId */
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0x78, 0x00, 0x00, 0x00,          /* InputOffset */
	0x1c, 0x00, 0x00, 0x00,          /* InputCount */
	0x00, 0x00, 0x00, 0x00,          /* MaxInputResponse */
	0x78, 0, 0, 0, 0, 0, 0, 0,       /* OutputOffset, OutputCount */
	0x18, 0x00, 0x00, 0x00,          /* MaxOutputResponse */
	0x01, 0, 0, 0, 0, 0, 0, 0,       /* Flags, Reserved2 */
	0x7f, 0x00, 0x00, 0x00,          /* Capabilities */
	GUID,                            /* Guid */
	0x01, 0x00, 0x02, 0x00,          /* SecurityMode, DialectCount */
	0x10, 0x02, 0x02, 0x03,          /* Dialects */
};

/* [MS-SMB2] 2.2.32 and 2.2.32.6. */
static const uint8_t validate_response[] = {
	HEADER(0x0b, 0x09),
	0x31, 0x00, 0x00, 0x00,          /* StructureSize 49, Reserved */
	0x04, 0x02, 0x14, 0x00,          /* CtlCode */
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* FileId */
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0x70, 0, 0, 0, 0, 0, 0, 0,       /* InputOffset, InputCount */
	0x70, 0, 0, 0, 0x18, 0, 0, 0,    /* OutputOffset, OutputCount */
	0, 0, 0, 0, 0, 0, 0, 0,          /* Flags, Reserved2 */
	0x2f, 0x00, 0x00, 0x00,          /* Capabilities */
	GUID,                            /* Guid */
	0x03, 0x00, 0x02, 0x03,          /* SecurityMode, Dialect */
};

/* Inputs and outputs alone. [MS-FSCC] 2.3, FSCTL_PIPE_WAIT. */
static const uint8_t pipe_wait[] = {
	0x10, 0x27, 0, 0, 0, 0, 0, 0,    /* Timeout */
	0x06, 0, 0, 0, 0x01, 0x00,       /* NameLength, TimeoutSpecified, Padding */
	'l', 0, 's', 0, 'a', 0,
};

/* [MS-FSCC] 2.3, FSCTL_PIPE_PEEK, with the data. */
static const uint8_t pipe_peek[] = {
	0x03, 0, 0, 0, 0x02, 0, 0, 0,    /* NamedPipeState, ReadDataAvailable */
	0x01, 0, 0, 0, 0x02, 0, 0, 0,    /* NumberOfMessages, MessageLength */
	'h', 'i',
};

#define KEY GUID, 16, 17, 18, 19, 20, 21, 22, 23

/* [MS-SMB2] 2.2.31.1 with two chunks. */
static const uint8_t copychunk[] = {
	KEY,                             /* SourceKey */
	0x02, 0, 0, 0, 0, 0, 0, 0,       /* ChunkCount, Reserved */
	0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, /* SourceOffset, TargetOffset */
	0x00, 0x00, 0x10, 0x00, 0, 0, 0, 0, /* Length, Reserved */
	0, 0, 0x10, 0, 0, 0, 0, 0, 1, 0, 0x10, 0, 0, 0, 0, 0,
	0x02, 0x00, 0x00, 0x00, 0, 0, 0, 0,
};

/* [MS-SMB2] 2.2.32.1. */
static const uint8_t copychunk_answer[] = {
	0x02, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x00, 0x10, 0x00,
};

/* [MS-SMB2] 2.2.32.3. */
static const uint8_t resume_key[] = {KEY, 0, 0, 0, 0};

/* [MS-SMB2] 2.2.32.2. */
static const uint8_t snapshots[] = {
	0x03, 0, 0, 0, 0x01, 0, 0, 0,    /* NumberOfSnapShots, NumberOfSnapShotsReturned */
	0x06, 0, 0, 0, '@', 0, 0, 0, 0, 0, /* SnapShotArraySize, SnapShots */
};

/* [MS-SMB2] 2.2.31.3. */
static const uint8_t resiliency[] = {0x60, 0xea, 0, 0, 0, 0, 0, 0};

/* [MS-SMB2] 2.2.31.2. */
static const uint8_t read_hash[] = {
	0x01, 0, 0, 0, 0x02, 0, 0, 0,    /* HashType, HashVersion */
	0x02, 0, 0, 0, 0x00, 0x10, 0, 0, /* HashRetrievalType, Length */
	0x05, 0, 0, 0, 0, 0, 0, 0,       /* Offset */
};

/* [MS-FSCC] 2.1.2.4. */
static const uint8_t symbolic_link[] = {
	0x0c, 0x00, 0x00, 0xa0,          /* ReparseTag */
	0x12, 0x00, 0x00, 0x00,          /* ReparseDataLength, Reserved */
	0x02, 0x00, 0x04, 0x00,          /* SubstituteNameOffset, SubstituteNameLength */
	0x00, 0x00, 0x02, 0x00,          /* PrintNameOffset, PrintNameLength */
	0x01, 0, 0, 0,                   /* Flags: relative */
	'p', 0, 's', 0, '1', 0,
};

/* [MS-FSCC] 2.1.2.5: no Flags. */
static const uint8_t mount_point[] = {
	0x03, 0x00, 0x00, 0xa0,
	0x0e, 0x00, 0x00, 0x00,
	0x02, 0x00, 0x04, 0x00, 0x00, 0x00, 0x02, 0x00,
	'p', 0, 's', 0, '1', 0,
};

/* FILE_ALLOCATED_RANGE_BUFFER and FILE_ZERO_DATA_INFORMATION. */
static const uint8_t range[] = {0x00, 0x10, 0, 0, 0, 0, 0, 0, 0x00, 0x30, 0, 0, 0, 0, 0, 0};

static const uint8_t duplicate_extents[] = {
	FILE_ID, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
};

static const uint8_t not_sparse[] = {0x00};

/* clang-format on */

static bool
check_validate_request(struct cursor message)
{
	union smb2_body body;
	union smb2_ioctl_data data;
	const struct smb2_ioctl *ioctl = &body.ioctl_request;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(ioctl->ctl_code, FSCTL_VALIDATE_NEGOTIATE_INFO);
	ck_assert_uint_eq(ioctl->file_id.persistent_id, UINT64_MAX);
	ck_assert_uint_eq(ioctl->max_output_response, 24);
	ck_assert_uint_eq(ioctl->flags, 1);
	ck_assert_uint_eq(ioctl->input_count, 28);
	ck_assert_uint_eq(ioctl->output_count, 0);
	if (!smb2_decode_ioctl_input(ioctl, &data))
		return cur_left(&message) != sizeof(validate_request);
	ck_assert_uint_eq(data.validate_request.capabilities, 0x7f);
	assert_guid(data.validate_request.guid);
	ck_assert_uint_eq(data.validate_request.security_mode, 1);
	assert_list(data.validate_request.dialects, 2, 0x0210);
	return true;
}

static bool
check_validate_response(struct cursor message)
{
	union smb2_body body;
	union smb2_ioctl_data data;
	const struct smb2_ioctl *ioctl = &body.ioctl_response;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(ioctl->ctl_code, FSCTL_VALIDATE_NEGOTIATE_INFO);
	ck_assert_uint_eq(ioctl->output_count, 24);
	if (!smb2_decode_ioctl_output(ioctl, &data))
		return cur_left(&message) != sizeof(validate_response);
	ck_assert_uint_eq(data.validate_response.capabilities, 0x2f);
	assert_guid(data.validate_response.guid);
	ck_assert_uint_eq(data.validate_response.security_mode, 3);
	ck_assert_uint_eq(data.validate_response.dialect, 0x0302);
	return true;
}

static const struct decoder_case cases[] = {
    {"validate request", SAMPLE(validate_request), 120, 64, check_validate_request},
    {"validate response", SAMPLE(validate_response), 112, 64, check_validate_response},
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

static void
read_ioctl(struct cursor message)
{
	struct smb2_header header;
	union smb2_ioctl_data data;
	union smb2_body body;

	if (!smb2_decode_header(message, &header) || header.command != SMB2_IOCTL ||
	    !smb2_decode_body(&header, message, &body))
		return;
	/* Both directions have the same form. */
	touch(body.ioctl_request.input);
	touch(body.ioctl_request.output);
	if (smb2_decode_ioctl_input(&body.ioctl_request, &data) &&
	    body.ioctl_request.ctl_code == FSCTL_VALIDATE_NEGOTIATE_INFO)
		touch(data.validate_request.dialects);
	smb2_decode_ioctl_output(&body.ioctl_request, &data);
}

START_TEST(test_lies)
{
	try_lies(&cases[_i], read_ioctl);
}
END_TEST

static void
check_pipe_wait(const union smb2_ioctl_data *data)
{
	ck_assert(data->pipe_wait.has_timeout);
	ck_assert_uint_eq(data->pipe_wait.timeout, 10000);
	assert_utf16(data->pipe_wait.name, "lsa");
}

static void
check_pipe_peek(const union smb2_ioctl_data *data)
{
	ck_assert_uint_eq(data->pipe_peek.state, 3);
	ck_assert_uint_eq(data->pipe_peek.read_data_available, 2);
	ck_assert_uint_eq(data->pipe_peek.number_of_messages, 1);
	ck_assert_uint_eq(data->pipe_peek.message_length, 2);
}

static void
check_copychunk(const union smb2_ioctl_data *data)
{
	ck_assert_uint_eq(data->copychunk_request.source_key[23], 23);
	ck_assert_uint_eq(data->copychunk_request.chunk_count, 2);
	ck_assert_uint_eq(data->copychunk_request.length, 0x100002);
}

static void
check_copychunk_answer(const union smb2_ioctl_data *data)
{
	ck_assert_uint_eq(data->copychunk_response.chunks_written, 2);
	ck_assert_uint_eq(data->copychunk_response.chunk_bytes_written, 0);
	ck_assert_uint_eq(data->copychunk_response.total_bytes_written, 0x100002);
}

static void
check_resume_key(const union smb2_ioctl_data *data)
{
	ck_assert_uint_eq(data->resume_key.key[0], 0);
	ck_assert_uint_eq(data->resume_key.key[23], 23);
}

static void
check_snapshots(const union smb2_ioctl_data *data)
{
	ck_assert_uint_eq(data->snapshots.number_of_snapshots, 3);
	ck_assert_uint_eq(data->snapshots.number_returned, 1);
	ck_assert_uint_eq(data->snapshots.array_size, 6);
	assert_chars(data->snapshots.snapshots, "@\0\0\0\0\0", 6);
}

static void
check_resiliency(const union smb2_ioctl_data *data)
{
	ck_assert_uint_eq(data->resiliency_timeout, 60000);
}

static void
check_read_hash(const union smb2_ioctl_data *data)
{
	ck_assert_uint_eq(data->read_hash.hash_type, 1);
	ck_assert_uint_eq(data->read_hash.hash_version, 2);
	ck_assert_uint_eq(data->read_hash.hash_retrieval_type, 2);
	ck_assert_uint_eq(data->read_hash.length, 4096);
	ck_assert_uint_eq(data->read_hash.offset, 5);
}

static void
check_symbolic_link(const union smb2_ioctl_data *data)
{
	ck_assert_uint_eq(data->reparse.tag, 0xa000000c);
	ck_assert(data->reparse.is_relative);
	assert_utf16(data->reparse.print_name, "p");
	assert_utf16(data->reparse.substitute_name, "s1");
}

static void
check_mount_point(const union smb2_ioctl_data *data)
{
	ck_assert_uint_eq(data->reparse.tag, 0xa0000003);
	ck_assert(!data->reparse.is_relative);
	assert_utf16(data->reparse.print_name, "p");
	assert_utf16(data->reparse.substitute_name, "s1");
}

static void
check_range(const union smb2_ioctl_data *data)
{
	ck_assert_uint_eq(data->range.offset, 0x1000);
	ck_assert_uint_eq(data->range.length, 0x3000);
}

static void
check_zero_data(const union smb2_ioctl_data *data)
{
	ck_assert_uint_eq(data->range.offset, 0x1000);
	ck_assert_uint_eq(data->range.length, 0x2000);
}

static void
check_duplicate_extents(const union smb2_ioctl_data *data)
{
	assert_file_id(data->duplicate_extents.source);
	ck_assert_uint_eq(data->duplicate_extents.source_offset, 1);
	ck_assert_uint_eq(data->duplicate_extents.target_offset, 2);
	ck_assert_uint_eq(data->duplicate_extents.byte_count, 3);
}

static void
check_not_sparse(const union smb2_ioctl_data *data)
{
	ck_assert(!data->is_sparse);
}

static const struct data_case {
	uint32_t ctl_code;
	bool is_output;
	const uint8_t *bytes;
	size_t length;
	size_t least; /* shortest prefix that is decoded */
	void (*check)(const union smb2_ioctl_data *data);
} data_cases[] = {
    {FSCTL_PIPE_WAIT, false, SAMPLE(pipe_wait), sizeof(pipe_wait), check_pipe_wait},
    {FSCTL_PIPE_PEEK, true, SAMPLE(pipe_peek), 16, check_pipe_peek},
    {FSCTL_SRV_COPYCHUNK, false, SAMPLE(copychunk), 32, check_copychunk},
    {FSCTL_SRV_COPYCHUNK_WRITE, false, SAMPLE(copychunk), 32, check_copychunk},
    {FSCTL_SRV_COPYCHUNK, true, SAMPLE(copychunk_answer), 12, check_copychunk_answer},
    {FSCTL_SRV_REQUEST_RESUME_KEY, true, SAMPLE(resume_key), 28, check_resume_key},
    {FSCTL_SRV_ENUMERATE_SNAPSHOTS, true, SAMPLE(snapshots), 12, check_snapshots},
    {FSCTL_LMR_REQUEST_RESILIENCY, false, SAMPLE(resiliency), 8, check_resiliency},
    {FSCTL_SRV_READ_HASH, false, SAMPLE(read_hash), 24, check_read_hash},
    {FSCTL_SET_REPARSE_POINT, false, SAMPLE(symbolic_link), sizeof(symbolic_link),
	check_symbolic_link},
    {FSCTL_GET_REPARSE_POINT, true, SAMPLE(mount_point), sizeof(mount_point), check_mount_point},
    {FSCTL_QUERY_ALLOCATED_RANGES, false, SAMPLE(range), 16, check_range},
    {FSCTL_SET_ZERO_DATA, false, SAMPLE(range), 16, check_zero_data},
    {FSCTL_DUPLICATE_EXTENTS_TO_FILE, false, SAMPLE(duplicate_extents), 40,
	check_duplicate_extents},
    {FSCTL_SET_SPARSE, false, SAMPLE(not_sparse), 0, check_not_sparse},
};

static bool
decode_data(const struct data_case *test, struct cursor bytes, union smb2_ioctl_data *ret)
{
	struct smb2_ioctl ioctl = {.ctl_code = test->ctl_code, .input = bytes, .output = bytes};

	return test->is_output ? smb2_decode_ioctl_output(&ioctl, ret)
			       : smb2_decode_ioctl_input(&ioctl, ret);
}

/* Every prefix stands in a block of its own size. */
START_TEST(test_data)
{
	const struct data_case *test = &data_cases[_i];
	union smb2_ioctl_data data;
	uint8_t *prefix;

	for (size_t length = 0; length <= test->length; length++) {
		prefix = mem_alloc(length, 1);
		memcpy(prefix, test->bytes, length);
		ck_assert_msg(
		    decode_data(test, cur_of(prefix, length), &data) == (length >= test->least),
		    "%08x: %zu bytes", test->ctl_code, length);
		if (length == test->length)
			test->check(&data);
		mem_free(prefix);
	}
}
END_TEST

/* Whatever 16 bits of the data are, nothing outside is read. */
START_TEST(test_lying_data)
{
	const struct data_case *test = &data_cases[_i];
	uint8_t *copy = mem_alloc(test->length, 1);
	union smb2_ioctl_data data;

	for (size_t at = 0; at + 1 < test->length; at++) {
		memcpy(copy, test->bytes, test->length);
		copy[at] = copy[at + 1] = 0xff;
		if (!decode_data(test, cur_of(copy, test->length), &data))
			continue;
		if (test->check == check_pipe_wait)
			touch(data.pipe_wait.name);
		if (test->check == check_snapshots)
			touch(data.snapshots.snapshots);
		if (test->check == check_symbolic_link || test->check == check_mount_point) {
			touch(data.reparse.substitute_name);
			touch(data.reparse.print_name);
		}
	}
	mem_free(copy);
}
END_TEST

/* The first of them says only how much room all need. */
START_TEST(test_snapshot_count)
{
	static const uint8_t bytes[] = {0x03, 0, 0, 0, 0, 0, 0, 0, 0x96, 0, 0, 0, 0, 0, 0, 0};
	struct smb2_ioctl ioctl = {
	    .ctl_code = FSCTL_SRV_ENUMERATE_SNAPSHOTS, .output = cur_of(bytes, sizeof(bytes))};
	union smb2_ioctl_data data;

	ck_assert(smb2_decode_ioctl_output(&ioctl, &data));
	ck_assert_uint_eq(data.snapshots.number_of_snapshots, 3);
	ck_assert_uint_eq(data.snapshots.array_size, 150);
	assert_chars(data.snapshots.snapshots, "", 0);
}
END_TEST

/* Without its argument FSCTL_SET_SPARSE makes a file sparse; deleting a reparse point says no more
 * than which; a range that ends before it begins is none. */
START_TEST(test_short_forms)
{
	static const uint8_t tag[] = {0x0c, 0, 0, 0xa0, 0, 0, 0, 0};
	static const uint8_t backwards[] = {2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
	struct smb2_ioctl ioctl = {.ctl_code = FSCTL_SET_SPARSE, .input = cur_of(tag, 0)};
	union smb2_ioctl_data data;

	ck_assert(smb2_decode_ioctl_input(&ioctl, &data));
	ck_assert(data.is_sparse);
	ioctl.ctl_code = FSCTL_DELETE_REPARSE_POINT;
	ioctl.input = cur_of(tag, sizeof(tag));
	ck_assert(smb2_decode_ioctl_input(&ioctl, &data));
	ck_assert_uint_eq(data.reparse.tag, 0xa000000c);
	ck_assert(!cur_ok(&data.reparse.substitute_name));
	ioctl.ctl_code = FSCTL_SET_ZERO_DATA;
	ioctl.input = cur_of(backwards, sizeof(backwards));
	ck_assert(!smb2_decode_ioctl_input(&ioctl, &data));
	ioctl.ctl_code = 0x12345678;
	ck_assert(!smb2_decode_ioctl_input(&ioctl, &data));
	ck_assert(!smb2_decode_ioctl_output(&ioctl, &data));
}
END_TEST

START_TEST(test_ranges)
{
	static const uint8_t bytes[] = {1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0,
	    0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 5, 0};
	struct cursor list = cur_of(bytes, sizeof(bytes));
	struct smb2_range found;

	ck_assert(smb2_next_range(&list, &found));
	ck_assert(smb2_next_range(&list, &found));
	ck_assert_uint_eq(found.offset, 3);
	ck_assert_uint_eq(found.length, 4);
	ck_assert(!smb2_next_range(&list, &found));
}
END_TEST

Suite *
smb2_ioctl_wire_suite(void)
{
	Suite *suite = suite_create("smb2_ioctl_wire");
	TCase *tests = tcase_create("decoders");

	tcase_add_loop_test(tests, test_prefixes, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_wrong_size, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_lies, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_data, 0, (int)COUNT(data_cases));
	tcase_add_loop_test(tests, test_lying_data, 0, (int)COUNT(data_cases));
	tcase_add_test(tests, test_snapshot_count);
	tcase_add_test(tests, test_short_forms);
	tcase_add_test(tests, test_ranges);
	suite_add_tcase(suite, tests);
	return suite;
}
