/* The quality of a capture: where it was taken, what it lacks, and what that means for the
 * verdicts. */
#ifndef SMBTRIAGE_REPORT_QUALITY_H
#define SMBTRIAGE_REPORT_QUALITY_H

#include "analyzer/report/head.h"

/* Adds the rows about the capture of HEAD; one that says so when nothing is known to be missing. */
void quality_add_rows(struct head *head);

#endif
