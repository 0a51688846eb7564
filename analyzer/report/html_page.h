/* What the parts of the HTML report share: the capture at hand, its links, and small elements. */
#ifndef SMBTRIAGE_REPORT_HTML_PAGE_H
#define SMBTRIAGE_REPORT_HTML_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/text.h"
#include "analyzer/report/html_map.h"
#include "analyzer/report/markup.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/report.h"

/*
 * Bounds of a capture's part, so that a browser opens it and a reader can look through it. Findings
 * are in order of their weight; of conversations see html_choose(). Whoever leaves something out
 * says so.
 */
#define HTML_MOST_TOLD          200 /* findings in full */
#define HTML_MOST_LISTED        1000
#define HTML_MOST_CONVERSATIONS 250
#define HTML_MOST_LANES         40 /* a screen or two */

/* A capture's part of the report, while it is written. */
struct html_page {
	struct markup *markup;
	const struct report_capture *capture;
	size_t number;           /* of the capture in the report, from 1 */
	struct arena *arena;     /* of the capture's part */
	struct text phrase;      /* what comes next; empty between elements */
	struct html_map map;     /* which findings are of which conversations */
	struct html_choice rows; /* conversations that have a row, and with it an anchor */
	struct advised advised;
};

/* An element with a class; no attribute when CLASS is NULL. */
void html_open(struct html_page *page, const char *element, const char *class);

/* The same with CHARS in it; nothing when they are NULL. */
void
html_element(struct html_page *page, const char *element, const char *class, const char *chars);

/* The same with page->phrase in it, which is then empty; nothing when it is empty. */
void html_phrase(struct html_page *page, const char *element, const char *class);

/* A row of two cells, the first of them its heading, with page->phrase as the second. */
void html_row(struct html_page *page, const char *heading);

/* The headings of a table's column and of its row. */
void html_column(struct html_page *page, const char *class, const char *heading);
void html_row_heading(struct html_page *page, const char *class, const char *heading);

/* "error" and its like, as a badge. */
void html_badge(struct html_page *page, const struct finding *finding);

/* Sets the id that html_finding_link() leads to, of the open element. */
void html_finding_anchor(struct html_page *page, size_t number);

/* Opens a link to the finding NUMBER, from 1, or when that is not told in full the element
 * OTHERWISE. */
void html_open_finding_link(struct html_page *page, size_t number, const char *otherwise);

/* The same with CHARS in it. */
void html_finding_link(struct html_page *page, size_t number, const char *chars);

/* The same for the conversation at INDEX of the capture's; without a link when it has no row. */
void html_conversation_anchor(struct html_page *page, size_t index);
void html_conversation_link(struct html_page *page, size_t index, const char *chars);

#endif
