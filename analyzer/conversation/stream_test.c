#include "analyzer/conversation/stream.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"

Suite *stream_suite(void);

enum act { END = 0, BEGIN, SEGMENT, ACKED, FIN, SETTLE, SKIP, SKIP_WHEN_READ, PAYLOAD, FLUSH };

/* What happens to the stream; its frame is its place in the table, from 1. */
struct step {
	enum act act;
	uint32_t value;   /* a sequence number; SKIP: an offset; SETTLE: how often */
	const char *text; /* SEGMENT */
	uint32_t cut;     /* SEGMENT: bytes that the snap length cut off */
};

#define BEGIN_AT(seq)               \
	{                           \
		BEGIN, seq, NULL, 0 \
	}
#define SEG(seq, text)                \
	{                             \
		SEGMENT, seq, text, 0 \
	}
#define CUT(seq, text, cut)             \
	{                               \
		SEGMENT, seq, text, cut \
	}
#define ACK(seq)                    \
	{                           \
		ACKED, seq, NULL, 0 \
	}
#define FIN_AT(seq)               \
	{                         \
		FIN, seq, NULL, 0 \
	}
#define SETTLE_TIMES(count)            \
	{                              \
		SETTLE, count, NULL, 0 \
	}
#define SKIP_TO(offset)               \
	{                             \
		SKIP, offset, NULL, 0 \
	}
#define SKIP_ON_CHUNK(offset)                   \
	{                                       \
		SKIP_WHEN_READ, offset, NULL, 0 \
	}
#define PASS_PAYLOAD                \
	{                           \
		PAYLOAD, 0, NULL, 0 \
	}
#define FLUSH_ALL                 \
	{                         \
		FLUSH, 0, NULL, 0 \
	}

struct stream_case {
	const char *name;
	const char *policy; /* NULL: nothing is said of one */
	struct step steps[16];
	/* B bytes, S skipped, C cut, M missing; offsets; contents; '^' where a segment starts; the
	 * frame. */
	const char *chunks;
	uint64_t retransmissions, missing, conflicting;
};

struct reader {
	struct stream *stream;
	struct text log;
	uint64_t next;
	uint64_t skip_when_read;
};

static void
take_chunk(void *context, const struct chunk *chunk)
{
	struct reader *reader = context;

	ck_assert_uint_eq(chunk->start, reader->next);
	ck_assert_uint_ne(chunk->length, 0);
	ck_assert_int_eq(chunk->time, (int64_t)chunk->frame * 1000);
	ck_assert_uint_ge(chunk->segment_end, chunk->start + chunk->length);
	ck_assert_int_eq(chunk->bytes != NULL, chunk->kind == CHUNK_BYTES);
	reader->next = chunk->start + chunk->length;
	text_addf(&reader->log, "%c%u-%u", "BSCM"[chunk->kind], (unsigned)chunk -> start,
	    (unsigned)reader -> next);
	if (chunk->bytes != NULL) {
		text_add_char(&reader->log, ':');
		text_add_bytes(&reader->log, (const char *)chunk->bytes, chunk->length);
	}
	text_addf(
	    &reader->log, "%s@%u ", chunk->is_segment_start ? "^" : "", (unsigned)chunk->frame);
	if (reader->skip_when_read != 0 && chunk->kind == CHUNK_BYTES)
		stream_skip(reader->stream, reader->skip_when_read);
}

/* The segment's bytes in a block of exactly their size, so that reading past them shows. */
static void
feed(struct stream *stream, struct reader *reader, const struct step *step, uint64_t frame)
{
	uint32_t length = (uint32_t)strlen(step->text), captured = length - step->cut;
	uint8_t *bytes = captured ? mem_alloc(captured, 1) : NULL;
	struct segment segment = {
	    step->value, bytes, captured, length, frame, (int64_t)frame * 1000};

	if (captured != 0)
		memcpy(bytes, step->text, captured);
	stream_segment(stream, &segment, take_chunk, reader);
	mem_free(bytes);
}

static void
act(struct stream *stream, struct reader *reader, const struct step *step, uint64_t frame)
{
	switch (step->act) {
	case END:
		return;
	case BEGIN:
		stream_begin(stream, step->value);
		return;
	case SEGMENT:
		feed(stream, reader, step, frame);
		return;
	case ACKED:
		stream_acknowledged(stream, step->value, frame, (int64_t)frame * 1000);
		return;
	case FIN:
		stream_fin(stream, step->value, frame, (int64_t)frame * 1000);
		return;
	case SETTLE:
		for (uint32_t i = 0; i < step->value; i++)
			stream_settle(stream, take_chunk, reader);
		return;
	case SKIP:
		stream_skip(stream, step->value);
		return;
	case SKIP_WHEN_READ:
		reader->skip_when_read = step->value;
		return;
	case PAYLOAD:
		stream_pass_payload(stream, take_chunk, reader);
		return;
	case FLUSH:
		stream_flush(stream, take_chunk, reader);
		return;
	}
}

static const struct stream_case cases[] = {
    {.name = "in order",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), SEG(103, "de"), FLUSH_ALL},
	.chunks = "B0-3:abc^@2 B3-5:de^@3 "},
    {.name = "the first segment begins a stream whose beginning is not in the capture",
	.steps = {SEG(777, "abc"), SEG(780, "de")},
	.chunks = "B0-3:abc^@1 B3-5:de^@2 "},
    {.name = "out of order",
	.steps = {BEGIN_AT(100), SEG(103, "de"), SEG(105, "f"), SEG(100, "abc")},
	.chunks = "B0-3:abc^@4 B3-5:de^@2 B5-6:f^@3 "},
    {.name = "two holes, the later one filled first",
	.steps = {BEGIN_AT(100), SEG(108, "ij"), SEG(104, "ef"), SEG(106, "gh"), SEG(100, "abcd")},
	.chunks = "B0-4:abcd^@5 B4-6:ef^@3 B6-8:gh^@4 B8-10:ij^@2 "},
    {.name = "a duplicate is a retransmission",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), SEG(100, "abc"), SEG(103, "d"), FLUSH_ALL},
	.chunks = "B0-3:abc^@2 B3-4:d^@4 ",
	.retransmissions = 1},
    {.name = "a duplicate of a segment that waits behind a hole",
	.steps = {BEGIN_AT(100), SEG(103, "de"), SEG(103, "de"), SEG(100, "abc")},
	.chunks = "B0-3:abc^@4 B3-5:de^@2 ",
	.retransmissions = 1},
    {.name = "the same with other bytes: the first copy counts",
	.steps = {BEGIN_AT(100), SEG(103, "de"), SEG(103, "dX"), SEG(100, "abc")},
	.chunks = "B0-3:abc^@4 B3-5:de^@2 ",
	.retransmissions = 1,
	.conflicting = 1},
    {.name = "two segments repeated as one",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), SEG(103, "de"), SEG(100, "abcde")},
	.chunks = "B0-3:abc^@2 B3-5:de^@3 ",
	.retransmissions = 1},
    {.name = "an overlap adds its news only, and is no segment start there",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), SEG(102, "cde")},
	.chunks = "B0-3:abc^@2 B3-5:de@3 "},
    {.name = "other bytes in the overlap: the first copy counts",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), SEG(101, "XYde")},
	.chunks = "B0-3:abc^@2 B3-5:de@3 ",
	.conflicting = 2},
    {.name = "a repetition with other bytes",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), SEG(100, "aXc")},
	.chunks = "B0-3:abc^@2 ",
	.retransmissions = 1,
	.conflicting = 1},
    {.name = "an early segment that the one before it overlaps",
	.steps = {BEGIN_AT(100), SEG(103, "def"), SEG(100, "abcd")},
	.chunks = "B0-3:abc^@3 B3-6:def^@2 "},
    {.name = "an early segment that is wholly contained in what fills the hole",
	.steps = {BEGIN_AT(100), SEG(103, "de"), SEG(100, "abcdefg")},
	.chunks = "B0-3:abc^@3 B3-5:de^@2 B5-7:fg@3 "},
    {.name = "and with other bytes",
	.steps = {BEGIN_AT(100), SEG(103, "de"), SEG(100, "abcXefg")},
	.chunks = "B0-3:abc^@3 B3-5:de^@2 B5-7:fg@3 ",
	.conflicting = 1},
    {.name = "and before a host that lets the earlier segment win",
	.policy = "linux",
	.steps = {BEGIN_AT(100), SEG(103, "de"), SEG(100, "abcXefg")},
	.chunks = "B0-7:abcXefg^@3 ",
	.conflicting = 1},
    {.name = "an early segment that is partly contained, with other bytes",
	.steps = {BEGIN_AT(100), SEG(103, "Xef"), SEG(100, "abcd")},
	.chunks = "B0-3:abc^@3 B3-6:Xef^@2 ",
	.conflicting = 1},
    {.name = "and before a host that lets the earlier segment win",
	.policy = "linux",
	.steps = {BEGIN_AT(100), SEG(103, "Xef"), SEG(100, "abcd")},
	.chunks = "B0-4:abcd^@3 B4-6:ef@2 ",
	.conflicting = 1},
    {.name = "a repetition with other bytes, before a host that takes the last copy",
	.policy = "last",
	.steps = {BEGIN_AT(100), SEG(103, "def"), SEG(104, "X"), SEG(100, "abc")},
	.chunks = "B0-3:abc^@4 B3-4:d^@2 B4-5:X^@3 B5-6:f@2 ",
	.retransmissions = 1,
	.conflicting = 1},
    {.name = "what was passed on stays, before whomever",
	.policy = "last",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), SEG(101, "XYde")},
	.chunks = "B0-3:abc^@2 B3-5:de@3 ",
	.conflicting = 2},
    {.name = "a segment that three held ones break up",
	.steps = {BEGIN_AT(100), SEG(102, "c"), SEG(106, "g"), SEG(104, "e"), SEG(101, "BCDEFGH"),
	    SEG(100, "a")},
	.chunks = "B0-1:a^@6 B1-2:B^@5 B2-3:c^@2 B3-4:D@5 B4-5:e^@4 B5-6:F@5 B6-7:g^@3 B7-8:H@5 ",
	.conflicting = 3},
    {.name = "and one in order that they break up",
	.steps = {BEGIN_AT(100), SEG(102, "c"), SEG(106, "g"), SEG(104, "e"), SEG(100, "ABCDEFGH")},
	.chunks = "B0-2:AB^@5 B2-3:c^@2 B3-4:D@5 B4-5:e^@4 B5-6:F@5 B6-7:g^@3 B7-8:H@5 ",
	.conflicting = 3},
    {.name = "a held one of which the snap length cuts what another has",
	.policy = "last",
	.steps = {BEGIN_AT(100), CUT(102, "cdefgh", 3), SEG(103, "DEF"), SEG(100, "ab")},
	.chunks = "B0-2:ab^@4 B2-3:c^@2 B3-6:DEF^@3 C6-8@2 ",
	.retransmissions = 1,
	.conflicting = 2},
    {.name = "two early segments that overlap with other bytes",
	.steps = {BEGIN_AT(100), SEG(103, "def"), SEG(105, "Xg"), SEG(100, "abc")},
	.chunks = "B0-3:abc^@4 B3-6:def^@2 B6-7:g@3 ",
	.conflicting = 1},
    {.name = "sequence numbers wrap",
	.steps = {BEGIN_AT(0xfffffffe), SEG(1, "de"), SEG(0xfffffffe, "abc"), ACK(3), FLUSH_ALL},
	.chunks = "B0-3:abc^@3 B3-5:de^@2 "},
    {.name = "bytes before the beginning are not the stream's",
	.steps = {BEGIN_AT(100), SEG(90, "old"), SEG(98, "xyabc"), SEG(103, "d")},
	.chunks = "B0-3:abc^@3 B3-4:d^@4 "},
    {.name = "a cut segment whose captured bytes all lie before the beginning",
	.steps = {BEGIN_AT(100), CUT(98, "xyabc", 4)},
	.chunks = "C0-3^@2 "},
    {.name = "cut by the snap length",
	.steps = {BEGIN_AT(100), CUT(100, "abcdef", 2), SEG(106, "g")},
	.chunks = "B0-4:abcd^@2 C4-6@2 B6-7:g^@3 "},
    {.name = "nothing captured of a segment",
	.steps = {BEGIN_AT(100), CUT(100, "abc", 3), SEG(103, "d")},
	.chunks = "C0-3^@2 B3-4:d^@3 "},
    {.name = "an early segment that is cut",
	.steps = {BEGIN_AT(100), CUT(103, "def", 2), SEG(100, "abc"), SEG(106, "g")},
	.chunks = "B0-3:abc^@3 B3-4:d^@2 C4-6@2 B6-7:g^@4 "},
    {.name = "a repetition brings what is behind the cut, too late",
	.steps = {BEGIN_AT(100), CUT(100, "abc", 1), SEG(100, "abc"), SEG(103, "d")},
	.chunks = "B0-2:ab^@2 C2-3@2 B3-4:d^@4 ",
	.retransmissions = 1},
    {.name = "a hole without acknowledgement is waited for",
	.steps = {BEGIN_AT(100), SEG(103, "de"), SETTLE_TIMES(100)},
	.chunks = ""},
    {.name = "an acknowledged hole is waited for by patience",
	.steps = {BEGIN_AT(100), SEG(103, "de"), ACK(105), SETTLE_TIMES(STREAM_PATIENCE),
	    SEG(100, "abc")},
	.chunks = "B0-3:abc^@5 B3-5:de^@2 "},
    {.name = "and is missing afterwards",
	.steps = {BEGIN_AT(100), SEG(103, "de"), ACK(105), SETTLE_TIMES(STREAM_PATIENCE + 1)},
	.chunks = "M0-3@2 B3-5:de^@2 ",
	.missing = 3},
    {.name = "an acknowledgement up to the hole's end is enough",
	.steps = {BEGIN_AT(100), SEG(103, "de"), ACK(103), SETTLE_TIMES(STREAM_PATIENCE + 1)},
	.chunks = "M0-3@2 B3-5:de^@2 ",
	.missing = 3},
    {.name = "one that covers part of the hole is not",
	.steps = {BEGIN_AT(100), SEG(103, "de"), ACK(102), SETTLE_TIMES(100)},
	.chunks = ""},
    {.name = "patience begins anew with every hole",
	.steps = {BEGIN_AT(100), SEG(101, "b"), SEG(103, "d"), ACK(104),
	    SETTLE_TIMES(STREAM_PATIENCE + 1), SETTLE_TIMES(STREAM_PATIENCE)},
	.chunks = "M0-1@2 B1-2:b^@2 ",
	.missing = 1},
    {.name = "bytes that come after they were given up",
	.steps = {BEGIN_AT(100), SEG(103, "de"), ACK(105), SETTLE_TIMES(STREAM_PATIENCE + 1),
	    SEG(100, "abcdef")},
	.chunks = "M0-3@2 B3-5:de^@2 B5-6:f@5 ",
	.missing = 3},
    {.name = "at the end a hole that nobody acknowledged is missing as well",
	.steps = {BEGIN_AT(100), SEG(103, "de"), SEG(107, "h"), FLUSH_ALL},
	.chunks = "M0-3@2 B3-5:de^@2 M5-7@3 B7-8:h^@3 ",
	.missing = 5},
    {.name = "acknowledged bytes that the capture never held",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), ACK(110), ACK(112), FLUSH_ALL},
	.chunks = "B0-3:abc^@2 M3-12@3 ",
	.missing = 9},
    {.name = "acknowledged bytes of a stream without any segment",
	.steps = {BEGIN_AT(100), ACK(101), ACK(110), FLUSH_ALL},
	.chunks = "M0-10@2 ",
	.missing = 10},
    {.name = "nothing is missing when all is acknowledged",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), ACK(103), FLUSH_ALL},
	.chunks = "B0-3:abc^@2 "},
    {.name = "an acknowledgement of what lies before the beginning",
	.steps = {BEGIN_AT(100), ACK(99), SEG(100, "abc"), FLUSH_ALL},
	.chunks = "B0-3:abc^@3 "},
    {.name = "the FIN's own number is no byte",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), FIN_AT(103), ACK(104), FLUSH_ALL},
	.chunks = "B0-3:abc^@2 "},
    {.name = "nor when its acknowledgement comes first",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), ACK(104), FIN_AT(103), FLUSH_ALL},
	.chunks = "B0-3:abc^@2 "},
    {.name = "nor with nothing but a FIN",
	.steps = {FIN_AT(100), ACK(101), FLUSH_ALL},
	.chunks = ""},
    {.name = "a FIN behind bytes that were acknowledged and not captured",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), ACK(108), FIN_AT(107), FLUSH_ALL},
	.chunks = "B0-3:abc^@2 M3-7@3 ",
	.missing = 4},
    {.name = "a FIN behind bytes that nobody acknowledged: they were sent all the same",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), FIN_AT(107), FLUSH_ALL},
	.chunks = "B0-3:abc^@2 M3-7@3 ",
	.missing = 4},
    {.name = "a keep-alive without news is no retransmission",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), SEG(102, "c"), SEG(102, "c"), SEG(103, "d")},
	.chunks = "B0-3:abc^@2 B3-4:d^@5 "},
    {.name = "a keep-alive's byte may be any",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), SEG(102, "X")},
	.chunks = "B0-3:abc^@2 "},
    {.name = "one byte from further back is a retransmission",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), SEG(101, "b")},
	.chunks = "B0-3:abc^@2 ",
	.retransmissions = 1},
    {.name = "a window probe brings one byte, its segment follows",
	.steps = {BEGIN_AT(100), SEG(100, "abc"), SEG(103, "d"), SEG(103, "defg")},
	.chunks = "B0-3:abc^@2 B3-4:d^@3 B4-7:efg@4 "},
    {.name = "what the reader does not want is not copied",
	.steps = {BEGIN_AT(100), SEG(100, "ab"), SKIP_TO(6), SEG(102, "cd"), SEG(104, "efgh")},
	.chunks = "B0-2:ab^@2 S2-4^@4 S4-6^@5 B6-8:gh@5 "},
    {.name = "a hole inside it is waited for",
	.steps = {BEGIN_AT(100), SEG(100, "ab"), SKIP_TO(6), SEG(104, "efgh"), PASS_PAYLOAD,
	    SEG(102, "cd")},
	.chunks = "B0-2:ab^@2 S2-4^@6 S4-6^@4 B6-8:gh@4 "},
    {.name = "until it is acknowledged",
	.steps = {BEGIN_AT(100), SEG(100, "ab"), SKIP_TO(6), SEG(104, "efgh"), ACK(104),
	    PASS_PAYLOAD},
	.chunks = "B0-2:ab^@2 S2-4@4 S4-6^@4 B6-8:gh@4 "},
    {.name = "in whole",
	.steps = {BEGIN_AT(100), SEG(100, "ab"), SKIP_TO(6), SEG(104, "efgh"), ACK(103),
	    PASS_PAYLOAD},
	.chunks = "B0-2:ab^@2 "},
    {.name = "and so is one that ends where the interesting bytes begin",
	.steps = {BEGIN_AT(100), SEG(100, "ab"), SKIP_TO(6), SEG(106, "gh"), ACK(106),
	    PASS_PAYLOAD},
	.chunks = "B0-2:ab^@2 S2-6@4 B6-8:gh^@4 "},
    {.name = "but one that goes on behind it is waited for by patience",
	.steps = {BEGIN_AT(100), SEG(100, "ab"), SKIP_TO(6), SEG(107, "h"), ACK(108), PASS_PAYLOAD,
	    SEG(106, "g"), PASS_PAYLOAD},
	.chunks = "B0-2:ab^@2 S2-6@7 B6-7:g^@7 B7-8:h^@4 "},
    {.name = "an early segment waits although its beginning is uninteresting",
	.steps = {BEGIN_AT(100), SKIP_TO(0), SEG(104, "efgh"), SKIP_TO(6), SEG(100, "ab"),
	    SEG(102, "cd")},
	.chunks = "S0-2^@5 S2-4^@6 S4-6^@3 B6-8:gh@3 "},
    {.name = "late bytes of payload that was not waited for",
	.steps = {BEGIN_AT(100), SKIP_TO(6), SEG(104, "efg"), ACK(107), PASS_PAYLOAD,
	    SEG(100, "abcd"), SEG(107, "h")},
	.chunks = "S0-4@3 S4-6^@3 B6-7:g@3 B7-8:h^@7 ",
	.retransmissions = 1},
    {.name = "payload behind a hole is held as one",
	.steps = {BEGIN_AT(100), SEG(100, "ab"), SKIP_TO(10), SEG(104, "ef"), SEG(106, "gh"),
	    SEG(106, "gh"), SEG(108, "ijkl"), SEG(102, "cd")},
	.chunks = "B0-2:ab^@2 S2-4^@8 S4-8^@5 S8-10^@7 B10-12:kl@7 ",
	.retransmissions = 1},
    {.name = "the first of it proves the hole",
	.steps = {BEGIN_AT(100), SEG(100, "ab"), SKIP_TO(10), SEG(104, "ef"), SEG(106, "gh"),
	    SEG(108, "ijkl"), FLUSH_ALL},
	.chunks = "B0-2:ab^@2 S2-4@4 S4-8^@5 S8-10^@6 B10-12:kl@6 "},
    {.name = "two holes in payload, the later one filled first",
	.steps = {BEGIN_AT(100), SKIP_TO(10), SEG(102, "c"), SEG(104, "e"), SEG(103, "d"),
	    SEG(100, "ab"), SEG(105, "f")},
	.chunks = "S0-2^@6 S2-3^@3 S3-4^@5 S4-5^@4 S5-6^@7 "},
    {.name = "two holes in payload, both acknowledged",
	.steps = {BEGIN_AT(100), SKIP_TO(10), SEG(102, "c"), SEG(104, "e"), ACK(105), PASS_PAYLOAD},
	.chunks = "S0-2@3 S2-3^@3 S3-4@4 S4-5^@4 "},
    {.name = "cut bytes that the reader turns out not to want",
	.steps = {BEGIN_AT(100), SKIP_ON_CHUNK(5), CUT(100, "abcdef", 4)},
	.chunks = "B0-2:ab^@3 S2-5@3 C5-6@3 "},
    {.name = "a hole that the reader turns out not to want",
	.steps = {BEGIN_AT(100), SKIP_ON_CHUNK(5), SEG(105, "f"), SEG(100, "ab"), ACK(105),
	    PASS_PAYLOAD},
	.chunks = "B0-2:ab^@4 S2-5@3 B5-6:f^@3 "},
    {.name = "unwanted bytes that the capture lacks are not missing",
	.steps = {BEGIN_AT(100), SEG(100, "ab"), SKIP_TO(6), ACK(104), FLUSH_ALL},
	.chunks = "B0-2:ab^@2 S2-4@4 "},
    {.name = "but those behind them are",
	.steps = {BEGIN_AT(100), SEG(100, "ab"), SKIP_TO(6), ACK(110), FLUSH_ALL},
	.chunks = "B0-2:ab^@2 S2-6@4 M6-10@4 ",
	.missing = 4},
    {.name = "a hole of which a part was not wanted",
	.steps = {BEGIN_AT(100), SEG(100, "ab"), SKIP_TO(6), SEG(108, "i"), FLUSH_ALL},
	.chunks = "B0-2:ab^@2 S2-6@4 M6-8@4 B8-9:i^@4 ",
	.missing = 2},
};

START_TEST(test_steps)
{
	const struct stream_case *one = &cases[_i];
	struct stream stream = {0};
	struct reader reader = {.stream = &stream};

	if (one->policy != NULL)
		stream.policy = overlap_policy_called(one->policy);
	for (size_t i = 0; i < COUNT(one->steps); i++)
		act(&stream, &reader, &one->steps[i], i + 1);
	ck_assert_msg(strcmp(text_chars(&reader.log), one->chunks) == 0,
	    "%s:\n  got  %s\n  want %s", one->name, text_chars(&reader.log), one->chunks);
	ck_assert_msg(stream.retransmissions == one->retransmissions &&
			  stream.missing_bytes == one->missing &&
			  stream.conflicting_bytes == one->conflicting,
	    "%s: %u retransmissions, %u bytes missing, %u conflicting", one->name,
	    (unsigned)stream.retransmissions, (unsigned)stream.missing_bytes,
	    (unsigned)stream.conflicting_bytes);
	stream_free(&stream);
	text_free(&reader.log);
}
END_TEST

START_TEST(test_when_unseen_bytes_were_acknowledged)
{
	struct stream stream = {0};

	stream_begin(&stream, 100);
	stream_acknowledged(&stream, 100, 1, 10);
	ck_assert_uint_eq(stream.acked_unseen_frame, 0);
	stream_acknowledged(&stream, 105, 2, 20);
	stream_acknowledged(&stream, 109, 3, 30);
	ck_assert_uint_eq(stream.acked_unseen_frame, 2);
	ck_assert_int_eq(stream.acked_unseen_time, 20);
	ck_assert_uint_eq(stream.acked, 9);
	/* An older acknowledgement takes nothing back. */
	stream_acknowledged(&stream, 103, 4, 40);
	ck_assert_uint_eq(stream.acked, 9);
	stream_free(&stream);
}
END_TEST

START_TEST(test_repeats_of_a_range)
{
	struct stream stream = {0};
	struct reader reader = {.stream = &stream};
	const struct step first = SEG(100, "abcd"), second = SEG(104, "efgh");

	stream_begin(&stream, 100);
	feed(&stream, &reader, &first, 1);
	feed(&stream, &reader, &second, 2);
	ck_assert_uint_eq(stream_repeats_of(&stream, 0, 8), 0);
	feed(&stream, &reader, &second, 3);
	feed(&stream, &reader, &second, 4);
	feed(&stream, &reader, &first, 5);
	ck_assert_uint_eq(stream_repeats_of(&stream, 0, 4), 1);
	ck_assert_uint_eq(stream_repeats_of(&stream, 4, 8), 2);
	ck_assert_uint_eq(stream_repeats_of(&stream, 3, 5), 3);
	ck_assert_uint_eq(stream_repeats_of(&stream, 8, 12), 0);
	for (uint64_t i = 0; i < 2 * STREAM_REPEATS; i++)
		feed(&stream, &reader, &second, 6 + i);
	ck_assert_uint_eq(stream_repeats_of(&stream, 4, 8), STREAM_REPEATS);
	ck_assert_uint_eq(stream_repeats_of(&stream, 0, 4), 0);
	ck_assert_uint_eq(stream.retransmissions, 3 + 2 * STREAM_REPEATS);
	stream_free(&stream);
	text_free(&reader.log);
}
END_TEST

/* What was passed on longer ago than the history reaches is not compared. */
START_TEST(test_history_is_bounded)
{
	static char block[3000 + 1];
	struct stream stream = {0};
	struct reader reader = {.stream = &stream};
	const struct step first = SEG(0, block), second = SEG(3000, block), again = SEG(0, block);

	memset(block, 'a', 3000);
	stream_begin(&stream, 0);
	feed(&stream, &reader, &first, 1);
	feed(&stream, &reader, &second, 2);
	memset(block, 'b', 3000);
	feed(&stream, &reader, &again, 3);
	/* Of 6000 bytes the last 4096 are kept: 1904 to 3000 of the repetition. */
	ck_assert_uint_eq(stream.conflicting_bytes, 3000 - (6000 - STREAM_HISTORY));
	stream_free(&stream);
	text_free(&reader.log);
}
END_TEST

START_TEST(test_history_of_one_long_segment)
{
	static char block[3 * STREAM_HISTORY + 5 + 1];
	struct stream stream = {0};
	struct reader reader = {.stream = &stream};
	const struct step first = SEG(0, block), again = SEG(0, block);

	for (size_t i = 0; i < sizeof(block) - 1; i++)
		block[i] = (char)('a' + i % 23);
	feed(&stream, &reader, &first, 1);
	feed(&stream, &reader, &again, 2);
	ck_assert_uint_eq(stream.conflicting_bytes, 0);
	block[sizeof(block) - 2]++;
	feed(&stream, &reader, &again, 3);
	ck_assert_uint_eq(stream.conflicting_bytes, 1);
	stream_free(&stream);
	text_free(&reader.log);
}
END_TEST

/* Behind a hole that is never filled no more than the bound is held, and nothing is lost but the
 * hole. */
START_TEST(test_most_held)
{
	static char block[1000 + 1];
	struct stream stream = {0};
	struct reader reader = {.stream = &stream};
	struct step step = SEG(10, block);

	memset(block, 'x', 1000);
	stream_begin(&stream, 0);
	for (uint64_t i = 1; i <= 600; i++, step.value += 1000) {
		feed(&stream, &reader, &step, i);
		ck_assert_uint_le(stream.held_bytes, STREAM_MOST_HELD);
	}
	ck_assert_uint_eq(stream.missing_bytes, 10);
	ck_assert_uint_eq(stream.next, 10 + 600 * 1000);
	ck_assert_ptr_null(stream.held);
	ck_assert_uint_eq(stream.held_bytes, 0);
	stream_free(&stream);
	text_free(&reader.log);
}
END_TEST

/* Nor more segments, however small: the holes between are given up from the first on. */
START_TEST(test_most_held_segments)
{
	struct stream stream = {0};
	struct reader reader = {.stream = &stream};
	struct step step = SEG(10, "x");

	stream_begin(&stream, 0);
	for (uint64_t i = 1; i <= STREAM_MOST_HELD_SEGMENTS; i++, step.value += 2)
		feed(&stream, &reader, &step, i);
	ck_assert_uint_eq(stream.held_count, STREAM_MOST_HELD_SEGMENTS);
	ck_assert_uint_eq(stream.next, 0);
	feed(&stream, &reader, &step, STREAM_MOST_HELD_SEGMENTS + 1);
	ck_assert_uint_eq(stream.held_count, STREAM_MOST_HELD_SEGMENTS);
	ck_assert_uint_eq(stream.next, 11);
	ck_assert_uint_eq(stream.missing_bytes, 10);
	stream_free(&stream);
	text_free(&reader.log);
}
END_TEST

/* A sender that repeats one early segment does not use up the room for others. */
START_TEST(test_repeated_early_segment_is_held_once)
{
	static char block[1000 + 1];
	struct stream stream = {0};
	struct reader reader = {.stream = &stream};
	const struct step step = SEG(10, block);

	memset(block, 'x', 1000);
	stream_begin(&stream, 0);
	for (uint64_t i = 1; i <= 600; i++)
		feed(&stream, &reader, &step, i);
	ck_assert_uint_eq(stream.retransmissions, 599);
	ck_assert_uint_eq(stream.missing_bytes, 0);
	ck_assert_uint_eq(stream.next, 0);
	stream_free(&stream);
	text_free(&reader.log);
}
END_TEST

/* Offsets go on where sequence numbers begin again. */
START_TEST(test_beyond_four_gibibytes)
{
	struct stream stream = {0};
	struct reader reader = {.stream = &stream};
	struct segment giant = {.seq = 7, .length = 0x40000000};
	const struct step last = SEG(7 + 0x40000000, "end");

	stream_begin(&stream, 7);
	stream_skip(&stream, UINT64_C(5) << 30);
	for (uint64_t i = 1; i <= 5; i++, giant.seq += giant.length) {
		giant.frame = i;
		giant.time = (int64_t)i * 1000;
		stream_segment(&stream, &giant, take_chunk, &reader);
		stream_acknowledged(&stream, giant.seq + giant.length, giant.frame, giant.time);
		ck_assert_uint_eq(stream.acked, i << 30);
	}
	text_clear(&reader.log);
	feed(&stream, &reader, &last, 6);
	ck_assert_uint_eq(stream.next, (UINT64_C(5) << 30) + 3);
	ck_assert_str_eq(text_chars(&reader.log), "B1073741824-1073741827:end^@6 ");
	stream_flush(&stream, take_chunk, &reader);
	ck_assert_uint_eq(stream.missing_bytes, 0);
	stream_free(&stream);
	text_free(&reader.log);
}
END_TEST

static const char *
told(const struct stream *stream)
{
	static struct text text;

	text_clear(&text);
	for (size_t i = 0; stream->conflicts != NULL && i < stream->conflicts->count; i++) {
		const struct conflict *one = &stream->conflicts->items[i];

		text_addf(&text, "%u-%u:%u @%u,%u %s%s; ", (unsigned)one->start, (unsigned)one->end,
		    (unsigned)one->differing, (unsigned)one->first_frame,
		    (unsigned)one->second_frame, one->is_second_read ? "second" : "first",
		    one->is_by_policy ? " by policy" : "");
	}
	return text_chars(&text);
}

START_TEST(test_what_is_told_of_conflicts)
{
	struct stream stream = {.policy = overlap_policy_called("linux")};
	struct reader reader = {.stream = &stream};
	const struct step steps[] = {BEGIN_AT(0), SEG(0, "abcd"), SEG(4, "efgh"), SEG(3, "DeFg"),
	    SEG(12, "mnop"), SEG(10, "klMNO"), SEG(13, "x")};

	for (size_t i = 0; i < COUNT(steps); i++)
		act(&stream, &reader, &steps[i], i + 1);
	ck_assert_str_eq(told(&stream), "3-6:2 @2,4 first; 12-15:3 @5,6 second by policy; "
					"13-14:1 @6,7 first by policy; ");
	ck_assert(conflicts_touch(stream.conflicts, 0, 5, 6));
	ck_assert(!conflicts_touch(stream.conflicts, 0, 6, 12));
	ck_assert(!conflicts_touch(stream.conflicts, 1, 0, 12));
	ck_assert(conflicts_touch(stream.conflicts, 1, 0, 13));
	stream_free(&stream);
	text_free(&reader.log);
}
END_TEST

/* The other copy of what was passed on, put in its place. */
START_TEST(test_the_other_copy)
{
	struct stream stream = {0};
	struct reader reader = {.stream = &stream};
	const struct step first = SEG(0, "abcdefgh"), second = SEG(2, "cXeY");
	char bytes[5] = {0};

	stream_begin(&stream, 0);
	feed(&stream, &reader, &first, 1);
	feed(&stream, &reader, &second, 2);
	ck_assert(stream_recall(&stream, 3, (uint8_t *)bytes, 4));
	ck_assert_str_eq(bytes, "defg");
	conflicts_apply(stream.conflicts, 3, (uint8_t *)bytes, 4);
	ck_assert_str_eq(bytes, "XeYg");
	ck_assert(!stream_recall(&stream, 5, (uint8_t *)bytes, 4));
	stream_free(&stream);
	text_free(&reader.log);
}
END_TEST

/* Whoever rewrites all of a stream gets no more memory for it than who does it once. */
START_TEST(test_conflicts_are_bounded)
{
	static char block[CONFLICTS_MOST_BYTES + 2];
	struct stream stream = {0};
	struct reader reader = {.stream = &stream};
	const struct step ahead = SEG(10, block), before = SEG(0, "0123456789");

	stream_begin(&stream, 0);
	for (uint64_t i = 1; i <= 10; i++) {
		memset(block, (char)('a' + i), sizeof(block) - 1);
		feed(&stream, &reader, &ahead, i);
	}
	feed(&stream, &reader, &before, 11);
	ck_assert_uint_eq(stream.conflicting_bytes, 9 * (CONFLICTS_MOST_BYTES + 1));
	ck_assert_uint_eq(stream.conflicts->count, CONFLICTS_KEPT);
	/* Too long to be kept: there is no other reading of it. */
	ck_assert(!conflicts_touch(stream.conflicts, 0, 0, UINT64_MAX));
	stream_free(&stream);
	text_free(&reader.log);
}
END_TEST

Suite *
stream_suite(void)
{
	Suite *suite = suite_create("stream");
	TCase *tcase = tcase_create("stream");

	tcase_add_loop_test(tcase, test_steps, 0, (int)COUNT(cases));
	tcase_add_test(tcase, test_when_unseen_bytes_were_acknowledged);
	tcase_add_test(tcase, test_repeats_of_a_range);
	tcase_add_test(tcase, test_history_is_bounded);
	tcase_add_test(tcase, test_history_of_one_long_segment);
	tcase_add_test(tcase, test_most_held);
	tcase_add_test(tcase, test_most_held_segments);
	tcase_add_test(tcase, test_repeated_early_segment_is_held_once);
	tcase_add_test(tcase, test_beyond_four_gibibytes);
	tcase_add_test(tcase, test_what_is_told_of_conflicts);
	tcase_add_test(tcase, test_the_other_copy);
	tcase_add_test(tcase, test_conflicts_are_bounded);
	suite_add_tcase(suite, tcase);
	return suite;
}
