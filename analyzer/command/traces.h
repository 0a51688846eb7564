/* Which of a run's files may be one trace: those that a tool wrote when it began a new file now and
 * then. Whether they are one shows when they are read (capture/seam.h). */
#ifndef SMBTRIAGE_COMMAND_TRACES_H
#define SMBTRIAGE_COMMAND_TRACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/inputs.h"

/* A file of the run. */
struct trace_member {
	const struct input *input;
	const char *key; /* of its name (capture/ring_name.h), or NULL */
	int64_t time;    /* of its first packet */
	bool has_time;
	bool is_done;                        /* analysed, or found to be no capture */
	struct trace_member *before, *after; /* the files that it may go on from, and in; or NULL */
};

/* A zeroed list is an empty one. */
struct trace_list {
	struct arena arena;
	struct trace_member *items; /* in the order of the operands */
	size_t count, capacity;
};

/* Adds a file, which is borrowed; before the first traces_link(). */
void traces_add(struct trace_list *list, const struct input *input);

/* Looks into files whose names can follow one another, and links them in the order of their times.
 * What cannot be read is left for whoever analyses it. */
void traces_link(struct trace_list *list);

/* Whether INPUT was met in a folder, which may hold other things than captures, and is one. */
bool traces_is_no_capture(const struct input *input);

/* The first file of those that are to be analysed before MEMBER, or with it. */
struct trace_member *traces_first(struct trace_member *member);

/* The paths of MEMBER and of what may go on from it and is not done, in their order and in RET, for
 * mem_free(); returns how many. */
size_t traces_paths(const struct trace_member *member, const char ***ret);

/* One that is not done, or NULL. */
const struct trace_member *traces_undone(const struct trace_list *list);

void traces_free(struct trace_list *list);

#endif
