#include "analyzer/base/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/base/digits.h"

#define NS_PER_S    1000000000
#define NS_PER_DAY  (INT64_C(86400) * NS_PER_S)
#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */

static unsigned
number(const char *digits, size_t length)
{
	unsigned number = 0;

	for (size_t i = 0; i < length; i++)
		number = number * 10 + (unsigned)(digits[i] - '0');
	return number;
}

static unsigned
days_of_month(unsigned year, unsigned month)
{
	static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap_year = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && is_leap_year);
}

bool
date_is_valid(const char *text)
{
	static const char shape[] = "dddd-dd-dd";
	unsigned month, day;

	if (strlen(text) != strlen(shape))
		return false;
	for (size_t i = 0; shape[i] != '\0'; i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return false;
	month = number(text + 5, 2);
	day = number(text + 8, 2);
	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= days_of_month(number(text, 4), month);
}

/*
 * Counted from March on, leap days come last: of a year, of four years and of 400. So a year, the
 * 400 of which are 146097 days, has 365 of them and one more each fourth, but not each hundredth;
 * and the months from March on have 31 and 30 days by turns, but for July and August, and for
 * December and January: five of them are 153 days.
 */
struct date
date_of(int32_t days)
{
	/* From 400 years before 0000-03-01, which is 719468 days before 1970-01-01. */
	uint32_t behind = (uint32_t)(days + 719468 + 146097);
	uint32_t eras = behind / 146097, rest = behind % 146097;
	uint32_t year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	uint32_t of_year = rest - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * of_year + 2) / 153;

	return (struct date){
	    .year = 400 * eras - 400 + year + (month >= 10),
	    .month = month < 10 ? month + 3 : month - 9,
	    .day = of_year - (153 * month + 2) / 5 + 1,
	};
}

/* NUMBER in WIDTH digits, and what follows them. */
static char *
put(char *at, uint32_t number, unsigned width, char end)
{
	at = digits_put_fixed(at, number, width);
	*at = end;
	return at + 1;
}

/* Writes the day that is DAYS from 1970-01-01, and END. Returns where to go on. */
static char *
put_day(char *at, int32_t days, char end)
{
	struct date date = date_of(days);

	at = put(at, date.year, 4, '-');
	at = put(at, date.month, 2, '-');
	return put(at, date.day, 2, end);
}

char *
date_put_time(char *at, int64_t nanoseconds)
{
	/* Rounded down, also before 1970. */
	int64_t days = nanoseconds / NS_PER_DAY - (nanoseconds % NS_PER_DAY < 0);
	uint64_t of_day = (uint64_t)nanoseconds - (uint64_t)days * NS_PER_DAY;
	uint32_t seconds = (uint32_t)(of_day / NS_PER_S);

	at = put_day(at, (int32_t)days, 'T');
	at = put(at, seconds / 3600, 2, ':');
	at = put(at, seconds / 60 % 60, 2, ':');
	at = put(at, seconds % 60, 2, '.');
	return put(at, (uint32_t)(of_day % NS_PER_S), 9, 'Z');
}

static bool
parse_epoch(const char *text, int64_t *ret)
{
	size_t length = strlen(text);

	if (length == 0 || length > 12 || strspn(text, "0123456789") != length)
		return false;
	*ret = strtoll(text, NULL, 10);
	return *ret <= LAST_SECOND;
}

bool
date_today(char ret_text[DATE_TEXT_SIZE], struct error *error)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t seconds = time(NULL);

	if (epoch != NULL && !parse_epoch(epoch, &seconds))
		return error_set(error, EXIT_USAGE,
		    "SOURCE_DATE_EPOCH is '%s', which is no number of seconds since 1970", epoch);
	put_day(ret_text, (int32_t)(seconds / (NS_PER_DAY / NS_PER_S)), '\0');
	return true;
}
