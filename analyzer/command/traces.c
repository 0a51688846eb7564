#include "analyzer/command/traces.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/capture/ring_name.h"
#include "analyzer/capture/source.h"

/* Files of other traces, captured at the same time under names of one kind, that may lie between
 * two of one trace. */
#define MOST_BETWEEN 64

void
traces_add(struct trace_list *list, const struct input *input)
{
	list->items = mem_grow(list->items, list->count, &list->capacity, sizeof(*list->items));
	list->items[list->count++] = (struct trace_member){.input = input};
}

static int
compare_keys(const void *one, const void *other)
{
	const struct trace_member *mine = *(struct trace_member *const *)one;
	const struct trace_member *theirs = *(struct trace_member *const *)other;
	int order = strcmp(mine->key, theirs->key);

	return order != 0 ? order : (mine > theirs) - (mine < theirs);
}

static int
compare_times(const void *one, const void *other)
{
	const struct trace_member *mine = *(struct trace_member *const *)one;
	const struct trace_member *theirs = *(struct trace_member *const *)other;

	if (mine->time != theirs->time)
		return mine->time < theirs->time ? -1 : 1;
	return (mine > theirs) - (mine < theirs);
}

/* The time at which it begins; none where it cannot be read, or begins with no packet. */
static void
look_into(struct trace_member *member)
{
	struct arena arena = {0};
	struct error error = {0};
	struct source *source = source_open(member->input->path, NULL, &arena, &error);
	struct record record;

	if (source != NULL && source_read(source, &record, 1) != 0 && record.has_time) {
		member->time = record.time;
		member->has_time = true;
	}
	source_close(source);
	arena_free(&arena);
}

/* FAMILY is in order of time. */
static void
link_family(struct trace_member **family, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count && j - i <= MOST_BETWEEN; j++) {
			if (family[j]->before != NULL ||
			    ring_name_succession(family[i]->input->path, family[j]->input->path) ==
				SUCCESSION_NONE)
				continue;
			family[i]->after = family[j];
			family[j]->before = family[i];
			break;
		}
}

/* MEMBERS have one key. */
static void
take_family(struct trace_member **members, size_t count)
{
	size_t timed = 0;

	if (count < 2)
		return;
	for (size_t i = 0; i < count; i++) {
		look_into(members[i]);
		if (members[i]->has_time)
			members[timed++] = members[i];
	}
	qsort(members, timed, sizeof(*members), compare_times);
	link_family(members, timed);
}

/* A pipe would be emptied by a look into it; what has a size is a file. */
static bool
can_be_looked_into(const struct input *input)
{
	return input->problem == NULL && input->size != 0;
}

void
traces_link(struct trace_list *list)
{
	struct trace_member **sorted = mem_alloc(list->count + 1, sizeof(struct trace_member *));
	size_t count = 0, start = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct trace_member *member = &list->items[i];

		if (can_be_looked_into(member->input))
			member->key = ring_name_key(member->input->path, &list->arena);
		if (member->key != NULL)
			sorted[count++] = member;
	}
	if (count != 0)
		qsort(sorted, count, sizeof(struct trace_member *), compare_keys);
	for (size_t i = 1; i <= count; i++)
		if (i == count || strcmp(sorted[i]->key, sorted[start]->key) != 0) {
			take_family(sorted + start, i - start);
			start = i;
		}
	mem_free(sorted);
}

bool
traces_is_no_capture(const struct input *input)
{
	struct arena arena = {0};
	struct error error = {0};
	struct source *source;

	if (!input->is_found || input->problem != NULL)
		return false;
	source = source_open(input->path, NULL, &arena, &error);
	source_close(source);
	arena_free(&arena);
	return source == NULL && error.is_no_capture;
}

struct trace_member *
traces_first(struct trace_member *member)
{
	while (member->before != NULL && !member->before->is_done)
		member = member->before;
	return member;
}

size_t
traces_paths(const struct trace_member *member, const char ***ret)
{
	const char **paths = NULL;
	size_t count = 0, capacity = 0;

	for (; member != NULL && !member->is_done; member = member->after) {
		paths = mem_grow(paths, count, &capacity, sizeof(*paths));
		paths[count++] = member->input->path;
	}
	*ret = paths;
	return count;
}

const struct trace_member *
traces_undone(const struct trace_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->items[i].is_done)
			return &list->items[i];
	return NULL;
}

void
traces_free(struct trace_list *list)
{
	mem_free(list->items);
	arena_free(&list->arena);
	*list = (struct trace_list){0};
}
