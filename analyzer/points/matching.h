/* The segments or datagrams of one connection as two captures have them, those that are one side by
 * side. */
#ifndef SMBTRIAGE_POINTS_MATCHING_H
#define SMBTRIAGE_POINTS_MATCHING_H

#include "analyzer/points/sightings.h"

/* One connection in both captures. */
struct matched {
	const struct sightings *here, *there;
	const struct sighted *here_connection, *there_connection;
	uint32_t shift[2]; /* by enum side: sequence numbers there less those here */
};

/*
 * One segment: HERE, THERE or both. A segment that was sent again is several, told apart by the IP
 * Identification where the path left it, else by their order where both captures have as many.
 */
struct match_pair {
	const struct sighting *here, *there; /* or NULL */
	bool is_alone; /* no other segment has its place in the stream, its length and its flags */
};

/* All segments of both, in RET, which has room for those of both together; returns how many, in the
 * order of their places in the streams: first the client's, then the server's. Datagrams come in
 * the order of frames here, and those that only THERE has behind them. */
size_t match_segments(const struct matched *matched, struct match_pair *ret);

#endif
