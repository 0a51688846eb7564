/* Findings that the operator does not want to hear of, and why: rules/README.md describes the file
 * that says so. */
#ifndef SMBTRIAGE_RULES_SUPPRESSION_H
#define SMBTRIAGE_RULES_SUPPRESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/error.h"
#include "rules/finding.h"

/* What reports repeat of one. */
struct suppression {
	const char *reason;  /* in the operator's words */
	const char *expires; /* the last day that it holds on, "2027-01-31"; NULL: it always does */
};

struct suppression_set;

/*
 * The suppressions of LENGTH bytes of YAML. FILE is the name for messages, TODAY the day on which
 * they are to hold (analyzer/base/date.h). They may name rules of RULES only. NULL, with ERROR
 * "file:line:col: …", when there is a mistake in it. suppressions_free() takes them back.
 */
struct suppression_set *suppressions_load(const char *file, const char *yaml, size_t length,
    const struct rule_set *rules, const char *today, struct error *error);

/* The same of a file. */
struct suppression_set *suppressions_read(
    const char *path, const struct rule_set *rules, const char *today, struct error *error);

void suppressions_free(struct suppression_set *set);

/* Gives those of FINDINGS, of the capture called NAME, that are suppressed the first suppression
 * that is for them; it lives as long as SET. */
void
suppressions_apply(struct suppression_set *set, const char *name, struct finding_list *findings);

/* Each calls SAY with a sentence, for every suppression that has expired; and for every one that
 * has not, and was for no finding so far. */
void suppressions_say_expired(const struct suppression_set *set, void (*say)(const char *sentence));
void
suppressions_say_unneeded(const struct suppression_set *set, void (*say)(const char *sentence));

#endif
