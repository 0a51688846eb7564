#include "rules/rule_correlate.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/sorted.h"
#include "rules/value.h"

/* An exchange that a correlation can find, under the hash of its `same` fields. */
struct entry {
	uint64_t hash;
	size_t position; /* in the ledger */
};

/* Sorted by hash, then position. */
struct entries {
	struct entry *items;
	size_t count, capacity;
};

/* Exchanges that meet the correlation's conditions, apart from those of which the capture cannot
 * tell: so the nearest of either kind is the only one to look at. */
struct index {
	const struct correlation *correlation;
	struct entries sure, doubtful;
	struct entries hidden; /* the capture lacks a field of `same`; the hash is 0 */
};

/* Exchanges with hidden fields that are compared one by one. Where more of them are hidden, the
 * capture cannot tell. */
#define MOST_HIDDEN 1000

static int
compare_positions(const void *left, const void *right)
{
	const size_t *one = left, *other = right;

	return COMPARE(*one, *other);
}

static int
compare_entries(const void *left, const void *right)
{
	const struct entry *one = left, *other = right;

	return one->hash != other->hash ? COMPARE(one->hash, other->hash)
					: COMPARE(one->position, other->position);
}

static void
add_position(struct positions *positions, size_t position)
{
	positions->items = mem_grow(
	    positions->items, positions->count, &positions->capacity, sizeof(*positions->items));
	positions->items[positions->count++] = position;
}

static size_t
type_index(const struct rule_set *rules, const struct exchange_type *type)
{
	size_t i = 0;

	while (i < rules->type_count && rules->types[i] != type)
		i++;
	return i;
}

void
correlator_init(
    struct correlator *correlator, const struct rule_set *rules, const struct ledger *ledger)
{
	size_t type;

	*correlator = (struct correlator){.ledger = ledger, .rules = rules};
	correlator->by_type = mem_alloc(rules->type_count + 1, sizeof(struct positions));
	for (size_t i = 0; i < ledger->count; i++) {
		type = type_index(rules, ledger->items[i]->type);
		if (type < rules->type_count)
			add_position(&correlator->by_type[type], i);
	}
}

struct positions
correlator_positions(const struct correlator *correlator, const struct type_list *types)
{
	struct positions all = {0};
	const struct positions *some;

	for (size_t i = 0; i < types->count; i++) {
		some = &correlator->by_type[type_index(correlator->rules, types->items[i])];
		for (size_t j = 0; j < some->count; j++)
			add_position(&all, some->items[j]);
	}
	if (types->count > 1 && all.count != 0)
		qsort(all.items, all.count, sizeof(*all.items), compare_positions);
	return all;
}

/* The next step of a hash over several values, in which their order counts. */
static uint64_t
mix(uint64_t hash, const struct value *value)
{
	return hash_u64(hash * 31 + value_hash(value));
}

/* Of the pairs' own fields, or of the fields of the exchange that is searched for. */
static bool
pairs_hash(const struct correlation *correlation, bool is_mine, const struct exchange *exchange,
    size_t index, uint64_t *ret)
{
	uint64_t hash = 0;
	const struct field_ref *field;
	struct value value;

	for (size_t i = 0; i < correlation->same_count; i++) {
		field = is_mine ? &correlation->same[i].mine : &correlation->same[i].theirs;
		value = judged_value(exchange, field, index);
		if (value.kind == VALUE_NONE)
			return false;
		hash = mix(hash, &value);
	}
	*ret = hash;
	return true;
}

static void
add_entry(struct entries *entries, uint64_t hash, size_t position)
{
	entries->items =
	    mem_grow(entries->items, entries->count, &entries->capacity, sizeof(*entries->items));
	entries->items[entries->count++] = (struct entry){hash, position};
}

/* Sorts ENTRIES and moves them to the arena. */
static void
settle(struct entries *entries, struct arena *arena)
{
	struct entry *items = entries->items;
	size_t size = entries->count * sizeof(*items);

	if (entries->count == 0)
		return;
	qsort(items, entries->count, sizeof(*items), compare_entries);
	entries->items = arena_copy(arena, items, size);
	mem_free(items);
}

static void
fill_index(struct correlator *correlator, struct index *index)
{
	const struct correlation *correlation = index->correlation;
	struct positions positions = correlator_positions(correlator, &correlation->types);
	const struct exchange *exchange;
	enum truth truth;
	uint64_t hash;
	size_t type;

	for (size_t i = 0; i < positions.count; i++) {
		exchange = correlator->ledger->items[positions.items[i]];
		type = type_list_index(&correlation->types, exchange->type);
		truth = where_truth(&correlation->where, exchange, type);
		if (truth == TRUTH_NO)
			continue;
		if (pairs_hash(correlation, false, exchange, type, &hash))
			add_entry(truth == TRUTH_YES && exchange->contested == 0 ? &index->sure
										 : &index->doubtful,
			    hash, positions.items[i]);
		else if (is_hidden(exchange))
			add_entry(&index->hidden, 0, positions.items[i]);
	}
	settle(&index->sure, &correlator->arena);
	settle(&index->doubtful, &correlator->arena);
	settle(&index->hidden, &correlator->arena);
	mem_free(positions.items);
}

static bool
is_index_of(const void *entry, const void *key)
{
	return ((const struct index *)entry)->correlation == key;
}

static const struct index *
find_index(struct correlator *correlator, const struct correlation *correlation)
{
	uint64_t hash = hash_u64((uintptr_t)correlation);
	struct index *index = table_find(&correlator->indexes, hash, is_index_of, correlation);

	if (index != NULL)
		return index;
	index = ARENA_NEW(&correlator->arena, struct index);
	index->correlation = correlation;
	fill_index(correlator, index);
	table_add(&correlator->indexes, hash, index);
	return index;
}

/* Whether the pairs are the same; a field that the capture hides of THEIRS MAY_BE the same. */
static bool
is_same(const struct correlation *correlation, const struct exchange *mine, size_t index,
    const struct exchange *theirs, bool may_be)
{
	size_t type = type_list_index(&correlation->types, theirs->type);
	struct value one, other;

	for (size_t i = 0; i < correlation->same_count; i++) {
		one = judged_value(mine, &correlation->same[i].mine, index);
		other = judged_value(theirs, &correlation->same[i].theirs, type);
		if (!(may_be && other.kind == VALUE_NONE) && !value_equal(&one, &other))
			return false;
	}
	return true;
}

/* How many entries come before (HASH, POSITION). */
static size_t
entries_before(const struct entries *entries, uint64_t hash, size_t position)
{
	const struct entry key = {hash, position};

	return sorted_before(
	    &key, entries->items, entries->count, sizeof(*entries->items), compare_entries);
}

/* Takes the entry after or before AT, which moves over it; NULL when it has another hash. */
static const struct entry *
take_neighbour(const struct entries *entries, uint64_t hash, bool is_after, size_t *at)
{
	const struct entry *entry;

	if (is_after ? *at == entries->count : *at == 0)
		return NULL;
	entry = &entries->items[is_after ? (*at)++ : --(*at)];
	return entry->hash == hash ? entry : NULL;
}

/* The nearest that is found after or before, or NULL. The ledger is in order of time, so the
 * nearest entry decides about WITHIN; those beyond it are looked at only when hashes collide. */
static const struct exchange *
found_on(const struct correlator *correlator, const struct correlation *correlation, bool is_after,
    const struct entries *entries, uint64_t hash, size_t position, size_t index)
{
	const struct exchange *mine = correlator->ledger->items[position], *theirs;
	size_t at = entries_before(entries, hash, is_after ? position + 1 : position);
	const struct entry *entry;
	int64_t distance;

	while ((entry = take_neighbour(entries, hash, is_after, &at)) != NULL) {
		theirs = correlator->ledger->items[entry->position];
		distance = is_after ? theirs->time - mine->time : mine->time - theirs->time;
		if (correlation->within >= 0 && distance > correlation->within)
			return NULL;
		if (is_same(correlation, mine, index, theirs, false))
			return theirs;
	}
	return NULL;
}

static const struct exchange *
found_among(const struct correlator *correlator, const struct correlation *correlation,
    const struct entries *entries, uint64_t hash, size_t position, size_t index)
{
	const struct exchange *found = NULL;

	if (correlation->looks_before)
		found = found_on(correlator, correlation, false, entries, hash, position, index);
	if (found == NULL && correlation->looks_after)
		found = found_on(correlator, correlation, true, entries, hash, position, index);
	return found;
}

/* Whether THEIRS is on a side that is looked at, and near enough. */
static bool
is_in_reach(const struct correlation *correlation, const struct exchange *mine,
    const struct exchange *theirs, bool is_after)
{
	int64_t distance = is_after ? theirs->time - mine->time : mine->time - theirs->time;

	if (is_after ? !correlation->looks_after : !correlation->looks_before)
		return false;
	return correlation->within < 0 || distance <= correlation->within;
}

/* Whether one of those whose fields the capture hides may be it. They are few, or else nothing in
 * the capture is sure. */
static bool
may_be_hidden(const struct correlator *correlator, const struct correlation *correlation,
    const struct index *found, size_t position, size_t index)
{
	const struct exchange *mine = correlator->ledger->items[position], *theirs;
	size_t most = found->hidden.count < MOST_HIDDEN ? found->hidden.count : MOST_HIDDEN;

	for (size_t i = 0; i < most; i++) {
		theirs = correlator->ledger->items[found->hidden.items[i].position];
		if (theirs != mine &&
		    is_in_reach(
			correlation, mine, theirs, found->hidden.items[i].position > position) &&
		    is_same(correlation, mine, index, theirs, true))
			return true;
	}
	return found->hidden.count > MOST_HIDDEN;
}

static bool
may_be_any(const struct index *found)
{
	return found->sure.count + found->doubtful.count + found->hidden.count != 0;
}

static enum truth
found_truth(struct correlator *correlator, const struct correlation *correlation, size_t position,
    size_t index)
{
	const struct index *found;
	const struct exchange *mine = correlator->ledger->items[position];
	uint64_t hash;

	if (!pairs_hash(correlation, true, mine, index, &hash))
		return is_hidden(mine) && may_be_any(find_index(correlator, correlation))
			   ? TRUTH_UNKNOWN
			   : TRUTH_NO;
	found = find_index(correlator, correlation);
	if (found_among(correlator, correlation, &found->sure, hash, position, index) != NULL)
		return TRUTH_YES;
	if (found_among(correlator, correlation, &found->doubtful, hash, position, index) != NULL ||
	    may_be_hidden(correlator, correlation, found, position, index))
		return TRUTH_UNKNOWN;
	return TRUTH_NO;
}

static enum truth
correlation_truth(struct correlator *correlator, const struct correlation *correlation,
    size_t position, size_t index)
{
	enum truth truth;

	if (!correlation->looks_before && !correlation->looks_after)
		return TRUTH_YES;
	truth = found_truth(correlator, correlation, position, index);
	return correlation->is_negated ? truth_not(truth) : truth;
}

enum truth
clause_truth(
    struct correlator *correlator, const struct clause *clause, size_t position, size_t index)
{
	const struct exchange *exchange = correlator->ledger->items[position];
	enum truth truth = where_truth(&clause->where, exchange, index);

	if (truth == TRUTH_NO)
		return TRUTH_NO;
	return truth_and(
	    truth, correlation_truth(correlator, &clause->correlation, position, index));
}

const struct exchange *
clause_witness(
    struct correlator *correlator, const struct clause *clause, size_t position, size_t index)
{
	const struct correlation *correlation = &clause->correlation;
	const struct exchange *mine = correlator->ledger->items[position], *found;
	const struct index *searched;
	uint64_t hash;

	if ((!correlation->looks_before && !correlation->looks_after) ||
	    !pairs_hash(correlation, true, mine, index, &hash))
		return NULL;
	searched = find_index(correlator, correlation);
	found = found_among(correlator, correlation, &searched->sure, hash, position, index);
	return found != NULL ? found
			     : found_among(correlator, correlation, &searched->doubtful, hash,
				   position, index);
}

void
correlator_free(struct correlator *correlator)
{
	for (size_t i = 0; i < correlator->rules->type_count; i++)
		mem_free(correlator->by_type[i].items);
	mem_free(correlator->by_type);
	table_free(&correlator->indexes);
	arena_free(&correlator->arena);
}
