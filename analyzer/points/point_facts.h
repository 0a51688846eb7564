/* What the comparison of a path's captures says of each of them. */
#ifndef SMBTRIAGE_POINTS_POINT_FACTS_H
#define SMBTRIAGE_POINTS_POINT_FACTS_H

#include "analyzer/points/twins.h"

/* Of point INDEX of PATH, in ARENA. */
const struct point_facts *
point_facts_of(const struct path *path, size_t index, struct arena *arena);

#endif
