/* What other captures show of a finding's exchange, in a sentence. */
#ifndef SMBTRIAGE_REPORT_CROSSING_PHRASE_H
#define SMBTRIAGE_REPORT_CROSSING_PHRASE_H

#include "analyzer/base/text.h"
#include "analyzer/exchange.h"

/* " server.pcapng has the request (frame 7) and no answer."; nothing of a capture that was
 * compared with none. Visible (text_add_visible()). */
void crossing_add_phrase(struct text *text, const struct exchange *exchange);

#endif
