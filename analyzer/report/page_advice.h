/* Causes and next steps for people, as findings and `smbtriage explain` print them. */
#ifndef SMBTRIAGE_REPORT_PAGE_ADVICE_H
#define SMBTRIAGE_REPORT_PAGE_ADVICE_H

#include "analyzer/report/page.h"
#include "rules/rule.h"

/* The rows "causes", each with what files beside the capture say of it; none when there are no
 * causes. */
void page_add_causes(struct page *page, const struct found_cause_list *causes);

/* The rows "next": each step with its place, its command alone on a line, to which versions it
 * applies, that it lowers security, and its risk unless that is none. */
void page_add_next_steps(struct page *page, const struct advice_list *steps);

#endif
