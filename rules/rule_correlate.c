#include "rules/rule_correlate.h"

#include "rules/rule_index.h"
#include "rules/sieve.h"
#include "rules/value.h"

/* Exchanges with hidden fields that are compared one by one. Where more of them are hidden, the
 * capture cannot tell. */
#define MOST_HIDDEN 1000

void
correlator_init(struct correlator *correlator, const struct ledger *ledger)
{
	*correlator = (struct correlator){.ledger = ledger};
}

void
correlator_expect(struct correlator *correlator, const struct type_list *types,
    const struct candidate_list *askers)
{
	correlator->asking = types;
	correlator->askers = askers;
}

static bool
is_same_alternative(
    const struct condition_list *one, const struct condition_list *other, size_t types)
{
	if (one->count != other->count)
		return false;
	for (size_t i = 0; i < one->count; i++)
		for (size_t type = 0; type < types; type++)
			if (!condition_is_same(&one->items[i], type, &other->items[i], type))
				return false;
	return true;
}

static bool
is_same_where(const struct where *one, const struct where *other, size_t types)
{
	if (one->count != other->count)
		return false;
	for (size_t i = 0; i < one->count; i++)
		if (!is_same_alternative(&one->any[i], &other->any[i], types))
			return false;
	return true;
}

bool
correlation_seeks_same(const struct correlation *one, const struct correlation *other)
{
	const size_t types = one->types.count;

	if (types != other->types.count || one->same_count != other->same_count)
		return false;
	for (size_t i = 0; i < types; i++)
		if (one->types.items[i] != other->types.items[i])
			return false;
	for (size_t i = 0; i < one->same_count; i++)
		for (size_t type = 0; type < types; type++)
			if (one->same[i].theirs.of[type] != other->same[i].theirs.of[type])
				return false;
	return is_same_where(&one->where, &other->where, types);
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

static enum truth
found_truth(struct correlator *correlator, const struct correlation *correlation, size_t position,
    size_t index)
{
	const struct index *found;
	const struct exchange *mine = correlator->ledger->items[position];
	uint64_t hash;

	if (!pairs_hash(correlation, true, mine, index, &hash))
		return is_hidden(mine) && index_of(correlator, correlation)->is_any ? TRUTH_UNKNOWN
										    : TRUTH_NO;
	found = index_of(correlator, correlation);
	if (index_has_heard(found, hash, mine->time) ||
	    found_among(correlator, correlation, &found->sure, hash, position, index) != NULL)
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
	searched = index_of(correlator, correlation);
	found = found_among(correlator, correlation, &searched->sure, hash, position, index);
	return found != NULL ? found
			     : found_among(correlator, correlation, &searched->doubtful, hash,
				   position, index);
}

void
correlator_free(struct correlator *correlator)
{
	indexes_free(correlator);
	arena_free(&correlator->arena);
}
