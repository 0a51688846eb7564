/* What a Markdown document says of a capture beside its findings: tables and lists. */
#ifndef SMBTRIAGE_REPORT_MARKDOWN_CAPTURE_H
#define SMBTRIAGE_REPORT_MARKDOWN_CAPTURE_H

#include "analyzer/report/page.h"

/* The table of the findings that count; nothing when there are none. */
void markdown_add_overview(struct page *page);

/* Those that do not count, and why; nothing when all do. */
void markdown_add_uncounted(struct page *page);

/* What is known of the file, what it lacks, and its conversations. */
void markdown_add_facts(struct page *page);

#endif
