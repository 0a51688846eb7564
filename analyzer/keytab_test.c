#include "analyzer/keytab.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/keytab_bench.h"

Suite *keytab_suite(void);

#define PATH_TEMPLATE "/tmp/keytab_test.XXXXXX"

/* Opens a file of these bytes. */
static struct keytab *
open_bytes(const void *bytes, size_t length, struct error *error)
{
	char path[] = PATH_TEMPLATE;
	int fd = mkstemp(path);
	struct keytab *keytab;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
	close(fd);
	keytab = keytab_open(path, error);
	ck_assert_int_eq(strncmp(error->text, path, keytab ? 0 : strlen(path)), 0);
	unlink(path);
	return keytab;
}

#if !defined(SMBTRIAGE_KRB5)

START_TEST(test_unsupported)
{
	struct error error = {0};
	struct kerberos_key key = {.etype = 17, .length = 16};
	struct span cipher = {"123456789012345678901234567890", 30};
	uint8_t plain[30];
	size_t length;

	ck_assert(!keytab_is_supported);
	ck_assert_ptr_null(open_bytes("\5\2", 2, &error));
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_ptr_nonnull(strstr(error.text, "libkrb5"));
	ck_assert(!keytab_decrypt(&key, 2, cipher, plain, &length));
}
END_TEST

Suite *
keytab_suite(void)
{
	Suite *suite = suite_create("keytab");
	TCase *tests = tcase_create("keytab");

	tcase_add_test(tests, test_unsupported);
	suite_add_tcase(suite, tests);
	return suite;
}

#else

/* clang-format off */

/* A file as old programs and new ones write it. */
static const uint8_t sample[] = {
	0x05, 0x02, /* version 2 */
	0x00, 0x00, 0x00, 0x31, /* an entry of 49 bytes */
	0x00, 0x02, /* two components */
	0x00, 0x03, 'L', 'A', 'B', /* realm */
	0x00, 0x04, 'c', 'i', 'f', 's', 0x00, 0x03, 'f', 's', '1',
	0x00, 0x00, 0x00, 0x01, /* name type */
	0x5f, 0x00, 0x00, 0x00, /* timestamp */
	0x07, /* kvno */
	0x00, 0x11, 0x00, 0x10, /* aes128-cts-hmac-sha1-96, 16 bytes */
	0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
	0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50,
	0x00, 0x00, /* the entry is smaller than its place */
	0xff, 0xff, 0xff, 0xfd, /* a hole of 3 bytes */
	0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x29, /* an entry of 41 bytes */
	0x00, 0x01, /* one component */
	0x00, 0x01, 'L', /* realm */
	0x00, 0x01, 'a',
	0x00, 0x00, 0x00, 0x01,
	0x00, 0x00, 0x00, 0x00,
	0x2c, /* the lowest 8 bits of kvno 300 */
	0x00, 0x17, 0x00, 0x10, /* rc4-hmac, 16 bytes */
	0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
	0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10,
	0x00, 0x00, 0x01, 0x2c, /* kvno 300 */
	0x00, 0x00, 0x00, 0x00, /* the end */
	'r', 'u', 'b', 'b', 'i', 's', 'h',
};
#define SAMPLE_LENGTH (sizeof(sample) - 7)

/* clang-format on */

static struct keytab_proposal
propose(const struct keytab *keytab, int32_t etype, int kvno, const char *service)
{
	struct keytab_wanted wanted = {.etype = etype, .service = service, .realm = "LAB"};

	if (kvno >= 0)
		wanted.kvno = known((uint64_t)kvno);
	return keytab_propose(keytab, &wanted);
}

START_TEST(test_sample)
{
	struct error error = {0};
	struct keytab *keytab = open_bytes(sample, sizeof(sample), &error);
	struct keytab_proposal proposal;

	ck_assert_msg(keytab != NULL, "%s", error.text);
	proposal = propose(keytab, 17, 7, "cifs/fs1");
	ck_assert_uint_eq(proposal.count, 1);
	ck_assert_int_eq(proposal.match, KEYTAB_SAME);
	ck_assert_int_eq(proposal.keys[0]->etype, 17);
	ck_assert_uint_eq(proposal.keys[0]->length, 16);
	ck_assert_mem_eq(proposal.keys[0]->bytes, "ABCDEFGHIJKLMNOP", 16);
	proposal = propose(keytab, 23, 300, "cifs/fs1");
	ck_assert_uint_eq(proposal.count, 1);
	ck_assert_int_eq(proposal.match, KEYTAB_OF_OTHERS);
	ck_assert_uint_eq(proposal.keys[0]->bytes[15], 0x10);
	proposal = propose(keytab, 18, 7, "cifs/fs1");
	ck_assert_uint_eq(proposal.count, 0);
	ck_assert_int_eq(proposal.match, KEYTAB_NONE);
	keytab_free(keytab);
}
END_TEST

/* What names, case and versions count for; a version of 8 bits stands for all that end so. */
static const struct match_case {
	int32_t etype;
	int kvno; /* -1: not known */
	const char *service;
	const char *realm;
	enum keytab_match match;
} match_cases[] = {
    {17, 7, "cifs/fs1", "LAB", KEYTAB_SAME},
    {17, 7, "CIFS/FS1", "lab", KEYTAB_SAME},
    {17, 7, "cifs/fs1", NULL, KEYTAB_SAME},
    {17, -1, "cifs/fs1", "LAB", KEYTAB_SAME},
    {17, 0x107, "cifs/fs1", "LAB", KEYTAB_SAME},
    {17, 8, "cifs/fs1", "LAB", KEYTAB_OTHER_KVNO},
    {17, 7, "cifs/fs1", "OTHER", KEYTAB_OF_OTHERS},
    {17, 7, "cifs", "LAB", KEYTAB_OF_OTHERS},
    {17, 7, NULL, NULL, KEYTAB_OF_OTHERS},
    {23, 300, "a", "L", KEYTAB_SAME},
    {23, 44, "a", "L", KEYTAB_OTHER_KVNO},
    {16, 300, "a", "L", KEYTAB_NONE},
};

START_TEST(test_match)
{
	const struct match_case *test = &match_cases[_i];
	struct keytab_wanted wanted = {
	    .etype = test->etype, .service = test->service, .realm = test->realm};
	struct error error = {0};
	struct keytab *keytab = open_bytes(sample, sizeof(sample), &error);

	if (test->kvno >= 0)
		wanted.kvno = known((uint64_t)test->kvno);
	ck_assert_int_eq(keytab_propose(keytab, &wanted).match, test->match);
	keytab_free(keytab);
}
END_TEST

/* No beginning of the file but those that end behind an entry is one; behind the last it ends. */
START_TEST(test_every_prefix)
{
	for (size_t length = 0; length < SAMPLE_LENGTH; length++) {
		bool is_whole = length == 55 || length == 62 || length == 107;
		struct error error = {0};
		struct keytab *keytab = open_bytes(sample, length, &error);

		ck_assert_msg((keytab != NULL) == is_whole, "%zu: %s", length, error.text);
		if (!is_whole)
			ck_assert_int_eq(error.status, EXIT_USAGE);
		keytab_free(keytab);
	}
}
END_TEST

START_TEST(test_every_corruption)
{
	static const uint8_t flips[] = {0x01, 0x80, 0xff};
	uint8_t bytes[sizeof(sample)];
	unsigned refused = 0;

	memcpy(bytes, sample, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		for (size_t j = 0; j < sizeof(flips); j++) {
			struct error error = {0};
			struct keytab *keytab;

			bytes[i] ^= flips[j];
			keytab = open_bytes(bytes, sizeof(bytes), &error);
			refused += keytab == NULL;
			keytab_free(keytab);
			bytes[i] ^= flips[j];
		}
	ck_assert_uint_gt(refused, 20);
}
END_TEST

static const struct refused_case {
	size_t length;
	const char *bytes;
	const char *words;
} refused_cases[] = {
    {0, "", "this is not a keytab"},
    {1, "\5", "this is not a keytab"},
    {10, "not a file", "this is not a keytab"},
    {2, "\5\1", "version 1"},
    {2, "\5\2", "the keytab has no keys"},
    {6, "\5\2\0\0\0\0", "the keytab has no keys"},
    {10, "\5\2\xff\xff\xff\xfc\0\0\0\0", "the keytab has no keys"},
    {6, "\5\2\x80\0\0\0", "the keytab ends within entry 1"},
    {6, "\5\2\x7f\xff\xff\xff", "the keytab ends within entry 1"},
    {5, "\5\2\0\0\0", "the keytab ends within entry 1"},
    {10, "\5\2\0\0\0\4\0\1\0\7", "entry 1 of the keytab is damaged"},
    {10, "\5\2\0\0\0\4\xff\xff\0\0", "entry 1 of the keytab is damaged"},
    /* a key of no bytes */
    {23, "\5\2\0\0\0\x11\0\0\0\0\0\0\0\1\0\0\0\0\1\0\x12\0\0", "the keytab has no keys"},
};

START_TEST(test_refused)
{
	const struct refused_case *test = &refused_cases[_i];
	struct error error = {0};

	ck_assert_ptr_null(open_bytes(test->bytes, test->length, &error));
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_msg(strstr(error.text, test->words) != NULL, "%s", error.text);
}
END_TEST

START_TEST(test_no_file)
{
	struct error error = {0};

	ck_assert_ptr_null(keytab_open("/tmp/no/such/keytab", &error));
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_str_eq(error.text, "/tmp/no/such/keytab: No such file or directory");
	ck_assert_ptr_null(keytab_open("/tmp", &error));
	ck_assert_str_eq(error.text, "/tmp: Is a directory");
}
END_TEST

START_TEST(test_too_large)
{
	uint8_t *bytes = mem_alloc(KEYTAB_MOST_BYTES + 1, 1);
	struct error error = {0};
	struct keytab *keytab;

	memcpy(bytes, sample, sizeof(sample));
	keytab = open_bytes(bytes, KEYTAB_MOST_BYTES, &error);
	ck_assert_ptr_nonnull(keytab);
	keytab_free(keytab);
	ck_assert_ptr_null(open_bytes(bytes, KEYTAB_MOST_BYTES + 1, &error));
	ck_assert_ptr_nonnull(strstr(error.text, "larger than a keytab may be"));
	mem_free(bytes);
}
END_TEST

/* One by libkrb5: the nearest key first, each key once. */
START_TEST(test_order)
{
	static const struct bench_entry entries[] = {
	    {"HTTP/web@LAB", 2, 18, 1},
	    {"HTTP/web@LAB", 3, 18, 2},
	    {"cifs/fs1@LAB", 1, 18, 3},
	    {"cifs/fs1@LAB", 3, 17, 4},
	    {"cifs/fs1@LAB", 3, 18, 5},
	    {"host/fs1@LAB", 3, 18, 5}, /* the same account */
	    {"cifs/fs1@LAB", 300, 18, 6},
	};
	static const uint8_t seeds[] = {5, 3, 6, 2, 1};
	struct keytab *keytab = bench_keytab(entries, COUNT(entries));
	struct keytab_proposal proposal = propose(keytab, 18, 3, "cifs/fs1");
	struct kerberos_key key;

	ck_assert_int_eq(proposal.match, KEYTAB_SAME);
	ck_assert_uint_eq(proposal.count, COUNT(seeds));
	ck_assert(!proposal.has_more);
	for (size_t i = 0; i < COUNT(seeds); i++) {
		key = bench_key(18, seeds[i]);
		ck_assert_mem_eq(proposal.keys[i]->bytes, key.bytes, key.length);
	}
	key = bench_key(18, 6);
	proposal = propose(keytab, 18, 300, "cifs/fs1");
	ck_assert_int_eq(proposal.match, KEYTAB_SAME);
	ck_assert_mem_eq(proposal.keys[0]->bytes, key.bytes, key.length);
	keytab_free(keytab);
}
END_TEST

/* However many keys there are, a ticket costs no more; the right ones are not crowded out. */
START_TEST(test_many)
{
	struct bench_entry entries[KEYTAB_MOST_PROPOSED + 8];
	struct keytab *keytab;
	struct keytab_proposal proposal;
	struct kerberos_key last;

	for (size_t i = 0; i < COUNT(entries); i++)
		entries[i] =
		    (struct bench_entry){"host/other@LAB", (krb5_kvno)i + 1, 17, (uint8_t)i};
	entries[COUNT(entries) - 1].principal = "cifs/fs1@LAB";
	keytab = bench_keytab(entries, COUNT(entries));
	proposal = propose(keytab, 17, 99, "cifs/fs1");
	last = bench_key(17, COUNT(entries) - 1);
	ck_assert_uint_eq(proposal.count, KEYTAB_MOST_PROPOSED);
	ck_assert(proposal.has_more);
	ck_assert_int_eq(proposal.match, KEYTAB_OTHER_KVNO);
	ck_assert_mem_eq(proposal.keys[0]->bytes, last.bytes, last.length);
	keytab_free(keytab);
}
END_TEST

/* aes256 and aes128 of RFC 3962 and RFC 8009, rc4-hmac, camellia of RFC 6803. */
static const int32_t etypes[] = {18, 17, 20, 19, 23, 26};

START_TEST(test_decrypt)
{
	struct kerberos_key key = bench_key(etypes[_i], 1), other = bench_key(etypes[_i], 2);
	uint8_t cipher[100], plain[100];
	size_t length = bench_encrypt(&key, 11, "forty-two", 9, cipher, sizeof(cipher));
	size_t plain_length = 0;

	ck_assert(keytab_decrypt(&key, 11, (struct span){cipher, length}, plain, &plain_length));
	ck_assert_uint_eq(plain_length, 9);
	ck_assert_mem_eq(plain, "forty-two", 9);
	ck_assert(!keytab_decrypt(&key, 2, (struct span){cipher, length}, plain, &plain_length));
	ck_assert(!keytab_decrypt(&other, 11, (struct span){cipher, length}, plain, &plain_length));
	for (size_t cut = 0; cut < length; cut++)
		ck_assert(
		    !keytab_decrypt(&key, 11, (struct span){cipher, cut}, plain, &plain_length));
	for (size_t i = 0; i < length; i++) {
		cipher[i] ^= 0x10;
		ck_assert(
		    !keytab_decrypt(&key, 11, (struct span){cipher, length}, plain, &plain_length));
		cipher[i] ^= 0x10;
	}
	ck_assert_uint_eq(plain_length, 9); /* untouched on failure */
}
END_TEST

/* The length of a key is a file's word, or a peer's. */
START_TEST(test_wrong_lengths)
{
	struct kerberos_key key = bench_key(18, 1);
	uint8_t cipher[100], plain[100];
	size_t length = bench_encrypt(&key, 2, "x", 1, cipher, sizeof(cipher));

	for (key.length = 0; key.length < 32; key.length++)
		ck_assert(!keytab_decrypt(&key, 2, (struct span){cipher, length}, plain, &length));
	for (key.etype = -1; key.etype < 40; key.etype++)
		if (key.etype != 18)
			ck_assert(!keytab_decrypt(
			    &key, 2, (struct span){cipher, length}, plain, &length));
}
END_TEST

Suite *
keytab_suite(void)
{
	Suite *suite = suite_create("keytab");
	TCase *tests = tcase_create("keytab");

	tcase_add_test(tests, test_sample);
	tcase_add_loop_test(tests, test_match, 0, COUNT(match_cases));
	tcase_add_test(tests, test_every_prefix);
	tcase_add_test(tests, test_every_corruption);
	tcase_add_loop_test(tests, test_refused, 0, COUNT(refused_cases));
	tcase_add_test(tests, test_no_file);
	tcase_add_test(tests, test_too_large);
	tcase_add_test(tests, test_order);
	tcase_add_test(tests, test_many);
	tcase_add_loop_test(tests, test_decrypt, 0, COUNT(etypes));
	tcase_add_test(tests, test_wrong_lengths);
	suite_add_tcase(suite, tests);
	return suite;
}

#endif
