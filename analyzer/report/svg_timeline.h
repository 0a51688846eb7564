/* The timeline in the HTML report: when each conversation was, how far it got, how it ended, and
 * which findings are of it. */
#ifndef SMBTRIAGE_REPORT_SVG_TIMELINE_H
#define SMBTRIAGE_REPORT_SVG_TIMELINE_H

#include "analyzer/report/html_page.h"

/* Adds the figure; nothing when there are no conversations and findings, or they have no times. */
void svg_timeline(struct html_page *page);

/* A drawing, in a line of text, of how far the conversation of FACTS got; of SMB only. */
void svg_pips(struct html_page *page, const struct conversation_facts *facts);

#endif
