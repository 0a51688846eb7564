#include "analyzer/companions/companion_read.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/companions/filter_events.h"
#include "analyzer/companions/firewall_log.h"
#include "analyzer/companions/port_table.h"
#include "analyzer/companions/read_for_test.h"
#include "analyzer/companions/samples_for_test.h"
#include "analyzer/companions/smb_settings.h"

Suite *companion_read_suite(void);

static struct companion companion;
static struct error error;

static void
teardown(void)
{
	companion_free(&companion);
}

#define LINE "2026-11-20 17:29:00 DROP TCP 10.66.0.10 10.66.1.10 50123 445 52 S 1 0 0 - - - RECEIVE"

static const struct {
	const char *chars;
	const struct companion_format *format;
} kinds[] = {
    {LINE "\n", &firewall_log_format},
    {"<netEvents/>", &filter_events_format},
    {"<wfpdiag>" LINE "\n</wfpdiag>", &filter_events_format},
    {SERVER_SAMPLE, &smb_server_configuration_format},
    {SHARE_SAMPLE, &smb_share_format},
    {NET_TCP_SAMPLE, &net_tcp_connection_format},
    {NETSTAT_SAMPLE, &netstat_format},
};

START_TEST(kinds_are_recognised)
{
	read_chars(&companion, kinds[_i].format, kinds[_i].chars);
	ck_assert_ptr_null(companion.damage);
}
END_TEST

/* Each has what a sentence needs. */
START_TEST(kinds_have_names)
{
	for (size_t i = 0; i < companion_format_count; i++) {
		ck_assert(companion_formats[i]->name[0] != '\0');
		ck_assert(companion_formats[i]->made_by[0] != '\0');
	}
}
END_TEST

/* The sentence names them all, and no word of it is cut. */
START_TEST(the_unknown_is_told_what_is_known)
{
	ck_assert(!read_length(&companion, "hello", 5, &error));
	ck_assert_ptr_nonnull(strstr(error.text, "e: is no evidence of a kind that is known: "));
	for (size_t i = 0; i < companion_format_count; i++)
		ck_assert_ptr_nonnull(strstr(error.text, companion_formats[i]->made_by));
}
END_TEST

#define BYTES(chars) (chars), sizeof(chars) - 1
#define CAPTURE      "captures are given without --evidence"

static const struct {
	const char *bytes;
	size_t length;
	const char *sentence;
} foreign[] = {
    {BYTES(""), "e: is empty"},
    {BYTES("MSCF\0\0\0\0"),
	"e: is a cabinet archive of Windows (as of netsh trace); expand it first: expand FILE -F:* "
	". (elsewhere than on Windows: cabextract FILE), and give wfpdiag.xml"},
    {BYTES("PK\3\4"), "e: is a zip archive; unpack it first"},
    {BYTES("BZh9"), "e: is compressed with bzip2; unpack it first"},
    {BYTES("\xa1\xb2\xc3\xd4\0\2"), "e: is a capture; " CAPTURE},
    {BYTES("\xd4\xc3\xb2\xa1\2\0"), "e: is a capture; " CAPTURE},
    {BYTES("\xa1\xb2\x3c\x4d\0\2"), "e: is a capture; " CAPTURE},
    {BYTES("\x4d\x3c\xb2\xa1\2\0"), "e: is a capture; " CAPTURE},
    {BYTES("\x0a\x0d\x0d\x0a\x1c\0"), "e: is a capture; " CAPTURE},
    {BYTES("GMBU"), "e: is a Microsoft Network Monitor 2 or 3 capture; " CAPTURE},
    {BYTES("ElfFile\0"),
	"e: is a Windows event log, not a capture; event logs are not read as evidence"},
};

START_TEST(the_foreign_is_named)
{
	ck_assert(!read_length(&companion, foreign[_i].bytes, foreign[_i].length, &error));
	ck_assert_str_eq(error.text, foreign[_i].sentence);
}
END_TEST

START_TEST(traces_are_named)
{
	uint8_t etl[0x80] = {[1] = 0x10, [0x4a] = 2, [0x4b] = 0xc0, [0x69] = 0x10};

	ck_assert(!read_length(&companion, etl, sizeof(etl), &error));
	ck_assert_str_eq(error.text,
	    "e: is an Event Trace Log of Windows (netsh trace, pktmon); traces are not read as "
	    "evidence; wfpdiag.xml, which netsh wfp capture writes beside one, is");
}
END_TEST

/* A file of LENGTH bytes of CHARS, over and over. */
static void
write_file(const char *path, int fd, const char *chars, size_t length)
{
	FILE *out = fdopen(fd, "wb");

	ck_assert_ptr_nonnull(out);
	for (size_t written = 0; written < length; written += strlen(chars))
		fputs(chars, out);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(truncate(path, (off_t)length), 0);
}

/* Longer than what is read at once. */
START_TEST(files_are_read)
{
	char path[] = "/tmp/smbtriage-companion-XXXXXX";

	write_file(path, mkstemp(path), LINE "\n", 30000 * (sizeof(LINE "\n") - 1));
	ck_assert_msg(companion_read(&companion, path, &error), "%s", error.text);
	unlink(path);
	ck_assert_str_eq(companion.file, path);
	ck_assert_str_eq(companion.entries[0].quote.file, path);
	ck_assert_uint_eq(companion.entry_count, 30000);
}
END_TEST

START_TEST(what_is_no_file_is_told)
{
	ck_assert(!companion_read(&companion, "fixtures", &error));
	ck_assert_str_eq(error.text, "fixtures: Is a directory");
	companion_free(&companion);
	ck_assert(!companion_read(&companion, "fixtures/absent", &error));
	ck_assert_str_eq(error.text, "fixtures/absent: No such file or directory");
	ck_assert_int_eq(error.status, EXIT_USAGE);
}
END_TEST

/* A hole takes no room on a disk. */
START_TEST(what_is_too_large_is_told)
{
	char path[] = "/tmp/smbtriage-companion-XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_eq(ftruncate(fd, (off_t)COMPANION_MOST_BYTES + 5000), 0);
	close(fd);
	ck_assert(!companion_read(&companion, path, &error));
	unlink(path);
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_ptr_nonnull(strstr(error.text, ": is larger than 256 MiB"));
}
END_TEST

Suite *
companion_read_suite(void)
{
	Suite *suite = suite_create("companion_read");
	TCase *tcase = tcase_create("kinds");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_loop_test(tcase, kinds_are_recognised, 0, (int)COUNT(kinds));
	tcase_add_test(tcase, kinds_have_names);
	tcase_add_test(tcase, the_unknown_is_told_what_is_known);
	tcase_add_loop_test(tcase, the_foreign_is_named, 0, (int)COUNT(foreign));
	tcase_add_test(tcase, traces_are_named);
	tcase_add_test(tcase, files_are_read);
	tcase_add_test(tcase, what_is_no_file_is_told);
	tcase_add_test(tcase, what_is_too_large_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
