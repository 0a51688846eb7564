#include "analyzer/evidence/notes.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *notes_suite(void);

/* By frame, then as they came; what a frame is told already is not told again. */
START_TEST(test_order)
{
	static const struct {
		uint64_t frame;
		const char *text;
	} added[] = {{9, "b"}, {3, "z"}, {9, "a"}, {3, "z"}, {9, "b"}, {4, "z"}, {3, "y"}},
	  expected[] = {{3, "z"}, {3, "y"}, {4, "z"}, {9, "b"}, {9, "a"}};
	struct note_list notes = {0};

	for (size_t i = 0; i < COUNT(added); i++)
		notes_add(&notes, added[i].frame, added[i].text);
	notes_sort(&notes);
	ck_assert_uint_eq(notes.count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		ck_assert_uint_eq(notes.items[i].frame, expected[i].frame);
		ck_assert_str_eq(notes.items[i].text, expected[i].text);
	}
	notes_free(&notes);
	notes_sort(&notes);
	ck_assert_uint_eq(notes.count, 0);
}
END_TEST

Suite *
notes_suite(void)
{
	Suite *suite = suite_create("notes");
	TCase *tcase = tcase_create("notes");

	tcase_add_test(tcase, test_order);
	suite_add_tcase(suite, tcase);
	return suite;
}
