#include "dissectors/smb2_session_wire.h"

#include "dissectors/smb2_samples.h"

Suite *smb2_session_wire_suite(void);

/* clang-format off */

/* [MS-SMB2] 2.2.3 with the contexts of 2.2.3.1. */
static const uint8_t negotiate_request[] = {
	HEADER(0x00, 0x00),
	0x24, 0x00, 0x02, 0x00,          /* StructureSize 36, DialectCount */
	0x01, 0x00, 0x00, 0x00,          /* SecurityMode, Reserved */
	0x7f, 0x00, 0x00, 0x00,          /* Capabilities */
	GUID,                            /* ClientGuid */
	0x68, 0x00, 0x00, 0x00,          /* NegotiateContextOffset */
	0x07, 0x00, 0x00, 0x00,          /* NegotiateContextCount, Reserved2 */
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
	/* TRANSPORT_CAPABILITIES, 4 bytes */
	0x06, 0x00, 0x04, 0x00, 0, 0, 0, 0,
	0x01, 0x00, 0x00, 0x00, 0, 0, 0, 0,
	/* RDMA_TRANSFORM_CAPABILITIES, 10 bytes: encryption */
	0x07, 0x00, 0x0a, 0x00, 0, 0, 0, 0,
	0x01, 0x00, 0, 0, 0, 0, 0, 0, 0x01, 0x00, 0, 0, 0, 0, 0, 0,
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
	0x01, 0, 0, 0, 0, 0, 0xd7, 0x01, /* SystemTime */
	0, 0, 0, 0, 0, 0, 0, 0,          /* ServerStartTime */
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
	0x20, 0, 0, 0, 0x01, 0x00,       /* TreeConnectContextOffset, TreeConnectContextCount */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    /* Reserved */
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

/* [MS-SMB2] 2.2.7 and 2.2.8. */
static const uint8_t logoff_request[] = {HEADER(0x02, 0x00), 0x04, 0x00, 0x00, 0x00};
static const uint8_t logoff_response[] = {HEADER(0x02, 0x01), 0x04, 0x00, 0x00, 0x00};

/* [MS-SMB2] 2.2.11 and 2.2.12. */
static const uint8_t tree_disconnect_request[] = {HEADER(0x04, 0x00), 0x04, 0x00, 0x00, 0x00};
static const uint8_t tree_disconnect_response[] = {HEADER(0x04, 0x01), 0x04, 0x00, 0x00, 0x00};

/* clang-format on */

static bool
check_negotiate_request(struct cursor message)
{
	union smb2_body body;
	const struct smb2_negotiate_request *request = &body.negotiate_request;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(request->security_mode, 1);
	ck_assert_uint_eq(request->capabilities, 0x7f);
	assert_guid(request->client_guid);
	assert_list(request->dialects, 2, 0x0302);
	ck_assert_int_eq(
	    request->contexts.is_known, cur_left(&message) == sizeof(negotiate_request));
	if (!request->contexts.is_known)
		return true;
	ck_assert_uint_eq(request->contexts.present,
	    1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8);
	assert_list(request->contexts.hashes, 1, 1);
	assert_list(request->contexts.ciphers, 2, 2);
	assert_list(request->contexts.compressions, 1, 2);
	assert_list(request->contexts.signings, 1, 2);
	assert_list(request->contexts.rdma_transforms, 1, 1);
	ck_assert_uint_eq(request->contexts.transport_flags, 1);
	assert_chars(request->contexts.netname, "f\0s\0001", 6);
	return true;
}

static bool
check_negotiate_response(struct cursor message)
{
	union smb2_body body;
	const struct smb2_negotiate_response *response = &body.negotiate_response;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(response->security_mode, 3);
	ck_assert_uint_eq(response->dialect, 0x0311);
	assert_guid(response->server_guid);
	ck_assert_uint_eq(response->system_time, 0x01d7000000000001);
	ck_assert_uint_eq(response->server_start_time, 0);
	ck_assert_uint_eq(response->capabilities, 0x2f);
	ck_assert_uint_eq(response->max_transact_size, 0x100000);
	ck_assert_uint_eq(response->max_read_size, 0x200000);
	ck_assert_uint_eq(response->max_write_size, 0x400000);
	if (!response->contexts.is_known)
		return true;
	assert_chars(response->token, "\x60\x01\x02", 3);
	assert_list(response->contexts.ciphers, 1, 2);
	return true;
}

static bool
check_session_setup_request(struct cursor message)
{
	union smb2_body body;
	const struct smb2_session_setup_request *request = &body.session_setup_request;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(request->flags, SMB2_SESSION_FLAG_BINDING);
	ck_assert_uint_eq(request->security_mode, 2);
	ck_assert_uint_eq(request->previous_session_id, 0x2200000000000011);
	if (cur_left(&message) < 88)
		ck_assert(!cur_ok(&request->token));
	else
		assert_chars(request->token, "NTLM", cur_left(&message) - 88);
	return true;
}

static bool
check_session_setup_response(struct cursor message)
{
	union smb2_body body;
	const struct smb2_session_setup_response *response = &body.session_setup_response;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(response->session_flags, 5);
	assert_chars(response->token, "\xa1", cur_left(&message) - 72);
	return true;
}

static bool
check_tree_connect_request(struct cursor message)
{
	union smb2_body body;
	const struct smb2_tree_connect_request *request = &body.tree_connect_request;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(request->context_count,
	    request->flags == SMB2_TREE_CONNECT_FLAG_EXTENSION_PRESENT && cur_left(&message) >= 78);
	if (cur_ok(&request->path))
		assert_chars(request->path, "\\\0\\\0a\0\\\0b", 10);
	else
		ck_assert_uint_lt(cur_left(&message), sizeof(tree_connect_extended));
	return true;
}

static bool
check_tree_connect_response(struct cursor message)
{
	union smb2_body body;
	const struct smb2_tree_connect_response *response = &body.tree_connect_response;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(response->share_type, SMB2_SHARE_TYPE_PIPE);
	ck_assert_uint_eq(response->share_flags, 0x8030);
	ck_assert_uint_eq(response->capabilities, 0x10);
	ck_assert_uint_eq(response->maximal_access, 0x1f01ff);
	return true;
}

static bool
check_nothing(struct cursor message)
{
	union smb2_body body;

	return decode(message, &body);
}

static const struct decoder_case cases[] = {
    {"negotiate request", SAMPLE(negotiate_request), 104, 64, check_negotiate_request},
    {"negotiate response", SAMPLE(negotiate_response), 128, 64, check_negotiate_response},
    {"session setup request", SAMPLE(session_setup_request), 88, 64, check_session_setup_request},
    {"session setup response", SAMPLE(session_setup_response), 72, 64,
	check_session_setup_response},
    {"logoff request", SAMPLE(logoff_request), 68, 64, check_nothing},
    {"logoff response", SAMPLE(logoff_response), 68, 64, check_nothing},
    {"tree connect request", SAMPLE(tree_connect_request), 72, 64, check_tree_connect_request},
    {"tree connect extended", SAMPLE(tree_connect_extended), 72, 64, check_tree_connect_request},
    {"tree connect response", SAMPLE(tree_connect_response), 80, 64, check_tree_connect_response},
    {"tree disconnect request", SAMPLE(tree_disconnect_request), 68, 64, check_nothing},
    {"tree disconnect response", SAMPLE(tree_disconnect_response), 68, 64, check_nothing},
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
touch_contexts(const struct smb2_contexts *contexts)
{
	touch(contexts->hashes);
	touch(contexts->ciphers);
	touch(contexts->compressions);
	touch(contexts->signings);
	touch(contexts->rdma_transforms);
	touch(contexts->netname);
}

static void
read_all(struct cursor message)
{
	struct smb2_header header;
	union smb2_body body;
	bool is_response;

	if (!smb2_decode_header(message, &header) || !smb2_decode_body(&header, message, &body))
		return;
	is_response = (header.flags & SMB2_FLAGS_SERVER_TO_REDIR) != 0;
	if (header.command == SMB2_NEGOTIATE && is_response) {
		touch(body.negotiate_response.token);
		touch_contexts(&body.negotiate_response.contexts);
	} else if (header.command == SMB2_NEGOTIATE) {
		touch(body.negotiate_request.dialects);
		touch_contexts(&body.negotiate_request.contexts);
	} else if (header.command == SMB2_SESSION_SETUP) {
		touch(is_response ? body.session_setup_response.token
				  : body.session_setup_request.token);
	} else if (header.command == SMB2_TREE_CONNECT && !is_response) {
		touch(body.tree_connect_request.path);
	}
}

START_TEST(test_lies)
{
	try_lies(&cases[_i], read_all);
}
END_TEST

/* A list that is longer than the message. */
START_TEST(test_dialect_count)
{
	uint8_t copy[sizeof(negotiate_request)];
	union smb2_body body;

	memcpy(copy, negotiate_request, sizeof(copy));
	copy[66] = copy[67] = 0xff;
	ck_assert(!decode(cur_of(copy, sizeof(copy)), &body));
}
END_TEST

/* Contexts beyond the message, or with lists longer than they are: unknown, not absent. */
START_TEST(test_lying_contexts)
{
	static const size_t places[] = {64 + 28, 64 + 32, 104 + 2, 104 + 8};
	uint8_t copy[sizeof(negotiate_request)];
	union smb2_body body;

	memcpy(copy, negotiate_request, sizeof(copy));
	copy[places[_i]] = copy[places[_i] + 1] = 0xff;
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	ck_assert(!body.negotiate_request.contexts.is_known);
}
END_TEST

/* Below 3.1.1 the place of the contexts is ClientStartTime. */
START_TEST(test_no_contexts)
{
	uint8_t copy[sizeof(negotiate_request)];
	union smb2_body body;

	memcpy(copy, negotiate_request, sizeof(copy));
	copy[102] = 0x00;
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	ck_assert(body.negotiate_request.contexts.is_known);
	ck_assert_uint_eq(body.negotiate_request.contexts.present, 0);
}
END_TEST

/* An error answer to SESSION_SETUP has the same StructureSize. */
START_TEST(test_session_error)
{
	static const uint8_t tail[] = {0x09, 0, 0, 0, 0x01, 0, 0x01, 0, 0};
	uint8_t message[64 + sizeof(tail)];
	union smb2_body body;

	memcpy(message, session_setup_response, 64);
	memcpy(message + 64, tail, sizeof(tail));
	ck_assert(!decode(cur_of(message, sizeof(message)), &body));
}
END_TEST

Suite *
smb2_session_wire_suite(void)
{
	Suite *suite = suite_create("smb2_session_wire");
	TCase *tests = tcase_create("decoders");

	tcase_add_loop_test(tests, test_prefixes, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_wrong_size, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_lies, 0, (int)COUNT(cases));
	tcase_add_test(tests, test_dialect_count);
	tcase_add_loop_test(tests, test_lying_contexts, 0, 4);
	tcase_add_test(tests, test_no_contexts);
	tcase_add_test(tests, test_session_error);
	suite_add_tcase(suite, tests);
	return suite;
}
