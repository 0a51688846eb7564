/* Packets that a path between two captures doubled. */
#ifndef SMBTRIAGE_POINTS_DUPLICATION_H
#define SMBTRIAGE_POINTS_DUPLICATION_H

#include "analyzer/points/twins.h"

/* Where packets of one side of a connection come from, and where to. */
struct passing {
	const struct sightings *from, *to;
	const struct sighted *from_connection, *to_connection;
	uint32_t shift; /* sequence numbers of that side at TO less those at FROM */
};

/*
 * How many of the segments with a payload that have some of RANGE, which is of TO, came to TO more
 * often than they passed FROM, where they did so once. None where TO may have made the copies
 * itself, as mirror ports do: those have packets of either direction twice, or all of one.
 */
size_t duplicated_on_way(const struct passing *passing, const struct byte_range *range);

#endif
