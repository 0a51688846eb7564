/* A ladder in the HTML report: a row a frame, an arrow between the lines of two hosts. */
#ifndef SMBTRIAGE_REPORT_SVG_LADDER_H
#define SMBTRIAGE_REPORT_SVG_LADDER_H

#include "analyzer/report/html_page.h"
#include "analyzer/report/ladder.h"

/* Adds the figure; nothing when LADDER has no rows. */
void svg_ladder(struct html_page *page, const struct ladder *ladder);

#endif
