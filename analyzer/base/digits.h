/* Numbers as decimal digits, into memory that has the room: no format is read, and no locale. */
#ifndef SMBTRIAGE_BASE_DIGITS_H
#define SMBTRIAGE_BASE_DIGITS_H

#include <stdint.h>

#define DIGITS_MOST 20 /* of 2^64 - 1 */

/* NUMBER at AT, without leading zeros, when it is 10 at least. Returns what is behind its last
 * digit, where no NUL is written. */
char *digits_put_long(char *at, uint64_t number);

/* The same of any number; most are of one digit. */
static inline char *
digits_put(char *at, uint64_t number)
{
	if (number >= 10)
		return digits_put_long(at, number);
	*at = (char)('0' + number);
	return at + 1;
}

/* The last WIDTH digits of NUMBER, with leading zeros. Returns what is behind them. */
char *digits_put_fixed(char *at, uint32_t number, unsigned width);

#endif
