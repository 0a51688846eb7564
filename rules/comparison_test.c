#include "rules/comparison.h"

#include "analyzer/base/basics.h"
#include "rules/rule_match.h"
#include "rules/sample.h"
#include "rules/sieve.h"

static const uint32_t some_dialects[] = {0x0202, 0x0311};

/* A knock of which every field is known. */
static struct knock *
whole_knock(struct sample *sample)
{
	struct knock *knock = sample_knock(sample, 1.0, 0xc0000022);

	knock->flags = known(1);
	knock->path = "\\\\Server\\Share$";
	knock->alias = "server";
	knock->dialects = (struct number_list){some_dialects, 2, true};
	knock->gateway = addr_ipv4((const uint8_t[]){10, 1, 2, 3});
	knock->tries = 4;
	knock->delay = 250000000;
	return knock;
}

/* Conditions on that knock, and whether they hold. */
static const struct {
	const char *where;
	bool holds;
} rows[] = {
    {"status: STATUS_ACCESS_DENIED", true},
    {"status: STATUS_SUCCESS", false},
    {"status: 0xc0000022", true},
    {"status: 3221225506", true},
    {"status: [STATUS_SUCCESS, STATUS_ACCESS_DENIED]", true},
    {"status: [STATUS_SUCCESS, STATUS_BAD_NETWORK_NAME]", false},
    {"status: {not: STATUS_SUCCESS}", true},
    {"status: {not: [STATUS_SUCCESS, STATUS_ACCESS_DENIED]}", false},
    {"tries: 4", true},
    {"tries: {at_least: 4}", true},
    {"tries: {at_least: 5}", false},
    {"tries: {at_most: 4}", true},
    {"tries: {at_most: 3}", false},
    {"tries: {at_least: 3, at_most: 5}", true},
    {"tries: {at_least: 3, at_most: 3}", false},
    {"tries: {not: {at_least: 5}}", true},
    {"tries: {bits: 4}", true},
    {"tries: {bits: 5}", false},
    {"tries: {bits: [1, 4]}", true},
    {"flags: {bits: SIGNED}", true},
    {"flags: {bits: SEALED}", false},
    {"flags: {not: {bits: SEALED}}", true},
    {"delay: 250ms", true},
    {"delay: {at_least: 0.25s}", true},
    {"delay: {at_least: 251ms}", false},
    {"waited: {at_most: 1s}", true},
    {"is_loud: false", true},
    {"is_loud: true", false},
    {"outcome: answered", true},
    {"outcome: [reset, closed]", false},
    {"outcome: {not: unanswered}", true},
    {"ended_by: server", true},
    {"path: '\\\\server\\share$'", true},
    {"path: '\\\\server\\share'", false},
    {"path: {starts_with: '\\\\SERVER\\'}", true},
    {"path: {starts_with: 'server'}", false},
    {"path: {ends_with: '$'}", true},
    {"path: {ends_with: 'Longer\\Than\\The\\Whole\\Text$'}", false},
    {"path: {ends_with: '\\ipc$'}", false},
    {"path: {contains: 'ER\\SH'}", true},
    {"path: {contains: 'erver$'}", false},
    {"path: {contains: '$'}", true},
    {"path: {glob: '\\\\*\\s*$'}", true},
    {"path: {glob: '\\\\*\\s?'}", false},
    {"path: {not: {glob: '*ipc*'}}", true},
    {"path: {differs_from: alias}", true},
    {"path: {differs_from: path}", false},
    {"path: {exists: true}", true},
    {"path: {exists: false}", false},
    {"dialects: 0x0311", true},
    {"dialects: 0x0300", false},
    {"dialects: {not: 0x0300}", true},
    {"dialects: {at_least: 0x0311}", true},
    {"dialects: {at_most: 0x0201}", false},
    {"dialects: {differs_from: dialects}", false},
    {"gateway: 10.1.2.3", true},
    {"gateway: 10.1.2.4", false},
    {"gateway: {in_net: 10.1.0.0/16}", true},
    {"gateway: {in_net: [192.168.0.0/16, 10.2.0.0/16]}", false},
    {"gateway: {in_net: 'fe80::/10'}", false},
    {"gateway: {differs_from: client}", true},
    {"client: 10.0.0.5", true},
    {"port: [139, 445]", true},
    {"step: {at_least: connected}", false},
};

static enum truth
truth_of_rule(struct sample *sample, const char *where, const struct knock *knock)
{
	const char *rest = arena_format(&sample->arena, "exchange: knock\nwhere: {%s}\n", where);

	ck_assert_msg(sample_load(sample, rest), "%s", sample->error.text);
	return where_truth(&sample->set.items[0]->where, &knock->base, 0);
}

START_TEST(each_comparison_holds_or_not)
{
	struct sample sample;
	struct knock *knock;

	sample_begin(&sample);
	knock = whole_knock(&sample);
	ck_assert_int_eq(
	    truth_of_rule(&sample, rows[_i].where, knock), rows[_i].holds ? TRUTH_YES : TRUTH_NO);
	sample_end(&sample);
}
END_TEST

/* What a message did not carry is equal to nothing, and not unequal either. */
static const struct {
	const char *where;
	bool holds;
} absent_rows[] = {
    {"alias: server", false},
    {"alias: {not: server}", false},
    {"alias: {glob: '*'}", false},
    {"alias: {exists: false}", true},
    {"alias: {exists: true}", false},
    {"alias: {not: {exists: true}}", true},
    {"flags: {bits: 0}", false},
    {"flags: {at_least: 0}", false},
    {"delay: {at_most: 5s}", false},
    {"dialects: {not: 5}", false},
    {"gateway: {not: 10.0.0.1}", false},
    {"path: {differs_from: alias}", false},
    {"path: {not: {differs_from: alias}}", true},
};

START_TEST(absent_fields_match_nothing)
{
	struct sample sample;
	struct knock *knock;

	sample_begin(&sample);
	knock = sample_knock(&sample, 1.0, 0);
	knock->path = "x";
	ck_assert_int_eq(truth_of_rule(&sample, absent_rows[_i].where, knock),
	    absent_rows[_i].holds ? TRUTH_YES : TRUTH_NO);
	sample_end(&sample);
}
END_TEST

static const struct {
	const char *pattern, *chars;
	bool matches;
} globs[] = {
    {"", "", true},
    {"", "a", false},
    {"*", "", true},
    {"**", "abc", true},
    {"?", "", false},
    {"a?c", "abc", true},
    {"A*C", "abbbc", true},
    {"a*b*c", "aXbXbXc", true},
    {"a*b*c", "aXbXbX", false},
    {"*.example.com", "fs.EXAMPLE.com", true},
    {"*.example.com", "example.com", false},
    {"*aab", "aaaaaab", true},
    {"*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
};

START_TEST(globs_match)
{
	ck_assert_int_eq(glob_match(globs[_i].pattern, globs[_i].chars), globs[_i].matches);
}
END_TEST

START_TEST(comparisons_are_found_by_name)
{
	for (size_t i = 0; i < comparison_count; i++)
		ck_assert_ptr_eq(comparison_called(comparisons[i].name), &comparisons[i]);
	ck_assert_ptr_null(comparison_called("not"));
}
END_TEST

Suite *comparison_suite(void);

Suite *
comparison_suite(void)
{
	Suite *suite = suite_create("comparison");
	TCase *cases = tcase_create("comparisons");

	tcase_add_loop_test(cases, each_comparison_holds_or_not, 0, COUNT(rows));
	tcase_add_loop_test(cases, absent_fields_match_nothing, 0, COUNT(absent_rows));
	tcase_add_loop_test(cases, globs_match, 0, COUNT(globs));
	tcase_add_test(cases, comparisons_are_found_by_name);
	suite_add_tcase(suite, cases);
	return suite;
}
