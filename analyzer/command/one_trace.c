#include "analyzer/command/one_trace.h"

#include "analyzer/base/infile.h"
#include "analyzer/base/memory.h"
#include "analyzer/options.h"

bool
one_trace_find(struct one_trace *trace, const struct settings *settings, struct error *error)
{
	for (size_t i = 0; i < settings->operand_count; i++)
		if (!inputs_add(&trace->inputs, settings->operands[i], error))
			return false;
	for (size_t i = 0; i < trace->inputs.count; i++) {
		infile_list(trace->inputs.items[i].path);
		trace->size += trace->inputs.items[i].size;
	}
	return trace->inputs.count != 0 ||
	       error_set(
		   error, EXIT_INPUT, "%s: there is no capture file in it", settings->operands[0]);
}

static bool
fail_apart(const char *path, const char *first, struct error *error)
{
	return error_set(error, EXIT_USAGE,
	    "extract takes one capture, and %s is not one trace with %s", path, first);
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

	for (size_t i = 0; i < trace->inputs.count; i++)
		traces_add(&trace->traces, &trace->inputs.items[i]);
	if (!settings->is_never_joining)
		traces_link(&trace->traces);
	for (size_t i = 0; i < trace->traces.count; i++) {
		member = &trace->traces.items[i];
		member->is_done = trace->traces.count > 1 && traces_is_no_capture(member->input);
		if (one == NULL && !member->is_done)
			one = member;
	}
	if (one == NULL)
		return error_set(
		    error, EXIT_INPUT, "%s: there is no capture file in it", settings->operands[0]);
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
one_trace_free(struct one_trace *trace)
{
	inputs_free(&trace->inputs);
	traces_free(&trace->traces);
	mem_free(trace->paths);
	*trace = (struct one_trace){0};
}
