/* What evidence files are called. */
#ifndef SMBTRIAGE_COMMAND_EVIDENCE_NAME_H
#define SMBTRIAGE_COMMAND_EVIDENCE_NAME_H

#include <stddef.h>

#include "analyzer/base/arena.h"

/*
 * The paths of the evidence of COUNT captures, PATHS, in RET and ARENA. That of a single one is
 * OUT; of several each has in the folder OUT the name of its capture, less what says how that is
 * compressed and written, with .pcapng at its end; and where captures have one name a number
 * before that.
 */
void evidence_names(
    const char *const *paths, size_t count, const char *out, struct arena *arena, const char **ret);

#endif
