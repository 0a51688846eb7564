#include "rules/interest.h"

#include <check.h>

#include "analyzer/base/hash.h"
#include "rules/sample.h"

Suite *interest_suite(void);

#define DENIED UINT64_C(0xc0000022)

/* Of a rule that speaks of denied knocks, with REST: how much a successful one is wanted. */
static enum want
want_of_success(const char *rest)
{
	struct sample sample;
	struct interest *interest;
	uint64_t kind, denied_kind;
	enum want want;

	sample_begin(&sample);
	ck_assert_msg(sample_load(&sample, rest), "%s", sample.error.text);
	interest = interest_new(&sample.set);
	want = interest_want(interest, &sample_knock(&sample, 1, 0)->base, &kind);
	ck_assert_int_ge(
	    interest_want(interest, &sample_knock(&sample, 2, DENIED)->base, &denied_kind),
	    WANT_EXAMPLES);
	if (want == WANT_EXAMPLES)
		ck_assert_uint_ne(kind, denied_kind);
	interest_free(interest);
	sample_end(&sample);
	return want;
}

#define OF_DENIED "exchange: knock\nwhere: { status: STATUS_ACCESS_DENIED }\n"
#define UNLESS    "unless:\n  - followed_by:\n      exchange: knock\n"

static const struct {
	const char *what, *rest;
	enum want want;
} wants[] = {
    {"nobody asks for it", OF_DENIED, WANT_NOTHING},
    {"it may be spoken of, by what is known in the end",
	"exchange: knock\nwhere:\n  - { status: STATUS_ACCESS_DENIED }\n  - { vantage: client }\n",
	WANT_EXAMPLES},
    {"it cannot, whatever comes",
	"exchange: knock\nwhere:\n  - { status: STATUS_ACCESS_DENIED }\n"
	"  - { vantage: client, status: STATUS_BAD_NETWORK_NAME }\n",
	WANT_NOTHING},
    {"an echo of it is enough",
	OF_DENIED UNLESS "      where: { status: STATUS_SUCCESS }\n      same: [client]\n",
	WANT_NOTHING},
    {"whether it is found shows in the end",
	OF_DENIED UNLESS "      where: { vantage: client }\n      same: [client]\n", WANT_ITSELF},
    {"by what shows in the end it is not found", OF_DENIED UNLESS "      same: [operation]\n",
	WANT_NOTHING},
};

START_TEST(wants_what_rules_may_need)
{
	ck_assert_msg(want_of_success(wants[_i].rest) == wants[_i].want, "%s", wants[_i].what);
}
END_TEST

/* What absence proves is judged in the end. */
START_TEST(wants_what_was_not_answered)
{
	struct sample sample;
	struct interest *interest;
	struct knock *knock;
	uint64_t kind;

	sample_begin(&sample);
	ck_assert(sample_load(&sample, OF_DENIED));
	interest = interest_new(&sample.set);
	knock = sample_knock(&sample, 1, 0);
	knock->base.outcome = OUTCOME_UNANSWERED;
	ck_assert_int_eq(interest_want(interest, &knock->base, &kind), WANT_ITSELF);
	interest_free(interest);
	sample_end(&sample);
}
END_TEST

static bool
is_unwanted(struct interest *interest, const struct exchange *exchange)
{
	uint64_t kind;

	return interest_want(interest, exchange, &kind) == WANT_NOTHING;
}

static void
let_go(struct interest *interest, struct exchange *exchange)
{
	ck_assert(is_unwanted(interest, exchange));
	interest_let_go(interest, &exchange, 1);
}

/* How many findings there are of a knock at DENIED_AT seconds in STREAM, when one in stream 3 and
 * at 10 seconds went well and was let go. */
static size_t
count_findings(const char *rest, double denied_at, uint32_t stream)
{
	struct sample sample;
	struct interest *interest;
	struct knock *gone;
	struct finding_list found;
	size_t count;

	sample_begin(&sample);
	ck_assert_msg(sample_load(&sample, rest), "%s", sample.error.text);
	interest = interest_new(&sample.set);
	gone = sample_knock(&sample, 10, 0);
	let_go(interest, &gone->base);
	sample.ledger.count = 0;
	sample_conversation(&sample, 5, 9, stream);
	sample_knock(&sample, denied_at, DENIED);
	found = findings_of(&sample.set, &sample.ledger, interest_echoes(interest),
	    FINDING_MEMORY_ALL, &sample.arena);
	count = found.count;
	interest_free(interest);
	sample_end(&sample);
	return count;
}

START_TEST(finds_what_went)
{
	static const char *const by_client =
	    OF_DENIED UNLESS "      where: { status: STATUS_SUCCESS }\n"
			     "      same: [client]\n      within: 5s\n";
	static const char *const by_stream =
	    OF_DENIED UNLESS "      where: { status: STATUS_SUCCESS }\n      same: [stream]\n";

	ck_assert_uint_eq(count_findings(by_client, 6, 4), 0);
	ck_assert_uint_eq(count_findings(by_client, 4, 4), 1);
	ck_assert_uint_eq(count_findings(by_client, 11, 4), 1);
	/* A connection goes as a whole, so nobody asks for another exchange of it. */
	ck_assert_uint_eq(count_findings(by_stream, 6, 4), 1);
}
END_TEST

/* Numbers that repeat from run to run, below MOST. */
static unsigned
draw(uint64_t *state, unsigned most)
{
	*state = hash_mix(*state + 1);
	return (unsigned)(*state % most);
}

/* How often REST finds something in knocks that SEED gives, no two at one time, when those that
 * went well are let go or, for comparison, are all kept. */
static uint64_t
count_occurrences(const char *rest, uint64_t seed, bool is_sparing)
{
	struct sample sample;
	struct interest *interest;
	struct finding_list found;
	uint64_t count = 0;
	size_t kept = 0;

	sample_begin(&sample);
	ck_assert_msg(sample_load(&sample, rest), "%s", sample.error.text);
	interest = interest_new(&sample.set);
	for (uint32_t i = 0; i < 300; i++) {
		struct knock *knock;

		sample_conversation(&sample, (uint8_t)draw(&seed, 4), (uint8_t)draw(&seed, 3), i);
		knock = sample_knock(
		    &sample, draw(&seed, 4000) / 4.0 + i * 1e-6, draw(&seed, 5) == 0 ? DENIED : 0);
		knock->path = draw(&seed, 2) == 0 ? "\\\\a\\b" : "\\\\a\\C";
		if (is_sparing && is_unwanted(interest, &knock->base))
			let_go(interest, &knock->base);
		else
			sample.ledger.items[kept++] = &knock->base;
		sample.ledger.count = kept;
	}
	ledger_sort(&sample.ledger);
	found = findings_of(&sample.set, &sample.ledger, interest_echoes(interest),
	    FINDING_MEMORY_ALL, &sample.arena);
	for (size_t i = 0; i < found.count; i++)
		count += found.items[i].occurrences;
	interest_free(interest);
	sample_end(&sample);
	return count;
}

#define CLAUSE(key, rest)                                          \
	OF_DENIED "unless:\n  - " key ":\n      exchange: knock\n" \
		  "      where: { status: STATUS_SUCCESS }\n" rest

static const char *const correlations[] = {
    CLAUSE("followed_by", "      same: [client]\n      within: 2s\n"),
    CLAUSE("preceded_by", "      same: [client]\n      within: 2s\n"),
    CLAUSE("beside", "      same: [client, server]\n      within: 3s\n"),
    CLAUSE("not_beside", "      same: [client, server]\n      within: 10s\n"),
    CLAUSE("preceded_by", "      same: [client, server, path]\n"),
    CLAUSE("followed_by", "      same: [path]\n      within: 250ms\n"),
    CLAUSE("not_followed_by", "      same: [server]\n      within: 1s\n"),
};

START_TEST(finds_what_it_would_find)
{
	uint64_t found = 0, kept;

	for (uint64_t seed = 1; seed <= 40; seed++) {
		kept = count_occurrences(correlations[_i], seed, false);
		ck_assert_uint_eq(count_occurrences(correlations[_i], seed, true), kept);
		found += kept;
	}
	ck_assert_uint_gt(found, 0);
}
END_TEST

Suite *
interest_suite(void)
{
	Suite *suite = suite_create("interest");
	TCase *tcase = tcase_create("interest");

	tcase_add_loop_test(tcase, wants_what_rules_may_need, 0, COUNT(wants));
	tcase_add_test(tcase, wants_what_was_not_answered);
	tcase_add_test(tcase, finds_what_went);
	tcase_add_loop_test(tcase, finds_what_it_would_find, 0, COUNT(correlations));
	suite_add_tcase(suite, tcase);
	return suite;
}
