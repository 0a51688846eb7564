#include "analyzer/base/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/base/basics.h"
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

/* Whether TEXT begins like SHAPE, in which each d is a digit. */
static bool
begins_like(const char *text, const char *shape)
{
	for (size_t i = 0; shape[i] != '\0'; i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return false;
	return true;
}

bool
date_is_valid(const char *text)
{
	unsigned month, day;

	if (!begins_like(text, "dddd-dd-dd") || text[DATE_TEXT_SIZE - 1] != '\0')
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

/* How far the day at DIGITS, which is valid, is behind 1970-01-01: date_of() the other way round.
 */
static int32_t
days_to(const char *digits)
{
	unsigned month = number(digits + 5, 2), day = number(digits + 8, 2);
	/* The years, from 400 before 0000, and the months begin with March. */
	unsigned year = number(digits, 4) + 400 - (month < 3);
	unsigned of_year = (153 * (month < 3 ? month + 9 : month - 3) + 2) / 5 + day - 1;

	return (int32_t)(365 * year + year / 4 - year / 100 + year / 400 + of_year) - 719468 -
	       146097;
}

/* The nanoseconds that TEXT, behind a time's seconds, says. */
static bool
parse_fraction(const char *text, uint32_t *ret)
{
	uint32_t unit = NS_PER_S / 10, sum = 0;

	if (*text == '.') {
		if (*++text < '0' || *text > '9')
			return false;
		for (; *text >= '0' && *text <= '9'; text++, unit /= 10)
			sum += unit * (uint32_t)(*text - '0');
	}
	*ret = sum;
	return text[*text == 'Z'] == '\0';
}

bool
date_parse_time(const char *text, int64_t *ret)
{
	char day[DATE_TEXT_SIZE] = "";
	uint32_t second, nanoseconds;
	const char *at = text + DATE_TEXT_SIZE;
	int64_t days;

	memcpy(day, text, strnlen(text, DATE_TEXT_SIZE - 1));
	if (!date_is_valid(day) || (at[-1] != 'T' && at[-1] != ' ') || !begins_like(at, "dd:dd:dd"))
		return false;
	days = days_to(day);
	second = number(at, 2) * 3600 + number(at + 3, 2) * 60 + number(at + 6, 2);
	if (number(at, 2) > 23 || at[3] > '5' || at[6] > '5' ||
	    !parse_fraction(at + 8, &nanoseconds) || days >= TIME_MOST / NS_PER_DAY ||
	    days <= -(TIME_MOST / NS_PER_DAY))
		return false;
	*ret = days * NS_PER_DAY + second * INT64_C(1) * NS_PER_S + nanoseconds;
	return true;
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
