#include "analyzer/capture/feed.h"

#include <check.h>

#include "analyzer/base/crew.h"
#include "analyzer/base/memory.h"
#include "analyzer/capture/file_for_test.h"

Suite *feed_suite(void);

#define LINKTYPE_RAW 101
#define DATAGRAMS    20000u
#define MOST_BATCHES 4096

/* Of a datagram in two fragments, with its UDP header. */
#define FIRST_BYTES 808
#define WHOLE_BYTES 1108

/* An IPv4 packet in CAPTURED bytes of which LENGTH are its own: those of datagram NUMBER from
 * OFFSET on, which are its UDP header and a pattern. */
static void
add_packet(struct image *image, unsigned number, uint32_t offset, uint32_t length, bool has_more,
    uint32_t captured)
{
	struct image packet = {.is_big_endian = true};

	image_u16(&packet, 0x4500);
	image_u16(&packet, (uint16_t)(20 + length));
	image_u16(&packet, (uint16_t)number);
	image_u16(&packet, (uint16_t)((has_more ? 0x2000 : 0) | offset / 8));
	image_u32(&packet, 0x40110000);
	image_u32(&packet, 0x0a000001);
	image_u32(&packet, 0x0a000002);
	if (offset == 0) {
		image_u16(&packet, 1000);
		image_u16(&packet, 88);
		image_u16(&packet, (uint16_t)(has_more ? WHOLE_BYTES : length));
		image_u16(&packet, 0);
	}
	image_pattern(&packet, number, length - (offset == 0 ? 8 : 0));
	image_u32(image, number);
	image_u32(image, 0);
	image_u32(image, captured);
	image_u32(image, captured);
	image_bytes(image, packet.bytes, 20 + length);
	image_pattern(image, 0, captured - 20 - length);
	image_free(&packet);
}

/* Datagrams of every kind that lies somehow in memory: small, large, far larger than they say, and
 * put together from two records. */
static void
add_datagram(struct image *image, unsigned number)
{
	uint32_t length = 8 + number % 700;

	if (number % 40 == 7) {
		add_packet(image, number, 0, FIRST_BYTES, true, 20 + FIRST_BYTES);
		add_packet(image, number, FIRST_BYTES, WHOLE_BYTES - FIRST_BYTES, false, 2000);
	} else if (number % 3000 == 2999) {
		add_packet(image, number, 0, length, false, 262144);
	} else {
		add_packet(image, number, 0, length, false, 20 + length);
	}
}

/* What was seen of a capture. */
struct seen {
	size_t batches;
	size_t counts[MOST_BATCHES], used[MOST_BATCHES];
	uint64_t positions[MOST_BATCHES];
	struct feed_facts facts;
	unsigned datagrams, joins;
};

static void
check_packet(const struct packet *packet, struct seen *seen)
{
	uint32_t length = packet->payload_captured;

	ck_assert_int_eq(packet->kind, PACKET_UDP);
	ck_assert_uint_eq((uint64_t)packet->time / 1000000000, seen->datagrams);
	/* The second fragment's pattern begins anew. */
	if (seen->datagrams % 40 == 7) {
		ck_assert_uint_eq(length, WHOLE_BYTES - 8);
		length = FIRST_BYTES - 8;
		ck_assert(is_pattern(
		    packet->payload + length, seen->datagrams, WHOLE_BYTES - FIRST_BYTES));
	}
	ck_assert(is_pattern(packet->payload, seen->datagrams, length));
	seen->datagrams++;
}

static void
check_joins(const struct feed_batch *batch, struct seen *seen)
{
	for (size_t i = 0; i < batch->join_count; i++) {
		ck_assert_uint_eq(batch->joins[i].count, 2);
		ck_assert_uint_eq(batch->joins[i].frames[0], batch->joins[i].frame - 1);
		ck_assert_uint_eq(batch->joins[i].frames[1], batch->joins[i].frame);
	}
	seen->joins += batch->join_count;
}

static struct seen *
take_all(const struct image *image)
{
	struct seen *seen = mem_alloc(1, sizeof(*seen));
	struct arena arena = {0};
	size_t before = mem_used();
	struct source *source = open_image(image, &arena);
	struct feed *feed = feed_begin(source, true);
	const struct feed_batch *batch;

	while ((batch = feed_next(feed)) != NULL) {
		ck_assert_uint_lt(seen->batches, MOST_BATCHES);
		seen->counts[seen->batches] = batch->count;
		seen->positions[seen->batches] = batch->position;
		seen->used[seen->batches++] = mem_used() - before + batch->beside;
		for (size_t i = 0; i < batch->count; i++)
			check_packet(&batch->packets[i], seen);
		check_joins(batch, seen);
	}
	seen->facts = feed_end(feed);
	ck_assert_uint_eq(source_facts(source)->packets, seen->datagrams + seen->joins);
	source_close(source);
	arena_free(&arena);
	ck_assert_uint_eq(mem_used(), before);
	return seen;
}

/* Whoever fills them: also what is in use behind each is the same. */
START_TEST(gives_the_same_batches)
{
	struct image image = {0};
	struct seen *inline_ones, *ahead;

	pcap_header(&image, 0xa1b2c3d4, LINKTYPE_RAW);
	for (unsigned i = 0; i < DATAGRAMS; i++)
		add_datagram(&image, i);
	inline_ones = take_all(&image);
	ck_assert_uint_eq(inline_ones->datagrams, DATAGRAMS);
	ck_assert_uint_eq(inline_ones->joins, DATAGRAMS / 40);
	ck_assert_uint_eq(inline_ones->facts.decoded, DATAGRAMS + DATAGRAMS / 40);
	crew_begin(1);
	ahead = take_all(&image);
	ck_assert_mem_eq(inline_ones, ahead, sizeof(*ahead));
	mem_free(inline_ones);
	mem_free(ahead);
	image_free(&image);
}
END_TEST

START_TEST(ends_where_there_is_nothing)
{
	struct image image = {0};
	struct seen *seen;

	pcap_header(&image, 0xa1b2c3d4, LINKTYPE_RAW);
	seen = take_all(&image);
	ck_assert_uint_eq(seen->batches, 0);
	mem_free(seen);
	image_free(&image);
}
END_TEST

Suite *
feed_suite(void)
{
	Suite *suite = suite_create("feed");
	TCase *tcase = tcase_create("feed");

	tcase_add_test(tcase, gives_the_same_batches);
	tcase_add_test(tcase, ends_where_there_is_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
