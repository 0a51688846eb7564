/*
 * The files of captures that a command reads more than once: each capture is one file, or several
 * that are one trace.
 *
 * What is written of each is opened before a worker reads anything, so that how many there are is
 * told by names alone, and files that prove to be several traces after all are refused. Who writes
 * nothing of each can go by what is in them (point_files.h).
 */
#ifndef SMBTRIAGE_COMMAND_ONE_TRACE_H
#define SMBTRIAGE_COMMAND_ONE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/error.h"
#include "analyzer/capture/source.h"
#include "analyzer/command/traces.h"
#include "analyzer/inputs.h"
#include "analyzer/points/twins.h"

struct settings;

/* One capture. A zeroed one has no files. */
struct one_trace {
	const char *operand; /* the first that it is of */
	const char *key;     /* of its files' names (capture/ring_name.h), or NULL */
	struct trace_list traces;
	const char **paths;
	struct source_files
	    files;     /* in their order; whether they are one shows at the first reading */
	uint64_t size; /* of all, on disk */
};

/* A zeroed one has no captures. */
struct one_trace_list {
	struct input_list *inputs; /* one for each operand */
	size_t input_count;
	struct one_trace items[POINTS_MOST]; /* in the order of their operands */
	size_t count;
	uint64_t size;
};

/*
 * Finds what the operands of SETTINGS stand for, and lists it for a worker (base/infile.h). An
 * operand is a capture, and one with those before it whose names a ring buffer would have given
 * files beside it, unless the operator joins none. Nothing is opened.
 */
bool one_trace_list_find(
    struct one_trace_list *list, const struct settings *settings, struct error *error);

/* Puts the files in order. False, with ERROR, when they cannot be one trace. */
bool one_trace_order(struct one_trace *trace, const struct settings *settings, struct error *error);

/* The first reading, whose facts had PART_COUNT parts, has come to its end: from now on the files
 * are known to be one trace, or this is false. */
bool one_trace_settle(struct one_trace *trace, size_t part_count, struct error *error);

void one_trace_list_free(struct one_trace_list *list);

#endif
