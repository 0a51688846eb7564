/* The words and lines of companions: telling, quoting, and finding them damaged. */
#ifndef SMBTRIAGE_COMPANIONS_WORDS_H
#define SMBTRIAGE_COMPANIONS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/companions/companion.h"
#include "analyzer/companions/companion_text.h"

/* Whether C is a blank or a tabulator. */
static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* How many blanks LINE begins with. */
static inline size_t
indent_of(const char *line)
{
	size_t indent = 0;

	while (is_blank(line[indent]))
		indent++;
	return indent;
}

/* Whether END is the end of TEXT. */
bool ends_with(const char *text, const char *end);

/* Whether nothing but blanks is in LINE. */
bool is_blank_line(const char *line);

/* A line at which a shell asks for a command, perhaps with the command: "PS C:\> Get-SmbShare". */
bool is_prompt_line(const char *line);

/* CHARS, LENGTH of them, without blanks around them, in ARENA. */
const char *trimmed_text(struct arena *arena, const char *chars, size_t length);

/* The same with each run of blanks in it made one, as lines of padded columns are quoted. */
const char *squeezed_text(struct arena *arena, const char *chars);

/* LINE of TEXT, the first is 1, squeezed in ARENA. */
struct quotation
quotation_of_line(const struct companion_text *text, uint64_t line, struct arena *arena);

/* Whether LINE, the first is 1, is the last of TEXT and not ended, so that it may be cut. */
bool line_may_be_cut(const struct companion_text *text, uint64_t line);

/* What is said of such a line. */
extern const char line_cut_words[];

#endif
