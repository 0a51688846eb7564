/*
 * The report as NDJSON: one JSON object per line, its kind in `type`. The names of the records and
 * of their keys are a contract; smbtriage(1) and the JSON Schema (schema.h) describe it.
 */
#ifndef SMBTRIAGE_REPORT_NDJSON_H
#define SMBTRIAGE_REPORT_NDJSON_H

#include <stddef.h>
#include <stdio.h>

#include "analyzer/report/record.h"
#include "analyzer/report/report.h"

void ndjson_begin(struct report *report);

/* One `capture` record, then its `conversation`, `statistics` and `finding` records. */
void ndjson_capture(struct report *report, const struct report_capture *capture);

/* The `summary` record. */
void ndjson_end(struct report *report);

void ndjson_stream_heading(FILE *out);

/* One `stream` record. */
void ndjson_stream(FILE *out, const struct report_conversation *conversation);

/* Of a struct report whose captures were added. */
extern const struct record summary_record;

/* Every kind of line, those of other commands included. */
extern const struct record *const ndjson_records[];
extern const size_t ndjson_record_count;

#endif
