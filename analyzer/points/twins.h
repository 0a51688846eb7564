/* Exchanges that are one, as captures of several points on their path have it. */
#ifndef SMBTRIAGE_POINTS_TWINS_H
#define SMBTRIAGE_POINTS_TWINS_H

#include "analyzer/exchange.h"
#include "analyzer/points/pairing.h"

/* Captures that are compared at once. */
#define POINTS_MOST 8

/* One capture. All is borrowed. */
struct point {
	const char *file;
	const struct capture_facts *facts;
	const struct sightings *sightings;
	struct ledger *ledger;
	struct capture_vantage vantage;
};

/* Captures in the order in which clients' packets pass them, and what each has in common with those
 * behind it: pairings[HERE][THERE]. All is borrowed. */
struct path {
	struct point points[POINTS_MOST];
	struct pairings pairings[POINTS_MOST][POINTS_MOST];
	size_t count;
};

/* One exchange in all captures. */
struct twins {
	struct exchange *exchanges[POINTS_MOST];        /* NULL: it is not there */
	const struct sighted *connections[POINTS_MOST]; /* NULL: nor is its connection */
	size_t first; /* point that has it, nearest to the client */
	uint32_t shift[POINTS_MOST]
		      [2]; /* by enum side: sequence numbers there less those at FIRST */
	/* Between FIRST and it a device has connections of its own. */
	bool is_terminated[POINTS_MOST];
	/* It has datagrams of the client's that are not where it comes from. */
	bool has_others[POINTS_MOST];
};

struct twin_finder;

/* For PATH, whose ledgers do not change meanwhile. */
struct twin_finder *twin_finder_new(const struct path *path);

/* All that are one with EXCHANGE, which is of POINT and of none before it; what a capture in
 * between lacks may be in those behind it. False when it is no client's request over TCP or UDP,
 * when too little is known of its connection, and of commands in one message, or requests of the
 * same bytes, of one kind, for all but the first. */
bool twins_find(
    const struct twin_finder *finder, size_t point, struct exchange *exchange, struct twins *ret);

/* The bytes of the request, or of the answer, that point HERE has, as they stand at point THERE,
 * which has the connection; its exchange need not. False when HERE has no such message. */
bool twins_message_at(const struct path *path, const struct twins *twins, size_t here, size_t there,
    bool is_request, struct byte_range *ret);

void twin_finder_free(struct twin_finder *finder);

#endif
