/* Mistakes in a file of YAML, as whoever reads it meets them. */
#ifndef SMBTRIAGE_RULES_MISTAKE_H
#define SMBTRIAGE_RULES_MISTAKE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/error.h"

struct mistake {
	const char *file;
	unsigned line, column; /* from 1 */
	const char *text;      /* "FILE:LINE:COLUMN: sentence", control characters escaped */
};

/*
 * Where they go. Loaders go on after a mistake as far as what follows does not hang on it, so that
 * one reading tells of all. Who wants one error gets the first.
 */
struct mistakes {
	struct error *first; /* filled by the first one */
	size_t count;
	/* Told of each while it is met; not in the order of lines. Or NULL. */
	void (*tell)(void *state, const struct mistake *mistake);
	void *state;
};

/* Adds one, with a sentence that has no final full stop. Returns false. */
bool mistake_add(struct mistakes *mistakes, const char *file, unsigned line, unsigned column,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

bool mistake_vadd(struct mistakes *mistakes, const char *file, unsigned line, unsigned column,
    const char *format, va_list arguments) __attribute__((format(printf, 5, 0)));

#endif
