/*
 * Text in Markdown (GitHub Flavored Markdown 0.29, which GitLab and Jira's editor read as well).
 *
 * Whoever sent a packet could write markup into a name. No character is escaped with a backslash:
 * the source is pasted into tickets that show it as it is, and each of them gives a life of its own
 * to other characters: links, mentions, references, emoji, mathematics. Instead a word that is not
 * beyond suspicion becomes a code span, in which none of them looks for anything.
 */
#ifndef SMBTRIAGE_REPORT_MARKDOWN_TEXT_H
#define SMBTRIAGE_REPORT_MARKDOWN_TEXT_H

#include <stddef.h>

#include "analyzer/base/text.h"

/*
 * CHARS, in which names from packets may be, for a paragraph, an item of a list or the cell of a
 * table: on one line, its words apart by one blank.
 */
void markdown_add_prose(struct text *text, const char *chars);

/* The line "- **LABEL:** CHARS", an item of a list; nothing when CHARS are NULL or empty. */
void markdown_add_item(struct text *text, const char *label, const char *chars);

/* CHARS as one code span; nothing when they are empty. */
void markdown_add_code(struct text *text, const char *chars);

/*
 * The lines of CHARS as a fenced code block, each behind INDENT blanks, which make it part of an
 * item. INFO is the language after the fence, or "". Control characters but newlines become
 * visible.
 */
void markdown_add_block(struct text *text, size_t indent, const char *info, const char *chars);

#endif
