/* JSON for people who read files: a member a line, indented; what is short and plain stays on one.
 */
#ifndef SMBTRIAGE_REPORT_JSON_LAYOUT_H
#define SMBTRIAGE_REPORT_JSON_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analyzer/base/text.h"

/* Whether a character belongs to a string. */
struct json_quote {
	bool is_inside, is_escaped;
};

/* A document on its way to OUT; zeroed but for that, it is at its beginning. */
struct json_layout {
	FILE *out;
	size_t depth;
	bool is_opened; /* by a bracket with nothing in it so far */
	struct json_quote read, written;
	struct text group; /* the last bracket and what is in it, as long as it may fit on a line */
};

/* Writes LENGTH more bytes of a document without white space between its tokens, as json.h makes
 * it; it may be cut anywhere. The last bracket ends the last line. */
void json_layout_add(struct json_layout *layout, const char *chars, size_t length);

void json_layout_free(struct json_layout *layout);

#endif
