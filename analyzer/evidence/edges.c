#include "analyzer/evidence/edges.h"

#include "analyzer/base/memory.h"

/* Where the clock was set back: the frames before and after. */
struct clock_set {
	uint64_t before, after;
	struct clock_set *next;
};

/* The first packet of an interface, the latest, and the one that passed last. */
struct interface_edges {
	uint64_t first_frame, last_frame, previous_frame; /* 0: none passed */
	int64_t last_time, previous_time;
	struct clock_set *clock_sets;
};

static struct interface_edges *
edges_of(struct edges *edges, uint32_t interface)
{
	while (edges->count <= interface) {
		edges->interfaces = mem_grow(
		    edges->interfaces, edges->count, &edges->capacity, sizeof(*edges->interfaces));
		edges->interfaces[edges->count++] = (struct interface_edges){0};
	}
	return &edges->interfaces[interface];
}

static void
note_clock_set(struct edges *edges, struct interface_edges *of, uint64_t frame)
{
	struct clock_set *made = ARENA_NEW(&edges->arena, struct clock_set);

	*made = (struct clock_set){of->previous_frame, frame, of->clock_sets};
	of->clock_sets = made;
}

void
edges_note(struct edges *edges, const struct packet *packet)
{
	struct interface_edges *of = edges_of(edges, packet->interface);
	const struct interface_edges *latest = &edges->interfaces[edges->last_interface];

	if (latest->last_frame == 0 || packet->time >= latest->last_time)
		edges->last_interface = packet->interface;
	if (of->previous_frame != 0 && of->previous_time - packet->time >= CLOCK_STEP)
		note_clock_set(edges, of, packet->frame);
	if (of->first_frame == 0)
		of->first_frame = packet->frame;
	if (of->last_frame == 0 || packet->time >= of->last_time) {
		of->last_frame = packet->frame;
		of->last_time = packet->time;
	}
	of->previous_frame = packet->frame;
	of->previous_time = packet->time;
}

static void
add(struct edge_list *list, uint64_t frame, uint32_t interface, const char *reason)
{
	list->items = mem_grow(list->items, list->count, &list->capacity, sizeof(*list->items));
	list->items[list->count++] = (struct edge_frame){frame, interface, reason};
}

static void
add_interface(struct edge_list *list, const struct edges *edges, uint32_t interface)
{
	static const char set_back[] = "the capture's clock was set back here";
	const struct interface_edges *of;

	if (interface >= edges->count || edges->interfaces[interface].first_frame == 0)
		return;
	of = &edges->interfaces[interface];
	add(list, of->first_frame, interface,
	    "the first packet captured on its interface: from here on it looked");
	add(list, of->last_frame, interface,
	    "the last packet captured on its interface: until here it looked");
	for (const struct clock_set *one = of->clock_sets; one != NULL; one = one->next) {
		add(list, one->before, interface, set_back);
		add(list, one->after, interface, set_back);
	}
}

struct edge_list
edges_needed(const struct edges *edges, const struct need_set *needs)
{
	struct edge_list list = {0};

	if (!needs->has_edges || edges->count == 0)
		return list;
	for (size_t i = 0; i < needs->interface_count; i++)
		add_interface(&list, edges, needs->interfaces[i]);
	for (uint32_t i = 0; i < edges->count && needs->has_all_edges; i++)
		add_interface(&list, edges, i);
	/* What is outstanding at the end has waited until the latest packet of all. */
	add(&list, edges->interfaces[edges->last_interface].last_frame, edges->last_interface,
	    "the last packet captured: until here it looked");
	return list;
}

void
edges_free(struct edges *edges)
{
	arena_free(&edges->arena);
	mem_free(edges->interfaces);
	*edges = (struct edges){0};
}
