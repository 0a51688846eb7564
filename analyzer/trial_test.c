#include "analyzer/trial.h"

#include <check.h>

#include "analyzer/base/infile.h"

Suite *trial_suite(void);

static const struct rule_expectation firing[] = {
    {"tree-bad-network-name.pcapng", 1},
    {"tree-bad-network-name.pcapng", 0},
    {"tree-bad-network-name.pcapng", 2},
    {"smb311-session.pcapng", 0},
    {"absent.pcapng", 1},
};
static const bool holds[] = {true, true, false, false, false};

/* What a rule of the catalogue says is tried, and so is what it does not say. */
START_TEST(trials_find_out)
{
	const struct exchange_type *types[ANALYSIS_MOST_TYPES];
	struct analysis_options options;
	struct rule_set rules;
	struct trial_list trials = {0};
	struct rule lying;

	rule_set_init(&rules, types, analysis_exchange_types(types));
	rule_set_add_builtin(&rules);
	lying = *rule_set_find(&rules, "smb-tree-bad-network-name");
	lying.fires = (struct expectation_list){firing, 5};
	lying.silent = (struct expectation_list){firing, 1};
	lying.inconclusive = (struct expectation_list){firing, 1};
	for (size_t i = 0; i < rules.count; i++)
		if (rules.items[i] == rule_set_find(&rules, lying.id))
			rules.items[i] = &lying;
	trials_add(&trials, &lying);
	ck_assert_uint_eq(trials.count, 7);
	options = (struct analysis_options){.rules = &rules};
	trials_find(&trials, "fixtures/captures");
	trials_run(&trials, &options);
	infile_free();
	for (size_t i = 0; i < 5; i++)
		ck_assert_int_eq(trial_holds(&trials.items[i]), holds[i]);
	ck_assert_uint_eq(trials.items[0].found, 1);
	ck_assert_ptr_nonnull(trials.items[4].problem);
	ck_assert(!trial_holds(&trials.items[5])); /* it is not silent there */
	ck_assert(!trial_holds(&trials.items[6])); /* nor does it doubt */
	trials_free(&trials);
	rule_set_free(&rules);
}
END_TEST

Suite *
trial_suite(void)
{
	Suite *suite = suite_create("trial");
	TCase *tcase = tcase_create("trial");

	tcase_add_test(tcase, trials_find_out);
	suite_add_tcase(suite, tcase);
	return suite;
}
