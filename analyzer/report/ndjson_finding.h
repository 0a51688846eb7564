/* The NDJSON record of a finding. */
#ifndef SMBTRIAGE_REPORT_NDJSON_FINDING_H
#define SMBTRIAGE_REPORT_NDJSON_FINDING_H

#include <stddef.h>

#include "analyzer/report/record.h"
#include "rules/finding.h"

struct numbered_finding {
	const struct finding *finding;
	size_t number; /* in its capture, from 1 */
};

/* Of a struct numbered_finding. */
extern const struct record finding_record;

#endif
