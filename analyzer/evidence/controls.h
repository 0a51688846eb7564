/*
 * What shows that a capture would have what it lacks: other connections that it shares with the
 * capture which has it, how their clocks differ, and that it was looking (points/absence.h).
 */
#ifndef SMBTRIAGE_EVIDENCE_CONTROLS_H
#define SMBTRIAGE_EVIDENCE_CONTROLS_H

#include "analyzer/evidence/target.h"
#include "analyzer/points/twins.h"

/* Captures of several points, in the order of PATH. All is borrowed. */
struct evidence_points {
	const struct path *path;
	const struct report_capture *captures[POINTS_MOST];
};

/* Adds to NEEDS, one of each point, what shows it of that which the finding of TARGET rests on. Of
 * a single capture that is nothing. */
void controls_add(struct need_set *needs, const struct evidence_points *points,
    const struct evidence_target *target);

#endif
