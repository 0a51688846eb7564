/* Picks the packets of a capture that are needed, as they pass. */
#ifndef SMBTRIAGE_EVIDENCE_SELECTION_H
#define SMBTRIAGE_EVIDENCE_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/conversation/pipeline.h"
#include "analyzer/evidence/frame_set.h"
#include "analyzer/evidence/needs.h"

struct selection;

/* NEEDS, settled and borrowed, are those of an analysis of the same capture with the same options.
 */
struct selection *selection_new(struct need_set *needs);
void selection_free(struct selection *selection);

/* Who watches the packets; borrowed from SELECTION. */
const struct packet_tap *selection_tap(const struct selection *selection);

/* All packets have passed. */
void selection_end(struct selection *selection);

/* The frames to keep, after selection_end(); borrowed. */
const struct frame_set *selection_frames(const struct selection *selection);

/* Whether packets of INTERFACE are kept. */
bool selection_has_interface(const struct selection *selection, uint32_t interface);

/* Whether a packet that is kept speaks of ADDR. */
bool selection_has_host(const struct selection *selection, const struct addr *addr);

/* Why FRAME is kept, if it is only to show how long the capture looked, from where, or what else it
 * saw; else NULL. */
const char *selection_reason(const struct selection *selection, uint64_t frame);

#endif
