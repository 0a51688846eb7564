/* Causes and next steps in a Markdown document. */
#ifndef SMBTRIAGE_REPORT_MARKDOWN_ADVICE_H
#define SMBTRIAGE_REPORT_MARKDOWN_ADVICE_H

#include <stddef.h>

#include "analyzer/report/page.h"

/*
 * What FINDING, whose number is NUMBER, may come of, what to do, and what its rule cannot tell.
 * Advice that PAGE has already, all of it or most, is not told again, but what differs.
 */
void markdown_add_advice(struct page *page, const struct finding *finding, size_t number);

#endif
