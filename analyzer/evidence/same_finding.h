/* Whether a finding of an evidence file is that of its source. */
#ifndef SMBTRIAGE_EVIDENCE_SAME_FINDING_H
#define SMBTRIAGE_EVIDENCE_SAME_FINDING_H

#include <stdbool.h>

#include "analyzer/evidence/evidence_file.h"
#include "rules/finding.h"

/* The finding called ID, or NULL. */
const struct finding *finding_called(const struct finding_list *findings, const char *id);

/*
 * Whether FOUND, the findings in an evidence file with FRAMES of the source, have the finding
 * WANTED of SOURCE: with the same id, as many occurrences as are kept as examples, the same texts
 * but for frame numbers, and following from the same finding.
 */
bool same_finding(const struct finding_list *source, const struct finding *wanted,
    const struct finding_list *found, const struct frame_list *frames);

/* Whether SOURCE, a text that speaks of frames, says the same as FOUND, which gives them the
 * numbers that they have in an evidence file with FRAMES. */
bool same_text(const char *source, const char *found, const struct frame_list *frames);

#endif
