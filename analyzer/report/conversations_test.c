#include "analyzer/report/conversations.h"

#include <check.h>

#include "analyzer/report/sample_test.h"

Suite *conversations_suite(void);

#define MOST 20

/* Conversations that differ in what a test sets; the one at index I has stream I. */
struct many {
	struct sample sample;
	struct arena arena;
	struct conversation_facts facts[MOST];
	struct report_conversation conversations[MOST];
	struct finding findings[MOST];
};

static void
begin(struct many *many, size_t count)
{
	*many = (struct many){0};
	sample_init(&many->sample, "text");
	many->sample.ledger.arena = &many->arena;
	for (size_t i = 0; i < count; i++) {
		many->facts[i] = many->sample.conversation_facts;
		many->facts[i].stream = (uint32_t)i;
		many->facts[i].first_frame = i + 1;
		many->conversations[i].facts = &many->facts[i];
	}
	many->sample.capture.conversations = many->conversations;
	many->sample.capture.conversation_count = count;
	many->sample.capture.findings = (struct finding_list){.items = many->findings};
}

static void
end(struct many *many)
{
	ledger_free(&many->sample.ledger);
	arena_free(&many->arena);
}

/* An exchange of the conversation at INDEX, answered with STATUS. */
static struct sample_exchange *
add(struct many *many, size_t index, uint64_t status)
{
	struct sample_exchange *exchange = ARENA_NEW(&many->arena, struct sample_exchange);

	exchange->common = (struct exchange){.type = &sample_type,
	    .conversation = &many->facts[index],
	    .waited = INT64_C(60000000000),
	    .outcome = OUTCOME_ANSWERED,
	    .ended_by = ENDED_BY_SERVER,
	    .request_frame = 22,
	    .answer_frame = 23};
	exchange->status = known(status);
	ledger_add(&many->sample.ledger, &exchange->common);
	return exchange;
}

/* The next finding is about EXCHANGE. */
static void
find(struct many *many, const struct sample_exchange *exchange)
{
	struct finding *finding = &many->findings[many->sample.capture.findings.count++];

	finding->exchange = finding->examples[0] = &exchange->common;
	finding->example_count = 1;
}

/* The table as text: "3 +++x- reason", one line a row. */
static const char *
show(struct many *many)
{
	struct conversation_table table = conversations_of(&many->sample.capture, &many->arena);
	struct text text = {0};
	const char *shown;

	for (size_t i = 0; i < table.count; i++) {
		text_addf(&text, "%u ", table.rows[i].facts->stream);
		for (size_t j = 0; j < CONVERSATION_STEPS; j++)
			text_add_char(&text, " +x-?"[table.rows[i].marks[j]]);
		text_addf(&text, " %s\n", table.rows[i].reason);
	}
	shown = arena_text(&many->arena, text_chars(&text), text.length);
	text_free(&text);
	return shown;
}

/* Every step that a conversation may have reached. */
static const struct {
	enum step step;
	const char *shown;
} steps[] = {
    {STEP_NONE, "0 x---- closed by the client in frame 26\n"},
    {STEP_CONNECTED, "0 +x--- closed by the client in frame 26\n"},
    {STEP_NEGOTIATED, "0 ++x-- closed by the client in frame 26\n"},
    {STEP_AUTHENTICATED, "0 +++x- closed by the client in frame 26\n"},
    {STEP_TREE_CONNECTED, "0 ++++x closed by the client in frame 26\n"},
    {STEP_WORKING, ""}, /* nothing to tell */
};

START_TEST(a_step_is_where_it_stopped)
{
	struct many many;

	begin(&many, 1);
	many.facts[0].step = steps[_i].step;
	ck_assert_str_eq(show(&many), steps[_i].shown);
	end(&many);
}
END_TEST

/* What is said of a conversation that got to SESSION_SETUP. */
static const struct {
	enum outcome outcome;
	enum ended_by by;
	enum doubt doubt;
	uint64_t status; /* of the answer, where there is one */
	bool is_found;
	const char *shown;
} reasons[] = {
    {OUTCOME_ANSWERED, ENDED_BY_SERVER, DOUBT_NONE, 0xc00000cc, false,
	"0 +++x- TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"},
    {OUTCOME_ANSWERED, ENDED_BY_SERVER, DOUBT_NONE, 0xc00000cc, true,
	"0 +++x- TREE_CONNECT STATUS_BAD_NETWORK_NAME (finding 1)\n"},
    /* A success, and a warning, are no refusal. */
    {OUTCOME_ANSWERED, ENDED_BY_SERVER, DOUBT_NONE, 0, false,
	"0 +++x- closed by the client in frame 26\n"},
    {OUTCOME_ANSWERED, ENDED_BY_SERVER, DOUBT_NONE, 0x80000005, true,
	"0 +++x- closed by the client in frame 26 (finding 1)\n"},
    {OUTCOME_UNANSWERED, ENDED_BY_NOBODY, DOUBT_NONE, 0, false,
	"0 +++x- TREE_CONNECT: no answer for 60.0 s\n"},
    {OUTCOME_RESET, ENDED_BY_CLIENT, DOUBT_NONE, 0, false,
	"0 +++x- TREE_CONNECT: no answer for 60.0 s\n"},
    {OUTCOME_RESET, ENDED_BY_SERVER, DOUBT_NONE, 0, false, "0 +++x- TREE_CONNECT: RST\n"},
    {OUTCOME_CLOSED, ENDED_BY_SERVER, DOUBT_NONE, 0, false, "0 +++x- TREE_CONNECT: FIN\n"},
    {OUTCOME_RESET, ENDED_BY_NETWORK, DOUBT_NONE, 0, false, "0 +++x- TREE_CONNECT: ICMP error\n"},
    {OUTCOME_UNKNOWN, ENDED_BY_CAPTURE, DOUBT_PACKETS_MISSING, 0, true,
	"0 +++?? TREE_CONNECT: no answer is visible (packets_missing) (finding 1)\n"},
};

START_TEST(a_reason_is_the_last_failure)
{
	struct many many;
	struct sample_exchange *exchange;

	begin(&many, 1);
	/* An earlier failure is not the last one, and counts only where there is no other. */
	add(&many, 0, reasons[_i].outcome == OUTCOME_ANSWERED ? 0 : 0xc0000022);
	exchange = add(&many, 0, reasons[_i].status);
	exchange->common.outcome = reasons[_i].outcome;
	exchange->common.ended_by = reasons[_i].by;
	exchange->common.doubt = reasons[_i].doubt;
	if (reasons[_i].outcome != OUTCOME_ANSWERED)
		exchange->common.answer_frame = 0;
	if (reasons[_i].is_found)
		find(&many, exchange);
	ck_assert_str_eq(show(&many), reasons[_i].shown);
	end(&many);
}
END_TEST

/* What a finding is about goes before a later failure; all findings are named, up to some. */
START_TEST(findings_are_named)
{
	struct many many;
	struct sample_exchange *first;

	begin(&many, 1);
	first = add(&many, 0, 0xc00000cc);
	add(&many, 0, 0xc0000022);
	for (size_t i = 0; i < 2; i++)
		find(&many, first);
	/* Two examples of one finding are one finding. */
	many.findings[1].examples[1] = &first->common;
	many.findings[1].example_count = 2;
	ck_assert_str_eq(
	    show(&many), "0 +++x- TREE_CONNECT STATUS_BAD_NETWORK_NAME (findings 1, 2)\n");
	for (size_t i = 0; i < 3; i++)
		find(&many, first);
	ck_assert_str_eq(
	    show(&many), "0 +++x- TREE_CONNECT STATUS_BAD_NETWORK_NAME (findings 1, 2, 3, 4, …)\n");
	end(&many);
}
END_TEST

/* What the operator put aside does not bring a conversation to the top. */
START_TEST(only_findings_that_count_are_named)
{
	struct many many;

	begin(&many, 3);
	find(&many, add(&many, 1, 0xc00000cc));
	find(&many, add(&many, 2, 0xc00000cc));
	many.findings[0].baseline = BASELINE_KNOWN;
	ck_assert_str_eq(show(&many), "2 +++x- TREE_CONNECT STATUS_BAD_NETWORK_NAME (finding 2)\n"
				      "0 +++x- closed by the client in frame 26\n"
				      "1 +++x- TREE_CONNECT STATUS_BAD_NETWORK_NAME\n");
	end(&many);
}
END_TEST

/* What the capture does not show did not stop there. */
START_TEST(what_is_not_visible_is_no_stop)
{
	struct many many;

	begin(&many, 5);
	many.facts[0].sealed_messages[CLIENT] = 3;
	many.facts[1].close = CLOSE_NONE;
	many.facts[2].is_begun_before = true;
	many.facts[3].is_one_direction = true;
	/* Encrypted messages are only those of a session. */
	many.facts[4].sealed_messages[CLIENT] = 3;
	many.facts[4].step = STEP_NEGOTIATED;
	ck_assert_str_eq(show(&many), "4 ++x-- closed by the client in frame 26\n"
				      "0 +++?? encrypted\n"
				      "1 +++?? open when the capture ended\n"
				      "2 +++?? began before the capture\n"
				      "3 +++?? only one direction was captured\n");
	end(&many);
}
END_TEST

/* Those that stopped first, then those in doubt, then those that worked; findings before others. */
START_TEST(rows_come_by_weight)
{
	struct many many;

	begin(&many, 7);
	many.facts[0].step = STEP_WORKING;
	many.facts[1].step = STEP_WORKING;
	many.facts[2].close = many.facts[3].close = CLOSE_NONE;
	find(&many, add(&many, 1, 0));
	find(&many, add(&many, 3, 0));
	find(&many, add(&many, 6, 0));
	many.facts[4].protocol = NULL;
	many.facts[4].speaks = "HT\033TP";
	many.facts[4].step = STEP_CONNECTED;
	ck_assert_str_eq(show(&many), "6 +++x- closed by the client in frame 26 (finding 3)\n"
				      "3 +++?? open when the capture ended (finding 2)\n"
				      "4 +x--- speaks HT\\u{1b}TP\n"
				      "5 +++x- closed by the client in frame 26\n"
				      "2 +++?? open when the capture ended\n"
				      "1 +++++ (finding 1)\n"
				      "0 +++++ \n");
	end(&many);
}
END_TEST

/* Kerberos is shown where a finding speaks of it, once for each, and has no steps of SMB. */
START_TEST(kerberos_stands_where_it_matters)
{
	struct many many;
	struct sample_exchange *first, *second;

	begin(&many, 5);
	for (size_t i = 0; i < 4; i++)
		many.facts[i].protocol = "kerberos";
	first = add(&many, 1, 0xc00000cc);
	second = add(&many, 2, 0xc00000cc);
	find(&many, first);
	many.findings[0].examples[1] = &second->common;
	many.findings[0].example_count = 2;
	many.facts[3].transport = TRANSPORT_UDP;
	find(&many, add(&many, 3, 0xc00000cc));
	ck_assert_str_eq(show(&many), "1 +     TREE_CONNECT STATUS_BAD_NETWORK_NAME (finding 1)\n"
				      "3       TREE_CONNECT STATUS_BAD_NETWORK_NAME (finding 2)\n"
				      "4 +++x- closed by the client in frame 26\n");
	/* Alone it makes no table of conversations. */
	many.facts[4].step = STEP_WORKING;
	ck_assert_str_eq(show(&many), "");
	end(&many);
}
END_TEST

START_TEST(rows_are_bounded)
{
	struct many many;
	struct conversation_table table;

	begin(&many, CONVERSATIONS_MOST + 3);
	table = conversations_of(&many.sample.capture, &many.arena);
	ck_assert_uint_eq(table.count, CONVERSATIONS_MOST);
	ck_assert_uint_eq(table.left_out, 3);
	for (uint32_t i = 0; i < CONVERSATIONS_MOST; i++)
		ck_assert_uint_eq(table.rows[i].facts->stream, i);
	end(&many);
}
END_TEST

START_TEST(no_conversation_makes_no_table)
{
	struct many many;

	begin(&many, 0);
	ck_assert_uint_eq(conversations_of(&many.sample.capture, &many.arena).count, 0);
	end(&many);
}
END_TEST

Suite *
conversations_suite(void)
{
	Suite *suite = suite_create("conversations");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, a_step_is_where_it_stopped, 0, (int)COUNT(steps));
	tcase_add_loop_test(tcase, a_reason_is_the_last_failure, 0, (int)COUNT(reasons));
	tcase_add_test(tcase, findings_are_named);
	tcase_add_test(tcase, only_findings_that_count_are_named);
	tcase_add_test(tcase, what_is_not_visible_is_no_stop);
	tcase_add_test(tcase, rows_come_by_weight);
	tcase_add_test(tcase, kerberos_stands_where_it_matters);
	tcase_add_test(tcase, rows_are_bounded);
	tcase_add_test(tcase, no_conversation_makes_no_table);
	suite_add_tcase(suite, tcase);
	return suite;
}
