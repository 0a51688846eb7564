/* Writes the packets that were picked, byte by byte as they are, and what is said of them. */
#ifndef SMBTRIAGE_EVIDENCE_EVIDENCE_FILE_H
#define SMBTRIAGE_EVIDENCE_EVIDENCE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "analyzer/base/error.h"
#include "analyzer/capture/pcapng_writer.h"
#include "analyzer/capture/source.h"
#include "analyzer/evidence/notes.h"
#include "analyzer/evidence/selection.h"

/* What goes into the file. Everything is borrowed. */
struct evidence {
	const struct source_files *files;  /* of the source */
	struct source_options reading;     /* as for the analysis of the source */
	const struct capture_facts *facts; /* of the source, read to its end */
	const struct selection *selection; /* ended */
	bool is_everything;                /* every packet, whatever was picked */
	bool is_of_several; /* to be compared: when it captured matters, on every interface */
	struct pcapng_section section;
	const struct note_list *notes; /* sorted */
};

/* Frames of the source in the order in which they stand in an evidence file; frame 1 there is the
 * first item. */
struct frame_list {
	uint64_t *items;
	size_t count, capacity;
};

/*
 * Reads the source once more and writes to OUT, whose errors are its own. RET, an empty list, gets
 * the frames. False, with ERROR, when the source cannot be read as it could before.
 */
bool evidence_write(
    FILE *out, const struct evidence *evidence, struct frame_list *ret, struct error *error);

void frame_list_free(struct frame_list *list);

#endif
