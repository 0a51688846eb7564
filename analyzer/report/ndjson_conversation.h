/* The NDJSON records of a conversation. */
#ifndef SMBTRIAGE_REPORT_NDJSON_CONVERSATION_H
#define SMBTRIAGE_REPORT_NDJSON_CONVERSATION_H

#include "analyzer/report/record.h"

/* Both of a struct report_conversation: all that is known, and what `smbtriage streams` lists. */
extern const struct record conversation_record, stream_record;

#endif
