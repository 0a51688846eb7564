#include "rules/echoes.h"

#include <sys/queue.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/table.h"
#include "rules/rule_correlate.h"

/* As many as lie in a block: it is written from its beginning to its end, and never moves. */
#define BLOCK_ECHOES 2000

struct block {
	SLIST_ENTRY(block) listed;
	size_t count;
	struct echo echoes[BLOCK_ECHOES];
};

/* What correlations look for that are alike but for where and how far they look. */
struct search {
	const struct correlation *first; /* of them */
	uint64_t alike;                  /* searches by the same fields */
};

struct echoes {
	struct search searches[ECHOES_SEARCHES];
	size_t search_count;
	struct table numbers;       /* struct numbered, by correlation */
	struct arena arena;         /* of these */
	SLIST_HEAD(, block) blocks; /* the one that is not full first */
};

struct echoes *
echoes_new(void)
{
	return mem_alloc(1, sizeof(struct echoes));
}

void
echoes_free(struct echoes *echoes)
{
	struct block *block;

	if (echoes == NULL)
		return;
	while ((block = SLIST_FIRST(&echoes->blocks)) != NULL) {
		SLIST_REMOVE_HEAD(&echoes->blocks, listed);
		mem_free(block);
	}
	table_free(&echoes->numbers);
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

static const struct numbered *
find_numbered(const struct echoes *echoes, const struct correlation *correlation)
{
	return table_find(&echoes->numbers, hash_u64((uintptr_t)correlation), is_of, correlation);
}

/* False when nothing of what CORRELATION finds is kept. */
static bool
find_number(const struct echoes *echoes, const struct correlation *correlation, size_t *ret)
{
	const struct numbered *found = find_numbered(echoes, correlation);

	if (found == NULL || found->number == ECHOES_SEARCHES)
		return false;
	*ret = found->number;
	return true;
}

/* Whether both go by the same fields of the conversation: those that types have of their own are
 * not looked at. */
static bool
is_alike(const struct correlation *one, const struct correlation *other)
{
	const struct field *field;

	if (one->same_count != other->same_count)
		return false;
	for (size_t i = 0; i < one->same_count; i++) {
		field = one->same[i].theirs.any;
		if (!field->is_of_conversation || field != other->same[i].theirs.any)
			return false;
	}
	return true;
}

static void
find_alike(struct echoes *echoes, size_t number)
{
	struct search *search = &echoes->searches[number];

	search->alike = UINT64_C(1) << number;
	for (size_t i = 0; i < number; i++)
		if (is_alike(search->first, echoes->searches[i].first)) {
			echoes->searches[i].alike |= UINT64_C(1) << number;
			search->alike |= UINT64_C(1) << i;
		}
}

/* The number of the search that CORRELATION makes: of a new one, if there is none like it. */
static size_t
search_of(struct echoes *echoes, const struct correlation *correlation)
{
	size_t i = 0;

	while (i < echoes->search_count &&
	       !correlation_seeks_same(echoes->searches[i].first, correlation))
		i++;
	if (i == echoes->search_count && i < ECHOES_SEARCHES) {
		echoes->searches[echoes->search_count++] = (struct search){.first = correlation};
		find_alike(echoes, i);
	}
	return i;
}

size_t
echoes_expect(struct echoes *echoes, const struct correlation *correlation)
{
	const struct numbered *found = find_numbered(echoes, correlation);
	struct numbered *made;

	if (found != NULL)
		return found->number;
	made = ARENA_NEW(&echoes->arena, struct numbered);
	*made = (struct numbered){correlation, search_of(echoes, correlation)};
	table_add(&echoes->numbers, hash_u64((uintptr_t)correlation), made);
	return made->number;
}

uint64_t
echoes_alike(const struct echoes *echoes, size_t number)
{
	return echoes->searches[number].alike;
}

/* ---- what was found ---- */

void
echoes_add(struct echoes *echoes, const struct echo *echo)
{
	struct block *block = SLIST_FIRST(&echoes->blocks);

	if (block == NULL || block->count == BLOCK_ECHOES) {
		block = mem_alloc(1, sizeof(*block));
		SLIST_INSERT_HEAD(&echoes->blocks, block, listed);
	}
	block->echoes[block->count++] = *echo;
}

void
echoes_each(const struct echoes *echoes, const struct correlation *correlation,
    void (*take)(void *state, const struct echo *echo), void *state)
{
	const struct block *block;
	size_t number;

	if (echoes == NULL || !find_number(echoes, correlation, &number))
		return;
	SLIST_FOREACH (block, &echoes->blocks, listed)
		for (size_t i = 0; i < block->count; i++)
			if ((block->echoes[i].searches >> number & 1) != 0)
				take(state, &block->echoes[i]);
}
