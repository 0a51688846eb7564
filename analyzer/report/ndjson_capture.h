/* The NDJSON record of a capture. */
#ifndef SMBTRIAGE_REPORT_NDJSON_CAPTURE_H
#define SMBTRIAGE_REPORT_NDJSON_CAPTURE_H

#include "analyzer/report/record.h"

/* Of a struct report_capture, without its conversations and findings. */
extern const struct record capture_record;

#endif
