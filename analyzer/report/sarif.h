/*
 * The report as SARIF 2.1.0 (OASIS Standard), whose sections comments in these files name: one run,
 * in it a result for each finding, with the capture as its artifact. A capture is no text, so that
 * results have no lines; what Wireshark needs is in their properties, where each has its NDJSON
 * record.
 */
#ifndef SMBTRIAGE_REPORT_SARIF_H
#define SMBTRIAGE_REPORT_SARIF_H

#include "analyzer/report/report.h"

void sarif_begin(struct report *report);

/* Results are written as they come; rules and artifacts, which they name by number, at the end. */
void sarif_capture(struct report *report, const struct report_capture *capture);
void sarif_end(struct report *report);

#endif
