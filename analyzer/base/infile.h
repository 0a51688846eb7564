/*
 * Files that are read as captures, and the only way to open one: by this process, or, when it is a
 * worker, by its keeper (errand.h), which opens none but those that were listed before.
 */
#ifndef SMBTRIAGE_BASE_INFILE_H
#define SMBTRIAGE_BASE_INFILE_H

#include <stdbool.h>
#include <stddef.h>

/* A worker that is begun later may have PATH opened, spelt like this; "-" is standard input. */
void infile_list(const char *path);

/* Forgets what is listed. */
void infile_free(void);

/*
 * A descriptor of PATH from its beginning, or of what is left of standard input ("-"); the
 * caller's. -1, with errno, when it cannot be read; EISDIR for a folder, EACCES for what a worker
 * may not have.
 */
int infile_open(const char *path);

/* PATH means what FD, which must be open for reading, is a descriptor of; until this is called with
 * NULL. Both are borrowed. Who reads it moves FD's offset, too. */
void infile_lend(const char *path, int fd);

/* For the keeper: opens what stands at NUMBER in the list, which may be beyond its end. */
int infile_open_listed(size_t number);

/* Its path, or NULL. */
const char *infile_listed(size_t number);

#endif
