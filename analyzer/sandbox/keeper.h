/*
 * A run in two processes. The keeper, which the operator started, opens what the run needs before
 * it begins, and gives files their names after it ended. The worker in between reads captures,
 * locked in (sandbox.h), so that nothing in them can do harm.
 */
#ifndef SMBTRIAGE_SANDBOX_KEEPER_H
#define SMBTRIAGE_SANDBOX_KEEPER_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/error.h"
#include "analyzer/facts.h"

struct task {
	/* What the worker does. It returns the status of the program. */
	enum exit_status (*work)(void *state);
	void *state;
	struct sandbox_facts *sandbox; /* by its mode; what is active is there when work() begins */
	unsigned members;              /* of its crew (base/crew.h) */
	size_t files;                  /* that it may read at a time */
	const char *filter;            /* that it may have compiled (capture/libpcap.h), or NULL */
};

/*
 * Has a worker do TASK and waits for it. It may open the files that are listed (base/infile.h).
 * RET is the status that it returned.
 * False, with EXIT_INTERNAL, when the worker did not come to its end, which is said: what it
 * completed (base/outfile.h) is not to be kept. What work() changes in memory is not changed here.
 */
bool keeper_run(const struct task *task, enum exit_status *ret);

/* The end of the program, with STATUS; or by the signal that ended it, or closed its output, while
 * a worker was at work, so that whoever started it sees that. Does not return. */
_Noreturn void keeper_end(enum exit_status status);

#endif
