/* How far a run is, in a line at the terminal that is rewritten in place, for whoever waits. */
#ifndef SMBTRIAGE_PROGRESS_H
#define SMBTRIAGE_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/text.h"

struct progress;

/*
 * The progress of a run over FILES files of TOTAL bytes together; 0: nobody knows. Each file is
 * read PASSES times. NULL, which every function here takes and does nothing with, when nobody would
 * see it: standard error is no terminal, or the operator wants quiet.
 */
struct progress *progress_new(size_t files, uint64_t total, unsigned passes);

/* The next file, of SIZE bytes; 0: nobody knows. */
void progress_file(struct progress *progress, uint64_t size);

/* The file at hand was FILES more of those that were counted, and its position went on in them. */
void progress_joined(struct progress *progress, size_t files);

/* The first POSITION bytes of the file are done, in this pass. It costs little: the line is written
 * at most ten times a second, and not in the first half of a second. */
void progress_at(struct progress *progress, uint64_t position);

/* A pass is over, where the last position was; of what is known it is the end of the file. */
void progress_pass(struct progress *progress);

/* The file is done in all passes, be it that nobody told of them. */
void progress_whole(struct progress *progress);

/* What is done other than reading, which may take a while and has no position: "judging"; static.
 * Until the next file. */
void progress_doing(struct progress *progress, const char *doing);

/* Takes the line away; the next progress_at() brings it back. */
void progress_hide(struct progress *progress);

/* Takes the line away for good. */
void progress_free(struct progress *progress);

/* What the line is made of. */
struct progress_facts {
	size_t file, files;
	uint64_t done, total; /* bytes; total 0: unknown */
	uint64_t rate;        /* bytes a second; 0: not known yet */
	const char *doing;    /* besides reading, or NULL */
};

/* Adds what of FACTS fits into COLUMNS: "file 2 of 5, 1.2 of 3.4 GB, 35 %, 410 MB/s, 5 s left".
 * ASCII alone, so that bytes are columns. */
void progress_add_line(struct text *text, const struct progress_facts *facts, size_t columns);

#endif
