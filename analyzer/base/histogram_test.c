#include "analyzer/base/histogram.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/table.h"

Suite *histogram_suite(void);

static struct arena arena;
static struct histogram histogram;

static void
setup(void)
{
	histogram = (struct histogram){0};
}

static void
teardown(void)
{
	arena_free(&arena);
}

static void
add(uint64_t number)
{
	histogram_add(&histogram, &arena, number);
}

START_TEST(test_empty)
{
	ck_assert_uint_eq(histogram_percentile(&histogram, 50), 0);
	ck_assert_uint_eq(histogram.count, 0);
}
END_TEST

/* Of 10, 20, 30, 40: the median is the second, as nearest rank has it. */
START_TEST(test_nearest_rank)
{
	static const struct {
		unsigned percent;
		uint64_t number;
	} wanted[] = {
	    {0, 10}, {1, 10}, {25, 10}, {26, 20}, {50, 20}, {51, 30}, {99, 40}, {100, 40}};

	for (uint64_t number = 40; number != 0; number -= 10)
		add(number);
	for (size_t i = 0; i < COUNT(wanted); i++)
		ck_assert_uint_eq(
		    histogram_percentile(&histogram, wanted[i].percent), wanted[i].number);
}
END_TEST

START_TEST(test_small_numbers_are_exact)
{
	for (uint64_t number = 0; number < 64; number++) {
		histogram = (struct histogram){0};
		add(number);
		ck_assert_uint_eq(histogram_percentile(&histogram, 50), number);
	}
}
END_TEST

/* Both ends of every octave and what is next to them, and many in between. */
START_TEST(test_error)
{
	uint64_t number, found, off;

	for (unsigned bit = 5; bit < 64; bit++)
		for (uint64_t i = 0; i < 300; i++) {
			number = UINT64_C(1) << bit;
			if (i < 100)
				number += hash_mix(i) % number;
			else
				number += i - 200; /* 100 below to 99 above */
			histogram = (struct histogram){0};
			add(number);
			found = histogram_percentile(&histogram, 50);
			off = found > number ? found - number : number - found;
			ck_assert_uint_le(off, number / 64);
			arena_free(&arena);
		}
}
END_TEST

START_TEST(test_largest)
{
	add(UINT64_MAX);
	ck_assert_uint_ge(histogram_percentile(&histogram, 50), UINT64_MAX - UINT64_MAX / 64);
}
END_TEST

/* 1 to 10000 in two halves: the percentiles are known. */
START_TEST(test_merge)
{
	struct histogram other = {0};
	static const unsigned percents[] = {1, 50, 95, 99, 100};

	for (uint64_t number = 1; number <= 10000; number++)
		histogram_add(number % 3 != 0 ? &histogram : &other, &arena, number);
	histogram_merge(&histogram, &arena, &other);
	ck_assert_uint_eq(histogram.count, 10000);
	for (size_t i = 0; i < COUNT(percents); i++) {
		uint64_t wanted = percents[i] * 100, found;

		found = histogram_percentile(&histogram, percents[i]);
		ck_assert_uint_ge(found, wanted - wanted / 64);
		ck_assert_uint_le(found, wanted + wanted / 64);
	}
}
END_TEST

START_TEST(test_order_does_not_matter)
{
	struct histogram other = {0};

	for (uint64_t i = 0; i < 1000; i++) {
		add(hash_mix(i) % 1000000);
		histogram_add(&other, &arena, hash_mix(999 - i) % 1000000);
	}
	for (unsigned percent = 0; percent <= 100; percent++)
		ck_assert_uint_eq(histogram_percentile(&histogram, percent),
		    histogram_percentile(&other, percent));
}
END_TEST

Suite *
histogram_suite(void)
{
	Suite *suite = suite_create("histogram");
	TCase *tests = tcase_create("histogram");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_empty);
	tcase_add_test(tests, test_nearest_rank);
	tcase_add_test(tests, test_small_numbers_are_exact);
	tcase_add_test(tests, test_error);
	tcase_add_test(tests, test_largest);
	tcase_add_test(tests, test_merge);
	tcase_add_test(tests, test_order_does_not_matter);
	suite_add_tcase(suite, tests);
	return suite;
}
