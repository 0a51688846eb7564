/* What a finding is called, in this run and in others. */
#ifndef SMBTRIAGE_RULES_FINDING_ID_H
#define SMBTRIAGE_RULES_FINDING_ID_H

#include "rules/finding.h"
#include "rules/match.h"

/*
 * "f-" and the first twelve hexadecimal digits of the SHA-256 over what tells FINDING, of which
 * MATCH is the first occurrence, from the others of its rule: rule, verdict, severity, and the
 * values of the rule's `same`. Neither the file, nor frame numbers, times and client ports, nor
 * values that are chosen anew each time (struct field, is_passing) take part, so that the same
 * failure in another capture has the same id. In ARENA.
 */
const char *
finding_id(const struct finding *finding, const struct match *match, struct arena *arena);

/* Findings in their final order of which several have one id: the second is told apart by "-2" at
 * its end, and so on. */
void finding_ids_tell_apart(struct finding_list *findings, struct arena *arena);

#endif
