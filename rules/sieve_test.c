#include "rules/sieve.h"

#include "analyzer/base/basics.h"
#include "rules/candidates.h"
#include "rules/sample.h"

Suite *sieve_suite(void);

/* What rules ask, of which many do at once: each twice or thrice, so that conditions are shared. */
static const char *const wheres[] = {
    "{ outcome: answered, status: STATUS_ACCESS_DENIED }",
    "{ outcome: answered, status: [STATUS_ACCESS_DENIED, STATUS_BAD_NETWORK_NAME], is_loud: true }",
    "{ outcome: reset }",
    "{ outcome: [reset, closed], tries: { at_least: 2 } }",
    "{ outcome: { not: answered }, delivered: true }",
    "{ status: { not: STATUS_SUCCESS } }",
    "{ path: { starts_with: share } }",
    "{ flags: { bits: 2 }, path: share1 }",
    "{ waited: { at_least: 3s } }",
    "{ delay: { at_most: 2s }, tries: { at_most: 1 } }",
    "[{ outcome: answered, tries: 1 }, { outcome: unanswered }, { path: { exists: false } }]",
    "{ dialects: 0x0311 }",
    "{ gateway: { in_net: 10.0.0.0/8 } }",
};

/* By the definition: one alternative must hold, and of it all conditions. */
static enum truth
plain_truth(const struct where *where, const struct exchange *exchange, size_t index)
{
	enum truth truth = where->count == 0 ? TRUTH_YES : TRUTH_NO;

	for (size_t i = 0; i < where->count; i++) {
		enum truth all = TRUTH_YES;

		for (size_t j = 0; j < where->any[i].count; j++)
			all = truth_and(
			    all, condition_truth(&where->any[i].items[j], exchange, index));
		truth = truth_or(truth, all);
	}
	return truth;
}

static void
add_random_knock(struct sample *sample, uint64_t *random)
{
	static const uint64_t statuses[] = {0, 0xc0000022, 0xc00000cc};
	static const char *const paths[] = {NULL, "share1", "shares", "other"};
	static uint32_t dialects[] = {0x0302, 0x0311};
	uint64_t bits = *random = hash_mix(*random + 1);
	struct knock *knock = sample_knock(sample, (double)(bits % 100), statuses[bits % 3]);

	knock->status.is_known = (bits >> 8 & 7) != 0;
	knock->flags = (struct number){bits >> 12 & 3, (bits >> 14 & 1) != 0};
	knock->path = paths[bits >> 16 & 3];
	knock->dialects = (struct number_list){dialects, bits >> 20 & 1, (bits >> 21 & 1) != 0};
	if ((bits >> 24 & 1) != 0)
		knock->gateway = addr_ipv4((const uint8_t[]){(uint8_t)(bits >> 25 & 10), 0, 0, 1});
	knock->tries = bits >> 28 & 3;
	knock->is_loud = (bits >> 30 & 1) != 0;
	knock->delay = (int64_t)(bits >> 31 & 3) * SAMPLE_SECOND - 1;
	knock->base.outcome = (enum outcome)((bits >> 33) % (OUTCOME_UNANSWERED + 1));
	knock->base.is_delivered = (bits >> 40 & 1) != 0;
	knock->base.waited = (int64_t)(bits >> 41 & 7) * SAMPLE_SECOND;
	if (knock->base.outcome == OUTCOME_UNKNOWN)
		knock->base.doubt =
		    (bits >> 44 & 1) != 0 ? DOUBT_CAPTURE_ENDED : DOUBT_PACKETS_MISSING;
	if ((bits >> 45 & 15) == 0)
		knock->base.contested = bits >> 50 & 7;
}

static void
load_rules(struct sample *sample, size_t times)
{
	for (size_t i = 0; i < times * COUNT(wheres); i++) {
		const char *yaml = arena_format(&sample->arena,
		    "id: rule-%zu\ntitle: A rule\nseverity: error\nfinding: \"{client} knocked\"\n"
		    "exchange: knock\nwhere: %s\n",
		    i, wheres[i % COUNT(wheres)]);

		ck_assert_msg(rule_load(&sample->set, "a.yaml", yaml, strlen(yaml), &sample->error),
		    "%s", sample->error.text);
	}
}

/* The truth that LIST has of POSITION. */
static enum truth
listed_truth(const struct candidate_list *list, size_t position)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].position == position)
			return (enum truth)list->items[i].truth;
	return TRUTH_NO;
}

/* One rule's sieve, and those of all rules at once, also where there are more alternatives than fit
 * into one, say what the definition says. */
START_TEST(sieves_say_what_is_true)
{
	struct sample sample;
	struct candidate_list *candidates;
	uint64_t random = 1;
	size_t counts[TRUTH_YES + 1] = {0};

	sample_begin(&sample);
	load_rules(&sample, (size_t)_i);
	for (size_t i = 0; i < 500; i++)
		add_random_knock(&sample, &random);
	candidates = candidates_of(&sample.set, &sample.ledger);
	for (size_t rule = 0; rule < sample.set.count; rule++) {
		const struct where *where = &sample.set.items[rule]->where;

		for (size_t i = 0; i < sample.ledger.count; i++) {
			const struct exchange *exchange = sample.ledger.items[i];
			enum truth truth = plain_truth(where, exchange, 0);

			counts[truth]++;
			ck_assert_int_eq(where_truth(where, exchange, 0), truth);
			ck_assert_int_eq(listed_truth(&candidates[rule], i), truth);
		}
	}
	for (size_t truth = 0; truth < COUNT(counts); truth++)
		ck_assert_uint_gt(counts[truth], 100);
	candidates_free(candidates, &sample.set);
	sample_end(&sample);
}
END_TEST

Suite *
sieve_suite(void)
{
	Suite *suite = suite_create("sieve");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, sieves_say_what_is_true, 1, 7);
	suite_add_tcase(suite, tcase);
	return suite;
}
