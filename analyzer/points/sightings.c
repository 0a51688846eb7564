#include "analyzer/points/sightings.h"

#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/sorted.h"

/* Ports below are those of services (RFC 6335 6). What asks from such a one, as NetBIOS does, has
 * its port in common with every other, and counts its questions: two may be the same by chance. */
#define LEAST_CHOSEN_PORT 1024

/* Of what is kept, the most that is of background dissectors: a name server hears of little else,
 * and each question has ports of its own, which take room, too. */
#define SHARE_OF_NAMES 8

/* What a connection is known by: of TCP Wireshark's number, as ports are used again; of datagrams
 * their ends. */
struct sighted_key {
	enum transport transport;
	uint32_t stream;
	struct packet_endpoints ends;
};

/* Where a connection stands in the list. */
struct sighted_place {
	struct sighted_key key;
	size_t number;
};

static bool
is_of_key(const void *entry, const void *wanted)
{
	const struct sighted_key *one = &((const struct sighted_place *)entry)->key;
	const struct sighted_key *key = wanted;

	if (one->transport != key->transport || one->stream != key->stream)
		return false;
	return key->transport == TRANSPORT_TCP || packet_ends_equal(&one->ends, &key->ends);
}

static uint64_t
hash_of_key(const struct sighted_key *key)
{
	return key->transport == TRANSPORT_TCP ? hash_u64(key->stream)
					       : packet_ends_hash(&key->ends, key->transport);
}

static struct sighted *
find(const struct sightings *sightings, const struct sighted_key *key)
{
	const struct sighted_place *place =
	    table_find(&sightings->by_key, hash_of_key(key), is_of_key, key);

	return place != NULL ? &sightings->connections[place->number] : NULL;
}

static struct sighted *
add_connection(struct sightings *sightings, const struct sighted_key *key)
{
	struct sighted_place *place = ARENA_NEW(&sightings->arena, struct sighted_place);
	struct sighted *made;

	*place = (struct sighted_place){*key, sightings->connection_count};
	table_add(&sightings->by_key, hash_of_key(key), place);
	sightings->connections = mem_grow(sightings->connections, sightings->connection_count,
	    &sightings->connection_capacity, sizeof(*sightings->connections));
	made = &sightings->connections[sightings->connection_count++];
	*made = (struct sighted){.transport = key->transport,
	    .stream = key->stream,
	    .first = SIGHTING_NONE,
	    .last = SIGHTING_NONE,
	    .greetings = {SIGHTING_NONE, SIGHTING_NONE}};
	return made;
}

/* Half of what there are, so that none is at the end of all numbers: places are compared with what
 * lies a payload behind them. */
static uint32_t
place_of_datagram(uint64_t digest)
{
	return (uint32_t)(digest >> 33);
}

static struct sighting
sighting_of(const struct packet *packet, enum side side)
{
	bool is_whole =
	    packet->payload_length != 0 && packet->payload_captured == packet->payload_length;
	uint64_t digest = is_whole ? hash_bytes(packet->payload, packet->payload_length) : 0;

	return (struct sighting){.frame = packet->frame,
	    .time = packet->time,
	    .digest = digest,
	    .seq = packet->kind == PACKET_UDP ? place_of_datagram(digest) : packet->tcp.seq,
	    .ack = packet->tcp.ack,
	    .length = packet->payload_length,
	    .next = SIGHTING_NONE,
	    .ip_id = packet->ip_id,
	    .flags = packet->tcp.flags,
	    .ttl = packet->ttl,
	    .side = (uint8_t)side,
	    .has_digest = is_whole};
}

static void
add_segment(struct sightings *sightings, struct sighted *connection, const struct packet *packet,
    enum side side)
{
	uint32_t number = (uint32_t)sightings->count;

	if (sightings->count >= sightings->most || number == SIGHTING_NONE) {
		if (sightings->left_out++ == 0)
			sightings->left_out_frame = packet->frame;
		return;
	}
	sightings->items = mem_grow(
	    sightings->items, sightings->count, &sightings->capacity, sizeof(*sightings->items));
	sightings->items[sightings->count] = sighting_of(packet, side);
	sightings->items[sightings->count++].connection =
	    (uint32_t)(connection - sightings->connections);
	if (packet->payload_length > sightings->longest)
		sightings->longest = packet->payload_length;
	if (connection->first == SIGHTING_NONE)
		connection->first = number;
	else
		sightings->items[connection->last].next = number;
	connection->last = number;
	connection->count++;
}

static void
note_syn(struct sighted *connection, const struct packet *packet, enum side side)
{
	if ((packet->tcp.flags & (TCP_SYN | TCP_RST)) != TCP_SYN || connection->has_isn[side])
		return;
	connection->isn[side] = packet->tcp.seq;
	connection->has_isn[side] = true;
	if (side != CLIENT)
		return;
	connection->syn_window = packet->tcp.window;
	connection->syn_mss = packet->tcp.mss;
	connection->has_syn_options = packet->tcp.has_options;
}

/* What was noted of either side is the other's. */
static void
swap_sides(struct sightings *sightings, struct sighted *connection)
{
	for (uint32_t at = connection->first; at != SIGHTING_NONE; at = sightings->items[at].next)
		sightings->items[at].side =
		    (uint8_t)other_side((enum side)sightings->items[at].side);
	SWAP(uint32_t, connection->isn[CLIENT], connection->isn[SERVER]);
	SWAP(bool, connection->has_isn[CLIENT], connection->has_isn[SERVER]);
}

/* Who is client may be known late. */
static void
settle_ends(
    struct sightings *sightings, struct sighted *connection, const struct packet_endpoints *ends)
{
	if (connection->count != 0 && (connection->ends.src_port != ends->src_port ||
					  !addr_equal(&connection->ends.src, &ends->src)))
		swap_sides(sightings, connection);
	connection->ends = *ends;
}

static bool
is_from_server(const struct packet *packet, const struct conversation_facts *facts)
{
	return packet->ends.src_port == facts->server_port &&
	       addr_equal(&packet->ends.src, &facts->server);
}

/* As the client sends. A conversation that explains others is of all its ports. */
static struct packet_endpoints
ends_of(const struct packet *packet, const struct conversation *conversation)
{
	struct packet_endpoints ends = conversation_ends(conversation);

	if (conversation->facts.is_background)
		ends.src_port = is_from_server(packet, &conversation->facts)
				    ? packet->ends.dst_port
				    : packet->ends.src_port;
	return ends;
}

static bool
is_compared(const struct packet *packet, const struct conversation *conversation)
{
	if (conversation == NULL)
		return false;
	if (packet->kind == PACKET_UDP && conversation->facts.is_background)
		return ends_of(packet, conversation).src_port >= LEAST_CHOSEN_PORT;
	return conversation->is_service &&
	       (packet->kind == PACKET_TCP || packet->kind == PACKET_UDP);
}

/* Whether there is room for another datagram of a background dissector. */
static bool
has_room_for_name(struct sightings *sightings)
{
	bool has_room = sightings->names < sightings->most / SHARE_OF_NAMES;

	if (has_room)
		sightings->names++;
	else
		sightings->names_left_out++;
	return has_room;
}

/* The connection that PACKET is of, as it is known now. */
static struct sighted *
connection_of(struct sightings *sightings, const struct packet *packet,
    const struct conversation *conversation)
{
	const struct packet_endpoints ends = ends_of(packet, conversation);
	struct sighted_key key = {.transport = TRANSPORT_TCP, .stream = conversation->facts.stream};
	struct sighted *connection;

	if (packet->kind == PACKET_UDP)
		key = (struct sighted_key){.transport = TRANSPORT_UDP, .ends = ends};
	connection = find(sightings, &key);
	if (connection == NULL)
		connection = add_connection(sightings, &key);
	settle_ends(sightings, connection, &ends);
	connection->is_background = conversation->facts.is_background;
	return connection;
}

/* Of packets between the same ports several conversations may be made. */
static bool
is_copy(struct sighted *connection, const struct conversation_facts *facts)
{
	uint64_t before = connection->first_frame == facts->first_frame ? connection->copies : 0;

	connection->first_frame = facts->first_frame;
	connection->copies = both_sides(facts->duplicates);
	return connection->copies != before;
}

/* Copies come close behind their packet. */
#define MOST_BETWEEN_COPIES 64

/* Counts PACKET, if it came the same way as the one that it is a copy of: one that passed another
 * router was copied by who captures. */
static void
count_copy(struct sightings *sightings, const struct sighted *connection,
    const struct packet *packet, enum side side)
{
	const struct sighting copy = sighting_of(packet, side);
	size_t least =
	    sightings->count > MOST_BETWEEN_COPIES ? sightings->count - MOST_BETWEEN_COPIES : 0;

	for (size_t i = sightings->count; i-- > least;) {
		struct sighting *one = &sightings->items[i];

		if (&sightings->connections[one->connection] == connection && one->side == side &&
		    one->seq == copy.seq && one->length == copy.length &&
		    one->ip_id == copy.ip_id) {
			one->copies += one->ttl == copy.ttl && one->copies != UINT16_MAX;
			return;
		}
	}
}

static void
note(void *state, const struct packet *packet, struct conversation *conversation)
{
	struct sightings *sightings = state;
	struct sighted *connection;
	enum side side;

	if (!is_compared(packet, conversation) ||
	    (conversation->facts.is_background && !has_room_for_name(sightings)))
		return;
	connection = connection_of(sightings, packet, conversation);
	side = packet->ends.src_port == connection->ends.src_port &&
		       addr_equal(&packet->ends.src, &connection->ends.src)
		   ? CLIENT
		   : SERVER;
	if (is_copy(connection, &conversation->facts)) {
		count_copy(sightings, connection, packet, side);
		return;
	}
	if (packet->kind == PACKET_TCP) {
		note_syn(connection, packet, side);
	} else if (packet->payload_captured < packet->payload_length) {
		sightings->cut++;
		return;
	}
	add_segment(sightings, connection, packet, side);
}

static void
note_fragments(void *state, uint64_t frame, const uint64_t *frames, size_t count)
{
	struct sightings *sightings = state;

	(void)frame, (void)frames, (void)count;
	sightings->reassembled++;
}

struct packet_tap
sightings_tap(struct sightings *sightings)
{
	return (struct packet_tap){sightings, note, note_fragments};
}

/* Who is client is known now. */
static uint32_t
find_greeting(const struct sightings *sightings, const struct sighted *connection, enum side side)
{
	uint32_t at = connection->first;

	while (at != SIGHTING_NONE &&
	       (sightings->items[at].side != side || sightings->items[at].length == 0))
		at = sightings->items[at].next;
	return at;
}

static uint32_t
find_base(const struct sightings *sightings, const struct sighted *connection, enum side side)
{
	const struct sighting *first = sightings_greeting(sightings, connection, side);

	if (connection->transport == TRANSPORT_UDP)
		return 0;
	if (connection->has_isn[side])
		return connection->isn[side] + 1;
	return first != NULL ? first->seq : 0;
}

/* ---- by place ---- */

/* For qsort(3), which hands on nothing else. */
struct placed_number {
	uint32_t connection, offset, number;
	uint8_t side;
};

static int
compare_places(const void *left, const void *right)
{
	const struct placed_number *one = left, *other = right;

	if (one->connection != other->connection)
		return COMPARE(one->connection, other->connection);
	if (one->side != other->side)
		return COMPARE(one->side, other->side);
	if (one->offset != other->offset)
		return COMPARE(one->offset, other->offset);
	return COMPARE(one->number, other->number);
}

static void
sort_by_place(struct sightings *sightings)
{
	struct placed_number *order = mem_alloc(sightings->count + 1, sizeof(*order));

	for (uint32_t i = 0; i < sightings->count; i++) {
		struct sighting *one = &sightings->items[i];
		const struct sighted *connection = &sightings->connections[one->connection];

		one->offset = one->seq - connection->base[one->side];
		order[i] = (struct placed_number){one->connection, one->offset, i, one->side};
	}
	qsort(order, sightings->count, sizeof(*order), compare_places);
	sightings->by_place = mem_alloc(sightings->count + 1, sizeof(*sightings->by_place));
	for (size_t i = 0; i < sightings->count; i++)
		sightings->by_place[i] = order[i].number;
	mem_free(order);
}

/* Segments of one place that are compared with each other; of more, as floods have, some. */
#define MOST_OF_ONE_PLACE 8

/* What has the Identification of one before it is that packet once more: who sends again has
 * another. The packet, or NULL; the one at hand is the PLACE-th by place. */
static struct sighting *
find_original(const struct sightings *sightings, size_t place)
{
	const struct sighting *one = &sightings->items[sightings->by_place[place]];
	size_t least = place > MOST_OF_ONE_PLACE ? place - MOST_OF_ONE_PLACE : 0;
	struct sighting *original = NULL;

	while (one->ip_id != 0 && place-- > least) {
		struct sighting *before = &sightings->items[sightings->by_place[place]];

		if (before->connection != one->connection || before->side != one->side ||
		    before->offset != one->offset)
			break;
		if (before->length == one->length && before->ip_id == one->ip_id &&
		    before->ttl == one->ttl)
			original = before;
	}
	return original;
}

static void
count_doubled(struct sightings *sightings)
{
	struct sighting *one, *original;
	struct sighted *connection;

	for (size_t i = 0; i < sightings->count; i++) {
		one = &sightings->items[sightings->by_place[i]];
		original = one->length != 0 ? find_original(sightings, i) : NULL;
		if (original != NULL && original->copies != UINT16_MAX)
			original->copies++;
		connection = &sightings->connections[one->connection];
		connection->distinct[one->side] += one->length != 0 && original == NULL;
	}
	for (size_t i = 0; i < sightings->count; i++) {
		one = &sightings->items[i];
		sightings->connections[one->connection].doubled[one->side] +=
		    one->length != 0 && one->copies != 0;
	}
}

void
sightings_settle(struct sightings *sightings)
{
	for (size_t i = 0; i < sightings->connection_count; i++) {
		struct sighted *connection = &sightings->connections[i];

		for (enum side side = CLIENT; side <= SERVER; side++) {
			connection->greetings[side] = find_greeting(sightings, connection, side);
			connection->base[side] = find_base(sightings, connection, side);
		}
	}
	sort_by_place(sightings);
	count_doubled(sightings);
}

/* Where something would stand among the numbers by place. */
struct place_key {
	const struct sightings *sightings;
	uint32_t connection, offset;
	enum side side;
};

static int
compare_number(const void *element, const void *key)
{
	const struct place_key *place = key;
	const struct sighting *one = &place->sightings->items[*(const uint32_t *)element];

	if (one->connection != place->connection)
		return COMPARE(one->connection, place->connection);
	if (one->side != place->side)
		return COMPARE(one->side, place->side);
	return COMPARE(one->offset, place->offset);
}

/* How many segments stand before OFFSET of RANGE's side. */
static size_t
count_before(const struct sightings *sightings, const struct byte_range *range, uint32_t offset)
{
	const struct place_key key = {
	    sightings, (uint32_t)(range->connection - sightings->connections), offset, range->side};

	return sorted_before(&key, sightings->by_place, sightings->count,
	    sizeof(*sightings->by_place), compare_number);
}

/* The segment at PLACE, if it is of RANGE's side; else NULL. */
static const struct sighting *
at_place(const struct sightings *sightings, const struct byte_range *range, size_t place)
{
	const struct sighting *one;

	if (place >= sightings->count)
		return NULL;
	one = &sightings->items[sightings->by_place[place]];
	return &sightings->connections[one->connection] == range->connection &&
		       one->side == range->side
		   ? one
		   : NULL;
}

/* Datagrams are compared as a whole. */
static bool
has_some_of(const struct sighting *one, const struct byte_range *range)
{
	if (range->connection->transport == TRANSPORT_UDP)
		return one->offset == range->offset && one->length == range->length;
	return one->length != 0 && range->offset < one->offset + one->length;
}

void
sightings_each_of(const struct sightings *sightings, const struct byte_range *range,
    bool (*take)(void *state, const struct sighting *one), void *state)
{
	uint32_t from = range->offset > sightings->longest ? range->offset - sightings->longest : 0;
	const struct sighting *one;

	for (size_t i = count_before(sightings, range, from);
	     (one = at_place(sightings, range, i)) != NULL &&
	     one->offset < range->offset + range->length;
	     i++)
		if (has_some_of(one, range) && !take(state, one))
			return;
}

const struct sighting *
sightings_exactly(const struct sightings *sightings, const struct byte_range *range)
{
	const struct sighting *one;

	for (size_t i = count_before(sightings, range, range->offset);
	     (one = at_place(sightings, range, i)) != NULL && one->offset == range->offset; i++)
		if (one->length == range->length)
			return one;
	return NULL;
}

const struct sighted *
sightings_of_stream(const struct sightings *sightings, uint32_t stream)
{
	const struct sighted_key key = {.transport = TRANSPORT_TCP, .stream = stream};

	return find(sightings, &key);
}

/* ---- messages ---- */

static int
compare_frame(const void *element, const void *key)
{
	return COMPARE(((const struct sighting *)element)->frame, *(const uint64_t *)key);
}

/* Packets come in the order of their frames. */
static const struct sighting *
at_frame(const struct sightings *sightings, uint64_t frame)
{
	size_t at = sorted_before(
	    &frame, sightings->items, sightings->count, sizeof(*sightings->items), compare_frame);

	return at < sightings->count && sightings->items[at].frame == frame ? &sightings->items[at]
									    : NULL;
}

/* A datagram is a message. */
static bool
find_datagram(const struct sightings *sightings, uint64_t frame, struct byte_range *ret)
{
	const struct sighting *one = at_frame(sightings, frame);

	if (one == NULL)
		return false;
	ret->connection = &sightings->connections[one->connection];
	ret->side = (enum side)one->side;
	ret->offset = one->offset;
	ret->length = one->length;
	return ret->connection->transport == TRANSPORT_UDP && one->has_digest;
}

bool
sightings_message(const struct sightings *sightings, const struct exchange *exchange,
    bool is_request, struct byte_range *ret)
{
	uint64_t start = is_request ? exchange->request_start : exchange->answer_start;
	uint64_t end = is_request ? exchange->request_end : exchange->answer_end;
	struct byte_range made = {
	    .side = is_request ? exchange->request_from : other_side(exchange->request_from),
	    .offset = (uint32_t)start,
	    .length = (uint32_t)(end - start)};

	switch (exchange->conversation->transport) {
	case TRANSPORT_TCP:
		made.connection = sightings_of_stream(sightings, exchange->conversation->stream);
		break;
	case TRANSPORT_UDP:
		if (!find_datagram(sightings,
			is_request ? exchange->request_frame : exchange->answer_frame, &made))
			return false;
		break;
	default:
		return false;
	}
	if (made.connection == NULL)
		return false;
	*ret = made;
	return true;
}

void
sightings_free(struct sightings *sightings)
{
	mem_free(sightings->items);
	mem_free(sightings->connections);
	mem_free(sightings->by_place);
	table_free(&sightings->by_key);
	arena_free(&sightings->arena);
	*sightings = (struct sightings){.most = sightings->most};
}
