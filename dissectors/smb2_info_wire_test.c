#include "dissectors/smb2_info_wire.h"

#include "dissectors/smb2_samples.h"

Suite *smb2_info_wire_suite(void);

/* clang-format off */

/* [MS-SMB2] 2.2.33. */
static const uint8_t query_directory_request[] = {
	HEADER(0x0e, 0x00),
	0x21, 0x00, 0x25, 0x01,          /* StructureSize 33, FileInformationClass, Flags */
	0x07, 0, 0, 0,                   /* FileIndex */
	FILE_ID,
	0x60, 0x00, 0x06, 0x00,          /* FileNameOffset, FileNameLength */
	0x00, 0x00, 0x01, 0x00,          /* OutputBufferLength */
	'*', 0, '.', 0, 'c', 0,
};

/* [MS-SMB2] 2.2.35. */
static const uint8_t change_notify_request[] = {
	HEADER(0x0f, 0x00),
	0x20, 0x00, 0x01, 0x00,          /* StructureSize 32, Flags: the tree below, too */
	0x00, 0x08, 0, 0,                /* OutputBufferLength */
	FILE_ID,
	0x17, 0, 0, 0, 0, 0, 0, 0,       /* CompletionFilter, Reserved */
};

/* [MS-SMB2] 2.2.37. */
static const uint8_t query_info_request[] = {
	HEADER(0x10, 0x00),
	0x29, 0x00, 0x03, 0x00,          /* StructureSize 41, InfoType: security, FileInfoClass */
	0x00, 0x10, 0, 0,                /* OutputBufferLength */
	0, 0, 0, 0, 0x05, 0, 0, 0,       /* InputBufferOffset, Reserved, InputBufferLength */
	0x07, 0, 0, 0, 0x01, 0, 0, 0,    /* AdditionalInformation, Flags */
	FILE_ID,
};

/* [MS-SMB2] 2.2.34, 2.2.36 and 2.2.38. */
#define OUTPUT_RESPONSE(command) \
	HEADER(command, 0x01), \
	0x09, 0x00, 0x48, 0x00,          /* StructureSize 9, OutputBufferOffset */ \
	0x03, 0, 0, 0, 'a', 'b', 'c'     /* OutputBufferLength, Buffer */

static const uint8_t query_directory_response[] = {OUTPUT_RESPONSE(0x0e)};
static const uint8_t change_notify_response[] = {OUTPUT_RESPONSE(0x0f)};
static const uint8_t query_info_response[] = {OUTPUT_RESPONSE(0x10)};

/* [MS-SMB2] 2.2.39, up to the buffer. */
#define SET_INFO(class, length) \
	HEADER(0x11, 0x00), \
	0x21, 0x00, 0x01, class,         /* StructureSize 33, InfoType: file, FileInfoClass */ \
	length, 0, 0, 0,                 /* BufferLength */ \
	0x60, 0x00, 0x00, 0x00,          /* BufferOffset, Reserved */ \
	0x00, 0, 0, 0,                   /* AdditionalInformation */ \
	FILE_ID

/* [MS-FSCC] 2.4.37.2. */
static const uint8_t rename_request[] = {
	SET_INFO(10, 24),
	0x01, 0, 0, 0, 0, 0, 0, 0,       /* ReplaceIfExists, Reserved */
	0x05, 0, 0, 0, 0, 0, 0, 0,       /* RootDirectory */
	0x04, 0, 0, 0, 'b', 0, '2', 0,   /* FileNameLength, FileName */
};

/* [MS-FSCC] 2.4.7. */
static const uint8_t basic_request[] = {
	SET_INFO(4, 40),
	0x01, 0, 0, 0, 0, 0, 0xd7, 0x01, 0x02, 0, 0, 0, 0, 0, 0xd7, 0x01,
	0x03, 0, 0, 0, 0, 0, 0xd7, 0x01, 0x04, 0, 0, 0, 0, 0, 0xd7, 0x01,
	0x21, 0, 0, 0, 0, 0, 0, 0,       /* FileAttributes, Reserved */
};

static const uint8_t disposition_request[] = {SET_INFO(13, 1), 0x01};
static const uint8_t disposition_ex_request[] = {SET_INFO(64, 4), 0x03, 0, 0, 0};
static const uint8_t size_request[] = {SET_INFO(20, 8), 0, 0x10, 0, 0, 0, 0, 0, 0};

/* [MS-SMB2] 2.2.40. */
static const uint8_t set_info_response[] = {HEADER(0x11, 0x01), 0x02, 0x00};

/* clang-format on */

static bool
check_query_directory_request(struct cursor message)
{
	union smb2_body body;
	const struct smb2_query_directory_request *request = &body.query_directory_request;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(request->info_class, 37);
	ck_assert_uint_eq(request->flags, 1);
	ck_assert_uint_eq(request->file_index, 7);
	assert_file_id(request->file_id);
	ck_assert_uint_eq(request->output_buffer_length, 0x10000);
	if (cur_left(&message) < sizeof(query_directory_request))
		ck_assert(!cur_ok(&request->pattern));
	else
		assert_utf16(request->pattern, "*.c");
	return true;
}

static bool
check_change_notify_request(struct cursor message)
{
	union smb2_body body;
	const struct smb2_change_notify_request *request = &body.change_notify_request;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(request->flags, 1);
	ck_assert_uint_eq(request->output_buffer_length, 2048);
	assert_file_id(request->file_id);
	ck_assert_uint_eq(request->completion_filter, 0x17);
	return true;
}

static bool
check_query_info_request(struct cursor message)
{
	union smb2_body body;
	const struct smb2_query_info_request *request = &body.query_info_request;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(request->info_type, SMB2_0_INFO_SECURITY);
	ck_assert_uint_eq(request->info_class, 0);
	ck_assert_uint_eq(request->output_buffer_length, 4096);
	ck_assert_uint_eq(request->input_buffer_length, 5);
	ck_assert_uint_eq(request->additional_information, 7);
	ck_assert_uint_eq(request->flags, 1);
	assert_file_id(request->file_id);
	return true;
}

static bool
check_output_response(struct cursor message)
{
	union smb2_body body;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(body.output_response.output_buffer_length, 3);
	if (cur_left(&message) < sizeof(query_info_response))
		ck_assert(!cur_ok(&body.output_response.output));
	else
		assert_chars(body.output_response.output, "abc", 3);
	return true;
}

static bool
check_rename(struct cursor message)
{
	union smb2_set_information information;
	union smb2_body body;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(body.set_info_request.info_type, SMB2_0_INFO_FILE);
	ck_assert_uint_eq(body.set_info_request.buffer_length, 24);
	assert_file_id(body.set_info_request.file_id);
	if (!smb2_decode_set_information(&body.set_info_request, &information)) {
		ck_assert_uint_lt(cur_left(&message), 96 + 20);
		return true;
	}
	ck_assert(information.rename.is_replacing);
	ck_assert_uint_eq(information.rename.directory, 5);
	if (cur_left(&message) < sizeof(rename_request))
		ck_assert(!cur_ok(&information.rename.target));
	else
		assert_utf16(information.rename.target, "b2");
	return true;
}

/* The information of a request that is decoded as far as LEAST bytes of it are there. */
static bool
decode_information(struct cursor message, size_t least, union smb2_set_information *ret)
{
	union smb2_body body;

	if (!decode(message, &body))
		return false;
	ck_assert(smb2_decode_set_information(&body.set_info_request, ret) ==
		  (cur_left(&message) >= 96 + least));
	return true;
}

static bool
check_basic(struct cursor message)
{
	union smb2_set_information information;

	if (!decode_information(message, 36, &information))
		return false;
	if (cur_left(&message) < sizeof(basic_request))
		return true;
	ck_assert_uint_eq(information.basic.creation_time, 0x01d7000000000001);
	ck_assert_uint_eq(information.basic.last_access_time, 0x01d7000000000002);
	ck_assert_uint_eq(information.basic.last_write_time, 0x01d7000000000003);
	ck_assert_uint_eq(information.basic.change_time, 0x01d7000000000004);
	ck_assert_uint_eq(information.basic.file_attributes, 0x21);
	return true;
}

static bool
check_disposition(struct cursor message)
{
	union smb2_set_information information;

	if (!decode_information(message, 1, &information))
		return false;
	if (cur_left(&message) == sizeof(disposition_request))
		ck_assert_uint_eq(information.disposition, FILE_DISPOSITION_DELETE);
	return true;
}

static bool
check_disposition_ex(struct cursor message)
{
	union smb2_set_information information;

	if (!decode_information(message, 4, &information))
		return false;
	if (cur_left(&message) == sizeof(disposition_ex_request))
		ck_assert_uint_eq(information.disposition, 3);
	return true;
}

static bool
check_size(struct cursor message)
{
	union smb2_set_information information;

	if (!decode_information(message, 8, &information))
		return false;
	if (cur_left(&message) == sizeof(size_request))
		ck_assert_uint_eq(information.size, 4096);
	return true;
}

static bool
check_nothing(struct cursor message)
{
	union smb2_body body;

	return decode(message, &body);
}

static const struct decoder_case cases[] = {
    {"query directory request", SAMPLE(query_directory_request), 96, 64,
	check_query_directory_request},
    {"query directory response", SAMPLE(query_directory_response), 72, 64, check_output_response},
    {"change notify request", SAMPLE(change_notify_request), 96, 64, check_change_notify_request},
    {"change notify response", SAMPLE(change_notify_response), 72, 64, check_output_response},
    {"query info request", SAMPLE(query_info_request), 104, 64, check_query_info_request},
    {"query info response", SAMPLE(query_info_response), 72, 64, check_output_response},
    {"rename", SAMPLE(rename_request), 96, 64, check_rename},
    {"basic information", SAMPLE(basic_request), 96, 64, check_basic},
    {"disposition", SAMPLE(disposition_request), 96, 64, check_disposition},
    {"disposition ex", SAMPLE(disposition_ex_request), 96, 64, check_disposition_ex},
    {"end of file", SAMPLE(size_request), 96, 64, check_size},
    {"set info response", SAMPLE(set_info_response), 66, 64, check_nothing},
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
read_all(struct cursor message)
{
	union smb2_set_information information;
	struct smb2_header header;
	union smb2_body body;
	bool is_response;

	if (!smb2_decode_header(message, &header) || !smb2_decode_body(&header, message, &body))
		return;
	is_response = (header.flags & SMB2_FLAGS_SERVER_TO_REDIR) != 0;
	if (header.command == SMB2_QUERY_DIRECTORY && !is_response)
		touch(body.query_directory_request.pattern);
	else if (header.command >= SMB2_QUERY_DIRECTORY && header.command <= SMB2_QUERY_INFO &&
		 is_response)
		touch(body.output_response.output);
	else if (header.command == SMB2_SET_INFO && !is_response &&
		 smb2_decode_set_information(&body.set_info_request, &information) &&
		 body.set_info_request.info_class == FileRenameInformation)
		touch(information.rename.target);
}

START_TEST(test_lies)
{
	try_lies(&cases[_i], read_all);
}
END_TEST

/* The same StructureSize and another layout ([MS-SMB2] 2.2.2), with data and without. */
START_TEST(test_error_answers)
{
	static const uint8_t tail[] = {0x09, 0, 0, 0, 0x04, 0, 0, 0, 0x00, 0x01, 0, 0};
	uint8_t copy[64 + sizeof(tail)];
	union smb2_body body;

	memcpy(copy, query_info_response, 64);
	memcpy(copy + 64, tail, sizeof(tail));
	ck_assert(!decode(cur_of(copy, sizeof(copy)), &body));
	copy[68] = 0;
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	ck_assert_uint_eq(body.output_response.output_buffer_length, 0);
}
END_TEST

/* Classes that set names, and one that is not read; the same numbers of other types are none. */
START_TEST(test_classes)
{
	static const uint8_t names[] = {
	    FileLinkInformation, FileRenameInformationEx, FileLinkInformationEx};
	union smb2_set_information information;
	uint8_t copy[sizeof(rename_request)];
	union smb2_body body;

	memcpy(copy, rename_request, sizeof(copy));
	for (size_t i = 0; i < sizeof(names); i++) {
		copy[67] = names[i];
		ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
		ck_assert(smb2_decode_set_information(&body.set_info_request, &information));
		assert_utf16(information.rename.target, "b2");
	}
	copy[67] = 14; /* FilePositionInformation */
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	ck_assert(!smb2_decode_set_information(&body.set_info_request, &information));
	copy[67] = FileRenameInformation;
	copy[66] = SMB2_0_INFO_FILESYSTEM;
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	ck_assert(!smb2_decode_set_information(&body.set_info_request, &information));
}
END_TEST

/* A target whose length goes beyond the buffer, though the message does not end there. */
START_TEST(test_long_target)
{
	union smb2_set_information information;
	uint8_t copy[sizeof(rename_request) + 4];
	union smb2_body body;

	memset(copy, 'x', sizeof(copy));
	memcpy(copy, rename_request, sizeof(rename_request));
	copy[96 + 16] = 6;
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	ck_assert(smb2_decode_set_information(&body.set_info_request, &information));
	ck_assert(!cur_ok(&information.rename.target));
}
END_TEST

Suite *
smb2_info_wire_suite(void)
{
	Suite *suite = suite_create("smb2_info_wire");
	TCase *tests = tcase_create("decoders");

	tcase_add_loop_test(tests, test_prefixes, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_wrong_size, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_lies, 0, (int)COUNT(cases));
	tcase_add_test(tests, test_error_answers);
	tcase_add_test(tests, test_classes);
	tcase_add_test(tests, test_long_target);
	suite_add_tcase(suite, tests);
	return suite;
}
