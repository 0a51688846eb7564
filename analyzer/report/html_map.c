#include "analyzer/report/html_map.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/sorted.h"

/* Where the facts of a conversation stand in the report. */
struct html_place {
	uintptr_t facts;
	size_t index;
};

static int
compare_places(const void *one, const void *other)
{
	const struct html_place *mine = one, *theirs = other;

	return COMPARE(mine->facts, theirs->facts);
}

/* By address, to look them up; the order is never shown. */
static struct html_place *
places_of(const struct report_capture *capture, struct arena *arena)
{
	struct html_place *places =
	    ARENA_ARRAY(arena, struct html_place, capture->conversation_count);

	for (size_t i = 0; i < capture->conversation_count; i++)
		places[i] = (struct html_place){(uintptr_t)capture->conversations[i].facts, i};
	qsort(places, capture->conversation_count, sizeof(*places), compare_places);
	return places;
}

size_t
html_map_index(const struct html_map *map, const struct conversation_facts *facts)
{
	struct html_place key = {(uintptr_t)facts, 0};
	const struct html_place *found = NULL;

	if (map->place_count != 0)
		found = bsearch(&key, map->places, map->place_count, sizeof(key), compare_places);
	return found != NULL ? found->index : HTML_NOWHERE;
}

static int
compare_marks(const void *one, const void *other)
{
	const struct html_mark *mine = one, *theirs = other;

	if (mine->conversation != theirs->conversation)
		return COMPARE(mine->conversation, theirs->conversation);
	if (mine->time != theirs->time)
		return COMPARE(mine->time, theirs->time);
	return COMPARE(mine->number, theirs->number);
}

/* Adds what FINDING marks, once for each conversation; its examples are in order of time. */
static size_t
add_marks(const struct html_map *map, struct html_mark *marks, const struct finding *finding,
    size_t number)
{
	size_t count = 0;

	for (size_t i = 0; i < finding->example_count; i++) {
		const struct exchange *example = finding->examples[i];
		size_t at = html_map_index(map, example->conversation);
		size_t k = 0;

		while (k < count && marks[k].conversation != at)
			k++;
		if (k == count)
			marks[count++] = (struct html_mark){at, number, example->time};
	}
	return count;
}

struct html_map
html_map_of(const struct report_capture *capture, struct arena *arena)
{
	const struct finding_list *findings = &capture->findings;
	struct html_map map = {
	    .places = places_of(capture, arena), .place_count = capture->conversation_count};
	struct html_mark *marks;
	size_t most = 0;

	for (size_t i = 0; i < findings->count; i++)
		most += findings->items[i].example_count;
	marks = ARENA_ARRAY(arena, struct html_mark, most);
	for (size_t i = 0; i < findings->count; i++)
		map.count += add_marks(&map, marks + map.count, &findings->items[i], i + 1);
	qsort(marks, map.count, sizeof(*marks), compare_marks);
	map.marks = marks;
	return map;
}

static int
compare_to_conversation(const void *element, const void *key)
{
	const struct html_mark *mark = element;
	const size_t *conversation = key;

	return COMPARE(mark->conversation, *conversation);
}

const struct html_mark *
html_map_find(const struct html_map *map, size_t conversation, size_t *ret_count)
{
	size_t first = sorted_before(
	    &conversation, map->marks, map->count, sizeof(*map->marks), compare_to_conversation);

	*ret_count = sorted_until(&conversation, map->marks, map->count, sizeof(*map->marks),
			 compare_to_conversation) -
		     first;
	return map->marks + first;
}

/* How much a reader wants to see CONVERSATION: 0 most. */
static int
rank(const struct html_map *map, const struct report_conversation *conversation, size_t index)
{
	size_t marks;

	html_map_find(map, index, &marks);
	if (marks != 0)
		return 0;
	return report_is_spoken(conversation, "smb") && conversation->facts->step < STEP_WORKING
		   ? 1
		   : 2;
}

struct html_choice
html_choose(const struct report_capture *capture, const struct html_map *map, size_t most,
    struct arena *arena)
{
	size_t all = capture->conversation_count, wanted = min_u64(all, most), left = wanted;
	size_t *items = ARENA_ARRAY(arena, size_t, wanted), count = 0;
	bool *is_chosen = ARENA_ARRAY(arena, bool, all);

	for (int at = 0; at < 3; at++) {
		for (size_t i = 0; i < all && left != 0; i++) {
			if (rank(map, &capture->conversations[i], i) != at)
				continue;
			is_chosen[i] = true;
			left--;
		}
	}
	for (size_t i = 0; i < all; i++)
		if (is_chosen[i])
			items[count++] = i;
	return (struct html_choice){items, count};
}

static int
compare_sizes(const void *one, const void *other)
{
	const size_t *mine = one, *theirs = other;

	return COMPARE(*mine, *theirs);
}

bool
html_choice_has(const struct html_choice *choice, size_t conversation)
{
	return choice->count != 0 && bsearch(&conversation, choice->items, choice->count,
					 sizeof(conversation), compare_sizes) != NULL;
}
