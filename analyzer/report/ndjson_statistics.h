/* The `statistics` records of a capture: one for each command at each server. */
#ifndef SMBTRIAGE_REPORT_NDJSON_STATISTICS_H
#define SMBTRIAGE_REPORT_NDJSON_STATISTICS_H

#include "analyzer/report/report.h"

void ndjson_statistics(struct report *report, const struct report_capture *capture);

#endif
