#include "dissectors/smb1_wire.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

Suite *smb1_wire_suite(void);

/* clang-format off */

#define HEADER(command, flags) \
	0xff, 'S', 'M', 'B', command,    /* Protocol, Command */ \
	0x6d, 0x00, 0x00, 0xc0,          /* Status */ \
	flags, 0x01, 0xc8,               /* Flags, Flags2 */ \
	0x01, 0x00,                      /* PIDHigh */ \
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    /* SecurityFeatures, Reserved */ \
	0x05, 0x00, 0x34, 0x12,          /* TID, PIDLow */ \
	0x64, 0x00, 0x07, 0x00           /* UID, MID */

/* [MS-CIFS] 2.2.4.52.1. */
static const uint8_t negotiate_request[] = {
	HEADER(0x72, 0x18),
	0x00, 0x0e, 0x00,                /* WordCount, ByteCount */
	0x02, 'N', 'T', ' ', '1', 0,
	0x02, 'S', 'M', 'B', ' ', '2', '.', 0,
};

/* [MS-CIFS] 2.2.4.52.2. */
static const uint8_t negotiate_response[] = {
	HEADER(0x72, 0x98),
	0x11, 0x05, 0x00,                /* WordCount 17, DialectIndex */
	0x0f,                            /* SecurityMode: signing required */
	0x32, 0x00, 0x01, 0x00,          /* MaxMpxCount, MaxNumberVcs */
	0x04, 0x41, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, /* MaxBufferSize, MaxRawSize, SessionKey */
	0xfc, 0xe3, 0x01, 0x80,          /* Capabilities */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* SystemTime, ServerTimeZone, ChallengeLength */
	0x12, 0x00,                      /* ByteCount */
	'S', 'E', 'R', 'V', 'E', 'R', 'G', 'U', 'I', 'D', 'S', 'E', 'R', 'V', 'E', 'R',
	0x60, 0x00,                      /* SecurityBlob */
};

/* [MS-SMB] 2.2.4.6.1. */
static const uint8_t session_token[] = {
	HEADER(0x73, 0x18),
	0x0c, 0xff, 0x00, 0x00, 0x00,    /* WordCount 12, AndX: none */
	0x04, 0x41, 0x32, 0x00, 0x01, 0x00, 0, 0, 0, 0, /* MaxBufferSize to SessionKey */
	0x04, 0x00, 0, 0, 0, 0,          /* SecurityBlobLength, Reserved */
	0xd4, 0x00, 0x00, 0x80,          /* Capabilities */
	0x04, 0x00,                      /* ByteCount */
	'N', 'T', 'L', 'M',
};

/* [MS-CIFS] 2.2.4.53.1: two passwords, then aligned strings. */
static const uint8_t session_passwords[] = {
	HEADER(0x73, 0x18),
	0x0d, 0xff, 0x00, 0x00, 0x00,    /* WordCount 13, AndX: none */
	0x04, 0x41, 0x32, 0x00, 0x01, 0x00, 0, 0, 0, 0, /* MaxBufferSize to SessionKey */
	0x03, 0x00, 0x02, 0x00, 0, 0, 0, 0, /* OEMPasswordLen, UnicodePasswordLen, Reserved */
	0xd4, 0x00, 0x00, 0x00,          /* Capabilities */
	0x10, 0x00,                      /* ByteCount, at offset 61 */
	0xaa, 0xaa, 0xaa, 0xbb, 0xbb,    /* passwords, to offset 66 */
	'a', 0, 'l', 0, 0, 0,            /* AccountName */
	'D', 0, 0, 0,                    /* PrimaryDomain */
	0x00,
};

/* [MS-SMB] 2.2.4.6.2. */
static const uint8_t session_response[] = {
	HEADER(0x73, 0x98),
	0x04, 0xff, 0x00, 0x00, 0x00,    /* WordCount 4, AndX: none */
	0x01, 0x00, 0x02, 0x00,          /* Action: guest, SecurityBlobLength */
	0x03, 0x00,                      /* ByteCount */
	0xa1, 0x00, 0x00,
};

/* [MS-CIFS] 2.2.4.55.1. */
static const uint8_t tree_connect_request[] = {
	HEADER(0x75, 0x18),
	0x04, 0xff, 0x00, 0x00, 0x00,    /* WordCount 4, AndX: none */
	0x08, 0x00, 0x01, 0x00,          /* Flags, PasswordLength */
	0x13, 0x00,                      /* ByteCount, at offset 43 */
	0x00,                            /* Password, to offset 44 */
	'\\', 0, '\\', 0, 'a', 0, '\\', 0, 'b', 0, 0, 0, /* Path */
	'?', '?', '?', '?', '?', 0,      /* Service */
};

/* [MS-CIFS] 2.2.4.55.2. */
static const uint8_t tree_connect_response[] = {
	HEADER(0x75, 0x98),
	0x03, 0xff, 0x00, 0x00, 0x00,    /* WordCount 3, AndX: none */
	0x01, 0x00,                      /* OptionalSupport */
	0x05, 0x00,                      /* ByteCount */
	'A', ':', 0, 'N', 0,
};

/* clang-format on */

static bool
is_text(struct cursor chars, const char *expected, size_t length)
{
	return cur_ok(&chars) && cur_left(&chars) == length &&
	       memcmp(chars.at, expected, length) == 0;
}

static bool
check_negotiate_request(const struct smb1_block *block)
{
	struct cursor bytes = block->bytes, dialect;

	return smb1_next_dialect(&bytes, &dialect) && is_text(dialect, "NT 1", 4) &&
	       smb1_next_dialect(&bytes, &dialect) && is_text(dialect, "SMB 2.", 6) &&
	       !smb1_next_dialect(&bytes, &dialect);
}

static bool
check_negotiate_response(const struct smb1_block *block)
{
	struct smb1_negotiate_response response;

	return smb1_decode_negotiate_response(block, &response) && response.dialect_index == 5 &&
	       response.has_nt_part && response.security_mode == 0x0f &&
	       response.capabilities == 0x8001e3fc && is_text(response.token, "\x60", 2);
}

static bool
check_session_token(const struct smb1_block *block)
{
	struct smb1_session_setup_request request;

	return smb1_decode_session_setup_request(block, true, &request) && request.has_token &&
	       is_text(request.token, "NTLM", 4);
}

static bool
check_session_passwords(const struct smb1_block *block)
{
	struct smb1_session_setup_request request;

	return smb1_decode_session_setup_request(block, true, &request) && !request.has_token &&
	       request.password_lengths[0] == 3 && request.password_lengths[1] == 2 &&
	       is_text(request.account, "a\0l", 4) && is_text(request.domain, "D", 2);
}

static bool
check_session_response(const struct smb1_block *block)
{
	struct smb1_session_setup_response response;

	return smb1_decode_session_setup_response(block, &response) && response.action == 1 &&
	       is_text(response.token, "\xa1", 2);
}

static bool
check_tree_connect_request(const struct smb1_block *block)
{
	struct smb1_tree_connect_request request;

	return smb1_decode_tree_connect_request(block, true, &request) &&
	       is_text(request.path, "\\\0\\\0a\0\\\0b", 10) &&
	       is_text(request.service, "?????", 5);
}

static bool
check_tree_connect_response(const struct smb1_block *block)
{
	struct cursor service;

	return smb1_decode_tree_connect_response(block, &service) && is_text(service, "A:", 2);
}

static const struct decoder_case {
	const char *name;
	const uint8_t *bytes;
	size_t length;
	size_t least; /* shortest prefix that says all */
	bool (*check)(const struct smb1_block *block);
} decoder_cases[] = {
    {"negotiate request", negotiate_request, sizeof(negotiate_request), 49,
	check_negotiate_request},
    {"negotiate response", negotiate_response, sizeof(negotiate_response), 87,
	check_negotiate_response},
    {"session token", session_token, sizeof(session_token), 63, check_session_token},
    {"session passwords", session_passwords, sizeof(session_passwords), 76,
	check_session_passwords},
    {"session response", session_response, sizeof(session_response), 45, check_session_response},
    {"tree request", tree_connect_request, sizeof(tree_connect_request), 62,
	check_tree_connect_request},
    {"tree response", tree_connect_response, sizeof(tree_connect_response), 44,
	check_tree_connect_response},
};

/* Every prefix stands in a block of its own size, so that a byte too far is found. */
START_TEST(test_prefixes)
{
	const struct decoder_case *test = &decoder_cases[_i];
	struct smb1_block block;
	uint8_t *prefix;
	bool is_whole;

	for (size_t length = 0; length <= test->length; length++) {
		prefix = mem_alloc(length, 1);
		memcpy(prefix, test->bytes, length);
		is_whole = smb1_decode_block(cur_of(prefix, length), SMB1_HEADER_SIZE, &block) &&
			   test->check(&block);
		ck_assert_msg(
		    is_whole == (length >= test->least), "%s: %zu bytes", test->name, length);
		mem_free(prefix);
	}
}
END_TEST

START_TEST(test_header)
{
	struct smb1_header header;
	uint8_t prefix[SMB1_HEADER_SIZE];

	for (size_t length = 0; length < SMB1_HEADER_SIZE; length++)
		ck_assert(!smb1_decode_header(cur_of(negotiate_response, length), &header));
	ck_assert(smb1_decode_header(cur_of(negotiate_response, SMB1_HEADER_SIZE), &header));
	ck_assert_uint_eq(header.command, SMB_COM_NEGOTIATE);
	ck_assert_uint_eq(header.status, 0xc000006d);
	ck_assert_uint_eq(header.flags, 0x98);
	ck_assert_uint_eq(header.flags2, 0xc801);
	ck_assert_uint_eq(header.pid, 0x11234);
	ck_assert_uint_eq(header.tid, 5);
	ck_assert_uint_eq(header.uid, 100);
	ck_assert_uint_eq(header.mid, 7);
	memcpy(prefix, negotiate_response, sizeof(prefix));
	prefix[0] = 0xfe;
	ck_assert(!smb1_decode_header(cur_of(prefix, sizeof(prefix)), &header));
}
END_TEST

START_TEST(test_andx)
{
	struct smb1_block block;
	struct smb1_andx andx;

	ck_assert(smb1_decode_block(
	    cur_of(session_token, sizeof(session_token)), SMB1_HEADER_SIZE, &block));
	ck_assert(smb1_decode_andx(&block, &andx));
	ck_assert_uint_eq(andx.command, SMB_COM_NO_ANDX_COMMAND);
	ck_assert(smb1_decode_block(
	    cur_of(negotiate_request, sizeof(negotiate_request)), SMB1_HEADER_SIZE, &block));
	ck_assert(!smb1_decode_andx(&block, &andx));
}
END_TEST

static const struct wanted_case {
	uint8_t command;
	uint32_t length, wanted;
} wanted_cases[] = {
    {SMB_COM_NEGOTIATE, 200, 200},
    {SMB_COM_SESSION_SETUP_ANDX, 70000, 65536},
    {SMB_COM_TREE_CONNECT_ANDX, 90, 90},
    {0x2e, 60000, SMB1_HEADER_SIZE},
    {0x2f, 35, SMB1_HEADER_SIZE},
};

START_TEST(test_wanted)
{
	const struct wanted_case *test = &wanted_cases[_i];
	uint8_t head[SMB1_WANTED_NEEDS] = {0xff, 'S', 'M', 'B', test->command};

	ck_assert_uint_eq(smb1_wanted(cur_of(head, sizeof(head)), test->length), test->wanted);
}
END_TEST

Suite *
smb1_wire_suite(void)
{
	Suite *suite = suite_create("smb1_wire");
	TCase *tests = tcase_create("decoders");

	tcase_add_loop_test(tests, test_prefixes, 0, COUNT(decoder_cases));
	tcase_add_test(tests, test_header);
	tcase_add_test(tests, test_andx);
	tcase_add_loop_test(tests, test_wanted, 0, COUNT(wanted_cases));
	suite_add_tcase(suite, tests);
	return suite;
}
