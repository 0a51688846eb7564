/* What the explanations built into the program must cover, by the section that names the codes. */
#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "dissectors/krb_error.h"
#include "dissectors/nt_status.h"
#include "dissectors/registry.h"
#include "rules/explanation.h"

Suite *explained_suite(void);

#define MOST_CODES 64

static const struct {
	const char *section;
	const char *exchange;
	const char *codes[MOST_CODES];
} required[] = {
    {"MS-SMB2 3.3.5.4, 3.3.5.2.4", "smb_negotiate",
	{"STATUS_NOT_SUPPORTED", "STATUS_INVALID_PARAMETER", "STATUS_INSUFFICIENT_RESOURCES",
	    "STATUS_SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP", "STATUS_ACCESS_DENIED",
	    "STATUS_INSUFF_SERVER_RESOURCES", "STATUS_REQUEST_NOT_ACCEPTED"}},
    {"MS-SMB2 3.3.5.5, 3.3.5.5.3, 3.3.5.2.4, 3.3.5.2.9", "smb2_session_setup",
	{"STATUS_ACCESS_DENIED", "STATUS_USER_SESSION_DELETED", "STATUS_INVALID_PARAMETER",
	    "STATUS_REQUEST_NOT_ACCEPTED", "STATUS_NOT_SUPPORTED",
	    "STATUS_MORE_PROCESSING_REQUIRED", "STATUS_NETWORK_SESSION_EXPIRED",
	    "STATUS_LOGON_FAILURE", "STATUS_INSUFFICIENT_RESOURCES",
	    "STATUS_INSUFF_SERVER_RESOURCES", "STATUS_NO_MEMORY", "STATUS_TOO_MANY_SESSIONS",
	    "STATUS_REMOTE_SESSION_LIMIT", "STATUS_CONNECTION_COUNT_LIMIT", "SEC_E_INVALID_TOKEN",
	    "SEC_E_NO_CREDENTIALS", "STATUS_SERVER_UNAVAILABLE", "STATUS_UNSUCCESSFUL",
	    "STATUS_INTERNAL_ERROR", "STATUS_IO_TIMEOUT"}},
    {"MS-SMB2 3.3.5.7, 3.3.5.2.9, 3.3.5.2.11; MS-CIFS 3.3.5.45", "smb2_tree_connect",
	{"STATUS_ACCESS_DENIED", "STATUS_BAD_NETWORK_NAME", "STATUS_BAD_NETWORK_PATH",
	    "STATUS_INVALID_PARAMETER", "STATUS_SMB_BAD_CLUSTER_DIALECT",
	    "STATUS_REQUEST_NOT_ACCEPTED", "STATUS_USER_SESSION_DELETED",
	    "STATUS_NETWORK_SESSION_EXPIRED", "STATUS_NETWORK_NAME_DELETED",
	    "STATUS_INSUFFICIENT_RESOURCES", "STATUS_INSUFF_SERVER_RESOURCES",
	    "STATUS_BAD_DEVICE_TYPE", "STATUS_SHARING_PAUSED", "STATUS_SHARE_UNAVAILABLE",
	    "STATUS_SERVER_UNAVAILABLE", "STATUS_FILE_NOT_AVAILABLE", "STATUS_DEVICE_NOT_READY",
	    "STATUS_NETWORK_ACCESS_DENIED", "STATUS_PATH_NOT_COVERED", "STATUS_LOGON_FAILURE",
	    "STATUS_WRONG_PASSWORD_CORE", "STATUS_NO_SUCH_DEVICE", "STATUS_NO_SUCH_USER",
	    "STATUS_NO_SUCH_GROUP", "STATUS_OBJECT_PATH_NOT_FOUND", "STATUS_UNSUCCESSFUL"}},
    {"logon statuses of MS-NLMP, MS-NRPC 3.5.4.5.1 and the local authority", "smb2_session_setup",
	{"STATUS_WRONG_PASSWORD", "STATUS_NO_SUCH_USER", "STATUS_ILL_FORMED_PASSWORD",
	    "STATUS_PASSWORD_RESTRICTION", "STATUS_ACCOUNT_RESTRICTION",
	    "STATUS_INVALID_LOGON_HOURS", "STATUS_INVALID_WORKSTATION", "STATUS_PASSWORD_EXPIRED",
	    "STATUS_ACCOUNT_DISABLED", "STATUS_PASSWORD_MUST_CHANGE", "STATUS_ACCOUNT_EXPIRED",
	    "STATUS_ACCOUNT_LOCKED_OUT", "STATUS_LOGIN_TIME_RESTRICTION",
	    "STATUS_LOGIN_WKSTA_RESTRICTION", "STATUS_LOGON_TYPE_NOT_GRANTED",
	    "STATUS_LOGON_NOT_GRANTED", "STATUS_NO_LOGON_SERVERS",
	    "STATUS_DOMAIN_CONTROLLER_NOT_FOUND", "STATUS_NETLOGON_NOT_STARTED",
	    "STATUS_NO_TRUST_SAM_ACCOUNT", "STATUS_NO_TRUST_LSA_SECRET",
	    "STATUS_TRUSTED_DOMAIN_FAILURE", "STATUS_TRUSTED_RELATIONSHIP_FAILURE",
	    "STATUS_TRUST_FAILURE", "STATUS_DOMAIN_TRUST_INCONSISTENT", "STATUS_NO_SUCH_DOMAIN",
	    "STATUS_TIME_DIFFERENCE_AT_DC", "STATUS_AUTHENTICATION_FIREWALL_FAILED",
	    "STATUS_NTLM_BLOCKED", "STATUS_DOWNGRADE_DETECTED", "STATUS_NO_SUCH_PACKAGE",
	    "STATUS_NOLOGON_INTERDOMAIN_TRUST_ACCOUNT", "STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT",
	    "STATUS_NOLOGON_SERVER_TRUST_ACCOUNT", "STATUS_INVALID_ACCOUNT_NAME",
	    "STATUS_INVALID_SERVER_STATE", "STATUS_INVALID_DOMAIN_STATE",
	    "STATUS_INVALID_DOMAIN_ROLE", "STATUS_LOGON_SESSION_COLLISION",
	    "STATUS_LOGON_SESSION_EXISTS", "STATUS_NO_SUCH_LOGON_SESSION",
	    "STATUS_BAD_LOGON_SESSION_STATE", "STATUS_INVALID_LOGON_TYPE",
	    "STATUS_INSUFFICIENT_LOGON_INFO", "STATUS_NETWORK_CREDENTIAL_CONFLICT",
	    "STATUS_NO_KERB_KEY", "STATUS_MUTUAL_AUTHENTICATION_FAILED",
	    "STATUS_TOO_MANY_CONTEXT_IDS", "STATUS_SMARTCARD_LOGON_REQUIRED",
	    "STATUS_PKINIT_FAILURE", "STATUS_SMB_GUEST_LOGON_BLOCKED",
	    "STATUS_SMB_GUEST_LOGON_BLOCKED_SIGNING_REQUIRED", "STATUS_AUDIT_FAILED",
	    "STATUS_SHUTDOWN_IN_PROGRESS", "STATUS_LICENSE_QUOTA_EXCEEDED"}},
};

static const struct exchange_type *const *types;
static struct explanation_set *set;

static void
set_up(void)
{
	types = dissector_exchange_types;
	set = explanation_set_new(types, dissector_exchange_type_count);
	explanation_set_offer(set, builtin_explanations);
}

static void
tear_down(void)
{
	explanation_set_free(set);
}

static const struct exchange_type *
type_called(const char *name)
{
	for (size_t i = 0; i < dissector_exchange_type_count; i++)
		if (strcmp(types[i]->name, name) == 0)
			return types[i];
	ck_abort_msg("there is no exchange %s", name);
	return NULL;
}

static void
check_explained(const char *code, const char *section, const struct exchange_type *type)
{
	const struct explanation *explanation = explanation_of(set, code, type);

	ck_assert_msg(code_called(explanation_codes(set), code) != NULL, "%s (%s) has no number",
	    code, section);
	ck_assert_msg(
	    explanation != NULL, "%s (%s) is not explained for %s", code, section, type->name);
	ck_assert_msg(explanation->causes.count != 0, "%s has no causes", code);
	ck_assert_msg(explanation->next_steps.count != 0, "%s has no next steps", code);
	ck_assert_msg(explanation->references.count != 0, "%s names no source", code);
}

START_TEST(what_a_section_names_is_explained)
{
	const struct exchange_type *type = type_called(required[_i].exchange);

	for (size_t i = 0; i < MOST_CODES && required[_i].codes[i] != NULL; i++)
		check_explained(required[_i].codes[i], required[_i].section, type);
}
END_TEST

/* RFC 4120 7.5.9, RFC 4556 3.1.3, RFC 6113, RFC 8636: all of them but "no error". */
static const struct {
	const char *section;
	unsigned first, last;
} errors[] = {
    {"RFC 4120 7.5.9", 1, 29},
    {"RFC 4120 7.5.9", 31, 52},
    {"RFC 4120 7.5.9", 60, 61},
    {"RFC 4556 3.1.3, RFC 4120 7.5.9", 62, 69},
    {"RFC 4556 3.1.3", 70, 81},
    {"draft-ietf-kitten-iakerb", 85, 86},
    {"RFC 6113", 90, 93},
    {"RFC 8636", 100, 100},
};

START_TEST(every_kerberos_error_is_explained)
{
	const struct exchange_type *type = type_called("kerberos_tgs");

	for (unsigned i = errors[_i].first; i <= errors[_i].last; i++) {
		const struct name_row *row = names_find(&kerberos_error_names, i);

		ck_assert_msg(row != NULL, "%u of %s has no name", i, errors[_i].section);
		check_explained(row->name, errors[_i].section, type);
	}
}
END_TEST

/* MS-ERREF 2.1.1: what a security package may put where an NTSTATUS belongs. */
START_TEST(every_status_of_security_packages_is_explained)
{
	const struct exchange_type *type = type_called("smb2_session_setup");
	size_t count = 0;

	for (size_t i = 0; i < nt_status_names.count; i++) {
		const struct name_row *row = &nt_status_names.rows[i];

		if (row->value >> 16 != 0x8009 && row->value >> 16 != 0xc05d)
			continue;
		check_explained(row->name, "MS-ERREF", type);
		count++;
	}
	ck_assert_uint_gt(count, 60);
}
END_TEST

/* Reading all at once finds a code that two files explain. */
START_TEST(the_files_load_together)
{
	struct error error = {0};
	size_t count = 0;

	explanation_set_offer(set, NULL);
	for (; builtin_explanations[count].file != NULL; count++)
		ck_assert_msg(explanation_load(set, builtin_explanations[count].file,
				  builtin_explanations[count].yaml,
				  strlen(builtin_explanations[count].yaml), &error),
		    "%s", error.text);
	ck_assert_uint_gt(count, 5);
}
END_TEST

static void
check_sentence(const struct explanation *explanation, const char *chars)
{
	size_t length = strlen(chars);

	ck_assert_msg(length > 5 && chars[length - 1] == '.', "%s:%u: no sentence: %s",
	    explanation->file, explanation->line, chars);
}

START_TEST(texts_are_sentences)
{
	const struct explanation *next;

	for (size_t i = 0; i < explanation_codes(set)->count; i++) {
		const struct names *names = explanation_codes(set)->tables[i].names;

		for (size_t j = 0; j < names->count; j++) {
			next = NULL;
			while ((next = explanation_next(set, names->rows[j].name, next)) != NULL) {
				check_sentence(next, next->means);
				for (size_t k = 0; k < next->causes.count; k++)
					check_sentence(next, next->causes.items[k]);
				for (size_t k = 0; k < next->next_steps.count; k++)
					check_sentence(next, next->next_steps.items[k].text);
			}
		}
	}
}
END_TEST

Suite *
explained_suite(void)
{
	Suite *suite = suite_create("explained");
	TCase *tests = tcase_create("codes");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, what_a_section_names_is_explained, 0, COUNT(required));
	tcase_add_loop_test(tests, every_kerberos_error_is_explained, 0, COUNT(errors));
	tcase_add_test(tests, every_status_of_security_packages_is_explained);
	tcase_add_test(tests, the_files_load_together);
	tcase_add_test(tests, texts_are_sentences);
	suite_add_tcase(suite, tests);
	return suite;
}
