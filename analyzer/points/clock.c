#include "analyzer/points/clock.h"

#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/sorted.h"

/*
 * A pair's bounds, and the tightest of those before and behind it in its stretch. Bounds loosen
 * with time, by the drift, in either direction. So that no rounding adds up they are kept as what
 * they would be at the map's start: once for times from theirs on, which loosen with every second
 * since, and once for those before them, which loosened with every second until then.
 */
struct clock_mark {
	uint64_t frame;
	int64_t at;              /* time here that never goes back */
	size_t earliest, latest; /* stretches that it may be of */
	struct clock_range
	    before; /* of it and what of EARLIEST is before it: for times from AT on */
	struct clock_range behind; /* of it and what of LATEST is behind it: for times up to AT */
};

/* What a packet may take between two points. */
#define MOST_ON_PATH INT64_C(1000000000)

static const struct clock_range anything = {INT64_MIN, INT64_MAX};

/* Times in files may be anything; clocks that are centuries apart are so by any number. */
static int64_t
saturate(__int128 value)
{
	if (value <= INT64_MIN)
		return INT64_MIN + 1;
	return value >= INT64_MAX ? INT64_MAX - 1 : (int64_t)value;
}

/* What clocks may drift apart from START to TIME. */
static int64_t
drift_until(int64_t start, int64_t time)
{
	return saturate(((__int128)time - start) * CLOCK_MOST_DRIFT / INT64_C(1000000000));
}

/* RANGE, wider by BY on either side; or narrower. */
static struct clock_range
widened(const struct clock_range *range, int64_t by)
{
	struct clock_range made = *range;

	if (made.least != INT64_MIN)
		made.least = saturate((__int128)made.least - by);
	if (made.most != INT64_MAX)
		made.most = saturate((__int128)made.most + by);
	return made;
}

static struct clock_range
both(const struct clock_range *one, const struct clock_range *other)
{
	return (struct clock_range){one->least > other->least ? one->least : other->least,
	    one->most < other->most ? one->most : other->most};
}

static struct clock_range
range_of(const struct clock_pair *pair)
{
	int64_t difference = clock_difference(pair->there, pair->here);

	return pair->is_towards ? (struct clock_range){INT64_MIN, difference}
				: (struct clock_range){difference, INT64_MAX};
}

static int
compare_pairs(const void *left, const void *right)
{
	const struct clock_pair *one = left, *other = right;

	if (one->frame != other->frame)
		return COMPARE(one->frame, other->frame);
	return COMPARE(one->there, other->there);
}

static bool
is_contradiction(const struct clock_range *range)
{
	return range->least > range->most;
}

/* Fills in what comes before each. A pair that contradicts all that may be begins a stretch: those
 * before it may be of that already, as far as they do not contradict it. */
static size_t
mark_forwards(const struct clock_pair *pairs, struct clock_mark *marks, size_t count)
{
	struct clock_range before = anything, own, now;
	size_t stretch = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t at = pairs[i].here, drift;

		if (i != 0 && marks[i - 1].at > at)
			at = marks[i - 1].at;
		drift = drift_until(pairs[0].here, at);
		own = range_of(&pairs[i]);
		own = widened(&own, -drift);
		before = both(&before, &own);
		now = widened(&before, drift);
		if (is_contradiction(&now)) {
			stretch++;
			before = own;
		}
		marks[i] = (struct clock_mark){
		    .frame = pairs[i].frame, .at = at, .earliest = stretch, .before = before};
	}
	return stretch + 1;
}

/* The same from the end. Both ways there are as many stretches, as few as there can be. */
static void
mark_backwards(
    const struct clock_pair *pairs, struct clock_mark *marks, size_t count, size_t stretch_count)
{
	struct clock_range behind = anything, own, now;
	size_t stretch = stretch_count - 1;

	for (size_t i = count; i-- != 0;) {
		int64_t drift = drift_until(pairs[0].here, marks[i].at);

		own = range_of(&pairs[i]);
		own = widened(&own, drift);
		behind = both(&behind, &own);
		now = widened(&behind, -drift);
		if (is_contradiction(&now) && stretch != 0) {
			stretch--;
			behind = own;
		}
		marks[i].behind = behind;
		marks[i].latest = stretch;
	}
}

/* What MARK and those before it say of a later time; and it and those behind it of an earlier one.
 */
static struct clock_range
from_before(const struct clock_map *map, const struct clock_mark *mark, int64_t time)
{
	int64_t at = time > mark->at ? time : mark->at;

	return widened(&mark->before, drift_until(map->marks[0].at, at));
}

static struct clock_range
from_behind(const struct clock_map *map, const struct clock_mark *mark, int64_t time)
{
	int64_t at = time < mark->at ? time : mark->at;

	return widened(&mark->behind, -drift_until(map->marks[0].at, at));
}

/* From what is known before, and behind: where no clock was set between both hold, else either. */
static struct clock_range
combined(const struct clock_range *old, const struct clock_range *new, bool is_one_stretch)
{
	if (is_one_stretch)
		return both(old, new);
	return (struct clock_range){old->least < new->least ? old->least : new->least,
	    old->most > new->most ? old->most : new->most};
}

static struct clock_range
at_mark(const struct clock_map *map, const struct clock_mark *mark)
{
	struct clock_range before = from_before(map, mark, mark->at);
	struct clock_range behind = from_behind(map, mark, mark->at);

	return combined(&before, &behind, mark->earliest == mark->latest);
}

/* Of pairs that are of one stretch for certain. Returns how many stretches have such. */
static size_t
fill_stretches(
    const struct clock_map *map, const struct clock_pair *pairs, struct clock_stretch *stretches)
{
	size_t count = 0, last = SIZE_MAX;

	for (size_t i = 0; i < map->mark_count; i++) {
		const struct clock_mark *mark = &map->marks[i];
		struct clock_stretch *stretch;

		if (mark->earliest != mark->latest)
			continue;
		count += mark->earliest != last;
		last = mark->earliest;
		stretch = &stretches[count - 1];
		stretch->last_frame = pairs[i].frame;
		stretch->last = at_mark(map, mark);
		if (stretch->pairs++ != 0)
			continue;
		stretch->first_frame = stretch->last_frame;
		stretch->first = stretch->last;
	}
	return count;
}

struct clock_map
clock_map_of(struct clock_pair *pairs, size_t count, struct arena *arena)
{
	struct clock_map map = {.mark_count = count};
	struct clock_mark *marks;
	struct clock_stretch *stretches;
	size_t stretch_count;

	if (count == 0)
		return map;
	map.marks = marks = ARENA_ARRAY(arena, struct clock_mark, count);
	qsort(pairs, count, sizeof(*pairs), compare_pairs);
	stretch_count = mark_forwards(pairs, marks, count);
	mark_backwards(pairs, marks, count, stretch_count);
	stretches = ARENA_ARRAY(arena, struct clock_stretch, stretch_count);
	map.stretch_count = fill_stretches(&map, pairs, stretches);
	map.stretches = stretches;
	return map;
}

static int
compare_frame(const void *element, const void *key)
{
	return COMPARE(((const struct clock_mark *)element)->frame, *(const uint64_t *)key);
}

static int
compare_time(const void *element, const void *key)
{
	return COMPARE(((const struct clock_mark *)element)->at, *(const int64_t *)key);
}

static struct clock_range
before_mark(const struct clock_map *map, size_t next, int64_t time)
{
	const struct clock_mark *marks = &map->marks[next];
	struct clock_range old = from_before(map, &marks[-1], time);
	struct clock_range new = from_behind(map, &marks[0], time);

	return combined(&old, &new, marks[-1].earliest == marks[0].latest);
}

/* What holds at TIME, where NEXT marks are before it. */
static struct clock_range
in_between(const struct clock_map *map, size_t next, int64_t time)
{
	if (next == 0)
		return from_behind(map, &map->marks[0], time);
	if (next == map->mark_count)
		return from_before(map, &map->marks[next - 1], time);
	return before_mark(map, next, time);
}

bool
clock_offset(const struct clock_map *map, uint64_t frame, int64_t time, struct clock_range *ret)
{
	const struct clock_mark *marks = map->marks;
	size_t at;

	if (map->mark_count == 0)
		return false;
	at = sorted_before(&frame, marks, map->mark_count, sizeof(*marks), compare_frame);
	*ret = at < map->mark_count && marks[at].frame == frame ? at_mark(map, &marks[at])
								: in_between(map, at, time);
	return true;
}

bool
clock_offset_at(const struct clock_map *map, int64_t time, struct clock_range *ret)
{
	size_t at;

	if (map->mark_count == 0)
		return false;
	at = sorted_before(&time, map->marks, map->mark_count, sizeof(*map->marks), compare_time);
	*ret = in_between(map, at, time);
	return true;
}

/* The offset is a matter of the time here, which is not known before the offset is: two steps come
 * near enough to it, since clocks drift by thousandths at most. */
bool
clock_offset_back(const struct clock_map *map, int64_t time, struct clock_range *ret)
{
	struct clock_range offset;

	if (!clock_offset_at(map, time, &offset))
		return false;
	return clock_offset_at(map, clock_difference(time, clock_middle(&offset)), ret);
}

void
clock_bound(struct clock_range *offset)
{
	if (offset->least == INT64_MIN)
		offset->least = clock_difference(offset->most, MOST_ON_PATH);
	if (offset->most == INT64_MAX)
		offset->most = clock_sum(offset->least, MOST_ON_PATH);
}

bool
clock_was_set(const struct clock_map *map, uint64_t first_frame, uint64_t last_frame)
{
	for (size_t i = 1; i < map->stretch_count; i++)
		if (first_frame < map->stretches[i].first_frame &&
		    last_frame > map->stretches[i - 1].last_frame)
			return true;
	return false;
}

int64_t
clock_sum(int64_t one, int64_t other)
{
	return saturate((__int128)one + other);
}

int64_t
clock_difference(int64_t one, int64_t other)
{
	return saturate((__int128)one - other);
}

int64_t
clock_middle(const struct clock_range *range)
{
	if (range->least == INT64_MIN)
		return range->most;
	if (range->most == INT64_MAX)
		return range->least;
	return (int64_t)(((__int128)range->least + range->most) / 2);
}

int64_t
clock_uncertainty(const struct clock_range *range)
{
	if (range->least == INT64_MIN || range->most == INT64_MAX)
		return -1;
	return saturate(((__int128)range->most - range->least + 1) / 2);
}
