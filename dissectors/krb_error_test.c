#include "dissectors/krb_error.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"

Suite *krb_error_suite(void);

static const struct names *const tables[] = {
    &kerberos_error_names,
    &kerberos_etype_names,
    &kerberos_padata_names,
    &kerberos_kdc_option_names,
    &kerberos_msg_type_names,
};

/* names_find() searches by halves. */
START_TEST(test_rows_are_sorted_and_explained)
{
	const struct names *names = tables[_i];

	for (size_t i = 0; i < names->count; i++) {
		const struct name_row *row = &names->rows[i];
		size_t length;

		if (i > 0)
			ck_assert_uint_gt(row->value, names->rows[i - 1].value);
		ck_assert_ptr_eq(names_find(names, row->value), row);
		ck_assert_ptr_eq(names_called(names, row->name), row);
		ck_assert_ptr_nonnull(row->meaning);
		length = strlen(row->meaning);
		ck_assert_uint_gt(length, 0);
		ck_assert_int_ne(row->meaning[length - 1], '.');
	}
}
END_TEST

static const struct error_case {
	uint64_t value;
	const char *name;
} error_cases[] = {
    {0, "KDC_ERR_NONE"},
    {6, "KDC_ERR_C_PRINCIPAL_UNKNOWN"},
    {7, "KDC_ERR_S_PRINCIPAL_UNKNOWN"},
    {14, "KDC_ERR_ETYPE_NOSUPP"},
    {18, "KDC_ERR_CLIENT_REVOKED"},
    {23, "KDC_ERR_KEY_EXPIRED"},
    {24, "KDC_ERR_PREAUTH_FAILED"},
    {25, "KDC_ERR_PREAUTH_REQUIRED"},
    {29, "KDC_ERR_SVC_UNAVAILABLE"},
    {31, "KRB_AP_ERR_BAD_INTEGRITY"},
    {37, "KRB_AP_ERR_SKEW"},
    {41, "KRB_AP_ERR_MODIFIED"},
    {45, "KRB_AP_ERR_NOKEY"},
    {52, "KRB_ERR_RESPONSE_TOO_BIG"},
    {60, "KRB_ERR_GENERIC"},
    {68, "KDC_ERR_WRONG_REALM"},
    {93, "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS"},
};

START_TEST(test_error_names)
{
	const struct name_row *row = names_find(&kerberos_error_names, error_cases[_i].value);

	ck_assert_ptr_nonnull(row);
	ck_assert_str_eq(row->name, error_cases[_i].name);
}
END_TEST

START_TEST(test_numbers_without_a_name)
{
	ck_assert_ptr_null(names_find(&kerberos_error_names, 30));
	ck_assert_ptr_null(names_find(&kerberos_error_names, 1000));
	ck_assert_ptr_null(names_find(&kerberos_etype_names, 0));
}
END_TEST

Suite *
krb_error_suite(void)
{
	Suite *suite = suite_create("krb_error");
	TCase *tests = tcase_create("krb_error");

	tcase_add_loop_test(tests, test_rows_are_sorted_and_explained, 0, COUNT(tables));
	tcase_add_loop_test(tests, test_error_names, 0, COUNT(error_cases));
	tcase_add_test(tests, test_numbers_without_a_name);
	suite_add_tcase(suite, tests);
	return suite;
}
