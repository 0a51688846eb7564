#include "analyzer/inputs.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/basics.h"

Suite *inputs_suite(void);

#define ROOT_TEMPLATE "/tmp/inputs_test.XXXXXX"

static char root[] = ROOT_TEMPLATE;

/* What stands below the folder; a name that ends in '/' is a folder. */
static const char *const tree[] = {"b.pcap", "a/", "a/2.pcap", "a/10.pcap", "a/deep/",
    "a/deep/x.pcapng", "B.pcap", ".hidden", ".git/", ".git/objects", "empty/", "\xc3\xa4.pcap"};

static const char *
below_root(char path[200], const char *name)
{
	snprintf(path, 200, "%s/%s", root, name);
	return path;
}

static void
make_tree(void)
{
	char path[200];
	FILE *file;

	strcpy(root, ROOT_TEMPLATE); /* mkdtemp() fills it in, and tests may share a process */
	ck_assert_ptr_nonnull(mkdtemp(root));
	for (size_t i = 0; i < COUNT(tree); i++) {
		below_root(path, tree[i]);
		if (tree[i][strlen(tree[i]) - 1] == '/') {
			ck_assert_int_eq(mkdir(path, 0700), 0);
			continue;
		}
		file = fopen(path, "w");
		ck_assert_ptr_nonnull(file);
		fclose(file);
	}
	ck_assert_int_eq(symlink("b.pcap", below_root(path, "link.pcap")), 0);
	ck_assert_int_eq(symlink("nowhere", below_root(path, "broken.pcap")), 0);
	ck_assert_int_eq(mkfifo(below_root(path, "pipe"), 0600), 0);
}

static void
remove_tree(void)
{
	static const char *const links[] = {"link.pcap", "broken.pcap", "pipe", "loop", "a/again"};
	char path[200];

	for (size_t i = 0; i < COUNT(links); i++)
		unlink(below_root(path, links[i]));
	for (size_t i = COUNT(tree); i-- != 0;)
		remove(below_root(path, tree[i]));
	rmdir(root);
}

/* Every file, by the bytes of the names; hidden ones, pipes and broken links are left out. */
static const char *const expected[] = {
    "B.pcap", "a/10.pcap", "a/2.pcap", "a/deep/x.pcapng", "b.pcap", "link.pcap", "\xc3\xa4.pcap"};

static void
check_walk(const char *argument)
{
	struct input_list list = {0};
	struct error error = {0};
	char path[200];

	ck_assert_msg(inputs_add(&list, argument, &error), "%s", error.text);
	ck_assert_uint_eq(list.count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		ck_assert_str_eq(list.items[i].path, below_root(path, expected[i]));
		ck_assert_str_eq(list.items[i].name, expected[i]);
		ck_assert(list.items[i].is_found);
	}
	inputs_free(&list);
	ck_assert_uint_eq(list.count, 0);
}

START_TEST(test_folder)
{
	char path[200];

	check_walk(root);
	check_walk(below_root(path, "")); /* slashes at the end are not doubled */
	check_walk(below_root(path, "//"));
}
END_TEST

START_TEST(test_arguments_in_their_order)
{
	struct input_list list = {0};
	struct error error = {0};
	char one[200], other[200];

	below_root(one, "b.pcap");
	below_root(other, "B.pcap");
	ck_assert(inputs_add(&list, one, &error));
	ck_assert(inputs_add(&list, "-", &error));
	ck_assert(inputs_add(&list, other, &error));
	ck_assert_uint_eq(list.count, 3);
	ck_assert_str_eq(list.items[0].path, one);
	ck_assert_ptr_ne(list.items[0].path, one); /* a copy */
	ck_assert_str_eq(list.items[1].path, "-");
	ck_assert_str_eq(list.items[2].path, other);
	ck_assert_str_eq(list.items[0].name, "b.pcap");
	ck_assert_str_eq(list.items[1].name, "-");
	for (size_t i = 0; i < 3; i++)
		ck_assert(!list.items[i].is_found);
	inputs_free(&list);
}
END_TEST

/* Of a file, and of standard input where that is one; a pipe has none. */
START_TEST(test_sizes)
{
	struct input_list list = {0};
	struct error error = {0};
	char path[200];
	FILE *file = fopen(below_root(path, "b.pcap"), "w");
	int original = dup(STDIN_FILENO);

	ck_assert_int_eq(fputs("twelve bytes", file), 1);
	fclose(file);
	ck_assert_ptr_nonnull(freopen(path, "r", stdin));
	ck_assert(inputs_add(&list, path, &error));
	ck_assert(inputs_add(&list, "-", &error));
	ck_assert(inputs_add(&list, below_root(path, "pipe"), &error));
	ck_assert(inputs_add(&list, root, &error));
	ck_assert_uint_eq(list.items[0].size, 12);
	ck_assert_uint_eq(list.items[1].size, 12);
	ck_assert_uint_eq(list.items[2].size, 0);
	ck_assert_uint_eq(list.items[3].size, 0); /* B.pcap is empty */
	ck_assert_uint_eq(list.items[7].size, 12);
	ck_assert_int_ge(dup2(original, STDIN_FILENO), 0);
	close(original);
	inputs_free(&list);
}
END_TEST

/* What was named is taken whatever it is called. */
START_TEST(test_named_hidden_file)
{
	struct input_list list = {0};
	struct error error = {0};
	char path[200];

	ck_assert(inputs_add(&list, below_root(path, ".hidden"), &error));
	ck_assert_uint_eq(list.count, 1);
	ck_assert(inputs_add(&list, below_root(path, ".git"), &error));
	ck_assert_uint_eq(list.count, 2);
	ck_assert(inputs_add(&list, below_root(path, "empty"), &error));
	ck_assert_uint_eq(list.count, 2);
	inputs_free(&list);
}
END_TEST

START_TEST(test_not_there)
{
	struct input_list list = {0};
	struct error error = {0};
	char path[200];

	ck_assert(!inputs_add(&list, below_root(path, "nothing.pcap"), &error));
	ck_assert_int_eq(error.status, EXIT_INPUT);
	ck_assert_ptr_nonnull(strstr(error.text, "nothing.pcap"));
	ck_assert_ptr_nonnull(strstr(error.text, "No such file"));
	ck_assert_uint_eq(list.count, 0);
	inputs_free(&list);
}
END_TEST

/* Each folder is walked once, in whatever way links lead to it: two to the folder itself would else
 * make 2^32 ways through it. */
START_TEST(test_loop)
{
	struct input_list list = {0};
	struct error error = {0};
	char path[200];

	ck_assert_int_eq(symlink(".", below_root(path, "loop")), 0);
	ck_assert_int_eq(symlink("../a", below_root(path, "a/again")), 0);
	ck_assert(inputs_add(&list, root, &error));
	ck_assert_uint_eq(list.count, COUNT(expected));
	ck_assert(inputs_add(&list, root, &error)); /* as another operand */
	ck_assert_uint_eq(list.count, 2 * COUNT(expected));
	inputs_free(&list);
}
END_TEST

/* A name too long for the system, behind a link: it can be listed and not looked at. */
START_TEST(test_found_unreadable)
{
	struct input_list list = {0};
	struct error error = {0};
	char path[200], name[300];

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(symlink(name, below_root(path, "loop")), 0);
	ck_assert(inputs_add(&list, root, &error));
	ck_assert_uint_eq(list.count, COUNT(expected) + 1);
	ck_assert_str_eq(list.items[6].name, "loop");
	ck_assert_str_eq(list.items[6].problem, "File name too long");
	ck_assert_ptr_null(list.items[5].problem);
	inputs_free(&list);
}
END_TEST

Suite *
inputs_suite(void)
{
	Suite *suite = suite_create("inputs");
	TCase *tcase = tcase_create("inputs");

	tcase_add_checked_fixture(tcase, make_tree, remove_tree);
	tcase_add_test(tcase, test_folder);
	tcase_add_test(tcase, test_arguments_in_their_order);
	tcase_add_test(tcase, test_sizes);
	tcase_add_test(tcase, test_named_hidden_file);
	tcase_add_test(tcase, test_not_there);
	tcase_add_test(tcase, test_loop);
	tcase_add_test(tcase, test_found_unreadable);
	suite_add_tcase(suite, tcase);
	return suite;
}
