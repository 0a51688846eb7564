#include "analyzer/report/code_word.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "dissectors/krb_error.h"
#include "dissectors/nt_status.h"

Suite *code_word_suite(void);

static const struct code_list codes = {
    {{&nt_status_names, true}, {&kerberos_error_names, false}}, 2};

static const struct {
	const char *word;
	const char *names[3]; /* as many as it stands for */
} words[] = {
    {"STATUS_LOGON_FAILURE", {"STATUS_LOGON_FAILURE"}},
    {"status_logon_failure", {"STATUS_LOGON_FAILURE"}},
    {"Logon_Failure", {"STATUS_LOGON_FAILURE"}},
    {"NT_STATUS_LOGON_FAILURE", {"STATUS_LOGON_FAILURE"}},
    {"SMB_BAD_CLUSTER_DIALECT", {"STATUS_SMB_BAD_CLUSTER_DIALECT"}},
    {"bad_cluster_dialect", {"STATUS_SMB_BAD_CLUSTER_DIALECT"}},
    {"invalid_token", {"SEC_E_INVALID_TOKEN", "STATUS_INVALID_TOKEN"}},
    {"0xC000006D", {"STATUS_LOGON_FAILURE"}},
    {"0Xc000006d", {"STATUS_LOGON_FAILURE"}},
    {"-1073741715", {"STATUS_LOGON_FAILURE"}},
    {"3221225581", {"STATUS_LOGON_FAILURE"}},
    {"-2146893048", {"SEC_E_INVALID_TOKEN"}},
    {"0x00000000", {"STATUS_SUCCESS"}},
    {"0x103", {"STATUS_PENDING"}},
    {"128", {"STATUS_ABANDONED"}},
    {"0", {"KDC_ERR_NONE"}},
    {"37", {"KRB_AP_ERR_SKEW"}},
    {"0x25", {"KRB_AP_ERR_SKEW"}},
    {"0x7", {"KDC_ERR_S_PRINCIPAL_UNKNOWN"}},
    {"0x07", {"KDC_ERR_S_PRINCIPAL_UNKNOWN"}},
    {"skew", {"KRB_AP_ERR_SKEW"}},
    {"ap_err_skew", {NULL}},
    {"KRB5KRB_AP_ERR_SKEW", {"KRB_AP_ERR_SKEW"}},
    {"KDC_ERR_SKEW", {"KRB_AP_ERR_SKEW"}}, /* the prefix of another one */
    {"KDC_ERR_SKEWED", {NULL}},
    {"KRB5KDC_ERR_PREAUTH_FAILED", {"KDC_ERR_PREAUTH_FAILED"}},
    {"KRB5KRB_ERR_GENERIC", {"KRB_ERR_GENERIC"}},
    {"path_not_accepted", {"KDC_ERR_PATH_NOT_ACCEPTED", "KRB_AP_PATH_NOT_ACCEPTED"}},
    {"127", {NULL}},
    {"0x7f", {NULL}},
    {"0xC0001234", {NULL}},
    {"4294967296", {NULL}},
    {"-2147483649", {NULL}},
    {"99999999999999999999", {NULL}},
    {"0x", {NULL}},
    {"-", {NULL}},
    {"", {NULL}},
    {"STATUS_", {NULL}},
    {"12a", {NULL}},
};

START_TEST(words_are_found)
{
	struct code_word found[CODE_WORD_MOST];
	size_t count = code_word_find(&codes, words[_i].word, found), wanted = 0;

	while (words[_i].names[wanted] != NULL)
		wanted++;
	ck_assert_msg(count == wanted, "%s: %zu", words[_i].word, count);
	for (size_t i = 0; i < count; i++)
		ck_assert_str_eq(found[i].row->name, words[_i].names[i]);
}
END_TEST

START_TEST(every_code_is_found)
{
	struct code_word found[CODE_WORD_MOST];

	for (size_t i = 0; i < codes.count; i++)
		for (size_t j = 0; j < codes.tables[i].names->count; j++) {
			const struct name_row *row = &codes.tables[i].names->rows[j];

			ck_assert_uint_ge(code_word_find(&codes, row->name, found), 1);
			ck_assert_ptr_eq(found[0].row, row);
			ck_assert_uint_ge(
			    code_word_find(&codes, code_word_short(row->name), found), 1);
		}
}
END_TEST

START_TEST(numbers_are_told_from_words)
{
	ck_assert(code_word_is_number("37"));
	ck_assert(code_word_is_number("-5"));
	ck_assert(code_word_is_number("0xAf"));
	ck_assert(!code_word_is_number("0x"));
	ck_assert(!code_word_is_number("-0x5"));
	ck_assert(!code_word_is_number("-"));
	ck_assert(!code_word_is_number(""));
	ck_assert(!code_word_is_number("0xg"));
	ck_assert(!code_word_is_number("1 "));
}
END_TEST

Suite *
code_word_suite(void)
{
	Suite *suite = suite_create("code_word");
	TCase *tests = tcase_create("words");

	tcase_add_loop_test(tests, words_are_found, 0, COUNT(words));
	tcase_add_test(tests, every_code_is_found);
	tcase_add_test(tests, numbers_are_told_from_words);
	suite_add_tcase(suite, tests);
	return suite;
}
