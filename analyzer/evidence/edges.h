/* How long a capture looked: its first and last packets, and where its clock was set back. */
#ifndef SMBTRIAGE_EVIDENCE_EDGES_H
#define SMBTRIAGE_EVIDENCE_EDGES_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/capture/packet.h"
#include "analyzer/evidence/needs.h"

/* One packet that shows it. */
struct edge_frame {
	uint64_t frame;
	uint32_t interface;
	const char *reason; /* static */
};

struct edge_list {
	struct edge_frame *items;
	size_t count, capacity;
};

struct interface_edges;

/* What passed so far; a zeroed one: nothing. */
struct edges {
	struct arena arena;
	struct interface_edges *interfaces;
	size_t count, capacity;
	uint32_t last_interface; /* of the latest packet of all */
};

void edges_note(struct edges *edges, const struct packet *packet);

/* The packets that NEEDS asks for; some may be there twice. The caller frees the items. */
struct edge_list edges_needed(const struct edges *edges, const struct need_set *needs);

void edges_free(struct edges *edges);

#endif
