/* How the rows of a ladder go on from point to point, where captures of several are compared. */
#ifndef SMBTRIAGE_REPORT_LADDER_POINTS_H
#define SMBTRIAGE_REPORT_LADDER_POINTS_H

#include "analyzer/report/ladder_rows.h"

/* Adds EXCHANGE of the capture at hand as all points have it: what is one message in several is one
 * row. */
void ladder_points_add_exchange(struct ladder_rows *rows, const struct exchange *exchange);

/* Adds all that any point has of CONVERSATION, which CAPTURE, the one at hand, has. */
void ladder_points_add_conversation(struct ladder_rows *rows, const struct report_capture *capture,
    const struct conversation_facts *conversation);

/* Once rows are placed: how far each came, which its label says, too. */
void ladder_points_settle(struct ladder_rows *rows);

/* Puts rows in the order in which they were sent, as far as the clocks tell; what one point has,
 * in the order of its frames. */
void ladder_points_sort(struct ladder_rows *rows);

/* Whether both have the same frames. */
bool ladder_points_are_same(
    const struct ladder_stop *one, const struct ladder_stop *other, size_t count);

/* Whether nobody knows of one of COUNT points whether it was there. */
bool ladder_points_have_doubt(const struct ladder_stop *stops, size_t count);

#endif
