/* Whether a finding of an evidence file is that of its source. */
#ifndef SMBTRIAGE_EVIDENCE_SAME_FINDING_H
#define SMBTRIAGE_EVIDENCE_SAME_FINDING_H

#include <stdbool.h>

#include "analyzer/evidence/evidence_file.h"
#include "analyzer/points/twins.h"
#include "rules/finding.h"

/* The finding called ID, or NULL. */
const struct finding *finding_called(const struct finding_list *findings, const char *id);

/* The frames of each evidence file, those of captures of several points in the order of the path.
 * Borrowed. */
struct frame_lists {
	const struct frame_list *items[POINTS_MOST];
	size_t count;
};

/*
 * Whether FOUND, the findings of a capture in evidence files with FRAMES of the sources, have the
 * finding WANTED of SOURCE, those of the same capture in the sources: with the same id, as many
 * occurrences as are kept as examples, the same texts but for frame numbers, following from the
 * same finding, and come through in the same way to the same files.
 */
bool same_finding(const struct finding_list *source, const struct finding *wanted,
    const struct finding_list *found, const struct frame_lists *frames);

/* Whether SOURCE, a text that speaks of frames, says the same as FOUND, which gives them the
 * numbers that they have in one of the evidence files with FRAMES. */
bool same_text(const char *source, const char *found, const struct frame_lists *frames);

#endif
