/*
 * Which of a run's files are the capture of which point on a path: each operand is one, and so are
 * the files of a ring buffer that are operands by themselves.
 *
 * What is in the files tells that, so that only a worker can know it. Who must know before how many
 * there are goes by their names (one_trace.h).
 */
#ifndef SMBTRIAGE_COMMAND_POINT_FILES_H
#define SMBTRIAGE_COMMAND_POINT_FILES_H

#include <stddef.h>

#include "analyzer/base/error.h"
#include "analyzer/capture/source.h"
#include "analyzer/command/run_files.h"

/* One point's. */
struct point_files {
	const struct trace_member *first; /* the others go on from it */
	const struct trace_member *named; /* that of them which comes first among the operands */
	const char **paths;
	struct source_files files; /* the same; known to be one trace */
};

/* A zeroed list is an empty one. */
struct point_list {
	struct point_files *items; /* in the order of the operands */
	size_t count, capacity;
};

/*
 * Finds the points of RUN, of whose files all are done then; RET is for point_list_free() in any
 * case. Files that may be one trace by their names are read once to know it: of operands that are
 * not, each is a point. What cannot be read is said and kept in RUN. False, with ERROR, when the
 * files of one operand are not one trace.
 */
bool point_list_find(struct point_list *ret, struct file_run *run, struct error *error);

void point_list_free(struct point_list *list);

#endif
