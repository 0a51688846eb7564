#include "analyzer/capture/pcapng_reader.h"

#include "analyzer/base/basics.h"
#include "analyzer/capture/file_for_test.h"

Suite *pcapng_reader_suite(void);

/* Interface numbers and byte order begin anew with each section. */
START_TEST(reads_sections_of_both_orders)
{
	struct image image = {0};
	struct arena arena = {0};
	struct record records[4];
	struct source *source;

	pcapng_start(&image);
	pcapng_packet(&image, 1, 10);
	image.is_big_endian = true;
	block_end(&image, section_begin(&image));
	block_end(&image, interface_begin(&image, 113, 0));
	pcapng_packet(&image, 2, 10);
	add_statistics(&image, 0);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(source_read(source, records, 4), 2);
	ck_assert_uint_eq(records[0].interface, 0);
	ck_assert_uint_eq(records[0].link_type, 1);
	ck_assert_uint_eq(records[1].interface, 1);
	ck_assert_uint_eq(records[1].link_type, 113);
	ck_assert_int_eq(records[1].time, 2000);
	ck_assert_uint_eq(read_all(source), 0);
	ck_assert_ptr_null(source_facts(source)->damage);
	ck_assert(!source_facts(source)->interfaces[0].has_dropped);
	ck_assert_uint_eq(source_facts(source)->interfaces[1].dropped, 42);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

static void
add_cut_packet(struct image *image)
{
	size_t start = packet_begin(image, 0, 2, 60, 60);

	image->bytes[start + 20] = 100; /* the captured length */
	block_end(image, start);
}

static void
add_packet_of_no_interface(struct image *image)
{
	block_end(image, packet_begin(image, 3, 2, 60, 60));
}

static void
add_absurd_packet(struct image *image)
{
	block_end(image, packet_begin(image, 0, 2, 262145, 262145));
}

static void
add_mismatched_lengths(struct image *image)
{
	pcapng_packet(image, 2, 60);
	image->bytes[image->length - 4] = 88;
}

static void
add_zeros(struct image *image)
{
	for (int i = 0; i < 16; i++)
		image_u32(image, 0);
}

static void
add_text(struct image *image)
{
	image_bytes(image, "here is text where a block should be", 36);
}

static void
add_long_option(struct image *image)
{
	size_t start = packet_begin(image, 0, 2, 60, 60);

	image_u16(image, 1);
	image_u16(image, 100);
	block_end(image, start);
}

static void
add_short_drop_count(struct image *image)
{
	size_t start = packet_begin(image, 0, 2, 60, 60);

	block_option(image, 4, "\1\0\0\0", 4);
	block_end(image, start);
}

static void
add_unknown_version(struct image *image)
{
	size_t start = section_begin(image);

	image->bytes[start + 12] = 2;
	block_end(image, start);
}

static void
add_section_without_order(struct image *image)
{
	size_t start = section_begin(image);

	image->bytes[start + 8] = 0;
	block_end(image, start);
}

static void
add_section_without_interface(struct image *image)
{
	block_end(image, section_begin(image));
	pcapng_packet(image, 2, 60);
}

static void
add_bad_name(struct image *image)
{
	size_t start = block_begin(image, 4);

	image_u16(image, 1);
	image_u16(image, 8);
	image_bytes(image, "\x0a\0\0\5file", 8); /* no NUL */
	block_end(image, start);
}

static void
add_short_address(struct image *image)
{
	size_t start = block_begin(image, 4);

	image_u16(image, 2);
	image_u16(image, 8);
	image_bytes(image, "\x0a\0\0\5abc", 8);
	block_end(image, start);
}

static void
add_short_statistics(struct image *image)
{
	add_bytes_block(image, 5, 8);
}

static void
add_huge_block(struct image *image)
{
	image_u32(image, 5);
	image_u32(image, 0x40000000);
	image_u32(image, 0);
}

/* Each after one sound packet; all agree with tshark 4.0 about the frames. */
static const struct {
	void (*add)(struct image *image);
	const char *words;
} damages[] = {
    {add_cut_packet, "claims 100 captured bytes, more than its block has"},
    {add_packet_of_no_interface, "of interface 3, but the section has only 1"},
    {add_absurd_packet, "claims 262145 captured bytes, more than any packet has"},
    {add_mismatched_lengths, "begins with a length of 92 and ends with 88"},
    {add_zeros, "claims a length of 0 bytes, too few"},
    {add_text, "too many"},
    {add_long_option, "an option of the next block"},
    {add_short_drop_count, "an option of the next block"},
    {add_unknown_version, "version 2.0"},
    {add_section_without_order, "without a byte order"},
    {add_section_without_interface, "of interface 0, but the section has only 0"},
    {add_bad_name, "a name record"},
    {add_short_address, "a name record"},
    {add_short_statistics, "too few"},
    {add_huge_block, "claims a length of 1073741824 bytes, too many"},
};

/* A block of 64 KiB fits in a sixteenth of 1 MiB, and one with 4 bytes more does not. */
START_TEST(stops_at_a_block_beyond_its_share)
{
	struct image image = {0};
	struct arena arena = {0};
	struct source *source;
	char words[200];

	pcapng_start(&image);
	add_bytes_block(&image, 0x5555, 65536 - 12);
	pcapng_packet(&image, 1, 60);
	snprintf(words, sizeof(words),
	    "after frame 1, at byte %zu: the next block, of type 21845, takes 65540 bytes; "
	    "--max-memory 2M allows it",
	    image.length);
	add_bytes_block(&image, 0x5555, 65536 - 8);
	pcapng_packet(&image, 2, 60);
	source = open_image_within(&image, 1 << 20, &arena);
	ck_assert_uint_eq(read_all(source), 1);
	ck_assert_pstr_eq(source_facts(source)->damage, words);
	source_close(source);
	source = open_image_within(&image, 2 << 20, &arena);
	ck_assert_uint_eq(read_all(source), 2);
	ck_assert_ptr_null(source_facts(source)->damage);
	source_close(source);
	arena_free(&arena);
	image_free(&image);
}
END_TEST

START_TEST(stops_at_damage)
{
	struct image image = {0};
	struct arena arena = {0};
	const struct capture_facts *facts;
	struct source *source;

	pcapng_start(&image);
	pcapng_packet(&image, 1, 60);
	damages[_i].add(&image);
	image.is_big_endian = false;
	pcapng_packet(&image, 3, 60);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), 1);
	facts = source_facts(source);
	ck_assert_uint_eq(facts->packets, 1);
	ck_assert_ptr_nonnull(facts->damage);
	ck_assert_msg(
	    strncmp(facts->damage, "after frame 1, at byte ", 23) == 0, "%s", facts->damage);
	ck_assert_msg(strstr(facts->damage, damages[_i].words) != NULL, "%s", facts->damage);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

static void
add_large_unknown_block(struct image *image)
{
	add_bytes_block(image, 0x55, 1000000);
}

static void
add_unknown_empty_block(struct image *image)
{
	add_bytes_block(image, 0x55, 0);
}

static void
add_statistics_of_no_interface(struct image *image)
{
	add_statistics(image, 9);
}

static void
add_odd_resolution(struct image *image)
{
	size_t start = interface_begin(image, 1, 0);

	block_option(image, 9, "\x09\x09", 2);
	block_end(image, start);
}

static void
add_unrounded_length(struct image *image)
{
	size_t start = block_begin(image, 0x55);

	image_bytes(image, "12345678", 8);
	block_end(image, start);
	image->bytes[start + 4] -= 2;
	image->bytes[image->length - 4] -= 2;
}

static void
add_bytes_after_options(struct image *image)
{
	size_t start = packet_begin(image, 0, 2, 60, 60);

	block_option(image, 0, "", 0);
	image_bytes(image, "garbage!", 8);
	block_end(image, start);
}

static void
add_packet_longer_than_its_snap_length(struct image *image)
{
	block_end(image, interface_begin(image, 1, 10));
	block_end(image, packet_begin(image, 1, 2, 60, 60));
}

/* What is odd and yet no damage, with the frames that it consumes. */
static const struct {
	void (*add)(struct image *image);
	uint64_t frames;
} oddities[] = {
    {add_large_unknown_block, 0},
    {add_unknown_empty_block, 0},
    {add_statistics_of_no_interface, 0},
    {add_odd_resolution, 0},
    {add_unrounded_length, 0},
    {add_bytes_after_options, 1},
    {add_packet_longer_than_its_snap_length, 1},
};

START_TEST(passes_oddities)
{
	struct image image = {0};
	struct arena arena = {0};
	struct source *source;

	pcapng_start(&image);
	pcapng_packet(&image, 1, 60);
	oddities[_i].add(&image);
	pcapng_packet(&image, 3, 60);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), 2 + oddities[_i].frames);
	ck_assert_pstr_eq(source_facts(source)->damage, NULL);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

START_TEST(refuses_what_never_begins)
{
	struct image image = {0};
	struct arena arena = {0};
	struct error error = {0};
	size_t start = section_begin(&image);

	image.bytes[start + 14] = 1; /* version 1.1 */
	block_end(&image, start);
	pcapng_packet(&image, 1, 60);
	ck_assert_ptr_null(open_bytes(image.bytes, image.length, NULL, &arena, &error));
	ck_assert_int_eq(error.status, EXIT_INPUT);
	ck_assert_ptr_nonnull(strstr(error.text, "version 1.1"));
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* Opening looks for the first interface, but takes no record that comes before it. */
START_TEST(leaves_records_before_the_first_interface)
{
	struct image image = {0};
	struct arena arena = {0};
	struct record records[3];
	struct source *source;

	block_end(&image, section_begin(&image));
	add_bytes_block(&image, 9, 40);
	block_end(&image, interface_begin(&image, 1, 0));
	pcapng_packet(&image, 1, 60);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(source_read(source, records, 3), 2);
	ck_assert_uint_eq(records[0].frame, 1);
	ck_assert(!records[0].is_packet);
	ck_assert_uint_eq(records[1].frame, 2);
	ck_assert(records[1].is_packet);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

START_TEST(opens_a_section_alone)
{
	struct image image = {0};
	struct arena arena = {0};
	struct source *source;

	block_end(&image, section_begin(&image));
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), 0);
	ck_assert_uint_eq(source_facts(source)->interface_count, 0);
	ck_assert_ptr_null(source_facts(source)->damage);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

Suite *
pcapng_reader_suite(void)
{
	Suite *suite = suite_create("pcapng_reader");
	TCase *tcase = tcase_create("pcapng_reader");

	tcase_add_test(tcase, reads_sections_of_both_orders);
	tcase_add_loop_test(tcase, stops_at_damage, 0, COUNT(damages));
	tcase_add_test(tcase, stops_at_a_block_beyond_its_share);
	tcase_add_loop_test(tcase, passes_oddities, 0, COUNT(oddities));
	tcase_add_test(tcase, refuses_what_never_begins);
	tcase_add_test(tcase, leaves_records_before_the_first_interface);
	tcase_add_test(tcase, opens_a_section_alone);
	suite_add_tcase(suite, tcase);
	return suite;
}
