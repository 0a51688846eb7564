/* The `statistics` records of a capture: one for each command at each server. */
#ifndef SMBTRIAGE_REPORT_NDJSON_STATISTICS_H
#define SMBTRIAGE_REPORT_NDJSON_STATISTICS_H

#include "analyzer/report/record.h"
#include "analyzer/report/report.h"

/* Of what ndjson_statistics() makes of a command at a server. */
extern const struct record statistics_record;

void ndjson_statistics(struct report *report, const struct report_capture *capture);

#endif
