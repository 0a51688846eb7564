#include "analyzer/conversation/readings.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"

Suite *readings_suite(void);

/*
 * A toy protocol: "L text" is a message of L - '0' characters behind the first, "z" is as long as
 * what there is; 'q' asks and 'a'
 * answers what was asked last; the second character is a number, the rest a name.
 */
struct toy_exchange {
	struct exchange base;
	uint32_t number;
	const char *name, *answer;
};

static const struct field toy_fields[] = {
    {"number", FIELD_U32, .offset = offsetof(struct toy_exchange, number)},
    {"name", FIELD_TEXT, .offset = offsetof(struct toy_exchange, name)},
    {"answer", FIELD_TEXT, .offset = offsetof(struct toy_exchange, answer)},
};

static const struct exchange_type toy_type = {
    .name = "toy", .size = sizeof(struct toy_exchange), .fields = toy_fields, .field_count = 3};

static const struct exchange_type other_type = {
    .name = "other", .size = sizeof(struct toy_exchange), .fields = toy_fields, .field_count = 3};

struct toy {
	const struct dissector_context *context;
	struct toy_exchange *asked;
};

static void *
toy_open(const struct dissector_context *context)
{
	struct toy *toy = ARENA_NEW(context->arena, struct toy);

	toy->context = context;
	return toy;
}

static void
toy_close(void *state)
{
	(void)state;
}

static enum framing
toy_frame(const void *state, const uint8_t *bytes, size_t length, struct frame_head *ret)
{
	(void)state;
	if (length == 0)
		return FRAMING_MORE;
	if (bytes[0] < '0' || bytes[0] > 'z')
		return FRAMING_LOST;
	ret->length = bytes[0] == 'z' ? (uint32_t)length : (uint32_t)(bytes[0] - '0') + 1;
	ret->wanted = ret->length;
	return FRAMING_FOUND;
}

static void
toy_message(void *state, const struct message *message)
{
	struct toy *toy = state;
	const char *chars = (const char *)message->bytes;
	const struct exchange_type *type = chars[1] == 'q' ? &toy_type : &other_type;
	struct arena *arena = toy->context->arena;

	if (chars[1] == 'a' && toy->asked != NULL) {
		toy->asked->answer = arena_text(arena, chars + 3, message->captured - 3);
		exchange_answer(&toy->asked->base, message);
		return;
	}
	toy->asked = exchange_begin(arena, type, toy->context->conversation, message);
	toy->asked->number = (uint32_t)(chars[2] - '0');
	toy->asked->name = arena_text(arena, chars + 3, message->captured - 3);
}

static void
toy_end(void *state, const struct ending *ending)
{
	struct toy *toy = state;

	(void)ending;
	if (toy->asked != NULL)
		ledger_add(toy->context->ledger, &toy->asked->base);
}

static const struct dissector toy = {.name = "toy",
    .open = toy_open,
    .close = toy_close,
    .frame = toy_frame,
    .message = toy_message,
    .end = toy_end};

static struct message
message_of(const char *text, enum side from, uint64_t start)
{
	uint32_t length = (uint32_t)strlen(text);

	return (struct message){.bytes = (const uint8_t *)text,
	    .captured = length,
	    .length = length,
	    .from = from,
	    .frame = start + 1,
	    .start = start,
	    .end = start + length};
}

/* What is told: "FRAME SIDE TYPE fields:field=read/other,…;". */
static const char *
told(const struct conversation_facts *facts)
{
	static struct text text;

	text_clear(&text);
	for (size_t i = 0; i < facts->contested_count; i++) {
		const struct contested_message *one = &facts->contested[i];

		text_addf(&text, "%s%u %s %s %llx:", i == 0 ? "" : "; ", (unsigned)one->frame,
		    names_text(&side_names, one->from), one->exchange ? one->exchange : "-",
		    (unsigned long long)one->fields);
		for (size_t j = 0; j < one->value_count; j++)
			text_addf(&text, " %s=%s/%s", one->values[j].field, one->values[j].read,
			    one->values[j].other);
	}
	return text_chars(&text);
}

static const struct {
	const char *request; /* before the message, or NULL */
	const char *read, *other;
	const char *told;
} cases[] = {
    {NULL, "6q1data", "6q1data", ""},
    {NULL, "6q1data", "6q1evil", "101 client toy 2: name=data/evil"},
    {NULL, "6q1data", "6q2evil", "101 client toy 3: number=1/2 name=data/evil"},
    {NULL, "6q1data", "6r1data", "101 client - ffffffffffffffff: message=toy/other"},
    {NULL, "6q1data", "5q1data", "101 client - ffffffffffffffff: length=7/6"},
    {NULL, "6q1data", "!q1data", "101 client - ffffffffffffffff: message=toy/none"},
    /* An answer is read with what it answers. */
    {"6q1data", "5a1yes", "5a1not", "101 server toy 4: answer=yes/not"},
};

START_TEST(test_both_readings)
{
	struct arena arena = {0};
	struct conversation_facts facts = {0};
	const struct dissector_context context = {.conversation = &facts, .arena = &arena};
	enum side from = cases[_i].request != NULL ? SERVER : CLIENT;
	struct message message = message_of(cases[_i].read, from, 100), request = {0};
	struct message_list requests = {&request, 0};

	if (cases[_i].request != NULL) {
		request = message_of(cases[_i].request, CLIENT, 10);
		requests.count = 1;
	}
	readings_compare(&context, &toy, &requests, &message, (const uint8_t *)cases[_i].other);
	ck_assert_str_eq(told(&facts), cases[_i].told);
	arena_free(&arena);
}
END_TEST

/* What is compared again takes the place of what was told before; what does not fit is counted. */
START_TEST(test_bounds)
{
	struct arena arena = {0};
	struct conversation_facts facts = {0};
	const struct dissector_context context = {.conversation = &facts, .arena = &arena};
	const struct message_list none = {NULL, 0};

	for (uint64_t i = 0; i < READINGS_MOST + 3; i++) {
		struct message message = message_of("6q1data", CLIENT, 100 * i);

		readings_compare(&context, &toy, &none, &message, (const uint8_t *)"6q1evil");
		readings_compare(&context, &toy, &none, &message, (const uint8_t *)"6q1last");
	}
	ck_assert_uint_eq(facts.contested_count, READINGS_MOST);
	ck_assert_uint_eq(facts.contested_left_out, 2 * 3);
	ck_assert_str_eq(facts.contested[0].values[0].other, "last");
	arena_free(&arena);
}
END_TEST

/* A long value is told around what differs, and no character is cut in two. */
START_TEST(test_long_values)
{
	struct arena arena = {0};
	struct conversation_facts facts = {0};
	const struct dissector_context context = {.conversation = &facts, .arena = &arena};
	const struct message_list none = {NULL, 0};
	char read[1 + 2 + 3 * 200 + 1] = "zq1", other[sizeof(read)];
	struct message message;
	const char *value;

	for (size_t i = 3; i + 3 < sizeof(read); i += 3)
		memcpy(read + i, "\xe2\x82\xac", 3);
	memcpy(other, read, sizeof(read));
	memcpy(other + 3 + 3 * 150, "ABC", 3);
	message = message_of(read, CLIENT, 0);
	readings_compare(&context, &toy, &none, &message, (const uint8_t *)other);
	ck_assert_uint_eq(facts.contested_count, 1);
	value = facts.contested[0].values[0].other;
	ck_assert_ptr_nonnull(strstr(value, "\xe2\x82\xac"
					    "ABC"
					    "\xe2\x82\xac"));
	ck_assert_uint_le(strlen(value), READINGS_MOST_TEXT + 3 + 6);
	ck_assert_mem_eq(value, "\xe2\x80\xa6\xe2\x82\xac", 6);
	arena_free(&arena);
}
END_TEST

/* Exchange by exchange: whose request, answer or leg has two readings. */
START_TEST(test_which_exchanges_are_marked)
{
	struct contested_message contested[] = {
	    {.from = CLIENT, .frame = 5, .start = 10, .end = 20, .exchange = "toy", .fields = 2},
	    {.from = SERVER, .frame = 6, .start = 10, .end = 20, .exchange = "toy", .fields = 4},
	};
	struct conversation_facts facts = {.contested = contested, .contested_count = 2};
	struct exchange_leg leg = {.frame = 6, .from = SERVER};
	struct exchange asked = {.request_frame = 5, .request_start = 10},
			answered = {.request_frame = 1, .answer_frame = 6, .answer_start = 10},
			with_leg = {.request_frame = 1, .legs = &leg},
			of_other_type = {.request_frame = 5, .request_start = 10},
			later = {.request_frame = 5, .request_start = 20},
			doubted = {
			    .request_frame = 5, .request_start = 10, .doubt = DOUBT_CAPTURE_ENDED};
	struct exchange *items[] = {&asked, &answered, &with_leg, &of_other_type, &later, &doubted};
	const struct ledger ledger = {.items = items, .count = COUNT(items)};

	for (size_t i = 0; i < COUNT(items); i++) {
		items[i]->type = items[i] == &of_other_type ? &other_type : &toy_type;
		items[i]->conversation = &facts;
	}
	readings_mark(&ledger, 0);
	ck_assert_uint_eq(asked.contested, 2);
	ck_assert_int_eq(asked.doubt, DOUBT_OVERLAP);
	ck_assert_uint_eq(answered.contested, 4);
	ck_assert_uint_eq(with_leg.contested, 4);
	ck_assert_uint_eq(of_other_type.contested + later.contested, 0);
	ck_assert_int_eq(later.doubt, DOUBT_NONE);
	ck_assert_uint_eq(doubted.contested, 2);
	ck_assert_int_eq(doubted.doubt, DOUBT_CAPTURE_ENDED);
	ck_assert(exchange_is_contested(&asked, &toy_fields[1]));
	ck_assert(!exchange_is_contested(&asked, &toy_fields[0]));
	ck_assert(!exchange_is_contested(&asked, &exchange_common_fields[0]));
}
END_TEST

Suite *
readings_suite(void)
{
	Suite *suite = suite_create("readings");
	TCase *tcase = tcase_create("readings");

	tcase_add_loop_test(tcase, test_both_readings, 0, (int)COUNT(cases));
	tcase_add_test(tcase, test_bounds);
	tcase_add_test(tcase, test_long_values);
	tcase_add_test(tcase, test_which_exchanges_are_marked);
	suite_add_tcase(suite, tcase);
	return suite;
}
