#include "analyzer/points/duplication.h"

/* Segments of the other direction, none of which came twice, that show that a capture makes no
 * copies. */
#define LEAST_CONTROL 4

/* Of the direction in question, one in so many came once: a mirror port that copies one copies all,
 * but for what it loses. */
#define MOST_FOR_ONE 4

/* While segments that came more than once are looked for at the place where they come from. */
struct search {
	const struct passing *passing;
	size_t found;
};

/* The same segment, of which FROM has one: one that was sent again has another Identification. */
static const struct sighting *
find_at_source(const struct passing *passing, const struct sighting *one)
{
	const struct byte_range place = {passing->from_connection, (enum side)one->side,
	    one->seq - passing->shift - passing->from_connection->base[one->side], one->length};
	const struct sighting *source = sightings_exactly(passing->from, &place);

	return source != NULL && source->ip_id == one->ip_id && source->digest == one->digest
		   ? source
		   : NULL;
}

static bool
search(void *state, const struct sighting *one)
{
	struct search *search = state;
	const struct sighting *source =
	    one->copies != 0 ? find_at_source(search->passing, one) : NULL;

	search->found += source != NULL && source->copies == 0;
	return true;
}

/* Whether a capture that has some of SIDE's segments twice may have made the copies itself. */
static bool
may_make_copies(const struct sighted *connection, enum side side)
{
	enum side other = other_side(side);
	uint32_t single = connection->distinct[side] - connection->doubled[side];

	return connection->doubled[other] != 0 || connection->distinct[other] < LEAST_CONTROL ||
	       single * (uint64_t)MOST_FOR_ONE < connection->distinct[side];
}

size_t
duplicated_on_way(const struct passing *passing, const struct byte_range *range)
{
	struct search state = {.passing = passing};

	if (passing->to_connection->doubled[range->side] != 0 &&
	    !may_make_copies(passing->to_connection, range->side))
		sightings_each_of(passing->to, range, search, &state);
	return state.found;
}
