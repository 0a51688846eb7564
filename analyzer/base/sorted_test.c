#include "analyzer/base/sorted.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *sorted_suite(void);

static const int numbers[] = {1, 3, 3, 3, 8};

static int
compare_int(const void *element, const void *key)
{
	return COMPARE(*(const int *)element, *(const int *)key);
}

static const struct {
	int key;
	size_t count, before, until;
} places[] = {
    {3, 0, 0, 0},
    {0, 1, 0, 0},
    {1, 1, 0, 1},
    {2, 1, 1, 1},
    {0, 5, 0, 0},
    {1, 5, 0, 1},
    {2, 5, 1, 1},
    {3, 5, 1, 4},
    {3, 3, 1, 3},
    {5, 5, 4, 4},
    {8, 5, 4, 5},
    {9, 5, 5, 5},
};

START_TEST(test_places)
{
	const int *key = &places[_i].key;
	size_t count = places[_i].count;

	ck_assert_uint_eq(
	    sorted_before(key, numbers, count, sizeof(*numbers), compare_int), places[_i].before);
	ck_assert_uint_eq(
	    sorted_until(key, numbers, count, sizeof(*numbers), compare_int), places[_i].until);
}
END_TEST

Suite *
sorted_suite(void)
{
	Suite *suite = suite_create("sorted");
	TCase *tcase = tcase_create("sorted");

	tcase_add_loop_test(tcase, test_places, 0, (int)COUNT(places));
	suite_add_tcase(suite, tcase);
	return suite;
}
