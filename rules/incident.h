/* Incidents: findings of which one explains the others. */
#ifndef SMBTRIAGE_RULES_INCIDENT_H
#define SMBTRIAGE_RULES_INCIDENT_H

#include "rules/finding.h"

/*
 * Links FINDINGS, which are in order, by what `follows_from` of their rules in RULES says, and
 * orders them by incident. A finding follows from one other at most: of those that its rule names
 * first, the latest that is not later, else the earliest of the later ones. What is undecided
 * explains nothing that is found, and what was lowered to a notice explains nothing at all.
 */
void incidents_arrange(struct finding_list *findings, const struct rule_set *rules);

#endif
