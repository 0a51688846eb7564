/* Calls, their statuses and their times for people: tables, and the few lines of the report. */
#ifndef SMBTRIAGE_REPORT_STATISTICS_TEXT_H
#define SMBTRIAGE_REPORT_STATISTICS_TEXT_H

#include "analyzer/report/head.h"
#include "analyzer/report/report.h"

/* The report of `smbtriage stats` on one capture: a table for each server. */
void statistics_text(struct report *report, const struct report_capture *capture);

/* A line for each of the busiest servers, in the head of the report. Servers that were asked but
 * for a few things have none: what became of these is said elsewhere. */
void statistics_add_rows(struct head *head);

#endif
