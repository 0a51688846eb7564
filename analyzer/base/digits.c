#include "analyzer/base/digits.h"

#include <string.h>

/* Two digits at a time halve the divisions. */
static const char pairs[] = "00010203040506070809101112131415161718192021222324"
			    "25262728293031323334353637383940414243444546474849"
			    "50515253545556575859606162636465666768697071727374"
			    "75767778798081828384858687888990919293949596979899";

static unsigned
width_of(uint64_t number)
{
	unsigned width = 1;

	for (; number >= 10000; number /= 10000)
		width += 4;
	return width + (number >= 10) + (number >= 100) + (number >= 1000);
}

char *
digits_put_long(char *at, uint64_t number)
{
	char *end = at + width_of(number), *start = end;

	for (; number >= 100; number /= 100) {
		start -= 2;
		memcpy(start, pairs + number % 100 * 2, 2);
	}
	if (number >= 10)
		memcpy(at, pairs + number * 2, 2);
	else
		*at = (char)('0' + number);
	return end;
}

char *
digits_put_fixed(char *at, uint32_t number, unsigned width)
{
	char *end = at + width, *start = end;

	for (; width >= 2; width -= 2) {
		start -= 2;
		memcpy(start, pairs + number % 100 * 2, 2);
		number /= 100;
	}
	if (width != 0)
		*at = (char)('0' + number % 10);
	return end;
}
