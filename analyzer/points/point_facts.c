#include "analyzer/points/point_facts.h"

#include "analyzer/points/duplication.h"

/* Segments of a connection that one side sent, and that the path between the two points doubled. */
static size_t
count_duplicated(
    const struct path *path, size_t index, const struct pairing *pairing, enum side side)
{
	const struct sightings *before = path->points[index - 1].sightings;
	const struct sightings *here = path->points[index].sightings;
	const struct passing there = {
	    before, here, pairing->here, pairing->there, pairing->shift[side]};
	const struct passing back = {
	    here, before, pairing->there, pairing->here, 0 - pairing->shift[side]};
	const struct passing *passing = side == CLIENT ? &there : &back;
	const struct byte_range all = {passing->to_connection, side, 0, UINT32_MAX};

	return pairing->passage == PASSAGE_TERMINATED ? 0 : duplicated_on_way(passing, &all);
}

/* Those of SMB and Kerberos. */
static uint64_t
count_told(const struct sightings *sightings)
{
	uint64_t count = 0;

	for (size_t i = 0; i < sightings->connection_count; i++)
		count += !sightings->connections[i].is_background;
	return count;
}

static void
count_connections(const struct path *path, size_t index, struct point_facts *facts)
{
	const struct pairings *pairings = &path->pairings[index - 1][index];

	for (size_t i = 0; i < pairings->count; i++) {
		const struct pairing *pairing = &pairings->items[i];

		if (pairing->here->is_background)
			continue;
		facts->shared++;
		facts->translated += pairing->is_translated;
		facts->renumbered += pairing->passage == PASSAGE_RENUMBERED;
		facts->terminated += pairing->passage == PASSAGE_TERMINATED;
		facts->duplicated += count_duplicated(path, index, pairing, CLIENT) +
				     count_duplicated(path, index, pairing, SERVER);
	}
	facts->only_before = count_told(path->points[index - 1].sightings) - facts->shared;
	facts->only_here = count_told(path->points[index].sightings) - facts->shared;
}

static void
compare_clocks(const struct clock_map *clock, struct point_facts *facts)
{
	const struct clock_stretch *first, *last;

	if (clock->stretch_count == 0)
		return;
	first = &clock->stretches[0];
	last = &clock->stretches[clock->stretch_count - 1];
	facts->has_offset = true;
	facts->offset = clock_middle(&first->first);
	facts->uncertainty = clock_uncertainty(&first->first);
	facts->last_offset = clock_middle(&last->last);
	facts->offset_change = clock_difference(facts->last_offset, facts->offset);
	facts->clock_sets = clock->stretch_count - 1;
}

const struct point_facts *
point_facts_of(const struct path *path, size_t index, struct arena *arena)
{
	struct point_facts *facts = ARENA_NEW(arena, struct point_facts);

	facts->number = index + 1;
	facts->count = path->count;
	facts->vantage = path->points[index].vantage;
	if (index == 0)
		return facts;
	facts->before = path->points[index - 1].file;
	count_connections(path, index, facts);
	compare_clocks(&path->pairings[index - 1][index].clock, facts);
	return facts;
}
