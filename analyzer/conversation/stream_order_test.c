/* Streams whose segments come in any order and overlap: what is read, by each policy. */
#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/conversation/stream.h"

Suite *stream_order_suite(void);

/* A small deterministic generator (xorshift32). */
static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#define TEXT_LENGTH   240
#define MOST_SEGMENTS 160

struct piece {
	uint32_t start, length;
};

/* Pieces that cover the text, each reaching a little into the next, some of them twice. */
static size_t
make_pieces(struct piece *pieces, uint32_t *random)
{
	size_t count = 0;
	uint32_t at = 0;

	while (at < TEXT_LENGTH) {
		uint32_t step = 1 + next_random(random) % 9;
		uint32_t length = step + next_random(random) % 7;

		if (at + length > TEXT_LENGTH)
			length = TEXT_LENGTH - at;
		pieces[count++] = (struct piece){at, length};
		at += step;
	}
	for (size_t more = count / 3; more != 0 && count < MOST_SEGMENTS; more--) {
		pieces[count] = pieces[next_random(random) % count];
		count++;
	}
	return count;
}

static void
shuffle(struct piece *pieces, size_t count, uint32_t *random)
{
	for (size_t i = count - 1; i != 0; i--) {
		size_t other = next_random(random) % (i + 1);
		struct piece piece = pieces[i];

		pieces[i] = pieces[other];
		pieces[other] = piece;
	}
}

static void
collect(void *context, const struct chunk *chunk)
{
	ck_assert_int_eq(chunk->kind, CHUNK_BYTES);
	text_add_bytes(context, (const char *)chunk->bytes, chunk->length);
}

static void
discard(void *context, const struct chunk *chunk)
{
	(void)context;
	(void)chunk;
}

/* Whatever the order of the segments and however they overlap, the text comes out. */
START_TEST(test_any_order_yields_the_text)
{
	uint32_t random = 0x9e3779b9u + (uint32_t)_i, base = 0xffffffffu - TEXT_LENGTH / 2;
	char whole[TEXT_LENGTH + 1] = {0};
	struct piece pieces[TEXT_LENGTH + MOST_SEGMENTS];
	struct stream stream = {0};
	struct text text = {0};
	size_t count;

	for (size_t i = 0; i < TEXT_LENGTH; i++)
		whole[i] = (char)('a' + next_random(&random) % 26);
	count = make_pieces(pieces, &random);
	shuffle(pieces, count, &random);
	stream_begin(&stream, base);
	for (size_t i = 0; i < count; i++) {
		uint8_t *bytes = mem_alloc(pieces[i].length, 1);
		struct segment segment = {
		    base + pieces[i].start, bytes, pieces[i].length, pieces[i].length, i + 1, 0};

		memcpy(bytes, whole + pieces[i].start, pieces[i].length);
		stream_segment(&stream, &segment, collect, &text);
		mem_free(bytes);
	}
	ck_assert_str_eq(text_chars(&text), whole);
	ck_assert_ptr_null(stream.held);
	ck_assert_uint_eq(stream.held_bytes, 0);
	ck_assert_uint_eq(stream.conflicting_bytes, 0);
	ck_assert_uint_eq(stream.missing_bytes, 0);
	stream_free(&stream);
	text_free(&text);
}
END_TEST

/* The six fragments of Shankar and Paxson ("Active Mapping", 2003, figure 3) as segments behind a
 * hole, in units of a byte, and what each policy makes of them. */
static const struct {
	uint32_t seq;
	const char *text;
} six[] = {{1, "111"}, {5, "22"}, {7, "333"}, {2, "4444"}, {7, "555"}, {10, "666"}, {0, "-"}};

static const struct {
	const char *policy, *text;
} six_read[] = {
    {"windows", "-111422333666"},
    {"first", "-111422333666"},
    {"windows2003", "-111442333666"},
    {"bsd", "-111442333666"},
    {"linux", "-111442333666"},
    {"old-linux", "-111442555666"},
    {"solaris", "-144422555666"},
    {"last", "-144442555666"},
};

START_TEST(test_six_fragments)
{
	struct stream stream = {.policy = overlap_policy_called(six_read[_i].policy)};
	struct text text = {0};

	stream_begin(&stream, 0);
	for (size_t i = 0; i < COUNT(six); i++) {
		uint32_t length = (uint32_t)strlen(six[i].text);
		const struct segment segment = {
		    six[i].seq, (const uint8_t *)six[i].text, length, length, i + 1, 0};

		stream_segment(&stream, &segment, collect, &text);
	}
	ck_assert_str_eq(text_chars(&text), six_read[_i].text);
	ck_assert_uint_eq(stream.conflicting_bytes, 2 + 1 + 3);
	ck_assert_uint_eq(stream.held_bytes, 0);
	stream_free(&stream);
	text_free(&text);
}
END_TEST

#define MODEL_LENGTH   60
#define MODEL_SEGMENTS 40

/* A receiver that looks at each byte alone. */
struct model {
	const struct overlap_policy *policy;
	struct extent owners[MODEL_LENGTH]; /* of the segment whose byte it is; empty: none */
	char bytes[MODEL_LENGTH + 1];
	size_t next;
	uint64_t conflicting;
};

static void
give_model(struct model *model, const struct extent *extent, const char *bytes)
{
	for (uint64_t i = extent->start; i < extent->end; i++) {
		struct extent *owner = &model->owners[i];
		bool is_owned = owner->start < owner->end;

		model->conflicting += is_owned && model->bytes[i] != bytes[i - extent->start];
		if (is_owned && (i < model->next || !model->policy->takes_later(owner, extent)))
			continue;
		*owner = *extent;
		model->bytes[i] = bytes[i - extent->start];
	}
	while (model->next < MODEL_LENGTH &&
	       model->owners[model->next].start < model->owners[model->next].end)
		model->next++;
}

/* Few different bytes, so that some copies agree. One of a byte would be a keep-alive. */
static struct extent
make_segment(uint32_t *random, char *ret_bytes)
{
	uint64_t length = 2 + next_random(random) % 14;
	uint64_t start = next_random(random) % (MODEL_LENGTH - length + 1);

	for (uint64_t i = 0; i < length; i++)
		ret_bytes[i] = (char)('a' + next_random(random) % 3);
	return (struct extent){start, start + length};
}

/* Segments at random over a short stream: the policy reads what the model does, in the end and
 * after each of them, and as many bytes differ. */
static void
compare_with_model(const struct overlap_policy *policy, uint32_t random)
{
	uint32_t base = 0xfffffff0u;
	struct model model = {.policy = policy};
	struct stream stream = {.policy = policy};
	struct text text = {0};

	stream_begin(&stream, base);
	for (size_t i = 0; i < MODEL_SEGMENTS; i++) {
		char bytes[16];
		struct extent extent = make_segment(&random, bytes);
		uint32_t length = (uint32_t)(extent.end - extent.start);
		struct segment segment = {base + (uint32_t)extent.start, (const uint8_t *)bytes,
		    length, length, i + 1, 0};

		stream_segment(&stream, &segment, collect, &text);
		give_model(&model, &extent, bytes);
		ck_assert_uint_eq(text.length, model.next);
		ck_assert_mem_eq(text_chars(&text), model.bytes, model.next);
		ck_assert_uint_eq(stream.conflicting_bytes, model.conflicting);
	}
	stream_flush(&stream, discard, NULL);
	ck_assert_uint_eq(stream.held_bytes, 0);
	ck_assert_ptr_null(stream.last_held);
	stream_free(&stream);
	text_free(&text);
}

START_TEST(test_policies_against_a_model)
{
	for (uint32_t i = 0; i < 300; i++)
		compare_with_model(&overlap_policies[_i], 0x2545f491u + i);
}
END_TEST

Suite *
stream_order_suite(void)
{
	Suite *suite = suite_create("stream_order");
	TCase *tcase = tcase_create("stream_order");

	tcase_add_loop_test(tcase, test_any_order_yields_the_text, 0, 50);
	tcase_add_loop_test(tcase, test_six_fragments, 0, (int)COUNT(six_read));
	tcase_add_loop_test(tcase, test_policies_against_a_model, 0, (int)overlap_policy_count);
	suite_add_tcase(suite, tcase);
	return suite;
}
