/* The exchanges that a finding is made of. */
#ifndef SMBTRIAGE_EVIDENCE_BASIS_H
#define SMBTRIAGE_EVIDENCE_BASIS_H

#include "analyzer/base/arena.h"
#include "analyzer/report/report.h"

/* What FINDING, of CAPTURE, rests on: its examples and what its rule compared them with, and the
 * same of the findings that it follows from, and of those that only the number behind their id
 * tells from it. Some may be there twice. */
struct basis {
	const struct exchange **exchanges;
	size_t count;
	bool has_absence; /* one rests on something not having followed */
};

/* In ARENA. */
struct basis
basis_of(const struct report_capture *capture, const struct finding *finding, struct arena *arena);

#endif
