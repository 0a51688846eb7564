/* Why the capture cannot tell, in words. */
#ifndef SMBTRIAGE_RULES_DOUBT_H
#define SMBTRIAGE_RULES_DOUBT_H

#include "analyzer/base/text.h"
#include "analyzer/exchange.h"

/* What is doubted of EXCHANGE: its outcome, else a field that the snap length may have cut. */
enum doubt doubt_of(const struct exchange *exchange);

/* Adds the clause that says what the capture lacks of EXCHANGE: "the capture ends 2.1 s after the
 * request", without capital and full stop. */
void doubt_text(struct text *text, const struct exchange *exchange);

#endif
