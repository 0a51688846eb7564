/* The baselines of a run: the one that findings are compared with, and the one that is written. */
#ifndef SMBTRIAGE_COMMAND_BASELINES_H
#define SMBTRIAGE_COMMAND_BASELINES_H

#include <stdbool.h>

#include "analyzer/base/error.h"
#include "analyzer/base/text.h"
#include "analyzer/baseline.h"
#include "analyzer/options.h"

struct outfile;

/* A zeroed one does nothing. */
struct baselines {
	const char *known_path; /* borrowed; NULL: there is none */
	struct baseline known;
	struct outfile *file; /* NULL: none is written */
	struct baseline found;
};

/* Opens and reads what SETTINGS name, before any capture is; false, with ERROR, and nothing is
 * left. */
bool
baselines_open(struct baselines *baselines, const struct settings *settings, struct error *error);

/* Marks and notes all findings of CAPTURE, whether or not the report shows them. */
void baselines_meet(struct baselines *baselines, struct report_capture *capture);

/* Tells what is gone, and writes, for baselines_commit(), perhaps in another process (outfile.h).
 * What cannot be written is said; the status of it all. */
enum exit_status baselines_end(struct baselines *baselines);

/* The new one takes its name if it is complete. The status as above. */
enum exit_status baselines_commit(struct baselines *baselines);

/* Gives back what is left. What was not committed is not written. */
void baselines_abandon(struct baselines *baselines);

#endif
