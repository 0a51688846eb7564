/* What a capture cannot tell: everything it lacks, as sentences for people. */
#ifndef SMBTRIAGE_REPORT_LIMITS_H
#define SMBTRIAGE_REPORT_LIMITS_H

#include "analyzer/base/text.h"
#include "analyzer/report/report.h"

/* Adds one item a limit to TEXT, escaped for a terminal; one that says so when there is none. */
void limits_add(struct text *text, const struct report_capture *capture);

#endif
