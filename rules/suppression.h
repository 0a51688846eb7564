/* Findings that the operator does not want to hear of, and why. */
#ifndef SMBTRIAGE_RULES_SUPPRESSION_H
#define SMBTRIAGE_RULES_SUPPRESSION_H

struct suppression {
	const char *reason;  /* in the operator's words */
	const char *expires; /* the last day that it holds on, "2027-01-31"; NULL: it always does */
};

#endif
