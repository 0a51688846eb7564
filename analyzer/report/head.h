/* The head of a capture's report: what is known of the file, in labelled rows that every format for
 * people lays out in its own way. */
#ifndef SMBTRIAGE_REPORT_HEAD_H
#define SMBTRIAGE_REPORT_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/text.h"
#include "analyzer/report/report.h"

struct head_row {
	const char *label; /* "capture", "time", …; several may have one, "": as the row before */
	const char *value; /* one sentence or list, visible: see text_add_visible() */
	bool is_lack;      /* something that the file lacks, or that it lacks nothing */
};

/* The rows, while they are gathered and after. */
struct head {
	const struct report_capture *capture;
	struct arena *arena;
	struct text value; /* of the row at hand, empty between rows */
	struct head_row *rows;
	size_t count, capacity;
};

/* The rows about CAPTURE, in their order; their texts live in ARENA. Call head_free(). */
struct head head_of(const struct report_capture *capture, struct arena *arena);

void head_free(struct head *head);

/* Adds a row whose value was collected in head->value, which is then empty again. */
void head_add(struct head *head, const char *label);

/* The same for something that the file lacks. */
void head_add_lack(struct head *head);

/* What there is to say where nothing was found: a sentence, or two. Lives in ARENA. */
const char *head_of_nothing(const struct report_capture *capture, struct arena *arena);

#endif
