#include "analyzer/conversation/stubs.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

/* Of a place: its lower bits number a stub, the others are of the hash. */
#define NUMBER_BITS 20
#define NUMBER_MASK ((uint32_t)(1 << NUMBER_BITS) - 1)

#define LEAST_PLACES 64

/* IPv6 addresses have no room; two hashes under a key that nobody knows do not meet by chance. */
static uint64_t
ends_of(const struct addr *client, const struct addr *server)
{
	struct hash hash;

	if (client->family == ADDR_IPV4)
		return addr_ipv4_pair(client, server);
	hash = hash_start();
	addr_hash_add_pair(&hash, client, server);
	return hash_finish(&hash, ADDR_IPV6);
}

static bool
is_stub_of(const struct stub *stub, uint64_t ends, uint16_t client_port, uint16_t server_port)
{
	return stub->ends == ends && stub->client_port == client_port &&
	       stub->server_port == server_port;
}

static uint32_t
tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32) & ~NUMBER_MASK;
}

static struct stub *
find(const struct stub_generation *generation, const struct packet_endpoints *ends, uint64_t hash,
    enum side *ret_sender)
{
	size_t mask = generation->place_count - 1;

	if (generation->count == 0)
		return NULL;
	for (size_t at = hash & mask; generation->places[at] != 0; at = (at + 1) & mask) {
		struct stub *stub;

		if ((generation->places[at] & ~NUMBER_MASK) != tag_of(hash))
			continue;
		stub = &generation->items[(generation->places[at] & NUMBER_MASK) - 1];
		if (stub->hash != hash || stub->kind == STUB_GONE)
			continue;
		*ret_sender = CLIENT;
		if (is_stub_of(
			stub, ends_of(&ends->src, &ends->dst), ends->src_port, ends->dst_port))
			return stub;
		*ret_sender = SERVER;
		if (is_stub_of(
			stub, ends_of(&ends->dst, &ends->src), ends->dst_port, ends->src_port))
			return stub;
	}
	return NULL;
}

struct stub *
stubs_find(const struct stubs *stubs, const struct packet_endpoints *ends, uint64_t hash,
    enum side *ret_sender)
{
	struct stub *found = find(&stubs->younger, ends, hash, ret_sender);

	return found != NULL ? found : find(&stubs->older, ends, hash, ret_sender);
}

void
stubs_prefetch(const struct stubs *stubs, uint64_t hash)
{
	const struct stub_generation *younger = &stubs->younger, *older = &stubs->older;

	if (younger->place_count != 0)
		__builtin_prefetch(&younger->places[hash & (younger->place_count - 1)]);
	if (older->place_count != 0)
		__builtin_prefetch(&older->places[hash & (older->place_count - 1)]);
}

static void
place(struct stub_generation *generation, size_t number)
{
	uint64_t hash = generation->items[number].hash;
	size_t mask = generation->place_count - 1, at = hash & mask;

	while (generation->places[at] != 0)
		at = (at + 1) & mask;
	generation->places[at] = tag_of(hash) | (uint32_t)(number + 1);
}

/* Room for one more; of the places at most half are used, so that runs of them stay short. */
static void
grow(struct stub_generation *generation)
{
	if (generation->count < generation->capacity)
		return;
	generation->items = mem_grow(generation->items, generation->count, &generation->capacity,
	    sizeof(*generation->items));
	if (generation->capacity * 2 <= generation->place_count)
		return;
	mem_free(generation->places);
	generation->place_count = LEAST_PLACES;
	while (generation->place_count < generation->capacity * 2)
		generation->place_count *= 2;
	generation->places = mem_alloc(generation->place_count, sizeof(*generation->places));
	for (size_t i = 0; i < generation->count; i++)
		place(generation, i);
}

/* Those of GENERATION go to SINK, and it is empty. */
static void
drop(struct stub_generation *generation, stub_sink *sink, void *state)
{
	size_t count = generation->count;

	generation->count = 0;
	for (size_t i = 0; i < count; i++)
		if (generation->items[i].kind != STUB_GONE)
			sink(state, &generation->items[i]);
	memset(generation->places, 0, generation->place_count * sizeof(*generation->places));
}

struct stub *
stubs_add(struct stubs *stubs, enum stub_kind kind, const struct packet_endpoints *ends,
    uint64_t hash, stub_sink *sink, void *state)
{
	struct stub_generation *younger = &stubs->younger;
	struct stub *made;

	if (younger->count == stubs->most) {
		if (stubs->older.count != 0)
			drop(&stubs->older, sink, state);
		SWAP(struct stub_generation, stubs->younger, stubs->older);
	}
	grow(younger);
	made = &younger->items[younger->count];
	*made = (struct stub){.hash = hash,
	    .ends = ends_of(&ends->src, &ends->dst),
	    .client_port = ends->src_port,
	    .server_port = ends->dst_port,
	    .kind = (uint8_t)kind};
	place(younger, younger->count++);
	return made;
}

bool
stub_holds(const struct packet *packet)
{
	return packet->tcp.flags == TCP_SYN && packet->tcp.ack == 0 &&
	       packet->payload_length == 0 && packet->ends.src.family == ADDR_IPV4;
}

void
stub_set_packet(struct stub *stub, const struct packet *packet)
{
	stub->base_seq[CLIENT] = packet->tcp.seq;
	stub->has_base_seq[CLIENT] = true;
	stub->ttl = packet->ttl;
	stub->direction = packet->direction;
	stub->has_options = packet->tcp.has_options;
	stub->has_link_src = packet->has_link_src;
	stub->has_wrong_checksum = packet->has_wrong_checksum;
	memcpy(stub->link_src, packet->link_src, sizeof(stub->link_src));
	stub->window = packet->tcp.window;
	stub->mss = packet->tcp.mss;
	stub->ip_id = packet->ip_id;
	stub->frame_length = packet->frame_length;
	stub->path = packet->path;
	stub->interface = packet->interface;
	stub->frame = packet->frame;
	stub->time = packet->time;
}

/* Where they are to be: a copy of what was just written in parts waits for all of it. */
void
stub_ends(const struct stub *stub, struct packet_endpoints *ret)
{
	*ret = (struct packet_endpoints){.src.family = ADDR_IPV4,
	    .dst.family = ADDR_IPV4,
	    .src_port = stub->client_port,
	    .dst_port = stub->server_port};
	memcpy(ret->src.bytes, &stub->ends, 4);
	memcpy(ret->dst.bytes, (const uint8_t *)&stub->ends + 4, 4);
}

struct packet
stub_packet(const struct stub *stub)
{
	struct packet packet = {.kind = PACKET_TCP,
	    .frame = stub->frame,
	    .time = stub->time,
	    .interface = stub->interface,
	    .ttl = stub->ttl,
	    .tcp = {.seq = stub->base_seq[CLIENT],
		.flags = TCP_SYN,
		.window = stub->window,
		.mss = stub->mss,
		.has_options = stub->has_options},
	    .frame_length = stub->frame_length,
	    .path = stub->path,
	    .ip_id = stub->ip_id,
	    .direction = stub->direction,
	    .has_link_src = stub->has_link_src,
	    .has_wrong_checksum = stub->has_wrong_checksum,
	    .hash = stub->hash};

	stub_ends(stub, &packet.ends);
	memcpy(packet.link_src, stub->link_src, sizeof(packet.link_src));
	return packet;
}

void
stubs_end(struct stubs *stubs, stub_sink *sink, void *state)
{
	if (stubs->older.count != 0)
		drop(&stubs->older, sink, state);
	if (stubs->younger.count != 0)
		drop(&stubs->younger, sink, state);
}

static size_t
generation_memory(const struct stub_generation *generation)
{
	return generation->capacity * sizeof(*generation->items) +
	       generation->place_count * sizeof(*generation->places);
}

size_t
stubs_memory(const struct stubs *stubs)
{
	return generation_memory(&stubs->younger) + generation_memory(&stubs->older);
}

static void
generation_free(struct stub_generation *generation)
{
	mem_free(generation->items);
	mem_free(generation->places);
}

void
stubs_free(struct stubs *stubs)
{
	generation_free(&stubs->younger);
	generation_free(&stubs->older);
	*stubs = (struct stubs){0};
}
