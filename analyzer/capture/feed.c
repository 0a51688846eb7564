#include "analyzer/capture/feed.h"

#include "analyzer/base/crew.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/ring.h"

/* Records of a batch: decoded, they stay in a level 2 cache until they are taken. */
#define BATCH_MOST 512

/* Batches that lie ready or are being taken: some milliseconds' work, so that neither side waits
 * when the other is held up for a moment. */
#define BATCHES 8

struct feed {
	struct source *source;
	struct packet_decoder *decoder;
	uint64_t by_result[DECODED_CUT + 1]; /* records */
	struct record records[BATCH_MOST];
	struct feed_batch batches[BATCHES];
	struct feed_batch *newest; /* whose bytes are still in the source's memory, or NULL */
	size_t before;             /* mem_used() of who fills, before he did */
	size_t own;                /* what batches hold of that: as many as there are just now */
	struct ring ring;
	struct crew_task task;
	bool is_ahead; /* a member of the crew fills batches, through the ring */
	bool is_taken; /* one of these is the taker's */
};

/* ---- who fills ---- */

static void
clear(struct feed *feed, struct feed_batch *batch)
{
	size_t used = mem_used();

	batch->count = batch->join_count = 0;
	arena_clear(&batch->arena);
	feed->own += mem_used() - used;
}

/* The decoder keeps what it put together no longer than until the next packet. */
static void
keep_joined(struct feed *feed, struct feed_batch *batch, uint64_t frame, struct packet *packet)
{
	size_t used = mem_used();
	const uint64_t *frames;
	size_t count = packet_decoder_fragments(feed->decoder, frame, &frames);

	if (count == 0)
		return;
	batch->joins =
	    mem_grow(batch->joins, batch->join_count, &batch->join_capacity, sizeof(*batch->joins));
	batch->joins[batch->join_count++] = (struct feed_join){
	    frame, arena_copy(&batch->arena, frames, count * sizeof(*frames)), count};
	if (packet != NULL && packet->payload_captured != 0)
		packet->payload =
		    arena_copy(&batch->arena, packet->payload, packet->payload_captured);
	feed->own += mem_used() - used;
}

static void
decode(struct feed *feed, struct feed_batch *batch, const struct record *record)
{
	struct packet *packet = &batch->packets[batch->count];
	enum decode_result result;

	if (!record->is_packet)
		return;
	result = packet_decode(feed->decoder, record, packet);
	feed->by_result[result]++;
	batch->count += result == DECODED;
	keep_joined(feed, batch, record->frame, result == DECODED ? packet : NULL);
}

/* Bytes stay with the newest batch that lies in them: those before it are taken before it is. No
 * batch but that is larger than usual, so that what a large record needs is not multiplied: it is
 * given back before there is another. */
static void
keep_bytes(struct feed *feed, struct feed_batch *batch)
{
	size_t used = mem_used();

	source_keep(feed->source, &batch->room);
	feed->own += mem_used() - used;
	if (!window_room_is_large(&batch->room))
		return;
	if (feed->is_ahead)
		ring_wait_empty(&feed->ring);
	window_room_shrink(&batch->room);
}

/* False at the end of the capture. */
static bool
read_on(struct feed *feed)
{
	if (feed->newest != NULL && source_can_keep(feed->source))
		keep_bytes(feed, feed->newest);
	feed->newest = NULL;
	return source_read_on(feed->source);
}

/* False at the end of the capture. */
static bool
fill(struct feed *feed, struct feed_batch *batch)
{
	size_t count;

	do {
		count = source_held(feed->source, feed->records, BATCH_MOST);
	} while (count == 0 && read_on(feed));
	clear(feed, batch);
	for (size_t i = 0; i < count; i++)
		decode(feed, batch, &feed->records[i]);
	batch->position = source_position(feed->source);
	batch->beside = (feed->is_ahead ? mem_used() - feed->before : 0) - feed->own;
	feed->newest = batch;
	return count != 0;
}

/* In the crew. */
static void
fill_ahead(void *state)
{
	struct feed *feed = state;

	feed->before = mem_used();
	while (fill(feed, &feed->batches[ring_wait_free(&feed->ring)]))
		ring_filled(&feed->ring);
	ring_end(&feed->ring);
}

/* ---- who takes ---- */

struct feed *
feed_begin(struct source *source, bool may_be_ahead)
{
	struct feed *feed = mem_alloc(1, sizeof(*feed));

	feed->source = source;
	feed->decoder = packet_decoder_new();
	for (size_t i = 0; i < BATCHES; i++)
		feed->batches[i].packets = mem_alloc(BATCH_MOST, sizeof(struct packet));
	ring_init(&feed->ring, BATCHES);
	feed->task = (struct crew_task){.work = fill_ahead, .state = feed};
	/* Whoever fills looks at it, so it is set before he begins. */
	feed->is_ahead = may_be_ahead && source_can_keep(source);
	if (feed->is_ahead && !crew_do(&feed->task))
		feed->is_ahead = false;
	return feed;
}

static const struct feed_batch *
next_ready(struct feed *feed)
{
	size_t place;

	if (feed->is_taken)
		ring_emptied(&feed->ring);
	feed->is_taken = ring_wait_filled(&feed->ring, &place);
	return feed->is_taken ? &feed->batches[place] : NULL;
}

const struct feed_batch *
feed_next(struct feed *feed)
{
	if (feed->is_ahead)
		return next_ready(feed);
	return fill(feed, &feed->batches[0]) ? &feed->batches[0] : NULL;
}

static struct feed_facts
facts_of(const struct feed *feed)
{
	const uint64_t *by_result = feed->by_result;
	struct feed_facts facts = {
	    .decoded = by_result[DECODED] + by_result[DECODED_NOT_IP] + by_result[DECODED_FRAGMENT],
	    .undecoded = by_result[DECODED_UNKNOWN_LINK] + by_result[DECODED_MALFORMED] +
			 by_result[DECODED_CUT],
	    .fragments_incomplete = packet_decoder_incomplete(feed->decoder),
	    .fragments_contested = packet_decoder_contested(feed->decoder),
	};

	packet_decoder_bounds(feed->decoder, &facts.bounds);
	return facts;
}

static void
free_batch(struct feed_batch *batch)
{
	mem_free(batch->packets);
	mem_free(batch->joins);
	window_room_free(&batch->room);
	arena_free(&batch->arena);
}

struct feed_facts
feed_end(struct feed *feed)
{
	struct feed_facts facts;

	if (feed->is_ahead)
		crew_wait(&feed->task);
	facts = facts_of(feed);
	ring_free(&feed->ring);
	for (size_t i = 0; i < BATCHES; i++)
		free_batch(&feed->batches[i]);
	packet_decoder_free(feed->decoder);
	mem_free(feed);
	return facts;
}
