#include "rules/echoes.h"

#include <sys/queue.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/table.h"
#include "rules/rule_correlate.h"

/*
 * Echoes lie in words of 64 bits: a hash, and then each that has it, the last of which says that it
 * is. Which searches find an echo is a number, since few combinations occur; its time lies within
 * some hours of a base, or another base comes before it.
 */
#define TIME_BITS   48
#define NUMBER_BITS 15
#define TIME_MASK   ((UINT64_C(1) << TIME_BITS) - 1)
#define IS_LAST     (UINT64_C(1) << 63)

/* Numbers of combinations of searches. Where there are more of them, each search has an echo of its
 * own, whose number follows. */
#define MOST_COMBINATIONS 256

/* In place of such a number: the next word is the base of what follows. */
#define NEW_BASE ((UINT64_C(1) << NUMBER_BITS) - 1)

/* What comes up to 19 hours before the base needs no other. */
#define BEFORE_BASE (INT64_C(1) << 46)

/* A block is written from its beginning to its end, and never moves. */
#define BLOCK_WORDS 4096

/* What one echo takes at most: a hash, a new base, itself. */
#define MOST_WORDS 4

struct block {
	SLIST_ENTRY(block) listed;
	size_t count;
	uint64_t words[BLOCK_WORDS];
};

/* What correlations look for that are alike but for where and how far they look. */
struct search {
	const struct correlation *first; /* of them */
	uint64_t alike;                  /* searches by the same fields */
};

struct echoes {
	struct search searches[ECHOES_SEARCHES];
	size_t search_count;
	struct table numbers;                     /* struct numbered, by correlation */
	struct arena arena;                       /* of these */
	uint64_t combinations[MOST_COMBINATIONS]; /* of searches, by number */
	size_t combination_count;
	SLIST_HEAD(, block) blocks; /* the one that is not full first */
	size_t block_count;
	uint64_t hash; /* of the last that was added, if there is a block */
	int64_t base;  /* of times in the block */
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
		if (field->home != HOME_CONVERSATION || field != other->same[i].theirs.any)
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

size_t
echoes_memory(const struct echoes *echoes)
{
	return echoes->block_count * sizeof(struct block);
}

/* False when SEARCHES are a combination that has no number. */
static bool
number_of(struct echoes *echoes, uint64_t searches, uint64_t *ret)
{
	size_t i = 0;

	while (i < echoes->combination_count && echoes->combinations[i] != searches)
		i++;
	if (i == MOST_COMBINATIONS)
		return false;
	if (i == echoes->combination_count)
		echoes->combinations[echoes->combination_count++] = searches;
	*ret = i;
	return true;
}

static uint64_t
searches_of(const struct echoes *echoes, uint64_t number)
{
	return number < MOST_COMBINATIONS ? echoes->combinations[number]
					  : UINT64_C(1) << (number - MOST_COMBINATIONS);
}

static void
put_word(struct block *block, uint64_t word)
{
	block->words[block->count++] = word;
}

/* The block in which HASH stands, ready for another echo that has it. */
static struct block *
open_hash(struct echoes *echoes, uint64_t hash)
{
	struct block *block = SLIST_FIRST(&echoes->blocks);

	if (block == NULL || block->count + MOST_WORDS > BLOCK_WORDS) {
		block = mem_alloc(1, sizeof(*block));
		SLIST_INSERT_HEAD(&echoes->blocks, block, listed);
		echoes->block_count++;
		echoes->base = 0;
	} else if (echoes->hash == hash) {
		block->words[block->count - 1] &= ~IS_LAST;
		return block;
	}
	echoes->hash = hash;
	put_word(block, hash);
	return block;
}

static void
put_echo(struct echoes *echoes, uint64_t hash, uint64_t number, int64_t time)
{
	struct block *block = open_hash(echoes, hash);
	uint64_t since = (uint64_t)time - (uint64_t)echoes->base;

	if (since >> TIME_BITS != 0) {
		echoes->base = (int64_t)((uint64_t)time - BEFORE_BASE);
		since = BEFORE_BASE;
		put_word(block, NEW_BASE << TIME_BITS);
		put_word(block, (uint64_t)echoes->base);
	}
	put_word(block, IS_LAST | number << TIME_BITS | since);
}

void
echoes_add(struct echoes *echoes, const struct echo *echo)
{
	uint64_t number;

	if (number_of(echoes, echo->searches, &number)) {
		put_echo(echoes, echo->hash, number, echo->time);
		return;
	}
	for (uint64_t left = echo->searches; left != 0; left &= left - 1)
		put_echo(echoes, echo->hash, MOST_COMBINATIONS + (uint64_t)__builtin_ctzll(left),
		    echo->time);
}

/* Where a block is read; a zeroed one but for BLOCK stands before its first echo. */
struct reading {
	const struct block *block;
	size_t at;
	int64_t base;
	bool has_hash; /* the next echo has that of the last */
	struct echo echo;
};

static bool
read_echo(const struct echoes *echoes, struct reading *reading)
{
	const uint64_t *words = reading->block->words;
	uint64_t word;

	if (reading->at == reading->block->count)
		return false;
	if (!reading->has_hash)
		reading->echo.hash = words[reading->at++];
	word = words[reading->at++];
	if (word >> TIME_BITS == NEW_BASE) {
		reading->base = (int64_t)words[reading->at++];
		word = words[reading->at++];
	}
	reading->has_hash = (word & IS_LAST) == 0;
	word &= ~IS_LAST;
	reading->echo.searches = searches_of(echoes, word >> TIME_BITS);
	reading->echo.time = (int64_t)((uint64_t)reading->base + (word & TIME_MASK));
	return true;
}

void
echoes_each(const struct echoes *echoes, const struct correlation *correlation,
    void (*take)(void *state, const struct echo *echo), void *state)
{
	const struct block *block;
	size_t number;

	if (echoes == NULL || !find_number(echoes, correlation, &number))
		return;
	SLIST_FOREACH (block, &echoes->blocks, listed) {
		struct reading reading = {.block = block};

		while (read_echo(echoes, &reading))
			if ((reading.echo.searches >> number & 1) != 0)
				take(state, &reading.echo);
	}
}
