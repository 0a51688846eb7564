#include "analyzer/evidence/evidence_file.h"

#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/file_for_test.h"

Suite *evidence_file_suite(void);

static char source_path[] = "/tmp/evidence_test.XXXXXX";
static struct arena arena;
static struct source *source; /* read to its end, for its facts */
static struct need_set needs;
static struct selection *selection;
static struct note_list notes;
static struct frame_list frames;

/* Of HOST as its last byte. */
static struct addr
host(uint8_t number)
{
	return addr_ipv4((const uint8_t[]){10, 0, 0, number});
}

static void
add_names(struct image *image)
{
	size_t start = block_begin(image, 4);

	block_option(image, 1,
	    "\x0a\x00\x00\x01"
	    "one",
	    8);
	block_option(image, 1,
	    "\x0a\x00\x00\x02"
	    "two",
	    8);
	image_u32(image, 0);
	block_end(image, start);
}

/* Three interfaces; frames 1 to 6, of which the third is no packet, the fifth of interface 2. */
static void
make_source(void)
{
	struct image image = {0};
	size_t start;
	int file;

	block_end(&image, section_begin(&image));
	block_end(&image, interface_begin(&image, 1, 65535));
	block_end(&image, interface_begin(&image, 113, 96));
	start = interface_begin(&image, 101, 0);
	block_option(&image, 2, "third", 5);
	block_end(&image, start);
	add_names(&image);
	add_bytes_block(&image, 10, 12); /* secrets */
	block_end(&image, packet_begin(&image, 0, 10, 50, 50));
	block_end(&image, packet_begin(&image, 0, 20, 51, 60));
	add_bytes_block(&image, 0xbad, 20);
	block_end(&image, packet_begin(&image, 0, 30, 52, 52));
	block_end(&image, packet_begin(&image, 2, 40, 53, 53));
	block_end(&image, packet_begin(&image, 0, 50, 54, 54));
	add_statistics(&image, 0);
	add_statistics(&image, 1);
	strcpy(source_path, "/tmp/evidence_test.XXXXXX");
	file = mkstemp(source_path);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, image.bytes, image.length), (ssize_t)image.length);
	close(file);
	image_free(&image);
}

static void
set_up(void)
{
	struct error error = {0};

	make_source();
	source = source_open(source_path, NULL, &arena, &error);
	ck_assert_msg(source != NULL, "%s", error.text);
	ck_assert_uint_eq(read_all(source), 6);
	ck_assert_ptr_null(source_facts(source)->damage);
}

static void
tear_down(void)
{
	unlink(source_path);
	source_close(source);
	selection_free(selection);
	needs_free(&needs);
	notes_free(&notes);
	frame_list_free(&frames);
	arena_free(&arena);
	selection = NULL;
}

/* FRAMES, of INTERFACE, are picked; they are of host 1. */
static void
pick(const uint64_t *picked, size_t count, uint32_t interface)
{
	const struct packet_tap *tap;

	for (size_t i = 0; i < count; i++)
		frame_set_add(&needs.frames, picked[i]);
	selection = selection_new(&needs);
	tap = selection_tap(selection);
	for (size_t i = 0; i < count; i++)
		tap->packet(tap->state,
		    &(struct packet){.frame = picked[i],
			.interface = interface,
			.ends = {.src = host(1), .dst = host(3)}},
		    NULL);
	selection_end(selection);
}

/* What was written, opened. */
static struct source *
written_for(bool is_of_several, bool is_everything, const char *filter)
{
	const char *path = source_path;
	const struct source_files files = {&path, 1, true};
	const struct evidence evidence = {.files = &files,
	    .reading = {.filter = filter},
	    .facts = source_facts(source),
	    .selection = selection,
	    .is_everything = is_everything,
	    .is_of_several = is_of_several,
	    .section = {.application = "test"},
	    .notes = &notes};
	char *bytes = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&bytes, &length);
	struct error error = {0};
	struct source *made;

	ck_assert_msg(evidence_write(out, &evidence, &frames, &error), "%s", error.text);
	fclose(out);
	made = open_bytes(bytes, length, NULL, &arena, &error);
	ck_assert_msg(made != NULL, "%s", error.text);
	free(bytes);
	return made;
}

static struct source *
written(bool is_everything, const char *filter)
{
	return written_for(false, is_everything, filter);
}

static void
expect_frames(struct source *file, const uint64_t *expected, size_t count)
{
	struct record records[8];

	ck_assert_uint_eq(source_read(file, records, COUNT(records)), count);
	ck_assert_ptr_null(source_facts(file)->damage);
	ck_assert_uint_eq(frames.count, count);
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(frames.items[i], expected[i]);
}

/* The packets as they were, with the interface, the names and the drops that they need. */
START_TEST(test_some)
{
	static const uint64_t picked[] = {2, 4};
	const struct capture_facts *facts;
	struct record records[3];
	struct source *file;

	pick(picked, COUNT(picked), 0);
	file = written(false, NULL);
	ck_assert_uint_eq(source_read(file, records, 3), 2);
	ck_assert_uint_eq(records[0].captured, 51);
	ck_assert_uint_eq(records[0].length, 60);
	ck_assert_int_eq(records[0].time, 20000);
	ck_assert(is_pattern(records[0].bytes, 20, 51));
	ck_assert(is_pattern(records[1].bytes, 30, 52));
	ck_assert_uint_eq(source_read(file, records, 3), 0);
	facts = source_facts(file);
	ck_assert_uint_eq(facts->interface_count, 1);
	ck_assert_uint_eq(facts->interfaces[0].link_type, 1);
	ck_assert_uint_eq(facts->interfaces[0].dropped, 42);
	ck_assert_uint_eq(facts->name_count, 1);
	ck_assert_str_eq(facts->names[0].name, "one");
	ck_assert_uint_eq(frames.items[1], 4);
	source_close(file);
}
END_TEST

/* Everything is what the source has of packets, and of nothing else. */
START_TEST(test_all)
{
	static const uint64_t expected[] = {1, 2, 4, 5, 6};
	struct source *file;

	pick(NULL, 0, 0);
	file = written(true, NULL);
	expect_frames(file, expected, COUNT(expected));
	ck_assert_uint_eq(source_facts(file)->interface_count, 2);
	ck_assert_uint_eq(source_facts(file)->interfaces[1].link_type, 101);
	ck_assert_str_eq(source_facts(file)->interfaces[1].name, "third");
	ck_assert(!source_facts(file)->interfaces[1].has_dropped);
	ck_assert_uint_eq(source_facts(file)->name_count, 2);
	source_close(file);
}
END_TEST

START_TEST(test_filter)
{
	static const uint64_t expected[] = {4, 5, 6};
	struct source *file;

	pick(NULL, 0, 0);
	file = written(true, "greater 52 and not greater 55");
	expect_frames(file, expected, COUNT(expected));
	source_close(file);
}
END_TEST

/* A part of a datagram that came on another interface than the rest. */
START_TEST(test_other_interface)
{
	static const uint64_t picked[] = {1, 5};
	struct source *file;

	pick(picked, COUNT(picked), 0);
	file = written(false, NULL);
	expect_frames(file, picked, COUNT(picked));
	ck_assert_uint_eq(source_facts(file)->interface_count, 2);
	ck_assert_str_eq(source_facts(file)->interfaces[1].name, "third");
	source_close(file);
}
END_TEST

/* What is compared says when it captured, and what it dropped wherever it did. */
START_TEST(test_of_several)
{
	static const uint64_t picked[] = {2, 4};
	const struct capture_facts *mine = source_facts(source), *facts;
	struct source *file;

	pick(picked, COUNT(picked), 0);
	file = written_for(true, false, NULL);
	ck_assert_uint_eq(read_all(file), 2);
	facts = source_facts(file);
	ck_assert_uint_eq(facts->interface_count, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(facts->interfaces[i].has_start && facts->interfaces[i].has_end);
		ck_assert_int_eq(facts->interfaces[i].start_time, mine->interfaces[i].start_time);
		ck_assert_int_eq(facts->interfaces[i].end_time, mine->interfaces[i].end_time);
		ck_assert_uint_eq(facts->interfaces[i].dropped, 42);
	}
	source_close(file);
	frame_list_free(&frames);
	file = written(false, NULL);
	ck_assert_uint_eq(read_all(file), 2);
	ck_assert(!source_facts(file)->interfaces[0].has_start);
	source_close(file);
}
END_TEST

START_TEST(test_notes)
{
	static const uint64_t picked[] = {2, 6};
	const struct capture_facts *facts;
	struct source *file;

	pick(picked, COUNT(picked), 0);
	notes_add(&notes, 1, "of a frame that is left out");
	notes_add(&notes, 2, "of the first");
	notes_add(&notes, 6, "of the second");
	notes_add(&notes, 6, "and once more");
	notes_sort(&notes);
	file = written(false, NULL);
	ck_assert_uint_eq(read_all(file), 2);
	facts = source_facts(file);
	ck_assert_uint_eq(facts->comment_count, 3);
	ck_assert_str_eq(facts->comments[0], "frame 1: of the first");
	ck_assert_str_eq(facts->comments[1], "frame 2: of the second");
	ck_assert_str_eq(facts->comments[2], "frame 2: and once more");
	source_close(file);
}
END_TEST

START_TEST(test_source_gone)
{
	const char *path = "/nonexistent";
	const struct source_files files = {&path, 1, true};
	struct evidence evidence = {
	    .files = &files, .facts = source_facts(source), .notes = &notes};
	struct error error = {0};

	pick(NULL, 0, 0);
	evidence.selection = selection;
	ck_assert(!evidence_write(stdout, &evidence, &frames, &error));
	ck_assert_str_eq(error.text, "/nonexistent: cannot be opened: No such file or directory");
}
END_TEST

Suite *
evidence_file_suite(void)
{
	Suite *suite = suite_create("evidence_file");
	TCase *tcase = tcase_create("evidence_file");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_some);
	tcase_add_test(tcase, test_all);
	tcase_add_test(tcase, test_filter);
	tcase_add_test(tcase, test_other_interface);
	tcase_add_test(tcase, test_of_several);
	tcase_add_test(tcase, test_notes);
	tcase_add_test(tcase, test_source_gone);
	suite_add_tcase(suite, tcase);
	return suite;
}
