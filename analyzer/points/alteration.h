/* What became of a message between two captures. */
#ifndef SMBTRIAGE_POINTS_ALTERATION_H
#define SMBTRIAGE_POINTS_ALTERATION_H

#include "analyzer/points/twins.h"

/*
 * The fields in which ONE of TWINS, at point HERE, differs from the one at THERE, with both values:
 * "dialects 2.0.2, 3.0 -> 2.0.2". Only of messages whose bytes differ, or whose segments are not
 * the same. NULL: none; else in ARENA.
 */
const char *alteration_text(const struct path *path, const struct twins *twins, size_t here,
    size_t there, struct arena *arena);

/* Whether the bytes of its request, or of its answer, are known to differ. */
bool alteration_is_of(
    const struct path *path, const struct twins *twins, size_t here, size_t there, bool is_request);

#endif
