/*
 * What the captures of several points on one path show of each exchange together: whether its
 * request came through and its answer came back, between which of them it was lost, and what was
 * altered on the way.
 */
#ifndef SMBTRIAGE_POINTS_CROSSING_H
#define SMBTRIAGE_POINTS_CROSSING_H

#include "analyzer/points/twins.h"

/* Sets the crossing of all exchanges in PATH's ledgers of which something can be told. Those that
 * are one in several captures have one, which lives in ARENA. */
void crossings_link(const struct path *path, struct arena *arena);

#endif
