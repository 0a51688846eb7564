#include "analyzer/report/conversations_text.h"

#include <check.h>

#include "analyzer/report/sample_test.h"

Suite *conversations_text_suite(void);

/* Two conversations, of which the first stopped and has a finding, and the second worked. */
struct two {
	struct sample sample;
	struct arena arena;
	struct conversation_facts second;
	struct report_conversation conversations[2];
};

static void
begin(struct two *two)
{
	*two = (struct two){0};
	sample_init(&two->sample, "text");
	two->second = two->sample.conversation_facts;
	two->second.step = STEP_WORKING;
	two->second.stream = 12345;
	two->second.client_port = 9;
	two->conversations[0].facts = &two->sample.conversation_facts;
	two->conversations[1].facts = &two->second;
	two->sample.capture.conversations = two->conversations;
	two->sample.capture.conversation_count = 2;
}

static void
check(struct two *two, size_t columns, const char *expected)
{
	struct page page = {
	    .report = &two->sample.report, .capture = &two->sample.capture, .arena = &two->arena};

	two->sample.report.columns = columns;
	conversations_add_table(&page);
	ck_assert_str_eq(text_chars(&page.text), expected);
	page_free(&page);
	arena_free(&two->arena);
}

START_TEST(a_table_fits_into_80_columns)
{
	struct two two;

	begin(&two);
	check(&two, 80,
	    "  stream  TCP nego session tree use  client          server\n"
	    "       3   +   +      +     x    -   10.0.0.5:49711  10.0.0.9:445\n"
	    "          TREE_CONNECT STATUS_BAD_NETWORK_NAME (finding 1)\n"
	    "   12345   +   +      +     +    +   10.0.0.5:9      10.0.0.9:445\n"
	    "  + reached   x stopped here   - not reached   ? not visible\n"
	    "\n");
}
END_TEST

START_TEST(a_reason_stands_beside_where_there_is_room)
{
	struct two two;

	begin(&two);
	two.second.server.bytes[3] = 10;
	check(&two, 120,
	    "  stream  TCP nego session tree use  client          server\n"
	    "       3   +   +      +     x    -   10.0.0.5:49711  10.0.0.9:445   TREE_CONNECT "
	    "STATUS_BAD_NETWORK_NAME (finding 1)\n"
	    "   12345   +   +      +     +    +   10.0.0.5:9      10.0.0.10:445\n"
	    "  + reached   x stopped here   - not reached   ? not visible\n"
	    "\n");
}
END_TEST

START_TEST(ends_stand_below_each_other_where_there_is_no_room)
{
	struct two two;

	begin(&two);
	addr_parse("2001:db8:1:2:3:4:5:6", &two.sample.conversation_facts.server);
	check(&two, 60,
	    "  stream  TCP nego session tree use  client, server\n"
	    "       3   +   +      +     x    -   10.0.0.5:49711\n"
	    "                                     [2001:db8:1:2:3:4:5:6]:445\n"
	    "          TREE_CONNECT STATUS_BAD_NETWORK_NAME (finding 1)\n"
	    "   12345   +   +      +     +    +   10.0.0.5:9\n"
	    "                                     10.0.0.9:445\n"
	    "  + reached   x stopped here   - not reached   ? not visible\n"
	    "\n");
}
END_TEST

/* Each sign is coloured, and is the same without. */
START_TEST(signs_are_coloured)
{
	struct two two;

	begin(&two);
	two.sample.report.is_colored = true;
	two.sample.conversation_facts.close = CLOSE_NONE;
	two.sample.capture.findings.count = 0;
	check(&two, 80,
	    "  stream  TCP nego session tree use  client          server\n"
	    "       3   \033[32m+\033[0m   \033[32m+\033[0m      \033[32m+\033[0m     "
	    "\033[1;35m?\033[0m    \033[1;35m?\033[0m   10.0.0.5:49711  10.0.0.9:445\n"
	    "          open when the capture ended\n"
	    "   12345   \033[32m+\033[0m   \033[32m+\033[0m      \033[32m+\033[0m     "
	    "\033[32m+\033[0m    \033[32m+\033[0m   10.0.0.5:9      10.0.0.9:445\n"
	    "  + reached   x stopped here   - not reached   ? not visible\n"
	    "\n");
}
END_TEST

/* Names are as wide as they look: five Chinese characters take ten columns, a combining accent
 * none. The table is of the width that just has room for the reason beside. */
START_TEST(wide_names_take_their_room)
{
	static const char reason[] =
	    "speaks \xe5\x85\xb1\xe6\x9c\x89\xe5\x85\xb1\xe6\x9c\x89\xe5\x85\xb1"
	    "e\xcc\x81";
	struct two two;
	struct text expected = {0};

	begin(&two);
	two.sample.capture.findings.count = 0;
	two.sample.conversation_facts.protocol = NULL;
	two.sample.conversation_facts.speaks = reason + strlen("speaks ");
	two.sample.conversation_facts.step = STEP_CONNECTED;
	/* 37 columns before the client, 14 and 12 of the ends, 2 behind each, 18 of the reason. */
	for (size_t columns = 84; columns <= 85; columns++) {
		text_clear(&expected);
		text_addf(&expected,
		    "  stream  TCP nego session tree use  client          server\n"
		    "       3   +   x      -     -    -   10.0.0.5:49711  10.0.0.9:445%s%s\n"
		    "   12345   +   +      +     +    +   10.0.0.5:9      10.0.0.9:445\n"
		    "  + reached   x stopped here   - not reached   ? not visible\n"
		    "\n",
		    columns == 84 ? "\n          " : "  ", reason);
		check(&two, columns, text_chars(&expected));
	}
	text_free(&expected);
}
END_TEST

START_TEST(further_rows_are_counted)
{
	struct two two;
	struct conversation_facts facts[12];
	struct report_conversation all[12];
	struct page page;
	const char *chars;

	begin(&two);
	for (uint32_t i = 0; i < 12; i++) {
		facts[i] = two.second;
		facts[i].step = STEP_CONNECTED;
		facts[i].stream = i;
		all[i].facts = &facts[i];
	}
	two.sample.capture.conversations = all;
	two.sample.capture.conversation_count = 12;
	page = (struct page){
	    .report = &two.sample.report, .capture = &two.sample.capture, .arena = &two.arena};
	conversations_add_table(&page);
	chars = text_chars(&page.text);
	ck_assert_ptr_nonnull(strstr(chars, "       9   +   x"));
	ck_assert_ptr_null(strstr(chars, "      10   +"));
	ck_assert_ptr_nonnull(
	    strstr(chars, "not visible\n  and 2 more; `smbtriage streams` lists all\n\n"));
	page_free(&page);
	arena_free(&two.arena);
}
END_TEST

START_TEST(what_worked_makes_no_table)
{
	struct two two;

	begin(&two);
	two.sample.conversation_facts.step = STEP_WORKING;
	check(&two, 80, "");
}
END_TEST

Suite *
conversations_text_suite(void)
{
	Suite *suite = suite_create("conversations_text");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, a_table_fits_into_80_columns);
	tcase_add_test(tcase, a_reason_stands_beside_where_there_is_room);
	tcase_add_test(tcase, ends_stand_below_each_other_where_there_is_no_room);
	tcase_add_test(tcase, signs_are_coloured);
	tcase_add_test(tcase, wide_names_take_their_room);
	tcase_add_test(tcase, further_rows_are_counted);
	tcase_add_test(tcase, what_worked_makes_no_table);
	suite_add_tcase(suite, tcase);
	return suite;
}
