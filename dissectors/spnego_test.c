#include "dissectors/spnego.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/der.h"
#include "dissectors/kerberos_samples.h"
#include "dissectors/spnego_samples.h"

Suite *spnego_suite(void);

#define TOKEN(name) #name, name, sizeof(name)

#define TOKEN(name) #name, name, sizeof(name)

/* What a token says; NULL and UNSAID: nothing of it. */
#define UNSAID (-1)

static const struct token_case {
	const char *name;
	const uint8_t *bytes;
	size_t length;
	const char *mechanism, *leg;
	uint32_t oddities;
	const char *offered;
	int neg_state, has_mech_list_mic;
	uint32_t krb_error;  /* 0: not known */
	const char *service; /* of the AP-REQ's ticket or the error */
} cases[] = {
    {TOKEN(token_init_kerberos), "Kerberos", "AP-REQ", GSS_MS_KRB5, "Kerberos, NTLMSSP", UNSAID, 0,
	0, "cifs/fs1.lab.example"},
    {TOKEN(token_init_ntlmssp), "NTLMSSP", "NTLMSSP_NEGOTIATE", 0, "NTLMSSP", UNSAID, 0, 0, NULL},
    {TOKEN(token_init_hint), "Kerberos", "NegTokenInit", 0, "Kerberos, NTLMSSP", UNSAID, 0, 0,
	NULL},
    {TOKEN(token_init_windows), "NegoEx", "NegTokenInit", GSS_MS_KRB5, "NegoEx, Kerberos, NTLMSSP",
	UNSAID, 0, 0, NULL},
    {TOKEN(token_init_negoex), "NegoEx", "NegTokenInit", 0, "NegoEx", UNSAID, 0, 0, NULL},
    {TOKEN(token_init_other), "NTLMSSP", "NTLMSSP_NEGOTIATE", GSS_OTHER_MECHANISM, "Kerberos",
	UNSAID, 0, 0, NULL},
    {TOKEN(token_init_no_mechanisms), "SPNEGO", "NegTokenInit", GSS_NO_MECHANISMS, NULL, UNSAID, 1,
	0, NULL},
    {TOKEN(token_bare_init), "SPNEGO", "NegTokenInit", GSS_NO_HEADER | GSS_PADDED_LENGTHS, "1.2",
	UNSAID, 0, 0, NULL},
    {TOKEN(token_response_error), "Kerberos", "KRB-ERROR", 0, NULL, SPNEGO_ACCEPT_INCOMPLETE, 0, 37,
	"cifs/fs1.lab.example"},
    {TOKEN(token_response_reject), "SPNEGO", "NegTokenResp", 0, NULL, SPNEGO_REJECT, 0, 0, NULL},
    {TOKEN(token_response_wrapped), "NegoEx", "NegTokenResp",
	GSS_HEADER_AROUND_RESPONSE | GSS_TRAILING_BYTES, NULL, SPNEGO_ACCEPT_COMPLETED, 1, 0, NULL},
    {TOKEN(token_response_repeated), "NegoEx", "NegTokenResp", GSS_MIC_REPEATS_TOKEN, NULL, UNSAID,
	1, 0, NULL},
    {TOKEN(token_response_anonymous), "NTLMSSP", "NTLMSSP_AUTHENTICATE", 0, NULL, UNSAID, 0, 0,
	NULL},
    {TOKEN(token_response_user), "NTLMSSP", "NTLMSSP_AUTHENTICATE", 0, NULL, UNSAID, 0, 0, NULL},
    {TOKEN(token_raw_challenge), "NTLMSSP", "NTLMSSP_CHALLENGE", GSS_NO_SPNEGO, NULL, UNSAID,
	UNSAID, 0, NULL},
    {TOKEN(token_tgt_request), "Kerberos", "TGT-REQ", GSS_NO_SPNEGO, NULL, UNSAID, UNSAID, 0, NULL},
    {TOKEN(sample_ap_req), "Kerberos", "AP-REQ", GSS_NO_SPNEGO | GSS_BARE_KERBEROS, NULL, UNSAID,
	UNSAID, 0, "cifs/fs1.lab.example"},
    {TOKEN(sample_ap_rep), "Kerberos", "AP-REP", GSS_NO_SPNEGO | GSS_BARE_KERBEROS, NULL, UNSAID,
	UNSAID, 0, NULL},
    {TOKEN(sample_error_spn), "Kerberos", "KRB-ERROR", GSS_NO_SPNEGO | GSS_BARE_KERBEROS, NULL,
	UNSAID, UNSAID, 7, "cifs/files.lab.example"},
};

static struct arena arena;

static void
setup(void)
{
	arena = (struct arena){0};
}

static void
teardown(void)
{
	arena_free(&arena);
}

static bool
decode(const uint8_t *bytes, size_t length, struct spnego_token *ret)
{
	return spnego_decode(cur_of(bytes, length), &arena, ret);
}

static int
said(struct number number)
{
	return number.is_known ? (int)number.value : UNSAID;
}

START_TEST(test_token)
{
	const struct token_case *test = &cases[_i];
	struct spnego_token token;

	ck_assert_msg(decode(test->bytes, test->length, &token), "%s", test->name);
	ck_assert_str_eq(token.mechanism, test->mechanism);
	ck_assert_str_eq(token.leg, test->leg);
	ck_assert_msg(token.oddities == test->oddities, "%s: %x", test->name, token.oddities);
	ck_assert_pstr_eq(token.offered, test->offered);
	ck_assert_int_eq(said(token.neg_state), test->neg_state);
	ck_assert_int_eq(said(token.has_mech_list_mic), test->has_mech_list_mic);
	ck_assert_int_eq(token.inner.kerberos.error.is_known, test->krb_error != 0);
	ck_assert_uint_eq(token.inner.kerberos.error.value, test->krb_error);
	ck_assert_pstr_eq(token.inner.kerberos.service, test->service);
}
END_TEST

START_TEST(test_ticket)
{
	struct spnego_token token;

	ck_assert(decode(token_init_kerberos, sizeof(token_init_kerberos), &token));
	ck_assert_int_eq(token.inner.kerberos.type, KRB_AP_REQ);
	ck_assert_str_eq(token.inner.kerberos.realm, "LAB.EXAMPLE");
	ck_assert_int_eq(said(token.inner.kerberos.ticket_etype), 18);
	ck_assert_int_eq(said(token.inner.kerberos.ticket_kvno), 4);
}
END_TEST

/* A token that is none of ours is one all the same. */
START_TEST(test_has_inner)
{
	static const uint8_t other[] = {0xa1, 0x08, 0x30, 0x06, 0xa2, 0x04, 0x04, 0x02, 'h', 'i'};
	static const uint8_t empty[] = {0xa1, 0x06, 0x30, 0x04, 0xa2, 0x02, 0x04, 0x00};
	struct spnego_token token;

	ck_assert(decode(token_init_kerberos, sizeof(token_init_kerberos), &token));
	ck_assert(token.has_inner);
	ck_assert(decode(token_raw_challenge, sizeof(token_raw_challenge), &token));
	ck_assert(token.has_inner);
	ck_assert(decode(other, sizeof(other), &token));
	ck_assert(token.has_inner);
	ck_assert_ptr_null(token.inner.mechanism);
	ck_assert(decode(empty, sizeof(empty), &token));
	ck_assert(!token.has_inner);
	ck_assert(decode(token_response_reject, sizeof(token_response_reject), &token));
	ck_assert(!token.has_inner);
}
END_TEST

START_TEST(test_hint_and_flags)
{
	struct spnego_token token;

	ck_assert(decode(token_init_windows, sizeof(token_init_windows), &token));
	ck_assert_str_eq(token.hint_name, "not_defined_in_RFC4178@please_ignore");
	ck_assert(!token.required_flags.is_known);
	ck_assert(decode(token_init_no_mechanisms, sizeof(token_init_no_mechanisms), &token));
	ck_assert(token.required_flags.is_known);
	ck_assert_uint_eq(token.required_flags.value, 0x42000000);
	ck_assert_ptr_null(token.hint_name);
}
END_TEST

static bool
is_same_or_none(const char *text, const char *whole)
{
	return text == NULL || (whole != NULL && strcmp(text, whole) == 0);
}

/* A cut token says what the whole one says, or less; a cut list is the beginning of the list. */
START_TEST(test_every_prefix)
{
	const struct token_case *test = &cases[_i];
	struct spnego_token token;

	for (size_t length = 0; length < test->length; length++) {
		uint8_t *bytes = mem_alloc(length ? length : 1, 1);

		memcpy(bytes, test->bytes, length);
		if (decode(bytes, length, &token)) {
			ck_assert(is_same_or_none(token.mechanism, test->mechanism) ||
				  strcmp(token.mechanism, "SPNEGO") == 0 ||
				  strncmp(token.mechanism, test->offered, 6) == 0);
			ck_assert(is_same_or_none(token.leg, test->leg) ||
				  strncmp(token.leg, "NegToken", 8) == 0);
			ck_assert_uint_eq(token.oddities & ~test->oddities, 0);
			ck_assert(token.offered == NULL || strncmp(token.offered, test->offered,
							       strlen(token.offered)) == 0);
			ck_assert(said(token.neg_state) == UNSAID ||
				  said(token.neg_state) == test->neg_state);
			ck_assert(said(token.has_mech_list_mic) == UNSAID ||
				  said(token.has_mech_list_mic) == test->has_mech_list_mic);
			ck_assert(!token.inner.kerberos.error.is_known ||
				  token.inner.kerberos.error.value == test->krb_error);
			ck_assert(is_same_or_none(token.inner.kerberos.service, test->service));
		}
		mem_free(bytes);
	}
}
END_TEST

/* A cut behind TOK_ID leaves what was announced. */
START_TEST(test_cut_behind_token_id)
{
	struct spnego_token token;
	size_t length = 0;

	while (token_init_kerberos[length] != 0x01 || token_init_kerberos[length + 1] != 0x00)
		length++;
	ck_assert(decode(token_init_kerberos, length + 2, &token));
	ck_assert_str_eq(token.leg, "AP-REQ");
	ck_assert_str_eq(token.offered, "Kerberos, NTLMSSP");
	ck_assert_int_eq(said(token.has_mech_list_mic), false); /* the token fills its parent */
	ck_assert(decode(token_init_kerberos, length, &token));
	ck_assert_str_eq(token.leg, "NegTokenInit");
	ck_assert_str_eq(token.mechanism, "Kerberos");
}
END_TEST

/* The identifier of an AP-REP before an AP-REQ: the message says what it is. */
START_TEST(test_wrong_token_id)
{
	uint8_t bytes[sizeof(token_init_kerberos)];
	struct spnego_token token;
	size_t at = 0;

	memcpy(bytes, token_init_kerberos, sizeof(bytes));
	while (bytes[at] != 0x01 || bytes[at + 1] != 0x00)
		at++;
	bytes[at] = 0x02;
	ck_assert(decode(bytes, sizeof(bytes), &token));
	ck_assert_str_eq(token.leg, "AP-REQ");
	ck_assert_uint_eq(token.oddities, GSS_MS_KRB5 | GSS_WRONG_TOK_ID);
}
END_TEST

/* More mechanisms than anybody offers. */
START_TEST(test_long_offer)
{
	uint8_t bytes[8 + 3 * (SPNEGO_MOST_OFFERED + 4)] = {
	    0xa0, 0x42, 0x30, 0x40, 0xa0, 0x3e, 0x30, 0x3c};
	struct spnego_token token;

	for (size_t i = 0; i < SPNEGO_MOST_OFFERED + 4; i++) {
		bytes[8 + 3 * i] = DER_OID;
		bytes[8 + 3 * i + 1] = 1;
		bytes[8 + 3 * i + 2] = (uint8_t)i; /* 0.i */
	}
	ck_assert(decode(bytes, sizeof(bytes), &token));
	ck_assert_str_eq(token.mechanism, "SPNEGO");
	ck_assert_int_eq(strncmp(token.offered, "0.0, 0.1, 0.2, ", 15), 0);
	ck_assert_str_eq(token.offered + strlen(token.offered) - 9, "0.15, …");
}
END_TEST

START_TEST(test_oid_text)
{
	static const struct {
		uint8_t length, octets[10];
		const char *text;
	} tests[] = {
	    {6, {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}, "1.3.6.1.5.5.2"},
	    {9, {0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02}, "1.2.840.48018.1.2.2"},
	    {2, {0x88, 0x37}, "2.999"},
	    {1, {0x27}, "0.39"},
	    {2, {0x2a, 0x86}, "1.2"}, /* the last subidentifier is not whole */
	    {0, {0}, ""},
	};

	for (size_t i = 0; i < COUNT(tests); i++) {
		struct cursor oid = cur_of(tests[i].octets, tests[i].length);

		ck_assert_str_eq(gss_oid_text(&oid, &arena), tests[i].text);
	}
}
END_TEST

START_TEST(test_every_corruption)
{
	static const uint8_t flips[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x7f, 0xff};
	const struct token_case *test = &cases[_i];
	uint8_t *bytes = mem_alloc(test->length, 1);
	struct spnego_token token;
	unsigned refused = 0;

	memcpy(bytes, test->bytes, test->length);
	for (size_t i = 0; i < test->length; i++)
		for (size_t j = 0; j < sizeof(flips); j++) {
			bytes[i] ^= flips[j];
			if (!decode(bytes, test->length, &token))
				refused++;
			bytes[i] ^= flips[j];
		}
	ck_assert_uint_gt(refused, 0);
	mem_free(bytes);
}
END_TEST

static const struct refused_case {
	size_t length;
	uint8_t bytes[16];
} refused_cases[] = {
    {0, {0}}, {4, {0x00, 0x00, 0x00, 0x00}}, {8, {'N', 'T', 'L', 'M', 'S', 'S', 'P', '!'}},
    {2, {0x30, 0x00}},
    {10, {0x60, 0x08, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07}}, /* another GSS mechanism */
    {4, {0x6e, 0x02, 0x05, 0x00}},                                      /* no AP-REQ */
    {4, {0x60, 0x80, 0x06, 0x06}},                                      /* indefinite length */
};

START_TEST(test_refused)
{
	struct spnego_token token;

	ck_assert(!decode(refused_cases[_i].bytes, refused_cases[_i].length, &token));
	ck_assert(!spnego_decode(cur_none(), &arena, &token));
}
END_TEST

Suite *
spnego_suite(void)
{
	Suite *suite = suite_create("spnego");
	TCase *tests = tcase_create("spnego");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, test_token, 0, COUNT(cases));
	tcase_add_test(tests, test_ticket);
	tcase_add_test(tests, test_has_inner);
	tcase_add_test(tests, test_hint_and_flags);
	tcase_add_loop_test(tests, test_every_prefix, 0, COUNT(cases));
	tcase_add_test(tests, test_cut_behind_token_id);
	tcase_add_test(tests, test_wrong_token_id);
	tcase_add_test(tests, test_long_offer);
	tcase_add_test(tests, test_oid_text);
	tcase_add_loop_test(tests, test_every_corruption, 0, COUNT(cases));
	tcase_add_loop_test(tests, test_refused, 0, COUNT(refused_cases));
	suite_add_tcase(suite, tests);
	return suite;
}
