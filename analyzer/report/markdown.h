/*
 * The report as a Markdown document, ready to be pasted into a ticket: GitHub and GitLab render all
 * of it, Jira's editor all but the diagrams, which stand beside as text, and ServiceNow shows the
 * source, which reads well.
 */
#ifndef SMBTRIAGE_REPORT_MARKDOWN_H
#define SMBTRIAGE_REPORT_MARKDOWN_H

#include "analyzer/report/report.h"

/* Tickets hold a few ten thousand characters: beyond these findings of a capture, the others are
 * only listed. */
#define MARKDOWN_MOST_DETAILED 20

/* In the lists of a capture, of findings and of conversations. */
#define MARKDOWN_MOST_LISTED 50

void markdown_begin(struct report *report);

/* Keeps the part of the document that is about CAPTURE. */
void markdown_capture(struct report *report, const struct report_capture *capture);

/* Writes the document: what came of all captures, if there are several, comes first. */
void markdown_end(struct report *report);

/* The diagram of `smbtriage ladder`, as a block of Mermaid. */
void markdown_ladder(
    struct report *report, const struct report_capture *capture, const struct ladder *ladder);

#endif
