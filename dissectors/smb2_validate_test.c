#include "dissectors/smb2_validate.h"

#include <check.h>

#include "dissectors/nt_status.h"
#include "dissectors/smb_bench.h"

Suite *smb2_validate_suite(void);

static const uint16_t offered[] = {0x0202, 0x0210, 0x0300};
static const uint16_t other[] = {0x0202, 0x0210, 0x0300, 0x0302};

static void
negotiate(struct bench *bench)
{
	put_smb2(bench, SMB2_NEGOTIATE, 0, 0, 0, 0, 0);
	put_negotiate(bench, offered, 3, 0x7f);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, STATUS_SUCCESS, 0, 0, 0);
	put_negotiated(bench, 0x0300, 0x67);
	send_message(bench, SERVER);
}

static void
ask(struct bench *bench, const uint16_t *dialects, size_t count, uint32_t capabilities)
{
	put_smb2(bench, SMB2_IOCTL, SMB2_FLAGS_SIGNED, 0, 4, 0x41, 5);
	put_validate(bench, dialects, count, capabilities);
	send_message(bench, CLIENT);
}

static void
answer(struct bench *bench, uint32_t flags, uint16_t dialect, uint32_t capabilities)
{
	put_smb2(bench, SMB2_IOCTL, RESPONSE | flags, STATUS_SUCCESS, 4, 0x41, 5);
	put_validated(bench, dialect, capabilities);
	send_message(bench, SERVER);
}

START_TEST(test_equal)
{
	struct bench *bench = bench_open();
	const struct smb2_validate_negotiate *validate;

	negotiate(bench);
	ask(bench, offered, 3, 0x7f);
	answer(bench, SMB2_FLAGS_SIGNED, 0x0300, 0x67);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	validate = only_of(bench, &smb2_validate_negotiate_type);
	assert_number(validate->is_request_altered, false);
	assert_number(validate->is_answer_altered, false);
	ck_assert_ptr_null(validate->differences);
	assert_number(validate->is_answer_signed, true);
	assert_number(validate->max_output_response, 24);
	assert_number(validate->negotiate_response_dialect, 0x0300);
	assert_number(validate->dialect, 0x0300);
	ck_assert(validate->is_request_signed);
	ck_assert(validate->base.is_last);
	ck_assert_str_eq(validate->guid, validate->negotiate_guid);
	ck_assert_str_eq(validate->response_guid, validate->negotiate_response_guid);
	bench_close(bench);
}
END_TEST

START_TEST(test_request_altered)
{
	struct bench *bench = bench_open();
	const struct smb2_validate_negotiate *validate;

	negotiate(bench);
	ask(bench, other, 4, 0x3f);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_SERVER);
	validate = only_of(bench, &smb2_validate_negotiate_type);
	ck_assert_int_eq(validate->base.outcome, OUTCOME_CLOSED);
	assert_number(validate->is_request_altered, true);
	ck_assert(!validate->is_answer_altered.is_known);
	ck_assert(!validate->is_answer_signed.is_known);
	ck_assert_str_eq(validate->differences,
	    "Capabilities: 0x0000003F here, 0x0000007F in NEGOTIATE; "
	    "Dialects: 0x0202,0x0210,0x0300,0x0302 here, 0x0202,0x0210,0x0300 in NEGOTIATE");
	bench_close(bench);
}
END_TEST

START_TEST(test_answer_altered)
{
	struct bench *bench = bench_open();
	const struct smb2_validate_negotiate *validate;

	negotiate(bench);
	ask(bench, offered, 3, 0x7f);
	answer(bench, 0, 0x0210, 0x07);
	validate = only_of(bench, &smb2_validate_negotiate_type);
	assert_number(validate->is_request_altered, false);
	assert_number(validate->is_answer_altered, true);
	assert_number(validate->is_answer_signed, false);
	ck_assert_str_eq(validate->differences,
	    "Capabilities of the server: 0x00000007 here, 0x00000067 in NEGOTIATE; "
	    "Dialect: 0x0210 here, 0x0300 in NEGOTIATE");
	bench_close(bench);
}
END_TEST

START_TEST(test_both_altered)
{
	struct bench *bench = bench_open();
	const struct smb2_validate_negotiate *validate;

	negotiate(bench);
	ask(bench, offered, 3, 0x3f);
	answer(bench, SMB2_FLAGS_SIGNED, 0x0210, 0x67);
	validate = only_of(bench, &smb2_validate_negotiate_type);
	assert_number(validate->is_request_altered, true);
	assert_number(validate->is_answer_altered, true);
	ck_assert_str_eq(validate->differences,
	    "Capabilities: 0x0000003F here, 0x0000007F in NEGOTIATE; "
	    "Dialect: 0x0210 here, 0x0300 in NEGOTIATE");
	bench_close(bench);
}
END_TEST

START_TEST(test_negotiate_not_captured)
{
	struct bench *bench = bench_open();
	const struct smb2_validate_negotiate *validate;

	ask(bench, offered, 3, 0x7f);
	answer(bench, SMB2_FLAGS_SIGNED, 0x0300, 0x67);
	validate = only_of(bench, &smb2_validate_negotiate_type);
	ck_assert(!validate->is_request_altered.is_known);
	ck_assert(!validate->is_answer_altered.is_known);
	ck_assert(!validate->dialect.is_known);
	bench_close(bench);
}
END_TEST

START_TEST(test_request_not_captured)
{
	struct bench *bench = bench_open();
	const struct smb2_validate_negotiate *validate;

	negotiate(bench);
	nbss_dissector.gap(bench->state, CLIENT, DOUBT_PACKETS_MISSING);
	answer(bench, SMB2_FLAGS_SIGNED, 0x0300, 0x67);
	validate = only_of(bench, &smb2_validate_negotiate_type);
	ck_assert_int_eq(validate->base.doubt, DOUBT_PACKETS_MISSING);
	ck_assert(!validate->is_request_altered.is_known);
	assert_number(validate->is_answer_altered, false);
	bench_close(bench);
}
END_TEST

START_TEST(test_not_supported)
{
	struct bench *bench = bench_open();
	const struct smb2_validate_negotiate *validate;

	negotiate(bench);
	ask(bench, offered, 3, 0x7f);
	put_smb2(bench, SMB2_IOCTL, RESPONSE | SMB2_FLAGS_SIGNED, STATUS_FILE_CLOSED, 4, 0x41, 5);
	put_error(bench);
	send_message(bench, SERVER);
	validate = only_of(bench, &smb2_validate_negotiate_type);
	assert_number(validate->status, STATUS_FILE_CLOSED);
	ck_assert(!validate->is_answer_altered.is_known);
	ck_assert(!validate->response_dialect.is_known);
	bench_close(bench);
}
END_TEST

Suite *
smb2_validate_suite(void)
{
	Suite *suite = suite_create("smb2_validate");
	TCase *tests = tcase_create("validate");

	tcase_add_test(tests, test_equal);
	tcase_add_test(tests, test_request_altered);
	tcase_add_test(tests, test_answer_altered);
	tcase_add_test(tests, test_both_altered);
	tcase_add_test(tests, test_negotiate_not_captured);
	tcase_add_test(tests, test_request_not_captured);
	tcase_add_test(tests, test_not_supported);
	suite_add_tcase(suite, tests);
	return suite;
}
