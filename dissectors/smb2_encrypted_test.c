#include "dissectors/smb2_encrypted.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "dissectors/smb2_seal.h"
#include "dissectors/smb_bench.h"

Suite *smb2_encrypted_suite(void);

#define SESSION 0x41u
#define WIRE    (4 + SMB2_TRANSFORM_SIZE) /* what a message has besides the encrypted one */

/* [MS-SMB2] 2.2.41, around SIZE bytes that nobody can read. */
static void
put_transform(struct bench *bench, size_t size)
{
	put_bytes(bench, "\xfdSMB", 4);
	put(bench, 16, 0x5a); /* Signature */
	put(bench, 16, 0x1d); /* Nonce */
	put(bench, 4, size);
	put(bench, 2, 0);
	put(bench, 2, 1); /* Flags: encrypted */
	put(bench, 8, SESSION);
	put(bench, size, 0);
}

/* WAIT after the message before. */
static void
say(struct bench *bench, enum side from, size_t size, int64_t wait)
{
	put_transform(bench, size);
	bench->time += wait - BENCH_MS;
	send_message(bench, from);
}

static const struct smb2_encrypted *
finish(struct bench *bench, enum outcome outcome, enum ended_by by)
{
	bench_end(bench, outcome, by);
	return only_of(bench, &smb2_encrypted_type);
}

/* Counted by side; the longest wait is that for the next message of the server, and one that
 * nobody waits for ends none. */
START_TEST(test_counts_and_waits)
{
	struct bench *bench = bench_open();
	const struct smb2_encrypted *encrypted;

	say(bench, SERVER, 100, BENCH_MS);
	say(bench, CLIENT, 200, BENCH_MS);
	say(bench, SERVER, 300, 7 * BENCH_MS); /* frame 3: waited for */
	say(bench, SERVER, 50, 90 * BENCH_MS);
	say(bench, CLIENT, 200, BENCH_MS);
	say(bench, CLIENT, 80, 20 * BENCH_MS); /* from this one on */
	say(bench, SERVER, 300, 6 * BENCH_MS); /* frame 7 */
	encrypted = finish(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_eq(encrypted->requests, 3);
	ck_assert_uint_eq(encrypted->answers, 4);
	ck_assert_int_eq(encrypted->longest_wait, 7 * BENCH_MS);
	ck_assert_uint_eq(encrypted->longest_wait_frame, 3);
	ck_assert_uint_eq(encrypted->first_encrypted_frame, 1);
	ck_assert_int_eq(encrypted->seal, SEAL_NO_KEY);
	assert_number(encrypted->session_id, SESSION);
	ck_assert_uint_eq(encrypted->base.request_frame, 6);
	ck_assert_uint_eq(encrypted->base.answer_frame, 7);
	ck_assert_int_eq(encrypted->base.waited, 6 * BENCH_MS);
	ck_assert_int_eq(encrypted->base.outcome, OUTCOME_ANSWERED);
	ck_assert_uint_eq(bench->facts.sealed_messages[CLIENT], 3);
	ck_assert_uint_eq(bench->facts.sealed_messages[SERVER], 4);
	ck_assert_uint_eq(bench->facts.sealed_bytes[CLIENT], 480 + 3 * WIRE);
	ck_assert_uint_eq(bench->facts.sealed_bytes[SERVER], 750 + 4 * WIRE);
	ck_assert_int_eq(bench->facts.sealed_wait, 7 * BENCH_MS);
	ck_assert_uint_eq(bench->facts.sealed_wait_frame, 3);
	ck_assert_int_eq(bench->facts.seal, SEAL_NO_KEY);
	ck_assert_int_eq(bench->facts.step, STEP_AUTHENTICATED);
	bench_close(bench);
}
END_TEST

/* The clock was set back: that is no wait. */
START_TEST(test_negative_wait)
{
	struct bench *bench = bench_open();
	const struct smb2_encrypted *encrypted;

	say(bench, CLIENT, 100, BENCH_MS);
	say(bench, SERVER, 100, -50 * BENCH_MS);
	encrypted = finish(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_int_eq(encrypted->longest_wait, -1);
	ck_assert_uint_eq(encrypted->longest_wait_frame, 0);
	ck_assert_uint_eq(bench->facts.sealed_wait_frame, 0);
	bench_close(bench);
}
END_TEST

/* A body of 4 bytes behind a header of 64, and as some fill it up. */
static const struct farewell_case {
	size_t size;
	bool may_be_farewell;
} farewell_cases[] = {{67, false}, {68, true}, {72, true}, {73, false}, {0, false}};

START_TEST(test_farewell)
{
	const struct farewell_case *test = &farewell_cases[_i];
	struct bench *bench = bench_open();

	say(bench, CLIENT, test->may_be_farewell ? 200 : 68, BENCH_MS);
	say(bench, CLIENT, test->size, BENCH_MS); /* the latest counts */
	say(bench, SERVER, 68, BENCH_MS);
	ck_assert_int_eq(
	    finish(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT)->may_be_farewell, test->may_be_farewell);
	bench_close(bench);
}
END_TEST

/* What the end of the conversation makes of a client that waits. */
static const struct end_case {
	enum outcome outcome;
	enum ended_by by;
} end_cases[] = {
    {OUTCOME_RESET, ENDED_BY_SERVER},
    {OUTCOME_CLOSED, ENDED_BY_SERVER},
    {OUTCOME_UNANSWERED, ENDED_BY_NOBODY},
    {OUTCOME_UNKNOWN, ENDED_BY_CAPTURE},
};

START_TEST(test_end_waiting)
{
	const struct end_case *test = &end_cases[_i];
	struct bench *bench = bench_open();
	const struct smb2_encrypted *encrypted;

	say(bench, CLIENT, 100, BENCH_MS);
	say(bench, SERVER, 100, BENCH_MS);
	say(bench, CLIENT, 100, BENCH_MS);
	ck_assert_uint_eq(count_of(bench, &smb2_encrypted_type), 0);
	encrypted = finish(bench, test->outcome, test->by);
	ck_assert_int_eq(encrypted->base.outcome, test->outcome);
	ck_assert_int_eq(encrypted->base.ended_by, test->by);
	ck_assert_uint_eq(encrypted->base.request_frame, 3);
	ck_assert_uint_eq(encrypted->base.answer_frame, 0);
	ck_assert(encrypted->base.is_last);
	ck_assert_uint_eq(encrypted->answers, 1);
	bench_close(bench);
}
END_TEST

/* And of one that does not. */
START_TEST(test_end_not_waiting)
{
	const struct end_case *test = &end_cases[_i];
	struct bench *bench = bench_open();
	const struct smb2_encrypted *encrypted;

	say(bench, CLIENT, 100, BENCH_MS);
	say(bench, SERVER, 100, BENCH_MS);
	encrypted = finish(bench, test->outcome, test->by);
	ck_assert_int_eq(encrypted->base.outcome, OUTCOME_ANSWERED);
	ck_assert_uint_eq(encrypted->base.answer_frame, 2);
	bench_close(bench);
}
END_TEST

/* What the server alone says answers requests that the capture lacks. */
START_TEST(test_no_request)
{
	struct bench *bench = bench_open();
	const struct smb2_encrypted *encrypted;

	say(bench, SERVER, 100, BENCH_MS);
	encrypted = finish(bench, OUTCOME_CLOSED, ENDED_BY_SERVER);
	ck_assert_uint_eq(encrypted->requests, 0);
	ck_assert_int_eq(encrypted->base.outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(encrypted->base.doubt, DOUBT_PACKETS_MISSING);
	bench_close(bench);
}
END_TEST

START_TEST(test_nothing_encrypted)
{
	struct bench *bench = bench_open();

	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_eq(count_of(bench, &smb2_encrypted_type), 0);
	ck_assert_int_eq(bench->facts.seal, SEAL_OPENED);
	bench_close(bench);
}
END_TEST

/* A header that is cut is an encrypted message all the same, whose session is not known. */
START_TEST(test_cut_header)
{
	struct bench *bench = bench_open();
	const struct smb2_encrypted *encrypted;

	put_transform(bench, 68);
	send_cut(bench, CLIENT, 4 + (size_t)_i);
	encrypted = finish(bench, OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	ck_assert_uint_eq(encrypted->requests, 1);
	ck_assert(!encrypted->may_be_farewell);
	ck_assert_uint_eq(encrypted->session_id.value, 0);
	ck_assert(bench->facts.is_encrypted);
	ck_assert_uint_eq(bench->facts.sealed_bytes[CLIENT], 68 + WIRE);
	bench_close(bench);
}
END_TEST

/* Not cut, and no header: Flags are not 1. It is no message, and whatever it answers is so. */
START_TEST(test_malformed)
{
	struct bench *bench = bench_open();

	put_transform(bench, 68);
	patch(bench, 4 + 42, 2, 2);
	send_message(bench, CLIENT);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_eq(bench->ledger.count, 0);
	ck_assert(!bench->facts.is_encrypted);
	bench_close(bench);
}
END_TEST

/* It may be the answer to what was asked in the clear. */
START_TEST(test_doubt)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	put_smb2(bench, SMB2_READ, 0, 0, 7, SESSION, 5);
	put_body(bench, 49);
	send_message(bench, CLIENT);
	say(bench, _i == 0 ? SERVER : CLIENT, 100, BENCH_MS);
	bench_end(bench, OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	request = only_of(bench, &smb2_request_type);
	ck_assert_int_eq(request->base.outcome, _i == 0 ? OUTCOME_UNKNOWN : OUTCOME_UNANSWERED);
	if (_i == 0)
		ck_assert_int_eq(request->base.doubt, DOUBT_ENCRYPTED);
	bench_close(bench);
}
END_TEST

/* Of several reasons the one that says most: others than that there is no key, or too little. */
static const struct reason_case {
	enum seal first, second, expected;
} reason_cases[] = {
    {SEAL_NO_KEY, SEAL_WRONG_KEY, SEAL_WRONG_KEY},
    {SEAL_WRONG_KEY, SEAL_NO_KEY, SEAL_WRONG_KEY},
    {SEAL_WRONG_KEY, SEAL_CUT, SEAL_WRONG_KEY},
    {SEAL_NO_KEY, SEAL_NO_HANDSHAKE, SEAL_NO_HANDSHAKE},
    {SEAL_CUT, SEAL_ALTERED, SEAL_ALTERED},
    {SEAL_CUT, SEAL_CUT, SEAL_CUT},
};

START_TEST(test_reasons)
{
	const struct reason_case *test = &reason_cases[_i];
	struct bench *bench = bench_open();
	struct dissector_context context = {
	    .conversation = &bench->facts, .arena = &bench->arena, .ledger = &bench->ledger};
	struct smb_connection connection;
	struct smb2_encrypted_state state = {0};
	struct message message = {.from = CLIENT, .frame = 1};

	smb_open(&connection, &context);
	smb2_encrypted_message(&state, &connection, &message, cur_none(), test->first);
	ck_assert_int_eq(bench->facts.seal, test->first);
	smb2_encrypted_message(&state, &connection, &message, cur_none(), test->second);
	ck_assert_int_eq(bench->facts.seal, test->expected);
	ck_assert_int_eq(state.exchange->seal, test->expected);
	bench_close(bench);
}
END_TEST

Suite *
smb2_encrypted_suite(void)
{
	Suite *suite = suite_create("smb2_encrypted");
	TCase *tests = tcase_create("smb2_encrypted");

	tcase_add_test(tests, test_counts_and_waits);
	tcase_add_test(tests, test_negative_wait);
	tcase_add_loop_test(tests, test_farewell, 0, COUNT(farewell_cases));
	tcase_add_loop_test(tests, test_end_waiting, 0, COUNT(end_cases));
	tcase_add_loop_test(tests, test_end_not_waiting, 0, COUNT(end_cases));
	tcase_add_test(tests, test_no_request);
	tcase_add_test(tests, test_nothing_encrypted);
	tcase_add_loop_test(tests, test_cut_header, 4, SMB2_TRANSFORM_SIZE);
	tcase_add_test(tests, test_malformed);
	tcase_add_loop_test(tests, test_doubt, 0, 2);
	tcase_add_loop_test(tests, test_reasons, 0, COUNT(reason_cases));
	suite_add_tcase(suite, tests);
	return suite;
}
