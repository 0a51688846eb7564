#include "analyzer/base/overlap.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"

Suite *overlap_suite(void);

/* The later segment against the earlier one, which is [10, 20): begins and ends before, at and
 * behind it. 'f': the first copy is read, 'l': the last. */
static const struct extent later[] = {
    {5, 15}, {5, 20}, {5, 25}, {10, 15}, {10, 20}, {10, 25}, {15, 18}, {15, 20}, {15, 25}};

static const struct {
	const char *policy, *read;
} models[] = {
    {"windows", "fffffffff"},
    {"first", "fffffffff"},
    {"last", "lllllllll"},
    {"windows2003", "lllffffff"},
    {"bsd", "lllffffff"},
    {"linux", "lllfflfff"},
    {"old-linux", "lllfllfff"},
    {"solaris", "fllfllffl"},
};

START_TEST(test_each_pair)
{
	const struct overlap_policy *policy = overlap_policy_called(models[_i].policy);
	const struct extent earlier = {10, 20};
	char read[COUNT(later) + 1] = {0};

	ck_assert_ptr_nonnull(policy);
	for (size_t i = 0; i < COUNT(later); i++)
		read[i] = policy->takes_later(&earlier, &later[i]) ? 'l' : 'f';
	ck_assert_str_eq(read, models[_i].read);
}
END_TEST

START_TEST(test_every_policy_has_a_model)
{
	ck_assert_uint_eq(overlap_policy_count, COUNT(models));
	ck_assert_str_eq(OVERLAP_DEFAULT->name, "windows");
	ck_assert_ptr_null(overlap_policy_called("windows95"));
}
END_TEST

static const char *
policy_of(const struct overlap_hosts *hosts, const char *receiver)
{
	struct addr addr;

	ck_assert(addr_parse(receiver, &addr));
	return overlap_policy_of(hosts, &addr)->name;
}

START_TEST(test_longest_prefix)
{
	static const char *const nets[][2] = {{"10.0.0.7", "linux"}, {"10.0.0.0/8", "bsd"},
	    {"10.0.0.0/8", "solaris"}, {"fe80::/10", "last"}};
	struct overlap_host items[COUNT(nets)];
	struct overlap_hosts hosts = {NULL, items, COUNT(items)};

	for (size_t i = 0; i < COUNT(nets); i++) {
		ck_assert(addr_parse_net(nets[i][0], &items[i].net));
		items[i].policy = overlap_policy_called(nets[i][1]);
	}
	ck_assert_str_eq(policy_of(&hosts, "10.0.0.7"), "linux");
	ck_assert_str_eq(policy_of(&hosts, "10.0.0.8"), "solaris");
	ck_assert_str_eq(policy_of(&hosts, "fe80::1"), "last");
	ck_assert_str_eq(policy_of(&hosts, "192.0.2.1"), "windows");
	hosts.others = overlap_policy_called("first");
	ck_assert_str_eq(policy_of(&hosts, "192.0.2.1"), "first");
}
END_TEST

Suite *
overlap_suite(void)
{
	Suite *suite = suite_create("overlap");
	TCase *tcase = tcase_create("overlap");

	tcase_add_loop_test(tcase, test_each_pair, 0, (int)COUNT(models));
	tcase_add_test(tcase, test_every_policy_has_a_model);
	tcase_add_test(tcase, test_longest_prefix);
	suite_add_tcase(suite, tcase);
	return suite;
}
