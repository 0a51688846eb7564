#include "analyzer/points/matching.h"

#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

/* What tells that a segment is the same elsewhere; devices set PSH, ECN and the like anew. */
#define TELLING_FLAGS (TCP_SYN | TCP_FIN | TCP_RST)

/* Segments of one place that are told apart by their Identification; of more, as floods have, each
 * with each would be compared. */
#define MOST_REPEATED 64

/* A segment, with its sequence numbers as the capture here has them. */
struct placed {
	const struct sighting *sighting;
	uint32_t seq, ack;
	bool is_there;
};

static bool
is_pure_ack(const struct sighting *one)
{
	return one->length == 0 && (one->flags & TELLING_FLAGS) == 0;
}

/* Sequence numbers compare modulo 2^32 (RFC 9293 3.4), those of a connection that sends more than
 * half of that are in no order: then segments that are one still stand together. */
static int
compare_places(const void *left, const void *right)
{
	const struct placed *one = left, *other = right;
	const struct sighting *mine = one->sighting, *theirs = other->sighting;
	uint8_t flags = mine->flags & TELLING_FLAGS, their_flags = theirs->flags & TELLING_FLAGS;

	if (mine->side != theirs->side)
		return COMPARE(mine->side, theirs->side);
	if (one->seq != other->seq)
		return COMPARE(one->seq, other->seq);
	if (mine->length != theirs->length)
		return COMPARE(mine->length, theirs->length);
	if (flags != their_flags)
		return COMPARE(flags, their_flags);
	if (is_pure_ack(mine) && one->ack != other->ack)
		return COMPARE(one->ack, other->ack);
	return 0;
}

static int
compare_all(const void *left, const void *right)
{
	const struct placed *one = left, *other = right;
	int places = compare_places(left, right);

	if (places != 0)
		return places;
	if (one->is_there != other->is_there)
		return COMPARE(one->is_there, other->is_there);
	return COMPARE(one->sighting->frame, other->sighting->frame);
}

static size_t
place_all(const struct sightings *sightings, const struct sighted *connection,
    const uint32_t shift[2], bool is_there, struct placed *ret)
{
	const struct sighting *one = NULL;
	size_t count = 0;

	while ((one = sightings_next(sightings, connection, one)) != NULL)
		ret[count++] = (struct placed){one, one->seq - (is_there ? shift[one->side] : 0),
		    one->ack - (is_there ? shift[other_side((enum side)one->side)] : 0), is_there};
	return count;
}

/* Segments of one place: HERE, then THERE. */
struct alike {
	const struct placed *here, *there;
	size_t here_count, there_count;
};

static struct alike
alike_at(const struct placed *items, size_t count)
{
	struct alike alike = {.here = items};
	size_t end = 0;

	while (end < count && compare_places(&items[0], &items[end]) == 0)
		alike.here_count += !items[end++].is_there;
	alike.there = items + alike.here_count;
	alike.there_count = end - alike.here_count;
	return alike;
}

/* The one of COUNT that has IP_ID and no partner yet; COUNT: none, or several. */
static size_t
find_ip_id(const struct placed *items, size_t count, uint16_t ip_id)
{
	size_t found = count;

	for (size_t i = 0; i < count; i++) {
		if (items[i].sighting->ip_id != ip_id)
			continue;
		if (found != count)
			return count;
		found = i;
	}
	return found;
}

/* Whether the Identification tells each of ITEMS from the others. */
static bool
has_ip_ids(const struct placed *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (items[i].sighting->ip_id == 0 ||
		    find_ip_id(items, count, items[i].sighting->ip_id) != i)
			return false;
	return true;
}

static size_t
pair_by_ip_id(const struct alike *alike, struct match_pair *ret)
{
	size_t count = 0, at;

	for (size_t i = 0; i < alike->here_count; i++) {
		at = find_ip_id(alike->there, alike->there_count, alike->here[i].sighting->ip_id);
		ret[count++] = (struct match_pair){.here = alike->here[i].sighting,
		    .there = at < alike->there_count ? alike->there[at].sighting : NULL};
	}
	for (size_t i = 0; i < alike->there_count; i++)
		if (find_ip_id(alike->here, alike->here_count, alike->there[i].sighting->ip_id) ==
		    alike->here_count)
			ret[count++] = (struct match_pair){.there = alike->there[i].sighting};
	return count;
}

/* Where there are not as many, which of them are lacking is not known. */
static size_t
pair_by_order(const struct alike *alike, struct match_pair *ret)
{
	size_t most =
	    alike->here_count > alike->there_count ? alike->here_count : alike->there_count;

	for (size_t i = 0; i < most; i++)
		ret[i] = (struct match_pair){
		    .here = i < alike->here_count ? alike->here[i].sighting : NULL,
		    .there = i < alike->there_count ? alike->there[i].sighting : NULL,
		    .is_alone = alike->here_count <= 1 && alike->there_count <= 1};
	return most;
}

/* Devices that give a packet another Identification leave none that both captures have. */
static bool
share_ip_id(const struct alike *alike)
{
	for (size_t i = 0; i < alike->here_count; i++)
		if (find_ip_id(alike->there, alike->there_count, alike->here[i].sighting->ip_id) <
		    alike->there_count)
			return true;
	return false;
}

static bool
is_told_apart(const struct alike *alike)
{
	size_t most =
	    alike->here_count > alike->there_count ? alike->here_count : alike->there_count;

	return most > 1 && most <= MOST_REPEATED && has_ip_ids(alike->here, alike->here_count) &&
	       has_ip_ids(alike->there, alike->there_count) && share_ip_id(alike);
}

static uint64_t
frame_of(const struct sighting *one)
{
	return one != NULL ? one->frame : UINT64_MAX;
}

static int
compare_frames(const void *left, const void *right)
{
	const struct match_pair *one = left, *other = right;

	if (frame_of(one->here) != frame_of(other->here))
		return COMPARE(frame_of(one->here), frame_of(other->here));
	return COMPARE(frame_of(one->there), frame_of(other->there));
}

size_t
match_segments(const struct matched *matched, struct match_pair *ret)
{
	size_t all = matched->here_connection->count + matched->there_connection->count;
	struct placed *items = mem_alloc(all, sizeof(*items));
	size_t count =
	    place_all(matched->here, matched->here_connection, matched->shift, false, items);
	size_t made = 0;
	struct alike alike;

	place_all(matched->there, matched->there_connection, matched->shift, true, items + count);
	qsort(items, all, sizeof(*items), compare_all);
	for (size_t i = 0; i < all; i += alike.here_count + alike.there_count) {
		alike = alike_at(items + i, all - i);
		made += is_told_apart(&alike) ? pair_by_ip_id(&alike, ret + made)
					      : pair_by_order(&alike, ret + made);
	}
	mem_free(items);
	/* Their places are other ones in each run. */
	if (matched->here_connection->transport == TRANSPORT_UDP)
		qsort(ret, made, sizeof(*ret), compare_frames);
	return made;
}
