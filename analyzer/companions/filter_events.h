/* XML that netsh writes of the Windows Filtering Platform: what it dropped, what its filters are
 * called. */
#ifndef SMBTRIAGE_COMPANIONS_FILTER_EVENTS_H
#define SMBTRIAGE_COMPANIONS_FILTER_EVENTS_H

#include "analyzer/companions/companion_read.h"

extern const struct companion_format filter_events_format;

#endif
