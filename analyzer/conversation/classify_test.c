#include "analyzer/conversation/classify.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

Suite *classify_suite(void);

/* A sample in a block of exactly its size; mem_free() gives it back. */
static struct payload_sample *
new_sample(const void *bytes, size_t length)
{
	struct payload_sample *sample = mem_alloc(1, sizeof(*sample) + length);

	sample->length = (uint32_t)length;
	memcpy(sample->bytes, bytes, length);
	return sample;
}

/* TLS 1.2 ClientHello (RFC 5246 7.4.1.2) without extensions. */
static const uint8_t client_hello[] = {
    0x16, 0x03, 0x01, 0x00, 0x2f,                   /* handshake record, 47 bytes */
    0x01, 0x00, 0x00, 0x2b,                         /* ClientHello, 43 bytes */
    0x03, 0x03,                                     /* TLS 1.2 */
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,  /* random */
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, /* … */
    27, 28, 29, 30, 31, 32,                         /* … */
    0x00,                                           /* no session id */
    0x00, 0x04, 0xc0, 0x2f, 0x00, 0xff,             /* two cipher suites */
    0x01, 0x00,                                     /* no compression */
};

#define NBSS_AND_A_HUNDRED_A                                \
	"\x00\x00\x00\x64"                                  \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

#define TEXT(text) (text), sizeof(text) - 1

static const struct {
	const char *what;
	const void *client;
	size_t client_length;
	const void *server;
	size_t server_length;
	uint16_t server_port;
	const char *name; /* NULL: nobody knows it */
} cases[] = {
    {"a GET on 445", TEXT("GET /share HTTP/1.1\r\nHost: files.example\r\n\r\n"), NULL, 0, 445,
	"HTTP"},
    {"and on a port of its own", TEXT("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"), NULL, 0, 18080,
	"HTTP"},
    {"the server's SSH banner", NULL, 0, TEXT("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), 445, "SSH"},
    {"both sides' SSH banners", TEXT("SSH-2.0-client\r\n"), TEXT("SSH-2.0-server\r\n"), 445, "SSH"},
    {"a ClientHello", client_hello, sizeof(client_hello), NULL, 0, 445, "TLS"},
    {"a right NBSS length and no SMB behind it", TEXT(NBSS_AND_A_HUNDRED_A), NULL, 0, 445, NULL},
    {"the same on 139", TEXT(NBSS_AND_A_HUNDRED_A), NULL, 0, 139, NULL},
    {"nonsense on a well-known port", TEXT("\x01nonsense, long enough to look at"), NULL, 0, 80,
	NULL},
    {"one byte", TEXT("x"), NULL, 0, 445, NULL},
};

START_TEST(test_names)
{
	struct classifier *classifier = classifier_new();
	struct payload_sample *samples[2] = {NULL, NULL};
	const char *name;

	if (cases[_i].client != NULL)
		samples[0] = new_sample(cases[_i].client, cases[_i].client_length);
	if (cases[_i].server != NULL)
		samples[1] = new_sample(cases[_i].server, cases[_i].server_length);
	name = classify(classifier, (const struct payload_sample *const *)samples, 50000,
	    cases[_i].server_port);
	if (cases[_i].name == NULL)
		ck_assert_msg(name == NULL, "%s is called %s", cases[_i].what, name);
	else
		ck_assert_msg(name != NULL && strcmp(name, cases[_i].name) == 0, "%s is called %s",
		    cases[_i].what, name ? name : "nothing");
	classifier_free(classifier);
	mem_free(samples[0]);
	mem_free(samples[1]);
}
END_TEST

START_TEST(test_without_samples)
{
	const struct payload_sample *const none[2] = {NULL, NULL};
	struct classifier *classifier = classifier_new();

	ck_assert_ptr_null(classify(classifier, none, 50000, 445));
	classifier_free(classifier);
	classifier_free(NULL);
}
END_TEST

/* The largest sample there is, and what nDPI learnt of one connection is no matter for the next. */
START_TEST(test_one_after_another)
{
	static uint8_t most[PAYLOAD_SAMPLE_MOST];
	struct classifier *classifier = classifier_new();
	struct payload_sample *large = new_sample(most, sizeof(most)),
			      *get = new_sample(TEXT("GET / HTTP/1.1\r\nHost: b.example\r\n\r\n"));
	const struct payload_sample *const first[2] = {large, large}, *const second[2] = {
									  get, NULL};

	ck_assert_ptr_null(classify(classifier, first, 50000, 445));
	ck_assert_str_eq(classify(classifier, second, 50000, 445), "HTTP");
	ck_assert_ptr_null(classify(classifier, first, 50000, 445));
	classifier_free(classifier);
	mem_free(large);
	mem_free(get);
}
END_TEST

Suite *
classify_suite(void)
{
	Suite *suite = suite_create("classify");
	TCase *tcase = tcase_create("classify");

	tcase_add_loop_test(tcase, test_names, 0, (int)(COUNT(cases)));
	tcase_add_test(tcase, test_without_samples);
	tcase_add_test(tcase, test_one_after_another);
	suite_add_tcase(suite, tcase);
	return suite;
}
