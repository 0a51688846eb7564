/* The rows of a capture's head about the captures that it is compared with. */
#ifndef SMBTRIAGE_REPORT_POINT_ROWS_H
#define SMBTRIAGE_REPORT_POINT_ROWS_H

#include "analyzer/report/head.h"

/* Adds them to HEAD; none where the capture is compared with none. */
void point_add_rows(struct head *head);

#endif
