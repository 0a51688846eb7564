/* Ladders as sequence diagrams of Mermaid, which GitHub, GitLab and others draw:
 * https://mermaid.js.org/syntax/sequenceDiagram.html */
#ifndef SMBTRIAGE_REPORT_LADDER_MERMAID_H
#define SMBTRIAGE_REPORT_LADDER_MERMAID_H

#include "analyzer/base/text.h"
#include "analyzer/report/ladder.h"

/*
 * Adds what stands inside a block of Mermaid. Names and labels are escaped, so that whatever a
 * packet holds is text of the diagram: neither its syntax, nor HTML, nor the end of the block. "*"
 * stands before evidence. Nothing when there are no rows.
 */
void ladder_add_mermaid(struct text *text, const struct ladder *ladder);

#endif
