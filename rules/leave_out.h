/* Findings that are not to be told of. */
#ifndef SMBTRIAGE_RULES_LEAVE_OUT_H
#define SMBTRIAGE_RULES_LEAVE_OUT_H

#include "rules/finding.h"

/*
 * Leaves out of FINDINGS what STAYS says no of. What stays keeps its order and is numbered anew,
 * and so are the incidents; what followed from a finding that is left out follows from none.
 * Returns how many are left out.
 */
size_t findings_leave_out(struct finding_list *findings,
    bool (*stays)(void *state, const struct finding *finding), void *state);

/* The same of what is less severe than LEAST and explains nothing that stays. */
size_t findings_leave_out_below(struct finding_list *findings, enum severity least);

#endif
