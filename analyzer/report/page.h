/* A capture's part of the report for people, while it is written: labelled rows, colours, counts.
 */
#ifndef SMBTRIAGE_REPORT_PAGE_H
#define SMBTRIAGE_REPORT_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/text.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/report.h"

#define PAGE_INDENT       2  /* columns before a label */
#define PAGE_VALUE_INDENT 12 /* columns before a value */

/* Zeroed but for report and capture it is an empty page; page_free() gives its memory back. */
struct page {
	const struct report *report;
	const struct report_capture *capture;
	struct text text;  /* what goes out */
	struct text value; /* of the row at hand, empty between rows */
	struct advised advised;
	struct arena *arena; /* for texts of this page's time; NULL where there are no findings */
};

/* Where the lines of PAGE end. */
size_t page_columns(const struct page *page);

/* Parameters of SGR, ECMA-48 8.3.117. */
#define PAGE_BOLD "1"

/* What follows is in COLOUR, until page_unpaint(); nothing where the report is plain. */
void page_paint(struct page *page, const char *colour);
void page_unpaint(struct page *page);

void page_add_heading(struct page *page, const char *heading);

/* A label, up to the column where values begin. */
void page_add_label(struct page *page, const char *label);

/* A labelled row whose value is wrapped; escaped before. Nothing when VALUE is NULL. */
void page_add_row(struct page *page, const char *label, const char *value);

/* The same for one item of a list, whose first has the label and whose others have "". */
void page_add_item_row(struct page *page, const char *label, const char *value);

/* The row whose value was collected in page->value, which is then empty again. */
void page_add_value_row(struct page *page, const char *label);

/* A row that people copy into another program: escaped here, never wrapped. */
void page_add_verbatim_row(struct page *page, const char *label, const char *value);

/* Writes page->text out and empties it: it grows with a finding, not with a capture. */
void page_flush(struct page *page);

void page_free(struct page *page);

/* "1 packet", "2 packets". */
void page_add_count(struct text *text, uint64_t count, const char *singular);

/* "512 B", "66.0 kB", "1.25 GB": a thousand each, to three significant places. */
void page_add_size(struct text *text, uint64_t bytes);

void page_add_addr(struct text *text, const struct addr *addr);

/* "10.0.0.9:445", "[fe80::1]:445" (RFC 5952 6); "several" for ADDR_NONE; no port if that is 0. */
void page_add_end(struct text *text, const struct addr *addr, uint16_t port);

/* "2 errors, 1 notice, 1 inconclusive", or "no findings". */
void page_add_tally(struct text *text, const size_t findings[2][3]);

#endif
