/*
 * The analyses of a run's files, one by one in their turn, some of which others begin before it:
 * members of the crew (base/crew.h), and the first thread where it would have to wait for one.
 *
 * No result may hang on how many work, so an analysis has as much of --max-memory in its turn as if
 * it were alone, and all together take no more. Those that are ahead of their turn, under way or
 * waiting to be told, share what the one whose turn it is leaves, and half of all at most. Where
 * that does not do they wait for their turn; and where they keep what the one at its turn needs
 * they are given up, and begun anew in their turn.
 *
 * Files that may be parts of a trace, and what is no regular file, are analysed in their turn.
 */
#ifndef SMBTRIAGE_COMMAND_AHEAD_H
#define SMBTRIAGE_COMMAND_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/analysis.h"
#include "analyzer/base/error.h"
#include "analyzer/base/text.h"
#include "analyzer/command/traces.h"

/* What came of a file, or of those that are one trace with it. */
struct analysed {
	struct analysis analysis;
	bool is_ok;
	struct error error; /* unless it is */
	int64_t elapsed;    /* nanoseconds that it took */
	struct text said;   /* before its turn, and not told yet: for log_let_go() */
};

struct ahead_plan {
	unsigned members;  /* that there are in the crew; 0: each file is analysed in its turn */
	size_t max_memory; /* of one analysis; 0: any number */
	/* Fills RET, which is zeroed. WATCH, as the analysis asks it, may give it up unless
	 * IS_TURN; only then is it the first thread that calls this, and may it need others. */
	void (*analyse)(void *state, const struct trace_member *member,
	    const struct analysis_watch *watch, bool is_turn, struct analysed *ret);
	/* Told, while the first thread waits for MEMBER, that POSITION of it is read; or NULL. */
	void (*read)(void *state, const struct trace_member *member, uint64_t position);
	void *state;
};

struct ahead;

/* TRACES, linked, are borrowed. */
struct ahead *ahead_new(const struct ahead_plan *plan, const struct trace_list *traces);

/* What came of MEMBER, whose turn it is; for analysed_free(), before the next call. Turns are in
 * the order of TRACES, but for members that others are linked to. */
struct analysed *ahead_take(struct ahead *ahead, const struct trace_member *member);

void analysed_free(struct analysed *analysed);

/* What was begun and is not taken comes to nothing. */
void ahead_free(struct ahead *ahead);

#endif
