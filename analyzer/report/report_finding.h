/* Findings for people: an overview of all, and each with its evidence and what to do next. */
#ifndef SMBTRIAGE_REPORT_REPORT_FINDING_H
#define SMBTRIAGE_REPORT_REPORT_FINDING_H

#include <stddef.h>

#include "analyzer/report/page.h"
#include "rules/finding.h"

/* A few lines for each of the first findings of the page's capture that count. */
void report_finding_add_overview(struct page *page);

/* The same for those that do not count, with the reason. */
void report_finding_add_set_aside(struct page *page);

/* Everything about FINDING, which is the capture's NUMBERth, from 1. Causes and next steps that
 * an earlier finding on the page has printed are referred to, not repeated. */
void report_finding_add(struct page *page, const struct finding *finding, size_t number);

#endif
