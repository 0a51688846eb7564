/* What the capture of each point shows of one exchange. */
#ifndef SMBTRIAGE_POINTS_SHOWING_H
#define SMBTRIAGE_POINTS_SHOWING_H

#include "analyzer/points/twins.h"

/* Of its request, or of its answer or what ended the wait in its place. */
enum showing {
	SHOWS,
	LACKS,
	BLIND, /* it cannot tell */
};

struct showings {
	enum showing requests[POINTS_MOST], answers[POINTS_MOST];
	struct crossing_point
	    *points;        /* in arena memory; which clocks are ahead is not filled in */
	const char *unsure; /* why a capture is blind, of the first that is; or NULL */
};

/* What the captures of PATH show of TWINS, in RET; what is made lives in ARENA. */
void showings_of(
    const struct path *path, const struct twins *twins, struct arena *arena, struct showings *ret);

#endif
