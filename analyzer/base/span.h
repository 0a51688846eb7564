/* Bytes that belong to somebody else. */
#ifndef SMBTRIAGE_BASE_SPAN_H
#define SMBTRIAGE_BASE_SPAN_H

#include <stddef.h>

/* Borrowed bytes; BYTES may be NULL when there are none. */
struct span {
	const void *bytes;
	size_t length;
};

#endif
