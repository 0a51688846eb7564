#include "analyzer/command/one_trace.h"

#include <string.h>

#include "analyzer/base/infile.h"
#include "analyzer/base/memory.h"
#include "analyzer/capture/ring_name.h"
#include "analyzer/options.h"

/* ---- which files are of which capture ---- */

/* What the names of an operand's files have in common with those of others; NULL: nothing. */
static const char *
key_of(struct input_list *inputs)
{
	const char *key = NULL;

	for (size_t i = 0; i < inputs->count && key == NULL; i++)
		key = ring_name_key(inputs->items[i].path, &inputs->arena);
	return key;
}

static struct one_trace *
trace_called(struct one_trace_list *list, const char *key)
{
	for (size_t i = 0; i < list->count && key != NULL; i++)
		if (list->items[i].key != NULL && strcmp(list->items[i].key, key) == 0)
			return &list->items[i];
	return NULL;
}

/* The capture that OPERAND is of; NULL, with ERROR, when there is no room for it. */
static struct one_trace *
trace_of(struct one_trace_list *list, const char *operand, const char *key, struct error *error)
{
	struct one_trace *trace = trace_called(list, key);

	if (trace != NULL)
		return trace;
	if (list->count == POINTS_MOST) {
		error_set(error, EXIT_USAGE,
		    "%s: extract takes the captures of %d points at most, and this is one more",
		    operand, POINTS_MOST);
		return NULL;
	}
	trace = &list->items[list->count++];
	*trace = (struct one_trace){.operand = operand, .key = key};
	return trace;
}

static void
take_file(struct one_trace *trace, const struct input *input)
{
	infile_list(input->path);
	traces_add(&trace->traces, input);
	trace->size += input->size;
}

static bool
find_operand(
    struct one_trace_list *list, const struct settings *settings, size_t index, struct error *error)
{
	const char *operand = settings->operands[index];
	struct input_list *inputs = &list->inputs[index];
	struct one_trace *trace;

	if (!inputs_add(inputs, operand, error))
		return false;
	trace = trace_of(list, operand, settings->is_never_joining ? NULL : key_of(inputs), error);
	for (size_t i = 0; i < inputs->count && trace != NULL; i++) {
		take_file(trace, &inputs->items[i]);
		list->size += inputs->items[i].size;
	}
	return trace != NULL;
}

static bool
fail_empty(const struct one_trace *trace, struct error *error)
{
	return error_set(error, EXIT_INPUT, "%s: there is no capture file in it", trace->operand);
}

bool
one_trace_list_find(
    struct one_trace_list *list, const struct settings *settings, struct error *error)
{
	list->input_count = settings->operand_count;
	list->inputs = mem_alloc(list->input_count, sizeof(*list->inputs));
	for (size_t i = 0; i < settings->operand_count; i++)
		if (!find_operand(list, settings, i, error))
			return false;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].traces.count == 0)
			return fail_empty(&list->items[i], error);
	return true;
}

/* ---- whether they are one ---- */

static bool
fail_apart(const char *path, const char *first, struct error *error)
{
	return error_set(error, EXIT_USAGE,
	    "%s is not one trace with %s; captures of several points are to be named one by one, "
	    "and with --join never where their names are like those of one trace",
	    path, first);
}

/* Whether all files may go on from FIRST, one from the other. */
static bool
is_chain(const struct one_trace *trace, const struct trace_member *first, struct error *error)
{
	for (size_t i = 0; i < trace->traces.count; i++) {
		struct trace_member *member = &trace->traces.items[i];

		if (!member->is_done && traces_first(member) != first)
			return fail_apart(member->input->path, first->input->path, error);
	}
	return true;
}

bool
one_trace_order(struct one_trace *trace, const struct settings *settings, struct error *error)
{
	struct trace_member *member, *one = NULL;

	if (!settings->is_never_joining)
		traces_link(&trace->traces);
	for (size_t i = 0; i < trace->traces.count; i++) {
		member = &trace->traces.items[i];
		member->is_done = trace->traces.count > 1 && traces_is_no_capture(member->input);
		if (one == NULL && !member->is_done)
			one = member;
	}
	if (one == NULL)
		return fail_empty(trace, error);
	one = traces_first(one);
	if (!is_chain(trace, one, error))
		return false;
	trace->files.count = traces_paths(one, &trace->paths);
	trace->files.paths = trace->paths;
	return true;
}

bool
one_trace_settle(struct one_trace *trace, size_t part_count, struct error *error)
{
	size_t joined = part_count != 0 ? part_count : 1;

	if (joined < trace->files.count)
		return fail_apart(trace->paths[joined], trace->paths[0], error);
	trace->files.is_trace = true;
	return true;
}

void
one_trace_list_free(struct one_trace_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		traces_free(&list->items[i].traces);
		mem_free(list->items[i].paths);
	}
	for (size_t i = 0; i < list->input_count; i++)
		inputs_free(&list->inputs[i]);
	mem_free(list->inputs);
	*list = (struct one_trace_list){0};
}
