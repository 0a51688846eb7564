#include "analyzer/evidence/needs.h"

#include <check.h>
#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "rules/sample.h"

Suite *needs_suite(void);

#define KNOCKED "exchange: knock\nwhere: {status: STATUS_ACCESS_DENIED}\n"
#define DENIED  0xc0000022

/* Exchanges that stand at the beginning of connections. */
static const struct exchange_type negotiate_type = {
    .name = "smb_negotiate", .size = sizeof(struct exchange)};
static const struct exchange_type tree_type = {
    .name = "smb2_tree_connect", .size = sizeof(struct exchange)};

/* A capture in the making: SAMPLE has its ledger. */
static struct sample sample;
static struct report_capture capture;
static struct need_set needs;

static void
set_up(void)
{
	sample_begin(&sample);
	sample.conversation->step = STEP_WORKING;
	needs = (struct need_set){0};
}

static void
tear_down(void)
{
	needs_free(&needs);
	sample_end(&sample);
}

static struct exchange *
place(struct exchange *exchange, uint64_t request, uint64_t answer)
{
	exchange->request_start = request;
	exchange->request_end = request + 100;
	exchange->answer_start = answer;
	exchange->answer_end = answer + 50;
	return exchange;
}

/* What the first finding of RULE needs at LEVEL. */
static const struct finding *
need(const char *rule, enum evidence_level level)
{
	capture = (struct report_capture){
	    .ledger = &sample.ledger, .findings = sample_findings(&sample, rule)};
	ck_assert_uint_ge(capture.findings.count, 1);
	needs_add(&needs, &capture, &capture, &capture.findings.items[0], level);
	needs_settle(&needs);
	return &capture.findings.items[0];
}

static bool
has_stretch(enum side side, uint64_t start, uint64_t end, bool is_unanswered)
{
	const struct stretch *one = needs.conversations[0].stretches[side];

	while (one != NULL &&
	       (one->start != start || one->end != end || one->is_unanswered != is_unanswered))
		one = one->next;
	return one != NULL;
}

static size_t
count_stretches(enum side side)
{
	size_t count = 0;

	for (const struct stretch *one = needs.conversations[0].stretches[side]; one != NULL;
	     one = one->next)
		count++;
	return count;
}

/* Frames of the exchange, and the bytes of request and answer. */
START_TEST(test_frames)
{
	place(&sample_knock(&sample, 10.0, DENIED)->base, 1000, 2000);
	need(KNOCKED, EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs.frames.count, 2);
	ck_assert(frame_set_has(&needs.frames, 1) && frame_set_has(&needs.frames, 2));
	ck_assert_uint_eq(needs.conversation_count, 1);
	ck_assert_ptr_eq(needs_conversation(&needs, 0), &needs.conversations[0]);
	ck_assert_ptr_null(needs_conversation(&needs, 1));
	ck_assert(has_stretch(CLIENT, 1000, 1100, false));
	ck_assert(has_stretch(SERVER, 2000, 2050, false));
	ck_assert(!needs.conversations[0].is_whole);
	ck_assert(!needs.has_edges && !needs.is_everything);
	ck_assert_uint_eq(needs.host_count, 0);
}
END_TEST

/* Silence needs to be seen to the end, and from before. */
START_TEST(test_silence)
{
	struct exchange *exchange = place(&sample_knock(&sample, 10.0, DENIED)->base, 1000, 0);

	exchange->outcome = OUTCOME_UNANSWERED;
	exchange->answer_end = 0;
	sample.conversation->interface = 7;
	need("exchange: knock\nwhere: {tries: 0}\n", EVIDENCE_FRAMES);
	ck_assert(has_stretch(CLIENT, 1000, 1100, true));
	ck_assert_uint_eq(count_stretches(SERVER), 0);
	ck_assert(needs.has_edges && !needs.has_all_edges);
	ck_assert_uint_eq(needs.interface_count, 1);
	ck_assert_uint_eq(needs.interfaces[0], 7);
}
END_TEST

static struct exchange *
add_setup(const struct exchange_type *type, double time, uint64_t request, uint64_t answer)
{
	return place(
	    sample_add(&sample, type, (int64_t)(time * (double)SAMPLE_SECOND)), request, answer);
}

/* The set-up at the beginning is kept whole; of what comes later, the messages; of what comes
 * after the exchange, nothing. */
START_TEST(test_setup)
{
	add_setup(&negotiate_type, 1.0, 0, 0);    /* frames 1 and 2 */
	add_setup(&tree_type, 2.0, 300, 400);     /* 3 and 4 */
	add_setup(&tree_type, 3.0, 500, 1000000); /* 5 and 6 */
	place(&sample_knock(&sample, 10.0, DENIED)->base, 90000, 2000000);
	add_setup(&tree_type, 11.0, 100000, 3000000);
	need(KNOCKED, EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs.conversations[0].setup_end, 4);
	ck_assert_uint_eq(count_stretches(CLIENT), 4);
	ck_assert(has_stretch(SERVER, 1000000, 1000050, false));
	ck_assert(frame_set_has(&needs.frames, 5) && frame_set_has(&needs.frames, 6));
	ck_assert(!frame_set_has(&needs.frames, 9));
}
END_TEST

/* Of several messages, those in between, too. */
START_TEST(test_legs)
{
	struct exchange *exchange = place(&sample_knock(&sample, 10.0, DENIED)->base, 1000, 2000);

	exchange_add_leg(&sample.arena, exchange, CLIENT, 71, 8 * SAMPLE_SECOND, NULL);
	exchange_add_leg(&sample.arena, exchange, SERVER, 72, 9 * SAMPLE_SECOND, NULL);
	need(KNOCKED, EVIDENCE_FRAMES);
	ck_assert(frame_set_has(&needs.frames, 71) && frame_set_has(&needs.frames, 72));
	ck_assert_int_eq(needs.conversations[0].periods->from, 8 * SAMPLE_SECOND);
	ck_assert_int_eq(needs.conversations[0].periods->until, 9 * SAMPLE_SECOND);
}
END_TEST

/* That of another connection is nobody's business. */
START_TEST(test_setup_of_others)
{
	add_setup(&negotiate_type, 1.0, 0, 0);
	sample_conversation(&sample, 5, 9, 4);
	sample.conversation->step = STEP_WORKING;
	place(&sample_knock(&sample, 10.0, DENIED)->base, 1000, 2000);
	need(KNOCKED, EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs.conversation_count, 1);
	ck_assert_uint_eq(needs.conversations[0].setup_end, 0);
}
END_TEST

/* A connection that never came up is nothing but attempts; a datagram has repetitions around it;
 * what has no place in a stream has a time. */
START_TEST(test_without_stream)
{
	sample.conversation->step = STEP_NONE;
	sample_knock(&sample, 10.0, DENIED);
	need(KNOCKED, EVIDENCE_FRAMES);
	ck_assert(needs.conversations[0].is_whole);
	needs_free(&needs);
	sample.conversation->step = STEP_WORKING;
	needs_add(&needs, &capture, &capture, capture.findings.items, EVIDENCE_FRAMES);
	ck_assert(!needs.conversations[0].is_whole);
	ck_assert_int_eq(needs.conversations[0].periods->from, 10 * SAMPLE_SECOND);
	ck_assert_int_eq(needs.conversations[0].periods->until, 11 * SAMPLE_SECOND);
	needs_free(&needs);
	sample.conversation->transport = TRANSPORT_UDP;
	needs_add(&needs, &capture, &capture, capture.findings.items, EVIDENCE_FRAMES);
	ck_assert(needs.conversations[0].is_whole);
	needs_free(&needs);
	sample.conversation->is_background = true;
	needs_add(&needs, &capture, &capture, capture.findings.items, EVIDENCE_FRAMES);
	ck_assert(!needs.conversations[0].is_whole);
	ck_assert_ptr_nonnull(needs.conversations[0].periods);
}
END_TEST

START_TEST(test_resolution)
{
	sample.conversation->transport = TRANSPORT_NONE;
	sample_knock(&sample, 10.0, DENIED);
	need(KNOCKED, EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs.conversation_count, 0);
	ck_assert_uint_eq(needs.resolved_count, 1);
	ck_assert(addr_equal(&needs.resolved[0], &sample.conversation->server));
}
END_TEST

/* What tells of many attempts needs how each began. */
START_TEST(test_many)
{
	sample.conversation->client = (struct addr){.family = ADDR_NONE};
	sample_knock(&sample, 10.0, DENIED);
	need(KNOCKED, EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs.conversation_count, 0);
	ck_assert_uint_eq(needs.host_count, 1);
	ck_assert(needs.hosts[0].is_opening_only);
	ck_assert_uint_eq(needs.hosts[0].port, 445);
	needs_free(&needs);
	needs_add(&needs, &capture, &capture, capture.findings.items, EVIDENCE_CONVERSATIONS);
	ck_assert(!needs.hosts[0].is_opening_only);
}
END_TEST

/* What the rule looked for beside it, and where it looked for what is not there. */
START_TEST(test_witnesses)
{
	sample_knock(&sample, 10.0, DENIED)->path = "one";
	sample_conversation(&sample, 5, 8, 4);
	sample_visit(&sample, 11.0, "one"); /* frames 3 and 4 */
	need(KNOCKED "followed_by: {exchange: visit, same: path}\n", EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs.conversation_count, 2);
	ck_assert(frame_set_has(&needs.frames, 3) && frame_set_has(&needs.frames, 4));
	ck_assert(!needs.has_edges);
	tear_down();
	set_up();
	sample_knock(&sample, 10.0, DENIED)->path = "one";
	need(KNOCKED "unless: [{followed_by: {exchange: visit, same: path}}]\n", EVIDENCE_FRAMES);
	ck_assert(needs.has_edges);
}
END_TEST

START_TEST(test_levels)
{
	place(&sample_knock(&sample, 10.0, DENIED)->base, 1000, 2000);
	need(KNOCKED, EVIDENCE_CONVERSATIONS);
	ck_assert(needs.conversations[0].is_whole && needs.has_all_edges);
	ck_assert_uint_eq(needs.host_count, 1);
	ck_assert(needs.hosts[0].is_opening_only);
	needs_free(&needs);
	needs_add(&needs, &capture, &capture, capture.findings.items, EVIDENCE_HOSTS);
	ck_assert(!needs.hosts[0].is_opening_only && !needs.is_everything);
	ck_assert(addr_equal(&needs.hosts[0].client, &sample.conversation->client));
	ck_assert(addr_equal(&needs.hosts[0].server, &sample.conversation->server));
	needs_free(&needs);
	needs_add(&needs, &capture, &capture, capture.findings.items, EVIDENCE_ALL);
	ck_assert(needs.is_everything);
}
END_TEST

/* Findings that it follows from, and those that only a number at the end of the id tells apart. */
START_TEST(test_other_findings)
{
	struct finding *items;

	place(&sample_knock(&sample, 10.0, DENIED)->base, 1000, 2000); /* frames 1 and 2 */
	sample_conversation(&sample, 5, 8, 4);
	sample_knock(&sample, 11.0, DENIED); /* 3 and 4 */
	sample_conversation(&sample, 5, 7, 5);
	sample_knock(&sample, 12.0, DENIED); /* 5 and 6 */
	need(KNOCKED, EVIDENCE_FRAMES);
	needs_free(&needs);
	items = capture.findings.items;
	ck_assert_uint_eq(capture.findings.count, 3);
	items[0].id = "f-0123456789ab";
	items[1].id = "f-fedcba987654";
	items[2].id = "f-0123456789ab-2";
	needs_add(&needs, &capture, &capture, &items[0], EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs.frames.count, 2);
	needs_free(&needs);
	items[1].follows_from = 3;
	needs_add(&needs, &capture, &capture, &items[1], EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs.frames.count, 4);
	ck_assert(frame_set_has(&needs.frames, 6) && !frame_set_has(&needs.frames, 1));
	needs_free(&needs);
	needs_add(&needs, &capture, &capture, &items[2], EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs.frames.count, 4);
	ck_assert(frame_set_has(&needs.frames, 1) && !frame_set_has(&needs.frames, 3));
}
END_TEST

/* What another capture has of the finding, at other frames and at its own time; of what it lacks,
 * nothing. */
START_TEST(test_elsewhere)
{
	static const struct crossing crossing;
	struct sample there;
	struct report_capture other = {.ledger = &there.ledger};
	struct exchange *own = place(&sample_knock(&sample, 10.0, DENIED)->base, 1000, 2000);
	struct exchange *its;

	sample_begin(&there);
	sample_visit(&there, 4.0, "before"); /* frames 1 and 2 */
	its = place(&sample_knock(&there, 5.0, DENIED)->base, 300, 400);
	need(KNOCKED, EVIDENCE_FRAMES);
	needs_free(&needs);
	needs_add(&needs, &other, &capture, capture.findings.items, EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs.frames.count, 0);
	ck_assert_uint_eq(needs.conversation_count, 0);
	own->crossing = its->crossing = &crossing;
	needs_add(&needs, &other, &capture, capture.findings.items, EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs.frames.count, 2);
	ck_assert(frame_set_has(&needs.frames, 3) && frame_set_has(&needs.frames, 4));
	ck_assert_ptr_eq(needs.conversations[0].facts, there.conversation);
	ck_assert(has_stretch(CLIENT, 300, 400, false));
	sample_end(&there);
}
END_TEST

/* What is not the finding's is said to be so, until it turns out to be. */
START_TEST(test_others)
{
	struct conversation_facts other = {.first_frame = 70};

	place(&sample_knock(&sample, 10.0, DENIED)->base, 1000, 2000);
	need(KNOCKED, EVIDENCE_FRAMES);
	needs_add_other(&needs, &other, false);
	needs_add_other(&needs, needs.conversations[0].facts, false);
	needs_settle(&needs);
	ck_assert_uint_eq(needs.conversation_count, 2);
	ck_assert(!needs_conversation(&needs, 0)->is_other);
	ck_assert(needs_conversation(&needs, 70)->is_other);
	ck_assert(!needs_conversation(&needs, 70)->is_whole);
	needs_add_other(&needs, &other, true);
	ck_assert(needs_conversation(&needs, 70)->is_whole);
	needs_add_period(&needs, &other, 5, 9);
	ck_assert(!needs_conversation(&needs, 70)->is_other);
	ck_assert_int_eq(needs_conversation(&needs, 70)->periods->until, 9);
}
END_TEST

START_TEST(test_looking)
{
	const struct addr server = {{10, 0, 0, 9}, ADDR_IPV4};

	needs_add_looking(&needs, &server);
	ck_assert(needs.has_edges && needs.has_all_edges);
	ck_assert_uint_eq(needs.place_count, 1);
	ck_assert(addr_equal(&needs.places[0].host, &server));
	needs_add_openings(&needs, &server);
	ck_assert_uint_eq(needs.host_count, 1);
	ck_assert(needs.hosts[0].is_opening_only && addr_equal(&needs.hosts[0].server, &server));
	ck_assert_int_eq(needs.hosts[0].client.family, ADDR_NONE);
}
END_TEST

Suite *
needs_suite(void)
{
	Suite *suite = suite_create("needs");
	TCase *tcase = tcase_create("needs");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_frames);
	tcase_add_test(tcase, test_silence);
	tcase_add_test(tcase, test_setup);
	tcase_add_test(tcase, test_legs);
	tcase_add_test(tcase, test_setup_of_others);
	tcase_add_test(tcase, test_without_stream);
	tcase_add_test(tcase, test_resolution);
	tcase_add_test(tcase, test_many);
	tcase_add_test(tcase, test_witnesses);
	tcase_add_test(tcase, test_levels);
	tcase_add_test(tcase, test_other_findings);
	tcase_add_test(tcase, test_elsewhere);
	tcase_add_test(tcase, test_others);
	tcase_add_test(tcase, test_looking);
	suite_add_tcase(suite, tcase);
	return suite;
}
