/*
 * DER and the BER that Kerberos and SPNEGO peers really send (X.690), read element by element.
 *
 * All readers of one message share one verdict, and the first fault stays in it: a child that does
 * not fit its parent is malformed traffic, one that goes on beyond the captured bytes is a
 * truncated capture. After a fault every read yields nothing; what was read before it was whole.
 */
#ifndef SMBTRIAGE_DISSECTORS_DER_H
#define SMBTRIAGE_DISSECTORS_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/cursor.h"

enum der_verdict {
	DER_OK = 0,
	DER_SHORT,     /* the capture ends before the element does */
	DER_MALFORMED, /* a tag, length or value that no encoder may write here */
};

/* Identifier octets (X.690 8.1.2). Tag numbers above 30 do not occur in our protocols. */
enum der_tag {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_IA5_STRING = 0x16,
	DER_GENERALIZED_TIME = 0x18,
	DER_GENERAL_STRING = 0x1b,
	DER_SEQUENCE = 0x30,
};

#define DER_APPLICATION(number) (0x60 | (number)) /* constructed */
#define DER_CONTEXT(number)     (0xa0 | (number)) /* constructed */

/* Kerberos and SPNEGO nest 12 levels at most (a ticket in a TGS-REQ's padata). */
#define DER_MOST_DEPTH 24

/* As a message's length when nobody knows it: whatever does not fit is then a short capture. */
#define DER_LENGTH_UNKNOWN (SIZE_MAX / 2)

/*
 * What is left of the contents of one element, or of a whole message. Bytes and verdict are
 * borrowed. It is small and filled in place: a message has dozens of elements, and a copy of what
 * was just written makes the processor wait.
 */
struct der {
	const uint8_t *at, *end; /* what of it was captured */
	size_t missing;          /* bytes of it after the captured ones */
	enum der_verdict *verdict;
	unsigned depth;
};

struct der_element {
	uint8_t tag; /* the identifier octet */
	struct der contents;
};

/* A message of LENGTH bytes, of which CAPTURED are at BYTES. Sets *VERDICT to DER_OK. */
static inline struct der
der_of(const void *bytes, size_t captured, size_t length, enum der_verdict *verdict)
{
	struct cursor cursor = cur_of(bytes, captured < length ? captured : length);

	*verdict = DER_OK;
	return (struct der){
	    .at = cursor.at,
	    .end = cursor.end,
	    .missing = captured < length ? length - captured : 0,
	    .verdict = verdict,
	};
}

/* What of DER was captured, borrowed. */
static inline struct cursor
der_bytes(const struct der *der)
{
	return cur_of(der->at, (size_t)(der->end - der->at));
}

/* Marks the message malformed, unless it has another fault already. */
void der_reject(const struct der *der);

/* Whether an element follows; false after a fault. */
static inline bool
der_more(const struct der *der)
{
	if (*der->verdict != DER_OK)
		return false;
	if (der->at == der->end && der->missing > 0)
		*der->verdict = DER_SHORT;
	return der->at != der->end;
}

/* The tag of the next element, 0 when there is none or it was not captured. */
static inline uint8_t
der_tag(const struct der *der)
{
	struct cursor ahead = der_bytes(der);

	return *der->verdict == DER_OK ? cur_u8(&ahead) : 0;
}

/* Whether the length of the next element takes more octets than it needs, which DER forbids (X.690
 * 10.1) and decoders in use read all the same. */
bool der_is_padded(const struct der *der);

/* The next element; false, and RET untouched, at the end or after a fault. An element that is cut
 * is given as far as it was captured: its contents have missing bytes. */
bool der_next(struct der *der, struct der_element *ret);

/* The contents of the next element, which must have TAG: another one is malformed. RET is empty
 * then, and after any fault; it may be DER. */
void der_enter(struct der *der, uint8_t tag, struct der *ret);

/* The same for an OPTIONAL element: false, and DER stays and RET is untouched, when the next one
 * has another tag. */
bool der_enter_optional(struct der *der, uint8_t tag, struct der *ret);

/* INTEGER (X.690 8.3) in 64 bits. False, and RET untouched, when it is cut or wider. */
bool der_integer(struct der *der, int64_t *ret);

/* The value of the next OCTET STRING; false when it is cut. Borrowed. */
bool der_octets(struct der *der, struct cursor *ret);

/* ENUMERATED (X.690 8.4), as der_integer(). */
bool der_enumerated(struct der *der, int64_t *ret);

/* The first 32 bits of the next BIT STRING, bit 0 first as the highest (RFC 4120 5.2.8). */
bool der_bits(struct der *der, uint32_t *ret);

/* The octets of the next GeneralString, UTF8String or IA5String; false when it is cut. Borrowed. */
bool der_string(struct der *der, struct cursor *ret);

/* The same as UTF-8 in ARENA; NULL when it is cut. */
const char *der_text(struct der *der, struct arena *arena);

/* The next GeneralizedTime "20261120172900Z" (RFC 4120 5.2.3) in nanoseconds since the epoch. */
bool der_time(struct der *der, int64_t *ret);

/* The contents octets of the next OBJECT IDENTIFIER; false when it is cut. Borrowed. */
bool der_oid(struct der *der, struct cursor *ret);

/* Whether the contents octets of an OBJECT IDENTIFIER are the LENGTH ones at BYTES. */
bool der_oid_is(const struct cursor *oid, const uint8_t *bytes, size_t length);

#endif
