/* A finding in the HTML report: what happened, the evidence, causes and what to do next. */
#ifndef SMBTRIAGE_REPORT_HTML_FINDING_H
#define SMBTRIAGE_REPORT_HTML_FINDING_H

#include "analyzer/report/html_page.h"

/* Adds the article about the finding NUMBER, from 1, of PAGE's capture. Causes and next steps that
 * an earlier one has are referred to, not repeated. */
void html_finding(struct html_page *page, size_t number);

#endif
