/*
 * Which connection of one capture is which of another, taken elsewhere on the path: by addresses,
 * ports and sequence numbers, and where a device on the path changed those, by what it leaves.
 * Datagrams have no numbers, and those between two ports are one connection by what they carry.
 */
#ifndef SMBTRIAGE_POINTS_PAIRING_H
#define SMBTRIAGE_POINTS_PAIRING_H

#include "analyzer/points/clock.h"
#include "analyzer/points/matching.h"
#include "analyzer/points/sightings.h"
#include "analyzer/points/routes.h"

/* What became of a connection on its way between two places. */
enum passage {
	PASSAGE_UNCHANGED,
	PASSAGE_TRANSLATED, /* other addresses or ports (RFC 3022), the same sequence numbers */
	PASSAGE_RENUMBERED, /* other sequence numbers, as some firewalls give them */
	PASSAGE_TERMINATED, /* a device answers the client itself, and has another to the server */
};

/* One connection, in both captures. */
struct pairing {
	const struct sighted *here, *there;
	enum passage passage;
	bool is_translated; /* addresses or ports differ; PASSAGE may say more */
	bool has_others;    /* of datagrams: THERE are some of the client's that are not here */
	uint32_t shift[2];  /* by enum side: sequence numbers there less those here */
};

/* Arena memory. */
struct pairings {
	struct pairing *items; /* in the order of HERE's connections */
	size_t count;
	struct clock_map clock; /* from HERE to THERE */
	struct routes routes;
};

/* Pairs the connections of two captures and compares their clocks. HERE is nearer to the clients.
 * Both outlive what is made of them. */
struct pairings
pair_connections(const struct sightings *here, const struct sightings *there, struct arena *arena);

/* Its segments in both captures. */
struct matched pairing_matched(
    const struct sightings *here, const struct sightings *there, const struct pairing *pairing);

#endif
