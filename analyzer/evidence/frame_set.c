#include "analyzer/evidence/frame_set.h"

#include <string.h>

#include "analyzer/base/memory.h"

#define WORD_BITS 64

/* Words that are added at a time, and at least doubling. */
#define FEW_WORDS 128

static void
make_room(struct frame_set *set, size_t word)
{
	size_t count = set->word_count;

	if (word < count)
		return;
	count = word + 1 > 2 * count ? word + 1 + FEW_WORDS : 2 * count;
	set->words = mem_resize(set->words, count, sizeof(*set->words));
	memset(set->words + set->word_count, 0, (count - set->word_count) * sizeof(*set->words));
	set->word_count = count;
}

void
frame_set_add(struct frame_set *set, uint64_t frame)
{
	uint64_t bit = UINT64_C(1) << frame % WORD_BITS;
	size_t word = (size_t)(frame / WORD_BITS);

	make_room(set, word);
	set->count += (set->words[word] & bit) == 0;
	set->words[word] |= bit;
}

bool
frame_set_has(const struct frame_set *set, uint64_t frame)
{
	size_t word = (size_t)(frame / WORD_BITS);

	return word < set->word_count && (set->words[word] >> frame % WORD_BITS & 1) != 0;
}

void
frame_set_free(struct frame_set *set)
{
	mem_free(set->words);
	*set = (struct frame_set){0};
}
