#include "dissectors/kerberos_keys.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "dissectors/kerberos_token_bench.h"
#include "dissectors/spnego_samples.h"

Suite *kerberos_keys_suite(void);

START_TEST(test_nothing_known)
{
	struct kerberos_secret secret = {0};

	kerberos_server_token(&secret, cur_of(token_response_error, sizeof(token_response_error)));
	ck_assert_int_eq(kerberos_opening(&secret), KERBEROS_NO_TICKET);
	ck_assert(!kerberos_is_ticket_opened(&secret).is_known);
	ck_assert_uint_eq(kerberos_session_key(&secret).length, 0);
	for (int i = KERBEROS_NO_TICKET; i <= KERBEROS_KEY_FOUND; i++)
		ck_assert_ptr_nonnull(names_find(&kerberos_opening_names, (uint64_t)i));
}
END_TEST

#if defined(SMBTRIAGE_KRB5)

static struct keytab *keytab;
static struct kerberos_secret secret;

/* A key of each encryption type under test. */
static const int32_t etypes[] = {18, 17, 20, 19, 23};

static void
setup(void)
{
	struct bench_entry entries[COUNT(etypes)];

	for (size_t i = 0; i < COUNT(etypes); i++)
		entries[i] = (struct bench_entry){SERVICE, KVNO, etypes[i], 1};
	keytab = bench_keytab(entries, COUNT(entries));
	secret = (struct kerberos_secret){0};
}

static void
teardown(void)
{
	keytab_free(keytab);
	kerberos_secret_wipe(&secret);
}

static void
take_client(struct bytes token)
{
	kerberos_client_token(&secret, keytab, cur_of(token.at, token.length));
}

static void
take_server(struct bytes token)
{
	kerberos_server_token(&secret, cur_of(token.at, token.length));
}

static void
assert_key(const struct kerberos_key *key)
{
	struct span span = kerberos_session_key(&secret);

	ck_assert_int_eq(kerberos_opening(&secret), KERBEROS_KEY_FOUND);
	ck_assert(kerberos_is_ticket_opened(&secret).value);
	ck_assert_uint_eq(span.length, key->length);
	ck_assert_mem_eq(span.bytes, key->bytes, key->length);
}

static void
assert_closed(enum kerberos_opening opening)
{
	ck_assert_int_eq(kerberos_opening(&secret), opening);
	ck_assert_uint_eq(kerberos_session_key(&secret).length, 0);
	if (opening >= KERBEROS_NO_ETYPE)
		ck_assert_uint_eq(
		    kerberos_is_ticket_opened(&secret).value, opening == KERBEROS_TICKET_OPENED);
}

/* Each encryption type of the service's key and of the session key, with and without subkeys. */
START_TEST(test_keys)
{
	struct dialogue dialogue = ordinary(etypes[_i]);

	for (unsigned i = 0; i < COUNT(etypes) * 4; i++) {
		bool has_client = i & 1, has_server = i & 2;
		int32_t etype = etypes[i / 4];
		struct kerberos_key none = {0};
		struct bytes message;

		dialogue.session = bench_key(etype, 2);
		dialogue.client_subkey = has_client ? bench_key(etype, 3) : none;
		dialogue.server_subkey = has_server ? bench_key(18, 4) : none;
		take_client(client_token(request(&dialogue)));
		assert_closed(KERBEROS_TICKET_OPENED);
		message = reply(&dialogue);
		take_server(server_token(&message));
		assert_key(has_server   ? &dialogue.server_subkey
			   : has_client ? &dialogue.client_subkey
					: &dialogue.session);
	}
}
END_TEST

/* Tokens may stand without SPNEGO, and an AP-REP without any header. */
START_TEST(test_raw_tokens)
{
	struct dialogue dialogue = ordinary(18);

	take_client(gss(1, request(&dialogue)));
	take_server(gss(2, reply(&dialogue)));
	assert_key(&dialogue.server_subkey);
	take_client(request(&dialogue));
	assert_closed(KERBEROS_TICKET_OPENED);
	take_server(reply(&dialogue));
	assert_key(&dialogue.server_subkey);
}
END_TEST

START_TEST(test_no_mutual_authentication)
{
	struct dialogue dialogue = ordinary(18);

	dialogue.options = 0;
	take_client(client_token(request(&dialogue)));
	assert_key(&dialogue.client_subkey);
	take_server(server_token(NULL));
	assert_key(&dialogue.client_subkey);
}
END_TEST

/* Until the server is content without an AP-REP, there may be a subkey in one. */
START_TEST(test_no_reply)
{
	struct dialogue dialogue = ordinary(18);
	struct bytes unreadable = text("?");

	take_client(client_token(request(&dialogue)));
	assert_closed(KERBEROS_TICKET_OPENED);
	take_server(raw(token_response_error, sizeof(token_response_error)));
	assert_closed(KERBEROS_TICKET_OPENED);
	take_server(server_token(&unreadable));
	assert_closed(KERBEROS_TICKET_OPENED);
	take_server(server_token(NULL));
	assert_key(&dialogue.client_subkey);
}
END_TEST

/* After KRB_AP_ERR_SKEW the client comes again. */
START_TEST(test_second_request)
{
	struct dialogue dialogue = ordinary(18), second = ordinary(17);
	struct bytes message;

	second.session = bench_key(17, 5);
	second.server_subkey = bench_key(17, 6);
	message = reply(&second);
	take_client(client_token(request(&dialogue)));
	take_server(raw(token_response_error, sizeof(token_response_error)));
	take_client(client_token(request(&second)));
	take_server(server_token(&message));
	assert_key(&second.server_subkey);
	take_client(raw(token_init_ntlmssp, sizeof(token_init_ntlmssp)));
	assert_key(&second.server_subkey);
}
END_TEST

START_TEST(test_no_kerberos)
{
	take_client(raw(token_init_ntlmssp, sizeof(token_init_ntlmssp)));
	assert_closed(KERBEROS_NO_TICKET);
	take_client((struct bytes){.length = 0});
	assert_closed(KERBEROS_NO_TICKET);
}
END_TEST

/* How the ticket differs from the keytab; SEED 1 is the keytab's key. */
static const struct ticket_case {
	int32_t etype;
	uint8_t seed;
	int kvno;
	const char *server;
	enum kerberos_opening opening;
} ticket_cases[] = {
    {18, 1, KVNO, "FS1", KERBEROS_TICKET_OPENED},
    {18, 1, KVNO + 1, "fs1", KERBEROS_TICKET_OPENED},
    {18, 1, 0, "fs1", KERBEROS_TICKET_OPENED},
    {18, 1, KVNO + 1, "alias", KERBEROS_TICKET_OPENED},
    {18, 2, KVNO, "fs1", KERBEROS_WRONG_KEY},
    {23, 2, KVNO, "fs1", KERBEROS_WRONG_KEY},
    {18, 2, 0, "fs1", KERBEROS_WRONG_KEY},
    {18, 2, KVNO + 1, "fs1", KERBEROS_OTHER_KVNO},
    {18, 2, KVNO, "alias", KERBEROS_OTHER_SERVICE},
    {26, 1, KVNO, "fs1", KERBEROS_NO_ETYPE},
};

START_TEST(test_ticket)
{
	const struct ticket_case *test = &ticket_cases[_i];
	struct dialogue dialogue = ordinary(18);
	struct bytes message = reply(&dialogue);

	dialogue.service = bench_key(test->etype, test->seed);
	dialogue.kvno = test->kvno;
	dialogue.server = test->server;
	take_client(client_token(request(&dialogue)));
	assert_closed(test->opening);
	take_server(server_token(&message));
	if (test->opening == KERBEROS_TICKET_OPENED)
		assert_key(&dialogue.server_subkey);
	else
		assert_closed(test->opening);
	ck_assert(!secret.has_untried_keys);
}
END_TEST

START_TEST(test_many_keys)
{
	struct bench_entry entries[KEYTAB_MOST_PROPOSED + 1];
	struct dialogue dialogue = ordinary(18);

	for (size_t i = 0; i < COUNT(entries); i++)
		entries[i] = (struct bench_entry){"host/x@LAB", KVNO, 18, (uint8_t)(i + 10)};
	keytab_free(keytab);
	keytab = bench_keytab(entries, COUNT(entries));
	take_client(client_token(request(&dialogue)));
	assert_closed(KERBEROS_OTHER_SERVICE);
	ck_assert(secret.has_untried_keys);
}
END_TEST

START_TEST(test_user_to_user)
{
	struct dialogue dialogue = ordinary(18);

	dialogue.options |= AP_OPTION_USE_SESSION_KEY;
	take_client(client_token(request(&dialogue)));
	assert_closed(KERBEROS_USER_TO_USER);
	ck_assert(!kerberos_is_ticket_opened(&secret).is_known);
}
END_TEST

/* However much of a cipher is there, what was encoded around it is right. */
START_TEST(test_short_ciphers)
{
	struct dialogue dialogue = ordinary(18);
	struct bytes ticket = sealed(&dialogue.service, 2, plain_ticket(&dialogue));
	struct bytes client = sealed(&dialogue.session, 11, plain_authenticator(&dialogue));
	struct bytes server = sealed(&dialogue.session, 12, plain_reply(&dialogue));
	struct bytes message;
	size_t whole = ticket.length;

	for (ticket.length = 0; ticket.length < whole; ticket.length += 7) {
		take_client(client_token(request_of(&dialogue, ticket, client)));
		assert_closed(ticket.length == 0 ? KERBEROS_TICKET_CUT : KERBEROS_WRONG_KEY);
	}
	ticket.length = whole;
	client.length--;
	take_client(client_token(request_of(&dialogue, ticket, client)));
	take_server(server_token(NULL));
	assert_closed(KERBEROS_TICKET_OPENED);
	message = reply_of(&dialogue, server);
	take_server(server_token(&message));
	assert_key(&dialogue.server_subkey); /* whatever the client proposed */
	client.length++;
	server.length--;
	message = reply_of(&dialogue, server);
	take_client(client_token(request_of(&dialogue, ticket, client)));
	take_server(server_token(&message));
	assert_closed(KERBEROS_TICKET_OPENED);
}
END_TEST

/* A capture may cut a token anywhere; the authenticator is its end. */
START_TEST(test_every_prefix)
{
	struct dialogue dialogue = ordinary(18);
	struct bytes token, message = reply(&dialogue);
	size_t whole, ticket_end;

	dialogue.options = 0;
	token = client_token(request(&dialogue));
	whole = token.length;
	ticket_end =
	    whole -
	    encrypted(18, 0, sealed(&dialogue.session, 11, plain_authenticator(&dialogue))).length -
	    4;
	for (token.length = 0; token.length < whole; token.length++) {
		secret = (struct kerberos_secret){0};
		take_client(token);
		ck_assert_uint_eq(kerberos_session_key(&secret).length, 0);
		ck_assert_int_eq(kerberos_opening(&secret) == KERBEROS_TICKET_OPENED,
		    token.length >= ticket_end);
	}
	take_client(token);
	assert_key(&dialogue.client_subkey);
	token = server_token(&message);
	whole = token.length;
	for (token.length = 0; token.length < whole; token.length++) {
		struct kerberos_secret before = secret;

		take_server(token);
		ck_assert(kerberos_opening(&secret) == KERBEROS_TICKET_OPENED ||
			  secret.reply == KERBEROS_PART_UNSEEN);
		secret = before;
	}
	take_server(token);
	assert_key(&dialogue.server_subkey);
}
END_TEST

/* Well encrypted, and not what it must be: the key is too long, empty or missing, or ends early. */
START_TEST(test_damaged_ticket)
{
	struct dialogue dialogue = ordinary(18);
	struct bytes client = sealed(&dialogue.session, 11, plain_authenticator(&dialogue));
	struct bytes key = raw("0123456789012345678901234567890123", 33), none = {.length = 0};
	struct bytes long_key = SEQUENCE(MEMBER(0, integer(18)), MEMBER(1, octets(key)));
	struct bytes no_key = SEQUENCE(MEMBER(0, integer(18)), MEMBER(1, octets(none)));
	struct bytes half_key = SEQUENCE(MEMBER(0, integer(18)));
	struct bytes cut_key = MEMBER(1, long_key);
	struct bytes plains[7];

	plains[0] = ELEMENT(DER_APPLICATION(3), SEQUENCE(MEMBER(1, long_key)));
	plains[1] = ELEMENT(DER_APPLICATION(3), SEQUENCE(MEMBER(1, no_key)));
	plains[2] = ELEMENT(DER_APPLICATION(3), SEQUENCE(MEMBER(1, half_key)));
	plains[3] = ELEMENT(DER_APPLICATION(3), SEQUENCE(MEMBER(0, flags(0))));
	plains[4] = ELEMENT(DER_APPLICATION(2), SEQUENCE(key_member(1, &dialogue.session)));
	cut_key.length -= 5;
	plains[5] = ELEMENT(DER_APPLICATION(3), SEQUENCE(cut_key));
	plains[6] = raw("", 1);
	for (size_t i = 0; i < COUNT(plains); i++) {
		struct bytes ticket = sealed(&dialogue.service, 2, plains[i]);

		take_client(client_token(request_of(&dialogue, ticket, client)));
		take_server(server_token(NULL));
		assert_closed(KERBEROS_TICKET_OPENED);
		ck_assert_uint_eq(secret.session_key.length, 0);
	}
}
END_TEST

START_TEST(test_damaged_behind_ticket)
{
	struct dialogue dialogue = ordinary(18);
	struct bytes ticket = sealed(&dialogue.service, 2, plain_ticket(&dialogue));
	struct bytes plain = plain_authenticator(&dialogue), message;

	plain.at[0] ^= 1; /* another application tag */
	take_client(
	    client_token(request_of(&dialogue, ticket, sealed(&dialogue.session, 11, plain))));
	take_server(server_token(NULL));
	assert_closed(KERBEROS_TICKET_OPENED);
	ck_assert_int_eq(secret.authenticator, KERBEROS_PART_UNREADABLE);
	take_client(client_token(request(&dialogue)));
	plain = plain_reply(&dialogue);
	plain.length -= 3;
	message = reply_of(&dialogue, sealed(&dialogue.session, 12, plain));
	take_server(server_token(&message));
	assert_closed(KERBEROS_TICKET_OPENED);
	ck_assert_int_eq(secret.reply, KERBEROS_PART_UNREADABLE);
}
END_TEST

/* Every bit of what a peer encrypts is its own choice. */
START_TEST(test_every_corruption)
{
	struct dialogue dialogue = ordinary(18);
	struct bytes client = sealed(&dialogue.session, 11, plain_authenticator(&dialogue));
	struct bytes plain = plain_ticket(&dialogue);
	unsigned refused = 0, other = 0;

	dialogue.options = 0;
	for (size_t i = 0; i < plain.length * 8; i++) {
		plain.at[i / 8] ^= (uint8_t)(1 << i % 8);
		take_client(client_token(
		    request_of(&dialogue, sealed(&dialogue.service, 2, plain), client)));
		refused += secret.session_key.length == 0;
		other += secret.session_key.length != 0 &&
			 kerberos_opening(&secret) != KERBEROS_KEY_FOUND;
		plain.at[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	ck_assert_uint_gt(refused, 100);
	ck_assert_uint_ge(other, 256); /* each bit of the key, with which nothing opens */
}
END_TEST

/* Block ciphers before AES leave padding behind what they encrypt. */
START_TEST(test_padding)
{
	struct dialogue dialogue = ordinary(23);
	struct bytes plain = plain_ticket(&dialogue);

	dialogue.options = 0;
	memset(plain.at + plain.length, 0, 5);
	plain.length += 5;
	take_client(client_token(request_of(&dialogue, sealed(&dialogue.service, 2, plain),
	    sealed(&dialogue.session, 11, plain_authenticator(&dialogue)))));
	assert_key(&dialogue.client_subkey);
}
END_TEST

START_TEST(test_wipe)
{
	static const struct kerberos_secret empty;
	struct dialogue dialogue = ordinary(18);

	take_client(client_token(request(&dialogue)));
	ck_assert_mem_ne(&secret, &empty, sizeof(secret));
	kerberos_secret_wipe(&secret);
	ck_assert_mem_eq(&secret, &empty, sizeof(secret));
}
END_TEST

#endif

Suite *
kerberos_keys_suite(void)
{
	Suite *suite = suite_create("kerberos_keys");
	TCase *tests = tcase_create("kerberos_keys");

	tcase_add_test(tests, test_nothing_known);
#if defined(SMBTRIAGE_KRB5)
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, test_keys, 0, COUNT(etypes));
	tcase_add_test(tests, test_raw_tokens);
	tcase_add_test(tests, test_no_mutual_authentication);
	tcase_add_test(tests, test_no_reply);
	tcase_add_test(tests, test_second_request);
	tcase_add_test(tests, test_no_kerberos);
	tcase_add_loop_test(tests, test_ticket, 0, COUNT(ticket_cases));
	tcase_add_test(tests, test_many_keys);
	tcase_add_test(tests, test_user_to_user);
	tcase_add_test(tests, test_short_ciphers);
	tcase_add_test(tests, test_every_prefix);
	tcase_add_test(tests, test_damaged_ticket);
	tcase_add_test(tests, test_damaged_behind_ticket);
	tcase_add_test(tests, test_every_corruption);
	tcase_add_test(tests, test_padding);
	tcase_add_test(tests, test_wipe);
#endif
	suite_add_tcase(suite, tests);
	return suite;
}
