#include "analyzer/capture/window.h"

#include <check.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/file_for_test.h"

Suite *window_suite(void);

#define FILE_BYTES 1000000 /* several times what a window holds at first */

static struct image file;
static struct window window;

static void
open_window(void)
{
	FILE *temporary = tmpfile();

	image_pattern(&file, 1, FILE_BYTES);
	ck_assert_uint_eq(fwrite(file.bytes, 1, file.length, temporary), file.length);
	rewind(temporary);
	window.stream = stream_open(dup(fileno(temporary)), 0);
	fclose(temporary);
}

static void
close_window(void)
{
	stream_close(window.stream);
	window_free(&window);
	image_free(&file);
}

START_TEST(walks_a_stream_in_steps)
{
	size_t step = (size_t)_i, offset = 0;

	while (window_fill(&window, step)) {
		ck_assert_uint_ge(window_left(&window), step);
		ck_assert_uint_eq(window_offset(&window), offset);
		ck_assert_mem_eq(window_bytes(&window), file.bytes + offset, step);
		window_skip(&window, step);
		offset += step;
	}
	ck_assert_uint_eq(window_left(&window), FILE_BYTES - offset);
	ck_assert_uint_lt(FILE_BYTES - offset, step);
	ck_assert_mem_eq(window_bytes(&window), file.bytes + offset, window_left(&window));
}
END_TEST

START_TEST(grows_no_further_than_the_stream)
{
	ck_assert(!window_fill(&window, WINDOW_MOST));
	ck_assert_uint_eq(window_left(&window), FILE_BYTES);
	ck_assert_uint_le(window.room.capacity, 2 * 1024 * 1024);
}
END_TEST

Suite *
window_suite(void)
{
	static const int steps[] = {13, 999, 65536, 262144, 300001, 999999};
	Suite *suite = suite_create("window");
	TCase *tcase = tcase_create("window");

	tcase_add_checked_fixture(tcase, open_window, close_window);
	for (size_t i = 0; i < COUNT(steps); i++)
		tcase_add_loop_test(tcase, walks_a_stream_in_steps, steps[i], steps[i] + 1);
	tcase_add_test(tcase, grows_no_further_than_the_stream);
	suite_add_tcase(suite, tcase);
	return suite;
}
