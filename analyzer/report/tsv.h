/*
 * The report as a table for spreadsheets, cut and awk: a line with the columns' names, then a line
 * a finding, cells separated by tabs. Names of columns are those that NDJSON has; they are a
 * contract, described in smbtriage(1).
 */
#ifndef SMBTRIAGE_REPORT_TSV_H
#define SMBTRIAGE_REPORT_TSV_H

#include "analyzer/report/report.h"

/* The names of the columns. */
void tsv_begin(struct report *report);

/* A line for what keeps the capture from being judged, or judged in full; then one a finding. */
void tsv_capture(struct report *report, const struct report_capture *capture);

/* A line for each file that could not be read. */
void tsv_end(struct report *report);

#endif
