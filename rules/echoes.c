#include "rules/echoes.h"

#include <string.h>
#include <sys/queue.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/table.h"
#include "rules/rule_correlate.h"

/* Times no two of which that follow one another are further apart than any correlation looks: for
 * all that lies between the first and the last each finds one of them. */
struct run {
	int64_t first, last;
};

/* Runs of one echo. Beyond them times are forgotten, so that a finding is told which they would
 * have silenced; only a capture made for that has so many. */
#define MOST_RUNS 4096

/* What is found under one hash; most have one run. */
struct echo {
	struct run only;  /* while there is no list */
	struct run *runs; /* rising; or NULL */
	size_t count, capacity;
	SLIST_ENTRY(echo) listed; /* those with a list */
};

/* What correlations look for that are alike but for where and how far they look. */
struct search {
	const struct correlation *first; /* of them */
	int64_t least_within;            /* of all; negative: none has a bound */
	uint64_t alike;                  /* searches by the same fields */
};

/* Searches that found the same exchanges: their echoes are one. */
struct chorus {
	uint64_t searches;
	int64_t least_within; /* of all */
	SLIST_ENTRY(chorus) listed;
};

struct echoes {
	struct search searches[ECHOES_SEARCHES];
	size_t search_count;
	SLIST_HEAD(, chorus) choruses;
	struct table numbers; /* struct numbered, by correlation */
	struct table table;   /* struct echo, by chorus and hash */
	struct arena arena;   /* of all of them */
	SLIST_HEAD(, echo) with_lists;
};

struct echoes *
echoes_new(void)
{
	return mem_alloc(1, sizeof(struct echoes));
}

void
echoes_free(struct echoes *echoes)
{
	struct echo *echo;

	if (echoes == NULL)
		return;
	SLIST_FOREACH (echo, &echoes->with_lists, listed)
		mem_free(echo->runs);
	table_free(&echoes->numbers);
	table_free(&echoes->table);
	arena_free(&echoes->arena);
	mem_free(echoes);
}

/* ---- what is looked for ---- */

struct numbered {
	const struct correlation *correlation;
	size_t number;
};

static bool
is_of(const void *entry, const void *correlation)
{
	return ((const struct numbered *)entry)->correlation == correlation;
}

static const struct numbered *
find_numbered(const struct echoes *echoes, const struct correlation *correlation)
{
	return table_find(&echoes->numbers, hash_u64((uintptr_t)correlation), is_of, correlation);
}

/* False when nothing of what CORRELATION finds is kept. */
static bool
find_number(const struct echoes *echoes, const struct correlation *correlation, size_t *ret)
{
	const struct numbered *found = find_numbered(echoes, correlation);

	if (found == NULL || found->number == ECHOES_SEARCHES)
		return false;
	*ret = found->number;
	return true;
}

static void
note_within(int64_t *least, int64_t within)
{
	if (within >= 0 && (*least < 0 || within < *least))
		*least = within;
}

/* Whether both go by the same fields of the conversation: those that types have of their own are
 * not looked at. */
static bool
is_alike(const struct correlation *one, const struct correlation *other)
{
	const struct field *field;

	if (one->same_count != other->same_count)
		return false;
	for (size_t i = 0; i < one->same_count; i++) {
		field = one->same[i].theirs.any;
		if (!field->is_of_conversation || field != other->same[i].theirs.any)
			return false;
	}
	return true;
}

static void
find_alike(struct echoes *echoes, size_t number)
{
	struct search *search = &echoes->searches[number];

	search->alike = UINT64_C(1) << number;
	for (size_t i = 0; i < number; i++)
		if (is_alike(search->first, echoes->searches[i].first)) {
			echoes->searches[i].alike |= UINT64_C(1) << number;
			search->alike |= UINT64_C(1) << i;
		}
}

/* The number of the search that CORRELATION makes: of a new one, if there is none like it. */
static size_t
search_of(struct echoes *echoes, const struct correlation *correlation)
{
	size_t i = 0;

	while (i < echoes->search_count &&
	       !correlation_seeks_same(echoes->searches[i].first, correlation))
		i++;
	if (i == echoes->search_count && i < ECHOES_SEARCHES) {
		echoes->searches[echoes->search_count++] =
		    (struct search){.first = correlation, .least_within = -1};
		find_alike(echoes, i);
	}
	return i;
}

size_t
echoes_expect(struct echoes *echoes, const struct correlation *correlation)
{
	const struct numbered *found = find_numbered(echoes, correlation);
	struct numbered *made;

	if (found != NULL)
		return found->number;
	made = ARENA_NEW(&echoes->arena, struct numbered);
	*made = (struct numbered){correlation, search_of(echoes, correlation)};
	if (made->number < ECHOES_SEARCHES)
		note_within(&echoes->searches[made->number].least_within, correlation->within);
	table_add(&echoes->numbers, hash_u64((uintptr_t)correlation), made);
	return made->number;
}

uint64_t
echoes_alike(const struct echoes *echoes, size_t number)
{
	return echoes->searches[number].alike;
}

/* ---- what was found ---- */

/* Two that are not one have one hash, of 64 bits under a key, by a chance that does not come. */
static bool
is_any(const void *entry, const void *key)
{
	(void)entry;
	(void)key;
	return true;
}

static uint64_t
key_of(uint64_t searches, uint64_t hash)
{
	return hash_u64(hash ^ hash_u64(searches));
}

static struct run *
runs_of(struct echo *echo)
{
	return echo->runs != NULL ? echo->runs : &echo->only;
}

static bool
is_within(int64_t within, int64_t from, int64_t to)
{
	return within < 0 || to - from <= within;
}

/* How many runs begin no later than TIME. */
static size_t
runs_until(struct echo *echo, int64_t time)
{
	const struct run *runs = runs_of(echo);
	size_t low = 0, high = echo->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (runs[middle].first <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Room for one run more, AT. */
static struct run *
insert(struct echoes *echoes, struct echo *echo, size_t at)
{
	struct run *runs;

	if (echo->count != 0) {
		if (echo->runs == NULL)
			SLIST_INSERT_HEAD(&echoes->with_lists, echo, listed);
		runs = mem_grow(echo->runs, echo->count, &echo->capacity, sizeof(*runs));
		if (echo->runs == NULL)
			runs[0] = echo->only;
		echo->runs = runs;
	}
	runs = runs_of(echo);
	memmove(runs + at + 1, runs + at, (echo->count - at) * sizeof(*runs));
	echo->count++;
	return &runs[at];
}

static void
add_time(struct echoes *echoes, struct echo *echo, int64_t within, int64_t time)
{
	size_t at = runs_until(echo, time);
	struct run *next = runs_of(echo) + at;
	bool joins_before = at != 0 && is_within(within, next[-1].last, time);
	bool joins_after = at != echo->count && is_within(within, time, next->first);

	if (joins_before && joins_after) {
		next[-1].last = next->last;
		echo->count--;
		memmove(next, next + 1, (echo->count - at) * sizeof(*next));
	} else if (joins_before) {
		next[-1].last = time > next[-1].last ? time : next[-1].last;
	} else if (joins_after) {
		next->first = time;
	} else if (echo->count < MOST_RUNS) {
		*insert(echoes, echo, at) = (struct run){time, time};
	}
}

static struct echo *
echo_of(struct echoes *echoes, uint64_t key)
{
	struct echo *echo = table_find(&echoes->table, key, is_any, NULL);

	if (echo == NULL) {
		echo = ARENA_NEW(&echoes->arena, struct echo);
		table_add(&echoes->table, key, echo);
	}
	return echo;
}

static const struct chorus *
chorus_of(struct echoes *echoes, uint64_t searches)
{
	struct chorus *chorus;

	SLIST_FOREACH (chorus, &echoes->choruses, listed)
		if (chorus->searches == searches)
			return chorus;
	chorus = ARENA_NEW(&echoes->arena, struct chorus);
	*chorus = (struct chorus){.searches = searches, .least_within = -1};
	for (size_t i = 0; i < echoes->search_count; i++)
		if ((searches >> i & 1) != 0)
			note_within(&chorus->least_within, echoes->searches[i].least_within);
	SLIST_INSERT_HEAD(&echoes->choruses, chorus, listed);
	return chorus;
}

void
echoes_add(struct echoes *echoes, uint64_t searches, uint64_t hash, int64_t time)
{
	const struct chorus *chorus = chorus_of(echoes, searches);

	add_time(echoes, echo_of(echoes, key_of(searches, hash)), chorus->least_within, time);
}

/* Whether a run that begins no later than TIME, or one that begins later, is found. */
static bool
finds(const struct correlation *correlation, const struct run *earlier, const struct run *later,
    int64_t time)
{
	if (correlation->looks_before && earlier != NULL &&
	    (earlier->last >= time || is_within(correlation->within, earlier->last, time)))
		return true;
	return correlation->looks_after &&
	       ((earlier != NULL && earlier->last >= time) ||
		   (later != NULL && is_within(correlation->within, time, later->first)));
}

static bool
finds_in(const struct correlation *correlation, struct echo *echo, int64_t time)
{
	size_t at = runs_until(echo, time);
	const struct run *next = runs_of(echo) + at;

	return finds(correlation, at != 0 ? next - 1 : NULL, at != echo->count ? next : NULL, time);
}

bool
echoes_have(
    const struct echoes *echoes, const struct correlation *correlation, uint64_t hash, int64_t time)
{
	const struct chorus *chorus;
	struct echo *echo;
	size_t number;

	if (echoes == NULL || !find_number(echoes, correlation, &number))
		return false;
	SLIST_FOREACH (chorus, &echoes->choruses, listed) {
		if ((chorus->searches >> number & 1) == 0)
			continue;
		echo = table_find(&echoes->table, key_of(chorus->searches, hash), is_any, NULL);
		if (echo != NULL && finds_in(correlation, echo, time))
			return true;
	}
	return false;
}

bool
echoes_have_any(const struct echoes *echoes, const struct correlation *correlation)
{
	const struct chorus *chorus;
	size_t number;

	if (echoes == NULL || !find_number(echoes, correlation, &number))
		return false;
	SLIST_FOREACH (chorus, &echoes->choruses, listed)
		if ((chorus->searches >> number & 1) != 0)
			return true;
	return false;
}
