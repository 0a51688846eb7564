/* The table of conversations in the HTML report. */
#ifndef SMBTRIAGE_REPORT_HTML_CONVERSATIONS_H
#define SMBTRIAGE_REPORT_HTML_CONVERSATIONS_H

#include "analyzer/report/html_page.h"

/* Adds the table of those in page->rows, with its heading; nothing when there are none. */
void html_conversations(struct html_page *page);

#endif
