#include "analyzer/capture/digest.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/file_for_test.h"

Suite *digest_suite(void);

struct seen {
	uint64_t position;
	unsigned times;
};

static void
see(void *state, uint64_t position)
{
	struct seen *seen = state;

	ck_assert_uint_gt(position, seen->position);
	seen->position = position;
	seen->times++;
}

static const struct {
	size_t length; /* of so many letters a */
	const char *text;
} digests[] = {
    {0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {1, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"},
    /* FIPS 180-2, B.3; more than one read */
    {1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

START_TEST(test_digests)
{
	char name[] = "/tmp/smbtriage-test-XXXXXX", text[DIGEST_TEXT_SIZE];
	int fd = mkstemp(name);
	FILE *out = fdopen(fd, "wb");
	struct error error = {0};
	struct seen seen = {0};
	const struct digest_watch watch = {see, &seen};

	ck_assert_ptr_nonnull(out);
	for (size_t i = 0; i < digests[_i].length; i++)
		fputc('a', out);
	fclose(out);
	ck_assert(digest_file(name, &watch, text, &error));
	ck_assert_str_eq(text, digests[_i].text);
	ck_assert_uint_eq(seen.position, digests[_i].length);
	ck_assert_int_eq(seen.times > 1, digests[_i].length > 1);
	memset(text, 0, sizeof(text));
	ck_assert(digest_file(name, NULL, text, &error));
	ck_assert_str_eq(text, digests[_i].text);
	unlink(name);
}
END_TEST

static const struct {
	const char *path, *text;
} unreadable[] = {
    {"/nonexistent/a.pcap", "/nonexistent/a.pcap: No such file or directory"},
    {"/tmp", "/tmp: Is a directory"},
    {"/proc/self/mem", "/proc/self/mem: Input/output error"}, /* opens, but nothing is at 0 */
};

START_TEST(test_unreadable)
{
	char text[DIGEST_TEXT_SIZE] = "untouched";
	struct error error = {0};

	ck_assert(!digest_file(unreadable[_i].path, NULL, text, &error));
	ck_assert_int_eq(error.status, EXIT_INPUT);
	ck_assert_str_eq(error.text, unreadable[_i].text);
	ck_assert_str_eq(text, "untouched");
}
END_TEST

Suite *
digest_suite(void)
{
	Suite *suite = suite_create("digest");
	TCase *tests = tcase_create("digest");

	tcase_add_loop_test(tests, test_digests, 0, (int)COUNT(digests));
	tcase_add_loop_test(tests, test_unreadable, 0, (int)COUNT(unreadable));
	suite_add_tcase(suite, tests);
	return suite;
}
