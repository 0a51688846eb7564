/* Captures at two points of one path, for the tests of this room. */
#ifndef SMBTRIAGE_POINTS_POINT_SAMPLES_H
#define SMBTRIAGE_POINTS_POINT_SAMPLES_H

#include "analyzer/conversation/pipeline_samples.h"
#include "analyzer/points/sightings.h"

#define SAMPLE_HOUR (INT64_C(3600000)) /* milliseconds */

/* What makes a payload long enough to tell whose it is. */
#define HUNDRED                                               \
	"..................................................." \
	"................................................."

/* What is sent to a KDC, or to who knows names; what has no flags is a datagram. */
#define DATAGRAM(ms, side, text)                                                        \
	{                                                                               \
		.time = (ms), .from = (side), .payload = (text), .ports = { 40088, 88 } \
	}
#define NAME_DATAGRAM(ms, side, text)                                                   \
	{                                                                               \
		.time = (ms), .from = (side), .payload = (text), .ports = { 40053, 53 } \
	}

/* The toy protocol as one that explains others. */
static const struct dissector toy_names = {
    .name = "names",
    .transport = TRANSPORT_UDP,
    .ports = {53},
    .is_background = true,
    .probe = toy_probe,
    .open = toy_open,
    .message = toy_message,
    .end = toy_end,
    .close = toy_close,
};

static const struct dissector *const toy_point_items[] = {&toy_tcp, &toy_udp, &toy_names};

static const struct dissector_list toy_point_list = {toy_point_items, COUNT(toy_point_items)};

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
	uint16_t window, mss;
	bool is_ipv6; /* hosts have IPv6 addresses, and packets no Identification */
};

static inline void
point_begin(struct viewpoint *point)
{
	struct pipeline_options options = {.dissectors = &toy_point_list, .file = "toy.pcapng"};

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

/* The same host by its other address. */
static inline void
give_ipv6(struct addr *addr)
{
	static const uint8_t network[12] = {0xfd, 0x66};
	uint8_t bytes[16];

	memcpy(bytes, network, sizeof(network));
	memcpy(bytes + sizeof(network), addr->bytes, 4);
	*addr = addr_ipv6(bytes);
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
	packet = sample.flags != 0 ? sample_packet(&sample, ++point->run.frame)
				   : sample_datagram(&sample, ++point->run.frame);
	packet.tcp.window = point->window;
	packet.tcp.mss = point->mss;
	packet.ip_id = ip_id;
	client = sample.from == CLIENT ? &packet.ends.src : &packet.ends.dst;
	client->bytes[1] = point->network;
	server = sample.from == CLIENT ? &packet.ends.dst : &packet.ends.src;
	if (point->server != 0)
		server->bytes[3] = point->server;
	if (point->is_ipv6) {
		give_ipv6(client);
		give_ipv6(server);
		packet.ip_id = 0;
	}
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
