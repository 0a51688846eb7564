/*
 * The report as NDJSON: one JSON object per line, its kind in `type`. The names of the records and
 * of their keys are a contract, described in smbtriage(1).
 */
#ifndef SMBTRIAGE_REPORT_NDJSON_H
#define SMBTRIAGE_REPORT_NDJSON_H

#include <stdio.h>

#include "analyzer/base/text.h"
#include "analyzer/report/report.h"

void ndjson_begin(struct report *report);

/* One `capture` record, then its `conversation`, `statistics` and `finding` records. */
void ndjson_capture(struct report *report, const struct report_capture *capture);

/* The `summary` record. */
void ndjson_end(struct report *report);

void ndjson_stream_heading(FILE *out);

/* One `stream` record. */
void ndjson_stream(FILE *out, const struct report_conversation *conversation);

/* ---- for the records of other files ---- */

/* Begins the record of TYPE, of FILE unless that is NULL. */
void ndjson_open(struct text *line, const char *type, const char *file);

/* Ends the record, writes it and empties LINE. */
void ndjson_close(struct text *line, FILE *out);

/* What both sides did, and what each did: client, server. */
void ndjson_by_side(struct text *line, const char *key, const uint64_t counts[2]);

#endif
