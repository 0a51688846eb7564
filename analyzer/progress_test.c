#include "analyzer/progress.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/log.h"

Suite *progress_suite(void);

#define GB UINT64_C(1000000000)

static const struct {
	struct progress_facts facts;
	size_t columns;
	const char *line;
} lines[] = {
    {{2, 5, 1234567890, 3456 * GB / 1000, 410 * GB / 1000, NULL}, 79,
	"file 2 of 5, 1.2 of 3.4 GB, 35 %, 410.0 MB/s, 6 s left"},
    /* The same where there is less and less room. */
    {{2, 5, 1234567890, 3456 * GB / 1000, 410 * GB / 1000, NULL}, 54,
	"file 2 of 5, 1.2 of 3.4 GB, 35 %, 410.0 MB/s, 6 s left"},
    {{2, 5, 1234567890, 3456 * GB / 1000, 410 * GB / 1000, NULL}, 53,
	"file 2 of 5, 1.2 of 3.4 GB, 35 %, 6 s left"},
    {{2, 5, 1234567890, 3456 * GB / 1000, 410 * GB / 1000, NULL}, 40,
	"1.2 of 3.4 GB, 35 %, 6 s left"},
    {{2, 5, 1234567890, 3456 * GB / 1000, 410 * GB / 1000, NULL}, 20, "35 %, 6 s left"},
    {{2, 5, 1234567890, 3456 * GB / 1000, 410 * GB / 1000, NULL}, 5, "35 %"},
    {{2, 5, 1234567890, 3456 * GB / 1000, 410 * GB / 1000, NULL}, 3, ""},
    {{2, 5, 1234567890, 3456 * GB / 1000, 410 * GB / 1000, NULL}, 0, ""},
    /* One file needs no number; a rate that is not known is not told, nor what follows from it. */
    {{1, 1, 0, 999, 0, NULL}, 79, "0 of 999 B, 0 %"},
    {{1, 1, 999, 1000, 1, NULL}, 79, "0.9 of 1.0 kB, 99 %, 1 B/s, 2 s left"},
    /* Standard input: nobody knows how much there will be. */
    {{1, 1, 20 * GB, 0, 123456, NULL}, 79, "20.0 GB, 123.4 kB/s"},
    {{1, 1, 0, 0, 0, NULL}, 79, "0 B"},
    /* A file that grew while it was read. */
    {{1, 1, 5 * GB, 4 * GB, GB, NULL}, 79, "5.0 of 4.0 GB, 100 %, 1.0 GB/s"},
    {{1, 1, GB, GB, GB, "judging"}, 79, "1.0 of 1.0 GB, 100 %, 1.0 GB/s, judging"},
    /* Minutes and hours are rounded up. */
    {{1, 1, 0, 89 * GB, GB, NULL}, 79, "0.0 of 89.0 GB, 0 %, 1.0 GB/s, 90 s left"},
    {{1, 1, 0, 90 * GB, GB, NULL}, 79, "0.0 of 90.0 GB, 0 %, 1.0 GB/s, 2 min left"},
    {{1, 1, 0, 5399 * GB, GB, NULL}, 79, "0.0 of 5.3 TB, 0 %, 1.0 GB/s, 90 min left"},
    {{1, 1, 0, 5400 * GB, GB, NULL}, 79, "0.0 of 5.4 TB, 0 %, 1.0 GB/s, 2 h left"},
};

START_TEST(test_line)
{
	struct text text = {0};

	text_add(&text, "> ");
	progress_add_line(&text, &lines[_i].facts, lines[_i].columns);
	ck_assert_str_eq(text_chars(&text) + 2, lines[_i].line);
	ck_assert_uint_le(text.length - 2, lines[_i].columns);
	text_free(&text);
}
END_TEST

/* Whatever the numbers are, the line fits. */
START_TEST(test_fits)
{
	static const uint64_t numbers[] = {0, 1, 999, 1000, 12345678, 87 * GB, UINT64_MAX / 2};
	struct text text = {0};

	for (size_t columns = 0; columns < 80; columns++)
		for (size_t i = 0; i < COUNT(numbers) * COUNT(numbers); i++) {
			struct progress_facts facts = {.file = i,
			    .files = 100000,
			    .done = numbers[i % COUNT(numbers)],
			    .total = numbers[i / COUNT(numbers)],
			    .rate = numbers[_i]};

			text_clear(&text);
			progress_add_line(&text, &facts, columns);
			ck_assert_uint_le(text.length, columns);
		}
	text_free(&text);
}
END_TEST

/* What functions are given when nobody would see anything. */
START_TEST(test_nobody)
{
	log_set_level(LOG_QUIET);
	ck_assert_ptr_null(progress_new(1, 1, 1));
	log_set_level(LOG_NORMAL);
	progress_file(NULL, 1);
	progress_at(NULL, 1);
	progress_pass(NULL);
	progress_doing(NULL, "nothing");
	progress_hide(NULL);
	progress_free(NULL);
}
END_TEST

Suite *
progress_suite(void)
{
	Suite *suite = suite_create("progress");
	TCase *tcase = tcase_create("progress");

	tcase_add_loop_test(tcase, test_line, 0, COUNT(lines));
	tcase_add_loop_test(tcase, test_fits, 0, 7);
	tcase_add_test(tcase, test_nobody);
	suite_add_tcase(suite, tcase);
	return suite;
}
