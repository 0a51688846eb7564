#include "rules/rule_index.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/sorted.h"
#include "rules/echoes.h"
#include "rules/sieve.h"
#include "rules/value.h"

/* Where the exchanges of one type stand in the ledger, rising. */
struct shelf {
	const struct exchange_type *type;
	size_t *positions;
	size_t count, capacity;
};

static struct shelf *
find_shelf(const struct correlator *correlator, const struct exchange_type *type)
{
	for (size_t i = 0; i < correlator->shelf_count; i++)
		if (correlator->shelves[i].type == type)
			return &correlator->shelves[i];
	return NULL;
}

static struct shelf *
add_shelf(struct correlator *correlator, const struct exchange_type *type)
{
	correlator->shelves = mem_grow(correlator->shelves, correlator->shelf_count,
	    &correlator->shelf_capacity, sizeof(*correlator->shelves));
	correlator->shelves[correlator->shelf_count] = (struct shelf){.type = type};
	return &correlator->shelves[correlator->shelf_count++];
}

static void
fill_shelves(struct correlator *correlator)
{
	const struct ledger *ledger = correlator->ledger;
	struct shelf *shelf;

	for (size_t i = 0; i < ledger->count; i++) {
		shelf = find_shelf(correlator, ledger->items[i]->type);
		if (shelf == NULL)
			shelf = add_shelf(correlator, ledger->items[i]->type);
		shelf->positions = mem_grow(
		    shelf->positions, shelf->count, &shelf->capacity, sizeof(*shelf->positions));
		shelf->positions[shelf->count++] = i;
	}
}

static struct value
pair_value(
    const struct field_pair *pair, bool is_mine, const struct exchange *exchange, size_t index)
{
	return judged_value(exchange, is_mine ? &pair->mine : &pair->theirs, index);
}

bool
pairs_hash(const struct correlation *correlation, bool is_mine, const struct exchange *exchange,
    size_t index, uint64_t *ret)
{
	struct hash hash = hash_start();
	struct value value;

	for (size_t i = 0; i < correlation->same_count; i++) {
		value = pair_value(&correlation->same[i], is_mine, exchange, index);
		if (value.kind == VALUE_NONE)
			return false;
		value_hash_add(&hash, &value);
	}
	*ret = hash_finish(&hash, correlation->same_count);
	return true;
}

/* Bits of which some are set: what somebody will ask for, by hashes that several values share. */
struct sketch {
	uint64_t *words;
	uint64_t mask; /* of a bit's number */
};

#define SKETCH_BITS_PER_ASKER 16

/* An empty one, for ASKERS; its words are freed with mem_free(). */
static struct sketch
sketch_new(size_t askers)
{
	struct sketch sketch = {.mask = 63};

	while (sketch.mask < askers * SKETCH_BITS_PER_ASKER)
		sketch.mask = sketch.mask * 2 + 1;
	sketch.words = mem_alloc((size_t)(sketch.mask / 64 + 1), sizeof(*sketch.words));
	return sketch;
}

static void
sketch_set(struct sketch *sketch, uint64_t hash)
{
	uint64_t bit = hash & sketch->mask;

	sketch->words[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool
sketch_has(const struct sketch *sketch, uint64_t hash)
{
	uint64_t bit = hash & sketch->mask;

	return (sketch->words[bit / 64] >> bit % 64 & 1) != 0;
}

/*
 * Which values of the pairs' numbers and addresses somebody will ask for, as bits by a hash that is
 * quick and which several values share. Most exchanges of a large capture are of nobody who asks:
 * that is seen here before their texts are hashed, and they are stored and sorted. False when a
 * value is not known.
 */
static bool
sketch_bit(const struct correlation *correlation, bool is_mine, const struct exchange *exchange,
    size_t index, uint64_t *ret)
{
	uint64_t bit = 0, words[2];
	struct value value;

	for (size_t i = 0; i < correlation->same_count; i++) {
		value = pair_value(&correlation->same[i], is_mine, exchange, index);
		if (value.kind == VALUE_NONE)
			return false;
		if (value.kind == VALUE_NUMBER) {
			bit = hash_mix(bit ^ value.number);
		} else if (value.kind == VALUE_ADDR) {
			memcpy(words, value.addr.bytes, sizeof(words));
			bit = hash_mix(hash_mix(bit ^ words[0]) ^ words[1]);
		}
	}
	*ret = bit;
	return true;
}

static struct sketch
make_sketch(const struct correlator *correlator, const struct correlation *correlation)
{
	const struct candidate_list *askers = correlator->askers;
	const struct exchange *asker;
	struct sketch sketch = sketch_new(askers->count);
	uint64_t bit;

	for (size_t i = 0; i < askers->count; i++) {
		asker = correlator->ledger->items[askers->items[i].position];
		if (sketch_bit(correlation, true, asker,
			type_list_index(correlator->asking, asker->type), &bit))
			sketch_set(&sketch, bit);
	}
	return sketch;
}

/* Whether somebody may ask for EXCHANGE. */
static bool
is_asked_for(const struct sketch *sketch, const struct correlation *correlation,
    const struct exchange *exchange, size_t index)
{
	uint64_t bit;

	return sketch_bit(correlation, false, exchange, index, &bit) && sketch_has(sketch, bit);
}

static void
add_entry(struct entries *entries, uint64_t hash, size_t position)
{
	entries->items =
	    mem_grow(entries->items, entries->count, &entries->capacity, sizeof(*entries->items));
	entries->items[entries->count++] = (struct entry){hash, position};
}

/* What has hidden fields is kept whoever asks: it is compared field by field. */
static void
add_exchange(struct index *index, const struct sketch *sketch, const struct exchange *exchange,
    size_t type, size_t position)
{
	const struct correlation *correlation = index->correlation;
	enum truth truth = where_truth(&correlation->where, exchange, type);
	uint64_t hash;

	if (truth == TRUTH_NO)
		return;
	if (!index->is_any)
		index->is_any =
		    is_hidden(exchange) || pairs_hash(correlation, false, exchange, type, &hash);
	if (!is_hidden(exchange) && !is_asked_for(sketch, correlation, exchange, type))
		return;
	if (pairs_hash(correlation, false, exchange, type, &hash))
		add_entry(truth == TRUTH_YES && exchange->contested == 0 ? &index->sure
									 : &index->doubtful,
		    hash, position);
	else if (is_hidden(exchange))
		add_entry(&index->hidden, 0, position);
}

static int
compare_entries(const void *left, const void *right)
{
	const struct entry *one = left, *other = right;

	return one->hash != other->hash ? COMPARE(one->hash, other->hash)
					: COMPARE(one->position, other->position);
}

size_t
entries_before(const struct entries *entries, uint64_t hash, size_t position)
{
	const struct entry key = {hash, position};

	return sorted_before(
	    &key, entries->items, entries->count, sizeof(*entries->items), compare_entries);
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

/* ---- what was let go ---- */

/* Of what was let go nothing but a hash is left, so it is sifted by the hashes of who will ask. */
struct hearing {
	struct index *index;
	struct sketch sketch;
};

static void
sketch_hashes(const struct correlator *correlator, struct hearing *hearing)
{
	const struct candidate_list *askers = correlator->askers;
	const struct exchange *asker;
	uint64_t hash;

	hearing->sketch = sketch_new(askers->count);
	for (size_t i = 0; i < askers->count; i++) {
		asker = correlator->ledger->items[askers->items[i].position];
		if (pairs_hash(hearing->index->correlation, true, asker,
			type_list_index(correlator->asking, asker->type), &hash))
			sketch_set(&hearing->sketch, hash);
	}
}

static void
hear(void *state, const struct echo *echo)
{
	struct hearing *hearing = state;
	struct heard_list *heard = &hearing->index->heard;

	hearing->index->is_any = true;
	if (!sketch_has(&hearing->sketch, echo->hash))
		return;
	heard->items =
	    mem_grow(heard->items, heard->count, &heard->capacity, sizeof(*heard->items));
	heard->items[heard->count++] = (struct heard){echo->hash, echo->time};
}

static int
compare_heard(const void *left, const void *right)
{
	const struct heard *one = left, *other = right;

	return one->hash != other->hash ? COMPARE(one->hash, other->hash)
					: COMPARE(one->time, other->time);
}

static void
fill_heard(struct correlator *correlator, struct index *index)
{
	struct hearing hearing = {.index = index};
	struct heard *items;

	if (correlator->echoes == NULL)
		return;
	sketch_hashes(correlator, &hearing);
	echoes_each(correlator->echoes, index->correlation, hear, &hearing);
	mem_free(hearing.sketch.words);
	items = index->heard.items;
	if (index->heard.count == 0)
		return;
	qsort(items, index->heard.count, sizeof(*items), compare_heard);
	index->heard.items =
	    arena_copy(&correlator->arena, items, index->heard.count * sizeof(*items));
	mem_free(items);
}

/* One at the very same time is taken for both, before and after. */
bool
index_has_heard(const struct index *index, uint64_t hash, int64_t time)
{
	const struct correlation *correlation = index->correlation;
	const struct heard_list *heard = &index->heard;
	const struct heard key = {hash, time};
	size_t at =
	    sorted_before(&key, heard->items, heard->count, sizeof(*heard->items), compare_heard);
	const struct heard *next = at < heard->count ? &heard->items[at] : NULL;
	const struct heard *last = at != 0 ? &heard->items[at - 1] : NULL;

	if (next != NULL && next->hash == hash &&
	    (correlation->looks_after || next->time == time) &&
	    (correlation->within < 0 || next->time - time <= correlation->within))
		return true;
	return last != NULL && last->hash == hash && correlation->looks_before &&
	       (correlation->within < 0 || time - last->time <= correlation->within);
}

/* ---- an index ---- */

static void
fill_index(struct correlator *correlator, struct index *index)
{
	const struct correlation *correlation = index->correlation;
	struct sketch sketch = make_sketch(correlator, correlation);
	const struct shelf *shelf;

	for (size_t i = 0; i < correlation->types.count; i++) {
		shelf = find_shelf(correlator, correlation->types.items[i]);
		for (size_t j = 0; shelf != NULL && j < shelf->count; j++)
			add_exchange(index, &sketch, correlator->ledger->items[shelf->positions[j]],
			    i, shelf->positions[j]);
	}
	mem_free(sketch.words);
	settle(&index->sure, &correlator->arena);
	settle(&index->doubtful, &correlator->arena);
	settle(&index->hidden, &correlator->arena);
	fill_heard(correlator, index);
}

static bool
is_index_of(const void *entry, const void *key)
{
	return ((const struct index *)entry)->correlation == key;
}

const struct index *
index_of(struct correlator *correlator, const struct correlation *correlation)
{
	uint64_t hash = hash_u64((uintptr_t)correlation);
	struct index *index = table_find(&correlator->indexes, hash, is_index_of, correlation);

	if (index != NULL)
		return index;
	if (correlator->shelf_count == 0)
		fill_shelves(correlator);
	index = ARENA_NEW(&correlator->arena, struct index);
	index->correlation = correlation;
	fill_index(correlator, index);
	table_add(&correlator->indexes, hash, index);
	return index;
}

void
indexes_free(struct correlator *correlator)
{
	for (size_t i = 0; i < correlator->shelf_count; i++)
		mem_free(correlator->shelves[i].positions);
	mem_free(correlator->shelves);
	table_free(&correlator->indexes);
}
