#include "analyzer/report/svg_ladder.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/html_sample_test.h"
#include "analyzer/report/points_sample_test.h"

Suite *svg_ladder_suite(void);

static const char *columns[] = {"client 10.0.0.5", "server 10.0.0.9", "KDC <kdc>"};

static struct html_sample html;
static struct ladder_row rows[] = {
    {.frame = 5, .time = SAMPLE_START + 1000, .from = 0, .to = 1, .label = "SYN"},
    {.frame = 22, .from = 0, .to = 2, .label = "TGS-REQ for <b>\033", .is_evidence = true},
    {.frame = 23, .from = 2, .to = 0, .label = "KRB-ERROR", .is_evidence = true},
    {.frame = 24, .from = 1, .to = 1, .label = "to itself"},
    {.frame = 25, .from = 2, .to = 1, .label = "lost", .is_lost = true},
};

static struct ladder ladder;

static void
setup(void)
{
	html_sample_init(&html);
	ladder = (struct ladder){
	    .columns = columns, .column_count = 3, .rows = rows, .row_count = COUNT(rows)};
}

static void
teardown(void)
{
	html_sample_free(&html);
}

static const char *
draw(void)
{
	svg_ladder(html_sample_begin(&html), &ladder);
	return html_sample_end(&html);
}

static void
assert_has(const char *wanted)
{
	ck_assert_msg(strstr(html.chars, wanted) != NULL, "\"%s\" is missing", wanted);
}

/* Of three hosts the lines stand at a sixth, a half, and five sixths of the width. */
START_TEST(test_rows)
{
	draw();
	assert_has("<figure class=\"ladder n3\">");
	assert_has("<span class=\"host\">KDC &lt;kdc&gt;</span>");
	assert_has("<title>client 10.0.0.5 to server 10.0.0.9</title>"
		   "<line class=\"wire\" x1=\"16.667%\" x2=\"16.667%\" y1=\"0\" y2=\"100%\"></line>"
		   "<line class=\"wire\" x1=\"50.000%\"");
	assert_has("<svg y=\"100%\"><line class=\"arrow\" x1=\"16.667%\" x2=\"50.000%\" y1=\"-9\" "
		   "y2=\"-9\"></line><svg x=\"50.000%\" y=\"-9\"><path class=\"tip\" d=\"M0 0L-9 ");
	assert_has("<span class=\"say a0 b1\">SYN<span class=\"frame\">frame 5, 0.000001000 s<");
	assert_has("<li class=\"proof\"><svg class=\"wires\" role=\"img\"><title>Evidence: client "
		   "10.0.0.5 to KDC &lt;kdc&gt;</title>");
	assert_has("<span class=\"say a0 b2\">TGS-REQ for &lt;b&gt;\\u{1b}<");
	/* from right to left */
	assert_has("x1=\"83.333%\" x2=\"16.667%\" y1=\"-9\" y2=\"-9\"></line><svg x=\"16.667%\" "
		   "y=\"-9\"><path class=\"tip\" d=\"M0 0L9 ");
	assert_has("<span class=\"say a1 b1\">to itself<");
	ck_assert_uint_eq(occurrences_of(html.chars, "class=\"wire\""), 3 * COUNT(rows));
	ck_assert_uint_eq(occurrences_of(html.chars, "class=\"tip\""), COUNT(rows) - 1);
}
END_TEST

/* What is lost does not arrive. */
START_TEST(test_lost)
{
	draw();
	assert_has("<li class=\"lost\">");
	assert_has("<title>KDC &lt;kdc&gt; to server 10.0.0.9, without an answer</title>");
	assert_has("x1=\"83.333%\" x2=\"62.667%\" y1=\"-9\" y2=\"-9\"></line><svg x=\"62.667%\" "
		   "y=\"-9\"><path class=\"cross\"");
	assert_has(" A cross ends what nothing answered.");
}
END_TEST

START_TEST(test_left_out)
{
	struct ladder_row few[2] = {rows[0], rows[3]};

	few[1].skipped = 7;
	ladder.rows = few;
	ladder.row_count = 2;
	ladder.left_out = 9;
	html.sample.facts.has_time = false;
	draw();
	assert_has("<figcaption>What was said, as frames between hosts. 9 more are left "
		   "out.</figcaption>");
	assert_has("<span class=\"say a0 b2\">7 more left out</span>");
	assert_has(">SYN<span class=\"frame\">frame 5</span>");
}
END_TEST

/* Of five columns the lines stand at a tenth of the width, three tenths, and so on; a cross stands
 * two fifths of a column before the point that lacks it. */
START_TEST(test_points)
{
	ladder = points_ladder;
	draw();
	assert_has("<figure class=\"ladder n5\">");
	assert_has("<span class=\"host\">client 10.0.0.5</span><span class=\"host point\">point 1, "
		   "a.pcapng</span>");
	assert_has("<line class=\"wire\" x1=\"10.000%\" x2=\"10.000%\" y1=\"0\" "
		   "y2=\"100%\"></line><line class=\"wire point\" x1=\"30.000%\"");
	/* everywhere */
	assert_has("<line class=\"arrow\" x1=\"10.000%\" x2=\"90.000%\" y1=\"-9\" "
		   "y2=\"-9\"></line><svg x=\"90.000%\" y=\"-9\"><path class=\"tip\"");
	assert_has("<svg x=\"70.000%\" y=\"-9\"><path class=\"seen\" d=\"M-3 0a3");
	assert_has(">frame 22 at point 1, 333 at point 2, 1234 at point 3, ");
	/* not known */
	assert_has("<line class=\"arrow unsure\" x1=\"90.000%\" x2=\"30.000%\" y1=\"-9\" "
		   "y2=\"-9\"></line><line class=\"arrow\" x1=\"30.000%\" x2=\"10.000%\"");
	assert_has("<svg x=\"50.000%\" y=\"-9\"><path class=\"seen unsure\"");
	assert_has(">frame 6 at point 1, not known at point 2, not known at point 3, ");
	/* lost */
	assert_has("<li class=\"proof\">");
	assert_has("<title>Evidence: client 10.0.0.5 to server 10.0.0.9, lost before point 2, "
		   "b.pcapng</title>");
	assert_has("x1=\"10.000%\" x2=\"42.000%\" y1=\"-9\" y2=\"-9\"></line><svg "
		   "x=\"42.000%\" y=\"-9\"><path class=\"cross\"");
	assert_has("<span class=\"say a0 b2\">NEGOTIATE, lost between points 1 and 2<");
	assert_has("x1=\"90.000%\" x2=\"58.000%\" y1=\"-9\"");
	/* begun on the way */
	assert_has("<title>server 10.0.0.9 to client 10.0.0.5, begun behind point 2, b.pcapng<");
	assert_has("x1=\"42.000%\" x2=\"10.000%\" y1=\"-9\"");
	assert_has("<svg x=\"42.000%\" y=\"-9\"><path class=\"begun\"");
	/* unanswered */
	assert_has("<title>client 10.0.0.5 to server 10.0.0.9, without an answer</title>");
	assert_has("<line class=\"arrow\" x1=\"10.000%\" x2=\"50.000%\" y1=\"-9\" "
		   "y2=\"-9\"></line><line class=\"arrow unsure\" x1=\"50.000%\" "
		   "x2=\"82.000%\"");
	assert_has(
	    "<figcaption>What was said, as frames between hosts. The frames of this finding "
	    "stand out in bold. A cross ends what nothing answered. A dot is a frame of that "
	    "point's capture. A cross between points ends what was lost there. A bar begins "
	    "what was sent on the way. A ring stands where nobody knows whether it came "
	    "there: c.pcapng ends \\u{1b} before. 2 more are left out.</figcaption>");
	ck_assert_uint_eq(occurrences_of(html.chars, "class=\"cross\""), 3);
	ck_assert_uint_eq(occurrences_of(html.chars, "class=\"seen\""), 3 + 1 + 1 + 1 + 1 + 2);
	ck_assert_uint_eq(occurrences_of(html.chars, "class=\"seen unsure\""), 3);
}
END_TEST

START_TEST(test_nothing)
{
	ladder.row_count = 0;
	ck_assert_str_eq(draw(), "\n");
}
END_TEST

Suite *
svg_ladder_suite(void)
{
	Suite *suite = suite_create("svg_ladder");
	TCase *tests = tcase_create("ladder");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_rows);
	tcase_add_test(tests, test_lost);
	tcase_add_test(tests, test_left_out);
	tcase_add_test(tests, test_points);
	tcase_add_test(tests, test_nothing);
	suite_add_tcase(suite, tests);
	return suite;
}
