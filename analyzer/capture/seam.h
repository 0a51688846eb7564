/*
 * Where one file of a trace ends and the next may begin: what is remembered of the end, and the
 * judgement whether a file goes on where another ended. To join what does not belong together is
 * worse than to leave apart what does, so all of this must be so: the names can follow one another,
 * the interfaces are the same, and the time between is no longer than other silences of the trace.
 * Where the names could be anybody's, TCP connections must also go on from the one into the other:
 * captures that were taken one after the other, on one host, have all the rest.
 */
#ifndef SMBTRIAGE_CAPTURE_SEAM_H
#define SMBTRIAGE_CAPTURE_SEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/source.h"

/* Records on either side of a seam in which connections are looked for. A file that is begun when
 * another is full is begun amid traffic. */
#define SEAM_RECORDS 256

struct seam;

struct seam *seam_new(void);
void seam_free(struct seam *seam);

/* Remembers what matters of COUNT records, in the order in which they were read. */
void seam_note(struct seam *seam, const struct record *records, size_t count);

/* The end of a file, before the seam. */
struct seam_end {
	const char *path;
	const struct capture_facts *facts; /* of all that was read up to there */
	bool is_damaged;                   /* the file ends before it should */
};

/* Whether the file at PATH goes on where END is, as far as the two files can tell. */
bool seam_continues(const struct seam *seam, const struct seam_end *end, const char *path,
    const struct source_options *options);

#endif
