#include "analyzer/capture/pcap_reader.h"

#include "analyzer/base/basics.h"
#include "analyzer/capture/file_for_test.h"

Suite *pcap_reader_suite(void);

static const struct {
	uint32_t magic;
	bool is_big_endian;
	int64_t time; /* of 7 s and a fraction of 5 units */
} orders[] = {
    {0xa1b2c3d4, false, 7000005000},
    {0xa1b2c3d4, true, 7000005000},
    {0xa1b23c4d, false, 7000000005},
    {0xa1b23c4d, true, 7000000005},
};

START_TEST(reads_both_orders_and_units)
{
	struct image image = {.is_big_endian = orders[_i].is_big_endian};
	struct arena arena = {0};
	struct record record[2];
	struct source *source;

	pcap_header(&image, orders[_i].magic, 1);
	pcap_record(&image, 7, 5, 60, 1500);
	pcap_record(&image, 0xfffffffe, 0, 0, 0);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(source_read(source, record, 2), 2);
	ck_assert_uint_eq(record[0].frame, 1);
	ck_assert_uint_eq(record[0].captured, 60);
	ck_assert_uint_eq(record[0].length, 1500);
	ck_assert_int_eq(record[0].time, orders[_i].time);
	ck_assert_uint_eq(record[0].link_type, 1);
	ck_assert(record[0].has_time && record[0].is_packet);
	ck_assert(is_pattern(record[0].bytes, 7, 60));
	ck_assert_uint_eq(record[1].frame, 2);
	ck_assert_int_eq(record[1].time, 0xfffffffe * INT64_C(1000000000)); /* year 2106 */
	ck_assert_uint_eq(source_read(source, record, 2), 0);
	ck_assert_str_eq(source_facts(source)->format, "pcap");
	ck_assert_ptr_null(source_facts(source)->damage);
	ck_assert_uint_eq(source_facts(source)->interface_count, 1);
	ck_assert_uint_eq(source_facts(source)->interfaces[0].snap_length, 65535);
	ck_assert_uint_eq(source_facts(source)->interfaces[0].packets, 2);
	ck_assert_ptr_null(source_facts(source)->interfaces[0].name);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* Older writers swapped the lengths; what tshark 4.0 makes of each. */
static const struct {
	uint16_t major, minor;
	uint32_t first, second; /* the lengths as they stand in the file */
	uint32_t captured, length;
} versions[] = {
    {2, 4, 60, 100, 60, 100},
    {2, 2, 100, 60, 60, 100},
    {2, 0, 100, 60, 60, 100},
    {2, 3, 100, 60, 60, 100},
    {2, 3, 60, 100, 60, 100},
    {2, 5, 60, 100, 60, 100},
    {3, 0, 60, 100, 60, 100},
};

START_TEST(knows_swapped_lengths)
{
	struct image image = {0};
	struct arena arena = {0};
	struct record record;
	struct source *source;

	pcap_header(&image, 0xa1b2c3d4, 1);
	image.bytes[4] = (uint8_t)versions[_i].major;
	image.bytes[6] = (uint8_t)versions[_i].minor;
	image_u64(&image, 0);
	image_u32(&image, versions[_i].first);
	image_u32(&image, versions[_i].second);
	image_pattern(&image, 1, 60);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(source_read(source, &record, 1), 1);
	ck_assert_uint_eq(record.captured, versions[_i].captured);
	ck_assert_uint_eq(record.length, versions[_i].length);
	ck_assert_uint_eq(source_facts(source)->sliced, 1);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* Of USB transfers, whose packets may have 128 MiB; a sixteenth of 1 MiB is for one. */
START_TEST(stops_at_a_record_beyond_its_share)
{
	struct image image = {0};
	struct arena arena = {0};
	struct source *source;

	pcap_header(&image, 0xa1b2c3d4, 249);
	pcap_record(&image, 7, 5, 65536 - 16, 65536);
	pcap_record(&image, 8, 5, 65536 - 15, 65536);
	source = open_image_within(&image, 1 << 20, &arena);
	ck_assert_uint_eq(read_all(source), 1);
	ck_assert_pstr_eq(source_facts(source)->damage,
	    "after frame 1, at byte 65560: the next record takes 65537 bytes; --max-memory 2M "
	    "allows it");
	source_close(source);
	source = open_image_within(&image, 2 << 20, &arena);
	ck_assert_uint_eq(read_all(source), 2);
	ck_assert_ptr_null(source_facts(source)->damage);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

static const struct {
	uint32_t network;
	int link_type; /* -1: no file can have it */
} networks[] = {
    {1, 1},
    {113, 113},
    {12, 101}, /* DLT_RAW as some systems wrote it */
    {14, 101},
    {0x24000001, 1}, /* frame check sequences of 2 * 16 bits */
    {0x10000000, 0},
    {0x00010001, -1},
    {0x03ff0001, -1},
};

START_TEST(knows_link_type_fields)
{
	struct image image = {0};
	struct arena arena = {0};
	struct error error = {0};
	struct record record;
	struct source *source;

	pcap_header(&image, 0xa1b2c3d4, networks[_i].network);
	pcap_record(&image, 1, 0, 4, 4);
	source = open_bytes(image.bytes, image.length, NULL, &arena, &error);
	ck_assert_int_eq(source != NULL, networks[_i].link_type >= 0);
	if (source != NULL) {
		ck_assert_uint_eq(source_read(source, &record, 1), 1);
		ck_assert_int_eq(record.link_type, networks[_i].link_type);
	} else {
		ck_assert_int_eq(error.status, EXIT_INPUT);
		ck_assert_ptr_nonnull(strstr(error.text, "link type"));
	}
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* Tools that count the fraction back from the second. */
START_TEST(takes_a_fraction_below_zero)
{
	struct image image = {0};
	struct arena arena = {0};
	struct record record;
	struct source *source;

	pcap_header(&image, 0xa1b2c3d4, 1);
	pcap_record(&image, 10, (uint32_t)-1, 4, 4);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(source_read(source, &record, 1), 1);
	ck_assert_int_eq(record.time, 9999999000);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

static void
check_prefix(const struct image *image, size_t length, size_t whole, bool is_cut)
{
	struct arena arena = {0};
	struct error error = {0};
	struct source *source = open_bytes(image->bytes, length, NULL, &arena, &error);
	struct record record;

	if (length < 24) {
		ck_assert_ptr_null(source);
		ck_assert_int_eq(error.status, EXIT_INPUT);
	} else {
		ck_assert_ptr_nonnull(source);
		for (size_t i = 0; i < whole; i++) {
			ck_assert_uint_eq(source_read(source, &record, 1), 1);
			ck_assert_uint_eq(record.frame, i + 1);
			ck_assert(is_pattern(record.bytes, (unsigned)i + 1, record.captured));
		}
		ck_assert_uint_eq(source_read(source, &record, 1), 0);
		ck_assert_int_eq(source_facts(source)->damage != NULL, is_cut);
	}
	source_close(source);
	arena_free(&arena);
}

START_TEST(takes_whole_records_of_every_prefix)
{
	struct image image = {0};
	size_t ends[4]; /* of the header and of each record */

	pcap_header(&image, 0xa1b2c3d4, 1);
	ends[0] = image.length;
	for (uint32_t i = 1; i <= 3; i++) {
		pcap_record(&image, i, 0, 9 * i, 9 * i);
		ends[i] = image.length;
	}
	for (size_t length = 0; length <= image.length; length++) {
		size_t whole = 0;

		while (whole < 3 && length >= ends[whole + 1])
			whole++;
		check_prefix(&image, length, whole, length != ends[whole]);
	}
	image_free(&image);
}
END_TEST

static const struct {
	uint32_t link_type, captured;
	uint64_t frames;
	const char *damage;
} largest[] = {
    {1, 262144, 3, NULL},
    {1, 262145, 1,
	"after frame 1, at byte 44: the next record claims 262145 captured bytes, more than any "
	"packet has"},
    {249, 262145, 3, NULL}, /* USBPcap */
};

START_TEST(stops_at_absurd_lengths)
{
	struct image image = {0};
	struct arena arena = {0};
	struct source *source;

	pcap_header(&image, 0xa1b2c3d4, largest[_i].link_type);
	pcap_record(&image, 1, 0, 4, 4);
	pcap_record(&image, 2, 0, largest[_i].captured, largest[_i].captured);
	pcap_record(&image, 3, 0, 4, 4);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), largest[_i].frames);
	ck_assert_uint_eq(source_facts(source)->packets, largest[_i].frames);
	ck_assert_pstr_eq(source_facts(source)->damage, largest[_i].damage);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

START_TEST(opens_a_capture_without_packets)
{
	struct image image = {0};
	struct arena arena = {0};
	struct source *source;

	pcap_header(&image, 0xa1b2c3d4, 1);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), 0);
	ck_assert_uint_eq(source_facts(source)->packets, 0);
	ck_assert(!source_facts(source)->has_time);
	ck_assert_ptr_null(source_facts(source)->damage);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

START_TEST(refuses_archaic_versions)
{
	struct image image = {0};
	struct arena arena = {0};
	struct error error = {0};

	pcap_header(&image, 0xa1b2c3d4, 1);
	image.bytes[4] = 1;
	ck_assert_ptr_null(open_bytes(image.bytes, image.length, NULL, &arena, &error));
	ck_assert_int_eq(error.status, EXIT_INPUT);
	ck_assert_ptr_nonnull(strstr(error.text, "version 1.4"));
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* IXIA's files have four bytes more in the file header. */
START_TEST(reads_ixia)
{
	struct image image = {0};
	struct arena arena = {0};
	struct record record;
	struct source *source;

	pcap_header(&image, 0x1c0001ac, 1);
	image_u32(&image, 20);
	pcap_record(&image, 1, 5, 4, 4);
	source = open_image(&image, &arena);
	ck_assert_uint_eq(source_read(source, &record, 1), 1);
	ck_assert_int_eq(record.time, 1000005000);
	ck_assert(is_pattern(record.bytes, 1, 4));
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

Suite *
pcap_reader_suite(void)
{
	Suite *suite = suite_create("pcap_reader");
	TCase *tcase = tcase_create("pcap_reader");

	tcase_add_loop_test(tcase, reads_both_orders_and_units, 0, COUNT(orders));
	tcase_add_loop_test(tcase, knows_swapped_lengths, 0, COUNT(versions));
	tcase_add_test(tcase, stops_at_a_record_beyond_its_share);
	tcase_add_loop_test(tcase, knows_link_type_fields, 0, COUNT(networks));
	tcase_add_test(tcase, takes_a_fraction_below_zero);
	tcase_add_test(tcase, takes_whole_records_of_every_prefix);
	tcase_add_loop_test(tcase, stops_at_absurd_lengths, 0, COUNT(largest));
	tcase_add_test(tcase, opens_a_capture_without_packets);
	tcase_add_test(tcase, refuses_archaic_versions);
	tcase_add_test(tcase, reads_ixia);
	suite_add_tcase(suite, tcase);
	return suite;
}
