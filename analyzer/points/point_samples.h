/* Captures at two points of one path, for the tests of this room. */
#ifndef SMBTRIAGE_POINTS_POINT_SAMPLES_H
#define SMBTRIAGE_POINTS_POINT_SAMPLES_H

#include "analyzer/conversation/pipeline_samples.h"
#include "analyzer/points/sightings.h"

#define SAMPLE_HOUR (INT64_C(3600000)) /* milliseconds */

/* What a capture somewhere sees. */
struct viewpoint {
	struct run run;
	struct sightings sightings;
	struct packet_tap tap;
	int64_t clock;         /* milliseconds that its clock is ahead */
	uint8_t network;       /* the client's address is 10.NETWORK.0.1 */
	uint8_t server;        /* the server's address is 10.0.0.SERVER; 0: as the sample has it */
	uint16_t client_port;  /* 0: that of the sample */
	uint32_t shift[2];     /* what devices before it add to sequence numbers */
	const char *rewritten; /* in place of the client's payloads; NULL: as they are */
	uint16_t window;
};

static inline void
point_begin(struct viewpoint *point)
{
	struct pipeline_options options = {.dissectors = &toy_list, .file = "toy.pcapng"};

	point->sightings.most = 10000;
	point->tap = sightings_tap(&point->sightings);
	options.tap = &point->tap;
	toy_take_log();
	point->run = (struct run){0};
	point->run.ledger.arena = &point->run.arena;
	point->run.pipeline = pipeline_new(&options, &point->run.arena, &point->run.ledger);
}

static inline void
point_end(struct viewpoint *point)
{
	sightings_free(&point->sightings);
	end_run(&point->run);
}

/* SAMPLE passes POINT, DELAY milliseconds after its time, with IP Identification IP_ID. */
static inline void
point_see(struct viewpoint *point, struct sample sample, int64_t delay, uint16_t ip_id)
{
	struct packet packet;
	struct addr *client, *server;

	sample.time += delay + point->clock;
	if (point->client_port != 0)
		sample.ports[CLIENT] = point->client_port;
	if (point->rewritten != NULL && sample.payload != NULL && sample.from == CLIENT)
		sample.payload = point->rewritten;
	sample.seq += point->shift[sample.from];
	if ((sample.flags & TCP_ACK) != 0)
		sample.ack += point->shift[other_side(sample.from)];
	packet = sample_packet(&sample, ++point->run.frame);
	packet.tcp.window = point->window;
	packet.ip_id = ip_id;
	client = sample.from == CLIENT ? &packet.ends.src : &packet.ends.dst;
	client->bytes[1] = point->network;
	server = sample.from == CLIENT ? &packet.ends.dst : &packet.ends.src;
	if (point->server != 0)
		server->bytes[3] = point->server;
	feed(&point->run, packet);
}

/* SAMPLE on its way between both, which takes a millisecond. */
static inline void
points_pass(
    struct viewpoint *here, struct viewpoint *there, const struct sample *sample, uint16_t ip_id)
{
	point_see(here, *sample, sample->from == CLIENT ? 0 : 1, ip_id);
	point_see(there, *sample, sample->from == CLIENT ? 1 : 0, ip_id);
}

#endif
