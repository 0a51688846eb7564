#include "dissectors/smb2_names.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "dissectors/smb2_wire.h"

Suite *smb2_names_suite(void);

static const struct names *const all[] = {&smb2_command_names, &smb2_ctl_code_names,
    &smb2_dialect_names, &smb2_security_mode_names, &smb2_capability_names,
    &smb2_session_flag_names, &smb2_share_type_names, &smb2_share_flag_names,
    &smb2_share_capability_names, &smb2_hash_names, &smb2_cipher_names, &smb2_signing_names,
    &smb2_compression_names, &smb2_error_id_names, &smb2_access_names, &smb2_file_attribute_names,
    &smb2_share_access_names, &smb2_create_disposition_names, &smb2_create_option_names,
    &smb2_create_action_names, &smb2_impersonation_names, &smb2_oplock_level_names,
    &smb2_lease_state_names, &smb2_lock_flag_names, &smb2_info_type_names, &smb2_info_class_names,
    &smb2_completion_filter_names, &smb2_query_directory_flag_names};

START_TEST(test_sorted)
{
	ck_assert_uint_ne(all[_i]->count, 0);
	for (size_t j = 1; j < all[_i]->count; j++)
		ck_assert_uint_lt(all[_i]->rows[j - 1].value, all[_i]->rows[j].value);
}
END_TEST

/* Each bit has a name of its own, so that flags can be written as a list of names. */
START_TEST(test_flags)
{
	static const struct names *const flags[] = {&smb2_access_names, &smb2_file_attribute_names,
	    &smb2_share_access_names, &smb2_create_option_names, &smb2_lease_state_names,
	    &smb2_lock_flag_names, &smb2_completion_filter_names, &smb2_query_directory_flag_names,
	    &smb2_share_capability_names};

	for (size_t i = 0; i < COUNT(flags); i++)
		for (size_t j = 0; j < flags[i]->count; j++)
			ck_assert_uint_eq(
			    flags[i]->rows[j].value & (flags[i]->rows[j].value - 1), 0);
}
END_TEST

START_TEST(test_info_classes)
{
	ck_assert_str_eq(names_text(&smb2_info_class_names,
			     SMB2_INFO_CLASS(SMB2_0_INFO_FILE, FileRenameInformation)),
	    "FileRenameInformation");
	ck_assert_str_eq(
	    names_text(&smb2_info_class_names, SMB2_INFO_CLASS(SMB2_0_INFO_FILESYSTEM, 5)),
	    "FileFsAttributeInformation");
	ck_assert_ptr_null(
	    names_find(&smb2_info_class_names, SMB2_INFO_CLASS(SMB2_0_INFO_SECURITY, 0)));
}
END_TEST

Suite *
smb2_names_suite(void)
{
	Suite *suite = suite_create("smb2_names");
	TCase *tests = tcase_create("names");

	tcase_add_loop_test(tests, test_sorted, 0, (int)COUNT(all));
	tcase_add_test(tests, test_flags);
	tcase_add_test(tests, test_info_classes);
	suite_add_tcase(suite, tests);
	return suite;
}
