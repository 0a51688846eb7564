#include "analyzer/conversation/framer.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/conversation/packet_samples.h"

Suite *framer_suite(void);

/* One chunk; it follows the one before. Its frame is its place in the table, from 1. */
struct piece {
	enum chunk_kind kind;
	const char *text; /* CHUNK_BYTES */
	uint64_t length;  /* of all other kinds */
	bool is_inside;   /* no segment begins here */
};

#define BYTES(text)                         \
	{                                   \
		CHUNK_BYTES, text, 0, false \
	}
#define INSIDE(text)                       \
	{                                  \
		CHUNK_BYTES, text, 0, true \
	}
#define MISSING(length)                           \
	{                                         \
		CHUNK_MISSING, NULL, length, true \
	}
#define CUT(length)                           \
	{                                     \
		CHUNK_CUT, NULL, length, true \
	}
#define SKIPPED(length)                           \
	{                                         \
		CHUNK_SKIPPED, NULL, length, true \
	}

struct framer_case {
	const char *name;
	struct piece pieces[6];
	const char *log;
	enum doubt doubt;
	unsigned doubt_frame; /* whose time is the doubt's */
};

static struct framer
new_framer(struct stream *stream)
{
	return (struct framer){.dissector = &toy_tcp, .stream = stream, .side = SERVER};
}

static void
take(struct framer *framer, const struct piece *piece, uint64_t frame)
{
	size_t length = piece->text ? strlen(piece->text) : piece->length;
	uint8_t *bytes = piece->text ? mem_alloc(length, 1) : NULL;
	struct chunk chunk = {.kind = piece->kind,
	    .start = framer->position,
	    .length = length,
	    .bytes = bytes,
	    .frame = frame,
	    .time = (int64_t)frame * 1000,
	    .is_segment_start = !piece->is_inside,
	    .segment_end = framer->position + length};

	if (length == 0)
		return;
	if (bytes != NULL)
		memcpy(bytes, piece->text, length);
	framer_chunk(framer, &chunk);
	mem_free(bytes);
}

static const struct framer_case cases[] = {
    {.name = "whole in one segment", .pieces = {BYTES("T66abc")}, .log = "S0-6:T66abc@1 "},
    {.name = "several in one segment",
	.pieces = {BYTES("T55abT44cT33")},
	.log = "S0-5:T55ab@1 S5-9:T44c@1 S9-12:T33@1 "},
    {.name = "the frame that completes it is the message's",
	.pieces = {BYTES("T77a"), BYTES("bc"), BYTES("dT55ef")},
	.log = "S0-7:T77abcd@3 S7-12:T55ef@3 "},
    {.name = "a head in pieces",
	.pieces = {BYTES("T"), BYTES("6"), BYTES("6"), BYTES("abc")},
	.log = "S0-6:T66abc@4 "},
    {.name = "the head of the second in pieces",
	.pieces = {BYTES("T55abT"), BYTES("4"), BYTES("4cT33")},
	.log = "S0-5:T55ab@1 S5-9:T44c@3 S9-12:T33@3 "},
    {.name = "what is not wanted is not passed on",
	.pieces = {BYTES("T:5abcdefgT55hi")},
	.log = "S0-10:T:5ab@1 S10-15:T55hi@1 "},
    {.name = "not even when it comes in pieces",
	.pieces = {BYTES("T:5"), BYTES("abcd"), SKIPPED(3), BYTES("T55hi")},
	.log = "S0-10:T:5ab@3 S10-15:T55hi@4 "},
    {.name = "less wanted than shows the length",
	.pieces = {BYTES("T"), BYTES("51a"), BYTES("bT50cd")},
	.log = "S0-5:T@3 S5-10:@3 "},
    {.name = "the same in one piece", .pieces = {BYTES("T51abT50cd")}, .log = "S0-5:T@1 S5-10:@1 "},
    {.name = "missing among the wanted bytes: the message is cut there",
	.pieces = {BYTES("T88a"), MISSING(2), BYTES("deT"), BYTES("33")},
	.log = "S0-8:T88a(cut)@3 S8-11:T33@4 "},
    {.name = "cut off at the end of the wanted bytes",
	.pieces = {BYTES("T88abc"), CUT(2), BYTES("T33")},
	.log = "S0-8:T88abc(cut)@2 S8-11:T33@3 "},
    {.name = "cut off behind the wanted bytes",
	.pieces = {BYTES("T85ab"), CUT(3), BYTES("T33")},
	.log = "S0-8:T85ab@2 S8-11:T33@3 "},
    {.name = "cut off from the wanted bytes into the others",
	.pieces = {BYTES("T86ab"), CUT(3), BYTES("T33")},
	.log = "S0-8:T86ab(cut)@2 S8-11:T33@3 "},
    {.name = "missing beyond the end of a message that was all there",
	.pieces = {BYTES("T55ab"), MISSING(7), BYTES("T33")},
	.log = "S0-5:T55ab@1 gap S packets_missing S12-15:T33@3 ",
	.doubt = DOUBT_PACKETS_MISSING,
	.doubt_frame = 2},
    {.name = "missing from the wanted bytes to beyond the end",
	.pieces = {BYTES("T77ab"), MISSING(7), BYTES("T33")},
	.log = "S0-7:T77ab(cut)@2 gap S packets_missing S12-15:T33@3 ",
	.doubt = DOUBT_PACKETS_MISSING,
	.doubt_frame = 2},
    {.name = "missing from the unwanted bytes to beyond the end: the message lacks nothing",
	.pieces = {BYTES("T75ab"), MISSING(7), BYTES("T33")},
	.log = "S0-7:T75ab@2 gap S packets_missing S12-15:T33@3 ",
	.doubt = DOUBT_PACKETS_MISSING,
	.doubt_frame = 2},
    {.name = "cut off beyond the end",
	.pieces = {BYTES("T66ab"), CUT(7), BYTES("T33")},
	.log = "S0-6:T66ab(cut)@2 gap S cut_by_snaplen S12-15:T33@3 ",
	.doubt = DOUBT_CUT_BY_SNAPLEN,
	.doubt_frame = 2},
    {.name = "missing before the length is known",
	.pieces = {BYTES("T6"), MISSING(4), BYTES("T33")},
	.log = "gap S packets_missing S6-9:T33@3 ",
	.doubt = DOUBT_PACKETS_MISSING,
	.doubt_frame = 2},
    {.name = "missing at the very beginning",
	.pieces = {MISSING(4), BYTES("T33")},
	.log = "gap S packets_missing S4-7:T33@2 ",
	.doubt = DOUBT_PACKETS_MISSING,
	.doubt_frame = 1},
    {.name = "no message: lost until a segment begins with one",
	.pieces = {BYTES("T33xyz"), BYTES("T55abT33")},
	.log = "S0-3:T33@1 gap S not_understood S6-11:T55ab@2 S11-14:T33@2 ",
	.doubt = DOUBT_NOT_UNDERSTOOD,
	.doubt_frame = 1},
    {.name = "what looks like a beginning inside a segment is none",
	.pieces = {MISSING(2), INSIDE("T33"), BYTES("abc"), BYTES("T44d")},
	.log = "gap S packets_missing S8-12:T44d@4 ",
	.doubt = DOUBT_PACKETS_MISSING,
	.doubt_frame = 3},
    {.name = "too little to tell is no beginning",
	.pieces = {MISSING(2), BYTES("T4"), BYTES("4dT33"), BYTES("T33")},
	.log = "gap S packets_missing S9-12:T33@4 ",
	.doubt = DOUBT_PACKETS_MISSING,
	.doubt_frame = 3},
    {.name = "more is missing while lost",
	.pieces = {MISSING(2), CUT(3), BYTES("T33")},
	.log = "gap S packets_missing S5-8:T33@3 ",
	.doubt = DOUBT_PACKETS_MISSING,
	.doubt_frame = 2},
    {.name = "a wrong head that came in pieces",
	.pieces = {BYTES("T"), BYTES("1x"), BYTES("T33")},
	.log = "gap S not_understood S3-6:T33@3 ",
	.doubt = DOUBT_NOT_UNDERSTOOD,
	.doubt_frame = 2},
};

START_TEST(test_pieces)
{
	const struct framer_case *one = &cases[_i];
	struct stream stream = {0};
	struct framer framer = new_framer(&stream);
	const char *log;

	for (size_t i = 0; i < COUNT(one->pieces); i++)
		take(&framer, &one->pieces[i], i + 1);
	log = toy_take_log();
	ck_assert_msg(
	    strcmp(log, one->log) == 0, "%s:\n  got  %s\n  want %s", one->name, log, one->log);
	ck_assert_msg(
	    framer.doubt == one->doubt && framer.doubt_time == (int64_t)one->doubt_frame * 1000,
	    "%s: doubt %d at %d", one->name, framer.doubt, (int)framer.doubt_time);
	framer_free(&framer);
	stream_free(&stream);
}
END_TEST

/* ---- with a real stream ---- */

static void
pass_chunk(void *reader, const struct chunk *chunk)
{
	framer_chunk(reader, chunk);
}

static void
send_bytes(struct framer *framer, uint32_t seq, const char *text, size_t length, uint64_t frame)
{
	uint8_t *bytes = mem_alloc(length, 1);
	struct segment segment = {
	    seq, bytes, (uint32_t)length, (uint32_t)length, frame, (int64_t)frame * 1000};

	memcpy(bytes, text, length);
	stream_segment(framer->stream, &segment, pass_chunk, framer);
	mem_free(bytes);
}

static const char conversation[] = "T88abcdeT:5fgXXXXXT33T53lmT<<nopqrstuvT50wx";

/* The messages of that conversation without the frames, which depend on the segments. */
static const char messages[] = "S0-8:T88abcde S8-18:T:5fg S18-21:T33 S21-26:T53 "
			       "S26-38:T<<nopqrstuv S38-43: ";

static void
check_messages(const char *what, size_t at)
{
	const char *log = toy_take_log();
	struct text seen = {0};

	for (; *log != '\0'; log++) {
		if (*log == '@')
			log += strcspn(log, " ");
		text_add_char(&seen, *log);
	}
	ck_assert_msg(strcmp(text_chars(&seen), messages) == 0, "%s %zu:\n  got  %s\n  want %s",
	    what, at, text_chars(&seen), messages);
	text_free(&seen);
}

START_TEST(test_split_anywhere)
{
	size_t length = sizeof(conversation) - 1, at = (size_t)_i;
	struct stream stream = {0};
	struct framer framer = new_framer(&stream);

	send_bytes(&framer, 1, conversation, at, 1);
	send_bytes(&framer, 1 + (uint32_t)at, conversation + at, length - at, 2);
	check_messages("split at", at);
	framer_free(&framer);
	stream_free(&stream);
}
END_TEST

START_TEST(test_segments_of_one_size)
{
	size_t length = sizeof(conversation) - 1, size = (size_t)_i;
	struct stream stream = {0};
	struct framer framer = new_framer(&stream);

	for (size_t at = 0; at < length; at += size)
		send_bytes(&framer, 1 + (uint32_t)at, conversation + at,
		    length - at < size ? length - at : size, 1 + at);
	check_messages("segments of", size);
	framer_free(&framer);
	stream_free(&stream);
}
END_TEST

/* The payload of a message is not copied, yet only with all of it the message is complete. */
START_TEST(test_unwanted_bytes_out_of_order)
{
	struct stream stream = {0};
	struct framer framer = new_framer(&stream);

	stream_begin(&stream, 1);
	send_bytes(&framer, 1, "T:5", 3, 1); /* offsets 0 to 3 of 10, 5 wanted */
	send_bytes(&framer, 9, "fg", 2, 2);  /* 8 to 10: early, behind wanted bytes */
	ck_assert_str_eq(toy_take_log(), "");
	send_bytes(&framer, 4, "abc", 3, 3); /* 3 to 6; the hole 6 to 8 is unwanted */
	ck_assert_str_eq(toy_take_log(), "");
	send_bytes(&framer, 11, "T33", 3, 4); /* came whole, behind it */
	send_bytes(&framer, 7, "de", 2, 5);   /* 6 to 8 */
	ck_assert_str_eq(toy_take_log(), "S0-10:T:5ab@5 S10-13:T33@4 ");
	ck_assert_int_eq(framer.doubt, DOUBT_NONE);
	framer_free(&framer);
	stream_free(&stream);
}
END_TEST

static struct message seen;

static void
keep_message(void *state, const struct message *message)
{
	(void)state;
	seen = *message;
}

START_TEST(test_message_says_where_and_when)
{
	struct dissector keeper = toy_tcp;
	struct stream stream = {0};
	struct framer framer = new_framer(&stream);

	keeper.message = keep_message;
	framer.dissector = &keeper;
	send_bytes(&framer, 1, "T44aT85", 7, 1);
	send_bytes(&framer, 8, "bcde", 4, 2);
	send_bytes(&framer, 12, "f", 1, 3);
	ck_assert_uint_eq(seen.start, 4);
	ck_assert_uint_eq(seen.end, 12);
	ck_assert_uint_eq(seen.length, 8);
	ck_assert_uint_eq(seen.captured, 5);
	ck_assert_uint_eq(seen.frame, 3);
	ck_assert_int_eq(seen.time, 3000);
	ck_assert_int_eq(seen.first_time, 1000);
	ck_assert_int_eq(seen.from, SERVER);
	ck_assert(!seen.is_cut);
	framer_free(&framer);
	stream_free(&stream);
}
END_TEST

Suite *
framer_suite(void)
{
	Suite *suite = suite_create("framer");
	TCase *tcase = tcase_create("framer");

	tcase_add_loop_test(tcase, test_pieces, 0, (int)COUNT(cases));
	tcase_add_loop_test(tcase, test_split_anywhere, 1, (int)sizeof(conversation) - 1);
	tcase_add_loop_test(tcase, test_segments_of_one_size, 1, (int)sizeof(conversation));
	tcase_add_test(tcase, test_unwanted_bytes_out_of_order);
	tcase_add_test(tcase, test_message_says_where_and_when);
	suite_add_tcase(suite, tcase);
	return suite;
}
