/* One finding in a Markdown document. */
#ifndef SMBTRIAGE_REPORT_MARKDOWN_FINDING_H
#define SMBTRIAGE_REPORT_MARKDOWN_FINDING_H

#include <stddef.h>

#include "analyzer/report/markdown_evidence.h"
#include "analyzer/report/page.h"

/* A section about FINDING of the capture of PAGE; NUMBER is its own there, from 1. DRAWN has the
 * diagrams of PAGE. */
void markdown_add_finding(
    struct page *page, struct markdown_drawn *drawn, const struct finding *finding, size_t number);

#endif
