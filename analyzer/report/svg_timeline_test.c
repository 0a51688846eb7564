#include "analyzer/report/svg_timeline.h"

#include <check.h>

#include "analyzer/report/html_sample_test.h"

Suite *svg_timeline_suite(void);

#define MS INT64_C(1000000)

static struct html_sample html;

static void
setup(void)
{
	html_sample_init(&html);
}

static void
teardown(void)
{
	html_sample_free(&html);
}

static const char *
draw(void)
{
	svg_timeline(html_sample_begin(&html));
	return html_sample_end(&html);
}

/* The sample lasts 60.042 s; its conversation begins 1 µs after it does. */
START_TEST(test_lane)
{
	const char *chars = draw();

	ck_assert_ptr_nonnull(strstr(chars, ">0 s</text>"));
	ck_assert_ptr_nonnull(strstr(chars, "x=\"99.930%\" y=\"12\">60 s</text>"));
	ck_assert_ptr_nonnull(strstr(chars, "<a href=\"#c1-v1\">stream 3</a>"));
	ck_assert_ptr_nonnull(strstr(chars, "10.0.0.5:49711 → 10.0.0.9:445"));
	ck_assert_ptr_nonnull(strstr(chars, "</svg> SMB 3.1.1, got to SESSION_SETUP"));
	ck_assert_uint_eq(occurrences_of(chars, "\"pip reached\""), 3);
	ck_assert_uint_eq(occurrences_of(chars, "\"pip\""), 2);
	ck_assert_ptr_nonnull(strstr(chars, "<desc>From 0.000001000 s to 60.042000000 s, frames 5 "
					    "to 28</desc>"));
	ck_assert_ptr_nonnull(strstr(chars, "<line class=\"bar\" x1=\"0.000%\" x2=\"100.000%\""));
	ck_assert_ptr_nonnull(strstr(chars, "<title>closed by the client in frame 26</title>"));
	ck_assert_ptr_nonnull(strstr(chars, "<svg class=\"mark error\" x=\"0.093%\" y=\"11\">"
					    "<a href=\"#c1-f1\"><title>1. error: The share does "
					    "not exist on the server</title>"));
}
END_TEST

/* What a lane of the conversation looks like, by how it went. */
START_TEST(test_ends)
{
	struct conversation_facts *facts = &html.sample.conversation_facts;
	const char *chars;

	facts->close = CLOSE_NONE;
	chars = draw();
	ck_assert_ptr_nonnull(strstr(chars, "<title>open when the capture ended</title>"));
	html_sample_free(&html);
	facts->step = STEP_NONE;
	facts->protocol = NULL;
	chars = draw();
	ck_assert_ptr_nonnull(strstr(chars, "class=\"bar silent\""));
	ck_assert_ptr_nonnull(strstr(chars, ">never connected<"));
	ck_assert_ptr_null(strstr(chars, "open when"));
	html_sample_free(&html);
	facts->transport = TRANSPORT_UDP;
	facts->protocol = "kerberos";
	chars = draw();
	ck_assert_ptr_nonnull(strstr(chars, "<a href=\"#c1-v1\">UDP</a>"));
	ck_assert_ptr_nonnull(strstr(chars, ">Kerberos</span>"));
	ck_assert_ptr_null(strstr(chars, "class=\"bar silent\""));
}
END_TEST

/* Steps that the ledger tells of are notches; a refused one is none, nor one that facts deny. */
START_TEST(test_notches)
{
	static const struct exchange_type handshake = {.name = "tcp_handshake"};
	struct exchange connected = html.sample.exchange.common;
	struct exchange *items[] = {&connected, &html.sample.exchange.common};

	connected.type = &handshake;
	connected.time = SAMPLE_START + 6004 * MS;
	connected.waited = 200000;
	html.sample.ledger.items = items;
	html.sample.ledger.count = 2;
	ck_assert_ptr_nonnull(strstr(draw(),
	    "<svg x=\"10.000%\" y=\"11\"><title>got to the TCP connection, 6.004200000 s</title>"));
	ck_assert_uint_eq(occurrences_of(html.chars, "<path class=\"notch\""), 2); /* and the key */
	html_sample_free(&html);
	html.sample.exchange.status = known(0);
	ck_assert_uint_eq(occurrences_of(draw(), "<path class=\"notch\""), 2);
	html_sample_free(&html);
	html.sample.conversation_facts.step = STEP_TREE_CONNECTED;
	ck_assert_uint_eq(occurrences_of(draw(), "<path class=\"notch\""), 3);
}
END_TEST

/* Marks that would cover each other stand below each other, and the lane is as high. */
START_TEST(test_marks)
{
	struct finding *findings = html.sample.findings;
	struct exchange late = html.sample.exchange.common;
	const char *chars;

	findings[1] = findings[2] = findings[0];
	findings[1].severity = SEVERITY_WARNING;
	findings[1].baseline = BASELINE_KNOWN;
	findings[2].verdict = VERDICT_INCONCLUSIVE;
	findings[2].examples[0] = &late;
	late.time += 30000 * MS;
	html.sample.capture.findings.count = 3;
	chars = draw();
	ck_assert_ptr_nonnull(strstr(chars, "<svg class=\"lane\" height=\"44\">"));
	ck_assert_ptr_nonnull(strstr(chars, "<svg class=\"mark error\" x=\"0.093%\" y=\"11\">"));
	ck_assert_ptr_nonnull(
	    strstr(chars, "<svg class=\"mark warning quiet\" x=\"0.093%\" y=\"33\">"));
	ck_assert_ptr_nonnull(
	    strstr(chars, "<svg class=\"mark inconclusive\" x=\"50.058%\" y=\"11\">"));
	ck_assert_uint_eq(occurrences_of(chars, "class=\"shape "), 3);
	ck_assert_ptr_null(strstr(chars, ">notice</li>"));
}
END_TEST

/* A lane does not grow without bound. */
START_TEST(test_many_marks)
{
	struct finding *findings = calloc(34, sizeof(*findings));
	const char *chars;

	ck_assert_ptr_nonnull(findings);
	for (size_t i = 0; i < 34; i++)
		findings[i] = html.sample.findings[0];
	html.sample.capture.findings =
	    (struct finding_list){.items = findings, .count = 34, .incidents = 34};
	chars = draw();
	ck_assert_uint_eq(occurrences_of(chars, "class=\"mark error\""), 30);
	ck_assert_ptr_nonnull(strstr(chars, ">not drawn: 4 more findings</span>"));
	ck_assert_ptr_nonnull(strstr(chars, "<svg class=\"lane\" height=\"660\">"));
	free(findings);
}
END_TEST

START_TEST(test_elsewhere)
{
	struct conversation_facts other = html.sample.conversation_facts;

	html.sample.exchange.common.conversation = &other;
	ck_assert_ptr_nonnull(
	    strstr(draw(), ">outside of one conversation</span><span class=\"plot\"><svg "
			   "class=\"lane\" height=\"22\"><desc>1 finding</desc>"));
}
END_TEST

/* Clocks that run from one end of time to the other, and packets outside of it. */
START_TEST(test_wild_clocks)
{
	const char *chars;

	html.sample.facts.first_time = INT64_MIN;
	html.sample.facts.last_time = INT64_MAX;
	draw();
	html_sample_free(&html);
	html.sample.facts.first_time = SAMPLE_START + 1000 * MS;
	html.sample.facts.last_time = SAMPLE_START;
	chars = draw();
	ck_assert_ptr_null(strstr(chars, " x=\"-"));
	ck_assert_ptr_null(strstr(chars, "x1=\"-"));
	ck_assert_ptr_null(strstr(chars, "nan"));
}
END_TEST

START_TEST(test_bound)
{
	struct conversation_facts facts[HTML_MOST_LANES + 2];
	struct report_conversation conversations[COUNT(facts)];
	const char *chars;

	for (size_t i = 0; i < COUNT(facts); i++) {
		facts[i] = html.sample.conversation_facts;
		facts[i].stream = (uint32_t)i;
		conversations[i].facts = &facts[i];
	}
	html.sample.exchange.common.conversation = &facts[COUNT(facts) - 1];
	html.sample.capture.conversations = conversations;
	html.sample.capture.conversation_count = COUNT(facts);
	chars = draw();
	ck_assert_ptr_nonnull(strstr(chars, " Of 42 conversations, 40 are drawn: "));
	ck_assert_uint_eq(occurrences_of(chars, "class=\"bar\""), HTML_MOST_LANES);
	ck_assert_ptr_nonnull(strstr(chars, ">stream 41</a>"));
	ck_assert_ptr_null(strstr(chars, ">stream 40</a>"));
}
END_TEST

START_TEST(test_nothing_to_draw)
{
	html.sample.facts.has_time = false;
	ck_assert_str_eq(draw(), "\n");
	html_sample_free(&html);
	html.sample.facts.has_time = true;
	html.sample.capture.conversation_count = html.sample.capture.findings.count = 0;
	ck_assert_str_eq(draw(), "\n");
}
END_TEST

Suite *
svg_timeline_suite(void)
{
	Suite *suite = suite_create("svg_timeline");
	TCase *tests = tcase_create("timeline");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_lane);
	tcase_add_test(tests, test_ends);
	tcase_add_test(tests, test_notches);
	tcase_add_test(tests, test_marks);
	tcase_add_test(tests, test_many_marks);
	tcase_add_test(tests, test_elsewhere);
	tcase_add_test(tests, test_wild_clocks);
	tcase_add_test(tests, test_bound);
	tcase_add_test(tests, test_nothing_to_draw);
	suite_add_tcase(suite, tests);
	return suite;
}
