/* The text of a companion, whatever wrote it: lines of UTF-8. */
#ifndef SMBTRIAGE_COMPANIONS_COMPANION_TEXT_H
#define SMBTRIAGE_COMPANIONS_COMPANION_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/error.h"

/* The most bytes that a file may have: pfirewall.log is at most 32 MiB, XML files are bigger. */
#define COMPANION_MOST_BYTES ((size_t)256 << 20)

/* The most lines: those of files that are any good are longer than 16 characters. */
#define COMPANION_MOST_LINES ((size_t)16 << 20)

/* A file's text. Everything in it lives in the arena that it was read into. */
struct companion_text {
	const char *file;
	const char *chars; /* all of it, valid UTF-8, NUL-terminated */
	size_t length;
	const char *const *lines; /* each without its end, NUL-terminated; the first is line 1 */
	size_t line_count;
	bool has_last_end; /* the last line is ended by a line feed: it was not cut amid it */
};

/*
 * Reads LENGTH bytes of FILE into ARENA: UTF-8, with or without its mark, UTF-16 with its mark, as
 * PowerShell writes it, or any code page of one byte a character, of which what is not ASCII
 * becomes U+FFFD. NULs are left out: Windows makes room for a log before it writes it. False, with
 * ERROR (EXIT_USAGE), when there are more than COMPANION_MOST_BYTES or COMPANION_MOST_LINES, or no
 * characters but blanks.
 */
bool companion_text_of(struct companion_text *text, const char *file, const uint8_t *bytes,
    size_t length, struct arena *arena, struct error *error);

#endif
