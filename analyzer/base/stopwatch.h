/* How long something takes, for people who wait: for progress and --verbose alone. */
#ifndef SMBTRIAGE_BASE_STOPWATCH_H
#define SMBTRIAGE_BASE_STOPWATCH_H

#include <stdint.h>
#include <time.h>

#define STOPWATCH_SECOND INT64_C(1000000000)

/* Nanoseconds since some moment. No report may depend on it. */
static inline int64_t
stopwatch_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * STOPWATCH_SECOND + now.tv_nsec;
}

#endif
