/* The files of one capture, for a command that reads it more than once. */
#ifndef SMBTRIAGE_COMMAND_ONE_TRACE_H
#define SMBTRIAGE_COMMAND_ONE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/error.h"
#include "analyzer/capture/source.h"
#include "analyzer/command/traces.h"
#include "analyzer/inputs.h"

struct settings;

/* A zeroed one has no files. */
struct one_trace {
	struct input_list inputs;
	struct trace_list traces;
	const char **paths;
	struct source_files
	    files;     /* in their order; whether they are one shows at the first reading */
	uint64_t size; /* of all, on disk */
};

/* Finds what the operands of SETTINGS stand for, and lists it for a worker (base/infile.h). */
bool one_trace_find(struct one_trace *trace, const struct settings *settings, struct error *error);

/* Puts the files in order. False, with ERROR, when they cannot be one trace. */
bool one_trace_order(struct one_trace *trace, const struct settings *settings, struct error *error);

/* The first reading, whose facts had PART_COUNT parts, has come to its end: from now on the files
 * are known to be one trace, or this is false. */
bool one_trace_settle(struct one_trace *trace, size_t part_count, struct error *error);

void one_trace_free(struct one_trace *trace);

#endif
