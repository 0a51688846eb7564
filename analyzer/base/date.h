/* Days of the Gregorian calendar, in UTC, as ISO 8601 writes them: they compare as texts do. */
#ifndef SMBTRIAGE_BASE_DATE_H
#define SMBTRIAGE_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/error.h"

#define DATE_TEXT_SIZE 11 /* "2027-01-31" and its NUL */

/* Whether TEXT is a day that there is: "2027-02-29" is none. */
bool date_is_valid(const char *text);

struct date {
	unsigned year, month, day; /* month and day from 1 */
};

/* The day that is DAYS behind 1970-01-01, or before it: of the years 0 to 9999. */
struct date date_of(int32_t days);

#define DATE_TIME_SIZE 30 /* "2026-11-20T17:29:00.000000000Z", which has no NUL */

/* Nanoseconds since the epoch at AT, as RFC 3339 writes them. Returns what is behind it. */
char *date_put_time(char *at, int64_t nanoseconds);

/*
 * Nanoseconds since the epoch of "2026-11-20T17:29:00.123Z", of any number of digits behind the
 * point, or none, with or without the Z; or of "2026-11-20 17:29:00". False, and RET untouched,
 * when it is no time of UTC, or further from the epoch than TIME_MOST.
 */
bool date_parse_time(const char *text, int64_t *ret);

/*
 * The day of this run, or of the second that the environment names in SOURCE_DATE_EPOCH
 * (https://reproducible-builds.org/specs/source-date-epoch). False, with ERROR (EXIT_USAGE), when
 * that is no number of seconds since the epoch.
 */
bool date_today(char ret_text[DATE_TEXT_SIZE], struct error *error);

#endif
