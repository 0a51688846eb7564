#include "analyzer/capture/parts.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/file_for_test.h"

Suite *parts_suite(void);

#define MICROSECONDS 0xa1b2c3d4
#define MOST_FILES   4
#define MS           1000 /* in the units of the files made here */
#define NS           1000 /* in such a unit */

/* A folder of files, gone at the end of a test. */
struct folder {
	char path[40];
	char files[MOST_FILES][80];
	const char *paths[MOST_FILES];
	size_t count;
};

static void
folder_begin(struct folder *folder)
{
	*folder = (struct folder){.path = "/tmp/smbtriage-test-XXXXXX"};
	ck_assert_ptr_nonnull(mkdtemp(folder->path));
}

/* Takes IMAGE. */
static void
folder_add(struct folder *folder, const char *name, struct image *image)
{
	char *path = folder->files[folder->count];
	FILE *file;

	strcpy(path, folder->path);
	strcat(path, "/");
	strncat(path, name, sizeof(folder->files[0]) - sizeof(folder->path) - 1);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(image->bytes, 1, image->length, file), image->length);
	fclose(file);
	folder->paths[folder->count++] = path;
	image_free(image);
}

static void
folder_end(struct folder *folder)
{
	for (size_t i = 0; i < folder->count; i++)
		unlink(folder->paths[i]);
	rmdir(folder->path);
}

/* Reads the files as a trace; what is known of it afterwards is in ARENA. */
static const struct capture_facts *
read_folder(const struct folder *folder, bool is_trace, struct arena *arena)
{
	const struct source_files files = {folder->paths, folder->count, is_trace};
	struct error error = {0};
	struct source *source = source_open_trace(&files, NULL, arena, &error);
	const struct capture_facts *facts;
	struct record records[7];
	uint64_t frame = 0;
	size_t count;

	ck_assert_msg(source != NULL, "%s", error.text);
	while ((count = source_read(source, records, COUNT(records))) != 0)
		for (size_t i = 0; i < count; i++)
			ck_assert_uint_eq(records[i].frame, ++frame);
	ck_assert_uint_eq(source_read(source, records, COUNT(records)), 0);
	facts = source_facts(source);
	ck_assert_uint_eq(facts->packets, frame);
	source_close(source);
	return facts;
}

/* Frames in each of the parts: "2 3 1"; "alone" where there are none. */
static const char *
shape_of(const struct capture_facts *facts)
{
	static char shape[100];
	uint64_t next = 1;
	size_t length = 0;

	if (facts->part_count == 0)
		return "alone";
	for (size_t i = 0; i < facts->part_count; i++) {
		ck_assert_uint_eq(facts->parts[i].first_frame, next);
		next += facts->parts[i].packets;
		length += (size_t)snprintf(shape + length, sizeof(shape) - length, "%s%u",
		    i == 0 ? "" : " ", (unsigned)facts->parts[i].packets);
	}
	return shape;
}

/* ---- packets ---- */

/* A segment of 100 bytes from PORT, beginning at SEQ. */
static void
tcp_packet(uint8_t ret[154], uint16_t port, uint32_t seq)
{
	static const uint8_t headers[54] = {[12] = 0x08,
	    0x00,
	    0x45,
	    0,
	    0,
	    140,
	    [22] = 64,
	    6,
	    [26] = 10,
	    0,
	    0,
	    1,
	    10,
	    0,
	    0,
	    2,
	    [36] = 0x01,
	    0xbd,
	    [46] = 0x50,
	    0x10};

	memset(ret, 0, 154);
	memcpy(ret, headers, sizeof(headers));
	ret[34] = (uint8_t)(port >> 8);
	ret[35] = (uint8_t)port;
	for (unsigned i = 0; i < 4; i++)
		ret[38 + i] = (uint8_t)(seq >> (24 - 8 * i));
}

/* A file of pcap with COUNT segments of a connection of PORT, from the one of number FIRST on, one
 * a millisecond from START on. */
static struct image
pcap_of(uint16_t port, uint32_t first, uint32_t count, uint32_t start)
{
	struct image image = {0};
	uint8_t packet[154];

	pcap_header(&image, MICROSECONDS, 1);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t time = start + i * MS;

		tcp_packet(packet, port, (first + i) * 100);
		image_u32(&image, time / 1000000);
		image_u32(&image, time % 1000000);
		image_u32(&image, sizeof(packet));
		image_u32(&image, sizeof(packet));
		image_bytes(&image, packet, sizeof(packet));
	}
	return image;
}

/* The second of two files, after one of ten segments from time zero on. */
struct second {
	const char *name; /* after "r.pcap" */
	uint16_t port;
	uint32_t first, start;
	const char *shape;
};

static const struct second seconds[] = {
    {"r.pcap1", 1000, 10, 10 * MS, "10 5"},
    {"r.pcap1", 1000, 10, 9 * MS, "10 5"},
    {"r.pcap1", 1000, 9, 10 * MS, "10 5"},       /* sent again */
    {"r.pcap1", 1000, 10, 11 * MS, "alone"},     /* after a longer silence than there was before */
    {"r.pcap1", 1000, 10, 8 * MS, "alone"},      /* before the first has ended */
    {"r.pcap1", 1000, 11, 10 * MS, "alone"},     /* a segment is missing */
    {"r.pcap1", 1000, 900000, 10 * MS, "alone"}, /* another connection */
    {"r.pcap1", 1001, 10, 10 * MS, "alone"},
    {"r.pcap2", 1000, 10, 10 * MS, "alone"}, /* a file is missing */
    {"s.pcap1", 1000, 10, 10 * MS, "alone"},
};

START_TEST(test_second)
{
	const struct second *second = &seconds[_i];
	struct image first = pcap_of(1000, 0, 10, 0);
	struct image next = pcap_of(second->port, second->first, 5, second->start);
	struct arena arena = {0};
	struct folder folder;

	folder_begin(&folder);
	folder_add(&folder, "r.pcap", &first);
	folder_add(&folder, second->name, &next);
	ck_assert_str_eq(shape_of(read_folder(&folder, false, &arena)), second->shape);
	folder_end(&folder);
	arena_free(&arena);
}
END_TEST

/* Names that only tools give need no connection that goes on. */
START_TEST(test_certain_names)
{
	struct image first = pcap_of(1000, 0, 10, 0), next = pcap_of(1001, 0, 5, 500 * MS);
	struct arena arena = {0};
	struct folder folder;
	const struct capture_facts *facts;

	folder_begin(&folder);
	folder_add(&folder, "r_00001_20261128093000.pcap", &first);
	folder_add(&folder, "r_00002_20261128093001.pcap", &next);
	facts = read_folder(&folder, false, &arena);
	ck_assert_str_eq(shape_of(facts), "10 5");
	ck_assert_str_eq(facts->file, folder.paths[0]);
	ck_assert_str_eq(facts->parts[0].file, folder.paths[0]);
	ck_assert_str_eq(facts->parts[1].file, folder.paths[1]);
	ck_assert_int_eq(facts->parts[1].first_time, (int64_t)500 * MS * NS);
	ck_assert_int_eq(facts->parts[1].last_time, (int64_t)504 * MS * NS);
	ck_assert_int_eq(facts->last_time, (int64_t)504 * MS * NS);
	ck_assert_uint_eq(facts->interface_count, 1);
	ck_assert_uint_eq(facts->interfaces[0].packets, 15);
	ck_assert_ptr_null(facts->damage);
	folder_end(&folder);
	arena_free(&arena);
}
END_TEST

/* The third of three files does not go on: the trace ends before it. */
START_TEST(test_end)
{
	struct image images[] = {
	    pcap_of(1000, 0, 3, 0), pcap_of(1000, 3, 3, 3 * MS), pcap_of(1000, 30, 3, 30 * MS)};
	static const char *const names[] = {"r0", "r1", "r2"};
	struct arena arena = {0};
	struct folder folder;

	folder_begin(&folder);
	for (size_t i = 0; i < COUNT(images); i++)
		folder_add(&folder, names[i], &images[i]);
	ck_assert_str_eq(shape_of(read_folder(&folder, false, &arena)), "3 3");
	/* Once it is known that they are a trace, nobody asks again. */
	ck_assert_str_eq(shape_of(read_folder(&folder, true, &arena)), "3 3 3");
	folder_end(&folder);
	arena_free(&arena);
}
END_TEST

/* A cut takes segments of the connection that goes on behind it. */
START_TEST(test_cut)
{
	struct image images[] = {
	    pcap_of(1000, 0, 3, 0), pcap_of(1000, 3, 4, 3 * MS), pcap_of(1000, 10, 2, 6 * MS)};
	static const char *const names[] = {"r0", "r1", "r2"};
	struct arena arena = {0};
	const struct capture_facts *facts;
	const struct capture_part *cut;
	struct folder folder;

	images[1].length -= 20;
	folder_begin(&folder);
	for (size_t i = 0; i < COUNT(images); i++)
		folder_add(&folder, names[i], &images[i]);
	facts = read_folder(&folder, false, &arena);
	ck_assert_str_eq(shape_of(facts), "3 3 2");
	cut = &facts->parts[1];
	ck_assert_str_eq(
	    cut->damage, "after frame 6, at byte 534: the file ends in the middle of a record");
	ck_assert_str_eq(
	    facts->damage, arena_format(&arena, "file %s: %s", cut->file, cut->damage));
	folder_end(&folder);
	arena_free(&arena);
}
END_TEST

/* ---- pcapng ---- */

static void
option_text(struct image *image, uint16_t code, const char *text)
{
	block_option(image, code, text, (uint16_t)strlen(text));
}

/* A section with a comment and an interface that is called NAME, and DROPS of it. */
static struct image
pcapng_of(const char *name, uint32_t start, unsigned drops)
{
	struct image image = {0};
	size_t block = section_begin(&image);

	option_text(&image, 1, "from the lab");
	block_end(&image, block);
	block = interface_begin(&image, 1, 65535);
	option_text(&image, 2, name);
	block_end(&image, block);
	pcapng_packet(&image, start, 60);
	pcapng_packet(&image, start + 1, 60);
	if (drops == 0)
		return image;
	block = block_begin(&image, 5);
	image_u32(&image, 0);
	image_u64(&image, 0);
	block_option_u64(&image, 5, drops);
	block_end(&image, block);
	return image;
}

static const struct capture_facts *
read_pcapng(const unsigned drops[3], const char *last_name, struct arena *arena)
{
	struct image images[] = {pcapng_of("eth0", 0, drops[0]), pcapng_of("eth0", 10, drops[1]),
	    pcapng_of(last_name, 20, drops[2])};
	const struct capture_facts *facts;
	struct folder folder;
	char name[60];

	folder_begin(&folder);
	for (size_t i = 0; i < COUNT(images); i++) {
		snprintf(name, sizeof(name), "r_%05zu_20261128093000.pcapng", i);
		folder_add(&folder, name, &images[i]);
	}
	facts = read_folder(&folder, false, arena);
	folder_end(&folder);
	return facts;
}

START_TEST(test_sections)
{
	static const unsigned none[3];
	struct arena arena = {0};
	const struct capture_facts *facts = read_pcapng(none, "eth0", &arena);

	ck_assert_str_eq(shape_of(facts), "2 2 2");
	ck_assert_uint_eq(facts->interface_count, 1);
	ck_assert_uint_eq(facts->interfaces[0].packets, 6);
	ck_assert(!facts->interfaces[0].has_dropped);
	ck_assert_uint_eq(facts->comment_count, 1);
	ck_assert_str_eq(facts->comments[0], "from the lab");
	ck_assert_uint_eq(facts->time_reversals, 0);
	arena_free(&arena);
}
END_TEST

START_TEST(test_other_interface)
{
	static const unsigned none[3];
	struct arena arena = {0};

	ck_assert_str_eq(shape_of(read_pcapng(none, "eth1", &arena)), "2 2");
	arena_free(&arena);
}
END_TEST

/* Counters since the capture began, or since the file did. */
static const struct {
	unsigned drops[3];
	uint64_t dropped;
	bool is_said;
} counters[] = {
    {{0, 0, 5}, 5, true},
    {{1, 4, 5}, 5, true},
    {{4, 4, 4}, 4, true},
    {{4, 3, 1}, 8, true},
    {{3, 0, 0}, 3, true},
    {{0, 0, 0}, 0, false},
};

START_TEST(test_drops)
{
	struct arena arena = {0};
	const struct capture_facts *facts = read_pcapng(counters[_i].drops, "eth0", &arena);

	ck_assert_uint_eq(facts->interfaces[0].dropped, counters[_i].dropped);
	ck_assert(facts->interfaces[0].has_dropped == counters[_i].is_said);
	arena_free(&arena);
}
END_TEST

/* A file that went away after it was seen is damage of the trace, and ends nothing else. */
START_TEST(test_gone)
{
	struct image images[] = {
	    pcap_of(1000, 0, 3, 0), pcap_of(1000, 3, 3, 3 * MS), pcap_of(1000, 6, 3, 6 * MS)};
	static const char *const names[] = {"r0", "r1", "r2"};
	struct arena arena = {0};
	const struct capture_facts *facts;
	struct folder folder;

	folder_begin(&folder);
	for (size_t i = 0; i < COUNT(images); i++)
		folder_add(&folder, names[i], &images[i]);
	unlink(folder.paths[1]);
	facts = read_folder(&folder, true, &arena);
	ck_assert_str_eq(shape_of(facts), "3 0 3");
	ck_assert_ptr_nonnull(strstr(facts->damage, "cannot be opened: No such file"));
	ck_assert_ptr_null(facts->parts[2].damage);
	folder_end(&folder);
	arena_free(&arena);
}
END_TEST

Suite *
parts_suite(void)
{
	Suite *suite = suite_create("parts");
	TCase *tcase = tcase_create("parts");

	tcase_add_loop_test(tcase, test_second, 0, COUNT(seconds));
	tcase_add_test(tcase, test_certain_names);
	tcase_add_test(tcase, test_end);
	tcase_add_test(tcase, test_cut);
	tcase_add_test(tcase, test_sections);
	tcase_add_test(tcase, test_other_interface);
	tcase_add_loop_test(tcase, test_drops, 0, COUNT(counters));
	tcase_add_test(tcase, test_gone);
	suite_add_tcase(suite, tcase);
	return suite;
}
