/* Captures, told of one after the other: whatever one of them is, the others are analysed. */
#ifndef SMBTRIAGE_COMMAND_RUN_FILES_H
#define SMBTRIAGE_COMMAND_RUN_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/error.h"
#include "analyzer/command/traces.h"
#include "analyzer/options.h"
#include "analyzer/report/report.h"

struct ahead; /* analyzer/command/ahead.h */
struct operand_files;
struct progress; /* analyzer/progress.h */

/* What is done with each capture: ANALYSED is gone afterwards. */
struct file_visitor {
	void (*visit)(void *state, struct report_capture *capture);
	void *state;
};

/* What came of a run over files; a zeroed one has begun none. */
struct file_run {
	const struct settings *settings;
	struct operand_files *operands;   /* one for each of those of SETTINGS */
	struct trace_list traces;         /* the files of all operands */
	struct ahead *ahead;              /* while they are analysed */
	struct progress *progress;        /* or NULL */
	const struct trace_member *shown; /* the file at hand that PROGRESS knows, or NULL */
	struct report_failure *failures;  /* files that could not be read at all */
	size_t failure_count, failure_capacity;
	struct arena arena; /* the failures' texts */
	size_t analysed;
	bool is_given_up; /* an option is wrong, which only a capture showed: there is no report */
	enum exit_status status;
};

/* Finds the files that the operands of SETTINGS stand for, and lists them for a worker
 * (base/infile.h). */
void file_run_begin(struct file_run *run, const struct settings *settings);

/* How many of them may be analysed at a time. */
size_t file_run_at_once(const struct file_run *run);

/* Analyses them. What fails is said on standard error and kept in RUN. */
void file_run_analyse(struct file_run *run, const struct file_visitor *visitor);

/* ---- for who analyses them in another way: what is done with one file ---- */

/* Whether there is something behind each operand; what is not is said, and kept in RUN. */
bool file_run_has_all(struct file_run *run);

/* The same of one of them. */
bool file_run_has(const struct file_run *run, size_t operand);

/* The files that it stands for: RET_COUNT of RUN's, from this one on. */
struct trace_member *
file_run_operand(const struct file_run *run, size_t operand, size_t *ret_count);

/* It could not be read at all, as ERROR says. */
void file_run_fail(struct file_run *run, const char *path, const struct error *error);

/* Names what came of it, and hashes it where that is wanted. False, with ERROR, when it cannot. */
bool file_run_identify(const struct file_run *run, struct analysis *analysis,
    const struct trace_member *member, struct progress *progress, struct error *error);

/* Has VISITOR told of ANALYSIS, and warns of what keeps it from being the whole truth. */
void
file_run_tell(struct file_run *run, const struct file_visitor *visitor, struct analysis *analysis);

void file_run_free(struct file_run *run);

#endif
