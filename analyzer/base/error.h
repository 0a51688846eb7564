/* What the operator did wrong, in one sentence. What traffic did is never an error. */
#ifndef SMBTRIAGE_BASE_ERROR_H
#define SMBTRIAGE_BASE_ERROR_H

#include <stdbool.h>

#include "analyzer/base/log.h"

/* The program's exit statuses, in rising order of precedence when several apply. */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_THRESHOLD = 1, /* --fail-on reached */
	EXIT_INPUT = 2,     /* input damaged, cut, or nothing decodable */
	EXIT_USAGE = 3,     /* wrong option or wrong rule */
	EXIT_INTERNAL = 4,
};

/* A zeroed struct error is no error. */
struct error {
	enum exit_status status;
	bool is_no_capture; /* about a file that does not even look like one */
	char text[480];     /* one sentence, without a final newline; longer ones are cut */
};

/* Fills ERROR and returns false, so that a failing function ends in `return error_set(…)`. */
bool error_set(struct error *error, enum exit_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
