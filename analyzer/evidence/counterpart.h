/* The same exchange, as captures of several points have it (points/twins.h). */
#ifndef SMBTRIAGE_EVIDENCE_COUNTERPART_H
#define SMBTRIAGE_EVIDENCE_COUNTERPART_H

#include <stdbool.h>

#include "analyzer/report/report.h"

/* Whether both are one: itself, or what another capture has of it. */
bool is_counterpart(const struct exchange *one, const struct exchange *other);

/* What CAPTURE has of EXCHANGE, which may be of another one; NULL: nothing. */
const struct exchange *
counterpart_in(const struct report_capture *capture, const struct exchange *exchange);

#endif
