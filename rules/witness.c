#include "rules/witness.h"

#include "analyzer/base/memory.h"
#include "rules/rule_correlate.h"

/* The search for one finding. */
struct search {
	struct correlator correlator;
	const struct finding *finding;
	bool *is_witness; /* by position in the ledger */
};

static bool
is_example(const struct finding *finding, const struct exchange *exchange)
{
	for (size_t i = 0; i < finding->example_count; i++)
		if (finding->examples[i] == exchange)
			return true;
	return false;
}

static void
add_witness(struct search *search, const struct exchange *witness)
{
	const struct ledger *ledger = search->correlator.ledger;

	for (size_t i = 0; witness != NULL && i < ledger->count; i++)
		if (ledger->items[i] == witness)
			search->is_witness[i] = true;
}

static void
search_clauses(
    struct search *search, const struct clause_list *clauses, size_t position, size_t index)
{
	for (size_t i = 0; i < clauses->count; i++)
		add_witness(search,
		    clause_witness(&search->correlator, &clauses->items[i], position, index));
}

static void
search_at(struct search *search, size_t position)
{
	const struct rule *rule = search->finding->rule;
	const struct exchange *exchange = search->correlator.ledger->items[position];
	size_t index = type_list_index(&rule->types, exchange->type);

	search_clauses(search, &rule->requires, position, index);
	search_clauses(search, &rule->unless, position, index);
	for (size_t i = 0; i < rule->lowered_count; i++)
		add_witness(search,
		    clause_witness(&search->correlator, &rule->lowered[i].clause, position, index));
}

static struct witness_list
gather(const struct search *search, struct arena *arena)
{
	const struct ledger *ledger = search->correlator.ledger;
	const struct exchange **items;
	size_t count = 0;

	for (size_t i = 0; i < ledger->count; i++)
		count += search->is_witness[i];
	items = ARENA_ARRAY(arena, const struct exchange *, count);
	count = 0;
	for (size_t i = 0; i < ledger->count; i++)
		if (search->is_witness[i])
			items[count++] = ledger->items[i];
	return (struct witness_list){items, count};
}

struct witness_list
finding_witnesses(const struct ledger *ledger, const struct finding *finding, struct arena *arena)
{
	struct search search = {.finding = finding};
	struct candidate examples[FINDING_MOST_EXAMPLES];
	struct candidate_list askers = {.items = examples};
	struct witness_list found;

	correlator_init(&search.correlator, ledger);
	search.is_witness = mem_alloc(ledger->count, sizeof(*search.is_witness));
	for (size_t i = 0; i < ledger->count; i++)
		if (is_example(finding, ledger->items[i]))
			examples[askers.count++] = (struct candidate){i, TRUTH_YES};
	correlator_expect(&search.correlator, &finding->rule->types, &askers);
	for (size_t i = 0; i < askers.count; i++)
		search_at(&search, examples[i].position);
	found = gather(&search, arena);
	mem_free(search.is_witness);
	correlator_free(&search.correlator);
	return found;
}
