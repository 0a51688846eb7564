/*
 * The report for people: the first screen says what failed, who, when, in which packets, how sure
 * that is, what to do next and what the capture cannot tell. Plain enough to paste into a ticket.
 */
#ifndef SMBTRIAGE_REPORT_REPORT_TEXT_H
#define SMBTRIAGE_REPORT_REPORT_TEXT_H

#include <stdio.h>

#include "analyzer/report/report.h"

#define REPORT_TEXT_MOST_TOLD 200 /* findings in full */

void report_text_begin(struct report *report);
void report_text_capture(struct report *report, const struct report_capture *capture);

/* The files that failed, and the total in one line. */
void report_text_end(struct report *report);

/* The table of `smbtriage streams`: its heading and its rows. */
void report_text_stream_heading(FILE *out);
void report_text_stream(FILE *out, const struct report_conversation *conversation);

/* The diagram of `smbtriage ladder`. */
void report_text_ladder(
    struct report *report, const struct report_capture *capture, const struct ladder *ladder);

#endif
