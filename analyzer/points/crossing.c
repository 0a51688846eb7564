#include "analyzer/points/crossing.h"

#include "analyzer/points/alteration.h"
#include "analyzer/points/duplication.h"
#include "analyzer/points/showing.h"

/* One exchange, as it is found. */
struct found {
	const struct path *path;
	struct twins twins;
	struct showings showings;
	struct arena *arena;
};

static struct number
number_of(enum showing showing)
{
	return showing == BLIND ? (struct number){0} : known(showing == SHOWS);
}

static const char *
file_of(const struct found *found, size_t index)
{
	return found->path->points[index].file;
}

/* The first and the last capture of COUNT that shows something; false: none does. */
static bool
find_shown(const enum showing *showings, size_t count, size_t *ret_first, size_t *ret_last)
{
	bool is_any = false;

	*ret_first = *ret_last = 0;
	for (size_t i = 0; i < count; i++) {
		if (showings[i] != SHOWS)
			continue;
		if (!is_any)
			*ret_first = i;
		*ret_last = i;
		is_any = true;
	}
	return is_any;
}

/* The first behind PLACE that lacks it, whatever those between cannot tell; COUNT: none. */
static size_t
lacks_behind(const enum showing *showings, size_t count, size_t place)
{
	do
		place++;
	while (place < count && showings[place] != LACKS);
	return place;
}

/* The same before PLACE, towards the client; PLACE itself: none. */
static size_t
lacks_before(const enum showing *showings, size_t place)
{
	for (size_t i = place; i-- != 0;)
		if (showings[i] == LACKS)
			return i;
	return place;
}

/* Between which captures the request went missing: the last that has it, and the next that does
 * not. What lacks it before another has it, it did not pass. */
static void
find_lost_request(const struct found *found, struct crossing *crossing)
{
	size_t count = found->path->count, first, last, lacking;

	if (!find_shown(found->showings.requests, count, &first, &last))
		return;
	lacking = lacks_behind(found->showings.requests, count, last);
	if (lacking == count)
		return;
	crossing->lost = (struct crossing_gap){last, lacking};
	crossing->lost_after = file_of(found, last);
	crossing->lost_before = file_of(found, lacking);
}

/* The same of the answer, which comes from the other end; and where an answer begins on the way
 * though nothing came from the server. */
static void
find_answer(const struct found *found, struct crossing *crossing)
{
	size_t count = found->path->count, first, last, lacking;
	const struct exchange *own;

	if (!find_shown(found->showings.answers, count, &first, &last))
		return;
	lacking = lacks_before(found->showings.answers, first);
	if (lacking != first && crossing->lost_after == NULL) {
		crossing->lost = (struct crossing_gap){first, lacking};
		crossing->lost_after = file_of(found, first);
		crossing->lost_before = file_of(found, lacking);
	}
	lacking = lacks_behind(found->showings.answers, count, last);
	if (lacking == count)
		return;
	crossing->begun = (struct crossing_gap){lacking, last};
	/* An ICMP error is a router's own, and says so. */
	own = found->twins.exchanges[last];
	if (own == NULL || own->ended_by != ENDED_BY_NETWORK) {
		crossing->forged_after = file_of(found, lacking);
		crossing->forged_before = file_of(found, last);
	}
}

static void
tell_alteration(const struct found *found, struct crossing *crossing, size_t here, size_t there)
{
	const struct path *path = found->path;
	const struct twins *twins = &found->twins;

	crossing->changed = (struct crossing_gap){here, there};
	crossing->altered_after = file_of(found, here);
	crossing->altered_before = file_of(found, there);
	crossing->is_request_changed = alteration_is_of(path, twins, here, there, true);
	crossing->is_answer_changed = alteration_is_of(path, twins, here, there, false);
}

/* From each that has the exchange to the next. */
static void
find_alteration(const struct found *found, struct crossing *crossing)
{
	const struct twins *twins = &found->twins;
	size_t here = twins->first;

	for (size_t there = here + 1; there < found->path->count; there++) {
		if (twins->exchanges[there] == NULL)
			continue;
		crossing->altered = alteration_text(found->path, twins, here, there, found->arena);
		if (crossing->altered != NULL) {
			tell_alteration(found, crossing, here, there);
			return;
		}
		here = there;
	}
}

/* How many segments of the request, or of the answer, came twice on their way from FROM to TO. */
static size_t
duplicated_between(const struct found *found, size_t from, size_t to, bool is_request)
{
	const struct twins *twins = &found->twins;
	const struct sightings *there = found->path->points[to].sightings;
	struct passing passing = {found->path->points[from].sightings, there,
	    twins->connections[from], twins->connections[to], 0};
	struct byte_range bytes;

	if (!sightings_message(there, twins->exchanges[to], is_request, &bytes))
		return 0;
	passing.shift = twins->shift[to][bytes.side] - twins->shift[from][bytes.side];
	return duplicated_on_way(&passing, &bytes);
}

/* From each that has the exchange to the next, and back. */
static void
find_duplication(const struct found *found, struct crossing *crossing)
{
	size_t here = found->twins.first, requests, answers;

	for (size_t there = here + 1; there < found->path->count; there++) {
		if (found->twins.exchanges[there] == NULL || found->twins.is_terminated[there])
			continue;
		requests = duplicated_between(found, here, there, true);
		answers = duplicated_between(found, there, here, false);
		crossing->duplicated += requests + answers;
		if (requests + answers != 0 && crossing->duplicated_after == NULL) {
			crossing->duplicated_after = file_of(found, requests != 0 ? here : there);
			crossing->duplicated_before = file_of(found, requests != 0 ? there : here);
		}
		here = there;
	}
}

static void
fill_there(const struct found *found, struct crossing *crossing)
{
	size_t last = found->path->count - 1;
	const struct crossing_point *there = &found->showings.points[last];

	crossing->there = file_of(found, last);
	crossing->is_request_there = number_of(found->showings.requests[last]);
	crossing->is_answer_there = number_of(found->showings.answers[last]);
	crossing->is_answer_here = number_of(found->showings.answers[0]);
	crossing->request_there = there->request_frame;
	crossing->answer_there = there->answer_frame;
	crossing->waited_there = there->waited;
}

/* How far the clock of point INDEX is ahead of the first's at TIME, which is by that one, and of
 * FRAME there (0: not known); where nothing tells, as if EXCHANGE were everywhere at once. */
static int64_t
ahead_at(const struct found *found, size_t index, uint64_t frame, int64_t time)
{
	const struct clock_map *clock = &found->path->pairings[0][index].clock;
	const struct exchange *exchange = found->twins.exchanges[index];
	struct clock_range offset;

	if (frame != 0 ? clock_offset(clock, frame, time, &offset)
		       : clock_offset_at(clock, time, &offset))
		return clock_middle(&offset);
	return exchange != NULL ? clock_difference(exchange->time, time) : 0;
}

static void
compare_clocks(const struct found *found)
{
	size_t first = found->twins.first;
	const struct exchange *exchange = found->twins.exchanges[first];
	int64_t time = exchange->time;
	struct clock_range offset;
	uint64_t frame = 0;

	if (first == 0)
		frame =
		    exchange->request_frame != 0 ? exchange->request_frame : exchange->answer_frame;
	else if (clock_offset_back(&found->path->pairings[0][first].clock, time, &offset))
		time = clock_difference(time, clock_middle(&offset));
	for (size_t i = 1; i < found->path->count; i++)
		found->showings.points[i].ahead = ahead_at(found, i, frame, time);
}

/* How long the answer took at INDEX; negative: not known. */
static int64_t
waited_at(const struct found *found, size_t index)
{
	const struct crossing_point *point = &found->showings.points[index];

	return point->is_answered ? point->waited : -1;
}

/* Whether waits at HERE and THERE cannot be compared, as one of both clocks was set meanwhile. */
static bool
was_set(const struct found *found, size_t here, size_t there)
{
	return clock_was_set(&found->path->pairings[here][there].clock,
	    found->showings.points[here].request_frame, found->showings.points[here].answer_frame);
}

/* Between which captures most of the wait on the path passed. False when waits cannot be compared.
 */
static bool
find_slowest(const struct found *found, struct crossing *crossing)
{
	size_t here = found->twins.first;
	int64_t step;

	for (size_t there = here + 1; there < found->path->count; there++) {
		if (waited_at(found, there) < 0)
			continue;
		if (was_set(found, here, there))
			return false;
		step = waited_at(found, here) - waited_at(found, there);
		if (step > 0 && step > crossing->slowest_delay) {
			crossing->slowest_delay = step;
			crossing->slowest_after = file_of(found, here);
			crossing->slowest_before = file_of(found, there);
		}
		here = there;
	}
	return true;
}

/* What of the wait passed on the path: no clock has to be right for that, as each measures its own.
 */
static void
find_delay(const struct found *found, struct crossing *crossing)
{
	size_t last = found->path->count - 1;
	int64_t here = waited_at(found, found->twins.first), there = waited_at(found, last);
	struct crossing delayed = *crossing;

	delayed.slowest_delay = crossing->slowest_delay = crossing->path_delay = -1;
	if (found->twins.first == last || here < 0 || there < 0 || !find_slowest(found, &delayed))
		return;
	*crossing = delayed;
	crossing->path_delay = here > there ? here - there : 0;
	crossing->is_path_slower = known(crossing->path_delay > there);
}

static void
link_one(struct found *found)
{
	struct crossing *crossing = ARENA_NEW(found->arena, struct crossing);
	size_t count = found->path->count;

	showings_of(found->path, &found->twins, found->arena, &found->showings);
	compare_clocks(found);
	crossing->points = found->showings.points;
	crossing->point_count = count;
	fill_there(found, crossing);
	find_lost_request(found, crossing);
	find_answer(found, crossing);
	find_delay(found, crossing);
	find_alteration(found, crossing);
	find_duplication(found, crossing);
	crossing->unsure = found->showings.unsure;
	for (size_t i = found->twins.first; i < count; i++)
		if (found->twins.exchanges[i] != NULL)
			found->twins.exchanges[i]->crossing = crossing;
}

void
crossings_link(const struct path *path, struct arena *arena)
{
	struct twin_finder *finder = twin_finder_new(path);

	for (size_t i = 0; i < path->count; i++) {
		const struct ledger *ledger = path->points[i].ledger;

		for (size_t j = 0; j < ledger->count; j++) {
			struct found found = {.path = path, .arena = arena};

			if (ledger->items[j]->crossing == NULL &&
			    twins_find(finder, i, ledger->items[j], &found.twins))
				link_one(&found);
		}
	}
	twin_finder_free(finder);
}
