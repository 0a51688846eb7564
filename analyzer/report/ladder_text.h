/* Ladders in characters: a column for each host, for a terminal or a code block of a ticket. */
#ifndef SMBTRIAGE_REPORT_LADDER_TEXT_H
#define SMBTRIAGE_REPORT_LADDER_TEXT_H

#include <stddef.h>

#include "analyzer/base/text.h"
#include "analyzer/report/ladder.h"
#include "analyzer/report/report.h"

/*
 * Adds LADDER, which is of CAPTURE, to TEXT: the hosts, then a line for each row with its frame,
 * the seconds since the first row, an arrow, and what it is. "*" stands before evidence, and an
 * arrow that ends in "x" was not answered. Where there are points, the frames of each stand where
 * the arrow passes it, "x" also ends what did not come to the next, and "..?.." is not known. All
 * that is drawn is ASCII; names and labels are made visible, and cut so that no line takes more
 * than COLUMNS, as long as a few words of them have room. Nothing when there are no rows.
 */
void ladder_add_text(struct text *text, const struct ladder *ladder,
    const struct report_capture *capture, size_t columns);

#endif
