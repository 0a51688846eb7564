#include "rules/incident.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/sorted.h"
#include "analyzer/base/table.h"
#include "rules/value.h"

#define NO_FINDING SIZE_MAX

/* A finding while incidents are made. */
struct node {
	const struct finding *finding;
	size_t reason; /* the one that explains it, or NO_FINDING */
	size_t root;   /* of its chain of reasons */
	size_t depth;  /* links between it and the root */
	size_t worst;  /* index of the worst finding of its incident: they come in order */
	size_t number; /* in the end, from 1 */
	size_t incident, incident_size; /* of a root */
};

/* One occurrence that may be a reason. */
struct candidate {
	uint64_t hash; /* of the values that are to be equal */
	int64_t time;
	size_t finding; /* index */
	const struct exchange *exchange;
};

/* Sorted by hash, time, finding. */
struct candidates {
	struct candidate *items;
	size_t count, capacity;
};

static int
compare_candidates(const void *left, const void *right)
{
	const struct candidate *one = left, *other = right;

	if (one->hash != other->hash)
		return COMPARE(one->hash, other->hash);
	if (one->time != other->time)
		return COMPARE(one->time, other->time);
	return COMPARE(one->finding, other->finding);
}

/* The value of the field called like FIELD, whatever type EXCHANGE is of. */
static struct value
value_called(const struct exchange *exchange, const struct field_ref *field)
{
	const struct field *own = exchange_field(exchange->type, field->any->name);

	return own != NULL ? exchange_value(exchange, own) : (struct value){.kind = VALUE_NONE};
}

/* False when one of the values is not known: it is equal to nothing then. */
static bool
hash_same(const struct exchange *exchange, const struct field_list *same, uint64_t *ret)
{
	struct hash hash = hash_start();
	struct value value;

	for (size_t i = 0; i < same->count; i++) {
		value = value_called(exchange, &same->items[i]);
		if (value.kind == VALUE_NONE)
			return false;
		value_hash_add(&hash, &value);
	}
	*ret = hash_finish(&hash, same->count);
	return true;
}

static bool
is_same(const struct exchange *one, const struct exchange *other, const struct field_list *same)
{
	struct value mine, theirs;

	for (size_t i = 0; i < same->count; i++) {
		mine = value_called(one, &same->items[i]);
		theirs = value_called(other, &same->items[i]);
		if (!value_equal(&mine, &theirs))
			return false;
	}
	return true;
}

/* What was lowered to a notice is known to be harmless, so it is nobody's reason. */
static bool
may_explain(const struct finding *finding)
{
	return finding->severity != SEVERITY_NOTICE || finding->rule->severity == SEVERITY_NOTICE;
}

static void
add_candidates(struct candidates *candidates, const struct origin *origin,
    const struct finding *finding, size_t index)
{
	uint64_t hash;

	for (size_t i = 0; i < finding->example_count; i++) {
		if (!hash_same(finding->examples[i], &origin->same, &hash))
			continue;
		candidates->items = mem_grow(candidates->items, candidates->count,
		    &candidates->capacity, sizeof(*candidates->items));
		candidates->items[candidates->count++] = (struct candidate){
		    hash, finding->examples[i]->time, index, finding->examples[i]};
	}
}

/* The caller frees the items. */
static struct candidates
candidates_of(const struct finding_list *findings, const struct origin *origin)
{
	struct candidates candidates = {0};

	for (size_t i = 0; i < findings->count; i++)
		if (may_explain(&findings->items[i]) &&
		    text_list_has(&origin->rules, findings->items[i].rule->id))
			add_candidates(&candidates, origin, &findings->items[i], i);
	if (candidates.count != 0)
		qsort(candidates.items, candidates.count, sizeof(*candidates.items),
		    compare_candidates);
	return candidates;
}

/* How many candidates come before those of HASH later than TIME. */
static size_t
candidates_until(const struct candidates *candidates, uint64_t hash, int64_t time)
{
	const struct candidate key = {hash, time, NO_FINDING, NULL};

	return sorted_until(&key, candidates->items, candidates->count, sizeof(*candidates->items),
	    compare_candidates);
}

/* A chain of reasons must not come back to where it began. */
static bool
leads_to(const struct node *nodes, size_t from, size_t wanted)
{
	while (from != NO_FINDING && from != wanted)
		from = nodes[from].reason;
	return from == wanted;
}

static bool
is_reason(const struct node *nodes, const struct origin *origin, size_t index,
    const struct exchange *exchange, const struct candidate *candidate)
{
	const struct finding *mine = nodes[index].finding;
	const struct finding *theirs = nodes[candidate->finding].finding;

	return (theirs->verdict == VERDICT_FOUND || mine->verdict != VERDICT_FOUND) &&
	       is_same(exchange, candidate->exchange, &origin->same) &&
	       !leads_to(nodes, candidate->finding, index);
}

/* The reason of one occurrence of the finding at INDEX. */
static size_t
reason_of(const struct node *nodes, const struct origin *origin,
    const struct candidates *candidates, size_t index, const struct exchange *exchange)
{
	uint64_t hash;
	size_t middle;
	const struct candidate *at;

	if (!hash_same(exchange, &origin->same, &hash))
		return NO_FINDING;
	middle = candidates_until(candidates, hash, exchange->time);
	for (size_t i = middle; i-- > 0;) {
		at = &candidates->items[i];
		if (at->hash != hash || exchange->time - at->time > origin->before)
			break;
		if (is_reason(nodes, origin, index, exchange, at))
			return at->finding;
	}
	for (size_t i = middle; i < candidates->count; i++) {
		at = &candidates->items[i];
		if (at->hash != hash || at->time - exchange->time > origin->after)
			break;
		if (is_reason(nodes, origin, index, exchange, at))
			return at->finding;
	}
	return NO_FINDING;
}

/* Findings of RULE that have no reason yet are given what ORIGIN finds. */
static void
link_rule(const struct finding_list *findings, struct node *nodes, const struct rule *rule,
    const struct origin *origin)
{
	struct candidates candidates = candidates_of(findings, origin);
	const struct finding *finding;

	for (size_t i = 0; i < findings->count && candidates.count != 0; i++) {
		finding = &findings->items[i];
		if (finding->rule != rule)
			continue;
		for (size_t j = 0; j < finding->example_count && nodes[i].reason == NO_FINDING; j++)
			nodes[i].reason =
			    reason_of(nodes, origin, &candidates, i, finding->examples[j]);
	}
	mem_free(candidates.items);
}

/* Only rules that have findings are asked. */
static void
link_findings(const struct finding_list *findings, struct node *nodes, const struct rule_set *rules)
{
	const struct rule *rule;

	for (size_t i = 0; i < rules->count; i++) {
		rule = rules->items[i];
		for (size_t j = 0; j < rule->follows_from.count; j++)
			link_rule(findings, nodes, rule, &rule->follows_from.items[j]);
	}
}

static void
find_roots(struct node *nodes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		nodes[i].root = i;
		while (nodes[nodes[i].root].reason != NO_FINDING) {
			nodes[i].root = nodes[nodes[i].root].reason;
			nodes[i].depth++;
		}
		if (nodes[nodes[i].root].incident_size++ == 0)
			nodes[nodes[i].root].worst = i;
	}
	for (size_t i = 0; i < count; i++)
		nodes[i].worst = nodes[nodes[i].root].worst;
}

/* Incidents by their worst finding; in them the root first, then what follows from it by time. */
static int
compare_nodes(const void *left, const void *right)
{
	const struct node *one = *(const struct node *const *)left;
	const struct node *other = *(const struct node *const *)right;

	if (one->worst != other->worst)
		return COMPARE(one->worst, other->worst);
	if (one->depth != other->depth)
		return COMPARE(one->depth, other->depth);
	if (one->finding->exchange->time != other->finding->exchange->time)
		return COMPARE(one->finding->exchange->time, other->finding->exchange->time);
	return COMPARE(one->finding, other->finding);
}

/* ORDER gets the nodes as they are to stand. */
static void
number_nodes(struct node *nodes, struct node **order, size_t count, size_t *ret_incidents)
{
	size_t incidents = 0;

	for (size_t i = 0; i < count; i++)
		order[i] = &nodes[i];
	qsort(order, count, sizeof(*order), compare_nodes);
	for (size_t i = 0; i < count; i++) {
		order[i]->number = i + 1;
		if (order[i]->depth == 0)
			order[i]->incident = ++incidents;
	}
	*ret_incidents = incidents;
}

static void
reorder(struct finding_list *findings, const struct node *nodes, struct node *const *order)
{
	struct finding *moved = mem_alloc(findings->count, sizeof(*moved));
	const struct node *node;

	for (size_t i = 0; i < findings->count; i++) {
		node = order[i];
		moved[i] = *node->finding;
		moved[i].incident = nodes[node->root].incident;
		moved[i].incident_size = nodes[node->root].incident_size;
		if (node->reason != NO_FINDING)
			moved[i].follows_from = nodes[node->reason].number;
	}
	memcpy(findings->items, moved, findings->count * sizeof(*moved));
	mem_free(moved);
}

void
incidents_arrange(struct finding_list *findings, const struct rule_set *rules)
{
	struct node *nodes, **order;

	if (findings->count == 0)
		return;
	nodes = mem_alloc(findings->count, sizeof(*nodes));
	order = mem_alloc(findings->count, sizeof(struct node *));
	for (size_t i = 0; i < findings->count; i++)
		nodes[i] = (struct node){.finding = &findings->items[i], .reason = NO_FINDING};
	link_findings(findings, nodes, rules);
	find_roots(nodes, findings->count);
	number_nodes(nodes, order, findings->count, &findings->incidents);
	reorder(findings, nodes, order);
	mem_free(order);
	mem_free(nodes);
}
