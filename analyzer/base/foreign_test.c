#include "analyzer/base/foreign.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"

Suite *foreign_suite(void);

static const struct {
	const char *bytes;
	size_t length;
	const char *what, *remedy; /* words of the answer; NULL: no answer */
} files[] = {
    {"RTSS\1\1\1\1", 8, "Network Monitor", "editcap"},
    {"GMBU\0\2\1\0", 8, "Network Monitor", "editcap"},
    {"snoop\0\0\0\0\0\0\2", 12, "snoop", "editcap"},
    {"BZh91AY", 7, "bzip2", "unpack"},
    {"PK\3\4....", 8, "zip", "unpack"},
    {"snoop", 5, NULL, NULL},
    {"GMB", 3, NULL, NULL},
    {"hello, this is no capture", 25, NULL, NULL},
};

START_TEST(recognises_by_magic)
{
	const struct foreign *foreign =
	    foreign_recognise((const uint8_t *)files[_i].bytes, files[_i].length);

	ck_assert_int_eq(foreign != NULL, files[_i].what != NULL);
	if (foreign != NULL) {
		ck_assert_ptr_nonnull(strstr(foreign->what, files[_i].what));
		ck_assert_ptr_nonnull(strstr(foreign->remedy, files[_i].remedy));
	}
}
END_TEST

/* The bytes of an ETL file's head that identify it; the others may be anything. */
static void
make_etl(uint8_t ret[FOREIGN_BYTES])
{
	memset(ret, 0x5a, FOREIGN_BYTES);
	memcpy(ret, "\0\0\1\0", 4);          /* WMI_BUFFER_HEADER.BufferSize 64 KiB */
	memcpy(ret + 0x48, "\2\0\2\xc0", 4); /* SYSTEM_TRACE_HEADER: version, type, flags */
	memcpy(ret + 0x68, "\0\0\1\0", 4);   /* TRACE_LOGFILE_HEADER.BufferSize */
}

START_TEST(recognises_etl)
{
	uint8_t bytes[FOREIGN_BYTES];
	const struct foreign *foreign;

	make_etl(bytes);
	foreign = foreign_recognise(bytes, sizeof(bytes));
	ck_assert_ptr_nonnull(foreign);
	ck_assert_ptr_nonnull(strstr(foreign->remedy, "etl2pcapng"));
	ck_assert_ptr_nonnull(strstr(foreign->remedy, "pktmon etl2pcap"));
	for (size_t length = 0; length < 0x6c; length++)
		ck_assert_ptr_null(foreign_recognise(bytes, length));
}
END_TEST

START_TEST(demands_all_of_etl)
{
	static const size_t places[] = {0x00, 0x4a, 0x4b, 0x68};
	uint8_t bytes[FOREIGN_BYTES];

	make_etl(bytes);
	bytes[places[_i]] ^= 0x10;
	ck_assert_ptr_null(foreign_recognise(bytes, sizeof(bytes)));
}
END_TEST

Suite *
foreign_suite(void)
{
	Suite *suite = suite_create("foreign");
	TCase *tcase = tcase_create("foreign");

	tcase_add_loop_test(tcase, recognises_by_magic, 0, (int)(COUNT(files)));
	tcase_add_test(tcase, recognises_etl);
	tcase_add_loop_test(tcase, demands_all_of_etl, 0, 4);
	suite_add_tcase(suite, tcase);
	return suite;
}
