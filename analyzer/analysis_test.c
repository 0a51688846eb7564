/* What an analysis finds of a capture hangs on nothing but the capture. */
#include "analyzer/analysis.h"

#include <check.h>
#include <glob.h>
#include <string.h>

#include "rules/finding.h"

Suite *analysis_suite(void);

static struct rule_set rules;
static const struct exchange_type *types[ANALYSIS_MOST_TYPES];

static void
load(void)
{
	rule_set_init(&rules, types, analysis_exchange_types(types));
	rule_set_add_builtin(&rules);
}

static void
unload(void)
{
	rule_set_free(&rules);
}

/* Sentences may lack what is a hint: the name of a share that somebody else was let into. */
static void
check_finding(const char *path, const struct finding *one, const struct finding *other)
{
	ck_assert_msg(one->rule == other->rule && one->verdict == other->verdict &&
			  one->severity == other->severity &&
			  one->occurrences == other->occurrences &&
			  one->frame_count == other->frame_count,
	    "%s: %s, '%s' instead of %s, '%s'", path, other->rule->id, other->summary,
	    one->rule->id, one->summary);
	ck_assert_mem_eq(one->frames, other->frames, one->frame_count * sizeof(*one->frames));
}

/* The findings of PATH, whether all of it is kept or what nobody asks for goes. Returns how many
 * connections went. */
static uint64_t
check_capture(const char *path)
{
	const struct analysis_options whole = {.rules = &rules},
				      sparing = {.rules = &rules, .is_sparing = true};
	struct analysis one, other;
	const struct finding_list *mine = &one.report.findings, *theirs = &other.report.findings;
	struct error error = {0};
	uint64_t gone;

	if (!analysis_run(&one, path, &whole, &error)) {
		analysis_free(&one);
		return 0;
	}
	ck_assert(analysis_run(&other, path, &sparing, &error));
	ck_assert_uint_eq(one.facts.bounds.of[BOUND_UNREMARKABLE].count, 0);
	for (size_t i = 0; i < mine->count && i < theirs->count; i++)
		check_finding(path, &mine->items[i], &theirs->items[i]);
	ck_assert_msg(mine->count == theirs->count, "%s: %zu findings instead of %zu", path,
	    theirs->count, mine->count);
	ck_assert_uint_eq(one.facts.tcp_streams, other.facts.tcp_streams);
	gone = other.facts.bounds.of[BOUND_UNREMARKABLE].count;
	analysis_free(&one);
	analysis_free(&other);
	return gone;
}

START_TEST(finds_the_same_of_what_is_let_go)
{
	uint64_t gone = 0;
	glob_t found;

	ck_assert_int_eq(glob("fixtures/captures/*.pcap*", 0, NULL, &found), 0);
	glob("../shared/captures/*", GLOB_APPEND, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		gone += check_capture(found.gl_pathv[i]);
	ck_assert_uint_ge(gone, 100);
	globfree(&found);
}
END_TEST

Suite *
analysis_suite(void)
{
	Suite *suite = suite_create("analysis");
	TCase *tcase = tcase_create("analysis");

	tcase_add_checked_fixture(tcase, load, unload);
	tcase_add_test(tcase, finds_the_same_of_what_is_let_go);
	suite_add_tcase(suite, tcase);
	return suite;
}
