#include "analyzer/evidence/selection.h"

#include <string.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/table.h"
#include "analyzer/evidence/edges.h"

/* Where a client asks for tickets and names: Kerberos, its password changes, DNS, NetBIOS names,
 * mDNS, LLMNR (IANA). */
static const uint16_t lookup_ports[] = {53, 88, 137, 464, 5353, 5355};

/* Packets of a connection that show how it began: SYN, SYN-ACK, ACK, and a repetition. */
#define OPENING_PACKETS 4

/* A frame that was put together from what COUNT frames brought, from FIRST on in the list. */
struct joined {
	uint64_t frame;
	size_t first, count;
};

struct selection {
	struct packet_tap tap;
	struct arena arena;
	struct need_set *needs;
	struct frame_set frames;
	struct frame_set places_only; /* those of FRAMES that only show where a host is */
	struct frame_set others_only; /* those of connections that have nothing of the finding */
	struct edge_list edges_only;  /* those that only show how long the capture looked */
	struct frame_set interfaces;  /* their numbers, of frames that are kept */
	struct edges edges;
	struct table hosts; /* struct addr, of packets that are kept */
	struct joined *joined;
	size_t joined_count, joined_capacity;
	uint64_t *parts;
	size_t part_count, part_capacity;
};

/* ---- TCP ---- */

/* RFC 9293 3.4: sequence numbers compare modulo 2^32. */
static bool
is_before(uint32_t one, uint32_t other)
{
	return (int32_t)(one - other) < 0;
}

static bool
is_from_client(const struct conversation_facts *facts, const struct packet_endpoints *ends)
{
	return ends->src_port == facts->client_port && addr_equal(&ends->src, &facts->client);
}

/* Learns where the sender's bytes begin; that stays when the connection is done with. */
static void
note_base(struct conversation_need *need, enum side sender, struct conversation *conversation,
    const struct packet *packet)
{
	const struct stream *stream;

	if (conversation->assembly == NULL)
		return;
	stream = assembly_stream(
	    conversation->assembly, conversation_sender(conversation, &packet->ends));
	if (stream->has_base) {
		need->base[sender] = stream->base;
		need->has_base[sender] = true;
	}
}

static void
note_recent(struct conversation_need *need, uint64_t frame)
{
	need->recent[need->recent_count++ % EVIDENCE_RUN_UP] = frame;
}

/* The last MOST frames, or all that are remembered. */
static void
keep_recent(struct selection *selection, const struct conversation_need *need, size_t most)
{
	size_t count = need->recent_count < EVIDENCE_RUN_UP ? need->recent_count : EVIDENCE_RUN_UP;

	for (size_t i = 1; i <= count && i <= most; i++)
		frame_set_add(
		    &selection->frames, need->recent[(need->recent_count - i) % EVIDENCE_RUN_UP]);
}

/* FRAME is kept or not, and with it those that fill a small gap before it. */
static void
fill_gap(struct selection *selection, struct conversation_need *need, uint64_t frame, bool is_kept)
{
	if (is_kept && need->left_out <= EVIDENCE_SMALL_GAP)
		keep_recent(selection, need, need->left_out);
	need->left_out = is_kept ? 0 : need->left_out + 1;
	note_recent(need, frame);
}

/* Whether the segment has bytes of a stretch that is needed. */
static bool
has_needed_bytes(struct selection *selection, struct conversation_need *need, enum side sender,
    const struct packet *packet)
{
	uint32_t start = packet->tcp.seq + ((packet->tcp.flags & TCP_SYN) != 0);
	uint32_t base = need->base[sender];
	bool is_needed = false;

	if (packet->payload_length == 0 || !need->has_base[sender])
		return false;
	for (struct stretch *one = need->stretches[sender]; one != NULL; one = one->next) {
		if (!is_before(start, base + (uint32_t)one->end) ||
		    !is_before(base + (uint32_t)one->start, start + packet->payload_length))
			continue;
		if (one->is_unanswered && !one->is_seen)
			keep_recent(selection, need, EVIDENCE_RUN_UP);
		one->is_seen = is_needed = true;
	}
	return is_needed;
}

/* Whether the packet is the first to acknowledge bytes of the peer that are needed. */
static bool
is_needed_ack(struct conversation_need *need, enum side peer, const struct packet *packet)
{
	bool is_needed = false;

	if ((packet->tcp.flags & TCP_ACK) == 0 || !need->has_base[peer])
		return false;
	for (struct stretch *one = need->stretches[peer]; one != NULL; one = one->next) {
		if (one->is_acked ||
		    is_before(packet->tcp.ack, need->base[peer] + (uint32_t)one->end))
			continue;
		one->is_acked = is_needed = true;
	}
	return is_needed;
}

/* The acknowledgement of the SYN-ACK ends the handshake. */
static bool
is_handshake(struct conversation_need *need, enum side sender, const struct packet *packet)
{
	if ((packet->tcp.flags & (TCP_SYN | TCP_FIN | TCP_RST)) != 0) {
		need->is_ack_due |= sender == SERVER && (packet->tcp.flags & TCP_SYN) != 0;
		return true;
	}
	if (sender == SERVER || !need->is_ack_due)
		return false;
	need->is_ack_due = false;
	return true;
}

static bool
is_in_period(const struct conversation_need *need, int64_t time)
{
	for (const struct period *one = need->periods; one != NULL; one = one->next)
		if (one->from <= time && time <= one->until)
			return true;
	return false;
}

static bool
needs_segment(struct selection *selection, struct conversation_need *need,
    struct conversation *conversation, const struct packet *packet)
{
	enum side sender = is_from_client(need->facts, &packet->ends) ? CLIENT : SERVER;
	bool is_needed = packet->frame <= need->setup_end;

	note_base(need, sender, conversation, packet);
	is_needed |= is_handshake(need, sender, packet);
	is_needed |= is_needed_ack(need, other_side(sender), packet);
	is_needed |= has_needed_bytes(selection, need, sender, packet);
	return is_needed;
}

static bool
needs_of_conversation(
    struct selection *selection, struct conversation *conversation, const struct packet *packet)
{
	struct conversation_need *need =
	    conversation ? needs_conversation(selection->needs, conversation->facts.first_frame)
			 : NULL;
	bool is_needed;

	if (need == NULL)
		return false;
	/* An ICMP error speaks of it. */
	is_needed = need->is_whole || packet->kind == PACKET_ICMP ||
		    is_in_period(need, packet->time) ||
		    frame_set_has(&selection->needs->frames, packet->frame);
	if (packet->kind == PACKET_TCP) {
		is_needed |= needs_segment(selection, need, conversation, packet);
		fill_gap(selection, need, packet->frame, is_needed);
	}
	return is_needed;
}

/* ---- hosts ---- */

static bool
is_host(const struct addr *wanted, const struct addr *addr)
{
	return wanted->family == ADDR_NONE || addr_equal(wanted, addr);
}

static bool
is_lookup(const struct host_need *need, const struct packet_endpoints *ends)
{
	bool is_src = addr_equal(&need->client, &ends->src);

	if (need->client.family == ADDR_NONE || (!is_src && !addr_equal(&need->client, &ends->dst)))
		return false;
	for (size_t i = 0; i < COUNT(lookup_ports); i++)
		if ((is_src ? ends->dst_port : ends->src_port) == lookup_ports[i])
			return true;
	return false;
}

/* In either direction. */
static bool
is_between(const struct host_need *need, const struct packet_endpoints *ends)
{
	return (is_host(&need->client, &ends->src) && is_host(&need->server, &ends->dst) &&
		   (need->port == 0 || need->port == ends->dst_port)) ||
	       (is_host(&need->client, &ends->dst) && is_host(&need->server, &ends->src) &&
		   (need->port == 0 || need->port == ends->src_port));
}

/* How a connection began and ended, and that somebody said something. */
static bool
is_opening(const struct conversation *conversation, const struct packet *packet)
{
	enum side sender = conversation_sender(conversation, &packet->ends);

	return packet->kind == PACKET_ICMP ||
	       (packet->tcp.flags & (TCP_SYN | TCP_FIN | TCP_RST)) != 0 ||
	       both_sides(conversation->facts.packets) <= OPENING_PACKETS ||
	       (packet->payload_length != 0 &&
		   conversation->facts.bytes[sender] == packet->payload_length);
}

static bool
needs_of_host(const struct host_need *need, const struct conversation *conversation,
    const struct packet *packet)
{
	const struct packet_endpoints *ends = packet->kind == PACKET_ICMP && packet->icmp.is_error
						  ? &packet->icmp.ends
						  : &packet->ends;

	if (need->is_opening_only)
		return is_between(need, ends) && conversation != NULL &&
		       (need->is_any_service || conversation_matters(conversation)) &&
		       is_opening(conversation, packet);
	return is_between(need, ends) || is_lookup(need, ends);
}

static bool
needs_resolution(const struct need_set *needs, const struct packet *packet)
{
	if (packet->kind != PACKET_ADDRESS)
		return false;
	for (size_t i = 0; i < needs->resolved_count; i++)
		if (addr_equal(&needs->resolved[i], &packet->address.target))
			return true;
	return false;
}

/* The first that announces a host, and the first answer of a name server to it. */
static bool
shows_place(struct place_need *place, const struct packet *packet)
{
	bool *is_kept = NULL;

	if (packet->kind == PACKET_ADDRESS && packet->address.is_answer &&
	    addr_equal(&packet->address.target, &place->host))
		is_kept = &place->is_announced;
	else if (packet->kind == PACKET_UDP && packet->ends.src_port == 53 &&
		 addr_equal(&packet->ends.dst, &place->host))
		is_kept = &place->is_told_of;
	if (is_kept == NULL || *is_kept)
		return false;
	*is_kept = true;
	return true;
}

static bool
needs_place(struct selection *selection, const struct packet *packet)
{
	bool is_needed = false;

	for (size_t i = 0; i < selection->needs->place_count; i++)
		is_needed |= shows_place(&selection->needs->places[i], packet);
	return is_needed;
}

/* Whether the packet is of a connection that only shows what its capture sees. */
static bool
is_of_other(const struct selection *selection, const struct conversation *conversation)
{
	const struct conversation_need *need =
	    conversation ? needs_conversation(selection->needs, conversation->facts.first_frame)
			 : NULL;

	return need != NULL && need->is_other;
}

static bool
needs_packet(
    struct selection *selection, struct conversation *conversation, const struct packet *packet)
{
	const struct need_set *needs = selection->needs;
	bool is_needed = needs_of_conversation(selection, conversation, packet);

	for (size_t i = 0; i < needs->host_count && !is_needed; i++)
		is_needed = needs_of_host(&needs->hosts[i], conversation, packet);
	return is_needed || needs->is_everything || frame_set_has(&needs->frames, packet->frame) ||
	       needs_resolution(needs, packet);
}

/* ---- how long the capture looked ---- */

static void
keep_edges(struct selection *selection)
{
	struct edge_list list = edges_needed(&selection->edges, selection->needs);
	size_t kept = 0;

	for (size_t i = 0; i < list.count; i++) {
		frame_set_add(&selection->interfaces, list.items[i].interface);
		if (frame_set_has(&selection->frames, list.items[i].frame))
			continue;
		frame_set_add(&selection->frames, list.items[i].frame);
		list.items[kept++] = list.items[i];
	}
	list.count = kept;
	selection->edges_only = list;
}

const char *
selection_reason(const struct selection *selection, uint64_t frame)
{
	if (frame_set_has(&selection->places_only, frame))
		return "shows where the packets were captured";
	if (frame_set_has(&selection->others_only, frame))
		return "is in another capture, too: shows what comes this way, and when";
	for (size_t i = 0; i < selection->edges_only.count; i++)
		if (selection->edges_only.items[i].frame == frame)
			return selection->edges_only.items[i].reason;
	return NULL;
}

/* ---- what passes ---- */

static bool
is_addr(const void *entry, const void *key)
{
	return addr_equal(entry, key);
}

static void
note_host(struct selection *selection, const struct addr *addr)
{
	uint64_t hash = addr_hash(addr);

	if (table_find(&selection->hosts, hash, is_addr, addr) == NULL)
		table_add(
		    &selection->hosts, hash, arena_copy(&selection->arena, addr, sizeof(*addr)));
}

static void
note_hosts(struct selection *selection, const struct packet *packet)
{
	note_host(selection, &packet->ends.src);
	note_host(selection, &packet->ends.dst);
	if (packet->kind == PACKET_ICMP && packet->icmp.is_error) {
		note_host(selection, &packet->icmp.ends.src);
		note_host(selection, &packet->icmp.ends.dst);
	} else if (packet->kind == PACKET_ADDRESS) {
		note_host(selection, &packet->address.asker);
		note_host(selection, &packet->address.target);
	}
}

static void
take_packet(void *state, const struct packet *packet, struct conversation *conversation)
{
	struct selection *selection = state;

	bool is_needed = needs_packet(selection, conversation, packet);

	edges_note(&selection->edges, packet);
	if (needs_place(selection, packet) && !is_needed) {
		is_needed = true;
		frame_set_add(&selection->places_only, packet->frame);
	}
	if (!is_needed)
		return;
	if (is_of_other(selection, conversation))
		frame_set_add(&selection->others_only, packet->frame);
	frame_set_add(&selection->frames, packet->frame);
	frame_set_add(&selection->interfaces, packet->interface);
	note_hosts(selection, packet);
}

static void
take_fragments(void *state, uint64_t frame, const uint64_t *frames, size_t count)
{
	struct selection *selection = state;

	selection->joined = mem_grow(selection->joined, selection->joined_count,
	    &selection->joined_capacity, sizeof(*selection->joined));
	selection->joined[selection->joined_count++] =
	    (struct joined){frame, selection->part_count, count};
	for (size_t i = 0; i < count; i++) {
		selection->parts = mem_grow(selection->parts, selection->part_count,
		    &selection->part_capacity, sizeof(*selection->parts));
		selection->parts[selection->part_count++] = frames[i];
	}
}

/* A part may itself have been put together from earlier ones, in a tunnel. */
static void
keep_parts(struct selection *selection)
{
	for (size_t i = selection->joined_count; i-- != 0;) {
		const struct joined *one = &selection->joined[i];

		for (size_t j = 0; j < one->count && frame_set_has(&selection->frames, one->frame);
		     j++)
			frame_set_add(&selection->frames, selection->parts[one->first + j]);
	}
}

struct selection *
selection_new(struct need_set *needs)
{
	struct selection *selection = mem_alloc(1, sizeof(*selection));

	selection->needs = needs;
	selection->tap = (struct packet_tap){selection, take_packet, take_fragments};
	return selection;
}

const struct packet_tap *
selection_tap(const struct selection *selection)
{
	return &selection->tap;
}

void
selection_end(struct selection *selection)
{
	keep_edges(selection);
	keep_parts(selection);
}

const struct frame_set *
selection_frames(const struct selection *selection)
{
	return &selection->frames;
}

bool
selection_has_interface(const struct selection *selection, uint32_t interface)
{
	return frame_set_has(&selection->interfaces, interface);
}

bool
selection_has_host(const struct selection *selection, const struct addr *addr)
{
	return table_find(&selection->hosts, addr_hash(addr), is_addr, addr) != NULL;
}

void
selection_free(struct selection *selection)
{
	if (selection == NULL)
		return;
	arena_free(&selection->arena);
	frame_set_free(&selection->frames);
	mem_free(selection->edges_only.items);
	frame_set_free(&selection->interfaces);
	edges_free(&selection->edges);
	frame_set_free(&selection->places_only);
	frame_set_free(&selection->others_only);
	table_free(&selection->hosts);
	mem_free(selection->joined);
	mem_free(selection->parts);
	mem_free(selection);
}
