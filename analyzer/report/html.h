/*
 * The report as one HTML page to keep or to send: no script, nothing from elsewhere, and a content
 * security policy that forbids both. Markup never gets around markup.h, so that nothing from a
 * packet is more than text.
 */
#ifndef SMBTRIAGE_REPORT_HTML_H
#define SMBTRIAGE_REPORT_HTML_H

#include "analyzer/report/report.h"

void html_begin(struct report *report);
void html_capture_part(struct report *report, const struct report_capture *capture);

/* Writes the page: the captures' parts are set aside until here, since the result stands above
 * them. */
void html_end(struct report *report);

#endif
