/* The files of a trace: which of them source.c reads next, and what is told of each. */
#ifndef SMBTRIAGE_CAPTURE_PARTS_H
#define SMBTRIAGE_CAPTURE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/source.h"

struct parts;

/* FILES and OPTIONS are borrowed. Facts of parts live in ARENA. The first file is at hand. */
struct parts *parts_new(
    const struct source_files *files, const struct source_options *options, struct arena *arena);
void parts_free(struct parts *parts);

/* Takes in COUNT records of the file at hand, as they were read. */
void parts_note(struct parts *parts, const struct record *records, size_t count);

/*
 * The file at hand is at its end, and FACTS is what is known of the trace: its damage is now the
 * part's. The path of the file that goes on there, which is at hand from now on; NULL when none
 * does, and then FACTS tells of the parts and their damage, if there are several.
 */
const char *parts_next(struct parts *parts, struct capture_facts *facts);

#endif
