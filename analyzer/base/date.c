#include "analyzer/base/date.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
	struct tm day;
	time_t second;
	size_t length;

	if (epoch != NULL && !parse_epoch(epoch, &seconds))
		return error_set(error, EXIT_USAGE,
		    "SOURCE_DATE_EPOCH is '%s', which is no number of seconds since 1970", epoch);
	second = (time_t)seconds;
	gmtime_r(&second, &day);
	length = strftime(ret_text, DATE_TEXT_SIZE, "%Y-%m-%d", &day);
	assert(length == DATE_TEXT_SIZE - 1);
	return true;
}
