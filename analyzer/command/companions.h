/* The files that the operator gives beside captures (--evidence). */
#ifndef SMBTRIAGE_COMMAND_COMPANIONS_H
#define SMBTRIAGE_COMMAND_COMPANIONS_H

#include "analyzer/companions/companion_set.h"
#include "analyzer/options.h"

/* Lists those of SETTINGS for a worker (base/infile.h). */
void companions_list(const struct settings *settings);

/* Reads them into SET, in a worker. What is cut or damaged is said, and RET_STATUS tells of it.
 * False, with ERROR, when one is no file that could be used. */
bool companions_read(const struct settings *settings, struct companion_set *set,
    enum exit_status *ret_status, struct error *error);

#endif
