#include "rules/candidates.h"

#include "analyzer/base/memory.h"
#include "rules/rule_choice.h"
#include "rules/sieve.h"

/* What rules ask of one type of exchange: a sieve for each way to end, made when it is first met.
 */
struct kind {
	const struct exchange_type *type;
	const struct sieve *sieves[OUTCOME_UNANSWERED + 1];
	bool is_made[OUTCOME_UNANSWERED + 1];
};

struct walk {
	const struct rule_set *rules;
	struct candidate_list *lists;
	struct kind *kinds; /* those that occur, as they come */
	size_t kind_count, kind_capacity;
	struct sieve_where *wheres; /* room for one of each rule */
	struct arena arena;
};

static struct kind *
find_kind(struct walk *walk, const struct exchange_type *type)
{
	for (size_t i = 0; i < walk->kind_count; i++)
		if (walk->kinds[i].type == type)
			return &walk->kinds[i];
	walk->kinds =
	    mem_grow(walk->kinds, walk->kind_count, &walk->kind_capacity, sizeof(*walk->kinds));
	walk->kinds[walk->kind_count] = (struct kind){.type = type};
	return &walk->kinds[walk->kind_count++];
}

/* Of the rules that run, those that speak of exchanges of KIND which end so. */
static const struct sieve *
make_sieve(struct walk *walk, const struct exchange_type *type, enum outcome outcome)
{
	const struct sieve_terms terms = {.is_outcome_known = true, .outcome = outcome};
	const struct rule *rule;
	size_t index, count = 0;

	for (size_t i = 0; i < walk->rules->count; i++) {
		rule = walk->rules->items[i];
		index = type_list_index(&rule->types, type);
		if (index < rule->types.count && rule_runs(walk->rules, i))
			walk->wheres[count++] = (struct sieve_where){&rule->where, index, i};
	}
	return sieve_make(&walk->arena, walk->wheres, count, &terms);
}

static const struct sieve *
find_sieve(struct walk *walk, const struct exchange *exchange)
{
	struct kind *kind = find_kind(walk, exchange->type);
	const enum outcome outcome = exchange->outcome;

	if (!kind->is_made[outcome])
		kind->sieves[outcome] = make_sieve(walk, exchange->type, outcome);
	kind->is_made[outcome] = true;
	return kind->sieves[outcome];
}

/* Of several alternatives the surest counts. They come one after another. */
static void
add_candidate(struct candidate_list *list, size_t position, enum truth truth)
{
	struct candidate *last = list->count != 0 ? &list->items[list->count - 1] : NULL;

	if (last != NULL && last->position == position) {
		last->truth = truth_or((enum truth)last->truth, truth);
		return;
	}
	list->items = mem_grow(list->items, list->count, &list->capacity, sizeof(*list->items));
	list->items[list->count++] = (struct candidate){position, truth};
}

static void
judge(struct walk *walk, const struct exchange *exchange, size_t position)
{
	struct sifted sifted;
	enum truth truth;
	size_t owner;

	for (const struct sieve *sieve = find_sieve(walk, exchange); sieve != NULL;
	     sieve = sieve->next) {
		sifted = sieve_sift(sieve, exchange);
		while (sifted.left != 0) {
			owner = sieve->owners[sifted_take(&sifted, &truth)];
			add_candidate(&walk->lists[owner], position, truth);
		}
	}
}

struct candidate_list *
candidates_of(const struct rule_set *rules, const struct ledger *ledger)
{
	struct walk walk = {.rules = rules};

	walk.lists = mem_alloc(rules->count + 1, sizeof(*walk.lists));
	walk.wheres = mem_alloc(rules->count + 1, sizeof(*walk.wheres));
	for (size_t i = 0; i < ledger->count; i++)
		judge(&walk, ledger->items[i], i);
	mem_free(walk.wheres);
	mem_free(walk.kinds);
	arena_free(&walk.arena);
	return walk.lists;
}

void
candidates_free(struct candidate_list *lists, const struct rule_set *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		mem_free(lists[i].items);
	mem_free(lists);
}
