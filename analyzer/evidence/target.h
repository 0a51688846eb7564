/* A finding that is to be handed on. */
#ifndef SMBTRIAGE_EVIDENCE_TARGET_H
#define SMBTRIAGE_EVIDENCE_TARGET_H

#include "analyzer/evidence/needs.h"
#include "analyzer/report/report.h"

/* One finding that is wanted. All is borrowed. */
struct evidence_target {
	const struct finding *finding;
	const struct report_capture *of; /* that has it */
	size_t point;                    /* of that, on the path */
	enum evidence_level level;
	bool is_yielded; /* the evidence yields it again */
};

#endif
