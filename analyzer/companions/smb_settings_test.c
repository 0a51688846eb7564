#include "analyzer/companions/smb_settings.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/companions/samples_for_test.h"

Suite *smb_settings_suite(void);

static struct companion companion;

static void
teardown(void)
{
	companion_free(&companion);
}

static bool
read_server(const char *chars)
{
	companion_free(&companion);
	return read_sample(&companion, &smb_server_configuration_format, chars, strlen(chars));
}

static bool
read_shares(const char *chars)
{
	companion_free(&companion);
	return read_sample(&companion, &smb_share_format, chars, strlen(chars));
}

static const struct server_setting *
setting(const char *name)
{
	for (size_t i = 0; i < companion.setting_count; i++)
		if (strcmp(companion.settings[i].name, name) == 0)
			return &companion.settings[i];
	ck_abort_msg("no setting %s", name);
}

static const struct share_setting *
share(const char *name)
{
	for (size_t i = 0; i < companion.share_count; i++)
		if (strcmp(companion.shares[i].name, name) == 0)
			return &companion.shares[i];
	ck_abort_msg("no share %s", name);
}

START_TEST(test_server_list)
{
	ck_assert(read_server(SERVER_SAMPLE));
	ck_assert_ptr_null(companion.damage);
	ck_assert_uint_eq(companion.setting_count, 10);
	ck_assert_str_eq(setting("AnnounceComment")->value, "");
	ck_assert_str_eq(setting("EncryptData")->value, "True");
	ck_assert_str_eq(setting("EncryptData")->quote.file, "sample.txt");
	ck_assert_uint_eq(setting("EncryptData")->quote.line, 8);
	ck_assert_str_eq(setting("EncryptData")->quote.text, "EncryptData : True");
	ck_assert_str_eq(setting("EncryptionCiphers")->value,
	    "AES_128_GCM, AES_128_CCM, AES_256_GCM, AES_256_CCM");
	ck_assert_str_eq(setting("RejectUnencryptedAccess")->value, "True");
	ck_assert_uint_eq(setting("RejectUnencryptedAccess")->quote.line, 11);
	ck_assert_uint_eq(companion.share_count, 0);
}
END_TEST

START_TEST(test_server_table)
{
	ck_assert(
	    read_server("PS C:\\> Get-SmbServerConfiguration | select EncryptData, "
			"RejectUnencryptedAccess\n\n"
			"EncryptData RejectUnencryptedAccess\n----------- -----------------------\n"
			"      False                    True\n\n\n"));
	ck_assert_ptr_null(companion.damage);
	ck_assert_uint_eq(companion.setting_count, 2);
	ck_assert_str_eq(setting("EncryptData")->value, "False");
	ck_assert_str_eq(setting("EncryptData")->quote.text, "EncryptData False");
	ck_assert_uint_eq(setting("EncryptData")->quote.line, 5);
	ck_assert_str_eq(setting("RejectUnencryptedAccess")->value, "True");
	/* What a column is too narrow for is not told. */
	ck_assert(read_server("EncryptData EncryptionCiphers NullSessionPipes\n"
			      "----------- ----------------- ----------------\n"
			      "      False AES_128_GCM, A...\n\n"));
	ck_assert_uint_eq(companion.setting_count, 2);
	ck_assert_str_eq(setting("EncryptData")->value, "False");
	ck_assert_str_eq(setting("NullSessionPipes")->value, "");
}
END_TEST

START_TEST(test_server_csv)
{
	ck_assert(read_server("#TYPE Microsoft.Management.Infrastructure.CimInstance\r\n"
			      "\"AnnounceServer\",\"EncryptData\"\r\n\"False\",\"True\"\r\n"));
	ck_assert_str_eq(setting("EncryptData")->value, "True");
	ck_assert_str_eq(setting("EncryptData")->quote.text, "EncryptData True");
	ck_assert_uint_eq(setting("EncryptData")->quote.line, 3);
}
END_TEST

/* UTF-16, as `>` of Windows PowerShell writes it. */
START_TEST(test_server_utf16)
{
	static const char chars[] = "EncryptData              : False\r\n"
				    "RequireSecuritySignature : True\r\n\r\n";
	char bytes[2 * sizeof(chars)] = "\xff\xfe";

	for (size_t i = 0; i + 1 < sizeof(chars); i++)
		bytes[2 + 2 * i] = chars[i];
	ck_assert(read_sample(&companion, &smb_server_configuration_format, bytes, sizeof(bytes)));
	ck_assert_ptr_null(companion.damage);
	ck_assert_uint_eq(companion.setting_count, 2);
	ck_assert_str_eq(setting("RequireSecuritySignature")->value, "True");
}
END_TEST

START_TEST(test_server_cut)
{
	ck_assert(read_server("EnableSMB2Protocol : True\nEncryptData : Fal"));
	ck_assert_uint_eq(companion.setting_count, 1);
	ck_assert_str_eq(companion.damage,
	    "sample.txt:2: the file ends amid this line, or was copied without its end");
	/* What was copied from a window has no end of its last line. */
	ck_assert(read_server("EnableSMB2Protocol : True\nEncryptData : False"));
	ck_assert_uint_eq(companion.setting_count, 2);
	ck_assert_ptr_null(companion.damage);
	ck_assert(read_server("EnableSMB1Protocol EncryptData\n------------------ -----------\n"
			      "             False       F"));
	ck_assert_uint_eq(companion.setting_count, 0);
	ck_assert_ptr_nonnull(companion.damage);
	ck_assert(read_server("EnableSMB2Protocol : True\n<binary>\nEncryptData : False\n"));
	ck_assert_uint_eq(companion.setting_count, 1);
	ck_assert_str_eq(companion.damage, "sample.txt:2: this is no property of the list");
}
END_TEST

/* What the commands print that findings tell to give. */
static const char *const selected[] = {
    "EncryptData RejectUnencryptedAccess\n----------- -----------------------\n"
    "      False                    True\n\n",
    "EnableSMB1Protocol EnableSMB2Protocol\n------------------ ------------------\n"
    "             False               True\n\n",
    "Smb2DialectMax     : None\nEnableSMB1Protocol : False\nEnableSMB2Protocol : True\n\n\n",
    "EnableSMB2Protocol : True\nSmb2DialectMin : None\nEncryptData        : False\n\n\n",
    "SmbServerNameHardeningLevel\n---------------------------\n                          0\n\n",
    "InvalidAuthenticationDelayTimeInMs\n----------------------------------\n"
    "                              2000\n\n",
};

START_TEST(test_selected)
{
	ck_assert(read_server(selected[_i]));
	ck_assert_ptr_null(companion.damage);
	ck_assert_uint_ge(companion.setting_count, 1);
}
END_TEST

/* What is not the server's configuration: the client's, a share's, prose about it. */
static const char *const no_servers[] = {
    ("ConnectionCountPerRssNetworkInterface : 4\nEnableInsecureGuestLogons : False\n"
     "EnableSecuritySignature : True\nRequireSecuritySignature : False\nEncryptionCiphers : A\n"),
    "Name : data\nEncryptData : True\nShareState : Online\n",
    "EncryptData\n-----------\n       True\n\n",
    "Set-SmbServerConfiguration -EncryptData $true -RejectUnencryptedAccess $false\n",
    "EncryptData: True\nRejectUnencryptedAccess: True\n",
};

START_TEST(test_no_server)
{
	ck_assert(!read_server(no_servers[_i]));
}
END_TEST

START_TEST(test_share_table)
{
	ck_assert(read_shares(SHARE_SAMPLE));
	ck_assert_ptr_null(companion.damage);
	ck_assert_uint_eq(companion.share_count, 5);
	ck_assert(companion.has_all_shares);
	ck_assert_uint_eq(share("Department Shares")->quote.line, 6);
	ck_assert_str_eq(share("Department Shares")->quote.text,
	    "Name Department Shares, ScopeName *, Path C:\\Department Shares");
	ck_assert(!share("Department Shares")->encrypt_data.is_known);
	ck_assert(!share("Department Shares")->is_online.is_known);
	ck_assert_str_eq(share("IPC$")->quote.file, "sample.txt");
}
END_TEST

START_TEST(test_share_list)
{
	ck_assert(read_shares(SHARE_LIST_SAMPLE));
	ck_assert_ptr_null(companion.damage);
	ck_assert_uint_eq(companion.share_count, 2);
	ck_assert(companion.has_all_shares);
	ck_assert_uint_eq(share("payroll")->encrypt_data.value, 1);
	ck_assert(share("payroll")->encrypt_data.is_known);
	ck_assert_uint_eq(share("payroll")->is_online.value, 1);
	ck_assert(share("payroll")->is_online.is_known);
	ck_assert_uint_eq(share("payroll")->quote.line, 5);
	ck_assert_str_eq(share("payroll")->quote.text,
	    "Name payroll, ScopeName *, Path D:\\payroll, EncryptData True, ShareState Online");
	ck_assert_uint_eq(share("IPC$")->encrypt_data.value, 0);
	ck_assert(share("IPC$")->encrypt_data.is_known);
	ck_assert_uint_eq(share("IPC$")->is_online.value, 0);
	ck_assert(share("IPC$")->is_online.is_known);
}
END_TEST

START_TEST(test_share_columns)
{
	ck_assert(
	    read_shares("Name     EncryptData\n----     -----------\n"
			"ADMIN$         False\nIPC$           False\nprojects        True\n\n"));
	ck_assert(companion.has_all_shares);
	ck_assert_uint_eq(share("projects")->encrypt_data.value, 1);
	ck_assert_str_eq(share("projects")->quote.text, "Name projects, EncryptData True");
	ck_assert(share("IPC$")->encrypt_data.is_known);
	ck_assert_uint_eq(share("IPC$")->encrypt_data.value, 0);
	ck_assert(read_shares("\"Name\",\"Path\",\"ShareState\"\n\"IPC$\",,\"Online\"\n"
			      "\"data\",\"D:\\\",\"Offline\"\n"));
	ck_assert(companion.has_all_shares);
	ck_assert(share("data")->is_online.is_known);
	ck_assert_uint_eq(share("data")->is_online.value, 0);
	ck_assert_uint_eq(share("data")->quote.line, 3);
	ck_assert(read_shares("Name Path\n---- ----\nIPC$\ndata C:\\d\n\n"));
	ck_assert(companion.has_all_shares);
}
END_TEST

/* Who is no administrator is told "Pending", and False of everything. */
START_TEST(test_share_pending)
{
	ck_assert(read_shares("Name : data\nEncryptData : False\nShareState : Pending\n\n\n"));
	ck_assert(!share("data")->encrypt_data.is_known);
	ck_assert(!share("data")->is_online.is_known);
}
END_TEST

/* Listings of which it is not sure that they are of all shares. */
static const struct {
	const char *chars;
	size_t share_count;
	bool is_damaged;
} some[] = {
    /* One share, some without the pipes', the special ones. */
    {"Name Path ShareState\n---- ---- ----------\ndata D:\\  Online\n\n", 1, false},
    {"Name ScopeName Path\n---- --------- ----\nA    *         C:\\\nB    *         D:\\\n\n", 2,
	false},
    {"Name   ScopeName Path\n----   --------- ----\nADMIN$ *         C:\\\nIPC$   *\n\n", 2, false},
    /* No end was seen. */
    {"Name ScopeName Path\n---- --------- ----\nA    *         C:\\\nIPC$ *\n", 2, false},
    {"Name : A\nEncryptData : True\n\nName : IPC$\nEncryptData : True\n\n", 2, false},
    /* Cut or damaged. */
    {"Name ScopeName Path\n---- --------- ----\nA    *         C:\\\nIPC$ *\nB    *        D", 2,
	true},
    {"Name ScopeName Path\n---- --------- ----\nA    *         C:\\\nIPC$ *\ngarbage amid it\n\n",
	2, true},
    {"Name ScopeName Path\n---- --------- ----\nA    *         C:\\\nIPC$ *\nB\n\n", 2, true},
    {"\"Name\",\"ScopeName\",\"Path\"\n\"A\",\"*\",\"\"\n\"IPC$\",\"*\",\"\"\n,\"*\",\"\"\n", 2,
	true},
    {"\"Name\",\"ScopeName\",\"Path\"\n\"A\",\"*\",\"\"\n\"IPC$\",\"*\",\"\"\n\"C\",\"*\",\"C:\\",
	2, true},
    /* A name that is not there whole. */
    {"Name ScopeName Path\n---- --------- ----\nA... *         C:\\\nIPC$ *\nB    *         "
     "D:\\\n\n",
	2, false},
    /* Two servers' shares. */
    {"Name PSComputerName ShareState\n---- -------------- ----------\nIPC$ srv1           Online\n"
     "data srv2           Online\n\n",
	2, false},
};

START_TEST(test_some_shares)
{
	ck_assert(read_shares(some[_i].chars));
	ck_assert_uint_eq(companion.share_count, some[_i].share_count);
	ck_assert_int_eq(companion.damage != NULL, some[_i].is_damaged);
	ck_assert(!companion.has_all_shares);
}
END_TEST

/* What has names, but is of no shares. */
static const char *const no_shares[] = {
    "Name ScopeName AccountName AccessControlType AccessRight\n"
    "---- --------- ----------- ----------------- -----------\n"
    "IPC$ *         Everyone    Allow             Read\n\n",
    "Name Path\n---- ----\nnotepad C:\\Windows\\notepad.exe\n\n",
    "Name : a\nPath : C:\\\n",
    "\"Name\",\"Id\"\n\"a\",\"1\"\n",
};

START_TEST(test_no_shares)
{
	ck_assert(!read_shares(no_shares[_i]));
}
END_TEST

Suite *
smb_settings_suite(void)
{
	Suite *suite = suite_create("smb_settings");
	TCase *tcase = tcase_create("smb_settings");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, test_server_list);
	tcase_add_test(tcase, test_server_table);
	tcase_add_test(tcase, test_server_csv);
	tcase_add_test(tcase, test_server_utf16);
	tcase_add_test(tcase, test_server_cut);
	tcase_add_loop_test(tcase, test_selected, 0, COUNT(selected));
	tcase_add_loop_test(tcase, test_no_server, 0, COUNT(no_servers));
	tcase_add_test(tcase, test_share_table);
	tcase_add_test(tcase, test_share_list);
	tcase_add_test(tcase, test_share_columns);
	tcase_add_test(tcase, test_share_pending);
	tcase_add_loop_test(tcase, test_some_shares, 0, COUNT(some));
	tcase_add_loop_test(tcase, test_no_shares, 0, COUNT(no_shares));
	suite_add_tcase(suite, tcase);
	return suite;
}
