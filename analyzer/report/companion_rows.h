/* The rows of a capture's head about files beside it. */
#ifndef SMBTRIAGE_REPORT_COMPANION_ROWS_H
#define SMBTRIAGE_REPORT_COMPANION_ROWS_H

#include "analyzer/report/head.h"

/* Adds them to HEAD, one for each file. */
void companion_add_rows(struct head *head);

#endif
