#include "rules/sieve.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "rules/comparison.h"
#include "rules/value.h"

/* A condition, asked once for all alternatives that contain it. */
struct sieve_test {
	const struct condition *condition;
	size_t index; /* of the type in the list that the condition was loaded for */
	uint64_t alternatives;
};

/* A sieve in the making. */
struct maker {
	struct arena *arena;
	const struct sieve_terms *terms;
	size_t most_tests, most_alternatives; /* of all sieves */
	const struct sieve **end;             /* where the next is hung */
	struct sieve *sieve;                  /* the last, or NULL */
	struct sieve_test *tests;             /* of this one */
	size_t *owners;
	size_t alternative_count;
};

/* What asks nothing is one alternative that always holds. */
static size_t
alternatives_in(const struct where *where)
{
	return where->count != 0 ? where->count : 1;
}

static const struct field *
tested_field(const struct condition *condition, size_t index)
{
	return condition->field.of[index];
}

static bool
is_outcome(const struct field *field)
{
	return field->home == HOME_EXCHANGE && field->offset == offsetof(struct exchange, outcome);
}

/* Whether a condition is as true of all exchanges that meet the terms; RET says how true. A type
 * that lacks the field is one reason, and a known outcome the other. */
static bool
is_settled(
    const struct maker *maker, const struct condition *condition, size_t index, enum truth *ret)
{
	const struct field *field = tested_field(condition, index);
	const struct exchange exchange = {.outcome = maker->terms->outcome};

	if (field != NULL && !(maker->terms->is_outcome_known && is_outcome(field)))
		return false;
	*ret = condition_truth(condition, &exchange, index);
	return true;
}

/* What the conditions that are settled leave of the alternative. */
static enum truth
settled_truth(const struct maker *maker, const struct condition_list *alternative, size_t index)
{
	enum truth truth = TRUTH_YES, one;

	for (size_t i = 0; i < alternative->count; i++)
		if (is_settled(maker, &alternative->items[i], index, &one))
			truth = truth_and(truth, one);
	return truth;
}

/* Networks and other fields are not compared: two alternatives seldom ask for the same. */
static bool
is_same_operand(const struct operand *one, const struct operand *other)
{
	return one->value.kind != VALUE_NONE && value_equal(&one->value, &other->value);
}

bool
condition_is_same(
    const struct condition *one, size_t index, const struct condition *other, size_t other_index)
{
	if (tested_field(one, index) != tested_field(other, other_index) ||
	    one->comparison != other->comparison || one->is_negated != other->is_negated ||
	    one->is_of_other != other->is_of_other || one->operand_count != other->operand_count)
		return false;
	for (size_t i = 0; i < one->operand_count; i++)
		if (!is_same_operand(&one->operands[i], &other->operands[i]))
			return false;
	return true;
}

static struct sieve_test *
find_test(const struct maker *maker, const struct condition *condition, size_t index)
{
	for (size_t i = 0; i < maker->sieve->test_count; i++)
		if (condition_is_same(
			condition, index, maker->tests[i].condition, maker->tests[i].index))
			return &maker->tests[i];
	return NULL;
}

/* The truth of an alternative that can hold is that of its tests, and no more than TRUTH. */
static void
add_alternative(struct maker *maker, const struct condition_list *alternative, size_t index,
    size_t owner, enum truth truth)
{
	struct sieve *sieve = maker->sieve;
	const uint64_t bit = UINT64_C(1) << maker->alternative_count;
	struct sieve_test *test;
	enum truth ignored;

	maker->owners[maker->alternative_count++] = owner;
	sieve->alternatives |= bit;
	if (truth == TRUTH_UNKNOWN)
		sieve->unsure |= bit;
	for (size_t i = 0; i < alternative->count; i++) {
		const struct condition *condition = &alternative->items[i];

		if (is_settled(maker, condition, index, &ignored))
			continue;
		test = find_test(maker, condition, index);
		if (test == NULL) {
			test = &maker->tests[sieve->test_count++];
			*test = (struct sieve_test){condition, index, 0};
		}
		test->alternatives |= bit;
	}
}

static unsigned
bits_in(uint64_t bits)
{
	return (unsigned)__builtin_popcountll(bits);
}

/* Numbers are compared in no time. */
static bool
is_slow(const struct sieve_test *test)
{
	return field_value_kind(tested_field(test->condition, test->index)) != VALUE_NUMBER;
}

/* What it costs most to leave out comes first. */
static int
compare_tests(const void *left, const void *right)
{
	const struct sieve_test *one = left, *other = right;

	if (is_slow(one) != is_slow(other))
		return COMPARE(is_slow(one), is_slow(other));
	return COMPARE(bits_in(other->alternatives), bits_in(one->alternatives));
}

static void
count_conditions(struct maker *maker, const struct sieve_where *wheres, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		maker->most_alternatives += alternatives_in(wheres[i].where);
		for (size_t j = 0; j < wheres[i].where->count; j++)
			maker->most_tests += wheres[i].where->any[j].count;
	}
}

/* Puts the tests of the sieve at hand, if there is one, in order. */
static void
end_sieve(const struct maker *maker)
{
	if (maker->sieve != NULL && maker->sieve->test_count > 1)
		qsort(maker->tests, maker->sieve->test_count, sizeof(*maker->tests), compare_tests);
}

/* Goes on with an empty sieve when there is none yet, or the last is full. */
static void
find_room(struct maker *maker)
{
	const size_t most = min_u64(maker->most_alternatives, SIEVE_MOST_ALTERNATIVES);
	struct sieve *sieve;

	if (maker->sieve != NULL && maker->alternative_count < SIEVE_MOST_ALTERNATIVES)
		return;
	end_sieve(maker);
	sieve = ARENA_NEW(maker->arena, struct sieve);
	*maker->end = sieve;
	maker->end = &sieve->next;
	maker->sieve = sieve;
	sieve->tests = maker->tests =
	    ARENA_ARRAY(maker->arena, struct sieve_test, maker->most_tests);
	sieve->owners = maker->owners = ARENA_ARRAY(maker->arena, size_t, most);
	maker->alternative_count = 0;
}

static void
add_where(struct maker *maker, const struct sieve_where *item)
{
	static const struct condition_list nothing = {NULL, 0};
	const struct condition_list *alternative;
	enum truth truth;

	for (size_t i = 0; i < alternatives_in(item->where); i++) {
		alternative = item->where->count != 0 ? &item->where->any[i] : &nothing;
		truth = settled_truth(maker, alternative, item->index);
		if (truth == TRUTH_NO)
			continue;
		find_room(maker);
		add_alternative(maker, alternative, item->index, item->owner, truth);
	}
}

const struct sieve *
sieve_make(struct arena *arena, const struct sieve_where *wheres, size_t count,
    const struct sieve_terms *terms)
{
	struct maker maker = {.arena = arena, .terms = terms};
	const struct sieve *first = NULL;

	maker.end = &first;
	count_conditions(&maker, wheres, count);
	for (size_t i = 0; i < count; i++)
		add_where(&maker, &wheres[i]);
	end_sieve(&maker);
	return first;
}

struct sifted
sieve_sift(const struct sieve *sieve, const struct exchange *exchange)
{
	struct sifted sifted = {sieve->alternatives, sieve->unsure};
	const struct sieve_test *end = sieve->tests + sieve->test_count;
	enum truth truth;

	for (const struct sieve_test *test = sieve->tests; test < end && sifted.left; test++) {
		if ((test->alternatives & sifted.left) == 0)
			continue;
		truth = condition_truth(test->condition, exchange, test->index);
		if (truth == TRUTH_NO)
			sifted.left &= ~test->alternatives;
		else if (truth == TRUTH_UNKNOWN)
			sifted.unsure |= test->alternatives;
	}
	return sifted;
}

void
where_compile(struct arena *arena, const struct type_list *types, struct where *where)
{
	static const struct sieve_terms any = {.is_outcome_known = false};
	struct sieve_where item = {.where = where};

	for (; item.index < types->count; item.index++)
		where->sieves[item.index] = sieve_make(arena, &item, 1, &any);
}

enum truth
where_truth(const struct where *where, const struct exchange *exchange, size_t index)
{
	enum truth truth = where->count == 0 ? TRUTH_YES : TRUTH_NO;
	const struct sieve *sieve = where->sieves[index];
	struct sifted sifted;

	for (; sieve != NULL && truth != TRUTH_YES; sieve = sieve->next) {
		sifted = sieve_sift(sieve, exchange);
		if ((sifted.left & ~sifted.unsure) != 0)
			truth = TRUTH_YES;
		else if (sifted.left != 0)
			truth = TRUTH_UNKNOWN;
	}
	return truth;
}
