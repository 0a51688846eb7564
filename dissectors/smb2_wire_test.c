#include "dissectors/smb2_wire.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

Suite *smb2_wire_suite(void);

/* clang-format off */

#define HEADER(command, flags) \
	0xfe, 'S', 'M', 'B', 0x40, 0x00, /* ProtocolId, StructureSize */ \
	0x01, 0x00,                      /* CreditCharge */ \
	0x22, 0x00, 0x00, 0xc0,          /* Status, in a request ChannelSequence */ \
	command, 0x00, 0x1f, 0x00,       /* Command, CreditRequest */ \
	flags, 0x00, 0x00, 0x00,         /* Flags */ \
	0x00, 0x00, 0x00, 0x00,          /* NextCommand */ \
	0x07, 0, 0, 0, 0x01, 0, 0, 0,    /* MessageId */ \
	0xff, 0xfe, 0, 0, 0x05, 0, 0, 0, /* Reserved, TreeId; or AsyncId */ \
	0x41, 0, 0, 0, 0x00, 0x10, 0, 0, /* SessionId */ \
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 /* Signature */

#define GUID 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15

/* [MS-SMB2] 2.2.3 with the contexts of 2.2.3.1. */
static const uint8_t negotiate_request[] = {
	HEADER(0x00, 0x00),
	0x24, 0x00, 0x02, 0x00,          /* StructureSize 36, DialectCount */
	0x01, 0x00, 0x00, 0x00,          /* SecurityMode, Reserved */
	0x7f, 0x00, 0x00, 0x00,          /* Capabilities */
	GUID,                            /* ClientGuid */
	0x68, 0x00, 0x00, 0x00,          /* NegotiateContextOffset */
	0x05, 0x00, 0x00, 0x00,          /* NegotiateContextCount, Reserved2 */
	0x02, 0x03, 0x11, 0x03,          /* Dialects */
	/* offset 0x68: PREAUTH_INTEGRITY_CAPABILITIES, 10 bytes */
	0x01, 0x00, 0x0a, 0x00, 0, 0, 0, 0,
	0x01, 0x00, 0x04, 0x00,          /* HashAlgorithmCount, SaltLength */
	0x01, 0x00, 0xaa, 0xbb, 0xcc, 0xdd, /* SHA-512, Salt */
	0, 0, 0, 0, 0, 0,
	/* ENCRYPTION_CAPABILITIES, 6 bytes: AES-128-GCM, AES-128-CCM */
	0x02, 0x00, 0x06, 0x00, 0, 0, 0, 0,
	0x02, 0x00, 0x02, 0x00, 0x01, 0x00, 0, 0,
	/* COMPRESSION_CAPABILITIES, 10 bytes: LZ77 */
	0x03, 0x00, 0x0a, 0x00, 0, 0, 0, 0,
	0x01, 0x00, 0x00, 0x00, 0x01, 0, 0, 0, 0x02, 0x00, 0, 0, 0, 0, 0, 0,
	/* NETNAME, 6 bytes: "fs1" */
	0x05, 0x00, 0x06, 0x00, 0, 0, 0, 0,
	'f', 0, 's', 0, '1', 0, 0, 0,
	/* SIGNING_CAPABILITIES, 4 bytes: AES-GMAC */
	0x08, 0x00, 0x04, 0x00, 0, 0, 0, 0,
	0x01, 0x00, 0x02, 0x00,
};

/* [MS-SMB2] 2.2.4. */
static const uint8_t negotiate_response[] = {
	HEADER(0x00, 0x01),
	0x41, 0x00, 0x03, 0x00,          /* StructureSize 65, SecurityMode */
	0x11, 0x03, 0x01, 0x00,          /* DialectRevision, NegotiateContextCount */
	GUID,                            /* ServerGuid */
	0x2f, 0x00, 0x00, 0x00,          /* Capabilities */
	0x00, 0x00, 0x10, 0x00,          /* MaxTransactSize */
	0x00, 0x00, 0x20, 0x00,          /* MaxReadSize */
	0x00, 0x00, 0x40, 0x00,          /* MaxWriteSize */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* SystemTime, ServerStartTime */
	0x80, 0x00, 0x03, 0x00,          /* SecurityBufferOffset, SecurityBufferLength */
	0x88, 0x00, 0x00, 0x00,          /* NegotiateContextOffset */
	0x60, 0x01, 0x02, 0, 0, 0, 0, 0, /* offset 0x80: a token */
	0x02, 0x00, 0x04, 0x00, 0, 0, 0, 0, /* offset 0x88: ENCRYPTION_CAPABILITIES */
	0x01, 0x00, 0x02, 0x00,
};

/* [MS-SMB2] 2.2.5. */
static const uint8_t session_setup_request[] = {
	HEADER(0x01, 0x00),
	0x19, 0x00, 0x01, 0x02,          /* StructureSize 25, Flags: binding, SecurityMode */
	0x01, 0x00, 0x00, 0x00,          /* Capabilities */
	0x00, 0x00, 0x00, 0x00,          /* Channel */
	0x58, 0x00, 0x04, 0x00,          /* SecurityBufferOffset, SecurityBufferLength */
	0x11, 0, 0, 0, 0, 0, 0, 0x22,    /* PreviousSessionId */
	'N', 'T', 'L', 'M',
};

/* [MS-SMB2] 2.2.6. */
static const uint8_t session_setup_response[] = {
	HEADER(0x01, 0x09),
	0x09, 0x00, 0x05, 0x00,          /* StructureSize 9, SessionFlags: guest, encrypt */
	0x48, 0x00, 0x02, 0x00,          /* SecurityBufferOffset, SecurityBufferLength */
	0xa1, 0x00,
};

/* [MS-SMB2] 2.2.9. */
static const uint8_t tree_connect_request[] = {
	HEADER(0x03, 0x00),
	0x09, 0x00, 0x00, 0x00,          /* StructureSize 9, Flags */
	0x48, 0x00, 0x0a, 0x00,          /* PathOffset, PathLength */
	'\\', 0, '\\', 0, 'a', 0, '\\', 0, 'b', 0,
};

/* [MS-SMB2] 2.2.9.1: the extension stands before the path. */
static const uint8_t tree_connect_extended[] = {
	HEADER(0x03, 0x00),
	0x09, 0x00, 0x04, 0x00,          /* StructureSize 9, Flags: extension present */
	0x58, 0x00, 0x0a, 0x00,          /* PathOffset, PathLength */
	0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* TreeConnectContextOffset, … */
	'\\', 0, '\\', 0, 'a', 0, '\\', 0, 'b', 0,
};

/* [MS-SMB2] 2.2.10. */
static const uint8_t tree_connect_response[] = {
	HEADER(0x03, 0x01),
	0x10, 0x00, 0x02, 0x00,          /* StructureSize 16, ShareType: pipe, Reserved */
	0x30, 0x80, 0x00, 0x00,          /* ShareFlags: encrypt data, no caching */
	0x10, 0x00, 0x00, 0x00,          /* Capabilities */
	0xff, 0x01, 0x1f, 0x00,          /* MaximalAccess */
};

/* [MS-SMB2] 2.2.2 with one context of 2.2.2.1. */
static const uint8_t error_response[] = {
	HEADER(0x03, 0x01),
	0x09, 0x00, 0x01, 0x00,          /* StructureSize 9, ErrorContextCount */
	0x0c, 0x00, 0x00, 0x00,          /* ByteCount */
	0x04, 0x00, 0x00, 0x00,          /* ErrorDataLength */
	0x53, 0x52, 0x64, 0x72,          /* ErrorId: share redirect */
	0x01, 0x02, 0x03, 0x04,
};

/* [MS-SMB2] 2.2.13. */
static const uint8_t create_request[] = {
	HEADER(0x05, 0x00),
	0x39, 0x00, 0x00, 0x09,          /* StructureSize 57, SecurityFlags, RequestedOplockLevel */
	0x02, 0, 0, 0,                   /* ImpersonationLevel */
	0, 0, 0, 0, 0, 0, 0, 0,          /* SmbCreateFlags */
	0, 0, 0, 0, 0, 0, 0, 0,          /* Reserved */
	0x89, 0x00, 0x12, 0x00,          /* DesiredAccess */
	0, 0, 0, 0, 0x07, 0, 0, 0,       /* FileAttributes, ShareAccess */
	0x01, 0, 0, 0, 0x40, 0, 0, 0,    /* CreateDisposition, CreateOptions */
	0x78, 0x00, 0x04, 0x00,          /* NameOffset, NameLength */
	0, 0, 0, 0, 0, 0, 0, 0,          /* CreateContextsOffset, CreateContextsLength */
	'f', 0, '1', 0,
};

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

static const uint8_t guid[] = {GUID};

static void
assert_list(struct cursor list, size_t count, uint16_t first)
{
	ck_assert(cur_ok(&list));
	ck_assert_uint_eq(cur_left(&list), 2 * count);
	if (count != 0)
		ck_assert_uint_eq(cur_le16(&list), first);
}

static void
assert_chars(struct cursor chars, const void *expected, size_t length)
{
	ck_assert(cur_ok(&chars));
	ck_assert_uint_eq(cur_left(&chars), length);
	ck_assert_mem_eq(chars.at, expected, length);
}

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
check_negotiate_request(struct cursor message)
{
	struct smb2_negotiate_request request;

	if (!smb2_decode_negotiate_request(message, &request))
		return false;
	ck_assert_uint_eq(request.security_mode, 1);
	ck_assert_uint_eq(request.capabilities, 0x7f);
	ck_assert_mem_eq(request.client_guid, guid, 16);
	assert_list(request.dialects, 2, 0x0302);
	ck_assert_int_eq(
	    request.contexts.is_known, cur_left(&message) == sizeof(negotiate_request));
	if (!request.contexts.is_known)
		return true;
	ck_assert_uint_eq(request.contexts.present, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 8);
	assert_list(request.contexts.hashes, 1, 1);
	assert_list(request.contexts.ciphers, 2, 2);
	assert_list(request.contexts.compressions, 1, 2);
	assert_list(request.contexts.signings, 1, 2);
	assert_chars(request.contexts.netname, "f\0s\0001", 6);
	return true;
}

static bool
check_negotiate_response(struct cursor message)
{
	struct smb2_negotiate_response response;

	if (!smb2_decode_negotiate_response(message, &response))
		return false;
	ck_assert_uint_eq(response.security_mode, 3);
	ck_assert_uint_eq(response.dialect, 0x0311);
	ck_assert_mem_eq(response.server_guid, guid, 16);
	ck_assert_uint_eq(response.capabilities, 0x2f);
	ck_assert_uint_eq(response.max_transact_size, 0x100000);
	ck_assert_uint_eq(response.max_read_size, 0x200000);
	ck_assert_uint_eq(response.max_write_size, 0x400000);
	if (!response.contexts.is_known)
		return true;
	assert_chars(response.token, "\x60\x01\x02", 3);
	assert_list(response.contexts.ciphers, 1, 2);
	return true;
}

static bool
check_session_setup_request(struct cursor message)
{
	struct smb2_session_setup_request request;

	if (!smb2_decode_session_setup_request(message, &request))
		return false;
	ck_assert_uint_eq(request.flags, SMB2_SESSION_FLAG_BINDING);
	ck_assert_uint_eq(request.security_mode, 2);
	ck_assert_uint_eq(request.previous_session_id, 0x2200000000000011);
	if (cur_left(&message) < 88)
		ck_assert(!cur_ok(&request.token));
	else
		assert_chars(request.token, "NTLM", cur_left(&message) - 88);
	return true;
}

static bool
check_session_setup_response(struct cursor message)
{
	struct smb2_session_setup_response response;

	if (!smb2_decode_session_setup_response(message, &response))
		return false;
	ck_assert_uint_eq(response.session_flags, 5);
	assert_chars(response.token, "\xa1", cur_left(&message) - 72);
	return true;
}

static bool
check_tree_connect_request(struct cursor message)
{
	struct smb2_tree_connect_request request;

	if (!smb2_decode_tree_connect_request(message, &request))
		return false;
	if (cur_ok(&request.path))
		assert_chars(request.path, "\\\0\\\0a\0\\\0b", 10);
	else
		ck_assert_uint_lt(cur_left(&message), sizeof(tree_connect_extended));
	return true;
}

static bool
check_tree_connect_response(struct cursor message)
{
	struct smb2_tree_connect_response response;

	if (!smb2_decode_tree_connect_response(message, &response))
		return false;
	ck_assert_uint_eq(response.share_type, SMB2_SHARE_TYPE_PIPE);
	ck_assert_uint_eq(response.share_flags, 0x8030);
	ck_assert_uint_eq(response.capabilities, 0x10);
	ck_assert_uint_eq(response.maximal_access, 0x1f01ff);
	return true;
}

static bool
check_error(struct cursor message)
{
	struct smb2_error error;

	if (!smb2_decode_error(message, &error))
		return false;
	if (!error.has_error_id)
		return true;
	ck_assert_uint_eq(error.error_id, SMB2_ERROR_ID_SHARE_REDIRECT);
	if (cur_ok(&error.data))
		assert_chars(error.data, "\1\2\3\4", 4);
	return true;
}

static bool
check_create(struct cursor message)
{
	struct smb2_create_request request;

	if (!smb2_decode_create_request(message, &request))
		return false;
	if (cur_ok(&request.name))
		assert_chars(request.name, "f\0001", 4);
	return true;
}

static bool
check_lock(struct cursor message)
{
	uint32_t flags;

	if (!smb2_decode_lock_flags(message, &flags))
		return false;
	ck_assert_uint_eq(flags, 0x12);
	return true;
}

static bool
check_validate_request(struct cursor message)
{
	struct smb2_validate_request request;
	struct smb2_ioctl ioctl;

	if (!smb2_decode_ioctl_request(message, &ioctl))
		return false;
	ck_assert_uint_eq(ioctl.ctl_code, FSCTL_VALIDATE_NEGOTIATE_INFO);
	ck_assert_uint_eq(ioctl.max_output_response, 24);
	if (!smb2_decode_validate_request(ioctl.input, &request))
		return cur_left(&message) != sizeof(validate_request);
	ck_assert_uint_eq(request.capabilities, 0x7f);
	ck_assert_mem_eq(request.guid, guid, 16);
	ck_assert_uint_eq(request.security_mode, 1);
	assert_list(request.dialects, 2, 0x0210);
	return true;
}

static bool
check_validate_response(struct cursor message)
{
	struct smb2_validate_response response;
	struct smb2_ioctl ioctl;

	if (!smb2_decode_ioctl_response(message, &ioctl))
		return false;
	ck_assert_uint_eq(ioctl.ctl_code, FSCTL_VALIDATE_NEGOTIATE_INFO);
	if (!smb2_decode_validate_response(ioctl.output, &response))
		return cur_left(&message) != sizeof(validate_response);
	ck_assert_uint_eq(response.capabilities, 0x2f);
	ck_assert_mem_eq(response.guid, guid, 16);
	ck_assert_uint_eq(response.security_mode, 3);
	ck_assert_uint_eq(response.dialect, 0x0302);
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

static const struct decoder_case {
	const char *name;
	const uint8_t *bytes;
	size_t length;
	size_t least;  /* shortest prefix that is decoded */
	bool has_size; /* a StructureSize at 64 */
	bool (*check)(struct cursor message);
} decoder_cases[] = {
    {"header", lock_request, sizeof(lock_request), 32, false, check_header},
    {"negotiate request", negotiate_request, sizeof(negotiate_request), 104, true,
	check_negotiate_request},
    {"negotiate response", negotiate_response, sizeof(negotiate_response), 128, true,
	check_negotiate_response},
    {"session setup request", session_setup_request, sizeof(session_setup_request), 88, true,
	check_session_setup_request},
    {"session setup response", session_setup_response, sizeof(session_setup_response), 72, true,
	check_session_setup_response},
    {"tree connect request", tree_connect_request, sizeof(tree_connect_request), 72, true,
	check_tree_connect_request},
    {"tree connect extended", tree_connect_extended, sizeof(tree_connect_extended), 72, true,
	check_tree_connect_request},
    {"tree connect response", tree_connect_response, sizeof(tree_connect_response), 80, true,
	check_tree_connect_response},
    {"error", error_response, sizeof(error_response), 72, true, check_error},
    {"create", create_request, sizeof(create_request), 112, true, check_create},
    {"lock", lock_request, sizeof(lock_request), 108, true, check_lock},
    {"validate request", validate_request, sizeof(validate_request), 112, true,
	check_validate_request},
    {"validate response", validate_response, sizeof(validate_response), 104, true,
	check_validate_response},
    {"transform", transform, sizeof(transform), 52, false, check_transform},
    {"compression", compression, sizeof(compression), 16, false, check_compression},
};

/* Every prefix stands in a block of its own size, so that a byte too far is found. */
START_TEST(test_prefixes)
{
	const struct decoder_case *test = &decoder_cases[_i];
	uint8_t *prefix;

	for (size_t length = 0; length <= test->length; length++) {
		prefix = mem_alloc(length, 1);
		memcpy(prefix, test->bytes, length);
		ck_assert_msg(test->check(cur_of(prefix, length)) == (length >= test->least),
		    "%s: %zu bytes", test->name, length);
		mem_free(prefix);
	}
}
END_TEST

START_TEST(test_wrong_size)
{
	const struct decoder_case *test = &decoder_cases[_i];
	uint8_t *copy = mem_alloc(test->length, 1);
	size_t at = test->has_size ? 64 : 3;

	memcpy(copy, test->bytes, test->length);
	copy[at] ^= 1;
	ck_assert_msg(!test->check(cur_of(copy, test->length)), "%s", test->name);
	mem_free(copy);
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

/* Windows and lists that are not inside the message. */
static const struct lie_case {
	const uint8_t *bytes;
	size_t length;
	size_t at; /* of 16 bits that become 0xffff */
	bool (*decode)(struct cursor message);
} lie_cases[] = {
    {negotiate_request, sizeof(negotiate_request), 66, check_negotiate_request}, /* DialectCount */
    {create_request, sizeof(create_request), 66 - 2, check_create},
};

START_TEST(test_lies)
{
	const struct lie_case *test = &lie_cases[_i];
	uint8_t *copy = mem_alloc(test->length, 1);

	memcpy(copy, test->bytes, test->length);
	copy[test->at] = copy[test->at + 1] = 0xff;
	ck_assert(!test->decode(cur_of(copy, test->length)));
	mem_free(copy);
}
END_TEST

/* Contexts beyond the message, or with lists longer than they are: unknown, not absent. */
START_TEST(test_lying_contexts)
{
	static const size_t places[] = {64 + 28, 64 + 32, 104 + 2, 104 + 8};
	uint8_t copy[sizeof(negotiate_request)];
	struct smb2_negotiate_request request;

	memcpy(copy, negotiate_request, sizeof(copy));
	copy[places[_i]] = copy[places[_i] + 1] = 0xff;
	ck_assert(smb2_decode_negotiate_request(cur_of(copy, sizeof(copy)), &request));
	ck_assert(!request.contexts.is_known);
}
END_TEST

/* Below 3.1.1 the place of the contexts is ClientStartTime. */
START_TEST(test_no_contexts)
{
	uint8_t copy[sizeof(negotiate_request)];
	struct smb2_negotiate_request request;

	memcpy(copy, negotiate_request, sizeof(copy));
	copy[102] = 0x00;
	ck_assert(smb2_decode_negotiate_request(cur_of(copy, sizeof(copy)), &request));
	ck_assert(request.contexts.is_known);
	ck_assert_uint_eq(request.contexts.present, 0);
}
END_TEST

/* An error answer to SESSION_SETUP has the same StructureSize. */
START_TEST(test_session_error)
{
	static const uint8_t body[] = {0x09, 0, 0, 0, 0x01, 0, 0x01, 0, 0};
	uint8_t message[64 + sizeof(body)];
	struct smb2_session_setup_response response;

	memcpy(message, session_setup_response, 64);
	memcpy(message + 64, body, sizeof(body));
	ck_assert(!smb2_decode_session_setup_response(cur_of(message, sizeof(message)), &response));
}
END_TEST

/* Two bytes of data without a context, as before 3.1.1. */
START_TEST(test_plain_error)
{
	static const uint8_t body[] = {0x09, 0, 0, 0, 0x02, 0, 0, 0, 0x10, 0x02};
	uint8_t message[64 + sizeof(body)];
	struct smb2_error error;

	memcpy(message, error_response, 64);
	memcpy(message + 64, body, sizeof(body));
	ck_assert(smb2_decode_error(cur_of(message, sizeof(message)), &error));
	ck_assert(!error.has_error_id);
	assert_list(error.data, 1, 0x0210);
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
	uint32_t length, wanted;
} wanted_cases[] = {
    {SMB2_READ, 1, 0, 1000000, 64 + 16},
    {SMB2_READ, 0, 0, 113, 64 + 48},
    {SMB2_WRITE, 0, 0, 1000000, 64 + 48},
    {SMB2_WRITE, 0, 128, 1000000, 65536},
    {SMB2_NEGOTIATE, 0, 0, 300, 300},
    {SMB2_SESSION_SETUP, 0, 0, 70000, 65536},
    {SMB2_TREE_CONNECT, 1, 0, 80, 80},
    {SMB2_IOCTL, 1, 0, 8192, 4096},
    {SMB2_CLOSE, 1, 0, 124, 72},
    {SMB2_SET_INFO, 1, 0, 66, 66},
    {0x77, 1, 0, 1000, 1000},
};

START_TEST(test_wanted)
{
	const struct wanted_case *test = &wanted_cases[_i];
	uint8_t head[SMB2_WANTED_NEEDS] = {0};

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

		ck_assert_ptr_nonnull(names_find(&smb2_command_names, command));
		ck_assert_uint_ge(row->request_wanted, 68);
		ck_assert_uint_ge(row->response_wanted, 68);
	}
}
END_TEST

START_TEST(test_names_sorted)
{
	static const struct names *const all[] = {&smb2_command_names, &smb2_dialect_names,
	    &smb2_security_mode_names, &smb2_capability_names, &smb2_session_flag_names,
	    &smb2_share_type_names, &smb2_share_flag_names, &smb2_hash_names, &smb2_cipher_names,
	    &smb2_signing_names, &smb2_compression_names, &smb2_error_id_names,
	    &smb2_ctl_code_names};

	for (size_t i = 0; i < COUNT(all); i++)
		for (size_t j = 1; j < all[i]->count; j++)
			ck_assert_uint_lt(all[i]->rows[j - 1].value, all[i]->rows[j].value);
}
END_TEST

Suite *
smb2_wire_suite(void)
{
	Suite *suite = suite_create("smb2_wire");
	TCase *tests = tcase_create("decoders");

	tcase_add_loop_test(tests, test_prefixes, 0, (int)COUNT(decoder_cases));
	tcase_add_loop_test(tests, test_wrong_size, 0, (int)COUNT(decoder_cases));
	tcase_add_test(tests, test_async_header);
	tcase_add_loop_test(tests, test_lies, 0, (int)COUNT(lie_cases));
	tcase_add_loop_test(tests, test_lying_contexts, 0, 4);
	tcase_add_test(tests, test_no_contexts);
	tcase_add_test(tests, test_session_error);
	tcase_add_test(tests, test_plain_error);
	tcase_add_test(tests, test_chained_compression);
	tcase_add_loop_test(tests, test_wanted, 0, (int)COUNT(wanted_cases));
	tcase_add_test(tests, test_command_rows);
	tcase_add_test(tests, test_names_sorted);
	suite_add_tcase(suite, tests);
	return suite;
}
