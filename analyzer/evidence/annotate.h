/* Says of packets what they are in the findings that they are evidence for. */
#ifndef SMBTRIAGE_EVIDENCE_ANNOTATE_H
#define SMBTRIAGE_EVIDENCE_ANNOTATE_H

#include "analyzer/base/arena.h"
#include "analyzer/evidence/frame_set.h"
#include "analyzer/evidence/notes.h"
#include "analyzer/evidence/target.h"
#include "analyzer/report/report.h"

/*
 * Adds to NOTES what those of the frames in KEPT that belong to exchanges of CAPTURE are; those of
 * the findings of TARGETS, COUNT of them, and of the findings that they follow from, with the
 * finding's id and rule, also where the finding is another capture's. Texts live in ARENA; what in
 * them came from packets is made visible. Sorts the notes.
 */
void annotate(struct note_list *notes, const struct report_capture *capture,
    const struct evidence_target *targets, size_t count, const struct frame_set *kept,
    struct arena *arena);

#endif
