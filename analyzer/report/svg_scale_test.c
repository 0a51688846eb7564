#include "analyzer/report/svg_scale.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/html_sample_test.h"

Suite *svg_scale_suite(void);

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

/* Ticks at round distances, at most seven of them. */
static const struct {
	int64_t lasting;
	const char *first, *last;
	size_t count;
} axes[] = {
    {0, ">0 ns<", ">1 ns<", 2},
    {7, ">2 ns<", ">6 ns<", 4},
    {1500, ">500 ns<", ">1500 ns<", 4},
    {44500000, ">10 ms<", ">40 ms<", 5},
    {INT64_C(78400000000), ">20 s<", ">60 s<", 4},
    {INT64_C(130000000000), ">20 s<", ">120 s<", 7},
    {INT64_C(600000000000), ">2 min<", ">10 min<", 6},
    {INT64_C(86400000000000), ">4 h<", ">24 h<", 7},
    {INT64_C(864000000000000), ">2 d<", ">10 d<", 6},
    {INT64_C(999999999999999999), NULL, NULL, 2},
};

START_TEST(test_axis)
{
	struct svg_scale scale;
	const char *chars;

	html.sample.facts.last_time = SAMPLE_START + axes[_i].lasting;
	scale = svg_scale_of(&html.sample.facts);
	svg_scale_labels(html_sample_begin(&html), &scale);
	chars = html_sample_end(&html);
	if (axes[_i].first != NULL) {
		ck_assert_ptr_nonnull(strstr(chars, axes[_i].first));
		ck_assert_ptr_nonnull(strstr(chars, axes[_i].last));
	}
	ck_assert_uint_eq(occurrences_of(chars, "\" y=\"12\">"), axes[_i].count);
}
END_TEST

static void
assert_place(const struct svg_scale *scale, int64_t time, double wanted)
{
	ck_assert_double_eq_tol(svg_scale_place(scale, time), wanted, 1e-9);
}

START_TEST(test_places)
{
	struct svg_scale scale;

	html.sample.facts.last_time = SAMPLE_START + 200;
	scale = svg_scale_of(&html.sample.facts);
	assert_place(&scale, SAMPLE_START, 0);
	assert_place(&scale, SAMPLE_START + 50, 25);
	assert_place(&scale, SAMPLE_START + 200, 100);
	assert_place(&scale, SAMPLE_START - 1, 0);
	assert_place(&scale, INT64_MAX, 100);
	html.sample.facts.first_time = INT64_MIN;
	html.sample.facts.last_time = INT64_MAX;
	scale = svg_scale_of(&html.sample.facts);
	assert_place(&scale, 0, 50);
	assert_place(&scale, INT64_MIN, 0);
}
END_TEST

/* The lines of the ticks stand where their labels do. */
START_TEST(test_grid)
{
	struct svg_scale scale;

	html.sample.facts.last_time = SAMPLE_START + 50;
	scale = svg_scale_of(&html.sample.facts);
	svg_scale_grid(html_sample_begin(&html), &scale);
	svg_scale_labels(&html.page, &scale);
	html_sample_end(&html);
	ck_assert_uint_eq(occurrences_of(html.chars, "<line class=\"grid\" "), 6);
	ck_assert_ptr_nonnull(strstr(html.chars, " x1=\"40.000%\" x2=\"40.000%\" "));
	ck_assert_ptr_nonnull(strstr(html.chars, "<text x=\"40.000%\" y=\"12\">20 ns</text>"));
}
END_TEST

Suite *
svg_scale_suite(void)
{
	Suite *suite = suite_create("svg_scale");
	TCase *tests = tcase_create("scale");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, test_axis, 0, COUNT(axes));
	tcase_add_test(tests, test_places);
	tcase_add_test(tests, test_grid);
	suite_add_tcase(suite, tests);
	return suite;
}
