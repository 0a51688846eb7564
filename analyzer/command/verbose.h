/* What --verbose says of a run, on standard error. */
#ifndef SMBTRIAGE_COMMAND_VERBOSE_H
#define SMBTRIAGE_COMMAND_VERBOSE_H

#include <stdint.h>

#include "analyzer/analysis.h"
#include "analyzer/options.h"
#include "rules/rule.h"

/* What one option brought with it. */
void verbose_tell_options(const struct settings *settings);

/* How many rules there are, and which folders they are from. */
void verbose_tell_rules(const struct settings *settings, const struct rule_set *rules);

/* What was in a capture, and how long it took: ELAPSED nanoseconds. */
void verbose_tell_capture(const struct analysis *analysis, int64_t elapsed);

#endif
