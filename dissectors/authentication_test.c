#include "dissectors/authentication.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/kerberos_samples.h"
#include "dissectors/ntlmssp_samples.h"
#include "dissectors/smb1_exchanges.h"
#include "dissectors/smb2_exchanges.h"
#include "dissectors/spnego_samples.h"

Suite *authentication_suite(void);

#define SECOND      INT64_C(1000000000)
#define SAMPLE_TIME INT64_C(1795197434547872900) /* of sample_challenge */
#define ERROR_TIME  INT64_C(1795195740250000000) /* stime of the sample errors */

static struct arena arena;
static struct authentication authentication;

static void
setup(void)
{
	arena = (struct arena){0};
	authentication_begin(&authentication);
}

static void
teardown(void)
{
	arena_free(&arena);
}

/* A leg of the client; the token's memory is gone when it returns. */
static void
ask(const uint8_t *bytes, size_t length)
{
	uint8_t *copy = mem_alloc(length, 1);

	memcpy(copy, bytes, length);
	authentication_client_token(&authentication, &arena, cur_of(copy, length));
	memset(copy, 0xff, length);
	mem_free(copy);
}

static void
answer(const uint8_t *bytes, size_t length, int64_t capture_time)
{
	uint8_t *copy = mem_alloc(length, 1);

	memcpy(copy, bytes, length);
	authentication_server_token(&authentication, &arena, cur_of(copy, length), capture_time);
	memset(copy, 0xff, length);
	mem_free(copy);
}

#define ASK(token)          ask((token), sizeof(token))
#define ANSWER(token, time) answer((token), sizeof(token), (time))

static void
assert_number(struct number number, uint64_t value)
{
	ck_assert(number.is_known);
	ck_assert_uint_eq(number.value, value);
}

START_TEST(test_nothing_said)
{
	authentication_client_token(&authentication, &arena, cur_none());
	authentication_server_token(&authentication, &arena, cur_none(), SECOND);
	ck_assert_ptr_null(authentication.mechanism);
	ck_assert_ptr_null(authentication.leg);
	ck_assert_ptr_null(authentication.answer_leg);
	ck_assert_ptr_null(authentication.token_oddities);
	ck_assert_int_eq(authentication.skew, -1);
	ck_assert_int_eq(authentication.server_clock_offset, -1);
	ck_assert(!authentication.server_clock_ahead.is_known);
	ck_assert(!authentication.neg_state.is_known);
	ck_assert(!authentication.has_mech_list_mic.is_known);
	ck_assert(!authentication.ntlm_response.is_known);
}
END_TEST

START_TEST(test_kerberos)
{
	ASK(token_init_kerberos);
	ck_assert_str_eq(authentication.mechanism, "Kerberos");
	ck_assert_str_eq(authentication.offered_mechanisms, "Kerberos, NTLMSSP");
	ck_assert_str_eq(authentication.leg, "AP-REQ");
	assert_number(authentication.had_kerberos_leg, true);
	assert_number(authentication.had_ntlm_leg, false);
	ck_assert_str_eq(authentication.spn, "cifs/fs1.lab.example");
	ck_assert_str_eq(authentication.ticket_realm, "LAB.EXAMPLE");
	assert_number(authentication.ticket_etype, 18);
	assert_number(authentication.ticket_kvno, 4);
	assert_number(authentication.has_mech_list_mic, false);
	ck_assert_str_eq(authentication.token_oddities, "client: MS-KRB5 OID");
}
END_TEST

/* The server's clock in the error and the capture's, since the error has no ctime. */
START_TEST(test_kerberos_error)
{
	ASK(token_init_kerberos);
	ANSWER(token_response_error, ERROR_TIME + 600 * SECOND);
	ck_assert_str_eq(authentication.answer_leg, "KRB-ERROR");
	assert_number(authentication.krb_error, 37);
	assert_number(authentication.neg_state, SPNEGO_ACCEPT_INCOMPLETE);
	ck_assert_int_eq(authentication.skew, 600 * SECOND);
	assert_number(authentication.is_server_ahead, false);
	ANSWER(token_response_error, ERROR_TIME - 600 * SECOND);
	ck_assert_int_eq(authentication.skew, 600 * SECOND);
	assert_number(authentication.is_server_ahead, true);
}
END_TEST

/* The words and the NTSTATUS that a Windows server adds, in a bare KRB-ERROR. */
START_TEST(test_error_details)
{
	ANSWER(sample_error_revoked, SECOND);
	assert_number(authentication.krb_error, 18);
	assert_number(authentication.krb_nt_status, 0xc0000072);
	ck_assert_int_eq(authentication.skew, -1);
	ck_assert(!authentication.is_server_ahead.is_known);
	ck_assert_str_eq(authentication.mechanism, "Kerberos");
	ck_assert(!authentication.had_kerberos_leg.is_known);
	ck_assert_str_eq(authentication.token_oddities,
	    "server: token without SPNEGO, Kerberos without GSS-API header");
	ANSWER(sample_error_preauth, SECOND);
	ck_assert_str_eq(authentication.krb_error_text, "NEEDED_PREAUTH");
	ck_assert(!authentication.krb_nt_status.is_known);
}
END_TEST

START_TEST(test_ntlm)
{
	ASK(token_init_ntlmssp);
	ck_assert_str_eq(authentication.leg, "NTLMSSP_NEGOTIATE");
	assert_number(authentication.ntlm_flags, 0x62088215);
	ANSWER(sample_challenge, SAMPLE_TIME + SECOND);
	ck_assert_str_eq(authentication.answer_leg, "NTLMSSP_CHALLENGE");
	assert_number(authentication.ntlm_flags, 0x62898215);
	ck_assert_str_eq(authentication.server_netbios_name, "FS1");
	ck_assert_str_eq(authentication.server_netbios_domain, "LAB");
	ck_assert_str_eq(authentication.server_dns_name, "fs1.lab.example");
	ck_assert_str_eq(authentication.server_dns_domain, "lab.example");
	ck_assert_str_eq(authentication.server_dns_forest, "forest.example");
	ck_assert_str_eq(authentication.server_version, "10.0.20348");
	ck_assert_str_eq(authentication.server_time, "2026-11-20T17:57:14.547872900Z");
	ck_assert_int_eq(authentication.server_clock_offset, SECOND);
	assert_number(authentication.server_clock_ahead, false);
	ck_assert_ptr_null(authentication.user);
	ASK(sample_authenticate);
	ck_assert_str_eq(authentication.leg, "NTLMSSP_AUTHENTICATE");
	ck_assert_str_eq(authentication.user, "alice");
	ck_assert_str_eq(authentication.domain, "LAB");
	ck_assert_str_eq(authentication.workstation, "CLIENT");
	ck_assert_str_eq(authentication.target_name, "cifs/fs1.lab.example");
	assert_number(authentication.ntlm_response, NTLMSSP_RESPONSE_NTLMV2);
	assert_number(authentication.ntlm_flags, 0x62888215);
	assert_number(authentication.av_flags, NTLMSSP_AV_MIC);
	ck_assert(!authentication.is_anonymous);
	assert_number(authentication.had_ntlm_leg, true);
	assert_number(authentication.had_kerberos_leg, false);
	ck_assert_str_eq(authentication.token_oddities,
	    "client: token without SPNEGO; server: token without SPNEGO");
}
END_TEST

START_TEST(test_clock_ahead)
{
	ANSWER(sample_challenge, SAMPLE_TIME - 7 * SECOND);
	ck_assert_int_eq(authentication.server_clock_offset, 7 * SECOND);
	assert_number(authentication.server_clock_ahead, true);
}
END_TEST

START_TEST(test_anonymous)
{
	ASK(token_response_anonymous);
	ck_assert(authentication.is_anonymous);
	assert_number(authentication.ntlm_response, NTLMSSP_RESPONSE_ANONYMOUS);
	ck_assert_ptr_null(authentication.user);
}
END_TEST

/* Kerberos that fails and NTLM after it leave both marks; what only the ticket says stays. */
START_TEST(test_fallback_in_one_setup)
{
	ASK(token_init_kerberos);
	ANSWER(token_response_error, ERROR_TIME);
	ASK(token_init_ntlmssp);
	assert_number(authentication.had_kerberos_leg, true);
	assert_number(authentication.had_ntlm_leg, true);
	ck_assert_str_eq(authentication.mechanism, "NTLMSSP");
	ck_assert_str_eq(authentication.spn, "cifs/fs1.lab.example");
	assert_number(authentication.krb_error, 37);
	ANSWER(sample_challenge, SAMPLE_TIME);
	ck_assert(!authentication.krb_error.is_known); /* of the last answer */
	assert_number(authentication.neg_state, SPNEGO_ACCEPT_INCOMPLETE);
}
END_TEST

/* A leg without a token, or with a MIC alone, keeps the mechanism and forgets the leg. */
START_TEST(test_leg_that_names_nothing)
{
	ASK(token_init_ntlmssp);
	ASK(token_response_reject);
	ck_assert_str_eq(authentication.mechanism, "NTLMSSP");
	ck_assert_str_eq(authentication.leg, "NegTokenResp");
	authentication_client_token(&authentication, &arena, cur_none());
	ck_assert_ptr_null(authentication.leg);
	ck_assert_str_eq(authentication.mechanism, "NTLMSSP");
	assert_number(authentication.has_mech_list_mic, false);
	ASK(token_response_repeated);
	assert_number(authentication.has_mech_list_mic, true);
	ASK(token_init_ntlmssp);
	assert_number(authentication.has_mech_list_mic, true);
}
END_TEST

/* A leg that the capture cuts before it names its mechanism may have been of any. */
START_TEST(test_unread_leg)
{
	ASK(token_init_ntlmssp);
	assert_number(authentication.had_kerberos_leg, false);
	ask(token_init_kerberos, 40);
	ck_assert(!authentication.had_kerberos_leg.is_known);
	assert_number(authentication.had_ntlm_leg, true);
	ASK(token_init_ntlmssp);
	ck_assert(!authentication.had_kerberos_leg.is_known);
	ASK(token_init_kerberos);
	assert_number(authentication.had_kerberos_leg, true);
}
END_TEST

/* An offer without a token is whole, and of neither. */
START_TEST(test_offer_alone)
{
	ASK(token_init_hint);
	assert_number(authentication.had_kerberos_leg, false);
	assert_number(authentication.had_ntlm_leg, false);
}
END_TEST

/* Whatever the capture cuts away, what is said is said by the whole token too. */
START_TEST(test_every_cut)
{
	for (size_t length = 1; length < sizeof(sample_authenticate); length++) {
		authentication_begin(&authentication);
		ask(sample_authenticate, length);
		ck_assert(authentication.user == NULL || strcmp(authentication.user, "alice") == 0);
		ck_assert(!authentication.ntlm_response.is_known ||
			  authentication.ntlm_response.value == NTLMSSP_RESPONSE_NTLMV2);
		ck_assert(!authentication.is_anonymous);
	}
	for (size_t length = 1; length < sizeof(sample_challenge); length++) {
		authentication_begin(&authentication);
		answer(sample_challenge, length, SAMPLE_TIME + SECOND);
		ck_assert(authentication.server_clock_offset == -1 ||
			  authentication.server_clock_offset == SECOND);
		ck_assert(authentication.server_version == NULL ||
			  strcmp(authentication.server_version, "10.0.20348") == 0);
	}
	for (size_t length = 1; length < sizeof(token_init_kerberos); length++) {
		authentication_begin(&authentication);
		ask(token_init_kerberos, length);
		ck_assert(authentication.spn == NULL ||
			  strcmp(authentication.spn, "cifs/fs1.lab.example") == 0);
		ck_assert(!authentication.had_ntlm_leg.value);
		ck_assert(authentication.had_kerberos_leg.value ||
			  !authentication.had_kerberos_leg.is_known);
	}
}
END_TEST

/* What rules ask for by name, of both protocols and at the same member. */
START_TEST(test_fields)
{
	static const char *const names[] = {"mechanism", "offered_mechanisms", "leg", "answer_leg",
	    "had_kerberos_leg", "had_ntlm_leg", "spn", "ticket_realm", "ticket_etype",
	    "ticket_kvno", "krb_error", "krb_error_text", "krb_nt_status", "skew",
	    "is_server_ahead", "neg_state", "has_mech_list_mic", "token_oddities", "user", "domain",
	    "workstation", "ntlm_response", "ntlm_flags", "target_name", "av_flags", "is_anonymous",
	    "server_netbios_name", "server_netbios_domain", "server_dns_name", "server_dns_domain",
	    "server_dns_forest", "server_version", "server_time", "server_clock_offset",
	    "server_clock_ahead"};

	for (size_t i = 0; i < COUNT(names); i++) {
		const struct field *one = exchange_field(&smb1_session_setup_type, names[i]);
		const struct field *other = exchange_field(&smb2_session_setup_type, names[i]);

		ck_assert_msg(one != NULL && other != NULL, "%s", names[i]);
		ck_assert_uint_eq(one->offset - offsetof(struct smb1_session_setup, authentication),
		    other->offset - offsetof(struct smb2_session_setup, authentication));
	}
}
END_TEST

Suite *
authentication_suite(void)
{
	Suite *suite = suite_create("authentication");
	TCase *tests = tcase_create("authentication");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_nothing_said);
	tcase_add_test(tests, test_kerberos);
	tcase_add_test(tests, test_kerberos_error);
	tcase_add_test(tests, test_error_details);
	tcase_add_test(tests, test_ntlm);
	tcase_add_test(tests, test_clock_ahead);
	tcase_add_test(tests, test_anonymous);
	tcase_add_test(tests, test_fallback_in_one_setup);
	tcase_add_test(tests, test_leg_that_names_nothing);
	tcase_add_test(tests, test_unread_leg);
	tcase_add_test(tests, test_offer_alone);
	tcase_add_test(tests, test_every_cut);
	tcase_add_test(tests, test_fields);
	suite_add_tcase(suite, tests);
	return suite;
}
