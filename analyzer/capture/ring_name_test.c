#include "analyzer/capture/ring_name.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *ring_name_suite(void);

static const struct {
	const char *before, *after;
	enum succession succession;
} pairs[] = {
    /* dumpcap, tshark, editcap */
    {"d/r_00007_20261128093000.pcapng", "d/r_00008_20261128093005.pcapng", SUCCESSION_CERTAIN},
    {"r_20261128093000_00007.pcap", "r_20261128093005_00008.pcap.gz", SUCCESSION_CERTAIN},
    {"r_00007_20261128093000", "r_00008_20261128093000", SUCCESSION_CERTAIN},
    {"r_99999_20261128093000.pcap", "r_00000_20261128093000.pcap", SUCCESSION_CERTAIN},
    {"r_00007_20261128093000.pcap", "r_00009_20261128093005.pcap", SUCCESSION_NONE},
    {"r_00007_20261128093000.pcap", "r_00007_20261128093005.pcap", SUCCESSION_NONE},
    {"r_00008_20261128093000.pcap", "r_00007_20261128093005.pcap", SUCCESSION_NONE},
    {"r_00007_20261128093000.pcap", "r_00008_20261128092959.pcap", SUCCESSION_NONE},
    {"d/r_00007_20261128093000.pcap", "e/r_00008_20261128093005.pcap", SUCCESSION_NONE},
    {"eth0_00007_20261128093000.pcap", "eth1_00008_20261128093005.pcap", SUCCESSION_NONE},
    {"r_00007_20261128093000.pcap", "r_00008_20261128093005.pcapng", SUCCESSION_NONE},
    {"r_00007_20261128093000.pcap", "r_20261128093005_00008.pcap", SUCCESSION_NONE},
    /* tcpdump -C and -W */
    {"cap.pcap", "cap.pcap1", SUCCESSION_POSSIBLE},
    {"cap.pcap9", "cap.pcap10", SUCCESSION_POSSIBLE},
    {"cap9", "cap10", SUCCESSION_POSSIBLE},
    {"cap.pcap99", "cap.pcap00", SUCCESSION_POSSIBLE},
    {"cap.pcap1.gz", "cap.pcap2", SUCCESSION_POSSIBLE},
    {"cap_003.pcap", "cap_003.pcap1", SUCCESSION_POSSIBLE},
    {"cap.pcap1", "cap.pcap3", SUCCESSION_NONE},
    {"cap.pcap2", "cap.pcap1", SUCCESSION_NONE},
    {"cap.pcap", "cap.pcap", SUCCESSION_NONE},
    {"cap.pcap", "cap.pcap.gz", SUCCESSION_NONE},
    {"cap.pcap", "cup.pcap1", SUCCESSION_NONE},
    /* a number before the ending */
    {"cap_009.pcap", "cap_010.pcap", SUCCESSION_POSSIBLE},
    {"cap_9.pcap", "cap_10.pcap", SUCCESSION_POSSIBLE},
    {"cap_4.pcap", "cap_0.pcap", SUCCESSION_POSSIBLE},
    {"cap_1.pcap", "cap_3.pcap", SUCCESSION_NONE},
    {"smb2-cap_1.pcap", "smb3-cap_2.pcap", SUCCESSION_NONE},
    {"cap_1.pcap", "other.pcap", SUCCESSION_NONE},
    {"a.pcap", "b.pcap", SUCCESSION_NONE},
    /* tcpdump -G */
    {"cap-2026-11-28T23:55:00.pcap", "cap-2026-11-29T00:00:00.pcap", SUCCESSION_POSSIBLE},
    {"cap-1795000000.pcap", "cap-1795000300.pcap", SUCCESSION_POSSIBLE},
    {"eth0-20261128.pcap", "eth1-20261129.pcap", SUCCESSION_NONE},
    {"cap-20261128.pcap", "cap-202611290.pcap", SUCCESSION_NONE},
    /* digits of folders */
    {"day1/cap.pcap", "day2/cap.pcap", SUCCESSION_NONE},
    {"20261128/cap", "20261129/cap", SUCCESSION_NONE},
};

START_TEST(test_succession)
{
	ck_assert_msg(
	    ring_name_succession(pairs[_i].before, pairs[_i].after) == pairs[_i].succession,
	    "%s, %s", pairs[_i].before, pairs[_i].after);
}
END_TEST

/* Only files of one key are ever compared. */
START_TEST(test_key)
{
	struct arena arena = {0};

	if (pairs[_i].succession != SUCCESSION_NONE)
		ck_assert_str_eq(ring_name_key(pairs[_i].before, &arena),
		    ring_name_key(pairs[_i].after, &arena));
	arena_free(&arena);
}
END_TEST

START_TEST(test_no_key)
{
	struct arena arena = {0};

	ck_assert_ptr_null(ring_name_key("-", &arena));
	ck_assert_ptr_null(ring_name_key("folder/12", &arena));
	ck_assert_str_eq(ring_name_key("x1/a12b3.pcap7", &arena), "x1/a#b#.pcap");
	arena_free(&arena);
}
END_TEST

Suite *
ring_name_suite(void)
{
	Suite *suite = suite_create("ring_name");
	TCase *tcase = tcase_create("ring_name");

	tcase_add_loop_test(tcase, test_succession, 0, COUNT(pairs));
	tcase_add_loop_test(tcase, test_key, 0, COUNT(pairs));
	tcase_add_test(tcase, test_no_key);
	suite_add_tcase(suite, tcase);
	return suite;
}
