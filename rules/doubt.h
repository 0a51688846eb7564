/* Why the capture cannot tell, in words. */
#ifndef SMBTRIAGE_RULES_DOUBT_H
#define SMBTRIAGE_RULES_DOUBT_H

#include "analyzer/base/text.h"
#include "analyzer/exchange.h"

/* Adds the clause that says what the capture lacks of EXCHANGE: "the capture ends 2.1 s after the
 * request", without capital and full stop. */
void doubt_text(struct text *text, const struct exchange *exchange);

#endif
