#include "rules/mention.h"

#include "rules/sample.h"

#define DENIED 0xc0000022

static const struct {
	const char *rest;
	uint64_t value;
	bool is_mentioned;
} mentions[] = {
    {"exchange: knock\nwhere: {status: STATUS_ACCESS_DENIED}\n", DENIED, true},
    {"exchange: knock\nwhere: {status: STATUS_ACCESS_DENIED}\n", 0, false},
    {"exchange: knock\nwhere: {status: [0xc0001234, STATUS_ACCESS_DENIED]}\n", DENIED, true},
    {"exchange: knock\nwhere: {status: {not: STATUS_ACCESS_DENIED}}\n", DENIED, false},
    {"exchange: knock\nwhere: {status: {at_least: 0xc0000000}}\n", DENIED, false},
    {"exchange: knock\nwhere: {status: {at_least: 0xc0000022}}\n", DENIED, false},
    /* The number is that of another table. */
    {"exchange: knock\nwhere: {tries: 0xc0000022}\n", DENIED, false},
    {"exchange: knock\nwhere: {flags: SIGNED}\n", 1, false},
    {"exchange: knock\nwhere: {tries: 1}\n"
     "cases: [{where: {status: STATUS_ACCESS_DENIED}, causes: x}]\n",
	DENIED, true},
    {"exchange: knock\nwhere: {tries: 1}\n"
     "unless: [{where: {status: STATUS_ACCESS_DENIED}}]\n",
	DENIED, false},
    {"exchange: visit\nwhere: {path: x}\n"
     "preceded_by: {exchange: knock, where: {status: STATUS_ACCESS_DENIED}, same: path}\n",
	DENIED, true},
    /* Explained codes that `where` asks for. */
    {"exchange: knock\nwhere: {status: {at_least: 0xc0000000}}\nexplain_by: status\n", DENIED,
	true},
    {"exchange: knock\nwhere: {status: {at_least: 0xc0000000}}\nexplain_by: status\n", 0, false},
    {"exchange: knock\nwhere: {status: {at_least: 0xc0000000, not: STATUS_ACCESS_DENIED}}\n"
     "explain_by: status\n",
	DENIED, false},
    {"exchange: knock\nwhere: [{status: STATUS_SUCCESS}, {tries: 1}]\nexplain_by: status\n", DENIED,
	false},
    /* Any status is none in particular. */
    {"exchange: knock\nwhere: {tries: 1}\nexplain_by: status\n", DENIED, false},
};

START_TEST(a_rule_mentions_a_code)
{
	struct sample sample;

	sample_begin(&sample);
	ck_assert_msg(sample_load(&sample, mentions[_i].rest), "%s", sample.error.text);
	ck_assert_int_eq(
	    rule_mentions(sample.set.items[0], &sample_status_names, mentions[_i].value),
	    mentions[_i].is_mentioned);
	sample_end(&sample);
}
END_TEST

Suite *mention_suite(void);

Suite *
mention_suite(void)
{
	Suite *suite = suite_create("mention");
	TCase *cases = tcase_create("rules");

	tcase_add_loop_test(cases, a_rule_mentions_a_code, 0, COUNT(mentions));
	suite_add_tcase(suite, cases);
	return suite;
}
