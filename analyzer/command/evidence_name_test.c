#include "analyzer/command/evidence_name.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *evidence_name_suite(void);

static const struct {
	const char *path, *folder, *name;
} rows[] = {
    {"a/client.pcapng", "out", "out/client.pcapng"},
    {"client.pcap", "out/", "out/client.pcapng"},
    {"client.cap.gz", "out", "out/client.pcapng"},
    {"/x/client.pcapng.zst", "/", "/client.pcapng"},
    {"client.pcap.lz4", "out", "out/client.pcapng"},
    {"client", "out", "out/client.pcapng"},
    {"trace.pcap12", "out", "out/trace.pcap12.pcapng"},
    {"site.server.pcapng", "out", "out/site.server.pcapng"},
    {".pcap", "out", "out/.pcap.pcapng"},
};

START_TEST(test_name)
{
	const char *const paths[] = {rows[_i].path, "zz"};
	struct arena arena = {0};
	const char *names[2];

	evidence_names(paths, COUNT(paths), rows[_i].folder, &arena, names);
	ck_assert_str_eq(names[0], rows[_i].name);
	arena_free(&arena);
}
END_TEST

START_TEST(test_single)
{
	const char *const path = "client.pcap";
	struct arena arena = {0};
	const char *name;

	evidence_names(&path, 1, "out", &arena, &name);
	ck_assert_str_eq(name, "out");
	arena_free(&arena);
}
END_TEST

/* Some file systems take small letters and capitals for one. */
START_TEST(test_one_name)
{
	static const char *const paths[] = {"a/x.pcap", "b/x.pcapng.gz", "x-2.cap", "X.pcap"};
	static const char *const wanted[] = {
	    "out/x.pcapng", "out/x-2.pcapng", "out/x-2-2.pcapng", "out/X-3.pcapng"};
	struct arena arena = {0};
	const char *names[COUNT(paths)];

	evidence_names(paths, COUNT(paths), "out", &arena, names);
	for (size_t i = 0; i < COUNT(paths); i++)
		ck_assert_str_eq(names[i], wanted[i]);
	arena_free(&arena);
}
END_TEST

Suite *
evidence_name_suite(void)
{
	Suite *suite = suite_create("evidence_name");
	TCase *tcase = tcase_create("evidence_name");

	tcase_add_loop_test(tcase, test_name, 0, COUNT(rows));
	tcase_add_test(tcase, test_single);
	tcase_add_test(tcase, test_one_name);
	suite_add_tcase(suite, tcase);
	return suite;
}
