/* Named tests that passed or failed, as programs that run tests read them. */
#ifndef SMBTRIAGE_REPORT_TESTS_H
#define SMBTRIAGE_REPORT_TESTS_H

#include <stddef.h>
#include <stdio.h>

#include "analyzer/base/arena.h"

struct test {
	const char *name;
	const char *problem; /* what is wrong, lines without a final newline; NULL: it passed */
};

/* In the order in which they were added. A zeroed one is empty. */
struct tests {
	struct arena arena;
	struct test *items;
	size_t count, capacity, failed;
};

/* NAME and PROBLEM, which is NULL for what passed, are copied. */
void tests_add(struct tests *tests, const char *name, const char *problem);

/* TAP version 14 (https://testanything.org): the problem is the message of a YAML block. */
void tests_tap(FILE *out, const char *suite, const struct tests *tests);

void tests_free(struct tests *tests);

#endif
