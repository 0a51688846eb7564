/* Files that people hand over and that we do not read: what they are, what to run. */
#ifndef SMBTRIAGE_BASE_FOREIGN_H
#define SMBTRIAGE_BASE_FOREIGN_H

#include <stddef.h>
#include <stdint.h>

/* Enough of a file's first bytes to recognise it. */
#define FOREIGN_BYTES 128

enum foreign_kind {
	FOREIGN_CAPTURE, /* of another format */
	FOREIGN_ARCHIVE, /* or compressed */
	FOREIGN_CABINET,
	FOREIGN_EVENT_LOG,
	FOREIGN_ETL,
};

struct foreign {
	const char *what;   /* "an Event Trace Log of Windows" */
	const char *remedy; /* what makes it a capture: "convert it with …" */
	enum foreign_kind kind;
};

/* What a file that starts with LENGTH BYTES is, or NULL when none of ours to name. */
const struct foreign *foreign_recognise(const uint8_t *bytes, size_t length);

#endif
