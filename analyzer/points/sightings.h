/*
 * What one capture shows of SMB and Kerberos, and of the names asked for them, segment by segment
 * and datagram by datagram: what is compared with a capture that was taken elsewhere on their path.
 */
#ifndef SMBTRIAGE_POINTS_SIGHTINGS_H
#define SMBTRIAGE_POINTS_SIGHTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/conversation/pipeline.h"

/* No segment. */
#define SIGHTING_NONE UINT32_MAX

/* One TCP segment, or a datagram; of copies that the capture made of a packet the first alone. */
struct sighting {
	uint64_t frame;
	int64_t time;
	uint64_t
	    digest; /* of its payload, the same in every capture of this run, where has_digest */
	uint32_t seq, ack;   /* of a datagram SEQ is its place: a number that its payload makes */
	uint32_t length;     /* of the payload, on the wire */
	uint32_t offset;     /* of its first byte from the side's base, once settled */
	uint32_t connection; /* its number */
	uint32_t next;       /* the connection's next, as a number in sightings.items */
	uint16_t ip_id;      /* of IPv4 */
	uint16_t copies; /* of this packet, that came the same way; of those that stand in the list
			  * by themselves, too, the first alone has them, once settled */
	uint8_t flags;   /* enum tcp_flag */
	uint8_t ttl;
	uint8_t side;    /* enum side that sent it */
	bool has_digest; /* there is a payload, and all of it was captured */
};

/* One connection, or all datagrams between two ports. Who sends a datagram again sends the same
 * bytes, and so it has the same place. */
struct sighted {
	enum transport transport;
	bool is_background;           /* explains others, as DNS does; told of by nobody */
	uint32_t stream;              /* of TCP: Wireshark's tcp.stream */
	struct packet_endpoints ends; /* as the client sends */
	uint32_t isn[2];              /* by enum side: of its SYN */
	bool has_isn[2];
	uint16_t syn_window, syn_mss; /* of the client's SYN, where it has an isn */
	bool has_syn_options;
	uint32_t first, last;  /* segments */
	uint32_t base[2];      /* by enum side: sequence number of its first byte that was seen, or
				* would have been, as the SYN says; of datagrams 0 */
	uint32_t greetings[2]; /* by enum side: its first with a payload; SIGHTING_NONE: none */
	size_t count;
	/* By enum side, once settled: segments with a payload, and those that came more than once.
	 */
	uint32_t distinct[2], doubled[2];
	uint64_t copies; /* that the capture made of the conversation that began in FIRST_FRAME */
	uint64_t first_frame;
};

/* A zeroed one with a MOST is empty. */
struct sightings {
	size_t most; /* segments that are kept */
	struct sighting *items;
	size_t count, capacity;
	struct sighted *connections;
	size_t connection_count, connection_capacity;
	uint32_t *by_place;  /* once settled, numbers of segments: by connection, side and offset */
	uint32_t longest;    /* of their lengths */
	struct table by_key; /* struct sighted_place, of each connection */
	struct arena arena;  /* of these */
	uint64_t left_out;   /* segments beyond MOST */
	uint64_t left_out_frame;
	size_t names; /* datagrams of background dissectors that are kept: a part of MOST */
	uint64_t names_left_out;
	uint64_t reassembled; /* datagrams of which the capture has all fragments, whoever's */
	uint64_t cut; /* datagrams that are not all captured: what they are nobody can tell */
};

/* Watches the pipeline of one capture for SIGHTINGS, which outlives it. */
struct packet_tap sightings_tap(struct sightings *sightings);

/* The capture is over: fills in what needs all of it. */
void sightings_settle(struct sightings *sightings);

/* Bytes of one side of a connection, or a datagram. */
struct byte_range {
	const struct sighted *connection;
	enum side side;
	uint32_t offset, length;
};

/* RANGE's last byte; of a datagram there are no parts. */
static inline struct byte_range
byte_range_end(const struct byte_range *range)
{
	if (range->connection->transport == TRANSPORT_UDP)
		return *range;
	return (struct byte_range){
	    range->connection, range->side, range->offset + range->length - 1, 1};
}

/* Calls TAKE for each segment that has some of RANGE, by their offsets, until it returns false. */
void sightings_each_of(const struct sightings *sightings, const struct byte_range *range,
    bool (*take)(void *state, const struct sighting *one), void *state);

/* The first segment that has all of RANGE and nothing else, or NULL. */
const struct sighting *
sightings_exactly(const struct sightings *sightings, const struct byte_range *range);

/* The TCP connection of STREAM, or NULL. */
const struct sighted *sightings_of_stream(const struct sightings *sightings, uint32_t stream);

/* The bytes of EXCHANGE's request, or else of its answer; of a handshake none, but their
 * connection. False when nothing is known of it. */
bool sightings_message(const struct sightings *sightings, const struct exchange *exchange,
    bool is_request, struct byte_range *ret);

/* The segment after ONE on its connection, or the connection's first with ONE NULL; or NULL. */
static inline const struct sighting *
sightings_next(
    const struct sightings *sightings, const struct sighted *connection, const struct sighting *one)
{
	uint32_t next = one != NULL ? one->next : connection->first;

	return next != SIGHTING_NONE ? &sightings->items[next] : NULL;
}

/* What SIDE says first, or NULL. */
static inline const struct sighting *
sightings_greeting(
    const struct sightings *sightings, const struct sighted *connection, enum side side)
{
	uint32_t at = connection->greetings[side];

	return at != SIGHTING_NONE ? &sightings->items[at] : NULL;
}

void sightings_free(struct sightings *sightings);

#endif
