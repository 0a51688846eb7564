/* Codes as people write them: names with or without prefix, and numbers as tools print them. */
#ifndef SMBTRIAGE_REPORT_CODE_WORD_H
#define SMBTRIAGE_REPORT_CODE_WORD_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/codes.h"

/* A word without its prefix may stand for several: INVALID_TOKEN does. */
#define CODE_WORD_MOST 8

struct code_word {
	const struct code_table *table; /* of the list searched */
	const struct name_row *row;
};

/*
 * The codes that WORD stands for: a name in any case, or its end after "STATUS_" and the like;
 * "0xC000006D", or the same as a decimal number, which PowerShell prints as a negative one; 0 to
 * 127, or one or two hexadecimal digits as in Windows event logs, for a Kerberos error. Returns
 * how many were put into RET.
 */
size_t code_word_find(
    const struct code_list *codes, const char *word, struct code_word ret[CODE_WORD_MOST]);

/* Whether WORD is written as a number. */
bool code_word_is_number(const char *word);

/* The part of NAME that people may leave out the rest of: "LOGON_FAILURE"; NAME itself when it
 * has no prefix. */
const char *code_word_short(const char *name);

#endif
