/* The segments or datagrams of one connection that two captures have in common. */
#ifndef SMBTRIAGE_POINTS_MATCHING_H
#define SMBTRIAGE_POINTS_MATCHING_H

#include "analyzer/points/sightings.h"

/* One connection in both captures. */
struct matched {
	const struct sightings *here, *there;
	const struct sighted *here_connection, *there_connection;
	uint32_t shift[2]; /* by enum side: sequence numbers there less those here */
};

/* One segment in both captures. */
struct match_pair {
	const struct sighting *here, *there;
};

/*
 * The segments that are surely one, in RET, which has room for as many as the capture with fewer
 * has; returns how many. They carry data, SYN or FIN, as an ACK may be anybody's, and no other has
 * their place in the stream, their length and these flags: which of several a segment is that was
 * sent again is not asked. They are in the order of their places, first the client's, then the
 * server's; datagrams in the order of frames here.
 */
size_t match_segments(const struct matched *matched, struct match_pair *ret);

#endif
