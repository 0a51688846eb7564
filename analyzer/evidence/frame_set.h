/* A set of frame numbers: a bit for each frame of the capture up to the last one in it. */
#ifndef SMBTRIAGE_EVIDENCE_FRAME_SET_H
#define SMBTRIAGE_EVIDENCE_FRAME_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A zeroed one is empty. */
struct frame_set {
	uint64_t *words;
	size_t word_count;
	uint64_t count; /* frames in it */
};

void frame_set_add(struct frame_set *set, uint64_t frame);
bool frame_set_has(const struct frame_set *set, uint64_t frame);
void frame_set_free(struct frame_set *set);

#endif
