#include "rules/interest.h"

#include "analyzer/base/hash.h"
#include "analyzer/base/memory.h"
#include "rules/rule_choice.h"
#include "rules/rule_index.h"
#include "rules/sieve.h"

/* A correlation that may find exchanges of a type. */
struct seeker {
	const struct correlation *correlation;
	size_t index;  /* of the type in its list */
	size_t number; /* of its search */
	bool is_whole; /* nothing that it asks of them is late */
};

/* What is asked of one type of exchange, when it was answered. */
struct kind {
	const struct exchange_type *type;
	const struct sieve *rules;   /* by which it may be spoken of */
	const struct sieve *seekers; /* owners: by index */
	struct seeker *items;
	size_t count, capacity;
	size_t by_search[ECHOES_SEARCHES]; /* the item that makes it */
};

/* Echoes of one conversation, in the making: those of one hash hang together. */
struct going {
	struct echo echo;
	size_t next; /* that has its hash; NO_NEXT: none */
};

#define NO_NEXT SIZE_MAX

/* Those of one hash. */
struct going_group {
	size_t first, last;
};

/* So many groups, the latest, are looked through for a hash: a connection's exchanges are found by
 * few, but for the names of files. */
#define OPEN_GROUPS 16

struct interest {
	const struct rule_set *rules;
	const struct correlation **correlations; /* of those that run */
	size_t correlation_count, correlation_capacity;
	struct echoes *echoes; /* NULL: nobody asked yet */
	struct kind *kinds;
	size_t kind_count, kind_capacity;
	struct going *going; /* of the conversation that goes */
	size_t going_count, going_capacity;
	struct going_group *groups; /* in the order of what is first in them */
	size_t group_count, group_capacity;
	struct arena arena;
};

/* Sieves in the making. */
struct where_list {
	struct sieve_where *items;
	size_t count, capacity;
};

/* ---- what is asked ---- */

static bool
is_late(const struct condition *condition, size_t index)
{
	const struct field *field = condition->field.of[index];

	if (field != NULL && field->is_late)
		return true;
	for (size_t i = 0; i < condition->operand_count; i++) {
		field = condition->operands[i].other.of[index];
		if (field != NULL && field->is_late)
			return true;
	}
	return false;
}

/* ALTERNATIVE without what cannot be known yet. */
static struct condition_list
early_conditions(
    struct arena *arena, const struct condition_list *alternative, size_t index, bool *is_whole)
{
	struct condition *items = ARENA_ARRAY(arena, struct condition, alternative->count);
	size_t count = 0;

	for (size_t i = 0; i < alternative->count; i++) {
		if (is_late(&alternative->items[i], index))
			*is_whole = false;
		else
			items[count++] = alternative->items[i];
	}
	return (struct condition_list){items, count};
}

static const struct where *
early_where(struct arena *arena, const struct where *where, size_t index, bool *is_whole)
{
	struct condition_list *any = ARENA_ARRAY(arena, struct condition_list, where->count);
	struct where *made = ARENA_NEW(arena, struct where);

	for (size_t i = 0; i < where->count; i++)
		any[i] = early_conditions(arena, &where->any[i], index, is_whole);
	made->any = any;
	made->count = where->count;
	return made;
}

static void
add_where(struct where_list *list, const struct where *where, size_t index, size_t owner)
{
	list->items = mem_grow(list->items, list->count, &list->capacity, sizeof(*list->items));
	list->items[list->count++] = (struct sieve_where){where, index, owner};
}

/* Exchanges of one connection stay or go together, and by what is late nothing is found that went
 * (README.md, "What is let go"). */
static bool
seeks_elsewhere(const struct correlation *correlation)
{
	if (!correlation->looks_before && !correlation->looks_after)
		return false;
	for (size_t i = 0; i < correlation->same_count; i++) {
		const struct field *theirs = correlation->same[i].theirs.any;

		if (theirs->is_late || (theirs->is_passing && theirs->home == HOME_CONVERSATION))
			return false;
	}
	return true;
}

/* What several correlations look for is looked for once. */
static bool
has_seeker(const struct kind *kind, size_t number)
{
	for (size_t i = 0; i < kind->count && number < ECHOES_SEARCHES; i++)
		if (kind->items[i].number == number)
			return true;
	return false;
}

static void
add_seeker(struct interest *interest, struct kind *kind, struct where_list *wheres,
    const struct correlation *correlation)
{
	struct seeker seeker = {.correlation = correlation,
	    .index = type_list_index(&correlation->types, kind->type),
	    .number = echoes_expect(interest->echoes, correlation),
	    .is_whole = true};
	const struct where *where;

	if (seeker.index == correlation->types.count || has_seeker(kind, seeker.number))
		return;
	where = early_where(&interest->arena, &correlation->where, seeker.index, &seeker.is_whole);
	add_where(wheres, where, seeker.index, kind->count);
	kind->items = mem_grow(kind->items, kind->count, &kind->capacity, sizeof(*kind->items));
	if (seeker.number < ECHOES_SEARCHES)
		kind->by_search[seeker.number] = kind->count;
	kind->items[kind->count++] = seeker;
}

static void
make_kind(struct interest *interest, struct kind *kind)
{
	const struct sieve_terms answered = {true, OUTCOME_ANSWERED};
	struct where_list spoken_of = {0}, sought = {0};
	bool ignored;

	for (size_t i = 0; i < interest->rules->count; i++) {
		const struct rule *rule = interest->rules->items[i];
		size_t index = type_list_index(&rule->types, kind->type);

		if (!rule_runs(interest->rules, i))
			continue;
		if (index < rule->types.count)
			add_where(&spoken_of,
			    early_where(&interest->arena, &rule->where, index, &ignored), index, i);
	}
	for (size_t i = 0; i < interest->correlation_count; i++)
		add_seeker(interest, kind, &sought, interest->correlations[i]);
	kind->rules = sieve_make(&interest->arena, spoken_of.items, spoken_of.count, &answered);
	kind->seekers = sieve_make(&interest->arena, sought.items, sought.count, &answered);
	mem_free(spoken_of.items);
	mem_free(sought.items);
}

static void
expect(struct interest *interest, const struct clause *clause)
{
	const struct correlation *correlation = &clause->correlation;

	if (!seeks_elsewhere(correlation))
		return;
	echoes_expect(interest->echoes, correlation);
	interest->correlations = mem_grow(interest->correlations, interest->correlation_count,
	    &interest->correlation_capacity, sizeof(struct correlation *));
	interest->correlations[interest->correlation_count++] = correlation;
}

static void
expect_rule(struct interest *interest, const struct rule *rule)
{
	for (size_t i = 0; i < rule->requires.count; i++)
		expect(interest, &rule->requires.items[i]);
	for (size_t i = 0; i < rule->unless.count; i++)
		expect(interest, &rule->unless.items[i]);
	for (size_t i = 0; i < rule->lowered_count; i++)
		expect(interest, &rule->lowered[i].clause);
}

/* Few captures have more than there is room for, so nothing is made before somebody asks. All
 * searches then, in the order of the rules, so that numbers are the same in each run. */
static void
begin(struct interest *interest)
{
	interest->echoes = echoes_new();
	for (size_t i = 0; i < interest->rules->count; i++)
		if (rule_runs(interest->rules, i))
			expect_rule(interest, interest->rules->items[i]);
}

static struct kind *
kind_of(struct interest *interest, const struct exchange_type *type)
{
	struct kind *kind;

	if (interest->echoes == NULL)
		begin(interest);
	for (size_t i = 0; i < interest->kind_count; i++)
		if (interest->kinds[i].type == type)
			return &interest->kinds[i];
	interest->kinds = mem_grow(interest->kinds, interest->kind_count, &interest->kind_capacity,
	    sizeof(*interest->kinds));
	kind = &interest->kinds[interest->kind_count++];
	*kind = (struct kind){.type = type};
	make_kind(interest, kind);
	return kind;
}

struct interest *
interest_new(const struct rule_set *rules)
{
	struct interest *interest = mem_alloc(1, sizeof(*interest));

	interest->rules = rules;
	return interest;
}

void
interest_free(struct interest *interest)
{
	if (interest == NULL)
		return;
	for (size_t i = 0; i < interest->kind_count; i++)
		mem_free(interest->kinds[i].items);
	mem_free(interest->kinds);
	mem_free(interest->correlations);
	mem_free(interest->going);
	mem_free(interest->groups);
	echoes_free(interest->echoes);
	arena_free(&interest->arena);
	mem_free(interest);
}

const struct echoes *
interest_echoes(const struct interest *interest)
{
	return interest != NULL ? interest->echoes : NULL;
}

/* ---- of an exchange ---- */

/* What SEEKER, by whose `where` EXCHANGE is found with TRUTH, needs of it is more than an echo. */
static bool
needs_itself(const struct seeker *seeker, const struct exchange *exchange, enum truth truth)
{
	uint64_t hash;

	if (truth != TRUTH_YES || !seeker->is_whole || seeker->number == ECHOES_SEARCHES)
		return true;
	return is_hidden(exchange) &&
	       !pairs_hash(seeker->correlation, false, exchange, seeker->index, &hash);
}

/* What servers said no with: other statuses are other failures. */
static void
add_refusals(struct hash *hash, const struct exchange *exchange)
{
	const struct exchange_type *type = exchange->type;
	uint64_t number;

	for (size_t i = 0; i < type->field_count; i++)
		if (type->fields[i].refusal != REFUSAL_NONE &&
		    exchange_number(exchange, &type->fields[i], &number))
			hash_word(hash, number);
}

/* Exchanges of one kind differ in nothing but who had them, when, and with what of a server. */
static uint64_t
kind_hash(const struct hash *of_rules, const struct exchange *exchange)
{
	const struct conversation_facts *facts = exchange->conversation;
	struct hash hash = *of_rules;

	add_refusals(&hash, exchange);
	addr_hash_add(&hash, &facts->server);
	return hash_finish(&hash, facts->server_port);
}

/* Whether a rule speaks of EXCHANGE; which, and of what it is an example, is in *RET_KIND then. */
static bool
is_spoken_of(const struct kind *kind, const struct exchange *exchange, uint64_t *ret_kind)
{
	struct hash hash = hash_start();
	bool is_any = false;
	struct sifted sifted;
	enum truth ignored;

	for (const struct sieve *sieve = kind->rules; sieve != NULL; sieve = sieve->next) {
		sifted = sieve_sift(sieve, exchange);
		for (; sifted.left != 0; is_any = true)
			hash_word(&hash, sieve->owners[sifted_take(&sifted, &ignored)]);
	}
	if (is_any)
		*ret_kind = kind_hash(&hash, exchange);
	return is_any;
}

static bool
is_sought_itself(const struct kind *kind, const struct exchange *exchange)
{
	struct sifted sifted;
	enum truth truth;

	for (const struct sieve *sieve = kind->seekers; sieve != NULL; sieve = sieve->next) {
		sifted = sieve_sift(sieve, exchange);
		while (sifted.left != 0) {
			size_t owner = sieve->owners[sifted_take(&sifted, &truth)];

			if (needs_itself(&kind->items[owner], exchange, truth))
				return true;
		}
	}
	return false;
}

enum want
interest_want(void *state, const struct exchange *exchange, uint64_t *ret_kind)
{
	const struct kind *kind;

	/* What the capture cannot have shown of an absence is judged at its end. */
	if (exchange->outcome != OUTCOME_ANSWERED)
		return WANT_ITSELF;
	kind = kind_of(state, exchange->type);
	if (is_sought_itself(kind, exchange))
		return WANT_ITSELF;
	return is_spoken_of(kind, exchange, ret_kind) ? WANT_EXAMPLES : WANT_NOTHING;
}

/* Which searches find EXCHANGE, as bits. */
static uint64_t
found_by(const struct kind *kind, const struct exchange *exchange)
{
	struct sifted sifted;
	uint64_t found = 0;
	enum truth truth;

	for (const struct sieve *sieve = kind->seekers; sieve != NULL; sieve = sieve->next) {
		sifted = sieve_sift(sieve, exchange);
		while (sifted.left != 0)
			found |= UINT64_C(1)
				 << kind->items[sieve->owners[sifted_take(&sifted, &truth)]].number;
	}
	return found;
}

/* The one that HASH joins, or NULL. */
static struct going_group *
open_group(const struct interest *interest, uint64_t hash)
{
	for (size_t i = 1; i <= OPEN_GROUPS && i <= interest->group_count; i++) {
		struct going_group *group = &interest->groups[interest->group_count - i];

		if (interest->going[group->first].echo.hash == hash)
			return group;
	}
	return NULL;
}

static void
add_echo(struct interest *interest, const struct echo *echo)
{
	struct going_group *group = open_group(interest, echo->hash);
	size_t place = interest->going_count;

	interest->going =
	    mem_grow(interest->going, place, &interest->going_capacity, sizeof(*interest->going));
	interest->going[interest->going_count++] = (struct going){*echo, NO_NEXT};
	if (group != NULL) {
		interest->going[group->last].next = place;
		group->last = place;
		return;
	}
	interest->groups = mem_grow(interest->groups, interest->group_count,
	    &interest->group_capacity, sizeof(*interest->groups));
	interest->groups[interest->group_count++] = (struct going_group){place, place};
}

static void
add_echoes(struct interest *interest, const struct exchange *exchange)
{
	const struct kind *kind = kind_of(interest, exchange->type);
	uint64_t found = found_by(kind, exchange), alike, hash;
	const struct seeker *seeker;

	for (; found != 0; found &= ~alike) {
		seeker = &kind->items[kind->by_search[__builtin_ctzll(found)]];
		alike = echoes_alike(interest->echoes, seeker->number);
		if (pairs_hash(seeker->correlation, false, exchange, seeker->index, &hash))
			add_echo(interest, &(struct echo){found & alike, hash, exchange->time});
	}
}

void
interest_let_go(void *state, struct exchange *const *exchanges, size_t count)
{
	struct interest *interest = state;

	interest->going_count = interest->group_count = 0;
	for (size_t i = 0; i < count; i++)
		add_echoes(interest, exchanges[i]);
	for (size_t i = 0; i < interest->group_count; i++)
		for (size_t at = interest->groups[i].first; at != NO_NEXT;
		     at = interest->going[at].next)
			echoes_add(interest->echoes, &interest->going[at].echo);
}

size_t
interest_memory(const void *state)
{
	const struct interest *interest = state;

	return interest->echoes != NULL ? echoes_memory(interest->echoes) : 0;
}
