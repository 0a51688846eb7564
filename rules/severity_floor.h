/* Findings that are not severe enough to be told of. */
#ifndef SMBTRIAGE_RULES_SEVERITY_FLOOR_H
#define SMBTRIAGE_RULES_SEVERITY_FLOOR_H

#include "rules/finding.h"

/*
 * Leaves out of FINDINGS what is less severe than LEAST and explains nothing that stays. What stays
 * keeps its order and is numbered anew, and so are the incidents. Returns how many are left out.
 */
size_t findings_leave_out(struct finding_list *findings, enum severity least);

#endif
