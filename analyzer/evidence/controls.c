#include "analyzer/evidence/controls.h"

#include "analyzer/evidence/basis.h"
#include "analyzer/evidence/counterpart.h"

/* One exchange, and two points: it passed FROM, and TO is nearer to the server. */
struct way {
	const struct evidence_points *points;
	size_t from, to;
	const struct exchange *exchange; /* as FROM has it */
	struct need_set *needs;          /* of each point */
	bool is_there;                   /* TO has it, too */
	enum evidence_level level;
};

/* How well a connection serves, best first: of the same server, of the same client, and paired by
 * its SYN. */
enum service {
	SERVES_NOBODY = 0,
	SERVES_CLOCKS = 1 << 0,
	SERVES_CLIENT = 1 << 1,
	SERVES_SERVER = 1 << 2,
};

/* Whether the packets of CONNECTION made the conversation of FACTS, or, as several may be made of
 * the datagrams between two ports, one of them. */
static bool
is_of(const struct conversation_facts *facts, const struct sighted *connection)
{
	const struct packet_endpoints *ends = &connection->ends;

	if (facts->transport != connection->transport || facts->transport == TRANSPORT_TCP)
		return facts->transport == connection->transport &&
		       facts->stream == connection->stream;
	return facts->client_port == ends->src_port && facts->server_port == ends->dst_port &&
	       addr_equal(&facts->client, &ends->src) && addr_equal(&facts->server, &ends->dst);
}

static const struct conversation_facts *
conversation_of(const struct way *way, size_t point, const struct sighted *connection)
{
	const struct report_capture *capture = way->points->captures[point];

	for (size_t i = 0; i < capture->conversation_count; i++)
		if (is_of(capture->conversations[i].facts, connection))
			return capture->conversations[i].facts;
	return NULL;
}

static const struct pairings *
pairings_of(const struct way *way)
{
	return &way->points->path->pairings[way->from][way->to];
}

static bool
is_own(const struct way *way, const struct pairing *pairing)
{
	return is_of(way->exchange->conversation, pairing->here);
}

/* How the exchange's own connection came to the other point, or NULL. */
static const struct pairing *
own_pairing(const struct way *way)
{
	const struct pairings *pairings = pairings_of(way);

	for (size_t i = 0; i < pairings->count; i++)
		if (is_own(way, &pairings->items[i]))
			return &pairings->items[i];
	return NULL;
}

static bool
has_syn(const struct pairing *pairing)
{
	return pairing->here->has_isn[CLIENT] && pairing->there->has_isn[CLIENT] &&
	       pairing->passage != PASSAGE_TERMINATED;
}

/* Whether it is the exchange's own, of which a device has one to either side. */
static bool
is_own_device(const struct way *way, const struct pairing *pairing)
{
	return pairing->passage == PASSAGE_TERMINATED && is_own(way, pairing);
}

static unsigned
service_of(const struct way *way, const struct pairing *pairing)
{
	const struct conversation_facts *facts = way->exchange->conversation;
	const struct packet_endpoints *here = &pairing->here->ends;
	const struct packet_endpoints *there = &pairing->there->ends;
	unsigned service = SERVES_NOBODY;

	if (has_syn(pairing))
		service |= SERVES_CLOCKS;
	if (!addr_equal(&here->dst, &facts->server) || !addr_equal(&here->dst, &there->dst))
		return service;
	service |= SERVES_SERVER;
	return addr_equal(&here->src, &facts->client) ? service | SERVES_CLIENT : service;
}

static uint64_t
first_frame(const struct way *way, const struct pairing *pairing)
{
	return sightings_next(way->points->path->points[way->from].sightings, pairing->here, NULL)
	    ->frame;
}

/* Of those that serve best the last that began before the exchange, and the first behind it. Where
 * nothing is lacking, only the clocks are asked for. */
static void
find_controls(const struct way *way, const struct pairing *ret[2])
{
	const struct pairings *pairings = pairings_of(way);
	unsigned best[2] = {SERVES_NOBODY, SERVES_NOBODY}, service;
	bool is_behind;

	for (size_t i = 0; i < pairings->count; i++) {
		const struct pairing *one = &pairings->items[i];

		if (way->is_there ? !has_syn(one) : is_own_device(way, one))
			continue;
		service = service_of(way, one);
		is_behind = first_frame(way, one) > way->exchange->request_frame;
		if (service < best[is_behind] ||
		    (is_behind && service == best[1] && ret[1] != NULL))
			continue;
		best[is_behind] = service;
		ret[is_behind] = one;
	}
}

/* What begins with a SYN in both is paired by that; else by what it carries. */
static void
add_connection(const struct way *way, const struct pairing *pairing)
{
	const struct conversation_facts *here = conversation_of(way, way->from, pairing->here);
	const struct conversation_facts *there = conversation_of(way, way->to, pairing->there);

	if (here != NULL)
		needs_add_other(&way->needs[way->from], here, !has_syn(pairing));
	if (there != NULL)
		needs_add_other(&way->needs[way->to], there, !has_syn(pairing));
}

static void
add_controls(const struct way *way)
{
	const struct pairing *found[2] = {NULL, NULL};

	find_controls(way, found);
	for (size_t i = 0; i < 2; i++)
		if (found[i] != NULL)
			add_connection(way, found[i]);
}

/* What its connection has at the other point when the exchange should be there. */
static void
add_silence(const struct way *way, const struct pairing *own)
{
	const struct exchange *exchange = way->exchange;
	const struct conversation_facts *there = conversation_of(way, way->to, own->there);
	int64_t waited = exchange->waited > 0 ? exchange->waited : 0;
	struct clock_range offset;

	if (there == NULL || !clock_offset(&pairings_of(way)->clock, exchange->request_frame,
				 exchange->time, &offset))
		return;
	clock_bound(&offset);
	needs_add_period(&way->needs[way->to], there, clock_sum(exchange->time, offset.least),
	    clock_sum(clock_sum(exchange->time, waited), offset.most));
	if (way->level >= EVIDENCE_CONVERSATIONS)
		needs_add_other(&way->needs[way->to], there, true);
}

static void
add_way(struct way *way)
{
	const struct conversation_facts *facts = way->exchange->conversation;
	const struct pairing *own = own_pairing(way);

	way->is_there = counterpart_in(way->points->captures[way->to], way->exchange) != NULL;
	/* Where a device has connections of its own, what it hands on is known by the time. */
	if (!way->is_there || (own != NULL && own->passage == PASSAGE_TERMINATED))
		add_controls(way);
	if (way->is_there)
		return;
	needs_add_looking(&way->needs[way->to], &facts->server);
	if (own != NULL)
		add_silence(way, own);
	for (size_t i = way->from; way->level >= EVIDENCE_CONVERSATIONS && i <= way->to; i++)
		needs_add_openings(&way->needs[i], &facts->server);
}

/* From the first point that has EXCHANGE to all behind it. */
static void
add_exchange(struct way *way, const struct exchange *exchange)
{
	size_t count = way->points->path->count;

	way->exchange = NULL;
	for (way->from = 0; way->from < count && way->exchange == NULL; way->from++)
		way->exchange = counterpart_in(way->points->captures[way->from], exchange);
	for (way->to = way->from--; way->to < count; way->to++)
		add_way(way);
}

void
controls_add(struct need_set *needs, const struct evidence_points *points,
    const struct evidence_target *target)
{
	struct way way = {.points = points, .needs = needs, .level = target->level};
	struct basis basis;

	if (points->path->count < 2)
		return;
	basis = basis_of(target->of, target->finding, &needs[target->point].arena);
	for (size_t i = 0; i < basis.count; i++)
		if (basis.exchanges[i]->crossing != NULL)
			add_exchange(&way, basis.exchanges[i]);
}
