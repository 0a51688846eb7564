/* Calls that a signal came between; they are made again. */
#ifndef SMBTRIAGE_BASE_INTERRUPTED_H
#define SMBTRIAGE_BASE_INTERRUPTED_H

#include <errno.h>
#include <stdbool.h>
#include <sys/types.h>

/* RESULT is that of a call of the system, made just now. */
static inline bool
is_interrupted(ssize_t result)
{
	return result < 0 && errno == EINTR;
}

#endif
