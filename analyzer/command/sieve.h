/* What an operator said of findings beforehand, and what that makes of the findings of a run. */
#ifndef SMBTRIAGE_COMMAND_SIEVE_H
#define SMBTRIAGE_COMMAND_SIEVE_H

#include <stdbool.h>

#include "analyzer/base/error.h"
#include "analyzer/command/baselines.h"
#include "analyzer/options.h"
#include "analyzer/report/report.h"
#include "rules/suppression.h"

struct sieve {
	const struct settings *settings;
	struct suppression_set *suppressions; /* or NULL */
	struct baselines baselines;
};

/* Reads the files that SETTINGS name. False, with ERROR, when there is a mistake in one, and then
 * nothing is left. sieve_free() takes it back. */
bool sieve_open(struct sieve *sieve, const struct settings *settings, const struct rule_set *rules,
    struct error *error);

/* Marks the findings of CAPTURE that do not count, and takes away those that are left out. */
void sieve_pass(struct sieve *sieve, struct report_capture *capture);

/* All captures have passed: says what was said of findings that there are none of, and writes the
 * new baseline. What cannot be written is said; the status of it all. */
enum exit_status sieve_end(struct sieve *sieve);

/* The new baseline takes its name if it is complete. The status as above. */
enum exit_status sieve_commit(struct sieve *sieve);

void sieve_free(struct sieve *sieve);

#endif
