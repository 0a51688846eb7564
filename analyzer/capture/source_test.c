#include "analyzer/capture/source.h"

#include <zlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/file_for_test.h"

Suite *source_suite(void);

static const struct {
	const char *bytes;
	size_t length;
	const char *words;
} no_captures[] = {
    {"", 0, ": is empty"},
    {"\x0a", 1, ": is no capture file"},
    {"From: somebody\nSubject: the capture you wanted\n", 46, ": is no capture file"},
    {"GMBU\0\2\1\0", 8,
	": is a Microsoft Network Monitor 2 or 3 capture; convert it with: editcap"},
    {"snoop\0\0\0\0\0\0\2\0\0\0\4", 16, ": is a snoop capture"},
    {"\xd4\xc3\xb2\xa1\2\0\4\0", 8, ": is cut inside the pcap file header"},
    {"\x0a\x0d\x0d\x0a\x1c\0\0\0", 8, ": is a pcapng file without a sound header: "},
    {"\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0", 20, ": is empty once decompressed (gzip)"},
    {"\x1f\x8b\x08\0\0\0", 6, ": nothing can be read: the gzip data is cut at byte 6"},
};

START_TEST(says_what_is_no_capture)
{
	struct arena arena = {0};
	struct error error = {0};

	ck_assert_ptr_null(
	    open_bytes(no_captures[_i].bytes, no_captures[_i].length, NULL, &arena, &error));
	ck_assert_int_eq(error.status, EXIT_INPUT);
	ck_assert_msg(strncmp(error.text, "/tmp/smbtriage-test-", 20) == 0, "%s", error.text);
	ck_assert_msg(strstr(error.text, no_captures[_i].words) != NULL, "%s", error.text);
	arena_free(&arena);
}
END_TEST

static const struct {
	const char *path, *text;
} unopenable[] = {
    {"/nonexistent/a.pcap", "/nonexistent/a.pcap: cannot be opened: No such file or directory"},
    {"/tmp", "/tmp: is a directory, not a capture file"},
};

START_TEST(says_what_cannot_be_opened)
{
	struct arena arena = {0};
	struct error error = {0};

	ck_assert_ptr_null(source_open(unopenable[_i].path, NULL, &arena, &error));
	ck_assert_int_eq(error.status, EXIT_INPUT);
	ck_assert_str_eq(error.text, unopenable[_i].text);
	arena_free(&arena);
}
END_TEST

/* Larger than any buffer, so that batches end where buffers do. */
static void
make_long(struct image *image)
{
	pcapng_start(image);
	for (unsigned i = 0; i < 3000; i++)
		pcapng_packet(image, i, i % 1500);
}

static void
check_batches(struct source *source, size_t most)
{
	struct record records[256];
	uint64_t frame = 0;
	size_t count;

	while ((count = source_read(source, records, most)) != 0) {
		ck_assert_uint_le(count, most);
		for (size_t i = 0; i < count; i++) { /* all of a batch is valid at once */
			ck_assert_uint_eq(records[i].captured, frame % 1500);
			ck_assert(
			    is_pattern(records[i].bytes, (unsigned)frame, records[i].captured));
			ck_assert_uint_eq(records[i].frame, ++frame);
		}
	}
	ck_assert_uint_eq(frame, 3000);
}

START_TEST(reads_in_batches)
{
	static const size_t batches[] = {1, 7, 256};
	struct image image = {0};
	struct arena arena = {0};
	struct source *source;

	make_long(&image);
	source = open_image(&image, &arena);
	check_batches(source, batches[_i]);
	ck_assert_uint_eq(source_facts(source)->packets, 3000);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* Standard input is a pipe, and bytes trickle in. */
START_TEST(reads_standard_input)
{
	struct image image = {0};
	struct arena arena = {0};
	struct error error = {0};
	struct source *source;
	int ends[2];

	make_long(&image);
	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		for (size_t i = 0; i < image.length; i += 999) {
			size_t left = image.length - i;

			if (write(ends[1], image.bytes + i, left < 999 ? left : 999) < 0)
				_exit(1);
		}
		_exit(0);
	}
	close(ends[1]);
	ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	source = source_open("-", NULL, &arena, &error);
	ck_assert_msg(source != NULL, "%s", error.text);
	check_batches(source, 256);
	ck_assert_str_eq(source_facts(source)->file, "-");
	ck_assert_ptr_null(source_facts(source)->damage);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

static void
pack(const struct image *image, struct image *ret)
{
	uLong room = compressBound(image->length) + 100;
	uint8_t *out = mem_alloc(room, 1);
	z_stream gzip = {.next_in = image->bytes,
	    .avail_in = (uInt)image->length,
	    .next_out = out,
	    .avail_out = (uInt)room};

	ck_assert_int_eq(deflateInit2(&gzip, 1, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(deflate(&gzip, Z_FINISH), Z_STREAM_END);
	image_bytes(ret, out, gzip.total_out);
	deflateEnd(&gzip);
	mem_free(out);
}

START_TEST(reads_compressed_captures)
{
	struct image image = {0}, packed = {0};
	struct arena arena = {0};
	struct source *source;

	make_long(&image);
	pack(&image, &packed);
	source = open_image(&packed, &arena);
	check_batches(source, 256);
	ck_assert_str_eq(source_facts(source)->format, "pcapng");
	ck_assert_str_eq(source_facts(source)->compression, "gzip");
	ck_assert_ptr_null(source_facts(source)->damage);
	source_close(source);
	packed.length /= 2;
	source = open_image(&packed, &arena);
	ck_assert_uint_gt(read_all(source), 500);
	ck_assert_ptr_nonnull(strstr(source_facts(source)->damage, "the gzip data is cut at byte"));
	source_close(source);
	image_free(&image);
	image_free(&packed);
	arena_free(&arena);
}
END_TEST

/* A cut in the compressed data may fall between two records; it is a cut all the same. */
START_TEST(reports_a_cut_between_records)
{
	struct image image = {0}, packed = {0};
	struct arena arena = {0};
	struct source *source;

	pcapng_start(&image);
	pcapng_packet(&image, 1, 60);
	pack(&image, &packed);
	packed.length -= 4; /* in the trailer: every byte of the capture is there */
	source = open_image(&packed, &arena);
	ck_assert_uint_eq(read_all(source), 1);
	ck_assert_ptr_nonnull(source_facts(source)->damage);
	source_close(source);
	image_free(&image);
	image_free(&packed);
	arena_free(&arena);
}
END_TEST

/* Packets of two lengths, a journal entry between them. */
static void
make_mixed(struct image *image)
{
	size_t start;

	pcapng_start(image);
	for (unsigned i = 1; i <= 600; i++)
		pcapng_packet(image, i, i % 300 == 0 ? 200 : 60);
	start = block_begin(image, 9);
	image_pattern(image, 1, 40);
	block_end(image, start);
	pcapng_packet(image, 602, 200);
}

START_TEST(keeps_frame_numbers_under_a_filter)
{
	static const uint64_t frames[] = {300, 600, 602};
	struct image image = {0};
	struct arena arena = {0};
	struct error error = {0};
	struct record records[2];
	struct source *source;
	size_t seen = 0, count;

	make_mixed(&image);
	source = open_bytes(image.bytes, image.length,
	    &(struct source_options){.filter = "greater 100"}, &arena, &error);
	ck_assert_msg(source != NULL, "%s", error.text);
	while ((count = source_read(source, records, 2)) != 0) {
		for (size_t i = 0; i < count; i++) {
			ck_assert_uint_lt(seen, 3);
			ck_assert_uint_eq(records[i].frame, frames[seen++]);
		}
	}
	ck_assert_uint_eq(seen, 3);
	ck_assert_uint_eq(source_facts(source)->packets, 602);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* The filter is compiled for what the file holds, before the first record is asked for. */
START_TEST(refuses_a_wrong_filter_on_opening)
{
	static const char *const filters[] = {"port port", "ether src 02:00:00:00:00:01"};
	struct image image = {0};
	struct arena arena = {0};
	struct error error = {0};

	block_end(&image, section_begin(&image));
	block_end(&image, interface_begin(&image, 101, 0)); /* raw IP: no Ethernet */
	pcapng_packet(&image, 1, 60);
	ck_assert_ptr_null(open_bytes(image.bytes, image.length,
	    &(struct source_options){.filter = filters[_i]}, &arena, &error));
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_msg(strstr(error.text, filters[_i]) != NULL, "%s", error.text);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

START_TEST(counts_time_running_backwards)
{
	struct image image = {0};
	struct arena arena = {0};
	struct source *source;

	block_end(&image, section_begin(&image));
	block_end(&image, interface_begin(&image, 1, 0));
	block_end(&image, interface_begin(&image, 1, 0));
	block_end(&image, packet_begin(&image, 0, 500, 60, 60));
	block_end(&image, packet_begin(&image, 1, 100, 60, 60)); /* the other clock: no matter */
	block_end(&image, packet_begin(&image, 0, 400, 60, 60)); /* backwards */
	block_end(&image, packet_begin(&image, 0, 400, 60, 60));
	block_end(&image, packet_begin(&image, 1, 900, 60, 61));
	block_end(&image, packet_begin(&image, 1, 1000900, 60, 60));
	block_end(&image, packet_begin(&image, 1, 900, 60, 60)); /* set back by a second */
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), 7);
	ck_assert_uint_eq(source_facts(source)->time_reversals, 1);
	ck_assert_uint_eq(source_facts(source)->clock_steps, 1);
	ck_assert_uint_eq(source_facts(source)->interfaces[0].time_reversals, 1);
	ck_assert_uint_eq(source_facts(source)->interfaces[0].clock_steps, 0);
	ck_assert_int_eq(source_facts(source)->interfaces[0].last_time, 500000);
	ck_assert_int_eq(source_facts(source)->first_time, 100000);
	ck_assert_int_eq(source_facts(source)->last_time, 1000900000);
	ck_assert_uint_eq(source_facts(source)->sliced, 1);
	ck_assert_uint_eq(source_facts(source)->bytes, 420);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* Facts belong to the arena: they outlive the source. */
START_TEST(leaves_facts_behind)
{
	struct image image = {0};
	struct arena arena = {0};
	const struct capture_facts *facts;
	struct source *source;
	size_t start;

	block_end(&image, section_begin(&image));
	for (unsigned i = 0; i < 10; i++) {
		start = interface_begin(&image, 1, 0);
		block_option(&image, 2, "eth0", 4);
		block_end(&image, start);
	}
	pcapng_packet(&image, 1, 60);
	source = open_image(&image, &arena);
	read_all(source);
	facts = source_facts(source);
	source_close(source);
	ck_assert_uint_eq(facts->interface_count, 10);
	ck_assert_str_eq(facts->interfaces[0].name, "eth0");
	ck_assert_uint_eq(facts->interfaces[0].packets, 1);
	ck_assert_str_eq(facts->interfaces[9].name, "eth0");
	image_free(&image);
	arena_free(&arena);
}
END_TEST

Suite *
source_suite(void)
{
	Suite *suite = suite_create("source");
	TCase *tcase = tcase_create("source");

	tcase_add_loop_test(tcase, says_what_is_no_capture, 0, (int)(COUNT(no_captures)));
	tcase_add_loop_test(tcase, says_what_cannot_be_opened, 0, 2);
	tcase_add_loop_test(tcase, reads_in_batches, 0, 3);
	tcase_add_test(tcase, reads_standard_input);
	tcase_add_test(tcase, reads_compressed_captures);
	tcase_add_test(tcase, reports_a_cut_between_records);
	tcase_add_test(tcase, keeps_frame_numbers_under_a_filter);
	tcase_add_loop_test(tcase, refuses_a_wrong_filter_on_opening, 0, 2);
	tcase_add_test(tcase, counts_time_running_backwards);
	tcase_add_test(tcase, leaves_facts_behind);
	suite_add_tcase(suite, tcase);
	return suite;
}
