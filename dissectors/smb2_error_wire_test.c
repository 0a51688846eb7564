#include "dissectors/smb2_error_wire.h"

#include "dissectors/smb2_samples.h"

Suite *smb2_error_wire_suite(void);

/* clang-format off */

/* [MS-SMB2] 2.2.2 with two contexts of 2.2.2.1, the second at the next multiple of 8. */
static const uint8_t contexts[] = {
	HEADER(0x03, 0x01),
	0x09, 0x00, 0x02, 0x00,          /* StructureSize 9, ErrorContextCount */
	0x1a, 0x00, 0x00, 0x00,          /* ByteCount */
	0x04, 0x00, 0x00, 0x00,          /* ErrorDataLength */
	0x53, 0x52, 0x64, 0x72,          /* ErrorId: share redirect */
	0x01, 0x02, 0x03, 0x04, 0, 0, 0, 0,
	0x02, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00,          /* ErrorId: default */
	0x11, 0x03,
};

/* Without a context, as before 3.1.1: [MS-SMB2] 2.2.2.2.1. */
#define SYMBOLIC_LINK \
	0x2e, 0x00, 0x00, 0x00,          /* SymLinkLength */ \
	'S', 'Y', 'M', 'L',              /* SymLinkErrorTag */ \
	0x0c, 0x00, 0x00, 0xa0,          /* ReparseTag */ \
	0x16, 0x00, 0x04, 0x00,          /* ReparseDataLength, UnparsedPathLength */ \
	0x06, 0x00, 0x04, 0x00,          /* SubstituteNameOffset, SubstituteNameLength */ \
	0x00, 0x00, 0x06, 0x00,          /* PrintNameOffset, PrintNameLength */ \
	0x01, 0x00, 0x00, 0x00,          /* Flags: relative */ \
	'a', 0, '\\', 0, 'b', 0, 'c', 0, 'd', 0

static const uint8_t plain_link[] = {
	HEADER(0x05, 0x01),
	0x09, 0x00, 0x00, 0x00,          /* StructureSize 9, ErrorContextCount */
	0x26, 0x00, 0x00, 0x00,          /* ByteCount */
	SYMBOLIC_LINK,
};

static const uint8_t link_context[] = {
	HEADER(0x05, 0x01),
	0x09, 0x00, 0x01, 0x00,
	0x2e, 0x00, 0x00, 0x00,
	0x26, 0, 0, 0, 0, 0, 0, 0,       /* ErrorDataLength, ErrorId: default */
	SYMBOLIC_LINK,
};

/* [MS-SMB2] 2.2.2.2.2. */
static const uint8_t redirect[] = {
	0x30, 0, 0, 0, 0x03, 0, 0, 0,    /* StructureSize, NotificationType */
	0x60, 0, 0, 0, 0x04, 0, 0, 0,    /* ResourceNameOffset, ResourceNameLength */
	0x00, 0x00, 0x00, 0x00,          /* Flags, TargetType */
	0x03, 0, 0, 0,                   /* IPAddrCount */
	0x01, 0, 0, 0, 0, 0, 0, 0,       /* MOVE_DST_IPADDR: Type IPv4 */
	10, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x02, 0, 0, 0, 0, 0, 0, 0,       /* Type IPv6 */
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x07,
	0x09, 0, 0, 0, 0, 0, 0, 0,       /* of no known type */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	's', 0, 'h', 0,
};

/* clang-format on */

static bool
check_contexts(struct cursor message)
{
	struct smb2_error error;

	if (!smb2_decode_error(message, &error))
		return false;
	ck_assert_int_eq(error.has_error_id, cur_left(&message) >= 80);
	if (!error.has_error_id)
		return true;
	ck_assert_uint_eq(error.error_id, SMB2_ERROR_ID_SHARE_REDIRECT);
	if (cur_left(&message) < 84)
		ck_assert(!cur_ok(&error.data));
	else
		assert_chars(error.data, "\1\2\3\4", 4);
	if (!smb2_next_error(&error)) {
		ck_assert_uint_lt(cur_left(&message), 96);
		return true;
	}
	ck_assert_uint_eq(error.error_id, SMB2_ERROR_ID_DEFAULT);
	if (cur_left(&message) == sizeof(contexts))
		assert_list(error.data, 1, 0x0311);
	ck_assert(!smb2_next_error(&error));
	return true;
}

/* Of both forms: LEAST bytes hold the link's head. */
static bool
check_link(struct cursor message, size_t least)
{
	struct smb2_symbolic_link link;
	struct smb2_error error;

	if (!smb2_decode_error(message, &error))
		return false;
	ck_assert_int_eq(smb2_decode_symbolic_link(error.data, &link), cur_left(&message) >= least);
	if (cur_left(&message) < least)
		return true;
	ck_assert_uint_eq(link.unparsed_path_length, 4);
	ck_assert(link.is_relative);
	assert_utf16(link.print_name, "a\\b");
	assert_utf16(link.substitute_name, "cd");
	return true;
}

/* The data must be there as a whole. */
static bool
check_plain_link(struct cursor message)
{
	return check_link(message, sizeof(plain_link));
}

static bool
check_link_context(struct cursor message)
{
	return check_link(message, sizeof(link_context));
}

static bool
check_redirect(struct cursor data)
{
	static const uint8_t ipv4[] = {10, 1, 2, 3};
	struct smb2_share_redirect found;
	struct addr addr, expected = addr_ipv4(ipv4);
	size_t count = 0;

	if (!smb2_decode_share_redirect(data, &found))
		return false;
	ck_assert_uint_eq(found.address_count, 3);
	while (smb2_next_redirect(&found.addresses, &addr))
		if (count++ == 0)
			ck_assert(addr_equal(&addr, &expected));
		else if (count == 2)
			ck_assert_int_eq(addr.family, ADDR_IPV6);
		else
			ck_assert_int_eq(addr.family, ADDR_NONE);
	ck_assert_uint_eq(count, cur_left(&data) >= 96 ? 3 : (cur_left(&data) - 24) / 24);
	if (cur_left(&data) == sizeof(redirect))
		assert_utf16(found.resource_name, "sh");
	else
		ck_assert(!cur_ok(&found.resource_name));
	return true;
}

static const struct decoder_case cases[] = {
    {"contexts", SAMPLE(contexts), 72, 64, check_contexts},
    {"symbolic link", SAMPLE(plain_link), 72, 64, check_plain_link},
    {"symbolic link in a context", SAMPLE(link_context), 72, 64, check_link_context},
    {"share redirect", SAMPLE(redirect), 24, 4, check_redirect},
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
read_error(struct cursor message)
{
	struct smb2_symbolic_link link;
	struct smb2_error error;

	if (!smb2_decode_error(message, &error))
		return;
	do {
		touch(error.data);
		if (smb2_decode_symbolic_link(error.data, &link)) {
			touch(link.substitute_name);
			touch(link.print_name);
		}
	} while (smb2_next_error(&error));
}

static void
read_redirect(struct cursor data)
{
	struct smb2_share_redirect found;
	struct addr addr;

	if (!smb2_decode_share_redirect(data, &found))
		return;
	touch(found.resource_name);
	while (smb2_next_redirect(&found.addresses, &addr))
		ck_assert_uint_lt(cur_left(&found.addresses), sizeof(redirect));
}

START_TEST(test_lies)
{
	try_lies(&cases[_i], cases[_i].check == check_redirect ? read_redirect : read_error);
}
END_TEST

/* Data without a context: a length, a dialect, and none. */
START_TEST(test_plain_data)
{
	static const uint8_t tail[] = {0x09, 0, 0, 0, 0x04, 0, 0, 0, 0x10, 0x02, 0, 0};
	uint8_t message[64 + sizeof(tail)];
	struct smb2_error error;
	uint32_t length = 0;
	uint16_t dialect = 0;

	memcpy(message, contexts, 64);
	memcpy(message + 64, tail, sizeof(tail));
	ck_assert(smb2_decode_error(cur_of(message, sizeof(message)), &error));
	ck_assert(!error.has_error_id);
	ck_assert(!smb2_next_error(&error));
	ck_assert(smb2_decode_required_length(error.data, &length));
	ck_assert_uint_eq(length, 0x0210);
	ck_assert(smb2_decode_cluster_dialect(error.data, &dialect));
	ck_assert_uint_eq(dialect, 0x0210);
	message[68] = 0;
	ck_assert(smb2_decode_error(cur_of(message, sizeof(message)), &error));
	ck_assert(!smb2_decode_required_length(error.data, &length));
	ck_assert(!smb2_decode_cluster_dialect(error.data, &dialect));
}
END_TEST

/* A link of another kind is none that SMB2 stops on. */
START_TEST(test_other_tags)
{
	uint8_t copy[sizeof(plain_link)];
	struct smb2_symbolic_link link;
	struct smb2_error error;
	static const size_t places[] = {72 + 4, 72 + 8};

	for (size_t i = 0; i < COUNT(places); i++) {
		memcpy(copy, plain_link, sizeof(copy));
		copy[places[i]] ^= 1;
		ck_assert(smb2_decode_error(cur_of(copy, sizeof(copy)), &error));
		ck_assert(!smb2_decode_symbolic_link(error.data, &link));
	}
}
END_TEST

Suite *
smb2_error_wire_suite(void)
{
	Suite *suite = suite_create("smb2_error_wire");
	TCase *tests = tcase_create("decoders");

	tcase_add_loop_test(tests, test_prefixes, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_wrong_size, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_lies, 0, (int)COUNT(cases));
	tcase_add_test(tests, test_plain_data);
	tcase_add_test(tests, test_other_tags);
	suite_add_tcase(suite, tests);
	return suite;
}
