#include "analyzer/report/html_map.h"

#include <check.h>

#include "analyzer/report/sample_test.h"

Suite *html_map_suite(void);

#define CONVERSATIONS 6

static struct sample sample;
static struct conversation_facts facts[CONVERSATIONS], elsewhere;
static struct report_conversation conversations[CONVERSATIONS];
static struct exchange exchanges[4];
static struct arena arena;

/* Conversations 0 and 5 worked; 1 and 4 did not; 2 and 3 are no SMB. */
static void
setup(void)
{
	sample_init(&sample, "html");
	for (size_t i = 0; i < CONVERSATIONS; i++) {
		facts[i] = sample.conversation_facts;
		facts[i].step = i == 0 || i == 5 ? STEP_WORKING : STEP_NEGOTIATED;
		facts[i].protocol = i == 2 || i == 3 ? "kerberos" : "smb";
		conversations[i].facts = &facts[i];
	}
	elsewhere = sample.conversation_facts;
	sample.capture.conversations = conversations;
	sample.capture.conversation_count = CONVERSATIONS;
	for (size_t i = 0; i < COUNT(exchanges); i++) {
		exchanges[i] = sample.exchange.common;
		exchanges[i].conversation = &facts[i];
		exchanges[i].time = SAMPLE_START + (int64_t)i;
	}
}

static void
teardown(void)
{
	arena_free(&arena);
}

static void
set_examples(size_t index, size_t count, const struct exchange *const examples[])
{
	struct finding *finding = &sample.findings[index];

	*finding = sample.findings[0];
	finding->example_count = count;
	for (size_t i = 0; i < count; i++)
		finding->examples[i] = examples[i];
	sample.capture.findings.count = index + 1;
}

static void
assert_mark(const struct html_mark *mark, size_t conversation, size_t number, int64_t time)
{
	ck_assert_uint_eq(mark->conversation, conversation);
	ck_assert_uint_eq(mark->number, number);
	ck_assert_int_eq(mark->time, SAMPLE_START + time);
}

/* One mark for a finding in a conversation, at the first time; what is elsewhere comes last. */
START_TEST(test_marks)
{
	struct exchange later = exchanges[1], outside = exchanges[0];
	const struct html_mark *marks;
	struct html_map map;
	size_t count;

	later.time += 50;
	outside.conversation = &elsewhere;
	set_examples(0, 3, (const struct exchange *[]){&exchanges[1], &exchanges[3], &later});
	set_examples(1, 2, (const struct exchange *[]){&outside, &exchanges[3]});
	map = html_map_of(&sample.capture, &arena);
	ck_assert_uint_eq(map.count, 4);
	marks = html_map_find(&map, 1, &count);
	ck_assert_uint_eq(count, 1);
	assert_mark(marks, 1, 1, 1);
	marks = html_map_find(&map, 3, &count);
	ck_assert_uint_eq(count, 2);
	assert_mark(&marks[0], 3, 1, 3);
	assert_mark(&marks[1], 3, 2, 3);
	marks = html_map_find(&map, HTML_NOWHERE, &count);
	ck_assert_uint_eq(count, 1);
	assert_mark(marks, HTML_NOWHERE, 2, 0);
	html_map_find(&map, 0, &count);
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_eq(html_map_index(&map, &facts[5]), 5);
	ck_assert_uint_eq(html_map_index(&map, &elsewhere), HTML_NOWHERE);
}
END_TEST

static void
assert_choice(size_t most, const char *wanted)
{
	struct html_map map = html_map_of(&sample.capture, &arena);
	struct html_choice choice = html_choose(&sample.capture, &map, most, &arena);
	char chosen[CONVERSATIONS + 1] = "";

	for (size_t i = 0; i < choice.count; i++)
		chosen[i] = (char)('0' + choice.items[i]);
	ck_assert_str_eq(chosen, wanted);
	for (size_t i = 0; i < CONVERSATIONS; i++)
		ck_assert_int_eq(
		    html_choice_has(&choice, i), strchr(wanted, (char)('0' + i)) != NULL);
}

/* Those with findings, then SMB that did not work, then the rest; told in their own order. */
START_TEST(test_choice)
{
	set_examples(0, 1, (const struct exchange *[]){&exchanges[3]});
	assert_choice(1, "3");
	assert_choice(2, "13");
	assert_choice(3, "134");
	assert_choice(4, "0134");
	assert_choice(9, "012345");
	assert_choice(0, "");
}
END_TEST

START_TEST(test_nothing)
{
	struct html_map map;
	size_t count;

	sample.capture.conversation_count = sample.capture.findings.count = 0;
	map = html_map_of(&sample.capture, &arena);
	html_map_find(&map, 0, &count);
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_eq(html_map_index(&map, &facts[0]), HTML_NOWHERE);
	assert_choice(5, "");
}
END_TEST

Suite *
html_map_suite(void)
{
	Suite *suite = suite_create("html_map");
	TCase *tests = tcase_create("map");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_marks);
	tcase_add_test(tests, test_choice);
	tcase_add_test(tests, test_nothing);
	suite_add_tcase(suite, tests);
	return suite;
}
