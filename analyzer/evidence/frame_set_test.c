#include "analyzer/evidence/frame_set.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *frame_set_suite(void);

START_TEST(test_frames)
{
	static const uint64_t in[] = {1, 63, 64, 65, 20000, 8000000, 5, 5};
	static const uint64_t out[] = {0, 2, 62, 66, 19999, 20001, 7999999, 8000001, UINT64_MAX};
	struct frame_set set = {0};

	ck_assert(!frame_set_has(&set, 1));
	for (size_t i = 0; i < COUNT(in); i++)
		frame_set_add(&set, in[i]);
	ck_assert_uint_eq(set.count, COUNT(in) - 1);
	for (size_t i = 0; i < COUNT(in); i++)
		ck_assert(frame_set_has(&set, in[i]));
	for (size_t i = 0; i < COUNT(out); i++)
		ck_assert(!frame_set_has(&set, out[i]));
	frame_set_free(&set);
	ck_assert_uint_eq(set.count, 0);
	ck_assert(!frame_set_has(&set, 1));
}
END_TEST

START_TEST(test_every_frame)
{
	struct frame_set set = {0};

	for (uint64_t frame = 1; frame <= 30000; frame++)
		frame_set_add(&set, frame);
	ck_assert_uint_eq(set.count, 30000);
	for (uint64_t frame = 1; frame <= 30000; frame++)
		ck_assert(frame_set_has(&set, frame));
	ck_assert(!frame_set_has(&set, 30001));
	frame_set_free(&set);
}
END_TEST

Suite *
frame_set_suite(void)
{
	Suite *suite = suite_create("frame_set");
	TCase *tcase = tcase_create("frame_set");

	tcase_add_test(tcase, test_frames);
	tcase_add_test(tcase, test_every_frame);
	suite_add_tcase(suite, tcase);
	return suite;
}
