/* The frames that a finding rests on, in a Markdown document. */
#ifndef SMBTRIAGE_REPORT_MARKDOWN_EVIDENCE_H
#define SMBTRIAGE_REPORT_MARKDOWN_EVIDENCE_H

#include <stddef.h>

#include "analyzer/report/ladder.h"
#include "analyzer/report/markdown.h"
#include "analyzer/report/page.h"

/* The diagrams of a capture, so that none is drawn twice. Zeroed it is empty. */
struct markdown_drawn {
	struct {
		struct ladder ladder;
		size_t number; /* of the finding that it stands below */
	} items[MARKDOWN_MOST_DETAILED];
	size_t count;
};

/*
 * The table of FINDING's frames; what was said before and after as a diagram of Mermaid and, as not
 * all trackers draw these, in characters. DRAWN has those of PAGE so far; NUMBER is the finding's.
 */
void markdown_add_evidence(
    struct page *page, struct markdown_drawn *drawn, const struct finding *finding, size_t number);

#endif
