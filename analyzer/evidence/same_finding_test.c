#include "analyzer/evidence/same_finding.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *same_finding_suite(void);

/* Frames 5, 12, 13 and 200 of the source are 1 to 4 of the file. */
static uint64_t kept[] = {5, 12, 13, 200};
static const struct frame_list kept_frames = {kept, COUNT(kept), COUNT(kept)};
static const struct frame_lists frames = {{&kept_frames}, 1};

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

/* A text may speak of any of the captures. */
START_TEST(test_texts_of_several)
{
	static uint64_t there[] = {41, 42};
	static const struct frame_list there_frames = {there, COUNT(there), COUNT(there)};
	const struct frame_lists both = {{&kept_frames, &there_frames}, 2};

	ck_assert(same_text("frame 12, there 41", "frame 2, there 1", &both));
	ck_assert(!same_text("frame 12, there 41", "frame 2, there 2", &both));
	ck_assert(!same_text("frame 12, there 41", "frame 2, there 1", &frames));
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

/* How an exchange came through, of which each test changes one thing. */
static struct crossing
crossing_of(uint64_t request, uint64_t answer)
{
	return (struct crossing){.is_request_there = {1, true},
	    .is_answer_there = {1, true},
	    .is_answer_here = {0, true},
	    .there = "b",
	    .request_there = request,
	    .answer_there = answer,
	    .lost_after = "b",
	    .lost_before = "a",
	    .waited_there = 7,
	    .altered = "x -> y",
	    .altered_after = "a",
	    .altered_before = "b",
	    .unsure = "b lacks it in frame 41"};
}

static void
lack_request(struct crossing *crossing)
{
	crossing->is_request_there.is_known = false;
}

static void
lack_answer(struct crossing *crossing)
{
	crossing->is_answer_there.value = 0;
}

static void
have_answer(struct crossing *crossing)
{
	crossing->is_answer_here.value = 1;
}

static void
end_elsewhere(struct crossing *crossing)
{
	crossing->there = "c";
}

static void
take_another_request(struct crossing *crossing)
{
	crossing->request_there = 2;
}

static void
take_no_answer(struct crossing *crossing)
{
	crossing->answer_there = 0;
}

static void
lose_elsewhere(struct crossing *crossing)
{
	crossing->lost_after = "c";
}

static void
lose_it_before_another(struct crossing *crossing)
{
	crossing->lost_before = NULL;
}

static void
forge_after(struct crossing *crossing)
{
	crossing->forged_after = "a";
}

static void
forge_before(struct crossing *crossing)
{
	crossing->forged_before = "a";
}

static void
wait_longer(struct crossing *crossing)
{
	crossing->waited_there = 8;
}

static void
alter_otherwise(struct crossing *crossing)
{
	crossing->altered = "x -> z";
}

static void
alter_elsewhere(struct crossing *crossing)
{
	crossing->altered_after = "c";
}

static void
alter_before_another(struct crossing *crossing)
{
	crossing->altered_before = "c";
}

static void
be_unsure_of_more(struct crossing *crossing)
{
	crossing->unsure = "b lacks it in frame 2";
}

static void
be_sure(struct crossing *crossing)
{
	crossing->unsure = NULL;
}

static void (*const changes[])(struct crossing *crossing) = {lack_request, lack_answer, have_answer,
    end_elsewhere, take_another_request, take_no_answer, lose_elsewhere, lose_it_before_another,
    forge_after, forge_before, wait_longer, alter_otherwise, alter_elsewhere, alter_before_another,
    be_unsure_of_more, be_sure};

/* The last capture's frames 41 and 42 are 1 and 2 of its evidence. */
static bool
is_same_crossing(const struct crossing *one, const struct crossing *other)
{
	static uint64_t there[] = {41, 42};
	static const struct frame_list there_frames = {there, COUNT(there), COUNT(there)};
	const struct frame_lists both = {{&kept_frames, &there_frames}, 2};
	const struct exchange before = {.crossing = one}, after = {.crossing = other};
	struct finding source[2], found[2];
	const struct finding_list all = {.items = source, .count = 2};
	const struct finding_list others = {.items = found, .count = 2};

	make(source, found);
	source[1].examples[0] = &before;
	found[0].examples[0] = &after;
	source[1].example_count = found[0].example_count = 1;
	return same_finding(&all, &source[1], &others, &both);
}

START_TEST(test_crossing)
{
	const struct crossing source = crossing_of(41, 42);
	struct crossing found = crossing_of(1, 2);

	found.unsure = "b lacks it in frame 1";
	ck_assert(is_same_crossing(&source, &found));
	ck_assert(is_same_crossing(NULL, NULL));
	ck_assert(!is_same_crossing(&source, NULL));
	ck_assert(!is_same_crossing(NULL, &found));
	changes[_i](&found);
	ck_assert(!is_same_crossing(&source, &found));
}
END_TEST

Suite *
same_finding_suite(void)
{
	Suite *suite = suite_create("same_finding");
	TCase *tcase = tcase_create("same_finding");

	tcase_add_loop_test(tcase, test_texts, 0, COUNT(texts));
	tcase_add_test(tcase, test_texts_of_several);
	tcase_add_loop_test(tcase, test_crossing, 0, COUNT(changes));
	tcase_add_test(tcase, test_same);
	tcase_add_test(tcase, test_differs);
	tcase_add_test(tcase, test_origin);
	suite_add_tcase(suite, tcase);
	return suite;
}
