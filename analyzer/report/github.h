/*
 * The report as workflow commands of GitHub Actions: a job that prints them has its findings as
 * annotations. The syntax is that of https://docs.github.com/actions, "Workflow commands", and of
 * what the runner does with it (actions/runner, ActionCommand.cs).
 */
#ifndef SMBTRIAGE_REPORT_GITHUB_H
#define SMBTRIAGE_REPORT_GITHUB_H

#include "analyzer/report/report.h"

/* GitHub shows the first annotations of a kind (error, warning, notice) of a step and drops the
 * others. */
#define GITHUB_MOST_SHOWN 10

/* Findings of one gravity that are kept until the end, as only then is it known which are the
 * worst; more of them nobody reads in a log. Further ones are counted. */
#define GITHUB_MOST_KEPT  1000
#define GITHUB_MOST_BYTES ((size_t)1 << 20) /* of their texts */

void github_begin(struct report *report);

/* Keeps the findings of CAPTURE that count, as text. */
void github_capture(struct report *report, const struct report_capture *capture);

/* Prints the annotations, the worst first; in a folded group those that GitHub would not show; and
 * the total as a notice. */
void github_end(struct report *report);

#endif
