#include "analyzer/conversation/stream.h"

#include <assert.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

/* A segment that came before bytes that precede it, or several in a row that are all payload. */
struct held_segment {
	struct held_segment *later;
	uint64_t start, end;  /* on the wire */
	uint64_t bytes_start; /* offset of bytes[0]; what lies before was not interesting */
	uint64_t frame;       /* of the last of them */
	int64_t time;
	uint64_t first_frame; /* of the first */
	int64_t first_time;
	uint32_t captured;
	uint8_t bytes[];
};

/* Either a segment at hand or a held one, as a run of offsets. */
struct run {
	uint64_t start, end; /* on the wire */
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

static void
remember(struct stream *stream, uint64_t start, const uint8_t *bytes, uint64_t length)
{
	uint64_t end = start + length;
	uint64_t from = length > STREAM_HISTORY ? end - STREAM_HISTORY : start;
	uint64_t before_wrap = min_u64(end - from, STREAM_HISTORY - from % STREAM_HISTORY);

	if (stream->history == NULL)
		stream->history = mem_alloc(STREAM_HISTORY, 1);
	memcpy(stream->history + from % STREAM_HISTORY, bytes + (from - start), before_wrap);
	memcpy(stream->history, bytes + (from - start) + before_wrap, end - from - before_wrap);
	if (end > STREAM_HISTORY)
		stream->history_start = max_u64(stream->history_start, end - STREAM_HISTORY);
}

/* Counts the bytes of RUN that differ from those of a segment held back. */
static void
compare_with_held(struct stream *stream, const struct run *run)
{
	const struct held_segment *held;

	for (held = stream->held; held != NULL; held = held->later) {
		uint64_t at = max_u64(run->bytes_start, held->bytes_start);
		uint64_t end = min_u64(run->bytes_end, held->bytes_start + held->captured);

		for (; at < end; at++)
			if (held->bytes[at - held->bytes_start] !=
			    run->bytes[at - run->bytes_start])
				stream->conflicting_bytes++;
	}
}

/* Counts the bytes of RUN that differ from the same ones passed on before: the first copy is what
 * the receiver read, unless somebody rewrote it on the way. */
static void
compare_with_history(struct stream *stream, const struct run *run)
{
	uint64_t at = max_u64(run->bytes_start, stream->history_start);
	uint64_t end = min_u64(run->bytes_end, stream->next);

	if (stream->history == NULL)
		return;
	for (; at < end; at++)
		if (stream->history[at % STREAM_HISTORY] != run->bytes[at - run->bytes_start])
			stream->conflicting_bytes++;
}

static void
pass(struct stream *stream, struct chunk chunk, chunk_sink *sink, void *reader)
{
	assert(chunk.start == stream->next);
	if (chunk.kind == CHUNK_BYTES)
		remember(stream, chunk.start, chunk.bytes, chunk.length);
	else
		stream->history_start = chunk.start + chunk.length;
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
	    .is_segment_start = stream->next == run->start,
	    .segment_end = run->end};

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
	return (struct run){held->start, held->end, held->bytes_start,
	    held->bytes_start + held->captured, held->bytes, held->frame, held->time};
}

static void
account(struct stream *stream, ptrdiff_t bytes)
{
	stream->held_bytes += (size_t)bytes;
	if (stream->early != NULL)
		stream->early->bytes += (size_t)bytes;
}

static void
drop_first(struct stream *stream)
{
	struct held_segment *first = stream->held;

	stream->held = first->later;
	if (stream->held == NULL)
		stream->last_held = NULL;
	account(stream, -(ptrdiff_t)(first->captured + sizeof(*first)));
	mem_free(first);
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
	struct run hole = {.start = until, .end = until, .frame = frame, .time = time};

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
	last->end = run->end;
	last->frame = run->frame;
	last->time = run->time;
	return true;
}

static void
hold(struct stream *stream, const struct run *run)
{
	struct held_segment **at = &stream->held, *held;
	uint64_t skip = max_u64(run->bytes_start, min_u64(stream->skip_until, run->bytes_end));
	uint32_t captured = (uint32_t)(run->bytes_end - skip);

	if (is_joined(stream, run))
		return;
	if (stream->last_held != NULL && stream->last_held->start <= run->start)
		at = &stream->last_held->later;
	while (*at != NULL && (*at)->start <= run->start)
		at = &(*at)->later;
	held = mem_alloc(1, sizeof(*held) + captured);
	*held = (struct held_segment){.later = *at,
	    .start = run->start,
	    .end = run->end,
	    .bytes_start = skip,
	    .frame = run->frame,
	    .time = run->time,
	    .first_frame = run->frame,
	    .first_time = run->time,
	    .captured = captured};
	if (captured != 0)
		memcpy(held->bytes, run->bytes + (skip - run->bytes_start), captured);
	*at = held;
	if (held->later == NULL)
		stream->last_held = held;
	account(stream, (ptrdiff_t)(captured + sizeof(*held)));
}

/* Whether RUN was seen before, in whole: passed on, or held. */
static bool
is_repeat(const struct stream *stream, const struct run *run)
{
	const struct held_segment *held;

	if (run->end <= stream->next)
		return true;
	for (held = stream->held; held != NULL; held = held->later)
		if (held->start <= run->start && run->end <= held->end)
			return true;
	return false;
}

static void
count_repeat(struct stream *stream, const struct run *run)
{
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

void
stream_segment(struct stream *stream, const struct segment *segment, chunk_sink *sink, void *reader)
{
	struct run run;

	assert(segment->length != 0 && segment->captured <= segment->length);
	if (!run_of_segment(stream, segment, &run) || is_keep_alive(stream, &run))
		return;
	compare_with_history(stream, &run);
	compare_with_held(stream, &run);
	if (is_repeat(stream, &run)) {
		count_repeat(stream, &run);
		return;
	}
	stream->highest = max_u64(stream->highest, run.end);
	if (run.start > stream->next) {
		hold(stream, &run);
		while (stream->held != NULL && is_crowded(stream))
			stop_waiting(stream, segment->frame, sink, reader);
		return;
	}
	if (run.end > stream->next)
		pass_run(stream, &run, sink, reader);
	pass_held(stream, sink, reader);
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
}
