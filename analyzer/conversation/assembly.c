#include "analyzer/conversation/assembly.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

struct assembly *
assembly_new(const struct dissector_list *protocols, const struct dissector_context *context,
    bool is_service_port)
{
	struct assembly *assembly = mem_alloc(1, sizeof(*assembly));

	assembly->protocols = protocols;
	assembly->context = context;
	assembly->is_service_port = is_service_port;
	for (enum side side = CLIENT; side <= SERVER; side++) {
		assembly->sides[side].assembly = assembly;
		assembly->sides[side].side = side;
	}
	return assembly;
}

static void
drop_head(struct assembly_side *side)
{
	mem_free(side->head);
	side->head = NULL;
}

void
assembly_free(struct assembly *assembly)
{
	if (assembly == NULL)
		return;
	if (assembly->dissector != NULL)
		assembly->dissector->close(assembly->state);
	for (enum side side = CLIENT; side <= SERVER; side++) {
		stream_free(&assembly->sides[side].stream);
		framer_free(&assembly->sides[side].framer);
		drop_head(&assembly->sides[side]);
	}
	mem_free(assembly);
}

static void
begin_framer(struct assembly_side *side, uint64_t position)
{
	side->framer = (struct framer){.dissector = side->assembly->dissector,
	    .state = side->assembly->state,
	    .stream = &side->stream,
	    .context = side->assembly->context,
	    .peer = &side->assembly->sides[side == &side->assembly->sides[0]].framer,
	    .side = side->side,
	    .start = position,
	    .position = position};
}

/* Gives the framer what was held back while the protocol was not known. */
static void
pass_head(struct assembly_side *side)
{
	struct chunk chunk;

	if (side->head == NULL)
		return;
	chunk = side->head->chunk;
	chunk.bytes = side->head->bytes;
	chunk.length = side->head->count;
	framer_chunk(&side->framer, &chunk);
	drop_head(side);
}

/* From where SIDE's framer must read; CHUNK is the one at hand, of CURRENT. */
static uint64_t
framer_position(const struct assembly_side *side, const struct assembly_side *current,
    const struct chunk *chunk)
{
	if (side->head != NULL)
		return side->head->chunk.start;
	return side == current ? chunk->start : side->stream.next;
}

static void
attach(struct assembly_side *current, const struct chunk *chunk, const struct dissector *dissector)
{
	struct assembly *assembly = current->assembly;
	struct assembly_side *other = &assembly->sides[current == &assembly->sides[0]];

	assembly->dissector = dissector;
	assembly->context->conversation->protocol = dissector->name;
	assembly->context->conversation->is_background = dissector->is_background;
	assembly->state = dissector->open(assembly->context);
	for (size_t i = 0; i < 2; i++)
		begin_framer(
		    &assembly->sides[i], framer_position(&assembly->sides[i], current, chunk));
	/* In a connection seen from the middle the other side may be inside a message. */
	if (assembly->context->conversation->is_begun_before && other->head == NULL) {
		other->framer.is_lost = true;
		other->framer.doubt = DOUBT_BEGAN_BEFORE_CAPTURE;
	}
}

/* The dissector that knows BYTES as a beginning; NULL and *RET_UNSURE when more may tell. */
static const struct dissector *
recognise(const struct assembly *assembly, const uint8_t *bytes, size_t length, size_t wire,
    enum probe_verdict *ret)
{
	const struct dissector_list *protocols = assembly->protocols;
	const struct conversation_facts *facts = assembly->context->conversation;

	*ret = PROBE_NO;
	for (size_t i = 0; i < protocols->count; i++) {
		enum probe_verdict verdict;

		if (protocols->items[i]->transport != TRANSPORT_TCP ||
		    !dissector_is_on_port(
			protocols->items[i], facts->client_port, facts->server_port))
			continue;
		verdict = protocols->items[i]->probe(bytes, length, wire);
		if (verdict == PROBE_UNSURE)
			*ret = PROBE_UNSURE;
		if (verdict == PROBE_NO || verdict == PROBE_UNSURE)
			continue;
		*ret = verdict;
		return protocols->items[i];
	}
	return NULL;
}

static void
give_up_try(struct assembly_side *side)
{
	struct assembly *assembly = side->assembly;

	drop_head(side);
	side->tries++;
	if (!assembly->is_service_port && side->tries >= ASSEMBLY_TRIES)
		assembly->is_foreign = true;
}

/* Keeps the beginning of what may become recognisable. */
static void
hold_head(struct assembly_side *side, const struct chunk *chunk)
{
	size_t held = side->head != NULL ? side->head->count : 0;

	if (chunk->length > ASSEMBLY_HEAD - held) {
		give_up_try(side);
		return;
	}
	if (side->head == NULL) {
		side->head = mem_alloc(1, sizeof(*side->head));
		side->head->chunk = *chunk;
	}
	memcpy(side->head->bytes + held, chunk->bytes, chunk->length);
	side->head->count += chunk->length;
}

static void
swap_roles(struct assembly *assembly)
{
	struct conversation_facts *facts = assembly->context->conversation;

	assembly->is_swapped = true;
	SWAP(enum side, assembly->sides[0].side, assembly->sides[1].side);
	SWAP(struct addr, facts->client, facts->server);
	SWAP(uint16_t, facts->client_port, facts->server_port);
	SWAP(uint64_t, facts->packets[CLIENT], facts->packets[SERVER]);
	SWAP(uint8_t, facts->ttl[CLIENT], facts->ttl[SERVER]);
	SWAP(uint64_t, facts->bytes[CLIENT], facts->bytes[SERVER]);
	SWAP(uint64_t, facts->retransmissions[CLIENT], facts->retransmissions[SERVER]);
	if (facts->closed_by == ENDED_BY_CLIENT)
		facts->closed_by = ENDED_BY_SERVER;
	else if (facts->closed_by == ENDED_BY_SERVER)
		facts->closed_by = ENDED_BY_CLIENT;
}

/* Who asks is told by the message itself where the capture does not hold the SYN. */
static void
settle_roles(struct assembly_side *side, enum probe_verdict verdict)
{
	if (!side->assembly->context->conversation->is_begun_before)
		return;
	if ((verdict == PROBE_YES_FROM_CLIENT && side->side == SERVER) ||
	    (verdict == PROBE_YES_FROM_SERVER && side->side == CLIENT))
		swap_roles(side->assembly);
}

/* The protocol of the held head and CHUNK together, or of CHUNK alone. */
static const struct dissector *
search_joined(struct assembly_side *side, const struct chunk *chunk, enum probe_verdict *ret)
{
	uint8_t joined[ASSEMBLY_HEAD * 2];
	size_t more = chunk->length < ASSEMBLY_HEAD ? chunk->length : ASSEMBLY_HEAD;
	const struct dissector *found;

	if (side->head != NULL) {
		const size_t held = side->head->count;

		memcpy(joined, side->head->bytes, held);
		memcpy(joined + held, chunk->bytes, more);
		found = recognise(side->assembly, joined, held + more,
		    held + (chunk->segment_end - chunk->start), ret);
		if (*ret != PROBE_NO)
			return found;
		drop_head(side);
	}
	if (!chunk->is_segment_start) {
		*ret = PROBE_NO;
		return NULL;
	}
	return recognise(
	    side->assembly, chunk->bytes, chunk->length, chunk->segment_end - chunk->start, ret);
}

static void
search(struct assembly_side *side, const struct chunk *chunk)
{
	enum probe_verdict verdict;
	const struct dissector *found = search_joined(side, chunk, &verdict);

	if (found != NULL) {
		settle_roles(side, verdict);
		attach(side, chunk, found);
	} else if (verdict == PROBE_UNSURE) {
		hold_head(side, chunk);
	} else {
		give_up_try(side);
	}
}

static void
take_chunk(void *reader, const struct chunk *chunk)
{
	struct assembly_side *side = reader;
	struct assembly *assembly = side->assembly;

	if (assembly->dissector == NULL) {
		if (chunk->kind == CHUNK_BYTES)
			search(side, chunk);
		else
			drop_head(side);
		if (assembly->dissector == NULL)
			return;
		pass_head(&assembly->sides[0]);
		pass_head(&assembly->sides[1]);
	}
	framer_chunk(&side->framer, chunk);
}

static struct assembly_side *
side_of(struct assembly *assembly, enum side side)
{
	return &assembly->sides[assembly->sides[0].side == side ? 0 : 1];
}

struct stream *
assembly_stream(struct assembly *assembly, enum side side)
{
	return &side_of(assembly, side)->stream;
}

void
assembly_segment(struct assembly *assembly, enum side side, const struct segment *segment)
{
	struct assembly_side *one = side_of(assembly, side);

	stream_segment(&one->stream, segment, take_chunk, one);
}

void
assembly_acknowledged(
    struct assembly *assembly, enum side side, uint32_t ack, uint64_t frame, int64_t time)
{
	struct assembly_side *one = side_of(assembly, side);

	stream_acknowledged(&one->stream, ack, frame, time);
	stream_pass_payload(&one->stream, take_chunk, one);
}

void
assembly_settle(struct assembly *assembly)
{
	for (size_t i = 0; i < 2; i++) {
		if (assembly->sides[i].stream.conflicts != NULL && assembly->dissector != NULL)
			framer_review(&assembly->sides[i].framer);
		stream_settle(&assembly->sides[i].stream, take_chunk, &assembly->sides[i]);
	}
}

static void
fill_doubt(const struct assembly *assembly, const struct assembly_side *side, struct ending *ending)
{
	if (assembly->context->conversation->packets[side->side] == 0) {
		ending->doubt[side->side] = DOUBT_ONE_DIRECTION;
		ending->doubt_time[side->side] = INT64_MAX;
	} else {
		ending->doubt[side->side] = side->framer.doubt;
		ending->doubt_time[side->side] = side->framer.doubt_time;
	}
}

void
assembly_end(struct assembly *assembly, struct ending *ending)
{
	for (size_t i = 0; i < 2; i++)
		stream_flush(&assembly->sides[i].stream, take_chunk, &assembly->sides[i]);
	if (assembly->dissector == NULL)
		return;
	for (size_t i = 0; i < 2; i++)
		fill_doubt(assembly, &assembly->sides[i], ending);
	assembly->dissector->end(assembly->state, ending);
}
