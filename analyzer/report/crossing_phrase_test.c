#include "analyzer/report/crossing_phrase.h"

#include <check.h>

Suite *crossing_phrase_suite(void);

#define MS INT64_C(1000000)

static struct text text;
static struct crossing crossing;
static struct exchange exchange;

static void
setup(void)
{
	crossing =
	    (struct crossing){.there = "server\n.pcapng", .waited_there = -1, .path_delay = -1};
	exchange =
	    (struct exchange){.crossing = &crossing, .outcome = OUTCOME_ANSWERED, .waited = -1};
}

static void
teardown(void)
{
	text_free(&text);
}

static void
assert_phrase(const char *wanted)
{
	crossing_add_phrase(&text, &exchange);
	ck_assert_str_eq(text_chars(&text), wanted);
	text_clear(&text);
}

static void
lose(void)
{
	crossing.lost_after = "a\n.pcapng";
	crossing.lost_before = "b\n.pcapng";
}

START_TEST(nothing_is_said_of_what_was_not_compared)
{
	exchange.crossing = NULL;
	assert_phrase("");
	exchange.crossing = &crossing;
	assert_phrase("");
}
END_TEST

START_TEST(a_lost_request_is_said_to_be_lost)
{
	crossing.is_request_there = crossing.is_answer_there = known(false);
	lose();
	assert_phrase(" The request is lost on its way: a\\u{a}.pcapng has it, b\\u{a}.pcapng does "
		      "not.");
}
END_TEST

START_TEST(a_forged_answer_is_said_to_begin_on_the_way)
{
	crossing.is_request_there = crossing.is_answer_there = known(false);
	crossing.forged_after = "b\n.pcapng";
	crossing.forged_before = "a\n.pcapng";
	lose();
	assert_phrase(" The request is lost on its way: a\\u{a}.pcapng has it, b\\u{a}.pcapng does "
		      "not. The answer begins between b\\u{a}.pcapng, which lacks it, and "
		      "a\\u{a}.pcapng.");
	crossing.is_request_there = known(true);
	crossing.lost_after = crossing.lost_before = NULL;
	assert_phrase(
	    " server\\u{a}.pcapng has the request and no answer. The answer begins between "
	    "b\\u{a}.pcapng, which lacks it, and a\\u{a}.pcapng.");
}
END_TEST

START_TEST(what_is_there_is_said)
{
	crossing.is_request_there = known(true);
	assert_phrase(" server\\u{a}.pcapng has the request.");
	crossing.request_there = 7;
	assert_phrase(" server\\u{a}.pcapng has the request (frame 7).");
	crossing.is_answer_there = known(false);
	assert_phrase(" server\\u{a}.pcapng has the request (frame 7) and no answer.");
	crossing.is_answer_there = known(true);
	assert_phrase(" server\\u{a}.pcapng has the request (frame 7) and its answer.");
	crossing.answer_there = 9;
	assert_phrase(" server\\u{a}.pcapng has the request (frame 7) and its answer (frame 9).");
}
END_TEST

/* Where the time went is said where it is more here than there. */
START_TEST(waits_are_compared)
{
	crossing.is_request_there = crossing.is_answer_there = known(true);
	crossing.waited_there = 0;
	assert_phrase(" server\\u{a}.pcapng has the request and its answer, after 0 ns.");
	crossing.waited_there = 5 * MS;
	assert_phrase(" server\\u{a}.pcapng has the request and its answer, after 5.00 ms.");
	crossing.path_delay = 0;
	assert_phrase(" server\\u{a}.pcapng has the request and its answer, after 5.00 ms.");
	crossing.path_delay = 2 * MS;
	assert_phrase(" server\\u{a}.pcapng has the request and its answer, after 5.00 ms; 2.00 ms "
		      "more were spent on the way.");
	crossing.slowest_after = "a\n.pcapng";
	crossing.slowest_before = "b\n.pcapng";
	crossing.slowest_delay = 2 * MS;
	assert_phrase(" server\\u{a}.pcapng has the request and its answer, after 5.00 ms; 2.00 ms "
		      "more were spent on the way.");
	crossing.slowest_delay = 1 * MS;
	assert_phrase(" server\\u{a}.pcapng has the request and its answer, after 5.00 ms; 2.00 ms "
		      "more were spent on the way, 1.00 ms of them between a\\u{a}.pcapng and "
		      "b\\u{a}.pcapng.");
}
END_TEST

START_TEST(a_lost_answer_is_said_to_be_lost)
{
	crossing.is_request_there = crossing.is_answer_there = known(true);
	crossing.request_there = 7;
	crossing.answer_there = 9;
	lose();
	exchange.outcome = OUTCOME_UNANSWERED;
	assert_phrase(
	    " server\\u{a}.pcapng has the request (frame 7) and its answer (frame 9). The "
	    "answer is lost on its way: a\\u{a}.pcapng has it, b\\u{a}.pcapng does not.");
}
END_TEST

START_TEST(duplicates_are_said)
{
	crossing.duplicated = 1;
	crossing.duplicated_after = "a\n.pcapng";
	crossing.duplicated_before = "b\n.pcapng";
	assert_phrase(" Between a\\u{a}.pcapng and b\\u{a}.pcapng 1 segment of it came twice where "
		      "one was sent.");
	crossing.is_request_there = known(true);
	crossing.duplicated = 3;
	assert_phrase(" server\\u{a}.pcapng has the request. Between a\\u{a}.pcapng and "
		      "b\\u{a}.pcapng 3 segments of it came twice where one was sent.");
}
END_TEST

START_TEST(why_it_is_not_known_is_said)
{
	crossing.unsure = "b\n.pcapng ends before";
	assert_phrase(" What is not known of it: b\\u{a}.pcapng ends before.");
	crossing.is_request_there = known(true);
	assert_phrase(" server\\u{a}.pcapng has the request. What is not known of it: "
		      "b\\u{a}.pcapng ends before.");
}
END_TEST

Suite *
crossing_phrase_suite(void)
{
	Suite *suite = suite_create("crossing_phrase");
	TCase *tests = tcase_create("phrases");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, nothing_is_said_of_what_was_not_compared);
	tcase_add_test(tests, a_lost_request_is_said_to_be_lost);
	tcase_add_test(tests, a_forged_answer_is_said_to_begin_on_the_way);
	tcase_add_test(tests, what_is_there_is_said);
	tcase_add_test(tests, waits_are_compared);
	tcase_add_test(tests, a_lost_answer_is_said_to_be_lost);
	tcase_add_test(tests, duplicates_are_said);
	tcase_add_test(tests, why_it_is_not_known_is_said);
	suite_add_tcase(suite, tests);
	return suite;
}
