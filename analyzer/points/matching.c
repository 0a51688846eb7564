#include "analyzer/points/matching.h"

#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

/* What tells that a segment is the same elsewhere; devices set PSH, ECN and the like anew. */
#define TELLING_FLAGS (TCP_SYN | TCP_FIN)

/* A segment, with its sequence number as the capture here has it. */
struct placed {
	const struct sighting *sighting;
	uint32_t seq;
	bool is_there;
};

/* Sequence numbers compare modulo 2^32 (RFC 9293 3.4), those of a connection that sends more than
 * half of that are in no order: then segments that are one still stand together. */
static int
compare_places(const void *left, const void *right)
{
	const struct placed *one = left, *other = right;
	const struct sighting *mine = one->sighting, *theirs = other->sighting;

	if (mine->side != theirs->side)
		return COMPARE(mine->side, theirs->side);
	if (one->seq != other->seq)
		return COMPARE(one->seq, other->seq);
	if (mine->length != theirs->length)
		return COMPARE(mine->length, theirs->length);
	return COMPARE(mine->flags & TELLING_FLAGS, theirs->flags & TELLING_FLAGS);
}

static int
compare_all(const void *left, const void *right)
{
	const struct placed *one = left, *other = right;
	int places = compare_places(left, right);

	return places != 0 ? places : COMPARE(one->is_there, other->is_there);
}

static bool
is_telling(const struct sighting *one)
{
	return one->length != 0 || (one->flags & TELLING_FLAGS) != 0;
}

static size_t
place_all(const struct sightings *sightings, const struct sighted *connection,
    const uint32_t shift[2], bool is_there, struct placed *ret)
{
	const struct sighting *one = NULL;
	size_t count = 0;

	while ((one = sightings_next(sightings, connection, one)) != NULL)
		if (is_telling(one))
			ret[count++] = (struct placed){
			    one, one->seq - (is_there ? shift[one->side] : 0), is_there};
	return count;
}

static int
compare_frames(const void *left, const void *right)
{
	const struct match_pair *one = left, *other = right;

	return COMPARE(one->here->frame, other->here->frame);
}

/* How many of COUNT ITEMS, from the first on, have its place. */
static size_t
count_alike(const struct placed *items, size_t count)
{
	size_t alike = 1;

	while (alike < count && compare_places(&items[0], &items[alike]) == 0)
		alike++;
	return alike;
}

size_t
match_segments(const struct matched *matched, struct match_pair *ret)
{
	size_t most = matched->here_connection->count + matched->there_connection->count;
	struct placed *items = mem_alloc(most, sizeof(*items));
	size_t count =
	    place_all(matched->here, matched->here_connection, matched->shift, false, items);
	size_t made = 0, alike;

	count += place_all(
	    matched->there, matched->there_connection, matched->shift, true, items + count);
	qsort(items, count, sizeof(*items), compare_all);
	for (size_t i = 0; i < count; i += alike) {
		alike = count_alike(items + i, count - i);
		if (alike == 2 && !items[i].is_there && items[i + 1].is_there)
			ret[made++] = (struct match_pair){items[i].sighting, items[i + 1].sighting};
	}
	mem_free(items);
	/* Their places are other ones in each run. */
	if (matched->here_connection->transport == TRANSPORT_UDP)
		qsort(ret, made, sizeof(*ret), compare_frames);
	return made;
}
