#include "analyzer/base/outfile.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/base/text.h"

Suite *outfile_suite(void);

#define ROOT_TEMPLATE "/tmp/outfile_test.XXXXXX"

static char root[] = ROOT_TEMPLATE;

static const char *
in_root(const char *name)
{
	static char paths[4][200];
	static unsigned next;
	char *path = paths[next++ % 4];

	ck_assert_int_lt(snprintf(path, sizeof(paths[0]), "%s/%s", root, name), 200);
	return path;
}

static void
make_root(void)
{
	strcpy(root, ROOT_TEMPLATE); /* mkdtemp() fills it in, and tests may share a process */
	ck_assert_ptr_nonnull(mkdtemp(root));
}

static size_t
names_in_root(void)
{
	DIR *folder = opendir(root);
	size_t count = 0;

	ck_assert_ptr_nonnull(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count - 2; /* "." and ".." */
}

static void
remove_root(void)
{
	DIR *folder = opendir(root);
	struct dirent *entry;

	while ((entry = readdir(folder)) != NULL)
		remove(in_root(entry->d_name));
	closedir(folder);
	ck_assert_int_eq(rmdir(root), 0);
}

static void
put(const char *path, const char *contents)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(contents, file);
	fclose(file);
}

static void
expect_contents(const char *path, const char *contents)
{
	char bytes[100] = "";
	FILE *file = fopen(path, "r");

	ck_assert_msg(file != NULL, "%s is not there", path);
	bytes[fread(bytes, 1, sizeof(bytes) - 1, file)] = '\0';
	fclose(file);
	ck_assert_str_eq(bytes, contents);
}

static struct outfile *
begin(const char *path, const char *contents)
{
	struct error error = {0};
	struct outfile *outfile = outfile_open(path, &error);

	ck_assert_msg(outfile != NULL, "%s", error.text);
	fputs(contents, outfile_stream(outfile));
	return outfile;
}

static bool
end(struct outfile *outfile, struct error *error)
{
	bool is_complete = outfile_complete(outfile, error);

	return outfile_commit(outfile, error) && is_complete;
}

static void
expect_draft(struct outfile *outfile, const char *contents)
{
	char bytes[100] = "";
	struct error error = {0};
	int fd = outfile_draft(outfile, &error);

	ck_assert_msg(fd >= 0, "%s", error.text);
	ck_assert_int_ge(pread(fd, bytes, sizeof(bytes) - 1, 0), 0);
	ck_assert_str_eq(bytes, contents);
}

static void
write_whole(const char *path, const char *contents)
{
	struct error error = {0};

	ck_assert_msg(end(begin(path, contents), &error), "%s", error.text);
}

static void
expect_refusal(const char *path, const char *sentence)
{
	struct error error = {0};

	ck_assert_ptr_null(outfile_open(path, &error));
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_str_eq(error.text, sentence);
}

static mode_t
mode_of(const char *path)
{
	struct stat status;

	ck_assert_int_eq(stat(path, &status), 0);
	return status.st_mode & 07777;
}

START_TEST(test_name_comes_with_commit)
{
	struct error error = {0};
	struct outfile *outfile = begin(in_root("report"), "all of it\n");

	fflush(outfile_stream(outfile));
	ck_assert_int_ne(access(in_root("report"), F_OK), 0);
	ck_assert(end(outfile, &error));
	expect_contents(in_root("report"), "all of it\n");
	ck_assert_uint_eq(names_in_root(), 1);
}
END_TEST

START_TEST(test_abandoned_leaves_what_was_there)
{
	struct outfile *outfile;

	put(in_root("report"), "old");
	outfile = begin(in_root("report"), "new");
	fflush(outfile_stream(outfile));
	outfile_abandon(outfile);
	expect_contents(in_root("report"), "old");
	ck_assert_uint_eq(names_in_root(), 1);
	outfile_abandon(NULL);
}
END_TEST

/* What nobody completed, as its writer ended before. */
START_TEST(test_incomplete_leaves_what_was_there)
{
	struct error error = {0};
	struct outfile *outfile;

	put(in_root("report"), "old");
	outfile = begin(in_root("report"), "half of i");
	ck_assert(outfile_commit(outfile, &error));
	expect_contents(in_root("report"), "old");
	ck_assert_uint_eq(names_in_root(), 1);
}
END_TEST

/* One process writes, another gives the name. */
START_TEST(test_completed_by_a_child)
{
	struct error error = {0};
	struct outfile *outfile = begin(in_root("report"), "");
	pid_t child = fork();
	int status;

	if (child == 0) {
		fputs("all of it", outfile_stream(outfile));
		_exit(outfile_complete(outfile, &error) ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(names_in_root(), 0);
	ck_assert(outfile_commit(outfile, &error));
	expect_contents(in_root("report"), "all of it");
}
END_TEST

START_TEST(test_replaces_whole)
{
	put(in_root("report"), "old and longer");
	write_whole(in_root("report"), "new");
	expect_contents(in_root("report"), "new");
	ck_assert_uint_eq(names_in_root(), 1);
}
END_TEST

START_TEST(test_restart)
{
	struct error error = {0};
	struct outfile *outfile = begin(in_root("report"), "first, and longer");

	expect_draft(outfile, "first, and longer");
	ck_assert(outfile_restart(outfile));
	fputs("second", outfile_stream(outfile));
	expect_draft(outfile, "second");
	ck_assert(end(outfile, &error));
	expect_contents(in_root("report"), "second");
	outfile = begin("/dev/null", "x");
	ck_assert(!outfile_restart(outfile));
	outfile_abandon(outfile);
}
END_TEST

START_TEST(test_mode)
{
	mode_t umask_before = umask(027);

	write_whole(in_root("new"), "x");
	ck_assert_uint_eq(mode_of(in_root("new")), 0640);
	put(in_root("private"), "secret");
	chmod(in_root("private"), 0606);
	write_whole(in_root("private"), "x");
	ck_assert_uint_eq(mode_of(in_root("private")), 0606);
	umask(umask_before);
}
END_TEST

START_TEST(test_name_in_the_working_directory)
{
	char before[4096];

	ck_assert_ptr_nonnull(getcwd(before, sizeof(before)));
	ck_assert_int_eq(chdir(root), 0);
	write_whole("plain", "here");
	ck_assert_int_eq(chdir(before), 0);
	expect_contents(in_root("plain"), "here");
}
END_TEST

/* A link stays one; where it leads is replaced, or made. */
START_TEST(test_symbolic_links)
{
	char to[10];

	put(in_root("target"), "old");
	ck_assert_int_eq(symlink("target", in_root("inner")), 0);
	ck_assert_int_eq(symlink(in_root("inner"), in_root("outer")), 0);
	write_whole(in_root("outer"), "new");
	expect_contents(in_root("target"), "new");
	ck_assert_int_eq(readlink(in_root("inner"), to, sizeof(to)), 6);
	ck_assert_int_eq(symlink("made", in_root("dangling")), 0);
	write_whole(in_root("dangling"), "made");
	expect_contents(in_root("made"), "made");
	ck_assert_int_eq(readlink(in_root("dangling"), to, sizeof(to)), 4);
}
END_TEST

START_TEST(test_refusals)
{
	char sentence[300];

	expect_refusal("/tmp", "/tmp: cannot be written: Is a directory");
	snprintf(sentence, sizeof(sentence), "%s: cannot be written: No such file or directory",
	    in_root("none/report"));
	expect_refusal(in_root("none/report"), sentence);
	put(in_root("file"), "");
	snprintf(sentence, sizeof(sentence), "%s: cannot be written: Not a directory",
	    in_root("file/report"));
	expect_refusal(in_root("file/report"), sentence);
	ck_assert_int_eq(symlink("loop", in_root("loop")), 0);
	snprintf(sentence, sizeof(sentence),
	    "%s: cannot be written: Too many levels of symbolic links", in_root("loop"));
	expect_refusal(in_root("loop"), sentence);
}
END_TEST

/* Root may write everything, so it has to become somebody else. */
START_TEST(test_a_file_that_may_not_be_written)
{
	struct error error = {0};
	pid_t child;
	int status;

	put(in_root("locked"), "kept");
	chmod(in_root("locked"), 0444);
	chmod(root, 0777);
	child = fork();
	if (child == 0) {
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		_exit(outfile_open(in_root("locked"), &error) == NULL &&
			      strstr(error.text, "locked: cannot be written: Permission denied")
			  ? 0
			  : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	expect_contents(in_root("locked"), "kept");
}
END_TEST

/* Devices are written directly, and say what is wrong when all has been written. */
START_TEST(test_devices)
{
	struct error error = {0};
	struct stat status;

	write_whole("/dev/null", "nothing");
	ck_assert_int_eq(stat("/dev/null", &status), 0);
	ck_assert(S_ISCHR(status.st_mode));
	ck_assert(!end(begin("/dev/full", "x"), &error));
	ck_assert_int_eq(error.status, EXIT_INTERNAL);
	ck_assert_str_eq(error.text, "/dev/full: cannot be written: No space left on device");
}
END_TEST

START_TEST(test_fifo)
{
	char bytes[10] = "";
	int reader;

	ck_assert_int_eq(mkfifo(in_root("fifo"), 0600), 0);
	reader = open(in_root("fifo"), O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(reader, 0);
	write_whole(in_root("fifo"), "through");
	ck_assert_int_eq(read(reader, bytes, sizeof(bytes)), 7);
	ck_assert_str_eq(bytes, "through");
	close(reader);
}
END_TEST

/* What the shell has opened as our standard output is no file to put another in the place of. */
static void
check_own_output(const char *name, const char *expected)
{
	int saved = dup(STDOUT_FILENO), file;

	put(in_root("output"), "");
	file = open(in_root("output"), O_WRONLY);
	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	ck_assert_int_eq(write(STDOUT_FILENO, "first,", 6), 6);
	write_whole(name, "second,");
	ck_assert_int_eq(write(STDOUT_FILENO, "third", 5), 5);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(file);
	expect_contents(in_root("output"), expected);
}

START_TEST(test_own_output)
{
	check_own_output("-", "first,second,third");
	check_own_output("/dev/stdout", "first,second,third");
	check_own_output(in_root("output"), "first,second,third");
}
END_TEST

/* What cannot be written to the end leaves nothing, and what was there stays. */
START_TEST(test_limit)
{
	struct rlimit before, little = {.rlim_cur = 65536};
	struct error error = {0};
	struct outfile *outfile;
	char sentence[300];

	put(in_root("big"), "old");
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	little.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
	outfile = begin(in_root("big"), "");
	for (int i = 0; i < 100000; i++)
		fputc('x', outfile_stream(outfile));
	ck_assert_int_lt(outfile_draft(outfile, &error), 0);
	ck_assert_ptr_nonnull(strstr(error.text, "File too large"));
	ck_assert(!end(outfile, &error));
	setrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_DFL);
	snprintf(
	    sentence, sizeof(sentence), "%s: cannot be written: File too large", in_root("big"));
	ck_assert_str_eq(error.text, sentence);
	expect_contents(in_root("big"), "old");
	ck_assert_uint_eq(names_in_root(), 1);
}
END_TEST

/* Without /proc the file has a name of its own while it is written. Only root can be where there is
 * none. */
static int
write_without_proc(void)
{
	struct error error = {0};
	struct outfile *outfile;

	if (chroot(root) != 0 || chdir("/") != 0)
		return 0;
	put("/report", "old");
	put("/kept", "old");
	outfile = begin("/report", "old");
	outfile_restart(outfile);
	fputs("new", outfile_stream(outfile));
	expect_draft(outfile, "new");
	outfile_abandon(begin("/kept", "new"));
	return end(outfile, &error) ? 0 : 1;
}

START_TEST(test_without_proc)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(write_without_proc());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	if (geteuid() != 0)
		return;
	expect_contents(in_root("report"), "new");
	expect_contents(in_root("kept"), "old");
	ck_assert_uint_eq(names_in_root(), 2);
}
END_TEST

/* Somebody made a folder of the name meanwhile. */
START_TEST(test_name_taken_meanwhile)
{
	struct error error = {0};
	struct outfile *outfile = begin(in_root("report"), "x");

	ck_assert_int_eq(mkdir(in_root("report"), 0700), 0);
	ck_assert(!end(outfile, &error));
	ck_assert_ptr_nonnull(strstr(error.text, "report: cannot be written: Is a directory"));
	ck_assert_uint_eq(names_in_root(), 1);
}
END_TEST

/* Two files that belong together: COMPLETE of them are whole. */
static void
begin_two(struct outfile *files[2], size_t complete)
{
	struct error error = {0};

	files[0] = begin(in_root("one"), "1");
	files[1] = begin(in_root("two"), "2");
	for (size_t i = 0; i < complete; i++)
		ck_assert(outfile_complete(files[i], &error));
}

START_TEST(test_several_together)
{
	struct error error = {0};
	struct outfile *files[2];

	begin_two(files, 2);
	ck_assert(outfiles_commit(files, 2, &error));
	ck_assert_uint_eq(names_in_root(), 2);
	expect_contents(in_root("one"), "1");
	expect_contents(in_root("two"), "2");
}
END_TEST

START_TEST(test_several_or_none)
{
	struct error error = {0};
	struct outfile *files[2];

	begin_two(files, 1);
	ck_assert(outfiles_commit(files, 2, &error));
	ck_assert_uint_eq(names_in_root(), 0);
	begin_two(files, 2);
	ck_assert_int_eq(mkdir(in_root("two"), 0700), 0);
	ck_assert(!outfiles_commit(files, 2, &error));
	ck_assert_ptr_nonnull(strstr(error.text, "two: cannot be written: Is a directory"));
	ck_assert_uint_eq(names_in_root(), 1);
}
END_TEST

/* What they replace is of no name once all have theirs, and comes back when one cannot have it. */
START_TEST(test_several_replace)
{
	struct error error = {0};
	struct outfile *files[2];

	put(in_root("one"), "old");
	put(in_root("two"), "older");
	begin_two(files, 2);
	ck_assert(outfiles_commit(files, 2, &error));
	expect_contents(in_root("one"), "1");
	expect_contents(in_root("two"), "2");
	ck_assert_uint_eq(names_in_root(), 2);
	put(in_root("one"), "old");
	begin_two(files, 2);
	unlink(in_root("two"));
	ck_assert_int_eq(mkdir(in_root("two"), 0700), 0);
	ck_assert(!outfiles_commit(files, 2, &error));
	expect_contents(in_root("one"), "old");
	ck_assert_uint_eq(names_in_root(), 2);
}
END_TEST

/* One of the names takes the folder of the last away, which nothing foretells. */
START_TEST(test_several_come_back)
{
	struct error error = {0};
	struct outfile *files[3];
	char to[10];

	ck_assert_int_eq(mkdir(in_root("sub"), 0700), 0);
	put(in_root("sub/two"), "old");
	files[0] = begin(in_root("new"), "0");
	files[1] = begin(in_root("one"), "1");
	files[2] = begin(in_root("sub/two"), "2");
	for (size_t i = 0; i < 3; i++)
		ck_assert(outfile_complete(files[i], &error));
	ck_assert_int_eq(rename(in_root("sub"), in_root("real")), 0);
	ck_assert_int_eq(symlink("real", in_root("one")), 0);
	ck_assert_int_eq(symlink("one", in_root("sub")), 0);
	ck_assert(!outfiles_commit(files, 3, &error));
	ck_assert_ptr_nonnull(strstr(error.text, "two: cannot be written: Not a directory"));
	ck_assert_int_eq(readlink(in_root("one"), to, sizeof(to)), 4);
	expect_contents(in_root("real/two"), "old");
	ck_assert_uint_eq(names_in_root(), 3);
	ck_assert_int_eq(unlink(in_root("real/two")), 0);
	ck_assert_int_eq(rmdir(in_root("real")), 0); /* there is nothing else in it */
}
END_TEST

/* Of another's file nobody may make a second name (proc(5), protected_hardlinks), nor is there one
 * on some file systems. */
static int
fail_without_links(void)
{
	struct error error = {0};
	struct outfile *files[2];

	if (geteuid() == 0 && setuid(65534) != 0)
		return 2;
	begin_two(files, 2);
	if (mkdir(in_root("two"), 0777) != 0 || outfiles_commit(files, 2, &error))
		return 1;
	return strstr(error.text, "two: cannot be written: Is a directory") != NULL ? 0 : 3;
}

START_TEST(test_several_without_links)
{
	pid_t child;
	int status;

	put(in_root("one"), "kept");
	chmod(in_root("one"), 0222);
	chmod(root, 0777);
	child = fork();
	if (child == 0)
		_exit(fail_without_links());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	chmod(in_root("one"), 0600);
	expect_contents(in_root("one"), "kept");
	ck_assert_uint_eq(names_in_root(), 2);
}
END_TEST

static void
add_chars(void *text, const char *chars, size_t length)
{
	text_add_bytes(text, chars, length);
}

/* What is beside a file and what has only TMPDIR have no name in either. */
START_TEST(test_set_aside)
{
	struct error error = {0};
	struct outfile *outfile = outfile_open(_i == 0 ? in_root("a") : "-", &error);
	struct outfile *aside;
	struct text text = {0};

	setenv("TMPDIR", _i == 0 ? "/nonexistent" : root, 1);
	aside = outfile_open_aside(outfile, &error);
	ck_assert_msg(aside != NULL, "%s", error.text);
	ck_assert_uint_eq(names_in_root(), 0);
	outfile_give_back(aside, add_chars, &text);
	ck_assert_uint_eq(text.length, 0);
	for (unsigned i = 0; i < 20000; i++)
		fprintf(outfile_stream(aside), "%09u\n", i);
	outfile_give_back(aside, add_chars, &text);
	ck_assert_uint_eq(text.length, 200000);
	ck_assert_str_eq(text.chars + 199990, "000019999\n");
	fputs("more", outfile_stream(aside));
	text_clear(&text);
	outfile_give_back(aside, add_chars, &text);
	ck_assert_uint_eq(text.length, 200004);
	ck_assert(outfile_complete(aside, &error));
	outfile_abandon(aside);
	outfile_abandon(outfile);
	ck_assert_uint_eq(names_in_root(), 0);
	unsetenv("TMPDIR");
	text_free(&text);
}
END_TEST

START_TEST(test_nowhere_aside)
{
	struct error error = {0};

	setenv("TMPDIR", "/nonexistent", 1);
	ck_assert_ptr_null(outfile_open_aside(NULL, &error));
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_str_eq(error.text, "/nonexistent: cannot be written: No such file or directory");
	unsetenv("TMPDIR");
}
END_TEST

/* RLIMIT_FSIZE is the full disk of a test. */
START_TEST(test_limit_of_what_is_aside)
{
	struct rlimit before, little;
	struct error error = {0};
	struct outfile *aside = outfile_open_aside(NULL, &error);
	struct text text = {0};

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	little = (struct rlimit){1000, before.rlim_max};
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
	for (unsigned i = 0; i < 2000; i++)
		fputc('a', outfile_stream(aside));
	outfile_give_back(aside, add_chars, &text);
	setrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_DFL);
	ck_assert_uint_eq(text.length, 0);
	ck_assert(!outfile_complete(aside, &error));
	ck_assert_ptr_nonnull(strstr(error.text, "cannot be written: File too large"));
	outfile_abandon(aside);
	text_free(&text);
}
END_TEST

Suite *
outfile_suite(void)
{
	Suite *suite = suite_create("outfile");
	TCase *written = tcase_create("written whole"), *kinds = tcase_create("kinds of file");

	tcase_add_checked_fixture(written, make_root, remove_root);
	tcase_add_test(written, test_name_comes_with_commit);
	tcase_add_test(written, test_abandoned_leaves_what_was_there);
	tcase_add_test(written, test_incomplete_leaves_what_was_there);
	tcase_add_test(written, test_completed_by_a_child);
	tcase_add_test(written, test_replaces_whole);
	tcase_add_test(written, test_restart);
	tcase_add_test(written, test_mode);
	tcase_add_test(written, test_limit);
	tcase_add_test(written, test_without_proc);
	tcase_add_test(written, test_name_taken_meanwhile);
	tcase_add_test(written, test_several_together);
	tcase_add_test(written, test_several_or_none);
	tcase_add_test(written, test_several_replace);
	tcase_add_test(written, test_several_come_back);
	tcase_add_test(written, test_several_without_links);
	tcase_add_loop_test(written, test_set_aside, 0, 2);
	tcase_add_test(written, test_nowhere_aside);
	tcase_add_test(written, test_limit_of_what_is_aside);
	suite_add_tcase(suite, written);
	tcase_add_checked_fixture(kinds, make_root, remove_root);
	tcase_add_test(kinds, test_name_in_the_working_directory);
	tcase_add_test(kinds, test_symbolic_links);
	tcase_add_test(kinds, test_refusals);
	tcase_add_test(kinds, test_a_file_that_may_not_be_written);
	tcase_add_test(kinds, test_devices);
	tcase_add_test(kinds, test_fifo);
	tcase_add_test(kinds, test_own_output);
	suite_add_tcase(suite, kinds);
	return suite;
}
