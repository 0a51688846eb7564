#include "analyzer/capture/pcapng_blocks.h"

#include "analyzer/base/basics.h"
#include "analyzer/capture/file_for_test.h"

Suite *pcapng_blocks_suite(void);

static void
add_described_interface(struct image *image)
{
	size_t start = interface_begin(image, 101, 100);

	block_option(image, 1, "behind the tap", 14);
	block_option(image, 2, "eth7", 4);
	block_option(image, 3, "uplink", 6);
	block_option(image, 9, "\x09", 1); /* nanoseconds */
	block_option(image, 11, "\0port 445", 9);
	block_option(image, 12, "Linux 6.1", 9);
	block_option_u64(image, 14, 3600);
	block_option(image, 0, "", 0);
	block_end(image, start);
}

static void
add_names(struct image *image)
{
	size_t start = block_begin(image, 4);

	image_u16(image, 1); /* nrb_record_ipv4, two names */
	image_u16(image, 4 + 5 + 3);
	image_bytes(image, "\x0a\0\0\5file\0fs\0", 12);
	image_u16(image, 2); /* nrb_record_ipv6 */
	image_u16(image, 16 + 3);
	image_bytes(image, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1v6\0", 19);
	image_pad(image);
	image_u32(image, 0); /* nrb_record_end */
	block_end(image, start);
}

/* One of everything; where each of the six records ends goes to RET_ENDS. */
static void
add_everything(struct image *image, size_t ret_ends[6])
{
	size_t start = section_begin(image);

	block_option(image, 1, "the incident of Friday", 22);
	block_end(image, start);
	block_end(image, interface_begin(image, 1, 0));
	add_described_interface(image);
	add_names(image);

	start = packet_begin(image, 0, 1000001, 61, 61); /* frame 1 */
	block_option(image, 1, "here it broke", 13);
	image_u16(image, 2); /* epb_flags: outbound, no link-layer errors */
	image_u16(image, 4);
	image_u32(image, 2);
	block_option_u64(image, 4, 3); /* epb_dropcount */
	block_option(image, 0, "", 0);
	block_end(image, start);
	ret_ends[0] = image->length;

	block_end(image, packet_begin(image, 1, 5000000007, 30, 1000)); /* frame 2 */
	ret_ends[1] = image->length;
	add_bytes_block(image, 10, 8); /* secrets: no frame */

	start = block_begin(image, 3); /* frame 3: simple */
	image_u32(image, 22);
	image_pattern(image, 3, 22);
	block_end(image, start);
	ret_ends[2] = image->length;

	add_bytes_block(image, 9, 40); /* frame 4: journal */
	ret_ends[3] = image->length;
	add_bytes_block(image, 0x12345678, 40);

	start = block_begin(image, 2); /* frame 5: old packet block */
	image_u16(image, 1);
	image_u16(image, 4); /* drops */
	image_u32(image, 0);
	image_u32(image, 9);
	image_u32(image, 7);
	image_u32(image, 7);
	image_pattern(image, 5, 7);
	block_end(image, start);
	ret_ends[4] = image->length;

	add_bytes_block(image, 0x40000bad, 12); /* frame 6: custom */
	ret_ends[5] = image->length;
	add_statistics(image, 1);
}

static const struct record expected[] = {
    {.frame = 1,
	.interface = 0,
	.direction = DIRECTION_OUTBOUND,
	.link_type = 1,
	.captured = 61,
	.length = 61,
	.time = 1000001000,
	.has_time = true,
	.is_packet = true},
    {.frame = 2,
	.interface = 1,
	.link_type = 101,
	.captured = 30,
	.length = 1000,
	.time = 3605000000007,
	.has_time = true,
	.is_packet = true},
    {.frame = 3, .interface = 0, .link_type = 1, .captured = 22, .length = 22, .is_packet = true},
    {.frame = 4},
    {.frame = 5,
	.interface = 1,
	.link_type = 101,
	.captured = 7,
	.length = 7,
	.time = 3600000000009,
	.has_time = true,
	.is_packet = true},
    {.frame = 6},
};

static const unsigned patterns[] = {1000001, 705032711 /* 5000000007 mod 2^32 */, 3, 9, 5, 9};

static void
check_record(const struct record *record, size_t i)
{
	ck_assert_uint_eq(record->frame, expected[i].frame);
	ck_assert_int_eq(record->is_packet, expected[i].is_packet);
	if (!record->is_packet)
		return;
	ck_assert_uint_eq(record->captured, expected[i].captured);
	ck_assert_uint_eq(record->length, expected[i].length);
	ck_assert_int_eq(record->has_time, expected[i].has_time);
	ck_assert_int_eq(record->time, expected[i].time);
	ck_assert_uint_eq(record->interface, expected[i].interface);
	ck_assert_uint_eq(record->link_type, expected[i].link_type);
	ck_assert_uint_eq(record->direction, expected[i].direction);
	ck_assert(is_pattern(record->bytes, patterns[i], record->captured));
}

static void
check_everything(const struct capture_facts *facts)
{
	ck_assert_str_eq(facts->format, "pcapng");
	ck_assert_ptr_null(facts->compression);
	ck_assert_ptr_null(facts->damage);
	ck_assert_uint_eq(facts->packets, 6);
	ck_assert_uint_eq(facts->bytes, 61 + 30 + 22 + 7);
	ck_assert_uint_eq(facts->sliced, 1);
	ck_assert(facts->has_time);
	ck_assert_int_eq(facts->first_time, 1000001000);
	ck_assert_int_eq(facts->last_time, 3605000000007);
	ck_assert_uint_eq(facts->time_reversals, 0);
	ck_assert_uint_eq(facts->clock_steps, 1); /* frame 5: 5 s back */
	ck_assert_uint_eq(facts->comment_count, 3);
	ck_assert_str_eq(facts->comments[0], "the incident of Friday");
	ck_assert_str_eq(facts->comments[1], "behind the tap");
	ck_assert_str_eq(facts->comments[2], "frame 1: here it broke");
}

static void
check_interfaces(const struct capture_facts *facts)
{
	const struct interface_facts *plain, *described;

	ck_assert_uint_eq(facts->interface_count, 2);
	plain = &facts->interfaces[0];
	ck_assert_ptr_null(plain->name);
	ck_assert_uint_eq(plain->snap_length, 0);
	ck_assert_uint_eq(plain->packets, 2);
	ck_assert(plain->has_dropped);
	ck_assert_uint_eq(plain->dropped, 3);
	described = &facts->interfaces[1];
	ck_assert_str_eq(described->name, "eth7");
	ck_assert_str_eq(described->description, "uplink");
	ck_assert_str_eq(described->filter, "port 445");
	ck_assert_str_eq(described->os, "Linux 6.1");
	ck_assert_uint_eq(described->link_type, 101);
	ck_assert_uint_eq(described->snap_length, 100);
	ck_assert_uint_eq(described->packets, 2);
	ck_assert(described->has_time);
	ck_assert_int_eq(described->first_time, 3600000000009);
	ck_assert_int_eq(described->last_time, 3605000000007);
	ck_assert_uint_eq(described->clock_steps, 1);
	ck_assert_uint_eq(described->time_reversals, 0);
	ck_assert(described->has_dropped);
	ck_assert_uint_eq(described->dropped, 42); /* statistics tell more than the packets' 4 */
	ck_assert(described->has_start && described->has_end);
	ck_assert_int_eq(described->end_time - described->start_time, INT64_C(0x100000008));
}

static void
check_names(const struct capture_facts *facts)
{
	static const char *const texts[][2] = {
	    {"10.0.0.5", "file"}, {"10.0.0.5", "fs"}, {"fe80::1", "v6"}};
	char text[ADDR_TEXT_SIZE];

	ck_assert_uint_eq(facts->name_count, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_str_eq(addr_text(&facts->names[i].addr, text), texts[i][0]);
		ck_assert_str_eq(facts->names[i].name, texts[i][1]);
	}
}

START_TEST(reads_everything_in_both_orders)
{
	struct image image = {.is_big_endian = _i};
	struct arena arena = {0};
	struct record records[10];
	struct source *source;
	size_t ends[6];

	add_everything(&image, ends);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(source_read(source, records, 10), 6);
	for (size_t i = 0; i < 6; i++)
		check_record(&records[i], i);
	ck_assert_uint_eq(source_read(source, records, 10), 0);
	check_everything(source_facts(source));
	check_interfaces(source_facts(source));
	check_names(source_facts(source));
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

static void
check_prefix(const struct image *image, size_t length, size_t whole)
{
	struct arena arena = {0};
	struct error error = {0};
	struct source *source = open_bytes(image->bytes, length, NULL, &arena, &error);
	struct record record;

	if (source == NULL) {
		ck_assert_int_eq(error.status, EXIT_INPUT);
		ck_assert_uint_eq(whole, 0);
		arena_free(&arena);
		return;
	}
	for (size_t i = 0; i < whole; i++) {
		ck_assert_uint_eq(source_read(source, &record, 1), 1);
		check_record(&record, i);
	}
	ck_assert_uint_eq(source_read(source, &record, 1), 0);
	ck_assert_uint_eq(source_facts(source)->packets, whole);
	source_close(source);
	arena_free(&arena);
}

START_TEST(takes_whole_records_of_every_prefix)
{
	struct image image = {.is_big_endian = _i};
	size_t ends[6];

	add_everything(&image, ends);
	for (size_t length = 0; length <= image.length; length++) {
		size_t whole = 0;

		while (whole < 6 && length >= ends[whole])
			whole++;
		check_prefix(&image, length, whole);
	}
	image_free(&image);
}
END_TEST

static const struct {
	uint32_t snap_length, length, in_file;
	uint32_t captured; /* UINT32_MAX: damage */
} simple_packets[] = {
    {0, 40, 40, 40},
    {20, 40, 20, 20},
    {100, 40, 40, 40},
    {0, 40, 20, UINT32_MAX},
    {30, 40, 20, UINT32_MAX},
};

START_TEST(cuts_simple_packets_at_the_snap_length)
{
	struct image image = {0};
	struct arena arena = {0};
	struct record record;
	struct source *source;
	size_t start;

	block_end(&image, section_begin(&image));
	block_end(&image, interface_begin(&image, 1, simple_packets[_i].snap_length));
	start = block_begin(&image, 3);
	image_u32(&image, simple_packets[_i].length);
	image_pattern(&image, 3, simple_packets[_i].in_file);
	block_end(&image, start);
	source = open_image(&image, &arena);
	if (simple_packets[_i].captured == UINT32_MAX) {
		ck_assert_uint_eq(source_read(source, &record, 1), 0);
		ck_assert_ptr_nonnull(source_facts(source)->damage);
	} else {
		ck_assert_uint_eq(source_read(source, &record, 1), 1);
		ck_assert_uint_eq(record.captured, simple_packets[_i].captured);
		ck_assert_uint_eq(record.length, simple_packets[_i].length);
		ck_assert(!record.has_time);
		ck_assert(!source_facts(source)->has_time);
	}
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

START_TEST(bounds_comments)
{
	struct image image = {0};
	struct arena arena = {0};
	const struct capture_facts *facts;
	struct source *source;

	pcapng_start(&image);
	for (unsigned i = 0; i < 1500; i++) {
		size_t start = packet_begin(&image, 0, i, 4, 4);

		block_option(&image, 1, "again", 5);
		block_end(&image, start);
	}
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), 1500);
	facts = source_facts(source);
	ck_assert_uint_eq(facts->comment_count, 1000);
	ck_assert_str_eq(facts->comments[999], "frame 1000: again");
	ck_assert_uint_eq(facts->bounds.of[BOUND_COMMENTS].count, 500);
	ck_assert_uint_eq(facts->bounds.of[BOUND_COMMENTS].frame, 1001);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* 30000 names of one address. */
static void
add_many_names(struct image *image)
{
	size_t start = block_begin(image, 4);

	image_u16(image, 1);
	image_u16(image, 4 + 2 * 30000);
	image_bytes(image, "\x0a\0\0\5", 4);
	for (unsigned i = 0; i < 30000; i++)
		image_bytes(image, "a", 2);
	image_u32(image, 0);
	block_end(image, start);
}

START_TEST(bounds_names)
{
	struct image image = {0};
	struct arena arena = {0};
	const struct capture_facts *facts;
	struct source *source;

	pcapng_start(&image);
	for (unsigned i = 0; i < 3; i++)
		add_many_names(&image);
	pcapng_packet(&image, 1, 60);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), 1);
	facts = source_facts(source);
	ck_assert_uint_eq(facts->name_count, 65536);
	ck_assert_str_eq(facts->names[65535].name, "a");
	ck_assert_uint_eq(facts->bounds.of[BOUND_NAMES].count, 90000 - 65536);
	ck_assert_ptr_null(facts->damage);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* A text that is too long ends with a sign of it. All together have a bound, too: what is beyond it
 * is not kept, and counted. */
START_TEST(bounds_texts)
{
	static char text[4096 + 1];
	struct image image = {0};
	struct arena arena = {0};
	const struct capture_facts *facts;
	struct source *source;

	memset(text, 'n', sizeof(text));
	block_end(&image, section_begin(&image));
	for (unsigned i = 0; i < 2100; i++) {
		size_t start = interface_begin(&image, 1, 0);

		block_option(&image, 2, text, sizeof(text));
		block_end(&image, start);
	}
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), 0);
	facts = source_facts(source);
	ck_assert_uint_eq(facts->interface_count, 2100);
	ck_assert_uint_eq(strlen(facts->interfaces[2000].name), 4096 + strlen("…"));
	ck_assert_str_eq(facts->interfaces[2000].name + 4096, "…");
	ck_assert_ptr_null(facts->interfaces[2099].name);
	ck_assert_uint_eq(facts->bounds.of[BOUND_NAMES].count, 2100 - (8 << 20) / (4096 + 1));
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* A name that does not end with its record, and records that do not end with their block. */
static const struct {
	const char *bytes;
	size_t length;
} bad_names[] = {
    {"\1\0\4\0\x0a\0\0\5\1\0\6\0\x0a\0\0\5ab\0\0\0\0\0\0", 24},
    {"\1\0\3\0\x0a\0\0\0\0\0\0\0", 12},
    {"\1\0\x40\0\x0a\0\0\5", 8},
};

START_TEST(refuses_bad_names)
{
	struct image image = {0};
	struct arena arena = {0};
	struct source *source;
	size_t start;

	pcapng_start(&image);
	start = block_begin(&image, 4);
	image_bytes(&image, bad_names[_i].bytes, bad_names[_i].length);
	block_end(&image, start);
	pcapng_packet(&image, 1, 60);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), 0);
	ck_assert_ptr_nonnull(
	    strstr(source_facts(source)->damage, "a name record of the next block is damaged"));
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

START_TEST(bounds_interfaces)
{
	struct image image = {0};
	struct arena arena = {0};
	struct source *source;

	block_end(&image, section_begin(&image));
	for (unsigned i = 0; i < 65537; i++)
		block_end(&image, interface_begin(&image, 1, 0));
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), 0);
	ck_assert_uint_eq(source_facts(source)->interface_count, 65536);
	ck_assert_ptr_nonnull(source_facts(source)->damage);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

Suite *
pcapng_blocks_suite(void)
{
	Suite *suite = suite_create("pcapng_blocks");
	TCase *tcase = tcase_create("pcapng_blocks");

	tcase_add_loop_test(tcase, reads_everything_in_both_orders, 0, 2);
	tcase_add_loop_test(tcase, takes_whole_records_of_every_prefix, 0, 2);
	tcase_add_loop_test(
	    tcase, cuts_simple_packets_at_the_snap_length, 0, (int)(COUNT(simple_packets)));
	tcase_add_test(tcase, bounds_comments);
	tcase_add_test(tcase, bounds_names);
	tcase_add_test(tcase, bounds_texts);
	tcase_add_loop_test(tcase, refuses_bad_names, 0, (int)COUNT(bad_names));
	tcase_add_test(tcase, bounds_interfaces);
	suite_add_tcase(suite, tcase);
	return suite;
}
