/* A next step as JSON, as findings and explanations have it. */
#ifndef SMBTRIAGE_REPORT_JSON_STEP_H
#define SMBTRIAGE_REPORT_JSON_STEP_H

#include "analyzer/report/record.h"

/* Of a struct step_advice. */
extern const struct record step_record;

#endif
