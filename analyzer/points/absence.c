#include "analyzer/points/absence.h"

#include <inttypes.h>

/* RANGE, at point FROM in FRAME (0: not known), by the clock of point TO. False when nothing that
 * both have tells how their clocks differ. */
static bool
move_time(
    const struct path *path, size_t from, size_t to, uint64_t frame, struct clock_range *range)
{
	const struct clock_map *clock = &path->pairings[from][to].clock;
	struct clock_range offset;

	if (frame != 0 ? !clock_offset(clock, frame, range->least, &offset)
		       : !clock_offset_at(clock, clock_middle(range), &offset))
		return false;
	clock_bound(&offset);
	range->least = clock_sum(range->least, offset.least);
	range->most = clock_sum(range->most, offset.most);
	return true;
}

/* When what was at FROM in FRAME at TIME passed TO, by TO's clock: at once, or from point to point.
 */
static bool
time_there(const struct path *path, size_t from, size_t to, uint64_t frame, int64_t time,
    struct clock_range *ret)
{
	*ret = (struct clock_range){time, time};
	if (move_time(path, from, to, frame, ret))
		return true;
	for (size_t i = from; i < to; i++)
		if (!move_time(path, i, i + 1, i == from ? frame : 0, ret))
			return false;
	return true;
}

/* When a capture was running: as it says, or at least from its first packet to its last. */
static struct clock_range
running_time(const struct capture_facts *facts)
{
	struct clock_range range = {facts->first_time, facts->last_time};

	for (size_t i = 0; i < facts->interface_count; i++) {
		const struct interface_facts *interface = &facts->interfaces[i];

		if (interface->has_start && interface->start_time < range.least)
			range.least = interface->start_time;
		if (interface->has_end && interface->end_time > range.most)
			range.most = interface->end_time;
	}
	return range;
}

static uint64_t
dropped_at(const struct point *point)
{
	uint64_t dropped = 0;

	for (size_t i = 0; i < point->facts->interface_count; i++)
		dropped += point->facts->interfaces[i].dropped;
	return dropped;
}

const char *
absence_disguise_doubt(const struct path *path, size_t from, size_t to,
    const struct conversation_facts *conversation, struct arena *arena)
{
	const struct route *route =
	    routes_find(&path->pairings[from][to].routes, &conversation->server, NULL);

	if (route == NULL || !route->is_disguised)
		return NULL;
	return arena_format(arena,
	    "before %s a device makes other connections of those to this server, and this one may "
	    "be one of them",
	    path->points[to].file);
}

/* Where POINT was taken, as its own connections to SERVER tell. */
static bool
is_at_server(const struct point *point, const struct addr *server)
{
	for (size_t i = 0; i < point->facts->vantage_count; i++) {
		const struct vantage_facts *vantage = &point->facts->vantages[i];

		if (addr_equal(&vantage->host, server) && vantage->place == PLACE_HERE)
			return true;
	}
	return false;
}

const char *
absence_fragments_doubt(const struct point *point, struct arena *arena)
{
	uint64_t incomplete = point->facts->fragments_incomplete;

	if (incomplete == 0 || point->sightings->reassembled != 0)
		return NULL;
	return arena_format(arena,
	    "%s lacks fragments of %" PRIu64
	    " datagram%s, of which it may be one, and shows none that has all of them",
	    point->file, incomplete, incomplete == 1 ? "" : "s");
}

/* Why POINT may have a datagram that passed FROM, and not know it; or NULL. */
static const char *
datagram_doubt(const struct point *from, const struct point *point,
    const struct conversation_facts *conversation, struct arena *arena)
{
	const struct point *cut = point->sightings->cut != 0 ? point : from;

	if (cut->sightings->cut != 0)
		return arena_format(arena,
		    "%s holds only the beginning of %" PRIu64
		    " datagram%s, which cannot be compared",
		    cut->file, cut->sightings->cut, cut->sightings->cut == 1 ? "" : "s");
	if (conversation->is_background && point->sightings->names_left_out != 0)
		return arena_format(arena,
		    "%s has more questions for names than are kept to be compared", point->file);
	return absence_fragments_doubt(point, arena);
}

static const char *
way_doubt(const struct path *path, size_t from, size_t to,
    const struct conversation_facts *conversation, struct arena *arena)
{
	const struct point *point = &path->points[to];
	/* A capture at the server has what comes to it from anywhere; others what takes their way.
	 */
	const struct route *route =
	    routes_find(&path->pairings[from][to].routes, &conversation->server,
		is_at_server(point, &conversation->server) ? NULL : &conversation->client);

	if (route == NULL)
		return arena_format(arena,
		    "%s shows no other connection that takes this way, and so may be of another "
		    "one",
		    point->file);
	if (!route->leads_there)
		return arena_format(arena,
		    "before %s a device gives connections to this server another address, and may "
		    "have given this one one that is not in it",
		    point->file);
	return conversation->transport == TRANSPORT_UDP
		   ? datagram_doubt(&path->points[from], point, conversation, arena)
		   : NULL;
}

const char *
absence_doubt(const struct path *path, size_t from, size_t to,
    const struct conversation_facts *conversation, uint64_t frame, int64_t time,
    struct arena *arena)
{
	const struct point *point = &path->points[to];
	const struct clock_range running = running_time(point->facts);
	struct clock_range then;

	if (!time_there(path, from, to, frame, time, &then))
		return arena_format(arena,
		    "no connection is in both captures, so that nobody knows whether %s was "
		    "running then",
		    point->file);
	if (then.least < running.least)
		return arena_format(arena, "%s begins later", point->file);
	if (then.most > running.most)
		return arena_format(arena, "%s ends before", point->file);
	if (dropped_at(point) != 0)
		return arena_format(arena,
		    "the system that wrote %s says that it dropped %" PRIu64 " packet%s",
		    point->file, dropped_at(point), dropped_at(point) == 1 ? "" : "s");
	if (point->facts->bounds.of[BOUND_MEMORY].count != 0)
		return arena_format(arena,
		    "%s was analysed only up to frame %" PRIu64 ", where --max-memory was used up",
		    point->file, point->facts->bounds.of[BOUND_MEMORY].frame - 1);
	if (point->sightings->left_out != 0)
		return arena_format(arena,
		    "%s has more segments than are kept to be compared, from frame %" PRIu64 " on",
		    point->file, point->sightings->left_out_frame);
	return way_doubt(path, from, to, conversation, arena);
}
