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
	bool has_any;                    /* something was added */
};

struct echoes {
	struct search *searches;
	size_t search_count, search_capacity;
	struct table numbers; /* struct numbered, by correlation */
	struct table table;   /* struct echo */
	struct arena arena;   /* of them */
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
	SLIST_FOREACH(echo, &echoes->with_lists, listed)
	mem_free(echo->runs);
	mem_free(echoes->searches);
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

/* Its number; false when nobody expects anything by it. */
static bool
find_number(const struct echoes *echoes, const struct correlation *correlation, size_t *ret)
{
	const struct numbered *found =
	    table_find(&echoes->numbers, hash_u64((uintptr_t)correlation), is_of, correlation);

	if (found != NULL)
		*ret = found->number;
	return found != NULL;
}

static void
note_within(struct search *search, int64_t within)
{
	if (within >= 0 && (search->least_within < 0 || within < search->least_within))
		search->least_within = within;
}

/* The number of the search that CORRELATION makes: of a new one, if there is none like it. */
static size_t
search_of(struct echoes *echoes, const struct correlation *correlation)
{
	size_t i = 0;

	while (i < echoes->search_count &&
	       !correlation_seeks_same(echoes->searches[i].first, correlation))
		i++;
	if (i < echoes->search_count)
		return i;
	echoes->searches = mem_grow(echoes->searches, echoes->search_count,
	    &echoes->search_capacity, sizeof(*echoes->searches));
	echoes->searches[echoes->search_count++] =
	    (struct search){.first = correlation, .least_within = -1};
	return i;
}

size_t
echoes_expect(struct echoes *echoes, const struct correlation *correlation)
{
	struct numbered *made;
	size_t number;

	if (find_number(echoes, correlation, &number))
		return number;
	made = ARENA_NEW(&echoes->arena, struct numbered);
	*made = (struct numbered){correlation, search_of(echoes, correlation)};
	note_within(&echoes->searches[made->number], correlation->within);
	table_add(&echoes->numbers, hash_u64((uintptr_t)correlation), made);
	return made->number;
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
key_of(size_t number, uint64_t hash)
{
	return hash_u64(hash + number);
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

void
echoes_add(struct echoes *echoes, size_t number, uint64_t hash, int64_t time)
{
	struct search *search = &echoes->searches[number];

	search->has_any = true;
	add_time(echoes, echo_of(echoes, key_of(number, hash)), search->least_within, time);
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

bool
echoes_have(
    const struct echoes *echoes, const struct correlation *correlation, uint64_t hash, int64_t time)
{
	struct echo *echo;
	const struct run *next;
	size_t number, at;

	if (echoes == NULL || !find_number(echoes, correlation, &number))
		return false;
	echo = table_find(&echoes->table, key_of(number, hash), is_any, NULL);
	if (echo == NULL)
		return false;
	at = runs_until(echo, time);
	next = runs_of(echo) + at;
	return finds(correlation, at != 0 ? next - 1 : NULL, at != echo->count ? next : NULL, time);
}

bool
echoes_have_any(const struct echoes *echoes, const struct correlation *correlation)
{
	size_t number;

	return echoes != NULL && find_number(echoes, correlation, &number) &&
	       echoes->searches[number].has_any;
}
