#include "analyzer/conversation/framer.h"

#include <assert.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/conversation/readings.h"

static bool
is_in_message(const struct framer *framer)
{
	return framer->has_head || framer->held_count != 0;
}

static void
begin_message(struct framer *framer, const struct chunk *chunk)
{
	framer->has_head = false;
	framer->is_cut = false;
	framer->held_count = 0;
	framer->start = framer->position;
	framer->first_time = framer->time = chunk->time;
	framer->frame = chunk->frame;
}

static void
hold_bytes(struct framer *framer, const uint8_t *bytes, size_t length)
{
	size_t needed = framer->held_count + length;

	if (needed > framer->held_capacity) {
		framer->held_capacity = needed < 512 ? 512 : needed * 2;
		framer->held = mem_resize(framer->held, framer->held_capacity, 1);
	}
	memcpy(framer->held + framer->held_count, bytes, length);
	framer->held_count = needed;
}

/* The I-th of the messages remembered, the latest being the first, with its bytes from the history
 * in ARENA; false when they are not there any more. */
static bool
recall(const struct framer *framer, uint64_t i, struct arena *arena, struct message *ret)
{
	const struct framed *framed = &framer->recent[(framer->recent_count - i) % FRAMER_RECENT];
	uint8_t *bytes = arena_alloc(arena, framed->captured);

	if (framed->captured == 0 ||
	    !stream_recall(framer->stream, framed->start, bytes, framed->captured))
		return false;
	*ret = (struct message){.bytes = bytes,
	    .captured = framed->captured,
	    .length = framed->length,
	    .from = framer->side,
	    .frame = framed->frame,
	    .time = framed->time,
	    .first_time = framed->time,
	    .start = framed->start,
	    .end = framed->start + framed->length};
	return true;
}

static uint64_t
recent_kept(const struct framer *framer)
{
	return min_u64(framer->recent_count, FRAMER_RECENT);
}

/* Reads MESSAGE as it was passed on and as the other copies of its bytes have it; an answer after
 * the requests that may be its own. */
static void
compare(struct framer *framer, const struct message *message, struct arena *arena)
{
	struct message requests[FRAMER_RECENT];
	struct message_list list = {requests, 0};
	uint8_t *other;

	if (message->is_cut || framer->compared++ >= FRAMER_MOST_COMPARED) {
		framer->context->conversation->contested_left_out++;
		return;
	}
	if (framer->side == SERVER)
		for (uint64_t i = recent_kept(framer->peer); i != 0; i--)
			list.count += recall(framer->peer, i, arena, &requests[list.count]);
	other = arena_copy(arena, message->bytes, message->captured);
	conflicts_apply(framer->stream->conflicts, message->start, other, message->captured);
	readings_compare(framer->context, framer->dissector, &list, message, other);
}

void
framer_review(struct framer *framer)
{
	const struct conflicts *conflicts = framer->stream->conflicts;
	uint64_t since = framer->reviewed;
	struct arena arena = {0};
	struct message message;

	framer->reviewed = conflicts->other_count;
	for (uint64_t i = recent_kept(framer); since != conflicts->other_count && i != 0; i--) {
		const struct framed *one =
		    &framer->recent[(framer->recent_count - i) % FRAMER_RECENT];

		if (conflicts_touch(conflicts, since, one->start, one->start + one->captured) &&
		    recall(framer, i, &arena, &message))
			compare(framer, &message, &arena);
	}
	arena_free(&arena);
}

/* Reads MESSAGE twice if bytes of it have come twice. */
static void
compare_early(struct framer *framer, const struct message *message)
{
	struct arena arena = {0};

	if (!conflicts_touch(
		framer->stream->conflicts, 0, message->start, message->start + message->captured))
		return;
	compare(framer, message, &arena);
	arena_free(&arena);
}

static void
note_delivered(struct framer *framer, const struct message *message)
{
	if (framer->recent == NULL)
		framer->recent = mem_take(FRAMER_RECENT * sizeof(*framer->recent));
	framer->recent[framer->recent_count++ % FRAMER_RECENT] =
	    (struct framed){.start = message->start,
		.captured = message->is_cut ? 0 : message->captured,
		.length = message->length,
		.frame = message->frame,
		.time = message->time};
	if (framer->stream->conflicts != NULL)
		compare_early(framer, message);
}

static void
deliver(struct framer *framer, const uint8_t *bytes, size_t captured)
{
	struct message message = {.bytes = bytes,
	    .captured = (uint32_t)min_u64(captured, framer->head.wanted),
	    .length = framer->head.length,
	    .is_cut = framer->is_cut,
	    .from = framer->side,
	    .frame = framer->frame,
	    .time = framer->time,
	    .first_time = framer->first_time,
	    .start = framer->start,
	    .end = framer->start + framer->head.length};

	framer->dissector->message(framer->state, &message);
	note_delivered(framer, &message);
	framer->has_head = false;
	framer->held_count = 0;
}

/* Why nobody knows any more where messages begin, by what came. */
static const enum doubt doubts[] = {
    [CHUNK_BYTES] = DOUBT_NOT_UNDERSTOOD,
    [CHUNK_SKIPPED] = DOUBT_PACKETS_MISSING,
    [CHUNK_CUT] = DOUBT_CUT_BY_SNAPLEN,
    [CHUNK_MISSING] = DOUBT_PACKETS_MISSING,
};

static void
lose(struct framer *framer, const struct chunk *chunk)
{
	framer->is_lost = true;
	framer->has_head = false;
	framer->held_count = 0;
	framer->doubt_time = chunk->time;
	framer->doubt = doubts[chunk->kind];
	if (framer->dissector->gap != NULL)
		framer->dissector->gap(framer->state, framer->side, framer->doubt);
}

static uint64_t
message_end(const struct framer *framer)
{
	return framer->start + framer->head.length;
}

static uint64_t
wanted_end(const struct framer *framer)
{
	return framer->start + framer->head.wanted;
}

static void
accept_head(struct framer *framer, const struct frame_head *head)
{
	assert(head->length != 0 && head->wanted <= head->length);
	framer->has_head = true;
	framer->head = *head;
}

/* Once all that is wanted is there, the rest of the message need neither be copied nor awaited. */
static void
skip_rest(struct framer *framer)
{
	if (framer->position >= wanted_end(framer) && framer->position < message_end(framer))
		stream_skip(framer->stream, message_end(framer));
}

/* Bytes of a message whose head is known; delivers it when they complete it. Returns how many of
 * LENGTH were taken. */
static size_t
take_body(struct framer *framer, const uint8_t *bytes, size_t length)
{
	uint64_t taken = min_u64(length, message_end(framer) - framer->position);
	uint64_t wanted = framer->position < wanted_end(framer)
			      ? min_u64(taken, wanted_end(framer) - framer->position)
			      : 0;

	/* After bytes that the capture lacks, later ones would stand in the wrong place. */
	if (wanted != 0 && !framer->is_cut)
		hold_bytes(framer, bytes, wanted);
	framer->position += taken;
	skip_rest(framer);
	if (framer->position == message_end(framer))
		deliver(framer, framer->held, framer->held_count);
	return taken;
}

/* A message whose first bytes are at hand in one piece, LENGTH of them. Returns how many were
 * taken; 0 when they are too few to tell, or no message. */
static size_t
take_whole(struct framer *framer, const uint8_t *bytes, size_t length, const struct chunk *chunk)
{
	struct frame_head head;
	enum framing framing;

	begin_message(framer, chunk);
	framing = framer->dissector->frame(framer->state, bytes, length, &head);
	if (framing == FRAMING_LOST)
		lose(framer, chunk);
	if (framing != FRAMING_FOUND)
		return 0;
	accept_head(framer, &head);
	if (length < head.length)
		return take_body(framer, bytes, length);
	framer->position += head.length;
	deliver(framer, bytes, head.wanted);
	return head.length;
}

/* Adds bytes to a message too short so far to know its length. Returns how many were taken. */
static size_t
take_head(struct framer *framer, const uint8_t *bytes, size_t length, const struct chunk *chunk)
{
	size_t taken = 0;
	struct frame_head head;
	enum framing framing = FRAMING_MORE;

	while (framing == FRAMING_MORE && taken < length) {
		hold_bytes(framer, bytes + taken, 1);
		taken++;
		framing = framer->dissector->frame(
		    framer->state, framer->held, framer->held_count, &head);
	}
	framer->position += taken;
	if (framing == FRAMING_LOST) {
		lose(framer, chunk);
		return length;
	}
	if (framing == FRAMING_FOUND) {
		accept_head(framer, &head);
		skip_rest(framer);
		if (framer->position == message_end(framer))
			deliver(framer, framer->held, framer->held_count);
	}
	return taken;
}

/* Whether a message begins at the head of these bytes, where a segment begins. */
static bool
is_beginning(const struct framer *framer, const struct chunk *chunk)
{
	enum probe_verdict verdict;

	if (!chunk->is_segment_start)
		return false;
	verdict = framer->dissector->probe(
	    chunk->bytes, chunk->length, chunk->segment_end - chunk->start);
	return verdict != PROBE_NO && verdict != PROBE_UNSURE;
}

static void
take_bytes(struct framer *framer, const struct chunk *chunk)
{
	const uint8_t *at = chunk->bytes;
	size_t left = chunk->length, taken;

	if (framer->is_lost && !is_beginning(framer, chunk)) {
		framer->position += left;
		framer->doubt_time = chunk->time;
		return;
	}
	framer->is_lost = false;
	while (left != 0 && !framer->is_lost) {
		if (framer->has_head)
			taken = take_body(framer, at, left);
		else if (is_in_message(framer))
			taken = take_head(framer, at, left, chunk);
		else
			taken = take_whole(framer, at, left, chunk);
		if (taken == 0 && !framer->is_lost) {
			begin_message(framer, chunk);
			hold_bytes(framer, at, left);
			framer->position += left;
			return;
		}
		at += taken;
		left -= taken;
	}
	framer->position = chunk->start + chunk->length;
}

/* Bytes that are not at hand: harmless inside what nobody wants of the message at hand. */
static void
take_absent(struct framer *framer, const struct chunk *chunk)
{
	uint64_t end = chunk->start + chunk->length;

	if (framer->is_lost) {
		framer->position = end;
		framer->doubt_time = chunk->time;
		return;
	}
	if (!framer->has_head || end > message_end(framer)) {
		if (framer->has_head && framer->held_count != 0) {
			framer->is_cut |= framer->position < wanted_end(framer);
			deliver(framer, framer->held, framer->held_count);
		}
		framer->position = end;
		lose(framer, chunk);
		return;
	}
	if (framer->position < wanted_end(framer))
		framer->is_cut = true;
	framer->position = end;
	skip_rest(framer);
	if (framer->position == message_end(framer))
		deliver(framer, framer->held, framer->held_count);
}

void
framer_chunk(struct framer *framer, const struct chunk *chunk)
{
	assert(chunk->start == framer->position);
	if (is_in_message(framer) && chunk->frame > framer->frame) {
		framer->frame = chunk->frame;
		framer->time = chunk->time;
	}
	if (chunk->kind == CHUNK_BYTES)
		take_bytes(framer, chunk);
	else
		take_absent(framer, chunk);
}

void
framer_free(struct framer *framer)
{
	mem_free(framer->held);
	mem_free(framer->recent);
	framer->held = NULL;
	framer->recent = NULL;
}
