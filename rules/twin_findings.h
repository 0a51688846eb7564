/* Findings that several captures have of the same exchanges: each is told once. */
#ifndef SMBTRIAGE_RULES_TWIN_FINDINGS_H
#define SMBTRIAGE_RULES_TWIN_FINDINGS_H

#include "rules/finding.h"

/* Leaves each finding of COUNT LISTS in the first of them that is certain of it, or in the first
 * that has it: what others say of exchanges with the same crossing goes. */
void twin_findings_leave_out(struct finding_list *const *lists, size_t count);

#endif
