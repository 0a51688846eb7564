#include "dissectors/nt_status.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "dissectors/smb2_wire.h"

Suite *nt_status_suite(void);

START_TEST(test_table)
{
	const struct name_row *rows = nt_status_names.rows;

	ck_assert_uint_ge(nt_status_names.count, 200);
	for (size_t i = 0; i < nt_status_names.count; i++) {
		size_t length = strlen(rows[i].meaning);

		ck_assert(i == 0 || rows[i - 1].value < rows[i].value);
		ck_assert(strncmp(rows[i].name, "STATUS_", 7) == 0 ||
			  strncmp(rows[i].name, "SEC_E_", 6) == 0);
		ck_assert_ptr_eq(names_called(&nt_status_names, rows[i].name), &rows[i]);
		ck_assert_uint_gt(length, 10);
		ck_assert(rows[i].meaning[length - 1] != '.');
	}
}
END_TEST

static const struct name_case {
	uint32_t status;
	const char *name;
} name_cases[] = {
    {STATUS_PENDING, "STATUS_PENDING"},
    {STATUS_MORE_PROCESSING_REQUIRED, "STATUS_MORE_PROCESSING_REQUIRED"},
    {STATUS_ACCESS_DENIED, "STATUS_ACCESS_DENIED"},
    {STATUS_LOGON_FAILURE, "STATUS_LOGON_FAILURE"},
    {STATUS_BAD_NETWORK_NAME, "STATUS_BAD_NETWORK_NAME"},
    {0xc0000413, "STATUS_AUTHENTICATION_FIREWALL_FAILED"},
    {0xc0000418, "STATUS_NTLM_BLOCKED"},
    {0xc0000388, "STATUS_DOWNGRADE_DETECTED"},
    {0xc000035c, "STATUS_NETWORK_SESSION_EXPIRED"},
    {0xc05d0000, "STATUS_SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP"},
    {STATUS_SMB_BAD_CLUSTER_DIALECT, "STATUS_SMB_BAD_CLUSTER_DIALECT"},
    {0x8009030e, "SEC_E_NO_CREDENTIALS"},
    {0x80090308, "SEC_E_INVALID_TOKEN"},
};

START_TEST(test_name)
{
	const struct name_row *row = names_find(&nt_status_names, name_cases[_i].status);

	ck_assert_ptr_nonnull(row);
	ck_assert_str_eq(row->name, name_cases[_i].name);
}
END_TEST

static const struct kind_case {
	uint16_t command;
	uint32_t status;
	bool is_error, is_benign;
} kind_cases[] = {
    {SMB2_READ, STATUS_SUCCESS, false, true},
    {SMB2_READ, STATUS_PENDING, false, true},
    {SMB2_READ, STATUS_BUFFER_OVERFLOW, false, true},
    {SMB2_READ, STATUS_END_OF_FILE, true, true},
    {SMB2_WRITE, STATUS_END_OF_FILE, true, false},
    {SMB2_SESSION_SETUP, STATUS_MORE_PROCESSING_REQUIRED, false, true},
    {SMB2_SESSION_SETUP, 0x8009030e, true, false},
    {SMB2_CREATE, STATUS_OBJECT_NAME_NOT_FOUND, true, true},
    {SMB2_CREATE, STATUS_SHARING_VIOLATION, true, true},
    {SMB2_SET_INFO, STATUS_SHARING_VIOLATION, true, false},
    {SMB2_CREATE, STATUS_ACCESS_DENIED, true, false},
    {SMB2_IOCTL, STATUS_FS_DRIVER_REQUIRED, true, true},
    {SMB2_CREATE, STATUS_PATH_NOT_COVERED, true, true},
    {SMB2_CREATE, STATUS_STOPPED_ON_SYMLINK, false, true},
    {SMB2_TREE_DISCONNECT, STATUS_NETWORK_NAME_DELETED, true, true},
    {SMB2_READ, STATUS_NETWORK_NAME_DELETED, true, false},
    {SMB2_CHANGE_NOTIFY, STATUS_NOTIFY_ENUM_DIR, false, true},
    {SMB2_TREE_CONNECT, STATUS_BAD_NETWORK_NAME, true, false},
};

START_TEST(test_kind)
{
	const struct kind_case *test = &kind_cases[_i];

	ck_assert_int_eq(nt_status_is_error(test->status), test->is_error);
	ck_assert_int_eq(smb2_status_is_benign(test->command, test->status), test->is_benign);
}
END_TEST

Suite *
nt_status_suite(void)
{
	Suite *suite = suite_create("nt_status");
	TCase *tests = tcase_create("table");

	tcase_add_test(tests, test_table);
	tcase_add_loop_test(tests, test_name, 0, COUNT(name_cases));
	tcase_add_loop_test(tests, test_kind, 0, COUNT(kind_cases));
	suite_add_tcase(suite, tests);
	return suite;
}
