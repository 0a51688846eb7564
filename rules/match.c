#include "rules/match.h"

#include "analyzer/base/memory.h"
#include "rules/value.h"

uint64_t
match_hash(const struct match *match, const struct field_list *fields)
{
	struct hash hash = hash_start();
	struct value value;

	for (size_t i = 0; i < fields->count; i++) {
		value = field_value(match->exchange, &fields->items[i], match->index);
		value_hash_add(&hash, &value);
	}
	return hash_finish(&hash, fields->count);
}

bool
match_equal(const struct match *one, const struct match *other, const struct field_list *fields)
{
	struct value mine, theirs;

	for (size_t i = 0; i < fields->count; i++) {
		mine = field_value(one->exchange, &fields->items[i], one->index);
		theirs = field_value(other->exchange, &fields->items[i], other->index);
		if (!value_equal(&mine, &theirs))
			return false;
	}
	return true;
}

/* `where`, the requirements, and that no clause of `unless` holds. What the finding says of a
 * message that was sent in two versions is not sure, even if the rule asks for nothing that
 * differs. */
static enum truth
rule_truth(struct correlator *correlator, const struct rule *rule,
    const struct candidate *candidate, size_t index)
{
	const size_t position = candidate->position;
	const struct exchange *exchange = correlator->ledger->items[position];
	enum truth truth = (enum truth)candidate->truth;

	for (size_t i = 0; i < rule->requires.count && truth != TRUTH_NO; i++)
		truth = truth_and(
		    truth, clause_truth(correlator, &rule->requires.items[i], position, index));
	for (size_t i = 0; i < rule->unless.count && truth != TRUTH_NO; i++)
		truth = truth_and(truth,
		    truth_not(clause_truth(correlator, &rule->unless.items[i], position, index)));
	return exchange->contested != 0 ? truth_and(truth, TRUTH_UNKNOWN) : truth;
}

static const struct lowering *
find_lowering(struct correlator *correlator, const struct rule *rule, size_t position, size_t index)
{
	for (size_t i = 0; i < rule->lowered_count; i++)
		if (clause_truth(correlator, &rule->lowered[i].clause, position, index) ==
		    TRUTH_YES)
			return &rule->lowered[i];
	return NULL;
}

static void
add_match(struct match_list *matches, const struct match *match)
{
	matches->items =
	    mem_grow(matches->items, matches->count, &matches->capacity, sizeof(*matches->items));
	matches->items[matches->count++] = *match;
}

/* Matches that are counted together. */
struct bucket {
	const struct rule *rule;
	const struct match *first;
	struct match **items; /* in order of the ledger */
	size_t count, capacity;
	struct bucket *next;
};

/* Matches of TRUTH or surer are WINDOW: where at least the wanted number of them lie within the
 * wanted time, all of these that have no verdict yet get TRUTH. */
static void
judge(const struct bucket *bucket, enum truth truth, enum truth *verdicts, size_t *window)
{
	const struct count_clause *asked = &bucket->rule->count;
	size_t count = 0, from;
	int64_t span;

	for (size_t i = 0; i < bucket->count; i++) {
		if (bucket->items[i]->truth < truth)
			continue;
		window[count++] = i;
		if (count < asked->at_least)
			continue;
		from = count - asked->at_least;
		span =
		    bucket->items[i]->exchange->time - bucket->items[window[from]]->exchange->time;
		if (asked->within >= 0 && span > asked->within)
			continue;
		/* The last of them has a verdict only if all before it were judged with it. */
		for (size_t j = count; j > from && verdicts[window[j - 1]] == TRUTH_NO; j--)
			verdicts[window[j - 1]] = truth;
	}
}

static void
judge_bucket(const struct bucket *bucket)
{
	enum truth *verdicts = mem_alloc(bucket->count, sizeof(*verdicts));
	size_t *window = mem_alloc(bucket->count, sizeof(*window));

	judge(bucket, TRUTH_YES, verdicts, window);
	judge(bucket, TRUTH_UNKNOWN, verdicts, window);
	for (size_t i = 0; i < bucket->count; i++)
		bucket->items[i]->truth = verdicts[i];
	mem_free(verdicts);
	mem_free(window);
}

static bool
is_bucket_of(const void *entry, const void *key)
{
	const struct bucket *bucket = entry;

	return match_equal(bucket->first, key, &bucket->rule->count.same);
}

static void
put(struct table *table, struct bucket **all, const struct rule *rule, struct match *match)
{
	uint64_t hash = match_hash(match, &rule->count.same);
	struct bucket *bucket = table_find(table, hash, is_bucket_of, match);

	if (bucket == NULL) {
		bucket = mem_alloc(1, sizeof(*bucket));
		*bucket = (struct bucket){.rule = rule, .first = match, .next = *all};
		*all = bucket;
		table_add(table, hash, bucket);
	}
	bucket->items =
	    mem_grow(bucket->items, bucket->count, &bucket->capacity, sizeof(*bucket->items));
	bucket->items[bucket->count++] = match;
}

static void
drop_unmatched(struct match_list *matches)
{
	size_t kept = 0;

	for (size_t i = 0; i < matches->count; i++)
		if (matches->items[i].truth != TRUTH_NO)
			matches->items[kept++] = matches->items[i];
	matches->count = kept;
}

/* Keeps of MATCHES those that are enough of them at a time. */
static void
apply_count(const struct rule *rule, struct match_list *matches)
{
	struct table table = {0};
	struct bucket *all = NULL, *next;

	for (size_t i = 0; i < matches->count; i++)
		put(&table, &all, rule, &matches->items[i]);
	for (; all != NULL; all = next) {
		next = all->next;
		judge_bucket(all);
		mem_free(all->items);
		mem_free(all);
	}
	table_free(&table);
	drop_unmatched(matches);
}

struct match_list
matches_of(
    struct correlator *correlator, const struct rule *rule, const struct candidate_list *candidates)
{
	struct match_list matches = {0};
	const struct candidate *candidate;
	struct match match;

	correlator_expect(correlator, &rule->types, candidates);
	for (size_t i = 0; i < candidates->count; i++) {
		candidate = &candidates->items[i];
		match.exchange = correlator->ledger->items[candidate->position];
		match.index = type_list_index(&rule->types, match.exchange->type);
		match.truth = rule_truth(correlator, rule, candidate, match.index);
		if (match.truth == TRUTH_NO)
			continue;
		match.lowered = find_lowering(correlator, rule, candidate->position, match.index);
		add_match(&matches, &match);
	}
	if (rule->count.at_least > 1)
		apply_count(rule, &matches);
	return matches;
}
