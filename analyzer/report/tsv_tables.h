/* The tables of `smbtriage streams` and `smbtriage stats`, cells separated by tabs. */
#ifndef SMBTRIAGE_REPORT_TSV_TABLES_H
#define SMBTRIAGE_REPORT_TSV_TABLES_H

#include <stdio.h>

#include "analyzer/report/report.h"

void tsv_stream_heading(FILE *out);
void tsv_stream(FILE *out, const struct report_conversation *conversation);

/* A line for each server and command, after the columns' names when the capture is the first. */
void tsv_statistics(struct report *report, const struct report_capture *capture);

#endif
