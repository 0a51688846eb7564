#include "analyzer/report/overlaps.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/sample_test.h"

Suite *overlaps_suite(void);

static struct overlap_facts overlaps[12] = {
    {CLIENT, 4, 10, 11, COPY_FIRST, NULL},
    {SERVER, 1, 0, 20, COPY_FIRST, NULL},
    {CLIENT, 6, 30, 31, COPY_SECOND, "linux"},
};

static const struct contested_value values[] = {
    {"path", "\\\\fs1\\data", "\\\\fs1\\\x1b[2J"}, {"share", "data", ""}};

static const struct contested_message contested[] = {
    {CLIENT, 10, 0, 100, "smb2_tree_connect", 3, values, 2, 1},
    {SERVER, 21, 0, 100, NULL, UINT64_MAX, values, 1, 0},
};

static const char *
rows_of(struct sample *sample, struct arena *arena)
{
	struct head head = {.capture = &sample->capture, .arena = arena};
	struct text text = {0};
	const char *rows;

	overlaps_add_rows(&head);
	for (size_t i = 0; i < head.count; i++) {
		ck_assert(head.rows[i].is_lack);
		text_addf(&text, "%s\n", head.rows[i].value);
	}
	rows = arena_text(arena, text_chars(&text), text.length);
	text_free(&text);
	head_free(&head);
	return rows;
}

START_TEST(test_rows)
{
	struct arena arena = {0};
	struct sample sample;

	sample_init(&sample, "text");
	ck_assert_str_eq(rows_of(&sample, &arena), "");
	sample.conversation_facts.overlaps = overlaps;
	sample.conversation_facts.overlap_count = 3;
	sample.conversation_facts.contested = contested;
	sample.conversation_facts.contested_count = 2;
	ck_assert_str_eq(rows_of(&sample, &arena),
	    "tcp.stream 3: 4 bytes of the client in frame 11 differ from the same in frame 10; the "
	    "first copy was read, as it had been passed on when the second came.\n"
	    "tcp.stream 3: 1 byte of the server in frame 20 differs from the same sent before; the "
	    "first copy was read, as it had been passed on when the second came.\n"
	    "tcp.stream 3: 6 bytes of the client in frame 31 differ from the same in frame 30; the "
	    "second copy was read, as hosts of the policy linux do (--overlap).\n"
	    "tcp.stream 3: the smb2_tree_connect message of the client in frame 10 has two "
	    "readings: path is \\\\fs1\\data as read, and \\\\fs1\\\\u{1b}[2J by the other copy; "
	    "share is data as read, and not there by the other copy; and 1 more field. What rests "
	    "on it is undecided.\n"
	    "tcp.stream 3: the message of the server in frame 21 has two readings: path is "
	    "\\\\fs1\\data as read, and \\\\fs1\\\\u{1b}[2J by the other copy. What rests on it is "
	    "undecided.\n");
	arena_free(&arena);
}
END_TEST

START_TEST(test_rows_are_bounded)
{
	struct arena arena = {0};
	struct sample sample;
	const char *rows;
	size_t count = 0;

	sample_init(&sample, "text");
	sample.conversation_facts.overlaps = overlaps;
	sample.conversation_facts.overlap_count = COUNT(overlaps);
	sample.conversation_facts.contested_left_out = 2;
	rows = rows_of(&sample, &arena);
	for (const char *at = rows; (at = strchr(at, '\n')) != NULL; at++)
		count++;
	ck_assert_uint_eq(count, 8 + 1);
	ck_assert_ptr_nonnull(strstr(rows, "Of bytes sent twice, 4 more conflicts and 2 messages "
					   "are not told, or not compared.\n"));
	arena_free(&arena);
}
END_TEST

Suite *
overlaps_suite(void)
{
	Suite *suite = suite_create("overlaps");
	TCase *tcase = tcase_create("overlaps");

	tcase_add_test(tcase, test_rows);
	tcase_add_test(tcase, test_rows_are_bounded);
	suite_add_tcase(suite, tcase);
	return suite;
}
