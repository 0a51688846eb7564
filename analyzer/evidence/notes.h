/* What is said of packets in an evidence file. */
#ifndef SMBTRIAGE_EVIDENCE_NOTES_H
#define SMBTRIAGE_EVIDENCE_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct note {
	uint64_t frame; /* in the source */
	const char *text;
	size_t number; /* in order of adding */
};

/* A zeroed one is empty. */
struct note_list {
	struct note *items;
	size_t count, capacity;
};

/* TEXT is borrowed; what in it came from packets is harmless by now. */
void notes_add(struct note_list *notes, uint64_t frame, const char *text);

/* Orders them by frame, and those of one frame as they were added, each text once. */
void notes_sort(struct note_list *notes);

void notes_free(struct note_list *notes);

#endif
