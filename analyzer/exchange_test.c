#include "analyzer/exchange.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/dissector.h"

Suite *exchange_suite(void);

enum colour { RED = 1, GREEN = 2 };

/* A concrete exchange with a member of every kind. */
struct sample {
	struct exchange exchange;
	struct number number;
	struct number_list list;
	const char *text;
	struct addr addr;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	enum colour colour;
	bool is_set;
	int64_t time, duration;
};

static const struct name_row colour_rows[] = {{RED, "red", "like a stop"}, {GREEN, "green", NULL}};
static const struct names colours = {colour_rows, COUNT(colour_rows)};

static const struct name_row flag_rows[] = {
    {0x0001, "ONE", NULL}, {0x0004, "FOUR", NULL}, {0x0030, "TWO_BITS", NULL}};
static const struct names flag_names = {flag_rows, COUNT(flag_rows)};

static const struct name_row status_rows[] = {
    {0, "STATUS_SUCCESS", NULL}, {0x16, "SHORT", NULL}, {0xc0000022, "STATUS_ACCESS_DENIED", NULL}};
static const struct names statuses = {status_rows, COUNT(status_rows)};

#define AT(member) .offset = offsetof(struct sample, member)

static const struct field fields[] = {
    {"number", FIELD_NUMBER, NOTATION_CODE, .names = &statuses, AT(number)},
    {"list", FIELD_LIST, NOTATION_HEX, AT(list)},
    {"text", FIELD_TEXT, AT(text)},
    {"addr", FIELD_ADDR, AT(addr)},
    {"u8", FIELD_U8_ENUM, .names = &colours, AT(u8)},
    {"u16", FIELD_U16, AT(u16)},
    {"u32", FIELD_U32, AT(u32)},
    {"u64", FIELD_U64, AT(u64)},
    {"colour", FIELD_ENUM, .names = &colours, AT(colour)},
    {"is_set", FIELD_BOOL, .names = &bool_names, AT(is_set)},
    {"at", FIELD_TIME, AT(time)},
    {"took", FIELD_DURATION, AT(duration)},
};

static const struct exchange_type sample_type = {.name = "sample",
    .size = sizeof(struct sample),
    .fields = fields,
    .field_count = COUNT(fields)};

static const struct conversation_facts conversation = {
    .client = {.bytes = {10, 0, 0, 1}, .family = ADDR_IPV4},
    .server_port = 445,
    .transport = TRANSPORT_TCP,
    .stream = 7,
    .step = STEP_NEGOTIATED,
    .dialect = "3.1.1",
};

static const uint32_t dialects[] = {0x0202, 0x0311};

/* Neighbours of every member are full of ones: a load of the wrong size would show. */
static struct sample
full_sample(void)
{
	struct sample sample;

	memset(&sample, 0xff, sizeof(sample));
	sample.exchange = (struct exchange){.type = &sample_type, .conversation = &conversation};
	sample.number = known(0xc0000022);
	sample.list = (struct number_list){dialects, COUNT(dialects), true};
	sample.text = "share";
	sample.addr = conversation.client;
	sample.u8 = GREEN;
	sample.u16 = 50000;
	sample.u32 = 3000000000u;
	sample.u64 = UINT64_C(1) << 40;
	sample.colour = RED;
	sample.is_set = true;
	sample.time = 0;
	sample.duration = 1250000;
	return sample;
}

static struct value
value_of(const struct exchange *exchange, const char *name)
{
	const struct field *field = exchange_field(exchange->type, name);

	ck_assert_ptr_nonnull(field);
	return exchange_value(exchange, field);
}

static const struct {
	const char *field;
	enum value_kind kind;
	uint64_t number;
	const char *text;
} values[] = {
    {"number", VALUE_NUMBER, 0xc0000022, "STATUS_ACCESS_DENIED (0xC0000022)"},
    {"list", VALUE_LIST, 0, "0x202, 0x311"}, {"text", VALUE_TEXT, 0, "share"},
    {"addr", VALUE_ADDR, 0, "10.0.0.1"}, {"u8", VALUE_NUMBER, GREEN, "green"},
    {"u16", VALUE_NUMBER, 50000, "50000"}, {"u32", VALUE_NUMBER, 3000000000u, "3000000000"},
    {"u64", VALUE_NUMBER, UINT64_C(1) << 40, "1099511627776"}, {"colour", VALUE_NUMBER, RED, "red"},
    {"is_set", VALUE_NUMBER, 1, "true"}, {"at", VALUE_NUMBER, 0, "1970-01-01T00:00:00.000000000Z"},
    {"took", VALUE_NUMBER, 1250000, "1.25 ms"},
    /* common ones, of the exchange and of its conversation */
    {"outcome", VALUE_NUMBER, OUTCOME_UNKNOWN, "unknown"},
    {"retransmissions", VALUE_NUMBER, 0, "0"}, {"client", VALUE_ADDR, 0, "10.0.0.1"},
    {"port", VALUE_NUMBER, 445, "445"}, {"transport", VALUE_NUMBER, TRANSPORT_TCP, "tcp"},
    {"stream", VALUE_NUMBER, 7, "7"}, {"step", VALUE_NUMBER, STEP_NEGOTIATED, "negotiated"},
    {"conversation_dialect", VALUE_TEXT, 0, "3.1.1"},
    {"server", VALUE_NONE, 0, ""},        /* of no family */
    {"request_frame", VALUE_NONE, 0, ""}, /* 0: none */
};

START_TEST(test_values)
{
	struct sample sample = full_sample();
	const struct field *field = exchange_field(&sample_type, values[_i].field);
	struct value value = value_of(&sample.exchange, values[_i].field);
	struct text text = {0};

	ck_assert_int_eq(value.kind, values[_i].kind);
	if (value.kind == VALUE_NUMBER)
		ck_assert_uint_eq(value.number, values[_i].number);
	if (value.kind != VALUE_NONE)
		ck_assert_int_eq(field_value_kind(field), value.kind);
	exchange_value_text(&text, field, &value);
	ck_assert_str_eq(text_chars(&text), values[_i].text);
	text_free(&text);
}
END_TEST

START_TEST(test_unknown_values)
{
	struct sample sample = {
	    .exchange = {.type = &sample_type, .conversation = &conversation}, .duration = -1};
	static const char *const unknown[] = {"number", "list", "text", "addr", "took"};

	for (size_t i = 0; i < COUNT(unknown); i++)
		ck_assert_msg(
		    value_of(&sample.exchange, unknown[i]).kind == VALUE_NONE, "%s", unknown[i]);
	/* Not known and zero are two things. */
	sample.number = known(0);
	ck_assert_int_eq(value_of(&sample.exchange, "number").kind, VALUE_NUMBER);
	sample.duration = 0;
	ck_assert_int_eq(value_of(&sample.exchange, "took").kind, VALUE_NUMBER);
	sample.list.is_known = true; /* an empty list */
	ck_assert_int_eq(value_of(&sample.exchange, "list").kind, VALUE_LIST);
	sample.text = "";
	ck_assert_int_eq(value_of(&sample.exchange, "text").kind, VALUE_TEXT);
}
END_TEST

START_TEST(test_field_lookup)
{
	const struct field own = {"stream", FIELD_U32, AT(u32)};
	const struct exchange_type shadowing = {
	    .name = "shadowing", .size = sizeof(struct sample), .fields = &own, .field_count = 1};

	ck_assert_ptr_eq(exchange_field(&sample_type, "u16"), &fields[5]);
	ck_assert_int_eq(exchange_field(&sample_type, "stream")->home, HOME_CONVERSATION);
	ck_assert_ptr_null(exchange_field(&sample_type, "nothing"));
	ck_assert_ptr_null(exchange_field(&sample_type, "U16"));
	ck_assert_ptr_eq(exchange_field(&shadowing, "stream"), &own);
}
END_TEST

/* The tables that the rest of the program relies on: every common field has a name of its own, a
 * sentence, and names that say what its enum can be. */
START_TEST(test_common_fields)
{
	for (size_t i = 0; i < exchange_common_field_count; i++) {
		const struct field *field = &exchange_common_fields[i];

		ck_assert_ptr_eq(exchange_field(&sample_type, field->name), field);
		ck_assert_ptr_nonnull(field->sentence);
		if (field->kind == FIELD_ENUM || field->kind == FIELD_BOOL)
			ck_assert_ptr_nonnull(field->names);
	}
}
END_TEST

static const struct names *const shared_names[] = {&bool_names, &outcome_names, &ended_by_names,
    &doubt_names, &step_names, &close_names, &transport_names};

START_TEST(test_names)
{
	for (size_t i = 0; i < COUNT(shared_names); i++)
		for (size_t j = 0; j < shared_names[i]->count; j++) {
			const struct name_row *row = &shared_names[i]->rows[j];

			ck_assert_ptr_eq(names_find(shared_names[i], row->value), row);
			ck_assert_ptr_eq(names_called(shared_names[i], row->name), row);
			ck_assert_str_eq(names_text(shared_names[i], row->value), row->name);
			ck_assert(j == 0 || row->value > row[-1].value);
		}
	ck_assert_ptr_null(names_find(&statuses, 1));
	ck_assert_ptr_null(names_find(&statuses, UINT64_MAX));
	ck_assert_ptr_null(names_called(&statuses, "status_success"));
	ck_assert_str_eq(
	    names_text(&doubt_names, DOUBT_BEGAN_BEFORE_CAPTURE), "began_before_capture");
	ck_assert_str_eq(names_text(&ended_by_names, ENDED_BY_CAPTURE), "capture");
	ck_assert_str_eq(names_text(&step_names, STEP_WORKING), "working");
}
END_TEST

static const struct {
	enum notation notation;
	const struct names *names;
	uint64_t number;
	const char *text;
} notations[] = {
    {NOTATION_DECIMAL, NULL, 0, "0"},
    {NOTATION_DECIMAL, NULL, UINT64_MAX, "18446744073709551615"},
    {NOTATION_HEX, NULL, 0, "0x0"},
    {NOTATION_HEX, NULL, 0x0311, "0x311"},
    {NOTATION_NAME, &colours, GREEN, "green"},
    {NOTATION_NAME, &colours, 0x1a, "0x1A"},
    {NOTATION_CODE, &statuses, 0, "STATUS_SUCCESS (0x00000000)"},
    {NOTATION_CODE, &statuses, 0x16, "SHORT (0x00000016)"},
    {NOTATION_CODE, &statuses, 0xc0000001, "0xC0000001"},
    {NOTATION_CODE, &statuses, 0x17, "0x00000017"},
    {NOTATION_NUMBERED, &colours, RED, "red (1)"},
    {NOTATION_NUMBERED, &colours, 99, "99"},
    {NOTATION_FLAGS, &flag_names, 0, "0"},
    {NOTATION_FLAGS, &flag_names, 0x01, "ONE"},
    {NOTATION_FLAGS, &flag_names, 0x05, "ONE|FOUR"},
    {NOTATION_FLAGS, &flag_names, 0x0c, "FOUR|0x8"},
    {NOTATION_FLAGS, &flag_names, 0x100, "0x100"},
    {NOTATION_FLAGS, &flag_names, 0x31, "ONE|TWO_BITS"},
    {NOTATION_FLAGS, &flag_names, 0x11, "ONE|0x10"}, /* half of a name is not that name */
    {NOTATION_FRAME, NULL, 12, "12"},
};

START_TEST(test_notations)
{
	const struct field field = {
	    "x", FIELD_NUMBER, .notation = notations[_i].notation, .names = notations[_i].names};
	const struct value value = {.kind = VALUE_NUMBER, .number = notations[_i].number};
	struct text text = {0};

	exchange_value_text(&text, &field, &value);
	ck_assert_str_eq(text_chars(&text), notations[_i].text);
	text_free(&text);
}
END_TEST

/* ---- the ledger ---- */

/* In the order of the file: time, frame, stream, place in the stream. */
static const struct {
	int64_t time;
	uint64_t request_frame, answer_frame;
	uint32_t stream;
	uint64_t start;
} ordered[] = {
    {10, 90, 0, 5, 0},
    {20, 3, 0, 9, 0},
    {20, 0, 4, 8, 0}, /* its request was not captured: the answer's frame counts */
    {20, 5, 1, 7, 0},
    {20, 6, 0, 1, 70},
    {20, 6, 0, 2, 0},
    {20, 6, 0, 2, 64}, /* compounded in one frame */
    {30, 1, 0, 0, 0},
};

START_TEST(test_ledger_order)
{
	struct conversation_facts facts[COUNT(ordered)] = {0};
	struct exchange exchanges[COUNT(ordered)] = {0};
	struct arena arena = {0};
	struct ledger ledger = {.arena = &arena};

	for (size_t i = 0; i < COUNT(ordered); i++) {
		facts[i].stream = ordered[i].stream;
		exchanges[i] = (struct exchange){.conversation = &facts[i],
		    .time = ordered[i].time,
		    .request_frame = ordered[i].request_frame,
		    .answer_frame = ordered[i].answer_frame,
		    .request_start = ordered[i].start};
	}
	/* From every rotation, so that each place is tried. */
	for (size_t turn = 0; turn < COUNT(ordered); turn++) {
		ledger.count = 0;
		for (size_t i = 0; i < COUNT(ordered); i++)
			ledger_add(
			    &ledger, &exchanges[(COUNT(ordered) - i + turn) % COUNT(ordered)]);
		ledger_sort(&ledger);
		for (size_t i = 0; i < COUNT(ordered); i++)
			ck_assert_ptr_eq(ledger.items[i], &exchanges[i]);
	}
	ledger_free(&ledger);
	ck_assert_uint_eq(ledger.count, 0);
	ledger_sort(&ledger);
	ledger_free(&ledger);
	arena_free(&arena);
}
END_TEST

START_TEST(test_settled_is_how_long_the_connection_went_on)
{
	struct arena arena = {0};
	struct ledger ledger = {.arena = &arena};
	struct conversation_facts facts = {.close = CLOSE_FIN, .close_time = 100};
	struct exchange exchange = {.conversation = &facts, .time = 60, .waited = 30};

	ledger_add(&ledger, &exchange);
	ledger_settle(&ledger);
	ck_assert_int_eq(exchange.closed_after, 10);
	exchange.waited = 40;
	ledger_settle(&ledger);
	ck_assert_int_eq(exchange.closed_after, 0);
	exchange.waited = 41;
	ledger_settle(&ledger);
	ck_assert_int_eq(exchange.closed_after, -1);
	exchange.waited = -1;
	ledger_settle(&ledger);
	ck_assert_int_eq(exchange.closed_after, -1);
	exchange.waited = 30;
	facts.close = CLOSE_NONE;
	ledger_settle(&ledger);
	ck_assert_int_eq(exchange.closed_after, -1);
	ledger_free(&ledger);
	arena_free(&arena);
}
END_TEST

START_TEST(test_ledger_grows)
{
	struct exchange exchanges[100] = {0};
	struct ledger ledger = {0};

	for (size_t i = 0; i < 100; i++)
		ledger_add(&ledger, &exchanges[i]);
	ck_assert_uint_eq(ledger.count, 100);
	for (size_t i = 0; i < 100; i++)
		ck_assert_ptr_eq(ledger.items[i], &exchanges[i]);
	ledger_free(&ledger);
}
END_TEST

/* ---- beginning, answering, ending ---- */

static const struct message request = {
    .from = CLIENT, .frame = 4, .time = 1000, .first_time = 900, .start = 10, .end = 74};

START_TEST(test_begin_and_answer)
{
	const struct message answer = {.from = SERVER, .frame = 9, .time = 1500};
	struct arena arena = {0};
	struct sample *sample = exchange_begin(&arena, &sample_type, &conversation, &request);
	struct exchange *exchange = &sample->exchange;

	ck_assert_ptr_eq(exchange->type, &sample_type);
	ck_assert_ptr_eq(exchange->conversation, &conversation);
	ck_assert_int_eq(exchange->time, 1000);
	ck_assert_uint_eq(exchange->request_frame, 4);
	ck_assert_uint_eq(exchange->request_start, 10);
	ck_assert_uint_eq(exchange->request_end, 74);
	ck_assert_int_eq(exchange->outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(value_of(exchange, "waited").kind, VALUE_NONE);
	ck_assert_uint_eq(sample->u64, 0);
	exchange_answer(exchange, &answer);
	ck_assert_int_eq(exchange->outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(exchange->ended_by, ENDED_BY_SERVER);
	ck_assert_int_eq(exchange->waited, 500);
	ck_assert_uint_eq(exchange->answer_frame, 9);
	ck_assert_uint_eq(exchange->end_frame, 0);
	ck_assert_int_eq(exchange->doubt, DOUBT_NONE);
	ck_assert(exchange->is_delivered);
	arena_free(&arena);
}
END_TEST

START_TEST(test_cut_answer)
{
	const struct message answer = {.from = CLIENT, .frame = 9, .time = 1500, .is_cut = true};
	struct message asked = request;
	struct arena arena = {0};
	struct exchange *exchange;

	asked.from = SERVER;
	exchange = exchange_begin(&arena, &sample_type, &conversation, &asked);
	exchange_answer(exchange, &answer);
	ck_assert_int_eq(exchange->outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(exchange->ended_by, ENDED_BY_CLIENT);
	ck_assert_int_eq(exchange->doubt, DOUBT_CUT_BY_SNAPLEN);
	arena_free(&arena);
}
END_TEST

START_TEST(test_answer_without_request)
{
	const struct message answer = {.from = SERVER, .frame = 9, .time = 1500};
	struct arena arena = {0};
	struct exchange *exchange = exchange_begin_with_answer(
	    &arena, &sample_type, &conversation, &answer, DOUBT_BEGAN_BEFORE_CAPTURE);

	ck_assert_int_eq(exchange->outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(exchange->ended_by, ENDED_BY_SERVER);
	ck_assert_int_eq(exchange->request_from, CLIENT);
	ck_assert_int_eq(exchange->time, 1500);
	ck_assert_uint_eq(exchange->request_frame, 0);
	ck_assert_uint_eq(exchange->answer_frame, 9);
	ck_assert_int_eq(exchange->doubt, DOUBT_BEGAN_BEFORE_CAPTURE);
	ck_assert_int_eq(value_of(exchange, "waited").kind, VALUE_NONE);
	arena_free(&arena);
}
END_TEST

/* The client's request at 1000 ends at 5000 without an answer. Only what the capture may have
 * missed of the answering side, and not before the request, makes that doubtful. */
static const struct {
	const char *name;
	enum outcome ending;
	enum doubt doubt[2];
	int64_t doubt_time[2];
	enum outcome outcome;
	enum doubt expected;
} endings[] = {
    {"nothing is missing", OUTCOME_RESET, {0, 0}, {0, 0}, OUTCOME_RESET, DOUBT_NONE},
    {"missing after the request", OUTCOME_RESET, {0, DOUBT_PACKETS_MISSING}, {0, 1001},
	OUTCOME_UNKNOWN, DOUBT_PACKETS_MISSING},
    {"missing at its very time", OUTCOME_CLOSED, {0, DOUBT_CUT_BY_SNAPLEN}, {0, 1000},
	OUTCOME_UNKNOWN, DOUBT_CUT_BY_SNAPLEN},
    {"missing before it", OUTCOME_CLOSED, {0, DOUBT_PACKETS_MISSING}, {0, 999}, OUTCOME_CLOSED,
	DOUBT_NONE},
    {"missing of the asking side", OUTCOME_RESET, {DOUBT_PACKETS_MISSING, 0}, {4000, 0},
	OUTCOME_RESET, DOUBT_NONE},
    {"one direction", OUTCOME_UNANSWERED, {0, DOUBT_ONE_DIRECTION}, {0, INT64_MAX}, OUTCOME_UNKNOWN,
	DOUBT_ONE_DIRECTION},
    {"the capture ends", OUTCOME_UNKNOWN, {0, 0}, {0, 0}, OUTCOME_UNKNOWN, DOUBT_CAPTURE_ENDED},
    {"it ends, and something was missing as well", OUTCOME_UNKNOWN, {0, DOUBT_PACKETS_MISSING},
	{0, 2000}, OUTCOME_UNKNOWN, DOUBT_PACKETS_MISSING},
    {"it ends, and something was missing before", OUTCOME_UNKNOWN, {0, DOUBT_PACKETS_MISSING},
	{0, 900}, OUTCOME_UNKNOWN, DOUBT_CAPTURE_ENDED},
    {"silence", OUTCOME_UNANSWERED, {0, 0}, {0, 0}, OUTCOME_UNANSWERED, DOUBT_NONE},
};

START_TEST(test_endings)
{
	for (enum side asking = CLIENT; asking <= SERVER; asking++) {
		struct message asked = request;
		struct ending ending = {.outcome = endings[_i].ending,
		    .by = ENDED_BY_SERVER,
		    .frame = 30,
		    .time = 5000};
		struct arena arena = {0};
		struct exchange *exchange;

		/* The table is written for a request of the client; the server's mirrors it. */
		ending.doubt[asking] = endings[_i].doubt[0];
		ending.doubt[other_side(asking)] = endings[_i].doubt[1];
		ending.doubt_time[asking] = endings[_i].doubt_time[0];
		ending.doubt_time[other_side(asking)] = endings[_i].doubt_time[1];
		asked.from = asking;
		exchange = exchange_begin(&arena, &sample_type, &conversation, &asked);
		exchange_end(exchange, &ending);
		ck_assert_msg(exchange->outcome == endings[_i].outcome &&
				  exchange->doubt == endings[_i].expected,
		    "%s: outcome %d, doubt %d", endings[_i].name, exchange->outcome,
		    exchange->doubt);
		ck_assert_int_eq(exchange->ended_by, ENDED_BY_SERVER);
		ck_assert_uint_eq(exchange->end_frame, 30);
		ck_assert_int_eq(exchange->waited, 4000);
		ck_assert_uint_eq(exchange->answer_frame, 0);
		ck_assert(!exchange->is_delivered);
		arena_free(&arena);
	}
}
END_TEST

Suite *
exchange_suite(void)
{
	Suite *suite = suite_create("exchange");
	TCase *tcase = tcase_create("exchange");

	tcase_add_loop_test(tcase, test_values, 0, (int)COUNT(values));
	tcase_add_test(tcase, test_unknown_values);
	tcase_add_test(tcase, test_field_lookup);
	tcase_add_test(tcase, test_common_fields);
	tcase_add_test(tcase, test_names);
	tcase_add_loop_test(tcase, test_notations, 0, (int)COUNT(notations));
	tcase_add_test(tcase, test_ledger_order);
	tcase_add_test(tcase, test_settled_is_how_long_the_connection_went_on);
	tcase_add_test(tcase, test_ledger_grows);
	tcase_add_test(tcase, test_begin_and_answer);
	tcase_add_test(tcase, test_cut_answer);
	tcase_add_test(tcase, test_answer_without_request);
	tcase_add_loop_test(tcase, test_endings, 0, (int)COUNT(endings));
	suite_add_tcase(suite, tcase);
	return suite;
}
