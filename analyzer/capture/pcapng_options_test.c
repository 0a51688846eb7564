#include "analyzer/capture/pcapng_options.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"

Suite *pcapng_options_suite(void);

static const struct {
	uint8_t resolution;
	int64_t offset;
	uint64_t ticks;
	int64_t time;
	bool fits;
} times[] = {
    {6, 0, 1500000000123456, 1500000000123456000, true},
    {9, 0, 1500000000123456789, 1500000000123456789, true},
    {0, 0, 1500000000, 1500000000000000000, true},
    {3, 0, 1500000000123, 1500000000123000000, true},
    {12, 0, 1500000000123999, 1500000000123, true},
    {18, 0, 18000000000000000000u, 18000000000, true},
    {19, 0, 18000000000000000000u, 1800000000, true},
    {28, 0, 18000000000000000000u, 1, true},
    {29, 0, UINT64_MAX, 0, true},
    {127, 0, UINT64_MAX, 0, true},
    {0x80, 0, 3, 3000000000, true},                 /* whole seconds */
    {0x8a, 0, 1536, 1500000000, true},              /* 1/1024 s */
    {0xa0, 0, (uint64_t)3 << 31, 1500000000, true}, /* NTP's fraction */
    {0xbf, 0, UINT64_MAX, 1999999999, true},        /* 2^-63 s */
    {0xff, 0, UINT64_MAX, 0, true},                 /* 2^-127 s */
    {6, 100, 5000000, 105000000000, true},
    {6, -100, 5000000, -95000000000, true},
    {6, 0, 4611686018427387, 4611686018427387000, true},
    {6, 0, 4611686018427388, 0, false}, /* the year 2116 */
    {9, 0, 4611686018427387903, TIME_MOST, true},
    {9, -9223372036, 4611686017572612097, -TIME_MOST, true},
    {9, -9223372036, 4611686017572612096, 0, false}, /* the year 1823 */
    {0, 0, UINT64_MAX, 0, false},
    {6, INT64_MAX, 0, 0, false},
    {6, INT64_MIN, UINT64_MAX, 0, false},
    {9, -5000000000, 9223372036854775808u, 4223372036854775808, true},
};

START_TEST(turns_ticks_into_nanoseconds)
{
	struct pcapng_clock clock = pcapng_clock_of(times[_i].resolution, times[_i].offset);
	int64_t time = -77;

	ck_assert_int_eq(pcapng_clock_time(&clock, times[_i].ticks, &time), times[_i].fits);
	ck_assert_int_eq(time, times[_i].fits ? times[_i].time : -77);
}
END_TEST

static const uint8_t options[] = {
    0x01, 0x00, 0x05, 0x00,                    /* opt_comment, 5 bytes */
    'h', 'e', 'l', 'l', 'o', 0x00, 0x00, 0x00, /* padded to 8 */
    0xac, 0x0b, 0x04, 0x00,                    /* 2988: custom, 4 bytes */
    0x01, 0x02, 0x03, 0x04,                    /* its PEN */
    0x00, 0x00, 0x00, 0x00,                    /* opt_endofopt */
    0xff, 0xff, 0xff, 0xff,                    /* nobody reads this */
};

START_TEST(walks_options)
{
	struct cursor list = cur_of(options, sizeof(options));
	struct pcapng_option option;

	ck_assert_int_eq(pcapng_option_next(&list, false, &option), PCAPNG_HERE);
	ck_assert_uint_eq(option.code, 1);
	ck_assert_uint_eq(cur_left(&option.value), 5);
	ck_assert_mem_eq(option.value.at, "hello", 5);
	ck_assert_int_eq(pcapng_option_next(&list, false, &option), PCAPNG_HERE);
	ck_assert_uint_eq(option.code, 2988);
	ck_assert_int_eq(pcapng_option_next(&list, false, &option), PCAPNG_END);
}
END_TEST

START_TEST(walks_big_endian_options)
{
	static const uint8_t bytes[] = {
	    0x00, 0x09, 0x00, 0x01, /* if_tsresol, 1 byte */
	    0x09, 0x00, 0x00, 0x00, /* 10^-9 */
	};
	struct cursor list = cur_of(bytes, sizeof(bytes));
	struct pcapng_option option;

	ck_assert_int_eq(pcapng_option_next(&list, true, &option), PCAPNG_HERE);
	ck_assert_uint_eq(option.code, 9);
	ck_assert_uint_eq(cur_u8(&option.value), 9);
	ck_assert_int_eq(pcapng_option_next(&list, true, &option), PCAPNG_END); /* no end mark */
}
END_TEST

/* Ends of whole options: there a list may end without a mark. */
START_TEST(breaks_on_every_cut)
{
	for (size_t length = 0; length < 24; length++) {
		uint8_t *copy = malloc(length + 1);
		struct cursor list;
		struct pcapng_option option;
		enum pcapng_step step;

		memcpy(copy, options, length);
		copy = realloc(copy, length ? length : 1);
		list = cur_of(copy, length);
		while ((step = pcapng_option_next(&list, false, &option)) == PCAPNG_HERE)
			continue;
		ck_assert_int_eq(
		    step, length == 0 || length == 12 || length == 20 ? PCAPNG_END : PCAPNG_BROKEN);
		free(copy);
	}
}
END_TEST

START_TEST(refuses_custom_options_without_a_number)
{
	static const uint8_t bytes[] = {0xac, 0x0b, 0x03, 0x00, 0x01, 0x02, 0x03, 0x00};
	struct cursor list = cur_of(bytes, sizeof(bytes));
	struct cursor names = list;
	struct pcapng_option option;

	ck_assert_int_eq(pcapng_option_next(&list, false, &option), PCAPNG_BROKEN);
	ck_assert_int_eq(pcapng_name_next(&names, false, &option), PCAPNG_HERE);
}
END_TEST

Suite *
pcapng_options_suite(void)
{
	Suite *suite = suite_create("pcapng_options");
	TCase *tcase = tcase_create("pcapng_options");

	tcase_add_loop_test(tcase, turns_ticks_into_nanoseconds, 0, (int)(COUNT(times)));
	tcase_add_test(tcase, walks_options);
	tcase_add_test(tcase, walks_big_endian_options);
	tcase_add_test(tcase, breaks_on_every_cut);
	tcase_add_test(tcase, refuses_custom_options_without_a_number);
	suite_add_tcase(suite, tcase);
	return suite;
}
