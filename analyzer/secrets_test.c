#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/secrets.h"

Suite *secrets_suite(void);

static const struct pair_case {
	const char *text;
	uint64_t session_id;
	size_t length;
	const char *wrong; /* part of the sentence, or NULL */
} pair_cases[] = {
    {"0x2c000000009d=00112233445566778899aabbccddeeff", 0x2c000000009d, 16, NULL},
    {"0X2C000000009D=00112233445566778899AABBCCDDEEFF", 0x2c000000009d, 16, NULL},
    {"17=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 17, 32, NULL},
    {"0xffffffffffffffff=00", UINT64_MAX, 1, NULL},
    {"", 0, 0, "there is no '='"},
    {"=00", 0, 0, "the session is no number"},
    {"0x=00", 0, 0, "the session is no number"},
    {"-1=00", 0, 0, "the session is no number"},
    {" 1=00", 0, 0, "the session is no number"},
    {"1 =00", 0, 0, "the session is no number"},
    {"0x10000000000000000=00", 0, 0, "the session is no number"},
    {"1=", 0, 0, "no key follows"},
    {"1=001", 0, 0, "odd number"},
    {"1=c0ffeg", 0, 0, "not all hexadecimal"},
};

START_TEST(test_pairs)
{
	const struct pair_case *test = &pair_cases[_i];
	struct secrets *secrets = secrets_new();
	struct error error = {0};
	bool is_taken = secrets_add_session_key(secrets, test->text, &error);

	ck_assert_int_eq(is_taken, test->wrong == NULL);
	ck_assert_uint_eq(secrets_session_key(secrets, test->session_id).length, test->length);
	if (test->wrong != NULL) {
		ck_assert_ptr_nonnull(strstr(error.text, test->wrong));
		ck_assert_ptr_null(strstr(error.text, "c0ff"));
		ck_assert_int_eq(error.status, EXIT_USAGE);
	}
	secrets_free(secrets);
}
END_TEST

START_TEST(test_bytes)
{
	static const uint8_t expected[] = {0x01, 0xab, 0xFF};
	struct secrets *secrets = secrets_new();
	struct error error = {0};
	struct span key;

	ck_assert(secrets_add_session_key(secrets, "5=00", &error));
	ck_assert(secrets_add_session_key(secrets, "5=01aBfF", &error)); /* the latest holds */
	key = secrets_session_key(secrets, 5);
	ck_assert_uint_eq(key.length, sizeof(expected));
	ck_assert_mem_eq(key.bytes, expected, sizeof(expected));
	ck_assert_uint_eq(secrets_session_key(secrets, 6).length, 0);
	secrets_free(secrets);
}
END_TEST

START_TEST(test_too_long)
{
	char text[3 + 2 * SECRETS_MOST_KEY + 3] = "1=";
	struct secrets *secrets = secrets_new();
	struct error error = {0};

	memset(text + 2, 'a', 2 * SECRETS_MOST_KEY);
	ck_assert(secrets_add_session_key(secrets, text, &error));
	memset(text + 2, 'a', 2 * SECRETS_MOST_KEY + 2);
	ck_assert(!secrets_add_session_key(secrets, text, &error));
	secrets_free(secrets);
}
END_TEST

static const struct file_case {
	const char *lines;
	const char *wrong; /* how the sentence goes on after the path, or NULL */
	size_t length;     /* of the key of session 2 */
} file_cases[] = {
    {"# keys\n\n  1=00 # first\n\t0x2=0011\r\n", NULL, 2},
    {"2=00112233", NULL, 4}, /* no last newline */
    {"", NULL, 0},
    {"1=00\n2=0x\n", ":2: a line is SESSION=HEX: the key is not all hexadecimal digits", 0},
    {"1=00\n\nkey\n", ":3: a line is SESSION=HEX: there is no '='", 0},
};

START_TEST(test_file)
{
	const struct file_case *test = &file_cases[_i];
	char path[] = "/tmp/smbtriage-keys-XXXXXX";
	struct secrets *secrets = secrets_new();
	struct error error = {0};
	int file = mkstemp(path);
	bool is_taken;

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(
	    write(file, test->lines, strlen(test->lines)), (ssize_t)strlen(test->lines));
	close(file);
	is_taken = secrets_add_session_keys(secrets, path, &error);
	unlink(path);
	ck_assert_int_eq(is_taken, test->wrong == NULL);
	ck_assert_uint_eq(secrets_session_key(secrets, 2).length, test->length);
	if (test->wrong != NULL) {
		ck_assert_int_eq(strncmp(error.text, path, strlen(path)), 0);
		ck_assert_ptr_nonnull(strstr(error.text + strlen(path), test->wrong));
	}
	secrets_free(secrets);
}
END_TEST

START_TEST(test_no_file)
{
	struct secrets *secrets = secrets_new();
	struct error error = {0};

	ck_assert(!secrets_add_session_keys(secrets, "/nowhere/keys", &error));
	ck_assert_str_eq(error.text, "/nowhere/keys: No such file or directory");
	ck_assert(!secrets_add_keytab(secrets, "/nowhere/keytab", &error));
	ck_assert_ptr_null(secrets_keytab(secrets));
	secrets_free(secrets);
	secrets_free(NULL);
}
END_TEST

static const uint8_t one[16] = "one server's GUI", other[16] = "another one's GU";

static void
assert_kept(struct secrets *secrets, const uint8_t server[16], uint64_t session, const char *text)
{
	struct span kept = secrets_kept(secrets, server, session);

	ck_assert_uint_eq(kept.length, strlen(text));
	if (kept.length != 0)
		ck_assert_mem_eq(kept.bytes, text, kept.length);
}

START_TEST(test_kept)
{
	struct secrets *secrets = secrets_new();
	char bytes[] = "first";

	assert_kept(secrets, one, 1, "");
	secrets_keep(secrets, one, 1, (struct span){bytes, 5});
	memset(bytes, 'x', 5); /* it is a copy */
	assert_kept(secrets, one, 1, "first");
	assert_kept(secrets, one, 2, "");
	assert_kept(secrets, other, 1, "");
	ck_assert_uint_eq(secrets_session_key(secrets, 1).length, 0);
	secrets_keep(secrets, other, 1, (struct span){"another", 7});
	secrets_keep(secrets, one, 1, (struct span){"second", 6}); /* the first one holds */
	assert_kept(secrets, one, 1, "first");
	assert_kept(secrets, other, 1, "another");
	secrets_free(secrets);
}
END_TEST

/* No capture depends on another; what the operator gave stays. */
START_TEST(test_begin_capture)
{
	struct secrets *secrets = secrets_new();
	struct error error = {0};

	secrets_begin_capture(secrets);
	ck_assert(secrets_add_session_key(secrets, "1=00ff", &error));
	for (int capture = 0; capture < 2; capture++) {
		secrets_keep(secrets, one, 1, (struct span){capture == 0 ? "old" : "new", 3});
		assert_kept(secrets, one, 1, capture == 0 ? "old" : "new");
		secrets_begin_capture(secrets);
		assert_kept(secrets, one, 1, "");
	}
	ck_assert_uint_eq(secrets_session_key(secrets, 1).length, 2);
	secrets_free(secrets);
}
END_TEST

START_TEST(test_many_kept)
{
	struct secrets *secrets = secrets_new();

	for (uint64_t i = 0; i < 5000; i++)
		secrets_keep(secrets, i % 2 ? one : other, i / 2, (struct span){&i, sizeof(i)});
	for (uint64_t i = 0; i < 5000; i++) {
		struct span kept = secrets_kept(secrets, i % 2 ? one : other, i / 2);

		ck_assert_uint_eq(kept.length, sizeof(i));
		ck_assert_mem_eq(kept.bytes, &i, sizeof(i));
	}
	secrets_free(secrets);
}
END_TEST

Suite *
secrets_suite(void)
{
	Suite *suite = suite_create("secrets");
	TCase *tcase = tcase_create("secrets");

	tcase_add_loop_test(tcase, test_pairs, 0, (int)COUNT(pair_cases));
	tcase_add_test(tcase, test_bytes);
	tcase_add_test(tcase, test_too_long);
	tcase_add_loop_test(tcase, test_file, 0, (int)COUNT(file_cases));
	tcase_add_test(tcase, test_no_file);
	tcase_add_test(tcase, test_kept);
	tcase_add_test(tcase, test_begin_capture);
	tcase_add_test(tcase, test_many_kept);
	suite_add_tcase(suite, tcase);
	return suite;
}
