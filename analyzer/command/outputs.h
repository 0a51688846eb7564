/* Where the reports of a run go: each format to its own file, or one to standard output. */
#ifndef SMBTRIAGE_COMMAND_OUTPUTS_H
#define SMBTRIAGE_COMMAND_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/error.h"
#include "analyzer/options.h"
#include "analyzer/report/report.h"

struct outputs {
	struct output {
		struct report report;
		const char *path; /* "-": standard output */
		struct outfile *file;
		struct outfile *aside; /* of the report, or NULL */
	} items[OPTIONS_MOST_LISTED];
	size_t count;
};

/* Opens what SETTINGS name, before anything is read; false, with ERROR, and nothing is left. */
bool outputs_open(struct outputs *outputs, const struct settings *settings,
    const struct rule_set *rules, struct error *error);

/* The same for what reports of an analysis set aside. */
bool outputs_open_asides(struct outputs *outputs, struct error *error);

/* All reports are written, for outputs_commit(), perhaps in another process (outfile.h). What
 * cannot be written is said; the status of it all, EXIT_DONE when all is well. */
enum exit_status outputs_complete(struct outputs *outputs);

/* The files that are complete take their names, the others are abandoned. The status as above. */
enum exit_status outputs_commit(struct outputs *outputs);

/* The reports are not wanted: no file takes its name. */
void outputs_abandon(struct outputs *outputs);

#endif
