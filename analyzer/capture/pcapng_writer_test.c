#include "analyzer/capture/pcapng_writer.h"

#include "analyzer/base/basics.h"
#include "analyzer/capture/file_for_test.h"

Suite *pcapng_writer_suite(void);

/* What is written, until it is looked at. */
struct sheet {
	FILE *out;
	char *bytes;
	size_t length;
	struct pcapng_writer *writer;
};

static void
sheet_begin(struct sheet *sheet)
{
	*sheet = (struct sheet){0};
	sheet->out = open_memstream(&sheet->bytes, &sheet->length);
	ck_assert_ptr_nonnull(sheet->out);
	sheet->writer = pcapng_writer_new(sheet->out);
}

static void
sheet_end(struct sheet *sheet)
{
	pcapng_writer_free(sheet->writer);
	fclose(sheet->out);
}

/* The sheet as a capture. */
static struct source *
sheet_open(struct sheet *sheet, struct arena *arena)
{
	struct error error = {0};
	struct source *source;

	sheet_end(sheet);
	source = open_bytes(sheet->bytes, sheet->length, NULL, arena, &error);
	ck_assert_msg(source != NULL, "%s", error.text);
	return source;
}

static const struct interface_facts ethernet = {.link_type = 1};

static void
write_start(struct sheet *sheet, const struct interface_facts *interface)
{
	sheet_begin(sheet);
	pcapng_write_section(sheet->writer, &(struct pcapng_section){.application = "test"});
	ck_assert_uint_eq(pcapng_write_interface(sheet->writer, interface), 0);
}

static void
write_record(struct sheet *sheet, const struct record *record)
{
	pcapng_write_packet(sheet->writer, &(struct pcapng_packet){.record = record});
}

static void
expect_bytes(struct sheet *sheet, const uint8_t *bytes, size_t length)
{
	sheet_end(sheet);
	ck_assert_uint_eq(sheet->length, length);
	for (size_t i = 0; i < length; i++)
		ck_assert_msg((uint8_t)sheet->bytes[i] == bytes[i], "byte %zu is %02x and not %02x",
		    i, (uint8_t)sheet->bytes[i], bytes[i]);
	free(sheet->bytes);
}

/* draft-ietf-opsawg-pcapng 4.1. */
START_TEST(test_section)
{
	static const char *const comments[] = {"two", "lines"};
	static const uint8_t expected[] = {
	    0x0a, 0x0d, 0x0d, 0x0a,               /* section header block */
	    0x44, 0x00, 0x00, 0x00,               /* its length, 68 */
	    0x4d, 0x3c, 0x2b, 0x1a,               /* little endian */
	    0x01, 0x00, 0x00, 0x00,               /* version 1.0 */
	    0xff, 0xff, 0xff, 0xff,               /* the section's length */
	    0xff, 0xff, 0xff, 0xff,               /* is not said */
	    0x01, 0x00, 0x03, 0x00,               /* opt_comment, 3 bytes */
	    't', 'w', 'o', 0x00,                  /* and padding */
	    0x01, 0x00, 0x05, 0x00,               /* opt_comment, 5 bytes */
	    'l', 'i', 'n', 'e', 's', 0, 0, 0,     /* and padding */
	    0x02, 0x00, 0x01, 0x00, 'h', 0, 0, 0, /* shb_hardware */
	    0x04, 0x00, 0x04, 0x00,               /* shb_userappl, 4 bytes */
	    't', 'e', 's', 't',                   /* without padding */
	    0x00, 0x00, 0x00, 0x00,               /* opt_endofopt */
	    0x44, 0x00, 0x00, 0x00,               /* the length again */
	};
	struct sheet sheet;

	sheet_begin(&sheet);
	pcapng_write_section(sheet.writer, &(struct pcapng_section){.hardware = "h",
					       .application = "test",
					       .comments = comments,
					       .comment_count = COUNT(comments)});
	expect_bytes(&sheet, expected, sizeof(expected));
}
END_TEST

/* 4.2. */
START_TEST(test_interface)
{
	static const uint8_t expected[] = {
	    0x01, 0x00, 0x00, 0x00,               /* interface description block */
	    0x40, 0x00, 0x00, 0x00,               /* its length, 64 */
	    0x71, 0x00, 0x00, 0x00,               /* LINKTYPE_LINUX_SLL, reserved */
	    0x60, 0x00, 0x00, 0x00,               /* snap length 96 */
	    0x02, 0x00, 0x03, 0x00,               /* if_name, 3 bytes */
	    'a', 'n', 'y', 0x00,                  /* and padding */
	    0x03, 0x00, 0x01, 0x00, 'd', 0, 0, 0, /* if_description */
	    0x09, 0x00, 0x01, 0x00,               /* if_tsresol, 1 byte */
	    0x09, 0x00, 0x00, 0x00,               /* nanoseconds, and padding */
	    0x0b, 0x00, 0x04, 0x00,               /* if_filter, 4 bytes */
	    0x00, 't', 'c', 'p',                  /* 0: a filter string */
	    0x0c, 0x00, 0x02, 0x00,               /* if_os, 2 bytes */
	    'o', 's', 0x00, 0x00,                 /* and padding */
	    0x00, 0x00, 0x00, 0x00,               /* opt_endofopt */
	    0x40, 0x00, 0x00, 0x00,               /* the length again */
	};
	static const struct interface_facts facts = {.name = "any",
	    .description = "d",
	    .filter = "tcp",
	    .os = "os",
	    .link_type = 113,
	    .snap_length = 96};
	struct sheet sheet;

	sheet_begin(&sheet);
	ck_assert_uint_eq(pcapng_write_interface(sheet.writer, &facts), 0);
	expect_bytes(&sheet, expected, sizeof(expected));
}
END_TEST

/* 4.3. */
START_TEST(test_packet)
{
	static const char *const comments[] = {"why"};
	static const uint8_t expected[] = {
	    0x06, 0x00, 0x00, 0x00,                         /* enhanced packet block */
	    0x48, 0x00, 0x00, 0x00,                         /* its length, 72 */
	    0x00, 0x00, 0x00, 0x00,                         /* interface 0 */
	    0x08, 0x07, 0x06, 0x05,                         /* the time's high half */
	    0x04, 0x03, 0x02, 0x01,                         /* and its low half */
	    0x05, 0x00, 0x00, 0x00,                         /* 5 bytes captured */
	    0x40, 0x00, 0x00, 0x00,                         /* of 64 */
	    0x11, 0x22, 0x33, 0x44, 0x55, 0x00, 0x00, 0x00, /* they, and padding */
	    0x01, 0x00, 0x03, 0x00,                         /* opt_comment, 3 bytes */
	    'w', 'h', 'y', 0x00,                            /* and padding */
	    0x02, 0x00, 0x04, 0x00,                         /* epb_flags, 4 bytes */
	    0x02, 0x00, 0x00, 0x00,                         /* outbound */
	    0x05, 0x00, 0x08, 0x00,                         /* epb_packetid, 8 bytes */
	    0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, /* the frame in the source */
	    0x00, 0x00, 0x00, 0x00,                         /* opt_endofopt */
	    0x48, 0x00, 0x00, 0x00,                         /* the length again */
	};
	static const uint8_t bytes[] = {0x11, 0x22, 0x33, 0x44, 0x55};
	const struct record record = {.bytes = bytes,
	    .captured = 5,
	    .length = 64,
	    .time = 0x0506070801020304,
	    .has_time = true,
	    .direction = DIRECTION_OUTBOUND};
	const struct pcapng_packet packet = {&record, 0, 0x1122334455667788, comments, 1};
	struct sheet sheet;

	sheet_begin(&sheet);
	pcapng_write_interface(sheet.writer, &ethernet);
	fflush(sheet.out);
	fseek(sheet.out, 0, SEEK_SET);
	pcapng_write_packet(sheet.writer, &packet);
	expect_bytes(&sheet, expected, sizeof(expected));
}
END_TEST

static void
check_record(const struct record *wrote, const struct record *read)
{
	ck_assert_uint_eq(read->captured, wrote->captured);
	ck_assert_uint_eq(read->length, wrote->length);
	if (wrote->captured != 0)
		ck_assert_mem_eq(read->bytes, wrote->bytes, wrote->captured);
	ck_assert_int_eq(read->time, wrote->time);
	ck_assert_uint_eq(read->direction, wrote->direction);
	ck_assert_uint_eq(read->link_type, wrote->link_type);
}

/* Whatever a record is, it comes back; with every length of padding. */
START_TEST(test_records_come_back)
{
	static const struct interface_facts cooked = {.link_type = 113, .snap_length = 3};
	static const uint8_t bytes[] = {1, 2, 3, 4};
	struct record wrote[8], read[8];
	struct arena arena = {0};
	struct sheet sheet;
	struct source *source;

	write_start(&sheet, &ethernet);
	ck_assert_uint_eq(pcapng_write_interface(sheet.writer, &cooked), 1);
	for (size_t i = 0; i < COUNT(wrote); i++) {
		wrote[i] = (struct record){.bytes = bytes,
		    .captured = (uint32_t)i % 5,
		    .length = (uint32_t)i % 5 + 1000,
		    .time = (int64_t)i * 500000000000000001,
		    .has_time = true,
		    .direction = (uint8_t)(i % 3),
		    .link_type = i % 2 ? 113 : 1};
		pcapng_write_packet(sheet.writer,
		    &(struct pcapng_packet){.record = &wrote[i], .interface = i % 2, .id = i});
	}
	source = sheet_open(&sheet, &arena);
	ck_assert_uint_eq(source_read(source, read, COUNT(read)), COUNT(read));
	for (size_t i = 0; i < COUNT(wrote); i++)
		check_record(&wrote[i], &read[i]);
	ck_assert_uint_eq(source_facts(source)->interfaces[1].snap_length, 3);
	source_close(source);
	arena_free(&arena);
	free(sheet.bytes);
}
END_TEST

static void
check_time(int64_t first_time, int64_t time)
{
	const struct interface_facts facts = {
	    .link_type = 1, .first_time = first_time, .has_time = true};
	const struct record wrote = {.time = time, .has_time = true, .link_type = 1};
	struct arena arena = {0};
	struct record read;
	struct sheet sheet;
	struct source *source;

	write_start(&sheet, &facts);
	write_record(&sheet, &wrote);
	source = sheet_open(&sheet, &arena);
	ck_assert_uint_eq(source_read(source, &read, 1), 1);
	check_record(&wrote, &read);
	ck_assert(read.has_time);
	source_close(source);
	arena_free(&arena);
	free(sheet.bytes);
}

/* Time stamps have no sign; clocks that were never set, and offsets, make times before 1970. */
START_TEST(test_times)
{
	check_time(0, 0);
	check_time(5, TIME_MOST);
	check_time(-1, -1);
	check_time(-1, 2000000000);
	check_time(-1000000000, -1000000000);
	check_time(-1500000000, -1500000000);
	check_time(-TIME_MOST, -TIME_MOST);
}
END_TEST

/* A record without a time does not get one that means something. */
START_TEST(test_no_time)
{
	const struct record wrote = {.time = 7, .has_time = false, .link_type = 1};
	struct arena arena = {0};
	struct record read;
	struct sheet sheet;
	struct source *source;

	write_start(&sheet, &ethernet);
	write_record(&sheet, &wrote);
	source = sheet_open(&sheet, &arena);
	ck_assert_uint_eq(source_read(source, &read, 1), 1);
	ck_assert_int_eq(read.time, 0);
	source_close(source);
	arena_free(&arena);
	free(sheet.bytes);
}
END_TEST

/* What is around packets comes back as facts. */
START_TEST(test_facts_come_back)
{
	static const char *const comments[] = {"of the section"};
	static const char *const notes[] = {"of the packet", "and more"};
	static const struct interface_facts facts = {.name = "eth\xc3\xa9",
	    .description = "mirror",
	    .filter = "port 445",
	    .os = "some os",
	    .link_type = 1,
	    .snap_length = 128,
	    .last_time = 99,
	    .has_start = true,
	    .start_time = INT64_C(1700000000123456789),
	    .has_end = true,
	    .end_time = INT64_C(1700000001123456789),
	    .has_dropped = true};
	static const struct interface_facts dropping = {
	    .last_time = 99, .has_dropped = true, .dropped = UINT64_C(1) << 40};
	static const uint8_t ten[] = {10, 0, 0, 1}, v6[16] = {0xfe, 0x80, [15] = 1};
	const struct name_facts names[] = {
	    {addr_ipv4(ten), "fs1.corp.example"}, {addr_ipv6(v6), "dc"}, {addr_ipv4(ten), "b"}};
	const struct record record = {.has_time = true};
	const struct capture_facts *read;
	struct arena arena = {0};
	struct sheet sheet;
	struct source *source;

	sheet_begin(&sheet);
	pcapng_write_section(sheet.writer,
	    &(struct pcapng_section){.comments = comments, .comment_count = COUNT(comments)});
	pcapng_write_interface(sheet.writer, &facts);
	pcapng_write_interface(sheet.writer, &ethernet);
	pcapng_write_names(sheet.writer, names, COUNT(names));
	pcapng_write_packet(
	    sheet.writer, &(struct pcapng_packet){&record, 0, 7, notes, COUNT(notes)});
	pcapng_write_statistics(sheet.writer, 0, &facts, true);
	pcapng_write_statistics(sheet.writer, 1, &dropping, true);
	source = sheet_open(&sheet, &arena);
	ck_assert_uint_eq(read_all(source), 1);
	read = source_facts(source);
	ck_assert_ptr_null(read->damage);
	ck_assert_uint_eq(read->comment_count, 3);
	ck_assert_str_eq(read->comments[0], "of the section");
	ck_assert_str_eq(read->comments[1], "frame 1: of the packet");
	ck_assert_str_eq(read->comments[2], "frame 1: and more");
	ck_assert_str_eq(read->interfaces[0].name, facts.name);
	ck_assert_str_eq(read->interfaces[0].description, facts.description);
	ck_assert_str_eq(read->interfaces[0].filter, facts.filter);
	ck_assert_str_eq(read->interfaces[0].os, facts.os);
	ck_assert_uint_eq(read->interfaces[0].snap_length, 128);
	ck_assert(read->interfaces[0].has_dropped);
	ck_assert_uint_eq(read->interfaces[0].dropped, 0);
	ck_assert(read->interfaces[0].has_start && read->interfaces[0].has_end);
	ck_assert_int_eq(read->interfaces[0].start_time, facts.start_time);
	ck_assert_int_eq(read->interfaces[0].end_time, facts.end_time);
	ck_assert(!read->interfaces[1].has_start && !read->interfaces[1].has_end);
	ck_assert_uint_eq(read->interfaces[1].dropped, UINT64_C(1) << 40);
	ck_assert_ptr_null(read->interfaces[1].name);
	ck_assert_uint_eq(read->name_count, COUNT(names));
	for (size_t i = 0; i < COUNT(names); i++) {
		ck_assert(addr_equal(&read->names[i].addr, &names[i].addr));
		ck_assert_str_eq(read->names[i].name, names[i].name);
	}
	source_close(source);
	arena_free(&arena);
	free(sheet.bytes);
}
END_TEST

/* An option holds 65,535 bytes at most; what is longer is cut before a character, not in it. */
START_TEST(test_long_comment)
{
	char chars[70001] = "";
	const char *const comments[] = {chars};
	struct sheet sheet;
	size_t cut;

	for (size_t i = 0; i + 2 < sizeof(chars); i += 2)
		memcpy(chars + i, "\xc3\xa9", 3); /* two bytes each */
	chars[0] = 'x';
	chars[1] = 'y';
	memmove(chars + 1, chars + 2, strlen(chars + 2) + 1); /* at odd places */
	sheet_begin(&sheet);
	pcapng_write_section(
	    sheet.writer, &(struct pcapng_section){.comments = comments, .comment_count = 1});
	sheet_end(&sheet);
	cut = (uint8_t)sheet.bytes[26] | (size_t)(uint8_t)sheet.bytes[27] << 8;
	ck_assert_uint_eq(cut, 65531);
	ck_assert_mem_eq(sheet.bytes + 28, chars, cut);
	ck_assert_uint_eq(sheet.length, 28 + 65532 + 8);
	free(sheet.bytes);
}
END_TEST

Suite *
pcapng_writer_suite(void)
{
	Suite *suite = suite_create("pcapng_writer");
	TCase *blocks = tcase_create("blocks"), *back = tcase_create("read again");

	tcase_add_test(blocks, test_section);
	tcase_add_test(blocks, test_interface);
	tcase_add_test(blocks, test_packet);
	tcase_add_test(blocks, test_long_comment);
	suite_add_tcase(suite, blocks);
	tcase_add_test(back, test_records_come_back);
	tcase_add_test(back, test_times);
	tcase_add_test(back, test_no_time);
	tcase_add_test(back, test_facts_come_back);
	suite_add_tcase(suite, back);
	return suite;
}
