#include "analyzer/report/ladder.h"

#include "analyzer/report/ladder_sample_test.h"

Suite *ladder_suite(void);

START_TEST(a_conversation_is_shown_whole)
{
	struct ladder_sample made;
	struct conversation_facts *facts;
	struct sample_exchange *second;
	struct ladder ladder;

	ladder_sample_begin(&made);
	facts = &made.sample.conversation_facts;
	facts->close = CLOSE_FIN;
	facts->closed_by = ENDED_BY_CLIENT;
	ladder_sample_add(&made, facts, 20, "\\\\fs1\\IPC$");
	second = ladder_sample_add(&made, facts, 22, "\\\\fs1\\dta");
	ladder_sample_find(&made, 0, &second->common);
	/* Of another conversation at the same time. */
	ladder_sample_add(&made, ladder_sample_conversation(&made, 9, 4), 21, "\\\\fs1\\other");
	ladder = ladder_sample_make(&made);
	ck_assert_str_eq(ladder_sample_show(&made, &ladder),
	    "20 0>1 TREE_CONNECT \\\\fs1\\IPC$\n"
	    "21 1>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
	    "*22 0>1 TREE_CONNECT \\\\fs1\\dta\n"
	    "*23 1>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
	    "26 0>1 FIN\n");
	ck_assert_uint_eq(ladder.left_out, 0);
	ck_assert_uint_eq(ladder.column_count, 2);
	ck_assert_str_eq(ladder.columns[0], "client 10.0.0.5");
	ck_assert_str_eq(ladder.columns[1], "server 10.0.0.9");
	ck_assert_int_eq(ladder.rows[2].time, SAMPLE_START + 22 * LADDER_MS);
	ck_assert_int_eq(ladder.rows[3].time, SAMPLE_START + 23 * LADDER_MS);
	ck_assert_int_eq(ladder.rows[4].time, facts->close_time);
	ladder_sample_end(&made);
}
END_TEST

/* What a request without an answer comes to. */
static const struct {
	enum outcome outcome;
	enum ended_by by;
	uint64_t frame;
	enum doubt doubt;
	bool is_delivered;
	uint32_t retransmissions;
	const char *shown;
} endings[] = {
    /* Silence. */
    {OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 0, DOUBT_NONE, false, 3,
	"*22 0x1 TREE_CONNECT (retransmissions: 3), no answer for 1.00 ms\n"},
    {OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 0, DOUBT_NONE, true, 0,
	"*22 0x1 TREE_CONNECT, delivered, no answer for 1.00 ms\n"},
    /* The client itself gave up. */
    {OUTCOME_RESET, ENDED_BY_CLIENT, 24, DOUBT_NONE, true, 0,
	"*22 0x1 TREE_CONNECT, delivered, no answer for 1.00 ms\n*24 0>1 RST\n"},
    {OUTCOME_CLOSED, ENDED_BY_CLIENT, 24, DOUBT_NONE, true, 0,
	"*22 0x1 TREE_CONNECT, delivered, no answer for 1.00 ms\n*24 0>1 FIN\n"},
    /* The server did something, if not what was asked. */
    {OUTCOME_RESET, ENDED_BY_SERVER, 24, DOUBT_NONE, true, 0,
	"*22 0>1 TREE_CONNECT\n*24 1>0 RST\n"},
    {OUTCOME_CLOSED, ENDED_BY_SERVER, 24, DOUBT_NONE, true, 0,
	"*22 0>1 TREE_CONNECT\n*24 1>0 FIN\n"},
    {OUTCOME_RESET, ENDED_BY_NETWORK, 24, DOUBT_NONE, false, 0,
	"*22 0>1 TREE_CONNECT\n*24 2>0 ICMP error\n"},
    /* The capture cannot tell. */
    {OUTCOME_UNKNOWN, ENDED_BY_CAPTURE, 0, DOUBT_CAPTURE_ENDED, false, 0,
	"*22 0>1 TREE_CONNECT (answer unknown: capture_ended)\n"},
};

START_TEST(an_unanswered_request_says_so)
{
	struct ladder_sample made;
	struct sample_exchange *exchange;
	struct ladder ladder;

	ladder_sample_begin(&made);
	exchange = ladder_sample_add(&made, &made.sample.conversation_facts, 22, NULL);
	ladder_sample_end_exchange(
	    &exchange->common, endings[_i].outcome, endings[_i].by, endings[_i].frame);
	exchange->common.doubt = endings[_i].doubt;
	exchange->common.is_delivered = endings[_i].is_delivered;
	exchange->common.retransmissions = endings[_i].retransmissions;
	ladder_sample_find(&made, 0, &exchange->common);
	ladder = ladder_sample_make(&made);
	ck_assert_str_eq(ladder_sample_show(&made, &ladder), endings[_i].shown);
	if (endings[_i].by == ENDED_BY_NETWORK) {
		ck_assert_uint_eq(ladder.column_count, 3);
		ck_assert_str_eq(ladder.columns[2], "network");
	}
	ladder_sample_end(&made);
}
END_TEST

/* The connection's end is the request's end: one arrow. */
START_TEST(the_end_is_told_once)
{
	struct ladder_sample made;
	struct conversation_facts *facts;
	struct sample_exchange *exchange;
	struct ladder ladder;

	ladder_sample_begin(&made);
	facts = &made.sample.conversation_facts;
	facts->close = CLOSE_RESET;
	facts->closed_by = ENDED_BY_SERVER;
	exchange = ladder_sample_add(&made, facts, 22, NULL);
	ladder_sample_end_exchange(&exchange->common, OUTCOME_RESET, ENDED_BY_SERVER, 26);
	ladder_sample_find(&made, 0, &exchange->common);
	ladder = ladder_sample_make(&made);
	ck_assert_str_eq(ladder_sample_show(&made, &ladder), "*22 0>1 TREE_CONNECT\n*26 1>0 RST\n");
	ladder_sample_end(&made);
}
END_TEST

/* Legs that are the request or the answer are not shown twice, and say their own words. */
START_TEST(legs_stand_between)
{
	struct ladder_sample made;
	struct sample_exchange *exchange;
	struct ladder ladder;

	ladder_sample_begin(&made);
	exchange = ladder_sample_add(&made, &made.sample.conversation_facts, 22, "\\\\fs1\\dta");
	exchange->common.answer_frame = 25;
	exchange_add_leg(&made.arena, &exchange->common, CLIENT, 22, 0, "first");
	exchange_add_leg(&made.arena, &exchange->common, SERVER, 23, SAMPLE_START, "go on");
	exchange_add_leg(&made.arena, &exchange->common, CLIENT, 24, SAMPLE_START + 7, NULL);
	exchange_add_leg(&made.arena, &exchange->common, SERVER, 25, 0, NULL);
	ladder_sample_find(&made, 0, &exchange->common);
	ladder = ladder_sample_make(&made);
	ck_assert_str_eq(ladder_sample_show(&made, &ladder),
	    "*22 0>1 first\n"
	    "23 1>0 go on\n"
	    "24 0>1 TREE_CONNECT \\\\fs1\\dta\n"
	    "*25 1>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
	ck_assert_int_eq(ladder.rows[2].time, SAMPLE_START + 7);
	ladder_sample_end(&made);
}
END_TEST

START_TEST(legs_are_bounded)
{
	struct arena arena = {0};
	struct exchange exchange = {0};
	uint64_t count = 0;

	for (uint64_t i = 1; i <= EXCHANGE_MOST_LEGS + 3; i++)
		exchange_add_leg(&arena, &exchange, CLIENT, i, 0, NULL);
	for (const struct exchange_leg *leg = exchange.legs; leg != NULL; leg = leg->next)
		ck_assert_uint_eq(leg->frame, ++count);
	ck_assert_uint_eq(count, EXCHANGE_MOST_LEGS);
	arena_free(&arena);
}
END_TEST

/* The last sending of what nothing answered is lost as well; an earlier round trip is not. */
START_TEST(what_is_sent_again_is_lost_again)
{
	struct ladder_sample made;
	struct sample_exchange *exchange;
	struct ladder ladder;

	ladder_sample_begin(&made);
	exchange = ladder_sample_add(&made, &made.sample.conversation_facts, 22, NULL);
	ladder_sample_end_exchange(&exchange->common, OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 24);
	exchange->common.waited = -1;
	exchange_add_leg(&made.arena, &exchange->common, CLIENT, 20, 0, "earlier");
	exchange_add_leg(&made.arena, &exchange->common, CLIENT, 24, 0, "again");
	ladder_sample_find(&made, 0, &exchange->common);
	ladder = ladder_sample_make(&made);
	ck_assert_str_eq(ladder_sample_show(&made, &ladder),
	    "20 0>1 earlier\n*22 0x1 TREE_CONNECT, delivered, no answer\n*24 0x1 again\n");
	ladder_sample_end(&made);
}
END_TEST

/* A KDC's answer explains the finding: its exchange is shown, and it stands behind the server. */
START_TEST(what_explains_a_finding_is_shown)
{
	struct ladder_sample made;
	struct conversation_facts *kdc, *names;
	struct sample_exchange *own, *ticket, *name;
	struct ladder ladder;

	ladder_sample_begin(&made);
	kdc = ladder_sample_conversation(&made, 1, 2);
	kdc->server_port = 88;
	names = ladder_sample_conversation(&made, 2, 0);
	names->server_port = 53;
	names->transport = TRANSPORT_UDP;
	names->is_background = true;
	name = ladder_sample_add(&made, names, 10, "who");
	ladder_sample_add(&made, names, 12, "somebody else");
	ticket = ladder_sample_add(&made, kdc, 14, "ticket");
	ladder_sample_add(&made, kdc, 16, "another ticket");
	own = ladder_sample_add(&made, &made.sample.conversation_facts, 22, "own");
	ladder_sample_find(&made, 0, &own->common);
	made.sample.findings[1] = made.sample.findings[2] = (struct finding){0};
	ladder_sample_find(&made, 1, &ticket->common);
	ladder_sample_find(&made, 2, &name->common);
	made.sample.findings[0].follows_from = 2;
	made.sample.findings[1].follows_from = 3;
	ladder = ladder_sample_make(&made);
	ck_assert_str_eq(ladder_sample_show(&made, &ladder),
	    "10 0>3 TREE_CONNECT who\n"
	    "11 3>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
	    "14 0>2 TREE_CONNECT ticket\n"
	    "15 2>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
	    "*22 0>1 TREE_CONNECT own\n"
	    "*23 1>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
	ck_assert_str_eq(ladder.columns[1], "server 10.0.0.9");
	ck_assert_str_eq(ladder.columns[2], "KDC 10.0.0.1");
	ck_assert_str_eq(ladder.columns[3], "DNS server 10.0.0.2");
	ladder_sample_end(&made);
}
END_TEST

/* Of questions for names only those that are the finding's. */
START_TEST(a_background_conversation_is_not_shown_whole)
{
	struct ladder_sample made;
	struct sample_exchange *exchange;
	struct ladder ladder;

	ladder_sample_begin(&made);
	made.sample.conversation_facts.is_background = true;
	ladder_sample_add(&made, &made.sample.conversation_facts, 20, "before");
	exchange = ladder_sample_add(&made, &made.sample.conversation_facts, 22, "own");
	ladder_sample_find(&made, 0, &exchange->common);
	ladder = ladder_sample_make(&made);
	ck_assert_str_eq(ladder_sample_show(&made, &ladder),
	    "*22 0>1 TREE_CONNECT own\n*23 1>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
	ladder_sample_end(&made);
}
END_TEST

/* A host that speaks with itself stands at both ends; a name that the capture gives is said. */
START_TEST(a_host_may_speak_with_itself)
{
	struct ladder_sample made;
	struct conversation_facts *facts;
	struct sample_exchange *exchange;
	struct name_facts name = {.name = "fs1"};
	struct ladder ladder;

	ladder_sample_begin(&made);
	facts = &made.sample.conversation_facts;
	name.addr = facts->server = facts->client;
	made.sample.facts.names = &name;
	made.sample.facts.name_count = 1;
	exchange = ladder_sample_add(&made, facts, 22, "own");
	ladder_sample_find(&made, 0, &exchange->common);
	ladder = ladder_sample_make(&made);
	ck_assert_str_eq(ladder_sample_show(&made, &ladder),
	    "*22 0>1 TREE_CONNECT own\n*23 1>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
	ck_assert_str_eq(ladder.columns[0], "client 10.0.0.5 (fs1)");
	ck_assert_str_eq(ladder.columns[1], "server 10.0.0.5 (fs1)");
	ladder_sample_end(&made);
}
END_TEST

/* What a server asks of its client goes the other way, and the columns do not. */
START_TEST(a_server_may_ask)
{
	struct ladder_sample made;
	struct sample_exchange *exchange;
	struct ladder ladder;

	ladder_sample_begin(&made);
	exchange = ladder_sample_add(&made, &made.sample.conversation_facts, 22, "own");
	exchange->common.request_from = SERVER;
	ladder_sample_end_exchange(&exchange->common, OUTCOME_CLOSED, ENDED_BY_SERVER, 26);
	ladder_sample_find(&made, 0, &exchange->common);
	ladder = ladder_sample_make(&made);
	ck_assert_str_eq(ladder_sample_show(&made, &ladder),
	    "*22 1x0 TREE_CONNECT own, delivered, no answer for 1.00 ms\n");
	ck_assert_str_eq(ladder.columns[0], "client 10.0.0.5");
	ladder_sample_end(&made);
}
END_TEST

/* An answer whose request is not in the capture came at the exchange's time. */
START_TEST(an_answer_may_stand_alone)
{
	struct ladder_sample made;
	struct sample_exchange *exchange;
	struct ladder ladder;

	ladder_sample_begin(&made);
	exchange = ladder_sample_add(&made, &made.sample.conversation_facts, 22, NULL);
	exchange->common.request_frame = 0;
	exchange->common.waited = -1;
	ladder_sample_find(&made, 0, &exchange->common);
	ladder = ladder_sample_make(&made);
	ck_assert_str_eq(
	    ladder_sample_show(&made, &ladder), "*23 1>0 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
	ck_assert_int_eq(ladder.rows[0].time, exchange->common.time);
	ladder_sample_end(&made);
}
END_TEST

/* 50 exchanges, of which the 30th is evidence: frames 1 to 100, 59 and 60. */
START_TEST(the_middle_is_left_out)
{
	struct ladder_sample made;
	struct ladder ladder;
	struct sample_exchange *exchange;
	const size_t near = (LADDER_MOST_ROWS - 8 - 2 - 2) / 2; /* on each side of the evidence */

	ladder_sample_begin(&made);
	for (uint64_t i = 0; i < 50; i++) {
		exchange =
		    ladder_sample_add(&made, &made.sample.conversation_facts, 2 * i + 1, NULL);
		if (i == 29)
			ladder_sample_find(&made, 0, &exchange->common);
	}
	made.sample.conversation_facts.last_time = INT64_MAX;
	ladder = ladder_sample_make(&made);
	ck_assert_uint_eq(ladder.row_count, LADDER_MOST_ROWS);
	ck_assert_uint_eq(ladder.left_out, 100 - LADDER_MOST_ROWS);
	ck_assert_uint_eq(ladder.rows[7].frame, 8);
	ck_assert_uint_eq(ladder.rows[8].frame, 59 - near);
	ck_assert_uint_eq(ladder.rows[8].skipped, 59 - near - 8 - 1);
	ck_assert_uint_eq(ladder.rows[LADDER_MOST_ROWS - 3].frame, 60 + near);
	ck_assert_uint_eq(ladder.rows[LADDER_MOST_ROWS - 2].frame, 99);
	ck_assert_uint_eq(ladder.rows[LADDER_MOST_ROWS - 2].skipped, 99 - 60 - near - 1);
	ck_assert_uint_eq(ladder.rows[LADDER_MOST_ROWS - 1].frame, 100);
	ladder_sample_end(&made);
}
END_TEST

/* Hosts beyond those that a page has room for have no rows. */
START_TEST(hosts_are_bounded)
{
	struct ladder_sample made;
	struct ladder ladder;
	struct sample_exchange *exchange;

	ladder_sample_begin(&made);
	for (uint8_t i = 0; i < FINDING_MOST_EXAMPLES; i++) {
		exchange = ladder_sample_add(
		    &made, ladder_sample_conversation(&made, 100 + i, i), 2u * i + 1, NULL);
		ladder_sample_find(&made, 0, &exchange->common);
	}
	made.sample.conversation_facts.last_time = INT64_MAX;
	ladder = ladder_sample_make(&made);
	/* A client, and servers for all columns but the network's. */
	ck_assert_uint_eq(ladder.column_count, LADDER_MOST_COLUMNS - 1);
	ck_assert_uint_eq(ladder.row_count, 2 * (LADDER_MOST_COLUMNS - 2));
	ck_assert_uint_eq(ladder.left_out, 2 * (FINDING_MOST_EXAMPLES - (LADDER_MOST_COLUMNS - 2)));
	ladder_sample_end(&made);
}
END_TEST

/* Where the clock went back, the times of a conversation do not bound its exchanges. */
START_TEST(a_clock_may_go_back)
{
	struct ladder_sample made;
	struct sample_exchange *exchange, *early;
	struct ladder ladder;

	ladder_sample_begin(&made);
	exchange = ladder_sample_add(&made, &made.sample.conversation_facts, 22, "own");
	early = ladder_sample_add(&made, &made.sample.conversation_facts, 24, "set back");
	early->common.time = made.sample.conversation_facts.first_time - 1;
	made.sample.facts.clock_steps = 1;
	ladder_sample_find(&made, 0, &exchange->common);
	ladder = ladder_sample_make(&made);
	ck_assert_uint_eq(ladder.row_count, 4);
	ck_assert_str_eq(ladder.rows[2].label, "TREE_CONNECT set back");
	ladder_sample_end(&made);
}
END_TEST

/* A stream is shown with the evidence of every finding about it, and of no other. */
START_TEST(a_stream_has_all_evidence)
{
	static const uint64_t frames[] = {24};
	static const uint32_t others[] = {9};
	struct ladder_sample made;
	struct sample_exchange *first;
	struct ladder ladder;

	ladder_sample_begin(&made);
	first = ladder_sample_add(&made, &made.sample.conversation_facts, 22, NULL);
	ladder_sample_add(&made, &made.sample.conversation_facts, 24, NULL);
	ladder_sample_find(&made, 0, &first->common);
	made.sample.findings[1] = (struct finding){
	    .streams = sample_streams, .stream_count = 1, .frames = frames, .frame_count = 1};
	made.sample.findings[2] = made.sample.findings[1];
	made.sample.findings[2].streams = others;
	made.sample.findings[2].frames = (const uint64_t[]){25};
	made.sample.capture.findings.count = 3;
	ladder = ladder_of_stream(&made.sample.capture, 3, &made.arena);
	ck_assert_uint_eq(ladder.row_count, 4);
	ck_assert(ladder.rows[0].is_evidence && ladder.rows[1].is_evidence);
	ck_assert(ladder.rows[2].is_evidence && !ladder.rows[3].is_evidence);
	ck_assert_str_eq(ladder.columns[0], "client 10.0.0.5");
	ck_assert_uint_eq(ladder_of_stream(&made.sample.capture, 4, &made.arena).row_count, 0);
	ladder_sample_end(&made);
}
END_TEST

Suite *
ladder_suite(void)
{
	Suite *suite = suite_create("ladder");
	TCase *rows = tcase_create("rows"), *hosts = tcase_create("hosts"),
	      *bounds = tcase_create("bounds");

	tcase_add_test(rows, a_conversation_is_shown_whole);
	tcase_add_loop_test(rows, an_unanswered_request_says_so, 0, (int)COUNT(endings));
	tcase_add_test(rows, the_end_is_told_once);
	tcase_add_test(rows, legs_stand_between);
	tcase_add_test(rows, legs_are_bounded);
	tcase_add_test(rows, what_is_sent_again_is_lost_again);
	tcase_add_test(rows, an_answer_may_stand_alone);
	tcase_add_test(rows, a_background_conversation_is_not_shown_whole);
	tcase_add_test(rows, a_clock_may_go_back);
	tcase_add_test(rows, a_stream_has_all_evidence);
	suite_add_tcase(suite, rows);
	tcase_add_test(hosts, what_explains_a_finding_is_shown);
	tcase_add_test(hosts, a_host_may_speak_with_itself);
	tcase_add_test(hosts, a_server_may_ask);
	suite_add_tcase(suite, hosts);
	tcase_add_test(bounds, the_middle_is_left_out);
	tcase_add_test(bounds, hosts_are_bounded);
	suite_add_tcase(suite, bounds);
	return suite;
}
