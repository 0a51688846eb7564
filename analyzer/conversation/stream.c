#include "analyzer/conversation/stream.h"

#include <assert.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

/* What is left of a segment that came before bytes that precede it, or several in a row that are
 * all payload. No two have bytes of the same place. */
struct held_segment {
	struct held_segment *later;
	uint64_t start, end;  /* of what is left */
	struct extent whole;  /* as it came: what overlaps are judged by */
	uint64_t bytes_start; /* offset of bytes[0]; what lies before was not interesting */
	uint64_t frame;       /* of the last of them */
	int64_t time;
	uint64_t first_frame; /* of the first */
	int64_t first_time;
	uint32_t captured;
	uint8_t bytes[];
};

/* The last runs that were passed on are remembered, to tell which frame brought a byte: as many as
 * fill the history when they are full segments, and some shorter ones. */
#define MOST_PASSED 8

/* The least of them that there is room for: what a side says in a short connection. */
#define LEAST_HISTORY 512

/* Bytes lately passed on, up to stream->next, without a hole. */
struct history {
	uint64_t start; /* offset of the first byte that is there */
	struct passed {
		uint64_t start, frame;
	} passed[MOST_PASSED]; /* a ring */
	unsigned passed_count; /* ever */
	unsigned size;         /* of the other ring, a power of two up to STREAM_HISTORY */
	uint8_t ring[];
};

/* Either a segment at hand or a held one, or a part of it, as a run of offsets. */
struct run {
	uint64_t start, end;
	struct extent whole; /* of the segment on the wire */
	uint64_t bytes_start, bytes_end;
	const uint8_t *bytes; /* at bytes_start */
	uint64_t frame;
	int64_t time;
};

/*
 * The stream offset of SEQ. Sequence numbers wrap every 4 GiB (RFC 9293 3.4), so the offset is
 * the one nearest to what is expected next. False when it lies before the stream's beginning.
 */
static bool
offset_of(const struct stream *stream, uint32_t seq, uint64_t *ret)
{
	int64_t distance = (int32_t)(seq - (stream->base + (uint32_t)stream->next));
	int64_t offset = (int64_t)stream->next + distance;

	*ret = offset < 0 ? 0 : (uint64_t)offset;
	return offset >= 0;
}

void
stream_begin(struct stream *stream, uint32_t seq)
{
	stream->base = seq;
	stream->has_base = true;
}

/* Where the byte at OFFSET stands. */
static inline uint8_t *
history_at(struct history *history, uint64_t offset)
{
	return &history->ring[offset & (history->size - 1)];
}

/* LENGTH bytes from offset FROM on, into the ring that has room for them. */
static void
history_write(struct history *history, uint64_t from, const uint8_t *bytes, uint64_t length)
{
	uint64_t before_wrap = min_u64(length, history->size - (from & (history->size - 1)));

	memcpy(history_at(history, from), bytes, before_wrap);
	memcpy(history->ring, bytes + before_wrap, length - before_wrap);
}

/* The history of STREAM with room for BYTES, at most STREAM_HISTORY of them. */
static struct history *
history_for(struct stream *stream, uint64_t bytes)
{
	struct history *history = stream->history, *larger;
	unsigned size = history != NULL ? history->size : LEAST_HISTORY;

	while (size < bytes)
		size *= 2;
	if (history != NULL && history->size == size)
		return history;
	larger = mem_take(sizeof(*larger) + size);
	if (history != NULL) {
		*larger = *history;
		larger->size = size;
		for (uint64_t at = history->start; at < stream->next; at++)
			*history_at(larger, at) = *history_at(history, at);
		mem_free(history);
	} else {
		*larger = (struct history){.start = stream->next, .size = size};
	}
	stream->history = larger;
	return larger;
}

static void
remember(struct stream *stream, const struct chunk *chunk)
{
	uint64_t end = chunk->start + chunk->length;
	uint64_t from = chunk->length > STREAM_HISTORY ? end - STREAM_HISTORY : chunk->start;
	uint64_t since = stream->history != NULL ? stream->history->start : chunk->start;
	struct history *history = history_for(stream, min_u64(end - since, STREAM_HISTORY));

	history_write(history, from, chunk->bytes + (from - chunk->start), end - from);
	if (end > STREAM_HISTORY)
		history->start = max_u64(history->start, end - STREAM_HISTORY);
	history->passed[history->passed_count++ % MOST_PASSED] =
	    (struct passed){chunk->start, chunk->frame};
}

bool
stream_recall(const struct stream *stream, uint64_t start, uint8_t *bytes, size_t length)
{
	struct history *history = stream->history;

	if (history == NULL || start < history->start || start + length > stream->next)
		return false;
	for (size_t i = 0; i < length; i++)
		bytes[i] = *history_at(history, start + i);
	return true;
}

/* The frame that brought the byte at OFFSET, which was passed on; 0 when that is too long ago. */
static uint64_t
frame_of(const struct history *history, uint64_t offset)
{
	const struct passed *passed;

	for (unsigned i = 1; i <= MOST_PASSED && i <= history->passed_count; i++) {
		passed = &history->passed[(history->passed_count - i) % MOST_PASSED];
		if (passed->start <= offset)
			return passed->frame;
	}
	return 0;
}

static void
add_conflict(struct stream *stream, const struct conflict *conflict, const uint8_t *other)
{
	if (stream->conflicts == NULL)
		stream->conflicts = mem_alloc(1, sizeof(*stream->conflicts));
	conflicts_add(stream->conflicts, conflict, other);
	stream->conflicting_bytes += conflict->differing;
}

/* Takes note of a byte that differs in both copies. */
static void
widen(struct conflict *conflict, uint64_t offset)
{
	if (conflict->differing++ == 0)
		conflict->start = offset;
	conflict->end = offset + 1;
}

/* Compares RUN with the same bytes passed on before, which it has some of: the first copy is what
 * the receiver read, unless somebody rewrote it on the way. */
static void
compare_with_history(struct stream *stream, const struct run *run)
{
	struct history *history = stream->history;
	struct conflict conflict = {.second_frame = run->frame};
	uint64_t at = max_u64(run->bytes_start, history->start);
	uint64_t end = min_u64(run->bytes_end, stream->next);

	for (; at < end; at++)
		if (*history_at(history, at) != run->bytes[at - run->bytes_start])
			widen(&conflict, at);
	if (conflict.differing == 0)
		return;
	conflict.first_frame = frame_of(history, conflict.start);
	add_conflict(stream, &conflict, run->bytes + (conflict.start - run->bytes_start));
}

static void
pass(struct stream *stream, struct chunk chunk, chunk_sink *sink, void *reader)
{
	assert(chunk.start == stream->next);
	if (chunk.kind == CHUNK_BYTES)
		remember(stream, &chunk);
	else if (stream->history != NULL)
		stream->history->start = chunk.start + chunk.length;
	if (chunk.kind == CHUNK_MISSING)
		stream->missing_bytes += chunk.length;
	stream->next = chunk.start + chunk.length;
	stream->waiting = 0;
	sink(reader, &chunk);
}

/* Passes on what is next in the stream up to UNTIL, if that is not behind already. */
static void
pass_until(struct stream *stream, uint64_t until, enum chunk_kind kind, const struct run *run,
    chunk_sink *sink, void *reader)
{
	struct chunk chunk = {.kind = kind,
	    .start = stream->next,
	    .frame = run->frame,
	    .time = run->time,
	    .is_segment_start = stream->next == run->whole.start,
	    .segment_end = run->whole.end};

	if (until <= stream->next)
		return;
	chunk.length = until - stream->next;
	if (kind == CHUNK_BYTES)
		chunk.bytes = run->bytes + (stream->next - run->bytes_start);
	pass(stream, chunk, sink, reader);
}

/* Passes on what RUN adds to the stream, whose next byte lies inside it. */
static void
pass_run(struct stream *stream, const struct run *run, chunk_sink *sink, void *reader)
{
	uint64_t uninteresting = min_u64(stream->skip_until, run->end);

	pass_until(stream, max_u64(uninteresting, min_u64(run->bytes_start, run->end)),
	    CHUNK_SKIPPED, run, sink, reader);
	pass_until(stream, run->bytes_end, CHUNK_BYTES, run, sink, reader);
	/* The reader may have learnt from these bytes that what is cut is payload. */
	pass_until(stream, min_u64(stream->skip_until, run->end), CHUNK_SKIPPED, run, sink, reader);
	pass_until(stream, run->end, CHUNK_CUT, run, sink, reader);
}

static struct run
run_of_held(const struct held_segment *held)
{
	return (struct run){held->start, held->end, held->whole, held->bytes_start,
	    held->bytes_start + held->captured, held->bytes, held->frame, held->time};
}

/* RUN from START to END, which must be in it. */
static struct run
part_of(const struct run *run, uint64_t start, uint64_t end)
{
	struct run part = *run;

	part.start = start;
	part.end = end;
	part.bytes_start = min_u64(max_u64(run->bytes_start, start), end);
	part.bytes_end = max_u64(part.bytes_start, min_u64(run->bytes_end, end));
	if (part.bytes_start < part.bytes_end)
		part.bytes += part.bytes_start - run->bytes_start;
	return part;
}

/* ---- what is held ---- */

/* The one after BEFORE; the first after NULL. */
static struct held_segment **
link_after(struct stream *stream, struct held_segment *before)
{
	return before != NULL ? &before->later : &stream->held;
}

/* The last one that ends at or before OFFSET, or NULL. */
static struct held_segment *
held_before(const struct stream *stream, uint64_t offset)
{
	struct held_segment *before = NULL, *next = stream->held;

	if (stream->last_held != NULL && stream->last_held->end <= offset)
		return stream->last_held;
	while (next != NULL && next->end <= offset) {
		before = next;
		next = next->later;
	}
	return before;
}

static void
account(struct stream *stream, ptrdiff_t bytes)
{
	stream->held_bytes += (size_t)bytes;
	if (stream->early != NULL)
		stream->early->bytes += (size_t)bytes;
}

static void
drop_after(struct stream *stream, struct held_segment *before)
{
	struct held_segment **link = link_after(stream, before), *dropped = *link;

	*link = dropped->later;
	if (stream->last_held == dropped)
		stream->last_held = before;
	account(stream, -(ptrdiff_t)(dropped->captured + sizeof(*dropped)));
	stream->held_count--;
	mem_free(dropped);
}

static void
drop_first(struct stream *stream)
{
	drop_after(stream, NULL);
}

/* Passes on held segments as far as they are in order. */
static void
pass_held(struct stream *stream, chunk_sink *sink, void *reader)
{
	while (stream->held != NULL) {
		struct run run = run_of_held(stream->held);

		if (run.start > stream->next)
			return;
		if (run.end > stream->next)
			pass_run(stream, &run, sink, reader);
		drop_first(stream);
	}
}

/* Passes on that nothing up to UNTIL is in the capture; a part of it may not be wanted. */
static void
pass_hole(struct stream *stream, uint64_t until, uint64_t frame, int64_t time, chunk_sink *sink,
    void *reader)
{
	struct run hole = {
	    .start = until, .end = until, .whole = {until, until}, .frame = frame, .time = time};

	pass_until(stream, min_u64(stream->skip_until, until), CHUNK_SKIPPED, &hole, sink, reader);
	pass_until(stream, until, CHUNK_MISSING, &hole, sink, reader);
}

/* Gives up the hole before the first held segment. */
static void
give_up_hole(struct stream *stream, chunk_sink *sink, void *reader)
{
	const struct held_segment *first = stream->held;

	pass_hole(stream, first->start, first->first_frame, first->first_time, sink, reader);
	pass_held(stream, sink, reader);
}

/* Whether RUN goes on where the last held segment ends, and no byte of either is interesting: of
 * payload after a hole, which may be long, only its place need be known. */
static bool
is_joined(struct stream *stream, const struct run *run)
{
	struct held_segment *last = stream->last_held;

	if (last == NULL || last->end != run->start || last->captured != 0 ||
	    run->end > stream->skip_until)
		return false;
	last->end = last->whole.end = run->end;
	last->frame = run->frame;
	last->time = run->time;
	return true;
}

/* Keeps a copy of RUN, between BEFORE and the next one. Returns it. */
static struct held_segment *
keep_after(struct stream *stream, struct held_segment *before, const struct run *run)
{
	struct held_segment **link = link_after(stream, before), *held;
	uint64_t skip = max_u64(run->bytes_start, min_u64(stream->skip_until, run->bytes_end));
	uint32_t captured = (uint32_t)(run->bytes_end - skip);

	held = mem_alloc(1, sizeof(*held) + captured);
	*held = (struct held_segment){.later = *link,
	    .start = run->start,
	    .end = run->end,
	    .whole = run->whole,
	    .bytes_start = skip,
	    .frame = run->frame,
	    .time = run->time,
	    .first_frame = run->frame,
	    .first_time = run->time,
	    .captured = captured};
	if (captured != 0)
		memcpy(held->bytes, run->bytes + (skip - run->bytes_start), captured);
	*link = held;
	if (held->later == NULL)
		stream->last_held = held;
	account(stream, (ptrdiff_t)(captured + sizeof(*held)));
	stream->held_count++;
	return held;
}

/* Keeps what RUN has beside those that are held. */
static void
hold(struct stream *stream, const struct run *run)
{
	struct held_segment *before = held_before(stream, run->start), *next;
	uint64_t at = run->start;
	struct run part;

	if (is_joined(stream, run))
		return;
	for (; at < run->end; at = max_u64(at, before->end)) {
		next = *link_after(stream, before);
		part = part_of(run, at, next != NULL ? min_u64(next->start, run->end) : run->end);
		before = part.start < part.end ? keep_after(stream, before, &part) : next;
	}
}

/* Compares RUN with HELD, of which the later one, RUN, wins or not. */
static void
compare_with_held(
    struct stream *stream, const struct held_segment *held, const struct run *run, bool is_taken)
{
	struct conflict conflict = {.first_frame = held->frame,
	    .second_frame = run->frame,
	    .is_second_read = is_taken,
	    .is_by_policy = true};
	uint64_t at = max_u64(run->bytes_start, held->bytes_start);
	uint64_t end = min_u64(run->bytes_end, held->bytes_start + held->captured);

	for (; at < end; at++)
		if (held->bytes[at - held->bytes_start] != run->bytes[at - run->bytes_start])
			widen(&conflict, at);
	if (conflict.differing != 0)
		add_conflict(stream, &conflict,
		    is_taken ? held->bytes + (conflict.start - held->bytes_start)
			     : run->bytes + (conflict.start - run->bytes_start));
}

/* Takes from the one after BEFORE what RUN has, too. Returns the last that ends before RUN does. */
static struct held_segment *
give_way(struct stream *stream, struct held_segment *before, const struct run *run)
{
	struct held_segment *held = *link_after(stream, before);
	struct run whole = run_of_held(held), part;

	if (run->end < whole.end) {
		part = part_of(&whole, run->end, whole.end);
		(void)keep_after(stream, held, &part);
	}
	if (whole.start < run->start) {
		part = part_of(&whole, whole.start, run->start);
		before = keep_after(stream, before, &part);
	}
	drop_after(stream, before);
	return before;
}

/* Of the bytes that RUN and held segments have, each stays with whom the receiver would take it
 * from. */
static void
settle_overlaps(struct stream *stream, const struct run *run)
{
	const struct overlap_policy *policy = stream->policy ? stream->policy : OVERLAP_DEFAULT;
	struct held_segment *before = held_before(stream, run->start), *held;

	while ((held = *link_after(stream, before)) != NULL && held->start < run->end) {
		bool is_taken = policy->takes_later(&held->whole, &run->whole);

		compare_with_held(stream, held, run, is_taken);
		before = is_taken ? give_way(stream, before, run) : held;
	}
}

/* Whether RUN was seen before, in whole: passed on, or held. */
static bool
is_repeat(const struct stream *stream, const struct run *run)
{
	uint64_t at = max_u64(run->start, stream->next);
	const struct held_segment *before, *held;

	if (stream->held == NULL)
		return at >= run->end;
	before = held_before(stream, at);
	held = before != NULL ? before->later : stream->held;
	for (; at < run->end && held != NULL && held->start <= at; held = held->later)
		at = held->end;
	return at >= run->end;
}

static void
count_repeat(struct stream *stream, const struct run *run)
{
	if (stream->repeats == NULL)
		stream->repeats = mem_alloc(STREAM_REPEATS, sizeof(*stream->repeats));
	stream->repeats[stream->repeat_count++ % STREAM_REPEATS] =
	    (struct repeat){run->start, run->end};
	stream->retransmissions++;
}

/* RFC 9293 3.8.4: a keep-alive repeats at most the byte before the next one. */
static bool
is_keep_alive(const struct stream *stream, const struct run *run)
{
	return run->end - run->start <= 1 && run->end <= stream->highest &&
	       run->end + 1 >= stream->highest && run->start + 1 == stream->highest;
}

static bool
run_of_segment(struct stream *stream, const struct segment *segment, struct run *ret)
{
	uint64_t start, cut = 0;

	if (!stream->has_base)
		stream_begin(stream, segment->seq);
	if (!offset_of(stream, segment->seq, &start)) {
		cut = (uint32_t)(stream->base - segment->seq);
		if (cut >= segment->length)
			return false;
	}
	*ret = (struct run){.start = start,
	    .end = start + segment->length - cut,
	    .whole = {start, start + segment->length - cut},
	    .bytes_start = start,
	    .bytes = segment->bytes,
	    .frame = segment->frame,
	    .time = segment->time};
	ret->bytes_end = start + (segment->captured > cut ? segment->captured - cut : 0);
	if (segment->captured > cut)
		ret->bytes += cut;
	return true;
}

static bool
is_crowded(const struct stream *stream)
{
	return stream->held_bytes > STREAM_MOST_HELD ||
	       stream->held_count > STREAM_MOST_HELD_SEGMENTS ||
	       (stream->early != NULL && stream->early->bytes > stream->early->most);
}

static void
stop_waiting(struct stream *stream, uint64_t frame, chunk_sink *sink, void *reader)
{
	if (stream->early != NULL)
		bound_reached(stream->early->bounds, BOUND_EARLY_BYTES,
		    stream->held->start - stream->next, frame);
	give_up_hole(stream, sink, reader);
}

/* Passes on RUN, whose first new byte is the next one, with what is held inside and behind it. */
static void
pass_through(struct stream *stream, const struct run *run, chunk_sink *sink, void *reader)
{
	struct run part;

	while (stream->held != NULL && stream->held->start < run->end) {
		part = part_of(run, run->start, stream->held->start);
		if (part.end > stream->next)
			pass_run(stream, &part, sink, reader);
		pass_held(stream, sink, reader);
	}
	if (run->end > stream->next)
		pass_run(stream, run, sink, reader);
	pass_held(stream, sink, reader);
}

void
stream_segment(struct stream *stream, const struct segment *segment, chunk_sink *sink, void *reader)
{
	struct run run;

	assert(segment->length != 0 && segment->captured <= segment->length);
	if (!run_of_segment(stream, segment, &run) || is_keep_alive(stream, &run))
		return;
	if (run.bytes_start < stream->next && stream->history != NULL)
		compare_with_history(stream, &run);
	if (is_repeat(stream, &run)) {
		count_repeat(stream, &run);
		if (run.end <= stream->next)
			return;
	}
	if (stream->held != NULL)
		settle_overlaps(stream, &run);
	stream->highest = max_u64(stream->highest, run.end);
	if (run.start <= stream->next) {
		pass_through(stream, &run, sink, reader);
		return;
	}
	hold(stream, &run);
	while (stream->held != NULL && is_crowded(stream))
		stop_waiting(stream, segment->frame, sink, reader);
}

void
stream_acknowledged(struct stream *stream, uint32_t ack, uint64_t frame, int64_t time)
{
	uint64_t offset;

	if (!stream->has_base || !offset_of(stream, ack, &offset))
		return;
	/* The FIN takes one sequence number and no byte. */
	if (stream->has_fin && offset == stream->fin + 1)
		offset = stream->fin;
	if (offset <= stream->acked)
		return;
	if (offset > stream->highest && stream->acked <= stream->highest) {
		stream->acked_unseen_time = time;
		stream->acked_unseen_frame = frame;
	}
	stream->acked = offset;
}

void
stream_fin(struct stream *stream, uint32_t seq, uint64_t frame, int64_t time)
{
	uint64_t offset;

	if (!stream->has_base)
		stream_begin(stream, seq);
	if (!stream->has_fin && offset_of(stream, seq, &offset)) {
		stream->has_fin = true;
		stream->fin = offset;
		stream->fin_frame = frame;
		stream->fin_time = time;
		if (stream->acked == offset + 1)
			stream->acked = offset;
	}
}

void
stream_settle(struct stream *stream, chunk_sink *sink, void *reader)
{
	if (stream->held == NULL || stream->acked < stream->held->start)
		return;
	if (++stream->waiting > STREAM_PATIENCE)
		give_up_hole(stream, sink, reader);
}

void
stream_pass_payload(struct stream *stream, chunk_sink *sink, void *reader)
{
	while (stream->held != NULL && stream->held->start <= stream->acked &&
	       stream->held->start <= stream->skip_until)
		give_up_hole(stream, sink, reader);
}

void
stream_flush(struct stream *stream, chunk_sink *sink, void *reader)
{
	while (stream->held != NULL)
		give_up_hole(stream, sink, reader);
	/* What the peer acknowledged existed, and what stands before a FIN was sent. */
	if (stream->acked > stream->next)
		pass_hole(stream, stream->acked, stream->acked_unseen_frame,
		    stream->acked_unseen_time, sink, reader);
	if (stream->has_fin && stream->fin > stream->next)
		pass_hole(stream, stream->fin, stream->fin_frame, stream->fin_time, sink, reader);
}

void
stream_skip(struct stream *stream, uint64_t offset)
{
	stream->skip_until = max_u64(stream->skip_until, offset);
}

uint32_t
stream_repeats_of(const struct stream *stream, uint64_t start, uint64_t end)
{
	unsigned kept =
	    stream->repeat_count < STREAM_REPEATS ? stream->repeat_count : STREAM_REPEATS;
	uint32_t count = 0;

	for (unsigned i = 0; i < kept; i++)
		if (stream->repeats[i].start < end && start < stream->repeats[i].end)
			count++;
	return count;
}

void
stream_free(struct stream *stream)
{
	while (stream->held != NULL)
		drop_first(stream);
	mem_free(stream->history);
	stream->history = NULL;
	mem_free(stream->repeats);
	stream->repeats = NULL;
	if (stream->conflicts != NULL)
		conflicts_free(stream->conflicts);
	mem_free(stream->conflicts);
	stream->conflicts = NULL;
}
