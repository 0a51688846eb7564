#include "analyzer/base/log.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/stderr_for_test.h"
#include "analyzer/base/text.h"

Suite *log_suite(void);

static const struct {
	enum log_level level;
	const char *said;
} levels[] = {
    {LOG_QUIET, "smbtriage: error 1\n"},
    {LOG_NORMAL, "smbtriage: error 1\nsmbtriage: warning 2\n"},
    {LOG_VERBOSE, "smbtriage: error 1\nsmbtriage: warning 2\nsmbtriage: detail 3\n"},
};

START_TEST(test_levels)
{
	char said[200];

	catch_stderr();
	log_set_level(levels[_i].level);
	log_error("error %d", 1);
	log_warning("warning %d", 2);
	log_detail("detail %d", 3);
	log_set_level(LOG_NORMAL);
	release_stderr(said, sizeof(said));
	ck_assert_str_eq(said, levels[_i].said);
}
END_TEST

START_TEST(test_escapes)
{
	char said[200];

	catch_stderr();
	log_error("%s: \u00e4", "a\033[2Jb");
	release_stderr(said, sizeof(said));
	ck_assert_str_eq(said, "smbtriage: a\\u{1b}[2Jb: \u00e4\n");
}
END_TEST

/* The line goes before anything else comes, and once. */
START_TEST(test_status_line)
{
	char said[200];

	catch_stderr();
	log_hide_status();
	log_show_status("1 of 3");
	log_show_status("2 of 3");
	log_warning("a warning");
	log_show_status("3 of 3");
	log_hide_status();
	log_hide_status();
	release_stderr(said, sizeof(said));
	ck_assert_str_eq(said, "\r\033[K1 of 3"
			       "\r\033[K2 of 3"
			       "\r\033[Ksmbtriage: a warning\n"
			       "\r\033[K3 of 3"
			       "\r\033[K");
}
END_TEST

START_TEST(test_held)
{
	struct text kept = {0}, dropped = {0};
	size_t used = mem_used();
	char said[200];

	catch_stderr();
	log_hold(&kept);
	log_warning("a warning");
	log_error("an error");
	ck_assert_uint_eq(mem_used(), used);
	log_hold(&dropped);
	log_error("what nobody hears");
	log_hold(NULL);
	log_error("before");
	log_let_go(&dropped, false);
	log_let_go(&kept, true);
	log_let_go(&kept, true);
	ck_assert_uint_eq(mem_used(), used);
	release_stderr(said, sizeof(said));
	ck_assert_str_eq(said, "smbtriage: before\n"
			       "smbtriage: a warning\n"
			       "smbtriage: an error\n");
}
END_TEST

Suite *
log_suite(void)
{
	Suite *suite = suite_create("log");
	TCase *tcase = tcase_create("log");

	tcase_add_loop_test(tcase, test_levels, 0, COUNT(levels));
	tcase_add_test(tcase, test_escapes);
	tcase_add_test(tcase, test_status_line);
	tcase_add_test(tcase, test_held);
	suite_add_tcase(suite, tcase);
	return suite;
}
