#include "analyzer/sandbox/keeper.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/infile.h"
#include "analyzer/capture/libpcap.h"

Suite *keeper_suite(void);

#define GOOD "fixtures/captures/tree-bad-network-name.pcapng"

static struct sandbox_facts sandbox;

static bool
have_done(enum exit_status (*work)(void *state), enum exit_status *ret)
{
	const struct task task = {.work = work,
	    .state = &sandbox,
	    .sandbox = &sandbox,
	    .filter = "tcp port microsoft-ds"};

	return keeper_run(&task, ret);
}

/* Each work returns EXIT_DONE when all is as it should be. */

static enum exit_status
open_files(void *state)
{
	int fd = infile_open(GOOD), other = infile_open(GOOD);
	char byte;

	(void)state;
	if (fd < 0 || other < 0 || read(fd, &byte, 1) != 1 || read(other, &byte, 1) != 1 ||
	    byte != '\n')
		return EXIT_INPUT;
	return infile_open("./" GOOD) < 0 && errno == EACCES ? EXIT_DONE : EXIT_USAGE;
}

/* The expression needs /etc/services. */
static enum exit_status
use_filter(void *state)
{
	struct error error = {0};
	struct libpcap_filter *filter = libpcap_filter_new("what the keeper knows", 1, &error);

	(void)state;
	if (filter == NULL)
		return EXIT_INPUT;
	libpcap_filter_free(filter);
	return EXIT_DONE;
}

static enum exit_status
fail_threshold(void *state)
{
	(void)state;
	return EXIT_THRESHOLD;
}

/* The mode decides, and the facts are there before the work begins. */
static enum exit_status
count_layers(void *state)
{
	const struct sandbox_facts *facts = state;
	unsigned count = 0;

	for (size_t i = 0; i < SANDBOX_LAYERS; i++)
		count += facts->is_active[i];
	return facts->mode == SANDBOX_OFF && count != 0 ? EXIT_USAGE : EXIT_DONE;
}

static const struct {
	enum exit_status (*work)(void *state);
	enum sandbox_mode mode;
	enum exit_status status;
} works[] = {
    {open_files, SANDBOX_AUTO, EXIT_DONE},
    {open_files, SANDBOX_OFF, EXIT_DONE},
    {use_filter, SANDBOX_AUTO, EXIT_DONE},
    {use_filter, SANDBOX_OFF, EXIT_DONE},
    {fail_threshold, SANDBOX_AUTO, EXIT_THRESHOLD},
    {count_layers, SANDBOX_AUTO, EXIT_DONE},
    {count_layers, SANDBOX_OFF, EXIT_DONE},
};

START_TEST(test_works)
{
	enum exit_status status;

	sandbox = (struct sandbox_facts){.mode = works[_i].mode};
	infile_list(GOOD);
	ck_assert(have_done(works[_i].work, &status));
	ck_assert_int_eq(status, works[_i].status);
	infile_free();
}
END_TEST

/* ---- works that do not come to their end ---- */

static enum exit_status
crash(void *state)
{
	(void)state;
	signal(SIGSEGV, SIG_DFL); /* a sanitizer has its own */
	raise(SIGSEGV);
	return EXIT_DONE;
}

static enum exit_status
leave(void *state)
{
	(void)state;
	_exit(9);
}

static enum exit_status (*const endings[])(void *state) = {crash, leave};

START_TEST(test_endings)
{
	enum exit_status status;

	sandbox = (struct sandbox_facts){.mode = SANDBOX_OFF};
	ck_assert(!have_done(endings[_i], &status));
	ck_assert_int_eq(status, EXIT_INTERNAL);
	/* And the next one does. */
	ck_assert(have_done(fail_threshold, &status));
	ck_assert_int_eq(status, EXIT_THRESHOLD);
}
END_TEST

Suite *
keeper_suite(void)
{
	Suite *suite = suite_create("keeper");
	TCase *core = tcase_create("core");

	tcase_add_loop_test(core, test_works, 0, sizeof(works) / sizeof(works[0]));
	tcase_add_loop_test(core, test_endings, 0, sizeof(endings) / sizeof(endings[0]));
	suite_add_tcase(suite, core);
	return suite;
}
