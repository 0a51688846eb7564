#include "analyzer/companions/companion_value.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"

Suite *companion_value_suite(void);

#define NONE UINT64_MAX

static const struct {
	const char *chars;
	uint64_t most, number; /* NONE: it is none */
} numbers[] = {
    {"0", 9, 0},
    {"445", 65535, 445},
    {"65535", 65535, 65535},
    {"65536", 65535, NONE},
    {"4294967295", UINT32_MAX, UINT32_MAX},
    {"4294967296", UINT32_MAX, NONE},
    {"18446744073709551614", UINT64_MAX, UINT64_MAX - 1},
    {"18446744073709551616", UINT64_MAX, NONE},
    {"99999999999999999999", UINT64_MAX, NONE},
    {"000000000000000000001", UINT64_MAX, NONE},
    {"9", 8, NONE},
    {"", 9, NONE},
    {"-", 9, NONE},
    {"-1", 9, NONE},
    {"+1", 9, NONE},
    {" 1", 9, NONE},
    {"1 ", 9, NONE},
    {"0x1", 9, NONE},
};

START_TEST(numbers_are_decimal)
{
	uint64_t number = NONE;

	ck_assert(companion_number(numbers[_i].chars, strlen(numbers[_i].chars), numbers[_i].most,
		      &number) == (numbers[_i].number != NONE));
	ck_assert_uint_eq(number, numbers[_i].number);
}
END_TEST

static const struct {
	const char *chars, *addr; /* NULL: it is none */
} addrs[] = {
    {"10.0.0.5", "10.0.0.5"},
    {"fe80::1%12", "fe80::1"},
    {"fe80::3680:0DFF:fe01:9e88", "fe80::3680:dff:fe01:9e88"},
    {"::", "::"},
    {"-", NULL},
    {"", NULL},
    {"%4", NULL},
    {"10.0.0", NULL},
    {"10.0.0.5.", NULL},
    {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL},
};

START_TEST(addresses_may_have_a_scope)
{
	struct addr addr = {.family = ADDR_NONE};
	char text[ADDR_TEXT_SIZE];

	ck_assert(companion_addr(addrs[_i].chars, strlen(addrs[_i].chars), &addr) ==
		  (addrs[_i].addr != NULL));
	ck_assert_str_eq(addr_text(&addr, text), addrs[_i].addr != NULL ? addrs[_i].addr : "?");
}
END_TEST

/* What follows the LENGTH characters is not theirs. */
START_TEST(values_end_where_they_are_said_to)
{
	struct addr addr;
	uint64_t number;

	ck_assert(companion_number("4457", 3, 65535, &number) && number == 445);
	ck_assert(companion_addr("10.0.0.57", 8, &addr) && addr.bytes[3] == 5);
}
END_TEST

Suite *
companion_value_suite(void)
{
	Suite *suite = suite_create("companion_value");
	TCase *tcase = tcase_create("values");

	tcase_add_loop_test(tcase, numbers_are_decimal, 0, (int)COUNT(numbers));
	tcase_add_loop_test(tcase, addresses_may_have_a_scope, 0, (int)COUNT(addrs));
	tcase_add_test(tcase, values_end_where_they_are_said_to);
	suite_add_tcase(suite, tcase);
	return suite;
}
