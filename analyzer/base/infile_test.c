#include "analyzer/base/infile.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/base/errand.h"
#include "analyzer/base/error.h"

Suite *infile_suite(void);

#define GOOD "fixtures/captures/tree-bad-network-name.pcapng"

static void
expect_pcapng(int fd)
{
	unsigned char bytes[4] = {0};

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, bytes, sizeof(bytes)), 4);
	ck_assert_mem_eq(bytes, "\n\r\r\n", 4);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(fd);
}

START_TEST(test_without_a_keeper)
{
	expect_pcapng(infile_open(GOOD));
	ck_assert_int_lt(infile_open("fixtures/captures"), 0);
	ck_assert_int_eq(errno, EISDIR);
	ck_assert_int_lt(infile_open("fixtures/captures/absent"), 0);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

/* The name means the descriptor, from its beginning, as often as it is asked for. */
START_TEST(test_lent)
{
	FILE *draft = tmpfile();

	ck_assert_ptr_nonnull(draft);
	fputs("\n\r\r\n and so on", draft);
	fflush(draft);
	infile_lend("out.pcapng", fileno(draft));
	expect_pcapng(infile_open("out.pcapng"));
	expect_pcapng(infile_open("out.pcapng"));
	infile_lend(NULL, -1);
	ck_assert_int_lt(infile_open("out.pcapng"), 0);
	fclose(draft);
}
END_TEST

START_TEST(test_list)
{
	infile_list("absent");
	infile_list(GOOD);
	ck_assert_str_eq(infile_listed(1), GOOD);
	ck_assert_ptr_null(infile_listed(2));
	expect_pcapng(infile_open_listed(1));
	ck_assert_int_lt(infile_open_listed(0), 0);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_lt(infile_open_listed(2), 0);
	ck_assert_int_eq(errno, EACCES);
	infile_free();
	ck_assert_ptr_null(infile_listed(0));
}
END_TEST

/* ---- errands ---- */

static int line[2]; /* the keeper's end is first */

static void
make_line(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line), 0);
}

static void
close_line(void)
{
	close(line[0]);
	close(line[1]);
	errand_begin(-1);
}

/* The answer may lie there before the question, as the line keeps it. */
START_TEST(test_errand)
{
	char words[ERRAND_WORDS_SIZE];
	struct errand_request request;
	int fd = open(GOOD, O_RDONLY | O_CLOEXEC);

	errand_begin(line[1]);
	ck_assert(errand_has_keeper());
	errand_answer(line[0], fd, 0, "");
	expect_pcapng(errand_send(ERRAND_OPEN, 7, words));
	ck_assert(errand_receive(line[0], &request));
	ck_assert_uint_eq(request.what, ERRAND_OPEN);
	ck_assert_uint_eq(request.number, 7);
	errand_answer(line[0], -1, ENOENT, "no such thing");
	ck_assert_int_lt(errand_send(ERRAND_COMPILE, 0, words), 0);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(words, "no such thing");
	close(fd);
}
END_TEST

/* What is not an errand is answered, and not taken for one. */
START_TEST(test_not_an_errand)
{
	static const char *const messages[] = {
	    "x", "twelve bytes", "more bytes than any errand has"};
	struct errand_request request, good = {ERRAND_OPEN, 1};

	for (size_t i = 0; i < 3; i++)
		ck_assert_int_gt(send(line[1], messages[i], strlen(messages[i]), 0), 0);
	ck_assert_int_gt(send(line[1], &good, sizeof(good), 0), 0);
	ck_assert(errand_receive(line[0], &request));
	ck_assert_uint_eq(request.number, 1);
	shutdown(line[1], SHUT_WR);
	ck_assert(!errand_receive(line[0], &request));
}
END_TEST

/* It has said why: nothing is left to say or to do. */
START_TEST(test_keeper_is_gone)
{
	char words[ERRAND_WORDS_SIZE];
	pid_t worker = fork();
	int status;

	if (worker == 0) {
		errand_begin(line[1]);
		shutdown(line[0], SHUT_RDWR);
		errand_send(ERRAND_OPEN, 0, words);
		_exit(EXIT_DONE);
	}
	ck_assert_int_eq(waitpid(worker, &status, 0), worker);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), EXIT_INTERNAL);
}
END_TEST

Suite *
infile_suite(void)
{
	Suite *suite = suite_create("infile");
	TCase *files = tcase_create("files"), *errands = tcase_create("errands");

	tcase_add_test(files, test_without_a_keeper);
	tcase_add_test(files, test_lent);
	tcase_add_test(files, test_list);
	suite_add_tcase(suite, files);
	tcase_add_checked_fixture(errands, make_line, close_line);
	tcase_add_test(errands, test_errand);
	tcase_add_test(errands, test_not_an_errand);
	tcase_add_test(errands, test_keeper_is_gone);
	suite_add_tcase(suite, errands);
	return suite;
}
