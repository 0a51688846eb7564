/* A capture's part of the HTML report: what failed at a glance, then everything about it. */
#ifndef SMBTRIAGE_REPORT_HTML_CAPTURE_H
#define SMBTRIAGE_REPORT_HTML_CAPTURE_H

#include <stddef.h>

#include "analyzer/report/markup.h"
#include "analyzer/report/report.h"

/* Adds the section about CAPTURE, the report's NUMBERth, from 1; its id is "c" and the number. */
void html_capture(struct markup *markup, const struct report_capture *capture, size_t number);

#endif
