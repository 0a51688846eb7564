/* The table of conversations in the report for people: how far each got, and what stopped it. */
#ifndef SMBTRIAGE_REPORT_CONVERSATIONS_TEXT_H
#define SMBTRIAGE_REPORT_CONVERSATIONS_TEXT_H

#include "analyzer/report/page.h"

/* Adds the table of the page's capture and an empty line; nothing where it is empty. */
void conversations_add_table(struct page *page);

#endif
