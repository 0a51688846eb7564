#include "analyzer/command/point_files.h"

#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

/* Records that are read at a time. */
#define BATCH 256

/* ---- what goes on where another ends ---- */

/* Shortens FILES to those that are one trace; RET_LAST is the time of the last packet, if any. */
static bool
settle_files(struct source_files *files, size_t max_memory, int64_t *ret_last)
{
	const struct source_options options = {.max_memory = max_memory};
	struct record records[BATCH];
	const struct capture_facts *facts;
	struct arena arena = {0};
	struct error error = {0};
	struct source *source = source_open_trace(files, &options, &arena, &error);
	bool has_time = false;
	size_t joined = 1;

	if (source != NULL) {
		while (source_read(source, records, COUNT(records)) != 0)
			;
		facts = source_facts(source);
		joined = facts->part_count != 0 ? facts->part_count : 1;
		has_time = facts->has_time;
		*ret_last = facts->last_time;
	}
	source_close(source);
	files->is_trace = true;
	files->count = joined;
	arena_free(&arena);
	return has_time;
}

/* Captures of several points may be numbered, too, and were taken at one time. Of those in a folder
 * nothing is made. */
static void
tell_apart(const struct point_files *point, const struct trace_member *next, int64_t last)
{
	if (next->time > last && !next->input->is_found)
		log_warning("%s: does not go on where %s ends, and is taken for the capture of a "
			    "point of its own",
		    next->input->path, point->paths[point->files.count - 1]);
}

/* What MEMBER is one trace with, from its first file on, is a point. */
static void
add_point(struct point_list *list, struct file_run *run, struct trace_member *member)
{
	struct trace_member *next = traces_first(member);
	struct point_files *point;
	int64_t last = 0;
	bool has_last = false;

	list->items = mem_grow(list->items, list->count, &list->capacity, sizeof(*list->items));
	point = &list->items[list->count++];
	*point = (struct point_files){.first = next, .named = next};
	point->files.count = traces_paths(next, &point->paths);
	point->files.paths = point->paths;
	if (point->files.count > 1)
		has_last = settle_files(&point->files, run->settings->analysis.max_memory, &last);
	for (size_t i = 0; i < point->files.count; i++, next = next->after) {
		next->is_done = true;
		if (next < point->named)
			point->named = next;
	}
	if (has_last && next != NULL && !next->is_done)
		tell_apart(point, next, last);
}

/* ---- operands ---- */

static void
fail(struct file_run *run, const char *path, const char *problem)
{
	struct error error = {0};

	error_set(&error, EXIT_INPUT, "%s: %s", path, problem);
	file_run_fail(run, path, &error);
}

/* One of MEMBERS that is not done, or NULL. */
static struct trace_member *
find_undone(struct trace_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!members[i].is_done)
			return &members[i];
	return NULL;
}

/* What is no capture is done with. */
static void
sort_out(struct file_run *run, struct trace_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct input *input = members[i].input;

		if (input->problem != NULL)
			fail(run, input->path, input->problem);
		members[i].is_done |= input->problem != NULL || traces_is_no_capture(input);
	}
}

/* All captures in a folder are one point's. */
static bool
add_folder(struct point_list *list, struct file_run *run, size_t index, struct error *error)
{
	const char *operand = run->settings->operands[index];
	size_t count, failed = run->failure_count;
	struct trace_member *members = file_run_operand(run, index, &count);
	struct trace_member *one = find_undone(members, count), *other;
	bool is_taken = count != 0 && one == NULL;

	sort_out(run, members, count);
	one = find_undone(members, count);
	if (one == NULL) {
		if (!is_taken && run->failure_count == failed)
			fail(run, operand, "there is no capture file in it");
		return true;
	}
	add_point(list, run, one);
	other = find_undone(members, count);
	return other == NULL ||
	       error_set(error, EXIT_USAGE,
		   "%s: all captures in it are to be of one point, and %s is not one trace with %s",
		   operand, other->input->path, one->input->path);
}

static bool
add_operand(struct point_list *list, struct file_run *run, size_t index, struct error *error)
{
	size_t count;
	struct trace_member *members = file_run_operand(run, index, &count);

	if (!file_run_has(run, index))
		return true;
	if (count != 1 || members[0].input->is_found)
		return add_folder(list, run, index, error);
	/* What comes before it may prove to be a trace of its own. */
	while (!members[0].is_done)
		add_point(list, run, &members[0]);
	return true;
}

static int
compare_named(const void *one, const void *other)
{
	const struct point_files *mine = one, *theirs = other;

	return COMPARE(mine->named, theirs->named);
}

bool
point_list_find(struct point_list *ret, struct file_run *run, struct error *error)
{
	if (!run->settings->is_never_joining)
		traces_link(&run->traces);
	for (size_t i = 0; i < run->settings->operand_count; i++)
		if (!add_operand(ret, run, i, error))
			return false;
	if (ret->count != 0)
		qsort(ret->items, ret->count, sizeof(*ret->items), compare_named);
	return true;
}

void
point_list_free(struct point_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		mem_free(list->items[i].paths);
	mem_free(list->items);
	*list = (struct point_list){0};
}
