#include "analyzer/base/digits.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/base/basics.h"

Suite *digits_suite(void);

static void
check_number(uint64_t number)
{
	char put[DIGITS_MOST + 1] = "", printed[DIGITS_MOST + 1];

	*digits_put(put, number) = '\0';
	snprintf(printed, sizeof(printed), "%" PRIu64, number);
	if (strcmp(put, printed) != 0)
		ck_abort_msg("%s, and not %s", put, printed);
}

/* As snprintf() writes them: those about each power of ten and of two, and many others. */
START_TEST(test_numbers)
{
	uint64_t ten = 1, random = 88172645463325252;

	for (int i = 0; i < 20; i++, ten *= 10)
		for (uint64_t number = ten - 2; number != ten + 2; number++)
			check_number(number);
	for (int i = 0; i < 64; i++)
		for (uint64_t number = (UINT64_C(1) << i) - 2; number != (UINT64_C(1) << i) + 2;
		     number++)
			check_number(number);
	for (uint64_t number = 0; number < 20000; number++)
		check_number(number);
	for (unsigned i = 0; i < 200000; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		check_number(random >> i % 64);
	}
}
END_TEST

static const struct {
	uint32_t number;
	unsigned width;
	const char *text;
} fixed[] = {
    {7, 1, "7"},
    {7, 2, "07"},
    {42, 2, "42"},
    {0, 9, "000000000"},
    {123456789, 9, "123456789"},
    {1000, 9, "000001000"},
    {2026, 4, "2026"},
    {12026, 4, "2026"}, /* the last ones */
    {4294967295, 10, "4294967295"},
    {5, 0, ""},
};

START_TEST(test_fixed)
{
	char put[11] = "##########";
	char *end = digits_put_fixed(put, fixed[_i].number, fixed[_i].width);

	ck_assert_ptr_eq(end, put + fixed[_i].width);
	ck_assert(fixed[_i].width == 10 || *end == '#');
	*end = '\0';
	ck_assert_str_eq(put, fixed[_i].text);
}
END_TEST

Suite *
digits_suite(void)
{
	Suite *suite = suite_create("digits");
	TCase *tests = tcase_create("digits");

	tcase_add_test(tests, test_numbers);
	tcase_add_loop_test(tests, test_fixed, 0, (int)COUNT(fixed));
	suite_add_tcase(suite, tests);
	return suite;
}
