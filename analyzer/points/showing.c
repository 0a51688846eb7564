#include "analyzer/points/showing.h"

#include "analyzer/points/absence.h"

/* One exchange, as it is looked for. */
struct looking {
	const struct path *path;
	const struct twins *twins;
	struct arena *arena;
	struct showings *ret;
};

/* The first segment, by frames, that is met. */
static bool
note_first(void *state, const struct sighting *one)
{
	const struct sighting **first = state;

	if (*first == NULL || one->frame < (*first)->frame)
		*first = one;
	return true;
}

/* The segment at INDEX that completes the request, or the answer, which point HERE has, whatever
 * was made of it there; or NULL. A device that has connections of its own may say what it likes in
 * place of an answer. */
static const struct sighting *
find_end(const struct looking *looking, size_t here, size_t index, bool is_request)
{
	const struct twins *twins = looking->twins;
	const struct sighting *first = NULL;
	struct byte_range bytes;

	if (twins->exchanges[here] == NULL || twins->connections[index] == NULL ||
	    (!is_request && twins->is_terminated[here] != twins->is_terminated[index]) ||
	    !twins_message_at(looking->path, twins, here, index, is_request, &bytes) ||
	    bytes.length == 0)
		return NULL;
	bytes = byte_range_end(&bytes);
	sightings_each_of(looking->path->points[index].sightings, &bytes, note_first, &first);
	return first;
}

/* The one that completes the answer that any point has. */
static const struct sighting *
find_answer(const struct looking *looking, size_t index)
{
	const struct sighting *found = NULL;

	for (size_t here = 0; found == NULL && here < looking->path->count; here++)
		found = find_end(looking, here, index, false);
	return found;
}

/* The first SYN of SIDE. */
static uint64_t
syn_frame(const struct sightings *sightings, const struct sighted *connection, enum side side)
{
	const struct sighting *one = NULL;

	while ((one = sightings_next(sightings, connection, one)) != NULL)
		if (one->side == side && (one->flags & TCP_SYN) != 0)
			return one->frame;
	return 0;
}

/* The frame that ends the request, which point FIRST has, at INDEX, where nothing was made of it;
 * 0: none. */
static uint64_t
find_request_bytes(const struct looking *looking, size_t index)
{
	const struct twins *twins = looking->twins;
	const struct sightings *sightings = looking->path->points[index].sightings;
	const struct exchange *exchange = twins->exchanges[twins->first];
	const struct sighted *connection = twins->connections[index];
	const struct sighting *end;

	if (connection == NULL || exchange->request_frame == 0)
		return 0;
	if (exchange->request_start == exchange->request_end)
		return syn_frame(sightings, connection, exchange->request_from);
	end = find_end(looking, twins->first, index, true);
	return end != NULL ? end->frame : 0;
}

static enum showing
blind(struct looking *looking, const char *why)
{
	if (looking->ret->unsure == NULL)
		looking->ret->unsure = why;
	return BLIND;
}

static enum showing
request_at(struct looking *looking, size_t index)
{
	const struct twins *twins = looking->twins;
	const struct exchange *first = twins->exchanges[twins->first];
	const struct exchange *own = twins->exchanges[index];
	struct crossing_point *point = &looking->ret->points[index];
	const char *lack;

	point->request_frame = own != NULL && own->request_frame != 0
				   ? own->request_frame
				   : find_request_bytes(looking, index);
	if (point->request_frame != 0)
		return SHOWS;
	if (index < twins->first || first->request_frame == 0)
		return blind(looking,
		    arena_format(looking->arena,
			index == 0 ? "%s shows nothing of the request"
				   : "neither %s nor any capture nearer to the clients shows "
				     "anything of the request",
			looking->path->points[index].file));
	if (twins->is_terminated[index])
		return blind(looking,
		    arena_format(looking->arena,
			"before %s a device has connections of its own, and hands on what it likes",
			looking->path->points[index].file));
	lack = absence_doubt(looking->path, twins->first, index, first->conversation,
	    first->request_frame, first->time, looking->arena);
	if (lack == NULL && twins->connections[index] == NULL)
		lack = absence_disguise_doubt(
		    looking->path, twins->first, index, first->conversation, looking->arena);
	if (lack == NULL && twins->has_others[index])
		lack = arena_format(looking->arena,
		    "%s has datagrams of this client that nobody nearer to it has, so that a "
		    "device may have altered this one",
		    looking->path->points[index].file);
	return lack == NULL ? LACKS : blind(looking, lack);
}

/* Whether an answer of the server's, or what ended the wait in its place, is there. What a capture
 * cannot be sure of by itself it is not sure of here. */
static enum showing
answer_of(const struct exchange *exchange)
{
	switch (exchange->outcome) {
	case OUTCOME_ANSWERED:
		return SHOWS;
	case OUTCOME_RESET:
	case OUTCOME_CLOSED:
		return exchange->ended_by == ENDED_BY_CLIENT ? LACKS : SHOWS;
	case OUTCOME_UNANSWERED:
		return LACKS;
	case OUTCOME_UNKNOWN:
		break;
	}
	return BLIND;
}

/* A capture that lacks fragments may lack those of the answer, too. */
static enum showing
lacks_answer(struct looking *looking, size_t index)
{
	const char *doubt = NULL;

	if (looking->twins->connections[index]->transport == TRANSPORT_UDP)
		doubt = absence_fragments_doubt(&looking->path->points[index], looking->arena);
	return doubt == NULL ? LACKS : blind(looking, doubt);
}

static enum showing
answer_at(struct looking *looking, size_t index)
{
	const struct exchange *own = looking->twins->exchanges[index];
	enum showing showing = own != NULL ? answer_of(own) : BLIND;

	/* Of requests that were answered soon nothing is made; and where packets are not in order,
	 * an answer may stand before its request, or behind what ended the wait. */
	if ((own == NULL || showing == LACKS) && find_answer(looking, index) != NULL)
		return SHOWS;
	if (looking->ret->requests[index] == LACKS && showing != SHOWS)
		return LACKS;
	if (showing == LACKS)
		return lacks_answer(looking, index);
	if (showing != BLIND)
		return showing;
	if (own == NULL && looking->ret->requests[index] == BLIND)
		return BLIND; /* which is said of the request */
	return blind(looking, arena_format(looking->arena, "%s cannot tell whether it was answered",
				  looking->path->points[index].file));
}

/* What it took until the answer, by the exchange that was made of it. */
static void
measure_exchange(const struct exchange *own, struct crossing_point *point)
{
	if (answer_of(own) != SHOWS)
		return;
	point->answer_frame = own->answer_frame != 0 ? own->answer_frame : own->end_frame;
	point->waited = own->waited;
	point->is_answered = own->outcome == OUTCOME_ANSWERED;
}

/* The same by the segments, where none was made. */
static void
measure_segments(const struct looking *looking, size_t index, struct crossing_point *point)
{
	const struct sighting *request = find_end(looking, looking->twins->first, index, true);
	const struct sighting *answer = find_answer(looking, index);

	if (answer == NULL)
		return;
	point->answer_frame = answer->frame;
	if (request == NULL || answer->time < request->time)
		return;
	point->waited = clock_difference(answer->time, request->time);
	point->is_answered = true;
}

static void
measure(const struct looking *looking, size_t index)
{
	struct crossing_point *point = &looking->ret->points[index];

	point->waited = -1;
	if (point->exchange != NULL)
		measure_exchange(point->exchange, point);
	else
		measure_segments(looking, index, point);
}

void
showings_of(
    const struct path *path, const struct twins *twins, struct arena *arena, struct showings *ret)
{
	struct looking looking = {path, twins, arena, ret};

	*ret = (struct showings){.points = ARENA_ARRAY(arena, struct crossing_point, path->count)};
	for (size_t i = 0; i < path->count; i++)
		ret->points[i].exchange = twins->exchanges[i];
	for (size_t i = 0; i < path->count; i++)
		ret->requests[i] = request_at(&looking, i);
	for (size_t i = 0; i < path->count; i++)
		ret->answers[i] = answer_at(&looking, i);
	for (size_t i = 0; i < path->count; i++)
		measure(&looking, i);
}
