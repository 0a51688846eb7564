/*
 * A file that is written whole or not at all: a report, a baseline, an evidence file.
 *
 * It comes into being beside the final name and takes that name only once every byte is on disk, so
 * that a full disk, an interrupt or a mistake leaves under the name what was there before, or
 * nothing.
 */
#ifndef SMBTRIAGE_BASE_OUTFILE_H
#define SMBTRIAGE_BASE_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

#include "analyzer/base/error.h"

struct outfile;

/*
 * Between its beginning and its end a process may fork: the child writes and completes the file,
 * the parent commits it, and knows whether the child had completed it.
 *
 * Begins to write PATH, which the file takes at outfile_commit(). A new one has mode 0666 less the
 * umask; one that replaces another has the other's mode, and its owner where that is allowed. A
 * symbolic link stays, and what it points to is replaced. What is no file (a device, a fifo), what
 * standard output or standard error already writes to, and "-", which is standard output, are
 * written directly.
 *
 * NULL when it cannot be begun; ERROR then says why in one sentence with PATH, and has EXIT_USAGE.
 */
struct outfile *outfile_open(const char *path, struct error *error);

/*
 * Begins a file that never has a name, for what is known before that which stands above it in
 * OUTFILE: beside OUTFILE or, where that is NULL or written directly, in TMPDIR or else /tmp. It is
 * given up with outfile_abandon(). NULL and ERROR as above.
 */
struct outfile *outfile_open_aside(const struct outfile *outfile, struct error *error);

/* Hands all that was written to OUTFILE, not directly, to TAKE with TAKER, in pieces. Failures wait
 * for outfile_complete(). */
void outfile_give_back(struct outfile *outfile,
    void (*take)(void *taker, const char *bytes, size_t length), void *taker);

/* Where to write; borrowed. Failures may wait for outfile_commit(). */
FILE *outfile_stream(struct outfile *outfile);

/* Forgets what was written so far, to begin anew. False, and nothing is forgotten, where it is
 * written directly. */
bool outfile_restart(struct outfile *outfile);

/* Whether what is written goes straight to where the operator wants it, and cannot be read again.
 */
bool outfile_is_direct(const struct outfile *outfile);

/* A descriptor by which what was written so far can be read, OUTFILE not being written directly;
 * borrowed, and its offset is that of writing. Negative, with ERROR (EXIT_INTERNAL), when it could
 * not be written. */
int outfile_draft(struct outfile *outfile, struct error *error);

/* All is written. False, with ERROR (EXIT_INTERNAL), when a byte is not there. */
bool outfile_complete(struct outfile *outfile, struct error *error);

/*
 * A file that is complete gets its name, another is abandoned. False, with ERROR (EXIT_INTERNAL),
 * when a complete one is not safe on disk or the name could not be taken: nothing has changed under
 * the name then. OUTFILE is freed in either case.
 */
bool outfile_commit(struct outfile *outfile, struct error *error);

/*
 * The same of COUNT files that belong together: when all are complete and safe on disk they get
 * their names one after the other, else none does. When the name of one cannot be taken, those that
 * had theirs are removed, and what they had replaced comes back.
 */
bool outfiles_commit(struct outfile *const *outfiles, size_t count, struct error *error);

/* The file is not wanted any more; nothing changes under its name. NULL: nothing is done. */
void outfile_abandon(struct outfile *outfile);

#endif
