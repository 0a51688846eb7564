#include "rules/witness.h"

#include "analyzer/base/basics.h"
#include "rules/sample.h"

Suite *witness_suite(void);

#define DENIED  "exchange: knock\nwhere: {status: STATUS_ACCESS_DENIED}\n"
#define DENIED_ 0xc0000022

/* A denied knock at 10 s, a visit before it at 9 s and two after it at 11 s and 12 s. */
static const struct {
	const char *rest;
	const char *frames; /* of the witnesses; requests: those of the visits are 3, 5 and 7 */
} rows[] = {
    {"", ""},
    {"preceded_by: {exchange: visit, same: path}", "3 "},
    {"followed_by: {exchange: visit, same: path}", "5 "},
    {"preceded_by: {exchange: visit, same: path}\nfollowed_by: {exchange: visit, same: path}",
	"3 5 "},
    {"beside: {exchange: visit, same: path}", "3 "},
    {"followed_by: {exchange: visit, same: path, where: {door: back}}", "7 "},
    /* What is asked twice is there once. */
    {"followed_by: {exchange: visit, same: path}\nunless: [{not_followed_by: {exchange: visit, "
     "same: path}}]",
	"5 "},
    /* It does not hold as there is such a visit. */
    {"unless: [{not_preceded_by: {exchange: visit, same: path}}]", "3 "},
    /* Nothing is there that would hold. */
    {"unless: [{followed_by: {exchange: visit, same: path, where: {door: side}}}]", ""},
    {"lowered: [{to: notice, because: so, followed_by: {exchange: visit, same: path, where: {door: "
     "back}}}]",
	"7 "},
    /* Another condition keeps it from holding, and the visit would have been found all the same. */
    {"unless: [{where: {tries: 1}, followed_by: {exchange: visit, same: path}}]", "5 "},
};

static void
make_ledger(struct sample *sample)
{
	sample_begin(sample);
	sample_knock(sample, 10.0, DENIED_)->path = "one";
	sample_visit(sample, 9.0, "one")->door = "front";
	sample_visit(sample, 11.0, "one")->door = "front";
	sample_visit(sample, 12.0, "one")->door = "back";
}

static void
expect_witnesses(struct sample *sample, const struct finding *finding, const char *frames)
{
	struct witness_list found = finding_witnesses(&sample->ledger, finding, &sample->arena);
	struct text text = {0};

	for (size_t i = 0; i < found.count; i++)
		text_addf(&text, "%u ", (unsigned)found.items[i]->request_frame);
	ck_assert_str_eq(text_chars(&text), frames);
	text_free(&text);
}

START_TEST(test_witnesses)
{
	struct sample sample;
	struct finding_list findings;

	make_ledger(&sample);
	findings =
	    sample_findings(&sample, arena_format(&sample.arena, DENIED "%s\n", rows[_i].rest));
	ck_assert_uint_eq(findings.count, 1);
	expect_witnesses(&sample, &findings.items[0], rows[_i].frames);
	sample_end(&sample);
}
END_TEST

/* Each example has its own. */
START_TEST(test_examples)
{
	struct sample sample;
	struct finding_list findings;

	make_ledger(&sample);
	sample_knock(&sample, 11.5, DENIED_)->path = "one";
	findings = sample_findings(
	    &sample, DENIED "followed_by: {exchange: visit, same: path, within: 1s}\n");
	ck_assert_uint_eq(findings.count, 1);
	ck_assert_uint_eq(findings.items[0].occurrences, 2);
	expect_witnesses(&sample, &findings.items[0], "5 7 ");
	sample_end(&sample);
}
END_TEST

Suite *
witness_suite(void)
{
	Suite *suite = suite_create("witness");
	TCase *tcase = tcase_create("witness");

	tcase_add_loop_test(tcase, test_witnesses, 0, COUNT(rows));
	tcase_add_test(tcase, test_examples);
	suite_add_tcase(suite, tcase);
	return suite;
}
