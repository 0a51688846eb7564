/*
 * The report as JUnit XML, as Jenkins, GitLab, Azure DevOps and actions of GitHub read it: a suite
 * for each capture, in it a test case for each finding.
 *
 * A finding fails its case when the packets show it and it is as severe as the operator's threshold
 * says, or an error; a milder one is part of a passed case. What is inconclusive, suppressed or
 * known is skipped, what could not be read or judged is an error. A capture with nothing in it has
 * one passed case. The names of suites, classes and cases are the same in every run.
 */
#ifndef SMBTRIAGE_REPORT_JUNIT_H
#define SMBTRIAGE_REPORT_JUNIT_H

#include "analyzer/report/report.h"
#include "analyzer/report/tests.h"

void junit_begin(struct report *report);
void junit_capture(struct report *report, const struct report_capture *capture);

/* A suite with one error for each file that could not be read. */
void junit_end(struct report *report);

/* Named tests as a document of one suite called SUITE. */
void junit_tests(FILE *out, const char *suite, const struct tests *tests);

#endif
