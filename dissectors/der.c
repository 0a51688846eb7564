#include "dissectors/der.h"

#include <string.h>

#include "analyzer/base/text.h"

#define NS_PER_S 1000000000

static void
fault(const struct der *der, enum der_verdict verdict)
{
	if (*der->verdict == DER_OK)
		*der->verdict = verdict;
}

void
der_reject(const struct der *der)
{
	fault(der, DER_MALFORMED);
}

/* Reading went past the last byte of DER: cut, or more was promised than its parent holds. */
static void
fault_at_end(const struct der *der)
{
	fault(der, der->missing > 0 ? DER_SHORT : DER_MALFORMED);
}

/*
 * X.690 8.1.3: definite lengths in the short and the long form. RFC 4120 5 asks for DER, and so the
 * indefinite form is refused; a length in more octets than it needs is read, since decoders in use,
 * Heimdal's among them, read it and such a message works.
 */
static inline bool
read_length(const struct der *der, struct cursor *bytes, size_t *ret)
{
	size_t length = cur_u8(bytes);

	if (length >= 0x80) {
		unsigned count = length & 0x7f;

		if (count == 0 || count > 4) {
			der_reject(der);
			return false;
		}
		for (length = 0; count > 0; count--)
			length = length << 8 | cur_u8(bytes);
	}
	if (!cur_ok(bytes)) {
		fault_at_end(der);
		return false;
	}
	*ret = length;
	return true;
}

bool
der_is_padded(const struct der *der)
{
	struct cursor ahead = der_bytes(der);
	uint8_t first, second;

	if (*der->verdict != DER_OK)
		return false;
	cur_skip(&ahead, 1);
	first = cur_u8(&ahead);
	second = cur_u8(&ahead);
	return cur_ok(&ahead) && first > 0x80 && (second == 0 || (first == 0x81 && second < 0x80));
}

/* The contents of the next element, which is there, as far as they were captured. */
static bool
take(struct der *der, struct der *ret)
{
	struct cursor bytes = der_bytes(der), contents;
	uint8_t tag = cur_u8(&bytes);
	size_t length, left, missing;

	if ((tag & 0x1f) == 0x1f) { /* a tag number above 30 */
		der_reject(der);
		return false;
	}
	if (!read_length(der, &bytes, &length))
		return false;
	left = cur_left(&bytes);
	missing = length > left ? length - left : 0;
	if (missing > der->missing || der->depth == DER_MOST_DEPTH) {
		der_reject(der);
		return false;
	}
	contents = cur_sub(&bytes, length - missing);
	der->at = bytes.at;
	der->missing -= missing;
	ret->at = contents.at;
	ret->end = contents.end;
	ret->missing = missing;
	ret->verdict = der->verdict;
	ret->depth = der->depth + 1;
	return true;
}

bool
der_next(struct der *der, struct der_element *ret)
{
	uint8_t tag = der_tag(der);

	if (!der_more(der) || !take(der, &ret->contents))
		return false;
	ret->tag = tag;
	return true;
}

void
der_enter(struct der *der, uint8_t tag, struct der *ret)
{
	if (der_enter_optional(der, tag, ret))
		return;
	if (*der->verdict == DER_OK)
		fault_at_end(der);
	ret->at = ret->end = der->end;
	ret->missing = 0;
	ret->verdict = der->verdict;
	ret->depth = der->depth;
}

bool
der_enter_optional(struct der *der, uint8_t tag, struct der *ret)
{
	return der_more(der) && der_tag(der) == tag && take(der, ret);
}

/* All bytes of a primitive element; false when it is cut. */
static bool
take_whole(struct der *contents, struct cursor *ret)
{
	if (*contents->verdict != DER_OK)
		return false;
	if (contents->missing > 0) {
		fault(contents, DER_SHORT);
		return false;
	}
	*ret = der_bytes(contents);
	return true;
}

static bool
read_primitive(struct der *der, uint8_t tag, struct cursor *ret)
{
	struct der contents;

	der_enter(der, tag, &contents);
	return take_whole(&contents, ret);
}

/* The contents octets of an INTEGER and of an ENUMERATED are alike. */
static bool
read_integer(struct der *der, uint8_t tag, int64_t *ret)
{
	struct cursor bytes;
	uint64_t value;

	if (!read_primitive(der, tag, &bytes))
		return false;
	if (cur_left(&bytes) == 0 || cur_left(&bytes) > 8) {
		der_reject(der);
		return false;
	}
	value = cur_u8(&bytes);
	if (value & 0x80) /* negative: two's complement */
		value |= ~UINT64_C(0xff);
	while (cur_left(&bytes) > 0)
		value = value << 8 | cur_u8(&bytes);
	*ret = (int64_t)value;
	return true;
}

bool
der_integer(struct der *der, int64_t *ret)
{
	return read_integer(der, DER_INTEGER, ret);
}

bool
der_enumerated(struct der *der, int64_t *ret)
{
	return read_integer(der, DER_ENUMERATED, ret);
}

bool
der_octets(struct der *der, struct cursor *ret)
{
	return read_primitive(der, DER_OCTET_STRING, ret);
}

bool
der_bits(struct der *der, uint32_t *ret)
{
	struct cursor bytes;
	uint32_t value = 0;

	if (!read_primitive(der, DER_BIT_STRING, &bytes))
		return false;
	if (cur_left(&bytes) == 0 || cur_u8(&bytes) > 7) { /* unused bits of the last octet */
		der_reject(der);
		return false;
	}
	for (int shift = 24; shift >= 0 && cur_left(&bytes) > 0; shift -= 8)
		value |= (uint32_t)cur_u8(&bytes) << shift;
	*ret = value;
	return true;
}

static bool
is_string_tag(uint8_t tag)
{
	return tag == DER_GENERAL_STRING || tag == DER_UTF8_STRING || tag == DER_IA5_STRING;
}

bool
der_string(struct der *der, struct cursor *ret)
{
	struct der_element element;

	if (!der_next(der, &element)) {
		fault_at_end(der);
		return false;
	}
	if (!is_string_tag(element.tag)) {
		der_reject(der);
		return false;
	}
	return take_whole(&element.contents, ret);
}

const char *
der_text(struct der *der, struct arena *arena)
{
	struct cursor bytes;

	if (!der_string(der, &bytes))
		return NULL;
	return text_from_utf8(arena, bytes.at, cur_left(&bytes));
}

/* COUNT decimal digits; -1 when one of them is none. */
static int
read_digits(struct cursor *bytes, int count)
{
	int value = 0;

	while (count-- > 0) {
		uint8_t c = cur_u8(bytes);

		if (c < '0' || c > '9')
			return -1;
		value = value * 10 + (c - '0');
	}
	return value;
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, years from 1 March. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t shifted = year - (month <= 2);
	int64_t era = shifted / 400;
	int64_t year_of_era = shifted - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

bool
der_time(struct der *der, int64_t *ret)
{
	struct cursor bytes;
	int year, month, day, hour, minute, second;

	if (!read_primitive(der, DER_GENERALIZED_TIME, &bytes))
		return false;
	year = read_digits(&bytes, 4);
	month = read_digits(&bytes, 2);
	day = read_digits(&bytes, 2);
	hour = read_digits(&bytes, 2);
	minute = read_digits(&bytes, 2);
	second = read_digits(&bytes, 2);
	if (cur_u8(&bytes) != 'Z' || cur_left(&bytes) > 0 || year < 1900 || month < 1 ||
	    month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59 || second < 0 || second > 60) {
		der_reject(der);
		return false;
	}
	/* Nanoseconds in 64 bits end in 2262; "99990913…" is how some peers say never. */
	if (year > 2261) {
		*ret = INT64_MAX;
		return true;
	}
	*ret = (days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * NS_PER_S;
	return true;
}

bool
der_oid(struct der *der, struct cursor *ret)
{
	return read_primitive(der, DER_OID, ret);
}

bool
der_oid_is(const struct cursor *oid, const uint8_t *bytes, size_t length)
{
	return cur_left(oid) == length && memcmp(oid->at, bytes, length) == 0;
}
