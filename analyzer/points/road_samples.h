/* Captures from a client to a server, of which crossings are made, for the tests of this room. */
#ifndef SMBTRIAGE_POINTS_ROAD_SAMPLES_H
#define SMBTRIAGE_POINTS_ROAD_SAMPLES_H

#include <check.h>

#include "analyzer/points/crossing.h"
#include "analyzer/points/point_samples.h"

#define MOST_VIEWS 3

static const char *const files[] = {"client.pcapng", "middle.pcapng", "server.pcapng"};

/* Captures from the client to the server, of which the last is the server's. */
struct road {
	struct viewpoint views[MOST_VIEWS];
	struct capture_facts facts[MOST_VIEWS];
	struct interface_facts interfaces[MOST_VIEWS];
	struct vantage_facts vantage; /* that the last capture has, where has_vantage */
	bool has_vantage;
	struct path path;
	struct arena arena;
};

/* Two captures are the client's and the server's. */
static inline const char *
file_of(size_t count, size_t index)
{
	return files[index + 1 == count ? MOST_VIEWS - 1 : index];
}

static inline void
begin(struct road *road, size_t count)
{
	road->path.count = count;
	for (size_t i = 0; i < count; i++) {
		point_begin(&road->views[i]);
		road->facts[i] = (struct capture_facts){.file = file_of(count, i),
		    .first_time = (-1 + road->views[i].clock) * SAMPLE_MS,
		    .last_time = (60000 + road->views[i].clock) * SAMPLE_MS,
		    .has_time = true,
		    .interfaces = &road->interfaces[i],
		    .interface_count = 1};
	}
}

static inline void
end(struct road *road)
{
	for (size_t i = 0; i < road->path.count; i++)
		point_end(&road->views[i]);
	arena_free(&road->arena);
}

/* SAMPLE passes REACH captures from its sender on; a millisecond from each to the next. */
static inline void
walk(struct road *road, const struct sample *sample, size_t reach)
{
	static uint16_t ip_id;
	size_t count = road->path.count;

	ip_id++;
	for (size_t i = 0; i < reach; i++)
		point_see(&road->views[sample->from == CLIENT ? i : count - 1 - i], *sample,
		    (int64_t)i, ip_id);
}

static inline void
walk_all(struct road *road, const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++)
		walk(road, &samples[i], road->path.count);
}

/* What else is on the road, COUNT of its captures have: a connection at TIME from PORT. */
static inline void
control(struct road *road, int64_t time, uint16_t port, size_t count)
{
	static const struct sample session[] = {
	    CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"), PAYLOAD(20, SERVER, 501, 104, "A33")};

	for (size_t i = 0; i < COUNT(session); i++) {
		struct sample sample = session[i];

		sample.time += time;
		sample.ports[CLIENT] = port;
		sample.seq += (uint32_t)port * 1000;
		sample.ack += sample.ack != 0 ? (uint32_t)port * 1000 : 0;
		for (size_t j = 0; j < count; j++)
			point_see(&road->views[j], sample,
			    sample.from == CLIENT ? (int64_t)j : (int64_t)(count - 1 - j), 0);
	}
}

/* One that all have, before and after what tests are about. */
static inline void
controls(struct road *road)
{
	control(road, 0, 50001, road->path.count);
}

static inline void
controls_again(struct road *road)
{
	control(road, 50000, 50002, road->path.count);
}

/* What a device before capture VIEW adds to the numbers of connections that begin now. */
static inline void
renumber(struct road *road, size_t view, uint32_t client, uint32_t server)
{
	road->views[view].shift[CLIENT] = client;
	road->views[view].shift[SERVER] = server;
}

static inline void
gather(struct road *road)
{
	for (size_t i = 0; i < road->path.count; i++) {
		struct viewpoint *view = &road->views[i];

		pipeline_end(view->run.pipeline, NULL);
		sightings_settle(&view->sightings);
		road->path.points[i] = (struct point){.file = road->facts[i].file,
		    .facts = &road->facts[i],
		    .sightings = &view->sightings,
		    .ledger = &view->run.ledger};
	}
	if (road->has_vantage) {
		road->facts[road->path.count - 1].vantages = &road->vantage;
		road->facts[road->path.count - 1].vantage_count = 1;
	}
	for (size_t i = 0; i < road->path.count; i++)
		for (size_t j = i + 1; j < road->path.count; j++)
			road->path.pairings[i][j] = pair_connections(
			    &road->views[i].sightings, &road->views[j].sightings, &road->arena);
}

static inline void
link_all(struct road *road)
{
	gather(road);
	crossings_link(&road->path, &road->arena);
}

/* The exchange of the type called NAME on the connection from the usual port, or NULL. */
static inline struct exchange *
exchange_at(const struct road *road, size_t view, const char *name)
{
	const struct ledger *ledger = &road->views[view].run.ledger;

	for (size_t i = 0; i < ledger->count; i++) {
		uint16_t port = ledger->items[i]->conversation->client_port;

		if (strcmp(ledger->items[i]->type->name, name) == 0 && port != 50001 &&
		    port != 50002)
			return ledger->items[i];
	}
	return NULL;
}

static inline const struct crossing *
crossing_at(const struct road *road, size_t view, const char *name)
{
	const struct exchange *exchange = exchange_at(road, view, name);

	ck_assert_ptr_nonnull(exchange);
	ck_assert_ptr_nonnull(exchange->crossing);
	return exchange->crossing;
}

#define UNKNOWN (-1)

static inline void
check_number(const struct number *number, int wanted)
{
	ck_assert_int_eq(number->is_known, wanted != UNKNOWN);
	if (wanted != UNKNOWN)
		ck_assert_uint_eq(number->value, (uint64_t)wanted);
}

static inline void
check_known(const struct crossing *crossing, int request_there, int answer_there, int answer_here)
{
	check_number(&crossing->is_request_there, request_there);
	check_number(&crossing->is_answer_there, answer_there);
	check_number(&crossing->is_answer_here, answer_here);
}

/* Both NULL, or the same text. */
static inline void
check_text(const char *text, const char *wanted)
{
	if (wanted == NULL)
		ck_assert_ptr_null(text);
	else
		ck_assert_pstr_eq(text, wanted);
}

static inline void
check_lost(const struct crossing *crossing, const char *after, const char *before)
{
	check_text(crossing->lost_after, after);
	check_text(crossing->lost_before, before);
}

static inline void
check_forged(const struct crossing *crossing, const char *after, const char *before)
{
	check_text(crossing->forged_after, after);
	check_text(crossing->forged_before, before);
}

/* A SYN, 10 s after the first connection, and what may come of it; all of it twice. */
static const struct sample syns[] = {
    SEGMENT(10000, CLIENT, SYN, 100, 0), SEGMENT(11000, CLIENT, SYN, 100, 0)};
static const struct sample syn_acks[] = {
    SEGMENT(10005, SERVER, SYN_ACK, 500, 101), SEGMENT(11005, SERVER, SYN_ACK, 500, 101)};
static const struct sample rst = SEGMENT(10005, SERVER, RST, 0, 101);

static inline void
knock(struct road *road, size_t reach)
{
	for (size_t i = 0; i < COUNT(syns); i++)
		walk(road, &syns[i], reach);
}

/* A connection with one request and what may answer it. */
static const struct sample opening[] = {SEGMENT(10000, CLIENT, SYN, 100, 0),
    SEGMENT(10005, SERVER, SYN_ACK, 500, 101), SEGMENT(10010, CLIENT, ACK, 101, 501)};
static const struct sample request = PAYLOAD(10100, CLIENT, 101, 501, "Q65abc");
static const struct sample answer = PAYLOAD(10200, SERVER, 501, 107, "A43x");
static const struct sample given_up = SEGMENT(12000, CLIENT, RST, 107, 501);

/* How many captures there are, and how many of them what is lost passes. */
static const struct {
	size_t count, reach;
} ways[] = {{2, 1}, {3, 1}, {3, 2}};

#endif
