#include "dissectors/kerberos_wire.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/kerberos_samples.h"

#define SECOND INT64_C(1000000000)

/* Times in seconds; 0: not there. */
static const struct {
	int64_t sender, client, capture, skew;
	bool is_ahead;
} skews[] = {
    {1000, 400, 999, 600, true},
    {400, 1000, 999, 600, false},
    {1000, 990, 5000, 10, true}, /* the error's own times count, however close they are */
    {1000, 0, 400, 600, true},   /* else the capture's clock stands for the client's */
    {1000, 0, 1300, 300, false},
    {1000, 0, 1299, -1, false}, /* which runs with the sender's when both are close */
    {0, 400, 400, -1, false},
    {1000, 0, 0, -1, false},
};

START_TEST(test_skew)
{
	struct kerberos_message error = {.type = KRB_ERROR,
	    .error = known(KRB_AP_ERR_SKEW),
	    .server_time = skews[_i].sender * SECOND,
	    .client_time = skews[_i].client * SECOND};
	int64_t wanted = skews[_i].skew < 0 ? -1 : skews[_i].skew * SECOND;
	bool is_ahead = false;

	ck_assert_int_eq(kerberos_skew(&error, skews[_i].capture * SECOND, &is_ahead), wanted);
	ck_assert_int_eq(is_ahead, skews[_i].is_ahead);
	error.error = known(7);
	ck_assert_int_eq(kerberos_skew(&error, skews[_i].capture * SECOND, &is_ahead), -1);
}
END_TEST

Suite *kerberos_wire_suite(void);

#define SAMPLE(name) sample_##name, sizeof(sample_##name)

static struct arena arena;

static struct kerberos_message
decode(const uint8_t *bytes, size_t length)
{
	struct kerberos_message message;

	ck_assert_int_eq(kerberos_decode(bytes, length, length, &arena, &message), DER_OK);
	return message;
}

/* Both samples end in ciphers of these bytes. */
static void
assert_cipher(struct cursor cipher)
{
	static const uint8_t bytes[] = {0xde, 0xad, 0xbe, 0xef};

	ck_assert_uint_eq(cur_left(&cipher), sizeof(bytes));
	ck_assert_mem_eq(cipher.at, bytes, sizeof(bytes));
}

static void
assert_list(const struct number_list *list, const uint32_t *values, uint16_t count)
{
	ck_assert(list->is_known);
	ck_assert_uint_eq(list->count, count);
	for (uint16_t i = 0; i < count; i++)
		ck_assert_uint_eq(list->values[i], values[i]);
}

static void
assert_number(struct number number, uint64_t value)
{
	ck_assert(number.is_known);
	ck_assert_uint_eq(number.value, value);
}

START_TEST(test_as_req)
{
	static const uint32_t etypes[] = {18, 23, 0xffffff7b}, padata[] = {2, 149};
	struct kerberos_message message = decode(SAMPLE(as_req));

	ck_assert_int_eq(message.type, KRB_AS_REQ);
	ck_assert_str_eq(message.client, "alice");
	ck_assert_str_eq(message.realm, "LAB.EXAMPLE");
	ck_assert_str_eq(message.service, "krbtgt/LAB.EXAMPLE");
	assert_number(message.kdc_options, 0x40810010);
	assert_number(message.nonce, 0x12345678);
	assert_list(&message.etypes, etypes, 3);
	assert_list(&message.padata, padata, 2);
	ck_assert(kerberos_list_has(&message.padata, PA_ENC_TIMESTAMP));
	ck_assert(!kerberos_list_has(&message.padata, PA_FX_FAST));
}
END_TEST

START_TEST(test_tgs_req)
{
	static const uint32_t etypes[] = {18, 17, 23}, padata[] = {1, 136};
	struct kerberos_message message = decode(SAMPLE(tgs_req));

	ck_assert_int_eq(message.type, KRB_TGS_REQ);
	ck_assert_ptr_null(message.client);
	ck_assert_str_eq(message.service, "cifs/fs1.lab.example");
	assert_number(message.kdc_options, 0x40810000);
	assert_number(message.nonce, 0x01020304);
	assert_list(&message.etypes, etypes, 3);
	assert_list(&message.padata, padata, 2);
}
END_TEST

START_TEST(test_replies)
{
	struct kerberos_message message = decode(SAMPLE(as_rep));

	ck_assert_int_eq(message.type, KRB_AS_REP);
	ck_assert_str_eq(message.client, "alice");
	ck_assert_str_eq(message.client_realm, "LAB.EXAMPLE");
	ck_assert_str_eq(message.service, "krbtgt/LAB.EXAMPLE");
	assert_number(message.reply_etype, 18);
	assert_number(message.ticket_etype, 18);
	message = decode(SAMPLE(tgs_rep));
	ck_assert_int_eq(message.type, KRB_TGS_REP);
	ck_assert_str_eq(message.client, "WELLKNOWN/ANONYMOUS");
	ck_assert_str_eq(message.service, "cifs/fs1.lab.example");
	assert_number(message.reply_etype, 18);
	assert_number(message.ticket_etype, 23);
	assert_number(message.ticket_kvno, 3);
}
END_TEST

START_TEST(test_ap_exchange)
{
	struct kerberos_message message = decode(SAMPLE(ap_req));

	ck_assert_int_eq(message.type, KRB_AP_REQ);
	ck_assert_str_eq(message.realm, "LAB.EXAMPLE");
	ck_assert_str_eq(message.service, "cifs/fs1.lab.example");
	assert_number(message.ticket_etype, 18);
	assert_number(message.ticket_kvno, 4);
	assert_number(message.ap_options, AP_OPTION_MUTUAL_REQUIRED);
	assert_cipher(message.ticket_cipher);
	assert_cipher(message.authenticator_cipher);
	ck_assert_uint_eq(cur_left(&message.reply_cipher), 0);
	message = decode(SAMPLE(ap_rep));
	ck_assert_int_eq(message.type, KRB_AP_REP);
	assert_number(message.reply_etype, 18);
	assert_cipher(message.reply_cipher);
}
END_TEST

/* A cipher that is cut is none, and what precedes it counts. */
START_TEST(test_cut_cipher)
{
	struct kerberos_message message;

	ck_assert_int_eq(kerberos_decode(sample_ap_req, sizeof(sample_ap_req) - 1,
			     sizeof(sample_ap_req), &arena, &message),
	    DER_SHORT);
	assert_cipher(message.ticket_cipher);
	ck_assert_uint_eq(cur_left(&message.authenticator_cipher), 0);
}
END_TEST

START_TEST(test_error_with_method_data)
{
	static const uint32_t offered[] = {18, 23}, padata[] = {136, 19, 2};
	struct kerberos_message message = decode(SAMPLE(error_preauth));

	ck_assert_int_eq(message.type, KRB_ERROR);
	assert_number(message.error, 25);
	ck_assert_str_eq(message.error_text, "NEEDED_PREAUTH");
	ck_assert_str_eq(message.client, "alice");
	ck_assert_str_eq(message.service, "krbtgt/LAB.EXAMPLE");
	ck_assert_int_eq(message.server_time, 1795195740250000000);
	ck_assert_int_eq(message.client_time, 0);
	assert_list(&message.offered_etypes, offered, 2);
	assert_list(&message.padata, padata, 3);
	ck_assert(!message.nt_status.is_known);
}
END_TEST

START_TEST(test_error_with_nt_status)
{
	struct kerberos_message message = decode(SAMPLE(error_revoked));

	assert_number(message.error, 18);
	assert_number(message.nt_status, 0xc0000072);
	ck_assert_ptr_null(message.error_text);
}
END_TEST

/* The forms in which an NTSTATUS was seen in e-data; each holds 0xc0000234. */
static const struct error_data_case {
	size_t length;
	uint8_t bytes[48];
	bool is_known;
} error_data_cases[] = {
    /* KERB-ERROR-DATA: [1] 3, [2] */
    {23,
	{0x30, 0x15, 0xa1, 0x03, 0x02, 0x01, 0x03, 0xa2, 0x0e, 0x04, 0x0c, 0x34, 0x02, 0x00, 0xc0,
	    0, 0, 0, 0, 1, 0, 0, 0},
	true},
    /* METHOD-DATA with one PA-DATA of type 3 */
    {25,
	{0x30, 0x17, 0x30, 0x15, 0xa1, 0x03, 0x02, 0x01, 0x03, 0xa2, 0x0e, 0x04, 0x0c, 0x34, 0x02,
	    0x00, 0xc0, 0, 0, 0, 0, 1, 0, 0, 0},
	true},
    /* TYPED-DATA: [0] 3, [1] */
    {25,
	{0x30, 0x17, 0x30, 0x15, 0xa0, 0x03, 0x02, 0x01, 0x03, 0xa1, 0x0e, 0x04, 0x0c, 0x34, 0x02,
	    0x00, 0xc0, 0, 0, 0, 0, 1, 0, 0, 0},
	true},
    /* METHOD-DATA with one PA-DATA of type 166 */
    {26,
	{0x30, 0x18, 0x30, 0x16, 0xa1, 0x04, 0x02, 0x02, 0x00, 0xa6, 0xa2, 0x0e, 0x04, 0x0c, 0x34,
	    0x02, 0x00, 0xc0, 0, 0, 0, 0, 1, 0, 0, 0},
	true},
    /* a salt of twelve characters, "LAB.EXAMPLEb" */
    {25,
	{0x30, 0x17, 0x30, 0x15, 0xa1, 0x03, 0x02, 0x01, 0x03, 0xa2, 0x0e, 0x04, 0x0c, 'L', 'A',
	    'B', '.', 'E', 'X', 'A', 'M', 'P', 'L', 'E', 'b'},
	false},
    /* clock skew recovery, without a value ([MS-KILE] 2.2.2) */
    {7, {0x30, 0x05, 0xa1, 0x03, 0x02, 0x01, 0x02}, false},
    /* of eight bytes only */
    {19,
	{0x30, 0x11, 0xa1, 0x03, 0x02, 0x01, 0x03, 0xa2, 0x0a, 0x04, 0x08, 0x34, 0x02, 0x00, 0xc0,
	    0, 0, 0, 0},
	false},
    /* no DER at all, as far as Kerberos is concerned */
    {5, {'h', 'e', 'l', 'l', 'o'}, false},
    {2, {0x30, 0x00}, false},
    {0, {0}, false},
};

/* KRB-ERROR 60 for krbtgt/A in realm A, up to the length of e-data. */
static const uint8_t generic_error[] = {
    /* [APPLICATION 30], SEQUENCE */ 0x7e, 0x81, 0x00, 0x30, 0x81, 0x00, /* pvno */ 0xa0, 0x03,
    0x02, 0x01, 0x05, /* msg-type */ 0xa1, 0x03, 0x02, 0x01, 0x1e, /* stime */ 0xa4, 0x11, 0x18,
    0x0f, '2', '0', '2', '6', '1', '1', '2', '0', '1', '7', '2', '9', '0', '0', 'Z',
    /* susec */ 0xa5, 0x03, 0x02, 0x01, 0x00, /* error-code */ 0xa6, 0x03, 0x02, 0x01, 0x3c,
    /* realm */ 0xa9, 0x03, 0x1b, 0x01, 'A', /* sname */ 0xaa, 0x16, 0x30, 0x14, 0xa0, 0x03, 0x02,
    0x01, 0x02, 0xa1, 0x0d, 0x30, 0x0b, 0x1b, 0x06, 'k', 'r', 'b', 't', 'g', 't', 0x1b, 0x01, 'A',
    /* e-data */ 0xac, 0x00, 0x04, 0x00};

START_TEST(test_error_data)
{
	const struct error_data_case *test = &error_data_cases[_i];
	uint8_t bytes[sizeof(generic_error) + sizeof(test->bytes)];
	size_t length = sizeof(generic_error) + test->length;
	struct kerberos_message message;

	memcpy(bytes, generic_error, sizeof(generic_error));
	memcpy(bytes + sizeof(generic_error), test->bytes, test->length);
	bytes[2] = (uint8_t)(length - 3);
	bytes[5] = (uint8_t)(length - 6);
	bytes[sizeof(generic_error) - 3] = (uint8_t)(test->length + 2);
	bytes[sizeof(generic_error) - 1] = (uint8_t)test->length;
	message = decode(bytes, length);
	assert_number(message.error, 60);
	ck_assert_str_eq(message.service, "krbtgt/A");
	ck_assert_int_eq(message.nt_status.is_known, test->is_known);
	if (test->is_known)
		assert_number(message.nt_status, 0xc0000234);
}
END_TEST

/* The place of the four bytes that begin with a member's tag. */
static size_t
place_of(const uint8_t *bytes, size_t length, const uint8_t wanted[4])
{
	for (size_t i = 0; i + 4 <= length; i++)
		if (memcmp(bytes + i, wanted, 4) == 0)
			return i;
	ck_abort_msg("not in the message");
	return 0;
}

/* Whatever is in one string of a name, the next one is told from it. */
START_TEST(test_name_of_odd_strings)
{
	static const struct {
		char strings[8]; /* instead of "krbtgt" and "A" */
		const char *service;
	} names[] = {
	    {"k\0btgtA", "k/A"},
	    {"\0rbtgtA", "A"},
	    {"krbtg\xc3\xa4", "krbtg\xef\xbf\xbd/\xef\xbf\xbd"},
	    {"krbtgt\0", "krbtgt/"},
	};
	static const uint8_t first[] = {'k', 'r', 'b', 't'};

	for (size_t i = 0; i < COUNT(names); i++) {
		uint8_t bytes[sizeof(generic_error)];
		size_t at = place_of(generic_error, sizeof(bytes), first);
		struct kerberos_message message;

		memcpy(bytes, generic_error, sizeof(bytes));
		bytes[2] = (uint8_t)(sizeof(bytes) - 3);
		bytes[5] = (uint8_t)(sizeof(bytes) - 6);
		bytes[sizeof(bytes) - 3] = 2;
		memcpy(bytes + at, names[i].strings, 6);
		bytes[at + 8] = (uint8_t)names[i].strings[6];
		message = decode(bytes, sizeof(bytes));
		ck_assert_str_eq(message.service, names[i].service);
	}
}
END_TEST

static const struct member_case {
	uint8_t wanted[4];
	uint8_t tag; /* instead, of a member that nobody reads */
} member_cases[] = {
    {{0xa0, 0x07, 0x03, 0x05}, 0xa9}, /* kdc-options as [9], so that cname [1] comes after it */
    {{0xa5, 0x11, 0x18, 0x0f}, 0xa0}, /* till as a second [0] */
    {{0xa7, 0x06, 0x02, 0x04}, 0xa6}, /* nonce as [6], so that there is none */
};

START_TEST(test_members_out_of_order_or_missing)
{
	const struct member_case *test = &member_cases[_i];
	uint8_t bytes[sizeof(sample_as_req)];
	struct kerberos_message message;

	memcpy(bytes, sample_as_req, sizeof(bytes));
	bytes[place_of(bytes, sizeof(bytes), test->wanted)] = test->tag;
	ck_assert_int_eq(
	    kerberos_decode(bytes, sizeof(bytes), sizeof(bytes), &arena, &message), DER_MALFORMED);
	ck_assert_int_eq(message.type, KRB_AS_REQ);
	ck_assert_ptr_null(message.client);
}
END_TEST

static const struct sample {
	const uint8_t *bytes;
	size_t length;
	enum kerberos_msg_type type;
	bool is_of_kdc;
} samples[] = {
    {SAMPLE(as_req), KRB_AS_REQ, true},
    {SAMPLE(as_rep), KRB_AS_REP, true},
    {SAMPLE(tgs_req), KRB_TGS_REQ, true},
    {SAMPLE(tgs_rep), KRB_TGS_REP, true},
    {SAMPLE(ap_req), KRB_AP_REQ, false},
    {SAMPLE(ap_rep), KRB_AP_REP, false},
    {SAMPLE(error_preauth), KRB_ERROR, true},
    {SAMPLE(error_skew), KRB_ERROR, true},
    {SAMPLE(error_revoked), KRB_ERROR, true},
    {SAMPLE(error_spn), KRB_ERROR, true},
};

/* A copy of the first LENGTH bytes in a block of just that size. */
static uint8_t *
prefix_of(const uint8_t *bytes, size_t length)
{
	uint8_t *copy = mem_alloc(length ? length : 1, 1);

	memcpy(copy, bytes, length);
	return copy;
}

static void
assert_text_or_nothing(const char *text, const char *whole)
{
	if (text)
		ck_assert_str_eq(text, whole);
}

/* What a cut message still says is what the whole one says. */
START_TEST(test_every_prefix)
{
	const struct sample *sample = &samples[_i];
	struct kerberos_message whole = decode(sample->bytes, sample->length), cut;

	for (size_t length = 0; length < sample->length; length++) {
		uint8_t *bytes = prefix_of(sample->bytes, length);

		ck_assert_int_eq(
		    kerberos_decode(bytes, length, sample->length, &arena, &cut), DER_SHORT);
		ck_assert_int_eq(cut.type, length > 0 ? sample->type : KRB_NONE);
		assert_text_or_nothing(cut.client, whole.client);
		assert_text_or_nothing(cut.service, whole.service);
		assert_text_or_nothing(cut.error_text, whole.error_text);
		if (cut.error.is_known)
			assert_number(cut.error, whole.error.value);
		/* As a whole message of that length it contradicts itself. */
		ck_assert_int_eq(
		    kerberos_decode(bytes, length, length, &arena, &cut), DER_MALFORMED);
		mem_free(bytes);
	}
}
END_TEST

/* The first 96 bytes of a packet hold an error's code: 42 of headers, 54 of the message. */
START_TEST(test_error_code_survives_snap_length)
{
	struct kerberos_message message;

	ck_assert_int_eq(kerberos_decode(sample_error_preauth, 54, sizeof(sample_error_preauth),
			     &arena, &message),
	    DER_SHORT);
	assert_number(message.error, 25);
	ck_assert_ptr_null(message.service);
}
END_TEST

START_TEST(test_every_corruption)
{
	static const uint8_t flips[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x7f, 0xff};
	const struct sample *sample = &samples[_i];
	uint8_t *bytes = prefix_of(sample->bytes, sample->length);
	struct kerberos_message message;
	unsigned verdicts[3] = {0};
	enum kerberos_msg_type type;

	for (size_t i = 0; i < sample->length; i++)
		for (size_t j = 0; j < sizeof(flips); j++) {
			bytes[i] ^= flips[j];
			verdicts[kerberos_decode(
			    bytes, sample->length, sample->length, &arena, &message)]++;
			(void)kerberos_head(bytes, sample->length, sample->length, &type);
			bytes[i] ^= flips[j];
		}
	ck_assert_uint_gt(verdicts[DER_OK], 0);
	ck_assert_uint_gt(verdicts[DER_MALFORMED], 0);
	ck_assert_uint_eq(verdicts[DER_SHORT], 0);
	mem_free(bytes);
}
END_TEST

START_TEST(test_head)
{
	const struct sample *sample = &samples[_i];
	enum kerberos_msg_type type = KRB_NONE;

	for (size_t length = 0; length <= sample->length; length++) {
		uint8_t *bytes = prefix_of(sample->bytes, length);
		enum kerberos_head_verdict verdict =
		    kerberos_head(bytes, length, sample->length, &type);

		if (!sample->is_of_kdc && length > 0)
			ck_assert_int_eq(verdict, KERBEROS_HEAD_NO);
		else if (length < 14)
			ck_assert_int_eq(verdict, KERBEROS_HEAD_UNSURE);
		else if (length >= KERBEROS_HEAD_SIZE)
			ck_assert_int_eq(verdict, KERBEROS_HEAD_YES);
		mem_free(bytes);
	}
	if (sample->is_of_kdc)
		ck_assert_int_eq(type, sample->type);
	ck_assert_int_eq(kerberos_head(sample->bytes, sample->length, sample->length + 1, &type),
	    KERBEROS_HEAD_NO);
	ck_assert_int_eq(kerberos_head(sample->bytes, sample->length, sample->length - 1, &type),
	    KERBEROS_HEAD_NO);
}
END_TEST

/* Offsets of bytes in generic_error and what they may not be. */
START_TEST(test_head_refuses)
{
	static const struct change {
		size_t at;
		uint8_t value;
	} changes[] = {
	    {0, 0x7d},  /* another application tag */
	    {0, 0x5e},  /* not constructed */
	    {3, 0x31},  /* a SET */
	    {6, 0xa1},  /* pvno's tag */
	    {10, 4},    /* Kerberos 4 */
	    {11, 0xa2}, /* msg-type's tag */
	    {15, 0x1d}, /* another message type */
	    {5, 0x40},  /* a SEQUENCE that does not fill the message */
	};
	uint8_t bytes[sizeof(generic_error)];
	enum kerberos_msg_type type;

	memcpy(bytes, generic_error, sizeof(bytes));
	bytes[2] = sizeof(bytes) - 3;
	bytes[5] = sizeof(bytes) - 6;
	ck_assert_int_eq(
	    kerberos_head(bytes, sizeof(bytes), sizeof(bytes), &type), KERBEROS_HEAD_YES);
	for (size_t i = 0; i < COUNT(changes); i++) {
		uint8_t kept = bytes[changes[i].at];

		bytes[changes[i].at] = changes[i].value;
		ck_assert_int_eq(
		    kerberos_head(bytes, sizeof(bytes), sizeof(bytes), &type), KERBEROS_HEAD_NO);
		bytes[changes[i].at] = kept;
	}
}
END_TEST

static void
set_up(void)
{
	arena = (struct arena){0};
}

static void
tear_down(void)
{
	arena_free(&arena);
}

Suite *
kerberos_wire_suite(void)
{
	Suite *suite = suite_create("kerberos_wire");
	TCase *tests = tcase_create("kerberos_wire");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_as_req);
	tcase_add_test(tests, test_tgs_req);
	tcase_add_test(tests, test_replies);
	tcase_add_test(tests, test_ap_exchange);
	tcase_add_test(tests, test_cut_cipher);
	tcase_add_test(tests, test_error_with_method_data);
	tcase_add_test(tests, test_error_with_nt_status);
	tcase_add_test(tests, test_name_of_odd_strings);
	tcase_add_loop_test(tests, test_error_data, 0, COUNT(error_data_cases));
	tcase_add_loop_test(tests, test_members_out_of_order_or_missing, 0, COUNT(member_cases));
	tcase_add_loop_test(tests, test_every_prefix, 0, COUNT(samples));
	tcase_add_test(tests, test_error_code_survives_snap_length);
	tcase_add_loop_test(tests, test_every_corruption, 0, COUNT(samples));
	tcase_add_loop_test(tests, test_head, 0, COUNT(samples));
	tcase_add_test(tests, test_head_refuses);
	tcase_add_loop_test(tests, test_skew, 0, (int)COUNT(skews));
	suite_add_tcase(suite, tests);
	return suite;
}
