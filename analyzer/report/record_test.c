#include "analyzer/report/record.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/json.h"

Suite *record_suite(void);

struct inner {
	const char *word;
};

/* A member of every kind. */
struct outer {
	const char *text, *optional_text;
	struct addr addr, no_addr;
	bool is_so;
	uint16_t u16;
	uint32_t u32, zero;
	uint64_t u64;
	size_t size;
	int64_t time, span;
	enum step step;
	uint8_t transport;
	uint64_t by_side[2];
	const struct inner *inner;
	struct inner embedded;
	const uint32_t *numbers;
	size_t number_count;
	const struct inner *items;
	size_t item_count;
};

#define OF(member) .offset = offsetof(struct outer, member)

static const struct member inner_members[] = {
    {JSON_KEY("word"), MEMBER_TEXT, offsetof(struct inner, word), .sentence = "a word"},
};

static const struct record inner_record = {"inner", "a word", inner_members, 1};

static const void *
inner_of(const void *source)
{
	return ((const struct outer *)source)->inner;
}

static bool
is_so(const void *source)
{
	return ((const struct outer *)source)->is_so;
}

static void
add_twice(struct text *text, const char *key, const void *source)
{
	json_number(text, key, 2 * ((const struct outer *)source)->u64);
}

static const char *const words[] = {"none", "some"};

static const struct member members[] = {
    {JSON_KEY("text"), MEMBER_TEXT, OF(text)},
    {JSON_KEY("optional_text"), MEMBER_TEXT, OF(optional_text), .is_optional = true},
    {JSON_KEY("addr"), MEMBER_ADDR, OF(addr)},
    {JSON_KEY("no_addr"), MEMBER_ADDR, OF(no_addr), .is_optional = true},
    {JSON_KEY("is_so"), MEMBER_BOOL, OF(is_so)},
    {JSON_KEY("u16"), MEMBER_U16, OF(u16)},
    {JSON_KEY("u32"), MEMBER_U32, OF(u32)},
    {JSON_KEY("zero"), MEMBER_U32, OF(zero)},
    {JSON_KEY("optional_zero"), MEMBER_U32, OF(zero), .is_optional = true},
    {JSON_KEY("u64"), MEMBER_U64, OF(u64)},
    {JSON_KEY("twice"), MEMBER_CODE, .add = add_twice},
    {JSON_KEY("size"), MEMBER_SIZE, OF(size), .is_said = is_so},
    {JSON_KEY("time"), MEMBER_TIME, OF(time)},
    {JSON_KEY("span"), MEMBER_SECONDS, OF(span)},
    {JSON_KEY("word"), MEMBER_WORD, OF(step), .words = words, .word_count = COUNT(words)},
    {JSON_KEY("step"), MEMBER_NAME, OF(step), .names = &step_names},
    {JSON_KEY("transport"), MEMBER_U8_NAME, OF(transport), .names = &transport_names},
    {JSON_KEY("count"), MEMBER_BY_SIDE, OF(by_side)},
    {JSON_KEY("inner"), MEMBER_OBJECT, .from = inner_of, .record = &inner_record,
	.is_optional = true},
    {JSON_KEY("embedded"), MEMBER_OBJECT, OF(embedded), .record = &inner_record},
    {JSON_KEY("numbers"), MEMBER_U32, MEMBER_LIST(struct outer, numbers, number_count)},
    {JSON_KEY("items"), MEMBER_OBJECT, MEMBER_LIST(struct outer, items, item_count),
	.record = &inner_record},
    {.kind = MEMBER_PART, OF(embedded), .record = &inner_record, .is_said = is_so},
};

static const struct record outer_record = {"outer", "one of each", members, COUNT(members)};

static const uint32_t numbers[] = {7, 4294967295};
static const struct inner items[] = {{"a"}, {"b"}};

static struct outer
make_outer(void)
{
	struct outer outer = {.text = "t\"",
	    .is_so = true,
	    .u16 = 65535,
	    .u32 = 4294967295,
	    .u64 = UINT64_C(1) << 33,
	    .size = 12,
	    .time = INT64_C(1700000000000000001),
	    .span = -1500000000,
	    .step = STEP_CONNECTED,
	    .transport = TRANSPORT_UDP,
	    .by_side = {3, 4},
	    .embedded = {"in"},
	    .numbers = numbers,
	    .number_count = 2,
	    .items = items,
	    .item_count = 2};

	addr_parse("10.0.0.5", &outer.addr);
	return outer;
}

START_TEST(test_every_kind)
{
	struct outer outer = make_outer();
	struct text text = {0};

	record_add(&text, NULL, &outer_record, &outer);
	ck_assert_str_eq(text_chars(&text),
	    "{\"text\":\"t\\\"\",\"addr\":\"10.0.0.5\",\"is_so\":true,\"u16\":65535,"
	    "\"u32\":4294967295,\"zero\":0,\"u64\":8589934592,\"twice\":17179869184,\"size\":12,"
	    "\"time\":\"2023-11-14T22:13:20.000000001Z\",\"span\":-1.500000000,\"word\":\"some\","
	    "\"step\":\"connected\",\"transport\":\"udp\",\"count\":7,\"count_by_side\":[3,4],"
	    "\"embedded\":{\"word\":\"in\"},\"numbers\":[7,4294967295],"
	    "\"items\":[{\"word\":\"a\"},{\"word\":\"b\"}],\"word\":\"in\"}");
	text_free(&text);
}
END_TEST

START_TEST(test_what_is_not_known)
{
	struct outer outer = make_outer();
	struct text text = {0};

	outer.optional_text = "o";
	outer.no_addr = outer.addr;
	outer.zero = 1;
	outer.is_so = false;
	outer.inner = &items[1];
	outer.number_count = outer.item_count = 0;
	outer.numbers = NULL;
	record_add(&text, NULL, &outer_record, &outer);
	ck_assert_str_eq(text_chars(&text),
	    "{\"text\":\"t\\\"\",\"optional_text\":\"o\",\"addr\":\"10.0.0.5\","
	    "\"no_addr\":\"10.0.0.5\",\"is_so\":false,\"u16\":65535,\"u32\":4294967295,\"zero\":1,"
	    "\"optional_zero\":1,\"u64\":8589934592,\"twice\":17179869184,"
	    "\"time\":\"2023-11-14T22:13:20.000000001Z\",\"span\":-1.500000000,\"word\":\"some\","
	    "\"step\":\"connected\",\"transport\":\"udp\",\"count\":7,\"count_by_side\":[3,4],"
	    "\"inner\":{\"word\":\"b\"},\"embedded\":{\"word\":\"in\"},\"numbers\":[],"
	    "\"items\":[]}");
	text_free(&text);
}
END_TEST

START_TEST(test_lines)
{
	struct text line = {0};
	char *lines = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&lines, &length);

	record_write(&line, out, &inner_record, &items[0]);
	record_write(&line, out, &inner_record, &items[1]);
	fclose(out);
	ck_assert_str_eq(
	    lines, "{\"type\":\"inner\",\"word\":\"a\"}\n{\"type\":\"inner\",\"word\":\"b\"}\n");
	ck_assert_uint_eq(line.length, 0);
	text_free(&line);
	free(lines);
}
END_TEST

Suite *
record_suite(void)
{
	Suite *suite = suite_create("record");
	TCase *tests = tcase_create("record");

	tcase_add_test(tests, test_every_kind);
	tcase_add_test(tests, test_what_is_not_known);
	tcase_add_test(tests, test_lines);
	suite_add_tcase(suite, tests);
	return suite;
}
