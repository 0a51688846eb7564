#include "analyzer/base/date.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/base/basics.h"

Suite *date_suite(void);

static const struct {
	const char *text;
	bool is_valid;
} days[] = {
    {"2027-01-31", true},
    {"2027-12-31", true},
    {"2028-02-29", true},
    {"2000-02-29", true},
    {"0001-01-01", true},
    {"2027-02-29", false},
    {"2100-02-29", false},
    {"2027-04-31", false},
    {"2027-00-10", false},
    {"2027-13-10", false},
    {"2027-10-00", false},
    {"2027-1-31", false},
    {"27-01-31", false},
    {"2027-01-31 ", false},
    {"2027/01/31", false},
    {"2027-01-3l", false},
    {"+027-01-31", false},
    {"", false},
};

START_TEST(a_day_is_one_of_the_calendar)
{
	ck_assert_msg(date_is_valid(days[_i].text) == days[_i].is_valid, "%s", days[_i].text);
}
END_TEST

/* Each of them from 0000-01-01 to 9999-12-31, as gmtime_r(3) has it. */
START_TEST(days_have_dates)
{
	for (int32_t number = -719528; number <= 2932896; number++) {
		const time_t second = (time_t)number * 86400;
		struct date date = date_of(number);
		struct tm day;

		gmtime_r(&second, &day);
		if (date.year != (unsigned)(day.tm_year + 1900) ||
		    date.month != (unsigned)(day.tm_mon + 1) || date.day != (unsigned)day.tm_mday)
			ck_abort_msg("day %d", number);
	}
}
END_TEST

static const struct {
	const char *text;
	int64_t time; /* 0: it is none */
} times[] = {
    {"1970-01-01T00:00:00.000000001Z", 1},
    {"2026-11-20T17:29:00.123Z", INT64_C(1795195740123000000)},
    {"2026-11-20T17:29:00Z", INT64_C(1795195740000000000)},
    {"2026-11-20 17:29:00", INT64_C(1795195740000000000)},
    {"2026-11-20T17:29:00.9999999999Z", INT64_C(1795195740999999999)},
    {"2024-02-29 23:59:59", INT64_C(1709251199000000000)},
    {"1969-12-31 23:59:59", INT64_C(-1000000000)},
    {"2115-12-31 00:00:00", INT64_C(4607193600000000000)},
    {"2117-01-01 00:00:00", 0},
    {"1601-01-01 00:00:00", 0},
    {"2023-02-29 00:00:00", 0},
    {"2026-11-20 24:00:00", 0},
    {"2026-11-20 23:60:00", 0},
    {"2026-11-20 23:00:60", 0},
    {"2026-11-20_17:29:00", 0},
    {"2026-11-20 17:29:00.", 0},
    {"2026-11-20 17:29:00x", 0},
    {"2026-11-20 17:29:0", 0},
    {"2026-11-20 17:29", 0},
    {"2026-11-20 ", 0},
    {"2026-11-20", 0},
    {"2026-11", 0},
    {"", 0},
};

START_TEST(times_are_read)
{
	int64_t time = 0;

	ck_assert(date_parse_time(times[_i].text, &time) == (times[_i].time != 0));
	ck_assert_int_eq(time, times[_i].time);
}
END_TEST

/* What is written can be read, on each day that can be. */
START_TEST(times_are_read_as_they_are_written)
{
	for (int64_t day = -53370; day < 53370; day++) {
		const int64_t time = day * INT64_C(86400000000000) + 12345678912345;
		char text[DATE_TIME_SIZE + 1] = "";
		int64_t again;

		date_put_time(text, time);
		ck_assert(date_parse_time(text, &again));
		ck_assert_int_eq(again, time);
	}
}
END_TEST

static const struct {
	const char *epoch, *day; /* NULL: it is refused */
} epochs[] = {
    {"0", "1970-01-01"},
    {"86399", "1970-01-01"},
    {"86400", "1970-01-02"},
    {"1801440000", "2027-02-01"},
    {"253402300799", "9999-12-31"},
    {"253402300800", NULL},
    {"99999999999999999999", NULL},
    {"-1", NULL},
    {"1e9", NULL},
    {" 1", NULL},
    {"", NULL},
};

START_TEST(the_environment_may_name_the_day)
{
	char day[DATE_TEXT_SIZE] = "untouched";
	struct error error = {0};
	bool is_taken;

	setenv("SOURCE_DATE_EPOCH", epochs[_i].epoch, 1);
	is_taken = date_today(day, &error);
	unsetenv("SOURCE_DATE_EPOCH");
	ck_assert_int_eq(is_taken, epochs[_i].day != NULL);
	ck_assert_str_eq(day, is_taken ? epochs[_i].day : "untouched");
	if (is_taken)
		return;
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_ptr_nonnull(strstr(error.text, "SOURCE_DATE_EPOCH"));
}
END_TEST

START_TEST(today_is_a_day)
{
	char day[DATE_TEXT_SIZE];
	struct error error = {0};

	unsetenv("SOURCE_DATE_EPOCH");
	ck_assert(date_today(day, &error));
	ck_assert(date_is_valid(day));
	ck_assert_str_gt(day, "2020-01-01");
}
END_TEST

Suite *
date_suite(void)
{
	Suite *suite = suite_create("date");
	TCase *tcase = tcase_create("date");

	tcase_add_loop_test(tcase, a_day_is_one_of_the_calendar, 0, COUNT(days));
	tcase_add_test(tcase, days_have_dates);
	tcase_add_loop_test(tcase, times_are_read, 0, (int)COUNT(times));
	tcase_add_test(tcase, times_are_read_as_they_are_written);
	tcase_add_loop_test(tcase, the_environment_may_name_the_day, 0, COUNT(epochs));
	tcase_add_test(tcase, today_is_a_day);
	suite_add_tcase(suite, tcase);
	return suite;
}
