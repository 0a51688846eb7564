#include "analyzer/evidence/same_finding.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *same_finding_suite(void);

/* Frames 5, 12, 13 and 200 of the source are 1 to 4 of the file. */
static uint64_t kept[] = {5, 12, 13, 200};
static const struct frame_list frames = {kept, COUNT(kept), COUNT(kept)};

static const struct {
	const char *source, *found;
	bool is_same;
} texts[] = {
    {"", "", true},
    {"no numbers", "no numbers", true},
    {"in frame 12", "in frame 2", true},
    {"in frame 12", "in frame 12", true}, /* not a frame, perhaps */
    {"in frame 12", "in frame 3", false},
    {"in frame 6", "in frame 1", false},
    {"in frame 12", "in frame 5", false},
    {"in frame 0", "in frame 0", true},
    {"in frame 5", "in frame 0", false},
    {"frames 5, 200", "frames 1, 4", true},
    {"10.0.0.5 in 13", "10.0.0.5 in 3", true},
    {"after 1.5 s", "after 1.6 s", false},
    {"one", "one more", false},
    {"one more", "one", false},
    {"5 more", "1", false},
    {"frame 12", "frame two", false},
    {"99999999999999999999999", "99999999999999999999999", true},
};

START_TEST(test_texts)
{
	ck_assert(same_text(texts[_i].source, texts[_i].found, &frames) == texts[_i].is_same);
}
END_TEST

static const struct found_cause cause = {.text = "the cable is loose"};
static const char *const because[] = {"the capture ends after frame 13"};
static const char *const because_found[] = {"the capture ends after frame 3"};

/* The second finding of the source, which follows from the first, and as it is in the file. */
static void
make(struct finding source[2], struct finding found[2])
{
	source[0] = (struct finding){.id = "f-1", .occurrences = 1, .summary = "first"};
	source[1] = (struct finding){.id = "f-2",
	    .occurrences = 3,
	    .summary = "frame 5",
	    .because = {because, 1},
	    .follows_from = 1};
	found[0] = source[1];
	found[0].summary = "frame 1";
	found[0].because.items = because_found;
	found[0].follows_from = 2;
	found[1] = source[0];
}

static bool
is_same(struct finding source[2], struct finding found[2])
{
	const struct finding_list all = {.items = source, .count = 2};
	const struct finding_list others = {.items = found, .count = 2};

	return same_finding(&all, &source[1], &others, &frames);
}

START_TEST(test_same)
{
	struct finding source[2], found[2];

	make(source, found);
	ck_assert(is_same(source, found));
	found[0].occurrences = 4;
	ck_assert(!is_same(source, found));
	found[0].occurrences = 2;
	ck_assert(!is_same(source, found));
	/* The examples are kept, not all of many. */
	source[1].occurrences = 1000;
	found[0].occurrences = FINDING_MOST_EXAMPLES;
	ck_assert(is_same(source, found));
}
END_TEST

START_TEST(test_differs)
{
	struct finding source[2], found[2];

	make(source, found);
	found[0].id = "f-3";
	ck_assert(!is_same(source, found));
	make(source, found);
	found[0].summary = "frame 2";
	ck_assert(!is_same(source, found));
	make(source, found);
	found[0].because = (struct text_list){0};
	ck_assert(!is_same(source, found));
	make(source, found);
	found[0].causes = (struct found_cause_list){&cause, 1};
	ck_assert(!is_same(source, found));
	make(source, found);
	found[0].chain = (struct text_list){because, 1};
	ck_assert(!is_same(source, found));
}
END_TEST

START_TEST(test_origin)
{
	struct finding source[2], found[2];

	make(source, found);
	found[0].follows_from = 0;
	ck_assert(!is_same(source, found));
	found[0].follows_from = 2;
	found[1].id = "f-9";
	ck_assert(!is_same(source, found));
	source[1].follows_from = 0;
	ck_assert(!is_same(source, found));
	found[0].follows_from = 0;
	ck_assert(is_same(source, found));
}
END_TEST

Suite *
same_finding_suite(void)
{
	Suite *suite = suite_create("same_finding");
	TCase *tcase = tcase_create("same_finding");

	tcase_add_loop_test(tcase, test_texts, 0, COUNT(texts));
	tcase_add_test(tcase, test_same);
	tcase_add_test(tcase, test_differs);
	tcase_add_test(tcase, test_origin);
	suite_add_tcase(suite, tcase);
	return suite;
}
