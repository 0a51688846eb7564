/* Captures of several points on one path, compared: what `smbtriage compare` does with files. */
#ifndef SMBTRIAGE_COMMAND_COMPARE_H
#define SMBTRIAGE_COMMAND_COMPARE_H

#include "analyzer/command/run_files.h"

/* Analyses the files of RUN together, and tells of each of them, from the clients to the servers:
 * in place of file_run_analyse(). */
void compare_files(struct file_run *run, const struct file_visitor *visitor);

#endif
