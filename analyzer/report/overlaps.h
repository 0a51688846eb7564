/* What a report says of bytes that were sent twice with different contents. */
#ifndef SMBTRIAGE_REPORT_OVERLAPS_H
#define SMBTRIAGE_REPORT_OVERLAPS_H

#include "analyzer/report/head.h"

/* A row for each conflict, up to a bound, with the frames and the copy that was read; and one for
 * each message that the other copy makes another one. */
void overlaps_add_rows(struct head *head);

#endif
