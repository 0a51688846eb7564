#include "rules/rule_match.h"

#include "analyzer/base/basics.h"
#include "rules/doubt.h"
#include "rules/sample.h"
#include "rules/sieve.h"

/* How an exchange ended as far as the capture shows. */
struct ending_case {
	enum outcome outcome;
	enum ended_by ended_by;
	enum doubt doubt;
	int64_t waited; /* seconds; negative: not known */
	bool is_delivered;
};

static const struct ending_case
    answered = {OUTCOME_ANSWERED, ENDED_BY_SERVER, DOUBT_NONE, 1, true},
    reset = {OUTCOME_RESET, ENDED_BY_CLIENT, DOUBT_NONE, 60, true},
    cut_off = {OUTCOME_UNKNOWN, ENDED_BY_CAPTURE, DOUBT_CAPTURE_ENDED, 2, true},
    cut_off_late = {OUTCOME_UNKNOWN, ENDED_BY_CAPTURE, DOUBT_CAPTURE_ENDED, 30, true},
    undelivered = {OUTCOME_UNKNOWN, ENDED_BY_CAPTURE, DOUBT_CAPTURE_ENDED, 2, false},
    missing = {OUTCOME_UNKNOWN, ENDED_BY_CLIENT, DOUBT_PACKETS_MISSING, 60, true},
    one_way = {OUTCOME_UNKNOWN, ENDED_BY_NOBODY, DOUBT_ONE_DIRECTION, -1, false};

#define NO      TRUTH_NO
#define UNKNOWN TRUTH_UNKNOWN
#define YES     TRUTH_YES

static const struct {
	const char *where;
	const struct ending_case *ending;
	enum truth truth;
} rows[] = {
    /* An answer is a presence: not seen is not there. */
    {"outcome: answered", &answered, YES},
    {"outcome: answered", &reset, NO},
    {"outcome: answered", &cut_off, NO},
    {"outcome: answered", &missing, NO},
    /* None is an absence, which can be doubted. */
    {"outcome: reset", &reset, YES},
    {"outcome: reset", &answered, NO},
    {"outcome: reset", &cut_off, UNKNOWN},
    {"outcome: [reset, closed]", &missing, UNKNOWN},
    {"outcome: unanswered", &one_way, UNKNOWN},
    {"outcome: {not: answered}", &answered, NO},
    {"outcome: {not: answered}", &reset, YES},
    {"outcome: {not: answered}", &cut_off, UNKNOWN},
    {"outcome: {not: [answered, unknown]}", &cut_off, NO},
    {"outcome: unknown", &cut_off, YES},
    {"outcome: unknown", &reset, NO},
    {"outcome: [answered, unanswered]", &cut_off, UNKNOWN},
    /* Who ended it. */
    {"ended_by: client", &reset, YES},
    {"ended_by: server", &reset, NO},
    {"ended_by: client", &cut_off, UNKNOWN},
    {"ended_by: {not: client}", &cut_off, UNKNOWN},
    {"ended_by: capture", &cut_off, YES},
    {"ended_by: capture", &missing, NO},
    {"ended_by: client", &missing, YES},
    {"ended_by: server", &missing, NO},
    {"ended_by: client", &one_way, UNKNOWN},
    /* How long. */
    {"waited: {at_least: 5s}", &reset, YES},
    {"waited: {at_least: 61s}", &reset, NO},
    {"waited: {at_least: 5s}", &cut_off, UNKNOWN},
    {"waited: {at_least: 2s}", &cut_off, YES},
    {"waited: {at_least: 5s}", &cut_off_late, YES},
    {"waited: {at_most: 5s}", &cut_off, UNKNOWN},
    {"waited: {at_most: 5s}", &cut_off_late, NO},
    {"waited: 2s", &cut_off, UNKNOWN},
    {"waited: 2s", &cut_off_late, NO},
    {"waited: {not: {at_least: 5s}}", &cut_off, UNKNOWN},
    {"waited: {not: {at_least: 5s}}", &cut_off_late, NO},
    {"waited: {at_least: 5s}", &missing, YES},
    {"waited: {at_least: 5s}", &one_way, UNKNOWN},
    /* Whether it arrived. */
    {"delivered: true", &reset, YES},
    {"delivered: false", &reset, NO},
    {"delivered: true", &undelivered, UNKNOWN},
    {"delivered: false", &undelivered, UNKNOWN},
    {"delivered: true", &cut_off, YES},
    /* All of them: the least. */
    {"outcome: reset, ended_by: client, waited: {at_least: 5s}", &reset, YES},
    {"outcome: reset, ended_by: client, waited: {at_least: 5s}", &cut_off, UNKNOWN},
    {"outcome: reset, ended_by: server", &missing, NO},
    {"outcome: reset, is_loud: true", &cut_off, NO},
    {"outcome: reset, ended_by: client, waited: {at_least: 5s}", &missing, UNKNOWN},
    /* Or one of several: the greatest. */
    {"tries: 1}, {outcome: reset", &reset, YES},
    {"outcome: reset}, {tries: 1", &reset, YES},
    {"outcome: reset}, {tries: 1", &cut_off, UNKNOWN},
    {"outcome: reset}, {tries: 0", &cut_off, YES},
    {"outcome: answered}, {tries: 1", &cut_off, NO},
};

static struct knock *
knock_ending(struct sample *sample, const struct ending_case *ending)
{
	struct knock *knock = sample_knock(sample, 1.0, 0);

	knock->base.outcome = ending->outcome;
	knock->base.ended_by = ending->ended_by;
	knock->base.doubt = ending->doubt;
	knock->base.waited = ending->waited < 0 ? -1 : ending->waited * SAMPLE_SECOND;
	knock->base.is_delivered = ending->is_delivered;
	return knock;
}

static enum truth
truth_of_where(struct sample *sample, const char *where, const struct knock *knock)
{
	const char *rest = arena_format(&sample->arena, "exchange: knock\nwhere: [{%s}]\n", where);

	ck_assert_msg(sample_load(sample, rest), "%s", sample->error.text);
	return where_truth(&sample->set.items[0]->where, &knock->base, 0);
}

START_TEST(open_endings_are_yes_no_or_unknown)
{
	struct sample sample;

	sample_begin(&sample);
	ck_assert_int_eq(
	    truth_of_where(&sample, rows[_i].where, knock_ending(&sample, rows[_i].ending)),
	    rows[_i].truth);
	sample_end(&sample);
}
END_TEST

/* Fields of an answered exchange that are not known: hidden by the capture, or not there. */
static const struct {
	enum doubt doubt;
	const char *where;
	enum truth truth;
} hidden_rows[] = {
    {DOUBT_NONE, "path: x", NO},
    {DOUBT_NONE, "path: {not: x}", NO},
    {DOUBT_BEGAN_BEFORE_CAPTURE, "path: x", NO},
    {DOUBT_ONE_DIRECTION, "path: x", NO},
    /* The answer is there, and the capture ends before what should follow it. */
    {DOUBT_CAPTURE_ENDED, "path: x", UNKNOWN},
    {DOUBT_CUT_BY_SNAPLEN, "path: x", UNKNOWN},
    {DOUBT_CUT_BY_SNAPLEN, "path: {not: x}", UNKNOWN},
    {DOUBT_CUT_BY_SNAPLEN, "path: {exists: true}", UNKNOWN},
    {DOUBT_CUT_BY_SNAPLEN, "path: {exists: false}", UNKNOWN},
    {DOUBT_ENCRYPTED, "path: {glob: x}", UNKNOWN},
    {DOUBT_PACKETS_MISSING, "delay: {at_least: 1s}", UNKNOWN},
    {DOUBT_PACKETS_MISSING, "alias: {differs_from: path}", UNKNOWN},
    {DOUBT_CUT_BY_SNAPLEN, "path: x, status: STATUS_ACCESS_DENIED", NO},
    {DOUBT_CUT_BY_SNAPLEN, "path: x, status: STATUS_SUCCESS", UNKNOWN},
};

START_TEST(hidden_fields_are_unknown)
{
	struct sample sample;
	struct knock *knock;

	sample_begin(&sample);
	knock = knock_ending(&sample, &answered);
	knock->base.doubt = hidden_rows[_i].doubt;
	knock->alias = strstr(hidden_rows[_i].where, "differs") ? "known" : NULL;
	ck_assert_int_eq(
	    truth_of_where(&sample, hidden_rows[_i].where, knock), hidden_rows[_i].truth);
	sample_end(&sample);
}
END_TEST

/* Of what the snap length may have cut short, only what is there is sure. */
static const struct {
	const char *where;
	enum truth truth;
} cut_rows[] = {
    {"alias: {contains: now}", YES},
    {"alias: {contains: later}", UNKNOWN},
    {"alias: {not: {contains: later}}", UNKNOWN},
    {"alias: know", UNKNOWN},
    {"status: STATUS_SUCCESS", YES},
    {"status: STATUS_ACCESS_DENIED", NO},
};

START_TEST(cut_texts_may_go_on)
{
	struct sample sample;
	struct knock *knock;

	sample_begin(&sample);
	knock = knock_ending(&sample, &answered);
	knock->base.is_cut = true;
	knock->alias = "known";
	ck_assert_msg(truth_of_where(&sample, cut_rows[_i].where, knock) == cut_rows[_i].truth,
	    "%s", cut_rows[_i].where);
	sample_end(&sample);
}
END_TEST

/* What the two copies of a message disagree about is not judged by; the rest is. */
static const struct {
	const char *where;
	enum truth truth;
} contested_rows[] = {
    {"alias: known", UNKNOWN},
    {"alias: other", UNKNOWN},
    {"alias: {not: other}", UNKNOWN},
    {"status: STATUS_SUCCESS", YES},
    {"status: STATUS_ACCESS_DENIED", NO},
    {"outcome: answered", YES},
};

START_TEST(contested_fields_are_not_known)
{
	struct sample sample;
	struct knock *knock;
	const struct field *alias;

	sample_begin(&sample);
	knock = knock_ending(&sample, &answered);
	knock->alias = "known";
	alias = exchange_field(knock->base.type, "alias");
	knock->base.contested = UINT64_C(1) << (alias - knock->base.type->fields);
	ck_assert_msg(
	    truth_of_where(&sample, contested_rows[_i].where, knock) == contested_rows[_i].truth,
	    "%s", contested_rows[_i].where);
	sample_end(&sample);
}
END_TEST

static const struct {
	enum doubt doubt;
	int64_t waited;
	uint64_t missing[2];
	const char *clause;
	enum outcome outcome;
} doubts[] = {
    {DOUBT_NONE, 0, {0, 0}, "the capture does not show how a related request ended",
	OUTCOME_UNKNOWN},
    {DOUBT_CAPTURE_ENDED, 2100000000, {0, 0}, "the capture ends 2.10 s after the request",
	OUTCOME_UNKNOWN},
    {DOUBT_CAPTURE_ENDED, -1, {0, 0}, "the capture ends before the answer could come",
	OUTCOME_UNKNOWN},
    {DOUBT_CAPTURE_ENDED, 2100000000, {0, 0},
	"the capture ends before more could follow the answer", OUTCOME_ANSWERED},
    {DOUBT_ANSWERS_OTHER, 0, {0, 0}, "what the other side sent answers something else",
	OUTCOME_UNKNOWN},
    {DOUBT_OVERLAP, 0, {0, 0}, "bytes of the message were sent twice with different contents",
	OUTCOME_UNKNOWN},
    {DOUBT_PACKETS_MISSING, 0, {0, 0}, "packets of the server are missing from the capture",
	OUTCOME_UNKNOWN},
    {DOUBT_PACKETS_MISSING, 0, {5, 5}, "packets of the server are missing from the capture",
	OUTCOME_UNKNOWN},
    {DOUBT_PACKETS_MISSING, 0, {5, 0}, "packets of the client are missing from the capture",
	OUTCOME_UNKNOWN},
    {DOUBT_CUT_BY_SNAPLEN, 0, {0, 0}, "the snap length cuts the message", OUTCOME_UNKNOWN},
    {DOUBT_ONE_DIRECTION, 0, {0, 0}, "only one direction was captured", OUTCOME_UNKNOWN},
    {DOUBT_PACKETS_DROPPED, 0, {0, 0},
	"the capturing system dropped packets, and the answer may be among them", OUTCOME_UNKNOWN},
    {DOUBT_CLOCK_STEPPED, -1, {0, 0}, "the capture's clock was set back during the wait",
	OUTCOME_UNKNOWN},
    {DOUBT_ENCRYPTED, 0, {0, 0}, "the session is encrypted", OUTCOME_UNKNOWN},
    {DOUBT_BEGAN_BEFORE_CAPTURE, 0, {0, 0}, "the connection began before the capture",
	OUTCOME_UNKNOWN},
};

START_TEST(each_doubt_has_its_words)
{
	struct sample sample;
	struct knock *knock;
	struct text text = {0};

	sample_begin(&sample);
	knock = sample_knock(&sample, 1.0, 0);
	knock->base.doubt = doubts[_i].doubt;
	knock->base.outcome = doubts[_i].outcome;
	knock->base.waited = doubts[_i].waited;
	memcpy(sample.conversation->missing_bytes, doubts[_i].missing, sizeof(doubts[_i].missing));
	doubt_text(&text, &knock->base);
	ck_assert_str_eq(text_chars(&text), doubts[_i].clause);
	text_free(&text);
	sample_end(&sample);
}
END_TEST

START_TEST(truth_is_kleene)
{
	for (int one = TRUTH_NO; one <= TRUTH_YES; one++) {
		ck_assert_int_eq(truth_not(truth_not((enum truth)one)), one);
		ck_assert_int_eq(truth_and((enum truth)one, TRUTH_NO), TRUTH_NO);
		ck_assert_int_eq(truth_and((enum truth)one, TRUTH_YES), one);
		ck_assert_int_eq(truth_or((enum truth)one, TRUTH_YES), TRUTH_YES);
		ck_assert_int_eq(truth_or((enum truth)one, TRUTH_NO), one);
	}
	ck_assert_int_eq(truth_not(TRUTH_UNKNOWN), TRUTH_UNKNOWN);
}
END_TEST

Suite *rule_match_suite(void);

Suite *
rule_match_suite(void)
{
	Suite *suite = suite_create("rule_match");
	TCase *cases = tcase_create("truth");

	tcase_add_loop_test(cases, open_endings_are_yes_no_or_unknown, 0, COUNT(rows));
	tcase_add_loop_test(cases, hidden_fields_are_unknown, 0, COUNT(hidden_rows));
	tcase_add_loop_test(cases, cut_texts_may_go_on, 0, COUNT(cut_rows));
	tcase_add_loop_test(cases, contested_fields_are_not_known, 0, COUNT(contested_rows));
	tcase_add_loop_test(cases, each_doubt_has_its_words, 0, COUNT(doubts));
	tcase_add_test(cases, truth_is_kleene);
	suite_add_tcase(suite, cases);
	return suite;
}
